"""Concurrent writers. Each sends a change until it is answered, always with the same request_id, and
writes down what it was told; it also reads back what it wrote and must never see less."""
import random
import threading
import time

from chaoslib.base import Failure
from chaoslib.journal import Op

_YEAR = 2026


class Settings:
    """How patient the writers are."""

    def __init__(self, threads=6, call_seconds=5.0, give_up_seconds=90.0, impatient=0.05):
        """`impatient`: share of attempts that are given up after some milliseconds, often while the change
        is being made: its outcome is then unknown to the client, and it asks again."""
        self.threads = threads
        self.call_seconds = call_seconds
        self.give_up_seconds = give_up_seconds
        self.impatient = impatient


class World:
    """What the writers share: units, and the record that all of them change."""

    def __init__(self, units):
        self.lock = threading.Lock()
        self.units = list(units)      # the first is the hot one
        self.planned = len(units)
        self.counter = ""             # a person of the hot unit whose name counts


class Writer(threading.Thread):
    """One client. What it made it alone changes, so it knows how that must look."""

    def __init__(self, number, seed, suite, journal, world, settings):
        super().__init__(name=f"writer-{number}", daemon=True)
        self._number = number
        self._rng = random.Random(f"{seed}/{number}")
        self._suite = suite
        self._api = suite.caller.api
        self._journal = journal
        self._world = world
        self._settings = settings
        self._made = 0
        self._own = {}                # (unit, collection) → {name: record as last acknowledged}
        self._newest = {}             # (unit, service) → position of the last change of this writer
        self._at = self._rng.randrange(8)
        self.stop = threading.Event()
        self.error = None

    def run(self):
        try:
            while not self.stop.is_set():
                self._step()
        except Exception as error:
            self.error = error

    def successor(self):
        """A thread that goes on where this one ended."""
        heir = Writer(self._number, "", self._suite, self._journal, self._world, self._settings)
      
        heir._rng, heir._made, heir._own = self._rng, self._made, self._own
        heir._newest, heir._at = self._newest, self._at
        return heir

    # ---- sending ------------------------------------------------------------------------------------
    def _address(self, service):
        places = self._suite.addresses(service)
        return places[self._at % len(places)]

    def _repeat(self, service, method, request, before=None, after=None):
        """Attempts until one is answered for good; after a failure it goes to the next replica."""
        deadline = time.monotonic() + self._settings.give_up_seconds
        pause = 0.01
        errors = []
        while True:
            if before:
                before()
            sent = time.monotonic()
            impatient = self._rng.random() < self._settings.impatient
            outcome = self._suite.caller.attempt(
                self._address(service), service, method, request,
                self._rng.uniform(0.001, 0.02) if impatient else self._settings.call_seconds)
            if outcome.reason == "INTERNAL" and not outcome.unknown:
                self._journal.fault(f"{method}: {outcome.text}")
            if outcome.final or not impatient:
                up = outcome.final or outcome.reason in ("NOT_CAUGHT_UP", "OVERLOADED")
                self._journal.seen(service, sent, up)
            if after:
                after(outcome)
            if outcome.final:
                self._journal.took(method, len(errors) + 1, errors)
                return outcome
            errors.append(f"{outcome.reason} {outcome.text}")
            self._journal.last_failure[service] = f"{time.strftime('%T')} {method}: {errors[-1]}"
            if time.monotonic() > deadline:
                raise Failure(f"{method} was not answered within {self._settings.give_up_seconds} s, "
                              f"last: {outcome.reason} {outcome.text}")
            self._at += 1
            time.sleep(pause)
            pause = min(pause * 2, 0.2)

    def deliver(self, service, method, unit, request, allowed=()):
        """A change; returns its record, or None when it was refused for one of the reasons allowed."""
        op = Op(self._rng, service, method, unit, request)
        op.begun = time.time()

        def after(outcome):
            if outcome.unknown and not op.unknown:
                op.unknown = True
                with self._world.lock:
                    self._journal.unknown += 1
        outcome = self._repeat(service, method, request, lambda: self._journal.attempted(op), after)
        self._journal.answered(op, outcome)
        if outcome.response is None:
            if outcome.reason not in allowed:
                raise Failure(f"{method} of {unit} was refused after {op.attempts} attempts: "
                              f"{outcome.reason} {outcome.text}\n{request}")
            return None
        record = op.record
        self._newest[unit, service] = outcome.response.position
        return record

    def _keep(self, unit, collection, record):
        if record is not None:
            self._own.setdefault((unit, collection), {})[record.name] = record

    def _any(self, unit, collection):
        own = self._own.get((unit, collection))
        return self._rng.choice(list(own.values())) if own else None

    def _id(self, kind):
        self._made += 1
        return f"{kind}-{self._number}-{self._made}-{self._rng.getrandbits(24):x}"

    # ---- what is asked for --------------------------------------------------------------------------
    def _step(self):
        world = self._world
        with world.lock:
            unit = world.units[0] if self._rng.random() < 0.5 else self._rng.choice(world.units)
        steps = [(self._department, 8), (self._person, 10), (self._post, 10), (self._appointment, 6),
                 (self._risk_point, 16), (self._measure, 8), (self._change_person, 12),
                 (self._change_risk_point, 10), (self._count, 6), (self._new_unit, 1),
                 (self._read_back, 10), (self._read_risk_after_personnel, 2), (self._statistics, 1)]
        self._rng.choices([s for s, _ in steps], [w for _, w in steps])[0](unit)

    def _new_unit(self, _):
        world = self._world
        with world.lock:
            if world.planned >= 8:
                return
            world.planned += 1
            unit = f"school-{world.planned}-{self._rng.getrandbits(24):x}"
        self.make_unit(unit)
        with world.lock:
            world.units.append(unit)

    def make_unit(self, unit):
        p = self._api.personnel
        self.deliver("personnel", "CreateUnit", unit, p.CreateUnitRequest(
            unit_id=unit, unit=p.Unit(display_name=unit, kind=p.UNIT_KIND_SCHOOL)))

    def make_counter(self, unit):
        p = self._api.personnel
        person = self.deliver("personnel", "CreatePerson", unit, p.CreatePersonRequest(
            parent=f"units/{unit}", person_id="counter", person=p.Person(display_name="0")))
        self._world.counter = person.name

    def _department(self, unit):
        p = self._api.personnel
        self._keep(unit, "departments", self.deliver(
            "personnel", "CreateDepartment", unit, p.CreateDepartmentRequest(
                parent=f"units/{unit}", department_id=self._id("d"),
                department=p.Department(display_name="处室", kind=p.DEPARTMENT_KIND_OFFICE))))

    def _person(self, unit):
        p = self._api.personnel
        self._keep(unit, "persons", self.deliver("personnel", "CreatePerson", unit, p.CreatePersonRequest(
            parent=f"units/{unit}", person_id=self._id("p"), person=p.Person(display_name="某人"))))

    def _post(self, unit):
        p = self._api.personnel
        department = self._any(unit, "departments")
        self._keep(unit, "posts", self.deliver("personnel", "CreatePost", unit, p.CreatePostRequest(
            parent=f"units/{unit}", post_id=self._id("o"),
            post=p.Post(display_name="岗位", department=department.name if department else ""))))

    def _appointment(self, unit):
        p = self._api.personnel
        person, post = self._any(unit, "persons"), self._any(unit, "posts")
        if person is None or post is None:
            return
        appointment = p.Appointment(person=person.name, post=post.name)
        appointment.start_date.year, appointment.start_date.month, appointment.start_date.day = 2020, 9, 1
        self._keep(unit, "appointments", self.deliver(
            "personnel", "CreateAppointment", unit, p.CreateAppointmentRequest(
                parent=f"units/{unit}", appointment_id=self._id("a"), appointment=appointment)))

    def _risk_point(self, unit):
        r, t = self._api.risk, self._api.types
        department = self._any(unit, "departments")
        of_unit = department is None or self._rng.random() < 0.3
        point = r.RiskPoint(
            layer=t.RISK_LAYER_UNIT if of_unit else t.RISK_LAYER_DEPARTMENT,
            owner=f"units/{unit}" if of_unit else department.name, year=_YEAR,
            category=self._rng.choice((t.RISK_CATEGORY_BUSINESS_PROCESS, t.RISK_CATEGORY_TEACHING)),
            description="风险点" * self._rng.randrange(1, 60), manifestation="表现形式",
            method=t.FINDING_METHOD_COLLECTIVE, kind=r.FINDING_KIND_POTENTIAL)
        self._keep(unit, "riskPoints", self.deliver("risk", "CreateRiskPoint", unit, r.CreateRiskPointRequest(
            parent=f"units/{unit}", risk_point_id=self._id("r"), risk_point=point)))

    def _measure(self, unit):
        r, t = self._api.risk, self._api.types
        point, post = self._any(unit, "riskPoints"), self._any(unit, "posts")
        if point is None or post is None:
            return
        self._keep(unit, "measures", self.deliver("risk", "CreateMeasure", unit, r.CreateMeasureRequest(
            parent=f"units/{unit}", measure_id=self._id("m"), measure=r.Measure(
                risk_point=point.name, stage=t.MEASURE_STAGE_EARLY_PREVENTION, content="防控措施",
                responsible_post=post.name))))

    def _change_person(self, unit):
        p = self._api.personnel
        person = self._any(unit, "persons")
        if person is None:
            return
        person = p.Person(name=person.name, etag=person.etag, display_name=f"某人{self._rng.random()}")
        self._keep(unit, "persons", self.deliver(
            "personnel", "UpdatePerson", unit, p.UpdatePersonRequest(person=person)))

    def _change_risk_point(self, unit):
        r = self._api.risk
        point = self._any(unit, "riskPoints")
        if point is None:
            return
        request = r.UpdateRiskPointRequest(risk_point=point)
        request.risk_point.manifestation = f"表现形式{self._rng.random()}"
        request.update_mask.paths.append("manifestation")
        self._keep(unit, "riskPoints", self.deliver("risk", "UpdateRiskPoint", unit, request))

    def _count(self, _):
        """Everybody adds one to the same record: a change that is lost or made twice shows."""
        p = self._api.personnel
        name = self._world.counter
        if not name:
            return
        read = self._repeat("personnel", "GetPerson", p.GetPersonRequest(name=name))
        if read.response is None:
            raise Failure(f"GetPerson of {name}: {read.reason} {read.text}")
        person = read.response.person
        self.deliver("personnel", "UpdatePerson", self._world.units[0], p.UpdatePersonRequest(
            person=p.Person(name=name, etag=person.etag, display_name=str(int(person.display_name) + 1))),
            allowed=("ETAG_MISMATCH",))

    # ---- what is read back --------------------------------------------------------------------------
    def _read(self, service, method, request):
        outcome = self._repeat(service, method, request)
        if outcome.response is None:
            self._journal.fault(f"{method} {request}: {outcome.reason} {outcome.text}")
        return outcome.response

    def _read_back(self, unit):
        """With the position of the last change: from whichever replica, no less than that."""
        service, collection, method = self._rng.choice((
            ("personnel", "persons", "GetPerson"), ("risk", "riskPoints", "GetRiskPoint")))
        record = self._any(unit, collection)
        if record is None:
            return
        self._at += 1
        module = getattr(self._api, service)
        response = self._read(service, method, getattr(module, f"{method}Request")(
            name=record.name, not_before=[self._newest[unit, service]]))
        got = response and getattr(response, response.DESCRIPTOR.fields[0].name)
        if response is not None and got != record:
            self._journal.fault(f"stale or wrong: {record.name} was acknowledged as\n{record}but reads\n{got}")

    def _read_risk_after_personnel(self, unit):
        position = self._newest.get((unit, "personnel"))
        if position is not None:
            self._read("risk", "ListRiskPoints", self._api.risk.ListRiskPointsRequest(
                parent=f"units/{unit}", page_size=1, not_before=[position]))

    def _statistics(self, unit):
        position = self._newest.get((unit, "risk"))
        if position is None:
            return
        own = len(self._own.get((unit, "riskPoints"), {}))
        response = self._read("reporting", "GetStatistics", self._api.reporting.GetStatisticsRequest(
            unit=f"units/{unit}", not_before=[position]))
        if response is not None and response.total.risk_point_count < own:
            self._journal.fault(f"statistics of {unit} not before {position} count "
                                f"{response.total.risk_point_count} risk points, this writer alone made {own}")


class Load:
    """The writers of a test. They go on over pauses, in which the services are checked."""

    def __init__(self, suite, journal, seed, settings, units=("hot", "quiet-1", "quiet-2")):
        self.world = World(())
        self._settings = settings
        self._writers = [Writer(i, seed, suite, journal, self.world, settings)
                         for i in range(settings.threads)]
        for unit in units:
            self._writers[0].make_unit(unit)
            self.world.units.append(unit)
        self.world.planned = len(units)
        self._writers[0].make_counter(units[0])

    def begin(self):
        for writer in self._writers:
            writer.start()

    def watch(self):
        """Raises what a writer died of."""
        for writer in self._writers:
            if writer.error is not None:
                raise writer.error

    def pause(self):
        """Every writer ends what it is at: afterwards nothing is under way and nothing unknown."""
        for writer in self._writers:
            writer.stop.set()
        for writer in self._writers:
            writer.join(self._settings.give_up_seconds + 30)
            if writer.is_alive():
                raise Failure(f"{writer.name} does not end")
        self.watch()
        # A thread cannot be started again: each goes on in a new one, with what it knows.
        self._writers = [writer.successor() for writer in self._writers]
