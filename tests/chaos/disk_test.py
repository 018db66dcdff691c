#!/usr/bin/python3
"""A full disk, a disk that the kernel turns read-only, and a start on a read-only disk. Changes are refused
with STORAGE_FULL and say so in both languages, reads go on, nothing is half done; when there is space again,
changes go through without a restart.

  disk_test.py --build BUILD_FOLDER --engine sqlite|mariadb [--seed N]      (as root: it mounts a small disk)
"""
import sys
import time

from chaoslib import mariadb
from chaoslib.base import require, say, until
from chaoslib.check import Checker
from chaoslib.disk import Disk, own_namespace
from chaoslib.journal import Op
from chaoslib.load import Load, Settings
from chaoslib.program import main
from chaoslib.suite import SQLITE

_TEXT = "x" * 3000


def arguments(parser):
    parser.add_argument("--engine", choices=("sqlite", "mariadb"), required=True)


class Prober:
    """Single changes and reads, each attempt looked at."""

    def __init__(self, run, load, database):
        self._run, self._load, self._database = run, load, database
        self._caller = run.suite.caller
        self._at = run.suite.addresses("risk")[0]
        self.kept = []            # refused for now, to be repeated

    def _op(self):
        run, unit = self._run, self._load.world.units[0]
        r, t = run.api.risk, run.api.types
        number = run.rng.getrandbits(60)
        op = Op(run.rng, "risk", "CreateRiskPoint", unit, r.CreateRiskPointRequest(
            parent=f"units/{unit}", risk_point_id=f"disk-{number:x}", risk_point=r.RiskPoint(
                layer=t.RISK_LAYER_UNIT, owner=f"units/{unit}", year=2026,
                category=t.RISK_CATEGORY_TEACHING, description=_TEXT, manifestation=_TEXT,
                method=t.FINDING_METHOD_COLLECTIVE, kind=r.FINDING_KIND_POTENTIAL)))
        op.begun = time.time()
        return op

    def _send(self, op):
        self._run.journal.attempted(op)
        return self._caller.attempt(self._at, "risk", op.method, op.request, 20)

    def write_until_refused(self, most=6000):
        """Writes until the disk refuses one; the others count as acknowledged."""
        for number in range(most):
            op = self._op()
            outcome = self._send(op)
            if outcome.response is None:
                self._refusal(op, outcome)
                return number
            self._run.journal.answered(op, outcome)
        require(False, "the disk took", most, "changes and refused none")

    def expect_refusals(self, count, all_of_them):
        """Most or all are refused. A database may find a free page for one or the other even on a full disk;
        what it takes counts like any other change."""
        for _ in range(count):
            if self.database_gave_up():
                return
            op = self._op()
            outcome = self._send(op)
            if outcome.response is None:
                self._refusal(op, outcome)
                continue
            require(not all_of_them, "a change was acknowledged though the disk takes nothing")
            self._run.journal.answered(op, outcome)

    def _refusal(self, op, outcome):
        self.kept.append(op)
        if self.database_gave_up():
            # Then the services can only say that it does not answer.
            require(outcome.reason in ("STORAGE_FULL", "DEPENDENCY_UNAVAILABLE", "DEADLINE_EXCEEDED"),
                    "without a database a change was answered", outcome.reason, outcome.text)
            return
        require(outcome.reason == "STORAGE_FULL", "a change that cannot be stored was answered",
                outcome.reason, outcome.text)
        require("disk" in outcome.text and "盘" in outcome.chinese, "the refusal does not say that it is the "
                "disk:", outcome.text, outcome.chinese)

    def database_gave_up(self):
        """InnoDB ends its process rather than go on when it cannot even roll back, or when the disk fails."""
        return self._database is not None and not self._database.process.alive()

    def reads_go_on(self):
        """Every record that was acknowledged can be read."""
        if self.database_gave_up():
            return
        r = self._run.api.risk
        made = [op for op in self._run.journal.acknowledged if op.method == "CreateRiskPoint"]
        for op in self._run.rng.sample(made, min(30, len(made))):
            outcome = self._caller.attempt(self._at, "risk", "GetRiskPoint",
                                           r.GetRiskPointRequest(name=op.record.name), 10)
            require(outcome.response is not None, "GetRiskPoint with a full disk:", outcome.reason, outcome.text)
            require(outcome.response.risk_point.name == op.record.name, "another record was read")
        for service in ("personnel", "risk"):
            unit = self._load.world.units[0]
            outcome = self._caller.attempt(
                self._run.suite.addresses(service)[0], "ledger", "ListEntries",
                self._run.api.ledger.ListEntriesRequest(
                    name=f"units/{unit}/ledgers/{service}", page_size=5), 10)
            require(outcome.response is not None, "ListEntries with a full disk:", outcome.reason, outcome.text)

    def repeat_kept(self, seconds=60):
        """What was refused is sent again, with the same request_id, until it is done."""
        before = time.monotonic()
        for op in self.kept:
            outcome = until("a change after the disk had space again", seconds,
                            lambda op=op: self._answered(op), pause=0.1)
            self._run.journal.answered(op, outcome)
        self.kept = []
        return time.monotonic() - before

    def _answered(self, op):
        outcome = self._send(op)
        require(outcome.final is False or outcome.response is not None, "a repeated change was answered",
                outcome.reason, outcome.text)
        return outcome if outcome.response is not None else None


