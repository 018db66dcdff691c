"""A network that breaks: a TCP proxy that cuts, delays, half-closes and goes silent, as the seed says."""
import asyncio
import random
import socket
import struct
import threading


class Proxy:
    """Proxies on loopback in a thread of their own. While `calm`, they pass everything on."""

    def __init__(self, ports, seed, mean_life=0.8):
        self._ports = ports
        self._rng = random.Random(f"{seed}/proxy")
        self._mean_life = mean_life
        self._loop = asyncio.new_event_loop()
        self._places = {}
        self._lock = threading.Lock()
        self._connections = set()
        self.calm = True
        self.counts = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()

    def route(self, address):
        """The address of the proxy before this one; it is made when there is none yet."""
        with self._lock:
            if address not in self._places:
                port = self._ports.take()
                asyncio.run_coroutine_threadsafe(self._serve(port, address), self._loop).result(10)
                self._places[address] = f"127.0.0.1:{port}"
            return self._places[address]

    def storm(self):
        """From now on connections break, those that are open too."""
        self.calm = False
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self):
        for connection in list(self._connections):
            connection.doom()

    async def _serve(self, port, address):
        host, target = address.rsplit(":", 1)

        async def accepted(reader, writer):
            try:
                onward = await asyncio.wait_for(asyncio.open_connection(host, int(target)), 5)
            except (OSError, asyncio.TimeoutError):
                _reset(writer)
                return
            connection = _Connection(self, (reader, writer), onward)
            self._connections.add(connection)
            await connection.run()
            self._connections.discard(connection)
        await asyncio.start_server(accepted, "127.0.0.1", port)

    def fate(self):
        """How long a connection lives, and what becomes of it then."""
        return (self._rng.expovariate(1 / self._mean_life),
                self._rng.choices(("cut", "close", "half-close", "silence", "delay"),
                                  (4, 2, 2, 2, 3))[0], self._rng.uniform(0.05, 1.5))

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1


def _reset(writer):
    """Ends a connection as a crash does: RST, what is under way is lost."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class _Connection:
    """One connection through the proxy."""

    def __init__(self, proxy, near, onward):
        self._proxy = proxy
        self._ends = (near, onward)
        self._open = asyncio.Event()
        self._open.set()
        self._over = asyncio.Event()
        self._doomed = None

    async def run(self):
        (near_in, near_out), (far_in, far_out) = self._ends
        pumps = [asyncio.ensure_future(self._pump(near_in, far_out)),
                 asyncio.ensure_future(self._pump(far_in, near_out))]
        if not self._proxy.calm:
            self.doom()
        over = asyncio.ensure_future(self._over.wait())
        both = asyncio.ensure_future(asyncio.wait(pumps))
        await asyncio.wait([over, both], return_when=asyncio.FIRST_COMPLETED)
        for task in (*pumps, over, both, self._doomed):
            if task is not None and not task.done():
                task.cancel()
        for _, writer in self._ends:
            writer.transport.abort() if self._over.is_set() else writer.close()

    async def _pump(self, reader, writer):
        try:
            while True:
                data = await reader.read(65536)
                await self._open.wait()
                if not data:
                    if writer.can_write_eof():
                        writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            self._over.set()

    def doom(self):
        if self._doomed is None:
            self._doomed = asyncio.ensure_future(self._end())

    async def _end(self):
        while True:
            life, what, seconds = self._proxy.fate()
            await asyncio.sleep(life)
            if self._proxy.calm:
                self._doomed = None
                return
            self._proxy.count(what)
            (_, near_out), (_, far_out) = self._ends
            if what == "delay":
                self._open.clear()
                await asyncio.sleep(seconds)
                self._open.set()
                continue
            if what == "silence":
                # Nothing comes through any more, and nobody is told for a while.
                self._open.clear()
                await asyncio.sleep(2 * seconds)
                what = "cut"
            if what == "half-close":
                writer = near_out if seconds < 0.75 else far_out
                if writer.can_write_eof() and not writer.transport.is_closing():
                    writer.write_eof()
                self._open.clear()
                await asyncio.sleep(seconds)
                what = "close"
            if what == "cut":
                _reset(near_out)
                _reset(far_out)
            self._over.set()
            return
