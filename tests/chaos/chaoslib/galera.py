"""A Galera cluster of three private nodes on loopback."""
import os
import re

from chaoslib import mariadb
from chaoslib.base import require, until

_PROVIDER = "/usr/lib/galera/libgalera_smm.so"
NODES = 3


class Node:
    """One node: a private MariaDB with the ports of the cluster beside its own."""

    def __init__(self, run, number):
        require(os.access(_PROVIDER, os.R_OK), _PROVIDER, "is missing: install galera-4")
        self.number = number
        self._group, self._ist, self._sst = (run.ports.take() for _ in range(3))
        self.server = run.database(f"node-{number}")

    @property
    def process(self):
        return self.server.process

    @property
    def member(self):
        return f"127.0.0.1:{self._group}"

    def options(self, members):
        return ("--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--default-storage-engine=InnoDB",
                "--wsrep-on=ON", f"--wsrep-provider={_PROVIDER}", "--wsrep-cluster-name=chaos",
                f"--wsrep-cluster-address=gcomm://{members}", f"--wsrep-node-name={self.server.name}",
                f"--wsrep-node-address=127.0.0.1:{self._group}", "--wsrep-sst-method=rsync",
                f"--wsrep-sst-receive-address=127.0.0.1:{self._sst}",
                f"--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{self._group};"
                f"ist.recv_addr=127.0.0.1:{self._ist};gcache.size=64M")

    def status(self, name):
        return self.server.sql(f"SHOW GLOBAL STATUS LIKE '{name}'", check=False, seconds=3).partition("\t")[2]

    def synced(self, size):
        return (self.status("wsrep_local_state_comment") == "Synced" and
                self.status("wsrep_cluster_size") == str(size) and self.status("wsrep_ready") == "ON")

    def isolate(self, yes):
        """Cuts the node off from the others, or lets it back: its clients reach it all the while."""
        self.server.sql(f"SET GLOBAL wsrep_provider_options='gmcast.isolate={int(yes)}'")


class Cluster:
    """Three nodes."""

    def __init__(self, run):
        self.nodes = [Node(run, number) for number in range(NODES)]

    @property
    def _members(self):
        return ",".join(node.member for node in self.nodes)

    def start(self):
        first = self.nodes[0]
        for node in self.nodes:
            node.server.install()
        first.server.start(*first.options(""), "--wsrep-new-cluster")
        first.server.make_account()
        for node in self.nodes[1:]:
            node.server.start(*node.options(self._members), wait=0)
        self.whole()

    def whole(self, seconds=120):
        """Waits until all nodes are one cluster again, in step."""
        for node in self.nodes:
            def asked(node=node):
                require(node.process.alive(), node.server.name, "ended\n" + node.process.tail())
                return node.synced(NODES)
            until(f"{node.server.name} in step with the cluster", seconds, asked, pause=0.2)

    def rejoin(self, node):
        """Starts a node that was killed, from where its own log says that it was."""
        node.server.start(*node.options(self._members), f"--wsrep-start-position={self._recover(node)}",
                          wait=0)

    def _recover(self, node):
        log = os.path.join(os.path.dirname(node.server.data), "recover.log")
        if os.path.exists(log):
            os.unlink(log)
        node.server.run_once(*node.options(self._members), "--wsrep-recover", f"--log-error={log}")
        with open(log, encoding="utf-8", errors="replace") as file:
            found = re.findall(r"Recovered position:\s*(\S+)", file.read())
        require(found, node.server.name, "says no position to go on from, see", log)
        return found[-1]

    def storages(self, replicas, password_file):
        """A replica's configuration has all nodes, each replica's in another order."""
        hosts = [node.server.address for node in self.nodes]
        return [mariadb.storage(hosts[i % NODES:] + hosts[:i % NODES], password_file) for i in range(replicas)]
