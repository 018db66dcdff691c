#!/usr/bin/python3
"""Three Galera nodes and several replicas of the services, each with all nodes in its configuration, in another
order. Under load through all replicas, nodes are killed, frozen and cut off, and services are killed; then
nothing acknowledged is lost or doubled, and every replica shows the same ledgers.

  galera_test.py --build BUILD_FOLDER [--faults 6] [--replicas 3] [--seed N]
"""
import sys
import time

from chaoslib import mariadb
from chaoslib.base import require, say
from chaoslib.check import Checker
from chaoslib.galera import NODES, Cluster
from chaoslib.load import Load, Settings
from chaoslib.program import main

FAULTS_PER_ROUND = 3
# Longer than it takes the others to leave a node behind (evs.suspect_timeout, 5 s).
FROZEN_SECONDS = 9


def arguments(parser):
    parser.add_argument("--faults", type=int, default=6)
    parser.add_argument("--replicas", type=int, default=3)


class Faults:
    """One fault after the other; each is over before the next begins."""

    def __init__(self, run, cluster, load):
        self._run, self._cluster, self._load = run, cluster, load

    def _pass(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._load.watch()
            time.sleep(0.05)

    def node_killed(self, node):
        node.process.kill()
        self._pass(self._run.rng.uniform(1, 8))
        self._cluster.rejoin(node)

    def node_frozen(self, node):
        node.process.pause()
        self._pass(FROZEN_SECONDS)
        node.process.resume()

    def node_cut_off(self, node):
        node.isolate(True)
        self._pass(FROZEN_SECONDS)
        require(node.status("wsrep_ready") == "OFF", node.server.name, "takes calls though it is cut off")
        node.isolate(False)

    def service_killed(self, _):
        host = self._run.rng.choice(self._run.suite.hosts)
        host.process.kill()
        self._pass(self._run.rng.uniform(0, 2))
        host.process.start()
        self._run.suite.ready(host)

    def one(self):
        run = self._run
        self._pass(run.rng.uniform(0.5, 2))
        fault = run.rng.choice((self.node_killed, self.node_frozen, self.node_cut_off, self.service_killed))
        node = run.rng.choice(self._cluster.nodes)
        run.figures.add("faults: " + fault.__name__.replace("_", " "))
        say(f"  {fault.__name__} {node.number}")
        fault(node)
        self._cluster.whole()
        self._pass(1)
        say(f"    seconds without: {run.journal.outages()}")


def galera(run):
    cluster = Cluster(run)
    cluster.start()
    say(f"{NODES} nodes in step")
    suite = run.make_suite(cluster.storages(run.arguments.replicas, mariadb.password_file(run.work)))
    load = checker = None
    left = run.arguments.faults
    number = 0
    while left > 0:
        number += 1
        layout = "separate" if number % 3 == 0 else "one"
        suite.start(layout)
        if load is None:
            # A dead node holds up the others for some seconds.
            load = Load(suite, run.journal, run.seed, Settings(call_seconds=12, give_up_seconds=150))
            checker = Checker(suite, run.journal, run.figures, run.seed)
        load.begin()
        faults = Faults(run, cluster, load)
        count = min(FAULTS_PER_ROUND, left)
        for _ in range(count):
            faults.one()
        left -= count
        load.pause()
        if left == 0:
            checker.forget()
        checker.check(load.world.counter)
        say(f"round {number} ({layout}): {len(run.journal.acknowledged)} changes acknowledged, all there, "
            "the same at every replica")
        suite.terminate()
    checker.show()


if __name__ == "__main__":
    sys.exit(main("galera_test", __doc__.splitlines()[0], galera, arguments))
