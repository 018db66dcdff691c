"""Somebody at the database who is in the services' way: takes locks that they need, makes deadlocks, and
kills their connections and statements, as the seed says."""
import random
import threading

_SCHEMAS = ("lianfang_personnel", "lianfang_risk", "lianfang_reporting")


class Harasser(threading.Thread):
    """One annoyance after the other until `stop`."""

    def __init__(self, server, seed):
        super().__init__(name="harasser", daemon=True)
        self._server = server
        self._rng = random.Random(f"{seed}/harass")
        self.stop = threading.Event()
        self.counts = {}
        # Waits for locks end within the test's patience.
        server.sql("SET GLOBAL innodb_lock_wait_timeout = 1")

    def run(self):
        while not self.stop.wait(self._rng.uniform(0.02, 0.15)):
            what = self._rng.choices((self._hold, self._cross, self._kill_connection, self._kill_query),
                                     (1, 4, 3, 3))[0]
            if what(self._rng.choice(_SCHEMAS)):
                name = what.__name__.strip("_").replace("_", " ")
                self.counts[name] = self.counts.get(name, 0) + 1

    def _do(self, text):
        # Its own deadlocks and timeouts are what it is after.
        return self._server.sql(text, check=False)

    def _hold(self, schema):
        """Heads are locked for longer than anybody waits."""
        self._do(f"START TRANSACTION; SELECT COUNT(*) FROM {schema}.ledger_heads FOR UPDATE; SELECT SLEEP(1.3); ROLLBACK")
        return True

    def _cross(self, schema):
        """First what a writer locks last, then what it locks first."""
        self._do(f"START TRANSACTION; SELECT COUNT(*) FROM (SELECT 1 FROM {schema}.ledger_entries ORDER BY "
                 f"unit_id, sequence DESC LIMIT 400 FOR UPDATE) AS e; SELECT SLEEP(0.02); "
                 f"SELECT COUNT(*) FROM {schema}.ledger_heads FOR UPDATE; ROLLBACK")
        return True

    def _victim(self, condition):
        found = self._do("SELECT id FROM information_schema.processlist WHERE user = 'lianfang' "
                         f"AND {condition}").split()
        return self._rng.choice(found) if found else None

    def _kill_connection(self, schema):
        victim = self._victim(f"db = '{schema}'")
        if victim:
            self._do(f"KILL CONNECTION {victim}")
        return victim

    def _kill_query(self, schema):
        victim = self._victim(f"db = '{schema}' AND command <> 'Sleep'")
        if victim:
            self._do(f"KILL QUERY {victim}")
        return victim
