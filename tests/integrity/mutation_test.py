#!/usr/bin/python3
"""Nobody changes, drops or reorders what was recorded without it being seen: mutation_test --build FOLDER --count N

The sample year is played at a school, and a district pulls from it. `lianfang verify` finds nothing in what they leave.
Then N changes, one at a time, are made in the databases by hand: values and bits of every table, rows taken out, put in and
exchanged. Each must be found and named: service, table and key. With each one taken back, nothing is found again.

What verification cannot see by itself, a rewrite of everything at once, must be found with a checkpoint kept elsewhere."""
import argparse
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "chaos"))
from chaoslib.base import Failure, require, say  # noqa: E402
from chaoslib.commandline import CommandLine  # noqa: E402
from mutations import Chooser, opened, tables_of  # noqa: E402
from rewrite import rewrite  # noqa: E402

UNIT = "sy-primary"
PERSONS = ("principal", "party-office-director")
# A record of each of these ledgers whose text is erased.
ERASED = (("personnel", "posts"), ("risk", "measures"), ("grading", "reviews"))
SCHOOL = ("grading", "personnel", "reporting", "risk")
DIFFERS = 4
# Signed checkpoints, as they stand in a record.
NOTE = re.compile(rb"lianfang/units/[^\n]+/ledgers/[a-z]+\n[0-9]+\n[A-Za-z0-9+/=]+\n\n(?:\xe2\x80\x94 [^ \n]+ [A-Za-z0-9+/=]+\n)+")


class School(CommandLine):
    """A school and its district, played to the end of the sample year and stopped."""

    def __init__(self, build):
        super().__init__(build, "integrity")
        self.data = self.work.folder("school")
        self.home = self.work.folder("district")
        self.keys = ""
        self.known = ""

    def _serve(self, name, data, *options):
        port = self.ports.take()
        self.serve(name, data, port, *options)
        return f"127.0.0.1:{port}"

    def play(self):
        address = self._serve("school", self.data)
        where = (f"--address={address}", f"--data-dir={self.data}")
        super().play(*where)
        self.run("report", f"--unit={UNIT}", *where)
        self._sign_in(address, where)
        # A document with a number, and what was erased on each ledger.
        self.run("render", "risk-summary", f"--unit={UNIT}", f"--out={self.work.file('out', 'summary.pdf')}", *where)
        for service, table in ERASED:
            with opened(self.data, service) as connection:
                record, = connection.execute(f"SELECT id FROM {table} ORDER BY id LIMIT 1").fetchone()
            collection = re.sub("_(.)", lambda match: match.group(1).upper(), table)
            self.run("erase", f"--record=units/{UNIT}/{collection}/{record}", "--reason=本人撤回同意", *where)
        keys = self.work.file("school.keys")
        with open(keys, "w", encoding="ascii") as file:
            file.write(self.run("keys", f"--data-dir={self.data}", f"--unit={UNIT}"))
        os.makedirs(f"{self.home}/credentials", exist_ok=True)
        token = self.run("token", "create", f"--data-dir={self.data}", "--subject=units/district",
                         "--roles=district_reader", f"--units={UNIT}", "--ttl=1h")
        with open(os.open(f"{self.home}/credentials/school.token", os.O_WRONLY | os.O_CREAT, 0o600), "w",
                  encoding="ascii") as file:
            file.write(token)
        district = self._serve("district", self.home, "--modules=aggregator")
        there = (f"--address={district}", f"--data-dir={self.home}", "--unit=district")
        self.run("register", *there, f"--member-unit={UNIT}", f"--endpoint={address}", f"--keys-file={keys}",
                 "--credential=school")
        self.run("pull", *there)
        # The district's own report upward, and what waits for the superior there.
        self.run("report", *there)
        self.run("superior", "list", "--refresh", "--as=superior_office", *there)
        # What the district has outside of the school's reach.
        self.keys = self.work.file("witness.key")
        with open(self.keys, "w", encoding="ascii") as file:
            file.write(self.run("keys", f"--data-dir={self.home}", "--unit=district", "--services=witness"))
        self.known = self.work.file("known.notes")
        with opened(self.home, "aggregator") as connection, open(self.known, "wb") as file:
            for (body,) in connection.execute("SELECT body FROM members"):
                file.write(b"\n".join(NOTE.findall(body)))
        # A running school is verified, too: one state of all databases.
        code, document = self.verify(self.data)
        require(code == 0, "something is found at a school that runs:", document["findings"][:10])
        for process in self.processes:
            self.stop(process)
        # What the audit trail added up was written at the end, when nobody followed it any more.
        for name, data, options in (("school", self.data, ()), ("district", self.home, ("--modules=aggregator",))):
            self._serve(f"{name}-again", data, *options)
            self.stop(self.processes[-1])

    def _sign_in(self, address, where):
        """Accounts of two persons and a program, and sessions of the two; what is kept of them in secret too. Each signs in
        once: how often somebody did is added up for the audit trail and written when the server stops."""
        first = self.work.file("first-password")
        new = self.work.file("new-password")
        for path, password in ((first, "a-first-password"), (new, "kx7-pq2w-9mzt")):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(password + "\n")
        for person in PERSONS:
            self.run("account", "create", f"--unit={UNIT}", f"--account={person}", f"--password-file={first}", *where)
        self.run("account", "create", f"--unit={UNIT}", "--account=oa", "--kind=service", "--roles=integration",
                 "--certificate=oa.school.example", *where)
        os.environ["XDG_STATE_HOME"] = self.work.folder("state")
        for person in PERSONS:
            self.run("login", f"--unit={UNIT}", f"--account={person}", f"--password-file={first}",
                     f"--new-password-file={new}", f"--address={address}")
        self.run("logout", f"--address={address}")

    def verify(self, folder, known=True):
        """Exit code and document."""
        options = [f"--data={folder}", f"--keys-file={self.keys}"]
        if known and folder != self.home:
            options.append(f"--known={self.known}")
        done = self.call("verify", "--format=json", *options)
        require(done.returncode in (0, DIFFERS), "verify ended with", done.returncode, "\n", done.stderr)
        return done.returncode, json.loads(done.stdout)


