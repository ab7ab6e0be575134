"""The other side of the transport in tests: a server process, and a websocket client that may break every rule.

`Peer` reads with wsproto, so whatever our server sends is checked by an implementation that is not ours; it writes
frames byte by byte, because wsproto would refuse to write a wrong one.
"""

import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import wsproto
from wsproto import events

ROOT = Path(__file__).parents[3]
MASK = b"\x11\x27\xf3\x5a"
PATIENCE = 60.0
"""Seconds to wait for what must come; the computer may be busy."""
OPEN: "list[Peer]" = []
"""Every peer of the test that runs; `conftest` closes them after it."""


@dataclass
class Process:
    """A server of `process.py`."""

    port: int
    log: list[str]
    pid: int


@contextmanager
def serving(kind: str, *options: str) -> Iterator[Process]:
    """A server of this kind for the length of the block; it must not have complained."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gevent.monkey", "--module", "tests.sockets.transport.process", kind, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert process.stdout is not None, "opened with a pipe"
    assert process.stdin is not None, "opened with a pipe"
    first = process.stdout.readline()
    log: list[str] = []
    reader = threading.Thread(target=log.extend, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        assert first.strip().isdigit(), first + "".join(log)
        yield Process(int(first), log, process.pid)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(timeout=30)
        process.stdout.close()


def client_frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bytes | None = MASK
) -> bytes:
    """A frame as a client sends it, or as it must not."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    flag = 0x80 if mask is not None else 0
    size = len(payload)
    if size < 126:
        head = bytes((first, flag | size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, flag | 126, size)
    else:
        head = struct.pack("!BBQ", first, flag | 127, size)
    if mask is None:
        return head + payload
    whole = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")


def close_frame(code: int | None = 1000, reason: bytes = b"") -> bytes:
    """A client's close."""
    return client_frame(8, b"" if code is None else struct.pack("!H", code) + reason)


class Peer:
    """A websocket client over a blocking socket."""

    def __init__(
        self, port: int, path: str = "/", *, tls: ssl.SSLContext | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.sock: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        OPEN.append(self)
        self._wire = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        extra = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        request = events.Request(host=f"127.0.0.1:{port}", target=path, extra_headers=extra)
        self.sock.sendall(self._wire.send(request))
        self._heard: list[events.Event] = []
        self._parts: list[str] | list[bytes] = []
        self.accepted = self._next()

    def send(self, *chunks: bytes) -> None:
        """Bytes as they are, each with a system call of its own."""
        for chunk in chunks:
            self.sock.sendall(chunk)

    def say(self, text: str) -> None:
        """A text message."""
        self.send(client_frame(1, text.encode()))

    def hear(self, seconds: float = PATIENCE) -> tuple[str, object]:
        """The next thing the server says: ("text"|"bytes"|"pong"|"ping"|"close"|"gone", what)."""
        self.sock.settimeout(seconds)
        while True:
            event = self._next()
            if event is None:
                return "gone", None
            if isinstance(event, events.TextMessage | events.BytesMessage):
                self._parts.append(event.data)  # type: ignore[arg-type]  # one kind only in a message
                if event.message_finished:
                    parts, self._parts = self._parts, []
                    kind = "text" if isinstance(event, events.TextMessage) else "bytes"
                    return kind, type(event.data)().join(parts)  # type: ignore[arg-type]  # as above
            elif isinstance(event, events.Pong):
                return "pong", bytes(event.payload)
            elif isinstance(event, events.Ping):
                return "ping", bytes(event.payload)
            elif isinstance(event, events.CloseConnection):
                return "close", event.code
            else:
                raise AssertionError(event)

    def is_silent(self, seconds: float) -> bool:
        """Does the server say nothing for so long?"""
        try:
            heard = self.hear(seconds)
        except TimeoutError:
            return True
        raise AssertionError(heard)

    def ends(self) -> bool:
        """Does the server end the connection in order, not with a reset?"""
        self.sock.settimeout(PATIENCE)
        return self.sock.recv(1) == b""

    def close(self) -> None:
        """Go without a word."""
        self.sock.close()

    def _next(self) -> events.Event | None:
        while not self._heard:
            data = self.sock.recv(65536)
            if not data:
                return None
            self._wire.receive_data(data)
            self._heard.extend(self._wire.events())
        return self._heard.pop(0)
