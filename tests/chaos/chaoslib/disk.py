"""A small disk of its own: an ext4 file system in a file, mounted in this process's own mount namespace, so
that nothing of it is left or seen outside, however the test ends."""
import os
import subprocess
import sys
import tempfile

from chaoslib.base import Failure, require

_MARK = "LIANFANG_CHAOS_OWN_MOUNTS"
# What ctest takes for "skipped": the summary names the test, and it is not among those that passed.
_SKIPPED = 77
_TRY = 'truncate -s 8M "$1/probe" && mkfs.ext4 -q "$1/probe" && mount -o loop "$1/probe" "$1" && umount "$1"'


def own_namespace():
    """Starts the program again with mounts of its own. Where the machine does not let anybody mount a
    disk, as in most containers, the test ends as skipped and says so."""
    if os.environ.get(_MARK):
        return
    with tempfile.TemporaryDirectory() as folder:
        probe = subprocess.run(["unshare", "-m", "--", "sh", "-c", _TRY, "sh", folder],
                               capture_output=True, text=True, timeout=60, check=False)
    if probe.returncode != 0:
        print("skipped: a small disk cannot be mounted here (it takes root and a loop device):", probe.stderr)
        sys.exit(_SKIPPED)
    os.environ[_MARK] = "1"
    os.execvp("unshare", ["unshare", "-m", "--", sys.executable, *sys.argv])


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Disk:
    """The disk; `path` is where it is mounted."""

    def __init__(self, work, megabytes):
        self._image = work.file("disk.img")
        self.path = work.folder("disk")
        with open(self._image, "wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-b", "4096", "-m", "0", "-e", "remount-ro", self._image)
        self._mount()

    def _mount(self):
        _run("mount", "-o", "loop", self._image, self.path)

    def folder(self, name):
        path = os.path.join(self.path, name)
        os.makedirs(path, exist_ok=True)
        return path

    def fill(self):
        """Takes what space there is, to the last block."""
        descriptor = os.open(os.path.join(self.path, "filler"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for size in (1 << 20, 1 << 12):
                self._append(descriptor, b"\xa5" * size)
        finally:
            os.close(descriptor)

    @staticmethod
    def _append(descriptor, block):
        while True:
            try:
                if os.write(descriptor, block) < len(block):
                    return
            except OSError:
                return

    def free(self):
        os.unlink(os.path.join(self.path, "filler"))

    def fail(self):
        """What the kernel does when the disk breaks: the file system is read-only from one moment to the
        next, under whoever has its files open."""
        device = os.path.basename(_run("findmnt", "-no", "SOURCE", self.path))
        with open(f"/sys/fs/ext4/{device}/trigger_fs_error", "w", encoding="ascii") as file:
            file.write("1\n")
        try:
            with open(os.path.join(self.path, "probe"), "w", encoding="ascii"):
                raise Failure("the disk can still be written")
        except OSError:
            pass

    def repair(self):
        """Mounts it again, after a check; nobody may have files open."""
        _run("umount", self.path)
        # 1: errors were found and corrected; the error that was triggered is one. Not -p: it gives up at
        # files that were deleted while somebody had them open, as a database's temporary ones are.
        done = subprocess.run(["fsck.ext4", "-y", "-f", self._image], capture_output=True, text=True,
                              timeout=60, check=False)
        require(done.returncode in (0, 1), "fsck:", done.stdout, done.stderr)
        self._mount()

    def unmount(self):
        subprocess.run(["umount", self.path], capture_output=True, timeout=60, check=False)

    def remount(self, mode):
        """`ro` or `rw`; nobody may have files open for writing when it becomes `ro`."""
        _run("mount", "-o", f"remount,{mode}", self.path)
