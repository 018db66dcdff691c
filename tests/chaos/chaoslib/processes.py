"""Processes that a test starts, kills and starts again, and the ports that they listen on."""
import os
import random
import signal
import socket
import subprocess
import time

from chaoslib.base import Failure, require


class Ports:
    """Ports of loopback, below those that the kernel gives to outgoing connections: a client that
    dials a dead service must not be given that service's port, or it is connected to itself. An
    abstract socket marks a port as taken for as long as this process lives."""

    def __init__(self):
        self._held = []

    def take(self):
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            lowest = int(file.read().split()[0])
        pick = random.SystemRandom()
        for _ in range(1000):
            port = pick.randrange(min(12000, lowest - 2000), lowest)
            mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                mark.bind(f"\0lianfang-chaos-port-{port}")
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            except OSError:
                mark.close()
                continue
            self._held.append(mark)
            return port
        raise Failure("no free port below the kernel's range")


class Process:
    """One process. It dies with the test, whatever becomes of that."""

    def __init__(self, name, command, log, privileges=()):
        """`privileges`: options of setpriv."""
        self.name = name
        self._command = command
        self._log = log
        self._privileges = privileges
        self._child = None

    @property
    def pid(self):
        return self._child.pid

    @property
    def log(self):
        return self._log

    def alive(self):
        return self._child is not None and self._child.poll() is None

    def start(self):
        require(not self.alive(), self.name, "runs already")
        with open(self._log, "ab") as log:
            # setpriv becomes the command, so the process number is the command's.
            self._child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._privileges, "--", *self._command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        """kill -9, and the process is gone when this returns."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def ask_to_stop(self):
        """SIGTERM."""
        self._child.terminate()

    def stopped(self, seconds=40):
        """Waits for the end that was asked for, which must be in order. Returns how long it took."""
        before = time.monotonic()
        try:
            code = self._child.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{self.name} did not stop within {seconds} s\n{self.tail()}") from error
        require(code == 0, self.name, "ended with", code, "\n", self.tail())
        return time.monotonic() - before

    def pause(self):
        self._child.send_signal(signal.SIGSTOP)

    def resume(self):
        self._child.send_signal(signal.SIGCONT)

    def tail(self, lines=25):
        if not os.path.exists(self._log):
            return ""
        with open(self._log, encoding="utf-8", errors="replace") as file:
            return f"--- {self._log}\n" + "".join(
                line[:300].rstrip("\n") + "\n" for line in file.readlines()[-lines:])
