"""The way out of one connection: whole frames, in order, without waiting.

A frame goes straight into the kernel's buffer. Only when that is full does anything queue here, and only then does a
greenlet of its own carry it out; a peer that stays behind by more than `MOST_WAITING` bytes or stops reading for
`LONGEST_STALL` seconds gets no more than the frame it is in the middle of, and a close. Plain and TLS sockets alike.
"""

import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent

from server.sockets.transport import frames

MOST_WAITING = 512 * 1024
"""Bytes that may wait for a slow peer."""
LONGEST_STALL = 15.0
"""Seconds without a byte taken before a peer is given up."""
FAREWELL = 2.0
"""Seconds a peer has to take the close frame and to close its side."""


class Line:
    """Writes for one socket."""

    __slots__ = ("_carrying", "_ended", "_send", "_sock", "_waiting", "_waiting_bytes", "is_cut")

    def __init__(self, sock: Any) -> None:
        """`sock`: a gevent socket, plain or TLS, already connected."""
        self._sock = sock
        # gevent's own `send` waits when the buffer is full; what it wraps says so at once.
        tls = getattr(sock, "_sslobj", None)
        self._send: Callable[[bytes], int] = tls.write if tls is not None else sock._sock.send
        self._waiting: deque[bytes] | None = None  # the first is under way: it may be out in part
        self._waiting_bytes = 0
        self._carrying: gevent.Greenlet[..., None] | None = None
        self._ended = False
        self.is_cut = False
        """Neither direction works any more."""

    def write(self, data: bytes) -> None:
        """Send a whole frame, now or as soon as there is room. Nothing goes out after `end`; nothing raises."""
        if self._ended:
            return
        if self._waiting is None:
            sent = self._try(data)
            if sent != len(data) and not self._ended:
                self._waiting = deque((data[sent:],))
                self._waiting_bytes = len(data) - sent
                self._carrying = gevent.spawn(self._carry)
            return
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > MOST_WAITING:
            # The peer may have made room that the carrying greenlet had no turn to see.
            self._pump()
            if self._waiting_bytes > MOST_WAITING:
                self.end(frames.close(frames.Close.TRY_LATER, "too slow"))
                gevent.spawn_later(LONGEST_STALL, self.cut)

    def _try(self, data: bytes) -> int:
        """Send what there is room for; the bytes sent."""
        try:
            return self._send(data)
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return 0  # TLS wants the very same bytes again, and gets them
        except OSError:
            self.cut()
            return 0

    def _pump(self) -> None:
        """Send of what waits as much as there is room for."""
        while self._waiting:
            first = self._waiting[0]
            sent = self._try(first)
            self._waiting_bytes -= sent
            if sent < len(first):
                self._waiting[0] = first[sent:]
                return
            self._waiting.popleft()

    def _carry(self) -> None:
        try:
            while self._waiting and not self.is_cut:
                with gevent.Timeout(LONGEST_STALL):
                    self._sock._wait(self._sock._write_event)
                before = self._waiting_bytes
                self._pump()
                if self._waiting_bytes == before:
                    gevent.sleep(0.01)  # TLS may have to read first; it must not spin
        except (OSError, gevent.Timeout):
            self.cut()
        self._waiting = self._carrying = None
        if self._ended and not self.is_cut:
            gevent.spawn_later(FAREWELL, self.cut)

    def end(self, last: bytes) -> bool:
        """Send `last` after the frame that is under way; whatever else waits is dropped. False: it had ended."""
        if self._ended:
            return False
        if self._waiting:
            under_way = self._waiting[0]
            self._waiting.clear()
            self._waiting.extend((under_way, last))
            self._waiting_bytes = len(under_way) + len(last)
        else:
            self.write(last)
        self._ended = True
        return True

    def flush(self, seconds: float) -> None:
        """Wait until nothing waits, at most so long."""
        if self._carrying is not None:
            self._carrying.join(timeout=seconds)

    def cut(self) -> None:
        """End both directions now; whoever reads sees the end."""
        self._ended = self.is_cut = True
        try:
            self._sock._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is gone already
