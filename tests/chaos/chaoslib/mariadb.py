"""A private MariaDB: own data, socket and port on loopback. The system's server is never used."""
import os
import pwd
import subprocess

from chaoslib.base import require, until
from chaoslib.processes import Process

PASSWORD = "chaos-test"
_OPTIONS = ("--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=96M",
            "--innodb-log-file-size=48M", "--innodb-flush-log-at-trx-commit=1", "--performance-schema=OFF",
            "--max-connections=300", "--skip-log-bin", "--character-set-server=utf8mb4")


def storage(hosts, password_file, io_timeout=0):
    """The `storage` of a service's configuration."""
    text = "".join(f'hosts: "{host}" ' for host in hosts)
    timeout = f" io_timeout_seconds: {io_timeout}" if io_timeout else ""
    return f'mysql {{ {text}user: "lianfang" password_file: "{password_file}"{timeout} }}'


def password_file(work):
    path = work.file("keys", "mysql-password")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(PASSWORD + "\n")
    return path


class Server:
    """One server."""

    def __init__(self, work, ports, name="mariadb", options=(), folder=None):
        require(os.access("/usr/sbin/mariadbd", os.X_OK), "mariadbd is missing: install mariadb-server")
        self.name = name
        self.port = ports.take()
        folder = folder or work.folder(name)
        self.data = os.path.join(folder, "data")
        # A socket's path has at most 107 bytes.
        self.socket = os.path.join(folder, "sock")
        self._log = work.file("logs", f"{name}.log")
        # A server that starts deletes the temporary tables that it finds, those of a neighbour too.
        self._scratch = os.path.join(folder, "tmp")
        os.makedirs(self._scratch, exist_ok=True)
        self._own = [f"--datadir={self.data}", f"--tmpdir={self._scratch}", f"--socket={self.socket}",
                     f"--port={self.port}",
                     f"--pid-file={folder}/pid", *_OPTIONS, *options]
        # Never as root: copying a node to another (rsync's daemon) would do it as nobody.
        self._user = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("mysql")
            for path in (folder, self._scratch):
                os.chown(path, account.pw_uid, account.pw_gid)
            os.chmod(work.path, 0o711)
            self._user = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        self.process = self._process(())

    def _command(self):
        return ["/usr/sbin/mariadbd", "--no-defaults", *self._own]

    def _process(self, options):
        return Process(self.name, [*self._command(), *options], self._log, self._user)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def install(self):
        self._run(["mariadb-install-db", "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self._scratch}",
                   "--auth-root-authentication-method=normal", "--skip-test-db",
                   "--innodb-log-file-size=48M"])

    def _run(self, command):
        with open(self._log, "ab") as log:
            done = subprocess.run(["setpriv", *self._user, "--", *command], stdout=log, stderr=log,
                                  timeout=120, check=False)
        require(done.returncode == 0, " ".join(command[:1]), "ended with", done.returncode, "\n",
                self.process.tail())

    def run_once(self, *options):
        """Runs the server with options that make it end by itself."""
        self._run([*self._command(), *options])

    def start(self, *options, wait=60):
        self.process = self._process(options)
        self.process.start()
        if wait:
            self.ready(wait)

    def ready(self, seconds=60):
        def asked():
            require(self.process.alive(), self.name, "ended\n" + self.process.tail())
            return self.sql("SELECT 1", check=False) == "1"
        until(f"readiness of {self.name}", seconds, asked, pause=0.1)

    def sql(self, text, check=True, seconds=30):
        """Runs statements through the socket, as its administrator."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--batch",
             "--skip-column-names", f"--connect-timeout={seconds}"], input=text, text=True,
            capture_output=True, timeout=seconds + 30, check=False)
        require(done.returncode == 0 or not check, self.name, text, "\n", done.stderr)
        return done.stdout.strip()

    def make_account(self):
        # What deploy/ asks an administrator to grant: the services' databases, and making them.
        self.sql(f"CREATE USER 'lianfang'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
                 "GRANT ALL ON `lianfang\\_%`.* TO 'lianfang'@'127.0.0.1';")
