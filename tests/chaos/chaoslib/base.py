"""Failing, waiting with a deadline, figures and the working folder of a test."""
import os
import shutil
import sys
import tempfile
import time


class Failure(Exception):
    """Something that must hold does not, or something needed is not there."""


def require(condition, *text):
    """Fails with the text unless the condition holds."""
    if not condition:
        raise Failure(" ".join(str(part) for part in text))


def until(what, seconds, done, pause=0.02):
    """Asks `done` until it gives something true, which is returned; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        result = done()
        if result:
            return result
        require(time.monotonic() < deadline, what, f"did not come about within {seconds} s")
        time.sleep(pause)


class Figures:
    """Numbers that a test prints at its end, in the order in which they came up."""

    def __init__(self):
        self._values = {}

    def add(self, name, value=1):
        self._values[name] = self._values.get(name, 0) + value

    def largest(self, name, value):
        self._values[name] = max(self._values.get(name, 0), value)

    def show(self):
        for name, value in self._values.items():
            text = f"{value:.2f}" if isinstance(value, float) else str(value)
            print(f"  {name:<44} {text:>10}")
        sys.stdout.flush()


class Work:
    """A folder of the test's own. Removed at the end, kept when the test fails."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix=f"lianfang-{name}-")

    def file(self, *parts):
        path = os.path.join(self.path, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def folder(self, *parts):
        path = os.path.join(self.path, *parts)
        os.makedirs(path, exist_ok=True)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def say(*text):
    print(*text, flush=True)
