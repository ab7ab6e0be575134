"""Many Socket.IO clients in one process, as light as they can be: the other side of `transport.py`.

One thread, one epoll and raw sockets: a client costs a few microseconds for each message, so that what is measured is
the server. Linux only.
"""

import base64
import json
import os
import re
import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_MASK = b"\x00\x00\x00\x00"
AT_ONCE = 200
"""Handshakes under way together while a crowd comes in; all at once when it comes back."""


def _frame(text: str) -> bytes:
    payload = text.encode()
    assert len(payload) < 1 << 16
    if len(payload) < 126:
        return bytes((0x81, 0x80 | len(payload))) + _MASK + payload
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + _MASK + payload


@dataclass
class Client:
    """One of the crowd."""

    cookie: str
    sock: socket.socket | None = None
    buffer: bytes = b""
    is_shaking: bool = False
    is_open: bool = False
    is_joined: bool = False
    snapshot: int = 0
    """Bytes of the answer to `join`."""


@dataclass
class Crowd:
    """Clients of one server; `event` is the one that is timed, `join` what each asks for when it is connected."""

    port: int
    event: str
    join: dict[str, str] | None
    clients: list[Client]
    trust: ssl.SSLContext | None = None
    """Speak TLS, and trust these."""
    beside: Callable[[], None] = lambda: None
    """Called now and then while this crowd is waited for: others have to answer their pings."""
    heard: list[tuple[float, int, bytes]] = field(default_factory=list)
    """When, by whom (the descriptor), and what."""

    def __post_init__(self) -> None:
        self._poll = select.epoll()
        self._by_fd: dict[int, Client] = {}
        self._prefix = f'42["{self.event}"'.encode()

    def come(self, seconds: float, at_once: int = AT_ONCE) -> float:
        """Connect and join all; gives the seconds until the last has its answer. Fails after so many."""
        started, waiting = time.monotonic(), list(self.clients)
        under_way: list[Client] = []
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                under_way.append(self._dial(waiting.pop()))
            self.listen(0.01)
            self.beside()
            under_way = [client for client in under_way if not client.is_joined]
            assert time.monotonic() - started < seconds, f"{len(under_way) + len(waiting)} are still out"
        return time.monotonic() - started

    def leave(self) -> None:
        """All hang up without a word."""
        for client in self.clients:
            if client.sock is not None:
                self._drop(client)

    def _dial(self, client: Client) -> Client:
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect_ex(("127.0.0.1", self.port))
        client.sock, client.buffer = sock, b""
        client.is_open = client.is_joined = client.is_shaking = False
        self._by_fd[sock.fileno()] = client
        self._poll.register(sock.fileno(), select.EPOLLOUT)
        return client

    def listen(self, seconds: float) -> None:
        """Hear what comes within the time."""
        for fd, what in self._poll.poll(seconds):
            client = self._by_fd.get(fd)
            if client is None or client.sock is None:
                continue
            if what & select.EPOLLOUT:
                self._ask(client)
                continue
            if what & select.EPOLLIN and client.is_shaking:
                self._ask(client)
                continue
            while data := self._received(client):
                self._take(client, data, time.monotonic())
                if self.trust is None or client.sock is None:
                    break

    def until(self, done: Callable[[], bool], seconds: float) -> None:
        """Listen until it is so. Fails after so many seconds."""
        end = time.monotonic() + seconds
        while not done():
            self.listen(0.05)
            self.beside()
            assert time.monotonic() < end, "not everybody heard"

    def _received(self, client: Client) -> bytes:
        """What has come; nothing when a TLS record is not complete. Fails when the server hung up."""
        assert client.sock is not None
        try:
            data = client.sock.recv(1 << 18)
        except ssl.SSLWantReadError:
            return b""
        assert data, "the server hung up"
        return data

    def _shaken(self, client: Client) -> bool:
        """Is the TLS handshake over?"""
        if self.trust is None:
            return True
        if not isinstance(client.sock, ssl.SSLSocket):
            assert client.sock is not None
            fd = client.sock.fileno()
            client.sock = self.trust.wrap_socket(
                client.sock, server_hostname="localhost", do_handshake_on_connect=False
            )
            assert client.sock.fileno() == fd, "the same descriptor"
        client.is_shaking = True
        try:
            client.sock.do_handshake()
        except ssl.SSLWantReadError:
            self._poll.modify(client.sock.fileno(), select.EPOLLIN)
            return False
        except ssl.SSLWantWriteError:
            return False
        client.is_shaking = False
        return True

    def _ask(self, client: Client) -> None:
        if not self._shaken(client):
            return
        assert client.sock is not None
        key = base64.b64encode(os.urandom(16)).decode()
        client.sock.send(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nCookie: {client.cookie}\r\n\r\n".encode()
        )
        self._poll.modify(client.sock.fileno(), select.EPOLLIN)

    def _drop(self, client: Client) -> None:
        assert client.sock is not None
        self._by_fd.pop(client.sock.fileno(), None)
        client.sock.close()
        client.sock = None

    def _take(self, client: Client, data: bytes, now: float) -> None:
        buffer = client.buffer + data if client.buffer else data
        if not client.is_open:
            head, mark, buffer = buffer.partition(b"\r\n\r\n")
            if not mark:
                client.buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            client.is_open = True
        at = 0
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1] & 0x7F, at + 2
            if size >= 126:
                wide = 2 if size == 126 else 8
                size, start = int.from_bytes(buffer[start : start + wide], "big"), start + wide
            if len(buffer) < start + size:
                break
            self._heard(client, buffer[start : start + size], now)
            at = start + size
        client.buffer = buffer[at:]

    def _heard(self, client: Client, text: bytes, now: float) -> None:
        assert client.sock is not None
        if text.startswith(self._prefix):
            self.heard.append((now, client.sock.fileno(), text))
        elif text == b"2":
            client.sock.send(_frame("3"))
        elif text.startswith(b"0"):
            client.sock.send(_frame("40"))
        elif text.startswith(b"40"):
            if self.join is None:
                client.is_joined = True
            else:
                client.sock.send(_frame('421["join",' + json.dumps(self.join) + "]"))
        elif text.startswith(b"431"):
            assert b'"ok":true' in text, text[:200]
            client.is_joined, client.snapshot = True, len(text)


def stamp(text: bytes, name: str) -> float:
    """A number that a message carries."""
    found = re.search(rb'"%s":([0-9.]+)' % name.encode(), text)
    assert found is not None, text[:100]
    return float(found.group(1))
