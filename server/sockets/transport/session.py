"""One Engine.IO client of ours: it polls, or holds a websocket, or moves from the one to the other.

It stands where python-engineio's `Socket` stands: the server keeps it under its `sid` and calls `send` and `close`.
Everything that arrives is handled in the order in which it came, in the greenlet that read it.
"""

import time
from typing import TYPE_CHECKING, Any

import gevent
from engineio import packet

from server.sockets.transport import packets
from server.sockets.transport.channel import Channel, Closed
from server.sockets.transport.frames import Close
from server.sockets.transport.mailbox import Mailbox
from server.sockets.transport.packets import Malformed

if TYPE_CHECKING:
    from server.sockets.transport.engine import Engine

LONGEST_IDLE = 45.0
"""Seconds a client may stay without joining any namespace."""
BREATH = 0.005
"""Seconds between the answer to a CONNECT and what the application said meanwhile."""
UPGRADE_WITHIN = 10.0
"""Seconds for the move from polling to a websocket."""
_CLOSE, _PING, _NOOP = "1", "2", "6"
_PING_FRAME = packets.frame_of(packet.Packet(packet.PING))


class Session:
    """A client from its handshake to its end."""

    __slots__ = (
        "_channel", "_held", "_idle_since", "_posting", "address", "beat", "closed", "connected", "mailbox", "server",
        "session", "sid", "upgraded", "upgrading",
    )  # fmt: skip

    def __init__(self, server: "Engine", sid: str, address: str) -> None:
        """`address`: where it came from, for the limit."""
        self.server = server
        self.sid = sid
        self.address = address
        self.connected = self.upgrading = self.upgraded = self.closed = False
        self.session: dict[str, Any] = {}  # python-engineio's store for applications
        self.mailbox: Mailbox | None = None
        self.beat = 0
        self._idle_since = time.monotonic()
        self._channel: Channel | None = None
        self._held: list[Any] | None = None
        self._posting = False

    # Out

    def send(self, pkt: Any) -> None:
        """A packet for the client; nothing happens when it is gone."""
        if self._held is not None:
            self._held.append(pkt)
        elif self._channel is not None:
            self._channel.line.write(packets.frame_of(pkt))
        elif self.mailbox is not None and not self.closed:
            self.mailbox.put(packets.text_of(pkt))
            if self.mailbox.is_full:
                gevent.spawn(self.close, reason=self.server.reason.TRANSPORT_ERROR)

    def hold(self) -> None:
        """Keep back what is sent from now on until `release`."""
        self._held = []

    def release(self, first: Any, *, keep: bool) -> None:
        """Send `first`, then what was held back, or drop that."""
        held, self._held = self._held or [], None
        self.send(first)
        if keep and held:
            # Clients that listen for one message after the other miss a second one in the same moment.
            self._held = held
            gevent.sleep(BREATH)
            self._held = None
            for pkt in held:
                self.send(pkt)

    # The pulse

    def ping(self) -> None:
        """Ask whether it is still there; one that has joined nothing for long is dropped."""
        now = time.monotonic()
        if not self.server.is_idle(self.sid):
            self._idle_since = now
        elif now - self._idle_since > LONGEST_IDLE:
            self.lost()
            return
        if self._channel is not None:
            self._channel.line.write(_PING_FRAME)
        elif self.mailbox is not None:
            self.mailbox.put(_PING)

    def lost(self) -> None:
        """It did not answer. Its own greenlet tells the application: the pinger has no time for that."""
        gevent.spawn(self.close, reason=self.server.reason.PING_TIMEOUT)

    # In

    def receive(self, encoded: str | bytes) -> None:
        """One packet from the client. Raises Malformed."""
        kind, data = packets.parsed(encoded)
        if kind == packet.MESSAGE:
            self.server.tell("message", self.sid, data)
        elif kind == packet.PONG:
            self.server.pinger.watch(self)
        elif kind == packet.CLOSE:
            self.close(reason=self.server.reason.CLIENT_DISCONNECT, asked_by_client=True)
        elif kind == packet.PING:
            raise Malformed("a ping from the wrong side")

    def poll(self) -> list[str]:
        """What an HTTP GET is answered with. Raises mailbox.Overlap."""
        assert self.mailbox is not None, "only a client that polls has a poll"
        if self.upgrading:
            return self.mailbox.take() or [_NOOP]
        return self.mailbox.wait(self.server.patience) or [_NOOP]

    def post(self, body: bytes) -> None:
        """What an HTTP POST brought. Raises Malformed, also for two at once: their order would be anybody's guess."""
        if self._posting:
            raise Malformed("two requests at once")
        self._posting = True
        try:
            for encoded in packets.unpacked(body):
                if not self.closed:
                    self.receive(encoded)
        finally:
            self._posting = False

    # Websockets

    def serve(self, channel: Channel) -> None:
        """Read a client that came by websocket until it is gone."""
        self.connected = self.upgraded = True
        self._channel = channel
        self._read(channel)

    def upgrade(self, channel: Channel) -> None:
        """Move a polling client to this websocket, then read it until it is gone."""
        self.upgrading = True
        try:
            moved = self._probe(channel)
        finally:
            self.upgrading = False
        if not moved or self.closed:
            channel.leave(Close.PROTOCOL_ERROR)
            return
        assert self.mailbox is not None, "it polled until now"
        self.upgraded = True
        self._channel = channel
        waiting = self.mailbox.take()
        if self.mailbox.is_awaited:
            self.mailbox.put(_NOOP)
        else:
            self.mailbox = None
        for letter in waiting:
            if letter != _NOOP:
                channel.line.write(packets.frame_of_text(letter))
        self._read(channel)

    def _probe(self, channel: Channel) -> bool:
        try:
            with gevent.Timeout(UPGRADE_WITHIN):
                if channel.receive() != "2probe":
                    return False
                channel.line.write(packets.frame_of_text("3probe"))
                if self.mailbox is not None and self.mailbox.is_awaited:
                    self.mailbox.put(_NOOP)
                return channel.receive() == "5"
        except (Closed, gevent.Timeout):
            return False

    def _read(self, channel: Channel) -> None:
        reason, code = self.server.reason.TRANSPORT_CLOSE, Close.NORMAL
        try:
            while not self.closed:
                encoded = channel.receive()
                if not self.closed:
                    self.receive(encoded)
        except Closed:
            pass
        except Malformed:
            reason, code = self.server.reason.TRANSPORT_ERROR, Close.PROTOCOL_ERROR
        except gevent.GreenletExit:
            self.close(reason=reason, code=Close.GOING_AWAY)
            raise
        self.close(reason=reason, code=code)
        channel.finish()
        self._channel = None

    # The end

    def close(
        self,
        wait: bool = True,
        abort: bool = False,
        reason: str | None = None,
        *,
        asked_by_client: bool = False,
        code: Close = Close.NORMAL,
    ) -> None:
        """It is over: the application hears so once. `wait` and `abort` are python-engineio's and change nothing."""
        if self.closed:
            return
        self.closed = True
        self.beat += 1
        if self._channel is not None:
            self._channel.tell_to_leave(code)
        elif self.mailbox is not None:
            # Who asked to leave is not told to.
            self.mailbox.put(_NOOP if asked_by_client else _CLOSE)
        self.server.gone(self, reason or self.server.reason.SERVER_DISCONNECT)
