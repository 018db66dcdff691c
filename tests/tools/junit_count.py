#!/usr/bin/env python3
"""Counts the cases of a JUnit file written by ctest: prints "PASSED FAILED SKIPPED".

A case that ctest could not start (no program, a failed fixture) carries the same <skipped> element
as one that chose to be skipped; only the latter counts as skipped, the former as failed.
"""

import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is not None:
        message = skipped.get("message", "")
        return "skipped" if message.startswith(("SKIP_", "Disabled")) else "failed"
    status = case.get("status")
    return {"run": "passed", "disabled": "skipped"}.get(status, "failed")


def main(argv):
    if len(argv) != 2:
        print("usage: junit_count.py FILE", file=sys.stderr)
        return 2
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in ElementTree.parse(argv[1]).iter("testcase"):
        counts[outcome(case)] += 1
    print(counts["passed"], counts["failed"], counts["skipped"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
