"""One open websocket: messages in, frames out, pings answered, closed as RFC 6455 wants it.

`Channel` belongs to the greenlet that reads it; anybody may write to its line.
"""

import socket
from typing import Any

import gevent

from server.sockets.transport import frames, handshake
from server.sockets.transport.frames import Broken, Close, Control, Opcode, Reader
from server.sockets.transport.line import FAREWELL, Line
from server.sockets.transport.wsgi import taken_over

AT_ONCE = 8192
"""Bytes asked of the kernel at a time."""
TURN = 16
"""Reads and messages of one peer before the others are looked at."""


class Closed(Exception):
    """The websocket is over. `code` is what the peer closed with, None when it just went."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Channel:
    """A websocket from its accepted handshake to its end."""

    __slots__ = ("_in_a_row", "_reader", "_sock", "line")

    def __init__(self, sock: Any, limit: int, early: bytes = b"") -> None:
        """`limit`: bytes a message may have; `early`: what the client sent before it was answered."""
        self._sock = sock
        self._reader = Reader(limit)
        self._in_a_row = 0
        self.line = Line(sock)
        if early:
            self._reader.feed(early)

    def receive(self) -> str | bytes:
        """The next message. Raises Closed when there will be none: the peer has been told, `finish` comes next."""
        while True:
            # A peer that sends without a pause must not keep the others waiting.
            self._in_a_row += 1
            if self._in_a_row >= TURN:
                self._in_a_row = 0
                gevent.sleep(0)
            try:
                found = self._reader.next()
                if isinstance(found, Control):
                    self._control(found)
                    continue
            except Broken as broken:
                self.line.end(frames.close(broken.code, str(broken)))
                raise Closed(None) from broken
            if found is not None:
                return found
            self._reader.feed(self._more())

    def _more(self) -> bytes:
        try:
            data = self._sock.recv(AT_ONCE)
        except OSError:
            data = b""
        if not data:
            self.line.cut()
            raise Closed(None)
        return data  # type: ignore[no-any-return]  # gevent's socket, which the types leave out

    def _control(self, control: Control) -> None:
        if control.opcode is Opcode.PING:
            self.line.write(frames.frame(Opcode.PONG, control.payload))
        elif control.opcode is Opcode.CLOSE:
            code = frames.close_code(control.payload)
            self.line.end(frames.close(Close.NORMAL if code is None else code))
            raise Closed(code)

    def leave(self, code: Close, why: str = "") -> None:
        """Close from our side, from the reading greenlet: the peer is told and given a moment to hear it."""
        self.line.end(frames.close(code, why))
        self.finish()

    def tell_to_leave(self, code: Close) -> None:
        """Close from our side, from any greenlet: the reading one sees the end within `FAREWELL`."""
        if self.line.end(frames.close(code)):
            gevent.spawn_later(FAREWELL, self.line.cut)

    def finish(self) -> None:
        """Nobody reads any more. Let the close frame arrive: ending with unread bytes would reset the connection."""
        if self.line.is_cut:
            return
        self.line.flush(FAREWELL)
        try:
            with gevent.Timeout(FAREWELL):
                self._sock._sock.shutdown(socket.SHUT_WR)
                while self._sock.recv(AT_ONCE):
                    pass
        except (OSError, gevent.Timeout):
            pass  # it is gone already, or stays silent
        self.line.cut()


def accept(environ: dict[str, Any], limit: int, first: bytes = b"", *, head: bytes | None = None) -> Channel:
    """Turn this request into a websocket; `first` goes out with the answer. Raises handshake.NoHandshake.

    `head` is the answer of `handshake`, where that was asked already.
    """
    head = handshake.answer(environ) if head is None else head
    sock, early = taken_over(environ)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel = Channel(sock, limit, early)
    channel.line.write(head + first)
    return channel
