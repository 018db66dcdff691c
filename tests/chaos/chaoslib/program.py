"""How each test program runs: its arguments, its working folder, and what it leaves behind."""
import argparse
import os
import random
import sys
import time
import traceback

from chaoslib import mariadb, stubs
from chaoslib.base import Failure, Figures, Work, say
from chaoslib.journal import Journal
from chaoslib.processes import Ports
from chaoslib.suite import SQLITE, Suite

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Run:
    """Everything that one run of a test has."""

    def __init__(self, name, arguments):
        self.arguments = arguments
        self.seed = arguments.seed
        self.rng = random.Random(f"{name}/{self.seed}")
        self.build = os.path.abspath(arguments.build)
        self.work = Work(name)
        self.ports = Ports()
        self.figures = Figures()
        self.journal = Journal()
        self.api = stubs.generate(ROOT, self.work.folder("stubs"))
        self.suite = None
        self.at_end = []          # what else is to be undone
        self._servers = []

    def database(self, name="mariadb", options=(), folder=None):
        """A private MariaDB that ends with the test."""
        server = mariadb.Server(self.work, self.ports, name, options, folder)
        self._servers.append(server)
        return server

    def make_suite(self, storages=(SQLITE,), data=None):
        self.suite = Suite(self.build, self.work, self.ports, self.api, storages, data,
                           self.arguments.log_level)
        return self.suite

    def end(self, passed):
        if self.suite is not None:
            if not passed:
                for service, text in self.journal.last_failure.items():
                    say(f"last failed attempt at {service}: {text}")
                say(self.suite.tails())
            self.suite.kill()
            if self.suite.caller is not None:
                self.suite.caller.close()
        for server in self._servers:
            if not passed:
                say(server.process.tail(10))
            server.process.kill()
        for undo in self.at_end:
            undo()
        if passed or self.arguments.clean:
            self.work.remove()
        else:
            say("data and logs are kept in", self.work.path)


def main(name, description, body, add_arguments=lambda parser: None):
    """Runs `body(run)`; 0 when it holds, 1 when it does not."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", required=True, help="build folder with the programs")
    parser.add_argument("--seed", type=int, default=None, help="default: by the clock; printed")
    parser.add_argument("--clean", action="store_true", help="remove data and logs even after a failure")
    parser.add_argument("--log-level", default="warning", help="of the services: debug, info, warning, error")
    add_arguments(parser)
    arguments = parser.parse_args()
    if arguments.seed is None:
        arguments.seed = int(time.time())
    say(f"{name}: {' '.join(sys.argv[1:])}, seed {arguments.seed}")
    before = time.monotonic()
    run = Run(name, arguments)
    passed = False
    try:
        body(run)
        passed = True
    except (Failure, OSError) as failure:
        say(f"FAILED after {time.monotonic() - before:.1f} s (seed {arguments.seed}): {failure}")
    except Exception:
        say(f"FAILED after {time.monotonic() - before:.1f} s (seed {arguments.seed}):")
        say(traceback.format_exc())
    finally:
        run.end(passed)
    if passed:
        say(f"{name}: passed in {time.monotonic() - before:.1f} s")
    # Threads of the load or of gRPC must not hold up the end of a test that failed.
    sys.stdout.flush()
    os._exit(0 if passed else 1)
