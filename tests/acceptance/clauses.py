#!/usr/bin/env python3
"""Which clause of the scheme is shown by which test, and through which methods of the API.

Reads the tests of this folder. Above a test stands a comment that quotes clauses in 「」 to the letter and ends with
a line `// RPCs: Service.Method, …`.

  clauses.py          writes CLAUSES.md
  clauses.py --check  changes nothing; fails when CLAUSES.md is stale, a clause of clauses.txt has no test, a quote is
                      not in the scheme, or a method is not in the API

The scheme's text is $LIANFANG_SCHEME or, if that is not set, ../shared/seed/scheme-2013-4.txt beside the repository;
without it, all is checked but the quotes' presence in it.
"""
import os
import pathlib
import re
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE = HERE / "CLAUSES.md"
TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)")


class Test(NamedTuple):
    quotes: list
    rpcs: list
    name: str
    file: str
    line: int


def squeeze(text):
    """Without white space: line breaks of a comment and of the scheme's text say nothing."""
    return re.sub(r"\s+", "", text)


def read_clauses():
    clauses = []
    for line in (HERE / "clauses.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            clauses.append(tuple(line.split("\t")))
    return clauses


def read_tests():
    tests = []
    for path in sorted(HERE.glob("*_test.cc")):
        comment = []
        lines = path.read_text(encoding="utf-8").splitlines()
        for i, line in enumerate(lines):
            if line.startswith("//"):
                comment.append(line[2:])
                continue
            # clang-format may break the line within the parentheses.
            found = TEST.match(line if ")" in line or i + 1 == len(lines) else line + lines[i + 1].strip())
            if found and comment:
                said, _, rpcs = "\n".join(comment).partition("RPCs:")
                quotes = [squeeze(quote) for quote in re.findall("「([^」]*)」", said)]
                if quotes:
                    methods = [method for method in re.split(r"[,\s]+", rpcs) if method]
                    tests.append(Test(quotes, methods, ".".join(found.groups()), path.name, i + 1))
            comment = []
    return tests


def read_methods():
    methods = set()
    for path in (ROOT / "proto").rglob("*.proto"):
        service = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"service (\w+)", line):
                service = found[1]
            elif found := re.match(r"\s+rpc (\w+)", line):
                methods.add(f"{service}.{found[1]}")
    return methods


def shows(quote, clause):
    return quote in clause or clause in quote


def table_of(clauses, tests):
    rows = [
        "# The scheme and its tests",
        "",
        "Made by `tests/acceptance/clauses.py` from the tests of this folder; not to be edited. Each row: a clause of",
        "闽实小党[2013]4号 to the letter, the methods through which a school does what it says, and the test that",
        "shows it, with the refusals that the clause implies.",
        "",
        "| | clause | methods | test |",
        "| --- | --- | --- | --- |",
    ]
    for key, clause in clauses:
        showing = [test for test in tests if any(shows(quote, squeeze(clause)) for quote in test.quotes)]
        methods = sorted({method for test in showing for method in test.rpcs})
        rows.append("| {} | 「{}」 | {} | {} |".format(
            key, clause, "<br>".join(methods) or "–",
            "<br>".join(f"[{test.name}]({test.file}#L{test.line})" for test in showing) or "–"))
    return "\n".join(rows) + "\n"


def covered(clauses, tests):
    """Characters of the clauses, and of those how many a test quotes."""
    quotes = {quote for test in tests for quote in test.quotes}
    total = hit = 0
    for _, clause in clauses:
        text = squeeze(clause)
        marked = [False] * len(text)
        for quote in quotes:
            at = 0 if text in quote else text.find(quote)
            if at >= 0:
                for i in range(at, min(len(text), at + len(quote))):
                    marked[i] = True
        total += len(text)
        hit += sum(marked)
    return total, hit


def problems_of(clauses, tests):
    problems = []
    methods = read_methods()
    for test in tests:
        at = f"{test.file}:{test.line}: {test.name}"
        if not test.rpcs:
            problems.append(f"{at} quotes a clause and names no method (`// RPCs: …`)")
        problems += [f"{at}: no such method: {rpc}" for rpc in test.rpcs if rpc not in methods]
    for key, clause in clauses:
        if not any(shows(quote, squeeze(clause)) for test in tests for quote in test.quotes):
            problems.append(f"clauses.txt: {key} has no test: 「{clause}」")
    if len({key for key, _ in clauses}) != len(clauses):
        problems.append("clauses.txt: an id stands twice")
    return problems


def problems_with_scheme(clauses, tests, scheme):
    problems = []
    for test in tests:
        problems += [f"{test.file}:{test.line}: {test.name}: not in the scheme: 「{quote}」"
                     for quote in test.quotes if quote not in scheme]
    at = 0
    for key, clause in clauses:
        found = scheme.find(squeeze(clause), at)
        if found < 0:
            problems.append(f"clauses.txt: {key} is not in the scheme, or not in its place: 「{clause}」")
        else:
            at = found + 1
    return problems


def main():
    check = "--check" in sys.argv[1:]
    clauses, tests = read_clauses(), read_tests()
    table = table_of(clauses, tests)
    problems = problems_of(clauses, tests)
    path = pathlib.Path(os.environ.get("LIANFANG_SCHEME") or ROOT.parent / "shared/seed/scheme-2013-4.txt")
    if path.is_file():
        problems += problems_with_scheme(clauses, tests, squeeze(path.read_text(encoding="utf-8")))
    elif "LIANFANG_SCHEME" in os.environ:
        problems.append(f"LIANFANG_SCHEME: no such file: {path}")
    else:
        print("The scheme's text is not here: whether quotes stand in it is not checked.")
    if not check:
        TABLE.write_text(table, encoding="utf-8")
    elif not TABLE.is_file() or TABLE.read_text(encoding="utf-8") != table:
        problems.append("CLAUSES.md is stale: run tests/acceptance/clauses.py")
    total, hit = covered(clauses, tests)
    print(f"{len(clauses)} clauses, {len(tests)} tests that quote; "
          f"{hit} of {total} characters quoted ({100 * hit / total:.1f} %).")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
