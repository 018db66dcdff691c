"""What the load asked for and what it was told: the only witness against which the services are checked."""
import threading
import time
import uuid


class Op:
    """One change, however often it had to be sent."""

    def __init__(self, rng, service, method, unit, request):
        self.request_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        request.request_id = self.request_id
        self.service = service
        self.method = method
        self.unit = unit
        self.request = request
        self.attempts = 0
        self.unknown = False      # an attempt ended without anybody knowing whether it was done
        self.begun = 0.0          # of the real clock, like those of the ledger's entries
        self.last_sent = 0.0
        self.response = None
        self.refused = ""         # reason

    @property
    def record(self):
        """The record of the response: its only field that is a record is the first."""
        return getattr(self.response, self.response.DESCRIPTOR.fields[0].name)


class Journal:
    """All changes of a test, in the order in which they were answered."""

    def __init__(self):
        self._lock = threading.Lock()
        self.acknowledged = []
        self.refused = []
        self.faults = []
        self.requests = 0
        self.unknown = 0
        self._down_since = {}
        self.longest_outage = {}
        self._outages = {}            # the longest since the last question
        self.longest_wait = 0.0
        self.last_failure = {}        # service → what its last failed attempt was told, for the reader
        self.most_attempts = 0
        self.most_attempted = ""

    def attempted(self, op):
        op.attempts += 1
        op.last_sent = time.time()
        with self._lock:
            self.requests += 1

    def answered(self, op, outcome):
        with self._lock:
            self.longest_wait = max(self.longest_wait, time.time() - op.begun)
            if outcome.response is not None:
                op.response = outcome.response
                self.acknowledged.append(op)
            else:
                op.refused = outcome.reason
                self.refused.append(op)

    def took(self, method, attempts, errors):
        """How often a call had to be made until it was answered, and what went wrong before."""
        with self._lock:
            if attempts > self.most_attempts:
                self.most_attempts = attempts
                self.most_attempted = f"{method} after {errors}"

    def fault(self, text):
        """Something that no client should ever see. The test goes on, to show what else there is, and
        fails in the end."""
        with self._lock:
            self.faults.append(text)

    def seen(self, service, sent, ok):
        """For the time without service: from the first attempt that failed until one that was begun
        after it succeeds."""
        with self._lock:
            down = self._down_since.get(service)
            if not ok:
                if down is None or sent < down:
                    self._down_since[service] = sent
            elif down is not None and sent > down:
                seconds = time.monotonic() - down
                self.longest_outage[service] = max(self.longest_outage.get(service, 0.0), seconds)
                self._outages[service] = max(self._outages.get(service, 0.0), seconds)
                del self._down_since[service]

    def outages(self):
        """The longest time without each service since this was asked last, for the reader."""
        with self._lock:
            took, self._outages = self._outages, {}
            now = time.monotonic()
            parts = [f"{service} {seconds:.1f}" for service, seconds in sorted(took.items())]
            parts += [f"{service} {now - since:.1f} and on" for service, since in sorted(self._down_since.items())]
        return ", ".join(parts) or "nothing"
