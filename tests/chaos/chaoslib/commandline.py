"""The program as people use it: its commands, and servers of it that end with the test."""
import json
import os
import resource
import subprocess

from chaoslib.base import Work, require, say
from chaoslib.processes import Ports, Process

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class CommandLine:
    """The program, a folder, processes that end with the test."""

    def __init__(self, build, name):
        self.program = os.path.join(os.path.abspath(build), "services", "cli", "lianfang")
        self.work = Work(name)
        self.ports = Ports()
        self.processes = []

    def call(self, *arguments, space=None):
        """`space`: no file gets larger, as if the disk were full then."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (space, space))
        # Without restored signals the one of a file that is too large stays ignored, and the write fails.
        return subprocess.run([self.program, "--lang=en", *arguments], capture_output=True, text=True, timeout=180,
                              check=False, restore_signals=space is None, preexec_fn=limit if space else None)

    def run(self, *arguments):
        done = self.call(*arguments)
        require(done.returncode == 0, "lianfang", *arguments, "ended with", done.returncode, "\n", done.stdout, done.stderr)
        return done.stdout

    def refused(self, code, words, *arguments, space=None):
        """What it said on both streams."""
        done = self.call(*arguments, space=space)
        said = done.stdout + done.stderr
        require(done.returncode == code and words in said, "lianfang", *arguments, "ended with", done.returncode,
                "and not", code, "with", words, "\n", done.stdout, done.stderr)
        return said

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format=json"))

    def serve(self, name, data, port, *options):
        process = Process(name, [self.program, "serve", f"--listen=127.0.0.1:{port}", f"--data-dir={data}", *options],
                          self.work.file("logs", f"{name}.log"))
        process.start()
        self.processes.append(process)
        self.run("healthcheck", f"--address=127.0.0.1:{port}", "--wait=40s", "--service=all")
        return process

    def play(self, *where):
        self.run("play", f"--sample={ROOT}/deploy/sample", *where)

    @staticmethod
    def stop(process):
        process.ask_to_stop()
        process.stopped()

    def end(self, passed):
        for process in self.processes:
            if not passed:
                say(process.tail())
            process.kill()
        self.work.remove()
