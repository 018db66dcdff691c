#!/usr/bin/env python3
"""A hostile client with raw connections to a server process: connections.py --build FOLDER [--rounds N]

Garbage instead of HTTP/2, every kind of frame with every kind of mistake, headers without an end, requests that are begun
and reset, handshakes that are not finished, readers that take nothing. After each the same process must still answer, and
at the end the ledgers must hold what they held before. Prints what was sent; the seed repeats a run.
"""
import argparse
import os
import random
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # old versions of TLS are what is tried
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED = 1, 4, 8
PATIENCE = 30


def frame(kind, flags, stream, payload=b"", length=None):
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def number(value, bits, first=0):
    """An integer of HPACK."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out = [first | most]
    value -= most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def header(name, value):
    """Literal, never indexed, not compressed."""
    name, value = [x if isinstance(x, bytes) else x.encode() for x in (name, value)]
    return b"\x10" + number(len(name), 7) + name + number(len(value), 7) + value


def request(path, *extra, method="POST"):
    fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1"),
              ("te", "trailers"), ("content-type", "application/grpc"), *extra]
    return b"".join(header(*field) for field in fields)


def message(body, compressed=0, length=None):
    return bytes([compressed]) + struct.pack(">I", len(body) if length is None else length) + body


class Server:
    def __init__(self, build, work):
        self.program = os.path.join(build, "services/cli/lianfang")
        self.data = os.path.join(work, "data")
        self.work = work
        self.process = None
        self.tls = False

    def run(self, *arguments, check=True):
        result = subprocess.run([self.program, "--lang=en", *arguments], capture_output=True, text=True, timeout=60,
                                check=False)
        if check and result.returncode != 0:
            raise SystemExit(f"{arguments}: {result.stdout}{result.stderr}")
        return result.stdout

    def start(self, text):
        config = os.path.join(self.work, "config.txtpb")
        with open(config, "w", encoding="utf-8") as file:
            file.write(text)
        self.log = open(os.path.join(self.work, "server.log"), "ab")
        address = os.path.join(self.data, "address")
        if os.path.exists(address):
            os.remove(address)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", self.program, "serve", f"--config={config}",
             "--listen=127.0.0.1:0", f"--data-dir={self.data}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the server did not start: {self.tail()}")
            # Written whole: the line ends.
            if os.path.exists(address):
                with open(address, encoding="ascii") as file:
                    line = file.read()
                if line.endswith("\n"):
                    break
            time.sleep(0.05)
        self.address = line.strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def tail(self):
        with open(os.path.join(self.work, "server.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        if code != 0:
            raise SystemExit(f"the server ended with {code}: {self.tail()}")

    def alive(self, after):
        """The same process answers a new caller."""
        extra = [f"--ca={self.work}/certs/ca.pem"] if self.tls else []
        result = subprocess.run(
            [self.program, "healthcheck", f"--address={self.address}", "--wait=20s", "--timeout=20s", *extra],
            capture_output=True, text=True, timeout=90, check=False)
        if result.returncode != 0 or self.process.poll() is not None:
            raise SystemExit(f"after {after}: {result.stdout}{result.stderr} {self.tail()}")

    def entries(self):
        """Of all ledgers."""
        counts = {}
        for name in sorted(os.listdir(self.data)):
            if name.endswith(".db"):
                with sqlite3.connect(f"file:{self.data}/{name}?mode=ro", uri=True) as database:
                    # Refused calls leave audit records, which are on the ledgers by design: only the others count.
                    counts[name] = database.execute(
                        "SELECT COUNT(*) FROM ledger_entries WHERE unit_id <> 'system'").fetchone()[0]
        return counts


class Attacker:
    def __init__(self, server, seed):
        self.server = server
        self.random = random.Random(seed)
        self.sent = {}

    def count(self, what, n=1):
        self.sent[what] = self.sent.get(what, 0) + n

    def connect(self, timeout=5):
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=timeout)

    def open(self, settings=b""):
        connection = self.connect()
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0, settings))
        return connection

    @staticmethod
    def push(connection, data):
        """Sends what it will take; the server may hang up at any time."""
        try:
            connection.sendall(data)
            return True
        except OSError:
            return False

    @staticmethod
    def drain(connection, seconds=0.3):
        connection.settimeout(seconds)
        got = b""
        try:
            while len(got) < 1 << 20:
                part = connection.recv(65536)
                if not part:
                    break
                got += part
        except OSError:
            pass
        return got

    @staticmethod
    def closed_within(connection, seconds):
        """Whether the server hangs up."""
        deadline = time.monotonic() + seconds
        connection.settimeout(1)
        while time.monotonic() < deadline:
            try:
                if not connection.recv(65536):
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
        return False

    def bytes(self, n):
        return self.random.randbytes(n)

    # --- what is sent ---

    def garbage(self):
        for _ in range(40):
            with self.connect() as connection:
                self.push(connection, self.bytes(self.random.randrange(1, 4000)))
                self.drain(connection, 0.05)
            self.count("garbage instead of HTTP/2")
        for text in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + self.bytes(500), PREFACE[:10] + b"x" * 100,
                     PREFACE.lower(), b"\0" * 100000, b"SSH-2.0-x\r\n"):
            with self.connect() as connection:
                self.push(connection, text)
                self.drain(connection, 0.05)
            self.count("another protocol")

    def frames(self):
        """Every kind of frame with mistakes in length, stream, flags and content."""
        for kind in range(0, 14):
            for stream in (0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFF):
                connection = self.open()
                for payload in (b"", b"\0", b"\xff" * 5, self.bytes(9), b"\0" * 8, self.bytes(300)):
                    for flags in (0, 0xFF, END_STREAM | END_HEADERS, PADDED):
                        if not self.push(connection, frame(kind, flags, stream, payload)):
                            connection.close()
                            connection = self.open()
                        self.count("broken frames")
                self.drain(connection, 0.02)
                connection.close()
        for length in (0xFFFFFF, 0x100000, 16385):
            with self.open() as connection:
                self.push(connection, frame(DATA, 0, 1, b"x" * 1000, length))
                self.drain(connection, 0.05)
            self.count("broken frames")
        for _ in range(60):
            with self.open() as connection:
                for _ in range(30):
                    self.push(connection, frame(self.random.randrange(12), self.random.randrange(256),
                                                self.random.choice((0, 1, 3, 5, self.random.getrandbits(32))),
                                                self.bytes(self.random.randrange(0, 60))))
                    self.count("random frames")
                self.drain(connection, 0.02)

    def headers(self):
        path = "/lianfang.risk.v1.RiskService/CreateRiskPoint"
        blocks = {
            "too large at once": request(path, *[(f"x-{i}", "y" * 1000) for i in range(15)]),
            "one giant": request(path, ("x", "y" * 16000)),
            "an index that is not there": b"\xff\xff\xff\x7f",
            "a table that is too large": b"\x3f\xff\xff\xff\x7f",
            "a number without an end": b"\x1f" + b"\xff" * 200,
            "a length beyond the frame": b"\x10\x7f\xff\xff\x03a",
            "bad Huffman code": b"\x10\x84\xff\xff\xff\xff\x84\xff\xff\xff\xff",
            "no path": header(":method", "POST") + header(":scheme", "http"),
            "two paths": request(path) + header(":path", "/a"),
            "pseudo after others": header("te", "trailers") + request(path),
            "unknown pseudo": request(path) + header(":evil", "1"),
            "upper case": request(path) + header("Authorization", "Bearer x"),
            "connection": request(path) + header("connection", "close") + header("transfer-encoding", "chunked"),
            "line break in a value": request(path) + header("authorization", "Bearer a\r\nx: y"),
            "zero byte in a value": request(path) + header("authorization", "Bearer a\0b"),
            "zero byte in a name": request(path) + header("a\0b", "c"),
            "empty name": request(path) + header("", "c"),
            "not ASCII": request(path) + header("authorization", "Bearer 管理员"),
            "two tokens": request(path) + header("authorization", "Bearer a") + header("authorization", "Bearer b"),
            "bad base64": request(path) + header("grpc-trace-bin", "***") + header("traceparent", "00-zz"),
            "bad timeout": request(path) + header("grpc-timeout", "99999999999999S"),
            "bad encoding": request(path) + header("grpc-encoding", "evil"),
            "GET": request(path, method="GET"),
        }
        for what, block in blocks.items():
            with self.open() as connection:
                self.push(connection, frame(HEADERS, END_HEADERS, 1, block[:16000]) +
                          frame(DATA, END_STREAM, 1, message(b"\x0a\x07units/u")))
                self.drain(connection, 0.1)
            self.count("broken headers")
            del what
        # Continuations that never end.
        with self.open() as connection:
            self.push(connection, frame(HEADERS, 0, 1, request(path)))
            for i in range(2000):
                if not self.push(connection, frame(CONTINUATION, 0, 1, header(f"x-{i}", "y" * 4000))):
                    break
                self.count("continuations without an end")
            self.drain(connection, 0.1)
        # A small block that unfolds: one entry of the table, again and again.
        entry = b"\x40" + number(1, 7) + b"a" + number(4000, 7) + b"b" * 4000
        with self.open() as connection:
            self.push(connection, frame(HEADERS, END_HEADERS | END_STREAM, 1, request(path) + entry))
            for stream in range(3, 99, 2):
                if not self.push(connection, frame(HEADERS, END_HEADERS | END_STREAM, stream,
                                                   request(path) + b"\xbe" * 15000)):
                    break
                self.count("headers that unfold")
            self.drain(connection, 0.2)

    def paths(self):
        for path in ("/", "//", "", "*", "/..", "/../../etc/passwd", "/lianfang.risk.v1.RiskService",
                     "/lianfang.risk.v1.RiskService/", "/lianfang.risk.v1.RiskService/../x",
                     "/lianfang.risk.v1.RiskService/createriskpoint", "/LIANFANG.RISK.V1.RISKSERVICE/CreateRiskPoint",
                     "/lianfang%2erisk.v1.RiskService/CreateRiskPoint", "/lianfang.risk.v1.RiskService/CreateRiskPoint/x",
                     "/lianfang.risk.v1.RiskService/CreateRiskPoint?x=1", "/lianfang.internal.v1.X/Y", "/" + "a" * 9000,
                     "/grpc.health.v1.Health/../lianfang.risk.v1.RiskService/CreateRiskPoint", "/\u202e", "/a\0b"):
            with self.open() as connection:
                self.push(connection, frame(HEADERS, END_HEADERS, 1, request(path)) +
                          frame(DATA, END_STREAM, 1, message(b"")))
                self.drain(connection, 0.05)
            self.count("paths")

    def messages(self):
        path = "/lianfang.personnel.v1.PersonnelService/CreateUnit"
        bodies = [message(b"x", length=0xFFFFFFFF), message(b"x" * 100, length=5), message(b"abc", compressed=1),
                  message(b"abc", compressed=255), message(b"", length=0) * 50, b"\0", b"\0\0\0", b"\xff" * 4000,
                  message(b"a") + message(b"b"), message(self.bytes(5000))]
        for body in bodies:
            for extra in ((), (("grpc-encoding", "gzip"),), (("grpc-encoding", "identity"),)):
                with self.open() as connection:
                    self.push(connection, frame(HEADERS, END_HEADERS, 1, request(path, *extra)) +
                              frame(DATA, END_STREAM, 1, body))
                    self.drain(connection, 0.05)
                self.count("broken messages")
        # More than a server takes.
        with self.open() as connection:
            self.push(connection, frame(HEADERS, END_HEADERS, 1, request(path)) +
                      frame(DATA, 0, 1, message(b"x" * 100, length=64 << 20)))
            self.drain(connection, 0.1)
        self.count("broken messages")

    def floods(self):
        health = request("/grpc.health.v1.Health/Check")
        other = request("/lianfang.personnel.v1.PersonnelService/GetUnit", ("authorization", "Bearer a.b.c"))
        # Begun and reset at once, on several connections.
        for block in (health, other):
            for _ in range(3):
                with self.open() as connection:
                    stream = 1
                    for _ in range(40):
                        batch = b""
                        for _ in range(100):
                            batch += frame(HEADERS, END_HEADERS, stream, block) + frame(RST, 0, stream, b"\0\0\0\x08")
                            stream += 2
                        if not self.push(connection, batch):
                            break
                        self.count("requests reset at once", 100)
                    self.drain(connection, 0.1)
        for kind, payload, stream in ((PING, b"\0" * 8, 0), (SETTINGS, b"", 0), (SETTINGS, b"\0\4\0\0\0\1", 0),
                                      (WINDOW, b"\x7f\xff\xff\xff", 0), (PRIORITY, b"\0\0\0\1\0", 3), (DATA, b"", 1)):
            with self.open() as connection:
                for _ in range(100):
                    if not self.push(connection, frame(kind, 0, stream, payload) * 50):
                        break
                    self.count("frames in floods", 50)
                self.drain(connection, 0.1)
        # More streams at once than allowed.
        with self.open() as connection:
            for stream in range(1, 4001, 2):
                if not self.push(connection, frame(HEADERS, END_HEADERS, stream, health)):
                    break
                self.count("streams left open")
            self.drain(connection, 0.2)

    def unfinished(self):
        """Handshakes that do not end are cut in time, and many of them hinder nobody."""
        waiting = [self.connect() for _ in range(200)]
        for i, connection in enumerate(waiting):
            if i % 2:
                self.push(connection, PREFACE[:i % 20])
        self.count("unfinished handshakes", len(waiting))
        self.server.alive("opening unfinished handshakes")
        open_still = sum(not self.closed_within(connection, PATIENCE) for connection in waiting[:20])
        if open_still:
            raise SystemExit(f"{open_still} of 20 unfinished handshakes are open after {PATIENCE} s")
        for connection in waiting:
            connection.close()

    def stalled(self):
        """Whoever takes nothing, or finishes no request, hinders nobody."""
        token = self.server.run("token", "create", f"--data-dir={self.server.data}", "--subject=a", "--roles=service",
                                "--units=*").strip()
        watch = request("/lianfang.ledger.v1.LedgerService/WatchHeads", ("authorization", f"Bearer {token}"))
        # No window: not even a header's worth of data may come.
        for _ in range(20):
            connection = self.open(b"\0\4\0\0\0\0")
            self.push(connection, frame(HEADERS, END_HEADERS, 1, watch) +
                      frame(DATA, END_STREAM, 1, message(b"\x0a\x09personnel")))
            self.count("readers that take nothing")
            # A head waits that the window has no room for: the call is reset.
            connection.settimeout(1)
            got = b""
            deadline = time.monotonic() + PATIENCE
            reset = frame(RST, 0, 1)[3:]
            while time.monotonic() < deadline and reset[:6] not in got:
                try:
                    part = connection.recv(65536)
                except TimeoutError:
                    continue
                except OSError:
                    break
                if not part:
                    break
                got += part
            else:
                if reset[:6] not in got:
                    raise SystemExit(f"a reader that takes nothing has its stream after {PATIENCE} s")
            connection.close()
        begun = []
        path = request("/lianfang.personnel.v1.PersonnelService/CreateUnit", ("authorization", f"Bearer {token}"))
        for _ in range(10):
            connection = self.open()
            for stream in range(1, 401, 2):
                self.push(connection, frame(HEADERS, END_HEADERS, stream, path))
                self.count("requests never sent")
            begun.append(connection)
        self.server.alive("requests that were never sent")
        for connection in begun:
            connection.close()

    def handshakes(self):
        """At the TLS address."""
        for _ in range(60):
            with self.connect() as connection:
                self.push(connection, b"\x16\x03\x01" + struct.pack(">H", 400) + self.bytes(self.random.randrange(400)))
                self.drain(connection, 0.02)
            self.count("broken TLS handshakes")
        for _ in range(5):
            with self.connect() as connection:
                self.push(connection, PREFACE + frame(SETTINGS, 0, 0))
                self.drain(connection, 0.05)
            self.count("plain text at the TLS address")
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            try:
                with self.connect() as connection, context.wrap_socket(connection):
                    raise SystemExit(f"{version} was let in")
            except (ssl.SSLError, OSError):
                self.count("old versions of TLS")
        context = ssl.create_default_context(cafile=f"{self.server.work}/certs/ca.pem")
        for protocols in (["http/1.1"], []):
            context.set_alpn_protocols(protocols or ["x"])
            try:
                with self.connect() as connection, context.wrap_socket(connection, server_hostname="127.0.0.1") as over:
                    self.push(over, PREFACE + frame(SETTINGS, 0, 0))
                    self.drain(over, 0.1)
            except (ssl.SSLError, OSError):
                pass
            self.count("other protocols over TLS")


LIMITS = "limits { handshake_seconds: 2 stream_stall_seconds: 2 concurrent_streams: 64 drain_seconds: 0 grace_seconds: 5 }\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2013)
    arguments = parser.parse_args()
    begin = time.monotonic()
    sent = {}
    with tempfile.TemporaryDirectory() as work:
        server = Server(os.path.abspath(arguments.build), work)
        try:
            server.start(LIMITS)
            server.alive("starting")
            server.run("unit", "create", f"--address={server.address}", f"--data-dir={server.data}", "--unit=u", "--name=学校")
            before = server.entries()
            pid = server.process.pid
            for turn in range(arguments.rounds):
                attacker = Attacker(server, arguments.seed + turn)
                for attack in ("garbage", "frames", "headers", "paths", "messages", "floods", "unfinished", "stalled"):
                    getattr(attacker, attack)()
                    server.alive(attack)
                for what, n in attacker.sent.items():
                    sent[what] = sent.get(what, 0) + n
            if server.process.pid != pid or server.entries() != before:
                raise SystemExit(f"the ledgers changed: {before}, now {server.entries()}")
            server.stop()

            certs = os.path.join(work, "certs")
            server.run("certs", "init", f"--dir={certs}")
            server.run("certs", "issue", f"--dir={certs}", "--name=server", "--ip=127.0.0.1")
            server.tls = True
            server.start(LIMITS + f'tls {{ certificate_file: "{certs}/server.pem" key_file: "{certs}/server.key" '
                         f'client_ca_file: "{certs}/ca.pem" }}\n')
            server.alive("starting with TLS")
            for turn in range(arguments.rounds):
                attacker = Attacker(server, arguments.seed + turn)
                for attack in ("handshakes", "garbage", "unfinished"):
                    getattr(attacker, attack)()
                    server.alive(f"{attack} at the TLS address")
                for what, n in attacker.sent.items():
                    sent[what] = sent.get(what, 0) + n
            server.stop()
        finally:
            if server.process is not None and server.process.poll() is None:
                server.process.kill()
                server.process.wait()
    for what, n in sent.items():
        print(f"{n:8d}  {what}")
    print(f"{sum(sent.values())} hostile acts in {time.monotonic() - begin:.0f} s, seed {arguments.seed}: the server answered "
          "after each kind, and nothing was let in")


if __name__ == "__main__":
    sys.exit(main())