def full(run, disk, load, prober, checker, database):
    """The disk fills up and is emptied again, twice."""
    pids = [host.process.pid for host in run.suite.hosts]
    for turn in range(2):
        disk.fill()
        written = prober.write_until_refused()
        # What was still left of allocated blocks is gone now.
        disk.fill()
        extra = prober.write_until_refused() if not prober.database_gave_up() else 0
        prober.expect_refusals(20, all_of_them=False)
        prober.reads_go_on()
        run.figures.add("changes refused for lack of space", len(prober.kept))
        disk.free()
        if prober.database_gave_up():
            run.figures.add("times that mariadb ended by itself")
            database.start()
        seconds = prober.repeat_kept()
        run.figures.largest("longest time from space to a change, s", seconds)
        require([host.process.pid for host in run.suite.hosts] == pids, "a service was restarted")
        some_load(run, load)
        checker.check(load.world.counter)
        say(f"full disk, turn {turn + 1}: refused after {written} + {extra} more changes, all well afterwards")


def some_load(run, load, changes=300):
    """Lets the writers go on until they have done so many changes more."""
    goal = len(run.journal.acknowledged) + changes

    def done():
        load.watch()
        return len(run.journal.acknowledged) >= goal
    load.begin()
    until(f"{changes} changes", 60, done)
    load.pause()


def disk(run):
    small = Disk(run.work, 256 if run.arguments.engine == "sqlite" else 512)
    run.at_end.append(small.unmount)
    database, storage = None, SQLITE
    if run.arguments.engine == "mariadb":
        database = run.database(folder=small.folder("mariadb"))
        database.install()
        database.start()
        database.make_account()
        storage = mariadb.storage([database.address], mariadb.password_file(run.work))
    suite = run.make_suite([storage], data=small.folder("data") if database is None else None)
    suite.start("one")
    load = Load(suite, run.journal, run.seed, Settings(threads=4))
    checker = Checker(suite, run.journal, run.figures, run.seed)
    some_load(run, load)
    prober = Prober(run, load, database)
    full(run, small, load, prober, checker, database)

    # The kernel gives the disk up while it is in use.
    small.fail()
    prober.expect_refusals(20, all_of_them=True)
    prober.reads_go_on()
    run.figures.add("changes refused by the read-only disk", len(prober.kept))
    suite.kill()
    if database is not None:
        database.process.kill()
    small.repair()
    if database is None:
        # A start on a disk that cannot be written says why there is none.
        small.remount("ro")
        suite.start("one", wait=False)
        host = suite.hosts[0]
        until("the end of a start on a read-only disk", 30, lambda: not host.process.alive())
        said = host.process.tail(4)
        require("Read-only file system" in said and "Cannot open the data file" in said and
                "无法打开数据文件" in said, "a start on a read-only disk only says", said)
        suite.kill()
        small.remount("rw")
    else:
        database.start()
    suite.start("one")
    prober.repeat_kept()
    checker.forget()
    checker.check(load.world.counter)
    say("read-only disk: refused while it lasted, all well afterwards")
    checker.show()


if __name__ == "__main__":
    own_namespace()
    sys.exit(main("disk_test", __doc__.splitlines()[0], disk, arguments))
