#!/usr/bin/python3
"""The sample school's whole year, with forms, reviews, grades, letters and publications, is played while services
are killed. The command-line program is run again until it finds nothing to do; then the year must be the same as one
that nobody disturbed: the same counts, the same tasks done, as many records of each kind in each state.

  play_test.py --build BUILD_FOLDER [--kills 12] [--rounds 1] [--seed N]
"""
import collections
import json
import subprocess
import sys
import time

from chaoslib.base import require, say, until
from chaoslib.check import Checker
from chaoslib.program import ROOT, main

UNIT = "sy-primary"


def arguments(parser):
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=1)


def play(suite):
    return subprocess.Popen(suite.command("play", suite.where(), f"--sample={ROOT}/deploy/sample"),
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def whole(suite):
    """Plays to the end, and once more, which must find nothing to do."""
    for _ in range(2):
        child = play(suite)
        said, _ = child.communicate(timeout=120)
        require(child.returncode == 0, "play ended with", child.returncode, "\n", said)
    require("nothing was changed" in said, "a play of a complete year changed something:\n", said)


def year(run, suite):
    """What the year has come to, without times and names that differ from one run to the next."""
    counted = {}
    for what, options in (("statistics", ()), ("crosstable", ("--row=category", "--column=layer"))):
        counted[what] = json.loads(suite.lianfang(what, suite.where(), f"--unit={UNIT}", "--format=json", *options))
        # How many entries that took differs: calls are refused, or come twice.
        counted[what].pop("positions", None)
    tasks = json.loads(suite.lianfang("campaign", suite.where(), f"--unit={UNIT}", "--format=json"))["tasks"]
    counted["campaign"] = {row["task"]["kind"]: (row["total"].get("done"), row["total"].get("expected"))
                           for row in tasks}
    kinds = collections.Counter()
    for record in Checker(suite, run.journal, run.figures, run.seed).records(UNIT).values():
        # A report is issued again when entries have come that change no figure: those of the audit trail.
        if type(record).__name__ != "UnitReport":
            kinds[type(record).__name__, getattr(record, "state", None)] += 1
    counted["records"] = dict(kinds)
    return counted


def disturbed(run, suite):
    """Kills services while the year is played, until the kills are used up."""
    left, plays, finished = run.arguments.kills, 0, 0
    while left > 0:
        child = play(suite)
        plays += 1
        while left > 0 and child.poll() is None:
            time.sleep(run.rng.uniform(0.02, 0.35))
            host = run.rng.choice(suite.hosts)
            host.process.kill()
            left -= 1
            time.sleep(run.rng.uniform(0, 0.1))
            host.process.start()
            suite.ready(host)
        until("the end of a play", 120, lambda child=child: child.poll() is not None)
        child.communicate()
        finished += child.returncode == 0
    run.figures.add("kills", run.arguments.kills)
    run.figures.add("plays that were disturbed", plays)
    run.figures.add("of these came to their end", finished)


def compare(run):
    suite = run.make_suite()
    suite.start("one")
    whole(suite)
    expected = year(run, suite)
    suite.terminate()
    for number in range(run.arguments.rounds):
        suite = run.make_suite(data=run.work.folder(f"round-{number}"))
        suite.start(run.rng.choice(("one", "separate", "separate")))
        disturbed(run, suite)
        whole(suite)
        found = year(run, suite)
        for what, value in expected.items():
            require(found[what] == value, what, "of the disturbed year:\n", found[what], "\nof the other:\n", value)
        suite.verify(UNIT, 0)
        suite.terminate()
        say(f"round {number + 1} ({suite.layout}): the disturbed year is the same as the other")
    run.figures.show()


if __name__ == "__main__":
    sys.exit(main("play_test", __doc__.splitlines()[0], compare, arguments))
