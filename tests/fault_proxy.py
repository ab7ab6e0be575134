"""A bad network between a browser and the server: delays, resets, requests delivered twice, outages, blocked sockets.

It understands just enough HTTP to do these things to whole requests, as mobile networks, hotel proxies and impatient
browsers do. WebSockets are carried byte by byte. Faults are drawn by a seed, so that a failing test fails again.
"""

import random
import socket
import struct
import threading
import time
from dataclasses import dataclass

BLOCK = 65536
PATIENCE = 60.0


@dataclass
class Faults:
    """How bad the network is. Shares are of all requests that write (POST), unless said otherwise."""

    delay: tuple[float, float] = (0.0, 0.0)
    """Seconds that every request and every piece of a WebSocket waits, from and to."""
    lost_before: float = 0.0
    """Reset before the server has seen the request."""
    lost_after: float = 0.0
    """Reset after the server has answered: the work is done and nobody knows."""
    twice: float = 0.0
    """Delivered twice, one after the other; the second answer is the one that comes back."""
    blocks_websocket: bool = False
    """The venue lets no WebSocket through."""
    blocks_sockets: bool = False
    """Nor anything else under /socket.io/."""


@dataclass
class Counted:
    """What was done to requests, so that a test knows that it tested something."""

    lost_before: int = 0
    lost_after: int = 0
    twice: int = 0
    blocked: int = 0


class FaultProxy:
    """The network on a port of its own. Change `faults` at any time; `out()` cuts everything until `back()`."""

    def __init__(self, port: int, faults: Faults | None = None, *, seed: int = 1) -> None:
        self.faults = faults or Faults()
        self.counted = Counted()
        self._target = port
        self._chance = random.Random(seed)
        self._whole = True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def out(self) -> None:
        """The network is gone: every connection is reset, new ones are refused."""
        with self._lock:
            self._whole = False
            gone, self._open = self._open, set()
        for line in gone:
            _shut(line)

    def back(self) -> None:
        """The network is back."""
        self._whole = True

    def close(self) -> None:
        """The test is over."""
        self.out()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            if self._keeps(near):
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()
            else:
                _reset(near)

    def _keeps(self, line: socket.socket) -> bool:
        """Whether the network is there for a new connection; if so, `out` will cut it."""
        with self._lock:
            if self._whole:
                self._open.add(line)
            return self._whole

    def _draw(self, share: float) -> bool:
        with self._lock:
            return self._chance.random() < share

    def _wait(self) -> None:
        least, most = self.faults.delay
        if most > 0:
            with self._lock:
                pause = self._chance.uniform(least, most)
            time.sleep(pause)

    def _serve(self, near: socket.socket) -> None:
        """One connection of a browser: request after request, until a WebSocket takes it over or somebody goes."""
        near.settimeout(PATIENCE)
        try:
            while (request := _read_message(near)) is not None:
                if not self._answer(near, *request):
                    return
        except OSError:
            return  # one side is gone: so is the connection
        finally:
            with self._lock:
                self._open.discard(near)
            near.close()

    def _answer(self, near: socket.socket, head: bytes, body: bytes) -> bool:
        """Whether the connection goes on after this request."""
        self._wait()
        faults, counted = self.faults, self.counted
        method, path = head.split(b" ", 2)[:2]
        upgrades = b"\r\nupgrade: websocket" in head.lower()
        if (path.startswith(b"/socket.io/") and faults.blocks_sockets) or (upgrades and faults.blocks_websocket):
            counted.blocked += 1
            near.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        if upgrades:
            self._carry(near, head)
            return False
        writes = method == b"POST" and not path.startswith(b"/socket.io/")
        if writes and self._draw(faults.lost_before):
            counted.lost_before += 1
            _reset(near)
            return False
        answer = self._ask(head, body)
        if writes and self._draw(faults.twice):
            counted.twice += 1
            answer = self._ask(head, body)
        if writes and self._draw(faults.lost_after):
            counted.lost_after += 1
            _reset(near)
            return False
        near.sendall(answer)
        return False

    def _ask(self, head: bytes, body: bytes) -> bytes:
        """The server's whole answer, over a connection of its own."""
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        lines.insert(1, b"Connection: close")
        with socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE) as far:
            far.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            answer = b""
            while data := far.recv(BLOCK):
                answer += data
        return answer

    def _carry(self, near: socket.socket, head: bytes) -> None:
        """A WebSocket, until either side or the network is gone."""
        far = socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE)
        if not self._keeps(far):
            far.close()
            return
        near.settimeout(None)
        far.settimeout(None)
        far.sendall(head + b"\r\n\r\n")
        up = threading.Thread(target=self._pour, args=(near, far), daemon=True)
        up.start()
        self._pour(far, near)
        up.join(PATIENCE)
        with self._lock:
            self._open.discard(far)
        far.close()

    def _pour(self, from_: socket.socket, to: socket.socket) -> None:
        try:
            while data := from_.recv(BLOCK):
                self._wait()
                to.sendall(data)
        except OSError:
            pass  # told to the other side below
        _shut(from_)
        _shut(to)


def _read_message(line: socket.socket) -> tuple[bytes, bytes] | None:
    """Head and body of the next request; None when the browser has no more."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(BLOCK)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for field in head.split(b"\r\n")[1:]:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = line.recv(BLOCK)
        if not more:
            return None
        body += more
    return head, body


def _shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was gone already


def _reset(line: socket.socket) -> None:
    """Gone with a reset, as a network does it, not with a polite goodbye."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
