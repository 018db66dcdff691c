"""What must hold, whatever was killed: everything acknowledged is there, once and whole, and nothing else;
ledgers have no gaps and no request twice; tables are what the ledgers say; followers have caught up."""
import hashlib
import random
import time

from google.protobuf import symbol_database

from chaoslib.base import Failure, require, until
from chaoslib.merkle import Tree, checkpoint
from chaoslib.suite import SERVICES

_CATCH_UP_SECONDS = 60
# Where records of these services are listed: collection → (service, List method, Get method).
_LISTS = {
    "departments": ("personnel", "ListDepartments", "GetDepartment"),
    "posts": ("personnel", "ListPosts", "GetPost"),
    "persons": ("personnel", "ListPersons", "GetPerson"),
    "appointments": ("personnel", "ListAppointments", "GetAppointment"),
    "riskPoints": ("risk", "ListRiskPoints", "GetRiskPoint"),
    "measures": ("risk", "ListMeasures", "GetMeasure"),
}


# What refused calls, and reads that only few may do, leave for auditors: nobody waits for it.
AUDIT = "audit"


class Ledger:
    """One ledger as read so far."""

    def __init__(self):
        self.tree = Tree()
        self.requests = {}        # request_id → sequence


class Unit:
    """One unit as its ledgers tell it."""

    def __init__(self):
        self.ledgers = {service: Ledger() for service in SERVICES}
        self.records = {}         # name → newest revision


