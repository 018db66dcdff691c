#!/usr/bin/python3
"""Connections that break, and servers that are stopped in turn.

`cuts`: proxies between clients and services, between the services, and between the services and MariaDB cut,
delay, half-close and silence connections; what was acknowledged is there, once. `rolling`: two replicas over
MariaDB are stopped in order one after the other under load; no request fails that is repeated once. `harass`:
two replicas share a MariaDB with somebody who takes their locks, makes deadlocks and kills their connections.

  cut_test.py --build BUILD_FOLDER --what cuts|rolling|harass [--engine sqlite|mariadb] [--seconds 8] [--restarts 4]
"""
import sys
import time

from chaoslib import mariadb
from chaoslib.base import require, say
from chaoslib.check import Checker
from chaoslib.harass import Harasser
from chaoslib.load import Load, Settings
from chaoslib.program import main
from chaoslib.proxy import Proxy
from chaoslib.suite import SQLITE


def arguments(parser):
    parser.add_argument("--what", choices=("cuts", "rolling", "harass"), required=True)
    parser.add_argument("--engine", choices=("sqlite", "mariadb"), default="mariadb")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--restarts", type=int, default=4)


def pass_time(load, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        load.watch()
        time.sleep(0.05)


def start_database(run):
    database = run.database()
    database.install()
    database.start()
    database.make_account()
    return database


def cuts(run):
    proxy = Proxy(run.ports, run.seed)
    storage = SQLITE
    if run.arguments.engine == "mariadb":
        address = start_database(run).address
        storage = mariadb.storage([proxy.route(address)], mariadb.password_file(run.work), io_timeout=3)
    suite = run.make_suite([storage])
    suite.route = proxy.route
    rounds = max(1, round(run.arguments.seconds / 30))
    load = checker = None
    for number in range(rounds):
        layout = "separate" if number % 2 == 0 else "one"
        proxy.calm = True
        suite.start(layout)
        if load is None:
            load = Load(suite, run.journal, run.seed, Settings(call_seconds=3))
            checker = Checker(suite, run.journal, run.figures, run.seed)
        load.begin()
        proxy.storm()
        pass_time(load, run.arguments.seconds / rounds)
        proxy.calm = True
        load.pause()
        if number == rounds - 1:
            checker.forget()
        checker.check(load.world.counter)
        say(f"round {number + 1} ({layout}): {len(run.journal.acknowledged)} changes acknowledged, all there")
        suite.terminate()
    for what, count in sorted(proxy.counts.items()):
        run.figures.add(f"connections: {what}", count)
    require(sum(proxy.counts.values()) > 10, "hardly a connection broke:", proxy.counts)
    checker.show()


def rolling(run):
    start = start_database(run)
    password = mariadb.password_file(run.work)
    suite = run.make_suite([mariadb.storage([start.address], password)] * 2)
    suite.start("one")
    load = Load(suite, run.journal, run.seed, Settings(threads=4, impatient=0))
    checker = Checker(suite, run.journal, run.figures, run.seed)
    load.begin()
    for number in range(run.arguments.restarts):
        pass_time(load, 1)
        host = suite.hosts[number % len(suite.hosts)]
        host.process.ask_to_stop()
        seconds = host.process.stopped()
        run.figures.largest("longest orderly stop, s", seconds)
        pass_time(load, 0.5)
        host.process.start()
        suite.ready(host)
    pass_time(load, 1)
    load.pause()
    checker.check(load.world.counter)
    run.figures.add("orderly stops", run.arguments.restarts)
    run.figures.largest("most attempts of one request", run.journal.most_attempts)
    checker.show()
    require(run.journal.most_attempts <= 2, "a request had to be sent", run.journal.most_attempts,
            "times:", run.journal.most_attempted)


def harass(run):
    database = start_database(run)
    suite = run.make_suite([mariadb.storage([database.address], mariadb.password_file(run.work))] * 2)
    suite.start("one")
    load = Load(suite, run.journal, run.seed, Settings())
    checker = Checker(suite, run.journal, run.figures, run.seed)
    load.begin()
    harasser = Harasser(database, run.seed)
    harasser.start()
    pass_time(load, run.arguments.seconds)
    harasser.stop.set()
    harasser.join(30)
    load.pause()
    checker.check(load.world.counter)
    for what, count in sorted(harasser.counts.items()):
        run.figures.add(f"annoyances: {what}", count)
    checker.show()


def body(run):
    {"cuts": cuts, "rolling": rolling, "harass": harass}[run.arguments.what](run)


if __name__ == "__main__":
    sys.exit(main("cut_test", __doc__.splitlines()[0], body, arguments))
