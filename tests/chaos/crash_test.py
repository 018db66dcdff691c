#!/usr/bin/python3
"""kill -9 of services, and of the database, under load. Between two checks a random process is killed at a
random moment, at times again while it is starting, and clients repeat what was not answered with the same
request_id. Then everything that was acknowledged must be there, once and whole, and nothing else.

  crash_test.py --build BUILD_FOLDER --engine sqlite|mariadb [--kills 10] [--seed N]
"""
import sys
import time

from chaoslib import mariadb
from chaoslib.base import say
from chaoslib.check import Checker
from chaoslib.load import Load, Settings
from chaoslib.program import main
from chaoslib.suite import SQLITE

KILLS_PER_ROUND = 5


def arguments(parser):
    parser.add_argument("--engine", choices=("sqlite", "mariadb"), required=True)
    parser.add_argument("--kills", type=int, default=10)


class Killer:
    """Kills one process after the other, each at a moment of the seed's choice."""

    def __init__(self, run, load, database):
        self._run, self._load, self._database = run, load, database
        self._rng = run.rng

    def _pass(self, seconds):
        """Lets the load go on for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._load.watch()
            time.sleep(min(0.05, max(0.0, until - time.monotonic())))

    def _restart(self, start, process, ready):
        self._pass(self._rng.uniform(0, 0.3))
        start()
        if self._rng.random() < 0.25:
            # Once more, while it opens its data.
            self._pass(self._rng.uniform(0, 0.25))
            process().kill()
            self._run.figures.add("kills during a start")
            start()
        ready()

    def kill_one(self):
        self._pass(self._rng.uniform(0.1, 0.8))
        if self._database is not None and self._rng.random() < 0.2:
            database = self._database
            database.process.kill()
            self._run.figures.add("kills of mariadb")
            self._restart(lambda: database.start(wait=0), lambda: database.process, database.ready)
            return
        host = self._rng.choice(self._run.suite.hosts)
        host.process.kill()
        self._run.figures.add(f"kills of {host.name.rsplit('-', 1)[0]}")
        self._restart(host.process.start, lambda: host.process, lambda: self._run.suite.ready(host))


def die_young(run, suite, longest, times=3):
    """Kills the very first start, in which keys, databases and tables are made."""
    for _ in range(times):
        suite.start("one", wait=False)
        time.sleep(run.rng.uniform(0, longest))
        suite.kill()
    run.figures.add("kills during the first start", times)


def crash(run):
    database, storage = None, SQLITE
    if run.arguments.engine == "mariadb":
        database = run.database()
        database.install()
        database.start()
        database.make_account()
        storage = mariadb.storage([database.address], mariadb.password_file(run.work))
    suite = run.make_suite([storage], data=run.work.folder("data"))
    layouts = ["one", "separate"]
    run.rng.shuffle(layouts)
    if database is None:
        die_young(run, suite, 0.3)
    elif run.arguments.kills > 50:
        # The lock under which tables are made outlives its holder by half a minute.
        die_young(run, suite, 3.0)
    load = checker = None
    left = run.arguments.kills
    number = 0
    while left > 0:
        number += 1
        # The first two rounds are of both kinds, the others as it comes.
        layout = layouts.pop() if layouts else run.rng.choice(("one", "separate"))
        suite.start(layout)
        if load is None:
            load = Load(suite, run.journal, run.seed, Settings())
            checker = Checker(suite, run.journal, run.figures, run.seed)
        load.begin()
        killer = Killer(run, load, database)
        kills = min(KILLS_PER_ROUND, left)
        for _ in range(kills):
            killer.kill_one()
        left -= kills
        run.figures.add("kills", kills)
        load.pause()
        if left == 0:
            # Once more from the first entry on.
            checker.forget()
        checker.check(load.world.counter)
        say(f"round {number} ({layout}): {len(run.journal.acknowledged)} changes acknowledged, all there")
        if run.rng.random() < 0.5:
            suite.kill()
        else:
            suite.terminate()
    checker.show()


if __name__ == "__main__":
    sys.exit(main("crash_test", __doc__.splitlines()[0], crash, arguments))