class Checker:
    """Checks when no change is under way. It remembers what it has read, so that each check reads only
    what is new; `forget` makes the next one read everything again."""

    def __init__(self, suite, journal, figures, seed, call_seconds=20):
        self._suite = suite
        self._api = suite.caller.api
        self._journal = journal
        self._figures = figures
        self._rng = random.Random(f"{seed}/check")
        self._call_seconds = call_seconds
        self.forget()

    def forget(self):
        self._units = {}
        self._matched = 0         # acknowledged changes that were found on the ledgers
        self._found_later = 0

    # ---- calls --------------------------------------------------------------------------------------
    def _call(self, service, method, request, replica=0, stub=None):
        """A read that must be answered within the time; what passes by itself is waited for."""
        def asked():
            outcome = self._suite.caller.attempt(self._suite.addresses(service)[replica], stub or service,
                                                 method, request, self._call_seconds)
            if not outcome.final:
                return None
            require(outcome.response is not None, method, "of", service, "replica", replica, request,
                    "answered", outcome.reason, outcome.text)
            return outcome
        return until(f"an answer to {method} of {service}, replica {replica}", _CATCH_UP_SECONDS, asked,
                     pause=0.1).response

    def _ledger_call(self, service, method, request, replica):
        return self._call(service, method, request, replica, stub="ledger")

    # ---- ledgers ------------------------------------------------------------------------------------
    def _read_ledger(self, unit_id, service, replica):
        """Reads what is new of a ledger, proves it against the checkpoint, and gives the entries."""
        ledger = self._units[unit_id].ledgers[service]
        name = f"units/{unit_id}/ledgers/{service}"
        head = self._ledger_call(service, "GetCheckpoint",
                                 self._api.ledger.GetCheckpointRequest(name=name), replica)
        origin, size, root = checkpoint(head.checkpoint)
        require(origin == f"lianfang/{name}", name, "has a checkpoint of", origin)
        require(size >= ledger.tree.size, name, "has shrunk from", ledger.tree.size, "to", size)
        entries = []
        while ledger.tree.size < size:
            page = self._ledger_call(service, "ListEntries", self._api.ledger.ListEntriesRequest(
                name=name, after_sequence=ledger.tree.size, page_size=1000, include_content=True), replica)
            require(page.entries, name, "has a gap after", ledger.tree.size)
            for entry in page.entries:
                if ledger.tree.size == size:
                    break
                entries.append(self._take(unit_id, service, ledger, entry))
        require(ledger.tree.root() == root, name, "at", size, "has another root than its checkpoint")
        return entries

    def _take(self, unit_id, service, ledger, entry):
        header = self._api.ledger.EntryHeader.FromString(entry.header)
        where = f"entry {ledger.tree.size + 1} of units/{unit_id}/ledgers/{service}"
        require(entry.sequence == header.sequence == ledger.tree.size + 1, where, "has number",
                entry.sequence, "and says", header.sequence)
        require((header.unit, header.service) == (f"units/{unit_id}", service), where, "is of",
                header.unit, header.service)
        require(hashlib.sha256(entry.content).digest() == header.content_digest, where,
                "does not have its content's digest")
        require(header.request_id not in ledger.requests, where, "and entry",
                ledger.requests.get(header.request_id), "are the same request", header.request_id)
        ledger.requests[header.request_id] = header.sequence
        ledger.tree.append(entry.header)
        content = self._api.ledger.EntryContent.FromString(entry.content)
        return header, content

    @staticmethod
    def _records(content):
        """The records of an entry; it may also hold the answer of a method."""
        for packed in content.resources:
            record = symbol_database.Default().GetSymbol(packed.TypeName())()
            packed.Unpack(record)
            if "name" in record.DESCRIPTOR.fields_by_name:
                yield record

    def _match(self, unit_id, service, entries, waiting):
        unit = self._units[unit_id]
        for header, content in entries:
            if header.method == AUDIT:
                continue
            touched = {record.name: record for record in self._records(content)}
            unit.records.update(touched)
            if header.method.startswith("follow:") or service not in ("personnel", "risk"):
                continue
            op = waiting.pop((unit_id, service, header.request_id), None)
            require(op is not None, "entry", header.sequence, "of", unit_id, service, header.method,
                    header.resource, "was acknowledged to nobody: request", header.request_id)
            require(op.response.position.sequence == header.sequence, header.method, header.request_id,
                    "was acknowledged at", op.response.position.sequence, "and stands at", header.sequence)
            require(touched.get(op.record.name) == op.record, header.resource,
                    "was acknowledged as\n", op.record, "and stands on the ledger as\n",
                    touched.get(op.record.name))
            made = header.time.seconds + header.time.nanos / 1e9
            if op.unknown and op.attempts > 1 and made < op.last_sent:
                self._found_later += 1
            self._matched += 1

    # ---- tables -------------------------------------------------------------------------------------
    def _list(self, unit_id, collection, replica):
        service, method, _ = _LISTS[collection]
        request_type = getattr(getattr(self._api, service), f"{method}Request")
        request = request_type(parent=f"units/{unit_id}", page_size=500, show_archived=True)
        found = {}
        while True:
            page = self._call(service, method, request, replica)
            for record in getattr(page, page.DESCRIPTOR.fields[0].name):
                require(record.name not in found, method, "lists", record.name, "twice")
                found[record.name] = record
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    def _tables(self, unit_id, replica):
        records = self._units[unit_id].records
        for collection, (service, _, get) in _LISTS.items():
            told = {name: record for name, record in records.items() if f"/{collection}/" in name}
            listed = self._list(unit_id, collection, replica)
            require(listed.keys() == told.keys(), collection, "of", unit_id, "list",
                    sorted(listed.keys() - told.keys())[:3], "too many and lack",
                    sorted(told.keys() - listed.keys())[:3])
            for name, record in listed.items():
                require(record == told[name], name, "is listed as\n", record, "the ledger says\n", told[name])
            for name in self._rng.sample(sorted(told), min(3, len(told))):
                request = getattr(getattr(self._api, service), f"{get}Request")(name=name)
                got = self._call(service, get, request, replica)
                require(getattr(got, got.DESCRIPTOR.fields[0].name) == told[name], get, "of", name,
                        "differs from the ledger")

    # ---- statistics ---------------------------------------------------------------------------------
    def _expected(self, unit_id):
        records = self._units[unit_id].records
        active = self._api.personnel.RECORD_STATE_ACTIVE
        of = {collection: [record for name, record in records.items() if f"/{collection}/" in name]
              for collection in _LISTS}
        points = [p for p in of["riskPoints"] if p.state == self._api.risk.RISK_POINT_STATE_REGISTERED]
        treated = {measure.risk_point for measure in of["measures"]}
        categories, layers = {}, {}
        for point in points:
            categories[point.category] = categories.get(point.category, 0) + 1
            layers[point.layer] = layers.get(point.layer, 0) + 1
        rows = {d.name: 0 for d in of["departments"]}
        for point in points:
            if point.department:
                rows[point.department] += 1
        return {"posts": sum(post.state == active for post in of["posts"]),
                "persons": len({a.person for a in of["appointments"] if a.state == active}),
                "risk points": len(points), "categories": categories, "layers": layers,
                "measures": len(of["measures"]),
                "without measure": sum(point.name not in treated for point in points),
                "rows": {name: count for name, count in rows.items() if count}}

    def _counted(self, unit_id, replica, not_before=()):
        answer = self._call("reporting", "GetStatistics", self._api.reporting.GetStatisticsRequest(
            unit=f"units/{unit_id}", not_before=not_before), replica)
        total = answer.total
        return {"posts": total.post_count, "persons": total.person_count,
                "risk points": total.risk_point_count,
                "categories": {c.category: c.count for c in total.risk_points_by_category if c.count},
                "layers": {c.layer: c.count for c in total.risk_points_by_layer if c.count},
                "measures": total.measure_count, "without measure": total.risk_points_without_measure,
                "rows": {row.department: row.statistics.risk_point_count for row in answer.departments
                         if row.department and row.statistics.risk_point_count}}

    def _heads(self, unit_id, services):
        return [self._api.types.LedgerPosition(unit=f"units/{unit_id}", service=service,
                                               sequence=self._units[unit_id].ledgers[service].tree.size)
                for service in services]

    def _statistics(self, unit_id, replica):
        expected = self._expected(unit_id)
        counted = {}

        def caught_up():
            counted.update(self._counted(unit_id, replica))
            return counted == expected
        before = time.monotonic()
        try:
            # By itself first: nobody asks for freshness.
            until(f"statistics of {unit_id}", _CATCH_UP_SECONDS, caught_up, pause=0.1)
        except Failure as failure:
            raise Failure(f"{failure}: they count\n{counted}\nthe ledgers say\n{expected}") from failure
        self._figures.largest("longest wait for followers, s", time.monotonic() - before)
        fresh = self._counted(unit_id, replica, self._heads(unit_id, ("personnel", "risk", "grading")))
        require(fresh == expected, "statistics of", unit_id, "not before the heads count", fresh,
                "the ledgers say", expected)
        # grading and risk have caught up as well.
        self._call("grading", "ListGrades", self._api.grading.ListGradesRequest(
            parent=f"units/{unit_id}", not_before=self._heads(unit_id, ("personnel", "risk"))), replica)
        self._call("risk", "ListRiskPoints", self._api.risk.ListRiskPointsRequest(
            parent=f"units/{unit_id}", page_size=1,
            not_before=self._heads(unit_id, ("personnel",))), replica)

    def records(self, unit_id):
        """All records of a unit as its ledgers tell them, by name; the ledgers are checked on the way."""
        unit = self._units.setdefault(unit_id, Unit())
        for service in SERVICES:
            for header, content in self._read_ledger(unit_id, service, 0):
                if header.method == AUDIT:
                    continue
                unit.records.update({record.name: record for record in self._records(content)})
        return unit.records

    # ---- all of it ----------------------------------------------------------------------------------
    def check(self, counter, verify=True):
        """Everything, against the first replica, and what can differ between replicas against each."""
        journal = self._journal
        require(not journal.faults, "clients saw what nobody should see:\n", "\n".join(journal.faults[:5]))
        units = {op.unit for op in journal.acknowledged}
        waiting = {(op.unit, op.service, op.request_id): op
                   for op in journal.acknowledged[self._matched:]}
        for unit_id in sorted(units):
            self._units.setdefault(unit_id, Unit())
            for service in SERVICES:
                entries = self._read_ledger(unit_id, service, 0)
                self._match(unit_id, service, entries, waiting)
        require(not waiting, len(waiting), "acknowledged changes are on no ledger, e.g.",
                [(op.method, op.unit, op.request_id) for op in list(waiting.values())[:3]])
        refused = {op.request_id for op in journal.refused}
        for unit in self._units.values():
            for service, ledger in unit.ledgers.items():
                require(not refused & ledger.requests.keys(), service, "has done what it refused")
        self._counter(counter)
        for replica in range(self._suite.replicas):
            for unit_id in sorted(units):
                self._replica(unit_id, replica)
                self._tables(unit_id, replica)
                self._statistics(unit_id, replica)
                if verify:
                    self._suite.verify(unit_id, replica)

    def _replica(self, unit_id, replica):
        """The ledgers of another replica are the same ones."""
        if replica == 0:
            return
        for service in ("personnel", "risk"):
            # Reading the first has left its trace since.
            new = [header for header, _ in self._read_ledger(unit_id, service, replica) if header.method != AUDIT]
            require(not new, service, "of", unit_id, "at replica", replica, "has more than replica 0:", new[:3])

    def _counter(self, name):
        """The record that everybody adds one to says how often somebody was told that he had."""
        unit_id = name.split("/")[1]
        ops = [op for op in self._journal.acknowledged
               if op.method == "UpdatePerson" and op.record.name == name]
        values = sorted(int(op.record.display_name) for op in ops)
        require(values == list(range(1, len(ops) + 1)), "the counter was acknowledged as", values[-5:],
                "after", len(ops), "additions")
        stands = self._units[unit_id].records[name].display_name
        require(int(stands) == len(ops), "the counter is", stands, "after", len(ops), "additions")

    def show(self):
        journal, figures = self._journal, self._figures
        figures.add("requests sent", journal.requests)
        figures.add("changes acknowledged", len(journal.acknowledged))
        figures.add("changes refused (etag)", len(journal.refused))
        figures.add("changes once of unknown outcome", journal.unknown)
        figures.add("of these found done when repeated", self._found_later)
        figures.largest("longest time to an answer, s", journal.longest_wait)
        for service, seconds in sorted(journal.longest_outage.items()):
            figures.largest(f"longest time without {service}, s", seconds)
        figures.show()
