"""The suite's services as real processes: all in one, or each by itself, once or as several replicas."""
import os
import subprocess

from chaoslib.base import Failure, require, until
from chaoslib.client import Caller
from chaoslib.processes import Process

SERVICES = ("personnel", "risk", "grading", "reporting")
ROLES = ("administrator", "control_office", "auditor")
SQLITE = "sqlite {}"
_START_SECONDS = 40


def role_of(service, method):
    """Duties are separate: who reads everything changes nothing, and who keeps the directory sees no record."""
    if service == "ledger" or method.startswith(("Get", "List")):
        return "auditor"
    return "administrator" if service == "personnel" else "control_office"


class Host:
    """A process that hosts services, on a port of its own that stays the same after a restart."""

    def __init__(self, process, services, replica, port):
        self.process = process
        self.services = services
        self.replica = replica
        self.port = port

    @property
    def name(self):
        return self.process.name

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


class Suite:
    """Layouts over the same data: `one` process for all services, or `separate` ones."""

    def __init__(self, build, work, ports, api, storages=(SQLITE,), data=None,
                 log_level="warning"):
        """`storages`: the `storage` of each replica's configuration. Replicas of SQLite would each have
        data of their own, so there is more than one only over a database server."""
        self._build = build
        self._work = work
        self._ports = ports
        self._api = api
        self._storages = storages
        self._data = data
        self._log_level = log_level
        self._taken = {}
        # Where callers, the services among them, find an address: a proxy may stand before it.
        self.route = lambda address: address
        self.hosts = []
        self.layout = ""
        self.caller = None
        self.token_key = work.file("keys", "token.pem")
        self.ledger_key = work.file("keys", "keys", "ledger.pem")

    # ---- configuration --------------------------------------------------------------------------
    def _port(self, *key):
        if key not in self._taken:
            self._taken[key] = self._ports.take()
        return self._taken[key]

    def _upstream(self, service, replica):
        """The replicas of a service, the own neighbour first: gRPC takes the first that answers."""
        count = len(self._storages)
        where = [self.route(f"127.0.0.1:{self._port(self.layout, service, (replica + i) % count)}")
                 for i in range(count)]
        return where[0] if count == 1 else "ipv4:" + ",".join(where)

    def data(self, replica):
        return self._data or self._work.folder(f"data-{replica}")

    def _config(self, name, services, replica, port):
        lines = [f'listen: "127.0.0.1:{port}"', f'data_dir: "{self.data(replica)}"',
                 f'keys {{ token_key: "{self.token_key}" ledger_key: "{self.ledger_key}" }}',
                 f"storage {{ {self._storages[replica]} }}",
                 "limits { drain_seconds: 1 grace_seconds: 10 }"]
        lines += [f'modules: "{service}"' for service in services]
        lines += [f'upstreams {{ service: "{service}" endpoint: "{self._upstream(service, replica)}" }}'
                  for service in SERVICES if service not in services]
        path = self._work.file("config", f"{name}.txtpb")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def _host(self, services, replica):
        short = "all" if len(services) > 1 else services[0]
        name = f"{short}-{replica}"
        key = "" if len(services) > 1 else services[0]
        port = self._port(self.layout, key, replica)
        config = self._config(name, services, replica, port)
        if len(services) > 1:
            command = [self.program, "serve"]
        else:
            command = [f"{self._build}/services/{short}/lianfang-{short}"]
        process = Process(name, command + [f"--config={config}", f"--log-level={self._log_level}"],
                          self._work.file("logs", f"{name}.log"))
        return Host(process, services, replica, port)

    # ---- starting and stopping --------------------------------------------------------------------
    def start(self, layout, wait=True):
        require(not self.hosts, "the suite runs already")
        self.layout = layout
        replicas = range(len(self._storages))
        groups = [SERVICES] if layout == "one" else [(service,) for service in SERVICES]
        self.hosts = [self._host(group, replica) for replica in replicas for group in groups]
        for number, host in enumerate(self.hosts):
            host.process.start()
            # The first makes the keys that all share.
            if number == 0 and wait and self.caller is None:
                self._log_in(host)
        if wait:
            for host in self.hosts:
                self.ready(host)

    def _log_in(self, host):
        until(f"the key of {host.name}", _START_SECONDS, lambda: self._has_key(host))
        tokens = {role: self.lianfang("token", "create", "--subject=chaos/load", f"--roles={role}", "--units=*",
                                      "--ttl=24h").strip() for role in ROLES}
        self.caller = Caller(self._api, lambda service, method: tokens[role_of(service, method)])
        self.ready(host)

    def _has_key(self, host):
        require(host.process.alive(), host.name, "did not start\n" + host.process.tail())
        return os.path.exists(self.ledger_key) and os.path.getsize(self.ledger_key) > 0

    def ready(self, host, seconds=_START_SECONDS):
        def asked():
            require(host.process.alive(), host.name, "ended\n" + host.process.tail())
            return self.caller.ready(host.address)
        try:
            until(f"readiness of {host.name}", seconds, asked)
        except Failure as failure:
            raise Failure(f"{failure}\n{host.process.tail()}") from failure

    def kill(self):
        for host in self.hosts:
            host.process.kill()
        self.hosts = []

    def terminate(self):
        for host in self.hosts:
            host.process.ask_to_stop()
        for host in self.hosts:
            host.process.stopped()
        self.hosts = []

    # ---- reaching it --------------------------------------------------------------------------------
    @property
    def replicas(self):
        return len(self._storages)

    def addresses(self, service):
        """Where a service is, a place a replica."""
        return [self.route(host.address) for host in self.hosts if service in host.services]

    @property
    def program(self):
        return f"{self._build}/services/cli/lianfang"

    def where(self, replica=0):
        """The option that tells the command-line program where the services of a replica are."""
        return "--address=" + ",".join(f"{service}={host.address}" for host in self.hosts
                                       if host.replica == replica for service in host.services)

    def command(self, *arguments):
        return [self.program, *arguments, "--lang=en", f"--key-file={self.token_key}"]

    def lianfang(self, *arguments, seconds=120):
        """Runs the command-line program; its output. A failure shows what it said."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=seconds,
                              check=False)
        require(done.returncode == 0, "lianfang", " ".join(arguments), "ended with", done.returncode,
                "\n", done.stdout, done.stderr)
        return done.stdout

    def verify(self, unit, replica):
        """`lianfang verify` with the keys that the school gave out, against one replica."""
        path = self._work.file("public", f"{unit}.txt")
        if not os.path.exists(path):
            keys = self.lianfang("keys", f"--unit={unit}", f"--data-dir={self._work.folder('keys')}")
            with open(path, "w", encoding="ascii") as file:
                file.write(keys)
        # The keys also name ledgers that may have no entry yet, so the services are said.
        return self.lianfang("verify", f"--unit={unit}", self.where(replica), f"--keys-file={path}",
                             "--services=personnel,risk,grading,reporting")

    def tails(self):
        return "\n".join(host.process.tail() for host in self.hosts)