def databases(school):
    """(service, folder) of every database; the district's aggregator among them."""
    return [(service, school.data) for service in SCHOOL] + [("aggregator", school.home)]


class Plan:
    """Which mutations: every kind at every table first, then tables in turn, by chance."""

    def __init__(self, school, seed):
        self._random = random.Random(seed)
        self._choosers = []
        self.empty = []
        for service, folder in databases(school):
            with opened(folder, service) as connection:
                for table in tables_of(connection, service):
                    rows = table.rows(connection)
                    chooser = Chooser(self._random, table, rows)
                    self._choosers.append((folder, table, chooser))
                    if not rows:
                        self.empty.append(f"{service}.{table.name}")
        self.tables = len(self._choosers)

    def draw(self, count):
        kinds = [(folder, chooser, kind) for folder, _, chooser in self._choosers for kind in chooser.kinds]
        self._random.shuffle(kinds)
        # At least one of each table, whatever the count.
        first = {}
        for folder, chooser, kind in kinds:
            first.setdefault(chooser, (folder, chooser, kind))
        order = list(first.values()) + [one for one in kinds if one not in first.values()]
        drawn = []
        at = 0
        while len(drawn) < count:
            folder, chooser, kind = order[at % len(order)]
            at += 1
            mutation = chooser.draw(kind)
            if mutation is not None:
                drawn.append((folder, mutation))
            require(at < 50 * count, "there is nothing to change")
        return drawn


def is_named(document, mutation):
    keys = mutation.keys()
    return any(finding["service"] == mutation.table.service and finding["table"] == mutation.table.name and
               (finding["unit"], finding["key"]) in keys for finding in document["findings"])


def mutate(school, drawn):
    missed = []
    for folder, mutation in drawn:
        with opened(folder, mutation.table.service) as connection:
            mutation.apply(connection)
        code, document = school.verify(folder)
        if code != DIFFERS or not is_named(document, mutation):
            found = [(one["table"], one["unit"], one["key"], one["field"]) for one in document["findings"][:5]]
            missed.append(f"{mutation} of {sorted(mutation.keys())}: exit {code}, found {found}\n"
                          f"    {mutation.before}\n    {mutation.after}"[:2000])
        with opened(folder, mutation.table.service) as connection:
            mutation.undo(connection)
    require(not missed, len(missed), "of", len(drawn), "were not found and named:\n", "\n ".join(missed))


def unknown_table(school):
    """What nobody verifies is said, and fails."""
    with opened(school.data, "risk") as connection:
        connection.execute("CREATE TABLE beside (id TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL)")
        connection.commit()
    code, document = school.verify(school.data)
    require(code == DIFFERS and [one["table"] for one in document["findings"]] == ["beside"], "a table that nobody verifies",
            document["findings"])
    with opened(school.data, "risk") as connection:
        connection.execute("DROP TABLE beside")
        connection.commit()


def whole_rewrite(school):
    """By itself it looks sound; not beside what the district has seen."""
    folder = os.path.join(school.work.path, "rewritten")
    shutil.copytree(school.data, folder)
    code, document = school.verify(folder)
    require(code == 0, "before the rewrite:", document["findings"])
    compared = {one["service"] for one in document["ledgers"] if one["knownCheckpoints"]}
    require("reporting" in compared, "only these ledgers were compared with known checkpoints:", compared)
    rewrite(school.work, folder, UNIT, "reporting", ("risk",), "campaigns")
    code, document = school.verify(folder, known=False)
    require(code == 0, "the rewrite is not a coherent one:", document["findings"][:5])
    code, document = school.verify(folder)
    found = [(one["service"], one["table"], one["unit"]) for one in document["findings"] if one["field"] == "(known checkpoint)"]
    require(code == DIFFERS and ("reporting", "ledger_heads", UNIT) in found, "the rewrite was not found", document["findings"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    school = School(options.build)
    passed = False
    try:
        begin = time.monotonic()
        school.play()
        say(f"played in {time.monotonic() - begin:.1f} s")
        for folder in (school.data, school.home):
            code, document = school.verify(folder)
            require(code == 0 and document["entries"] > 0, "something is found in databases that nobody touched:",
                    json.dumps(document["findings"][:10], indent=1, ensure_ascii=False))
            require(not document["behind"], "not level:", document["behind"])
        plan = Plan(school, options.seed)
        drawn = plan.draw(options.count)
        begin = time.monotonic()
        mutate(school, drawn)
        say(f"seed {options.seed}: {len(drawn)} mutations of {plan.tables} tables, {len({str(one) for _, one in drawn})} of "
            f"different kinds, all found and named in {time.monotonic() - begin:.1f} s; tables without rows: {plan.empty}")
        unknown_table(school)
        for folder in (school.data, school.home):
            code, document = school.verify(folder)
            require(code == 0, "something is left of mutations that were taken back:", document["findings"][:10])
        whole_rewrite(school)
        passed = True
    finally:
        school.end(passed)


if __name__ == "__main__":
    try:
        main()
    except (Failure, subprocess.SubprocessError, sqlite3.Error) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        sys.exit(1)
