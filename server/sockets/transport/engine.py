"""Our Engine.IO server: python-engineio's in name and use, our own in what it answers and how it sends.

Requests that break the protocol get 400 with a code and a sentence, as the Node.js server gives them. Websockets are
taken over from gevent's handler (`wsgi.Handler`); everything else is ordinary HTTP.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import engineio
from engineio import packet

from server.sockets.transport import handshake, packets, wsgi
from server.sockets.transport.channel import accept
from server.sockets.transport.frames import Close
from server.sockets.transport.mailbox import Mailbox, Overlap
from server.sockets.transport.packets import Malformed
from server.sockets.transport.pinger import Pinger
from server.sockets.transport.session import Session

MOST_PER_ADDRESS = 5000
"""Clients one address may have: a whole venue is one address."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=UTF-8"),)


def _refused(code: int, message: str, status: str = "400 Bad Request", *more: tuple[str, str]) -> Answer:
    body = json.dumps({"code": code, "message": message}, separators=(",", ":")).encode()
    return Answer(status, body, (("Content-Type", "application/json"), *more))


NO_TRANSPORT = _refused(0, "Transport unknown")
NO_SESSION = _refused(1, "Session ID unknown")
NO_METHOD = _refused(2, "Bad handshake method")
BAD_REQUEST = _refused(3, "Bad request")
FORBIDDEN = _refused(4, "Forbidden", "403 Forbidden")
NO_VERSION = _refused(5, "Unsupported protocol version")
TOO_MANY = _refused(3, "Too many connections", "503 Service Unavailable", ("Retry-After", "5"))
FINE = Answer("200 OK", b"ok", (("Content-Type", "text/plain; charset=UTF-8"),))


class Engine(engineio.Server):  # type: ignore[misc]  # python-engineio has no types
    """The server; one per process."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"monitor_clients": False}))
        self.pinger = Pinger(self.ping_interval + self.ping_interval_grace_period, self.ping_timeout)
        self.patience = self.ping_interval + self.ping_interval_grace_period + self.ping_timeout
        """Seconds a poll waits when there is nothing to say."""
        self.most_per_address = MOST_PER_ADDRESS
        self.is_idle: Callable[[str], bool] = lambda sid: False
        """Has this client joined nothing? Such a one is dropped after a while."""
        self._held_by: Counter[str] = Counter()

    # What python-engineio calls

    def handle_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; an accepted websocket is served here until it ends."""
        answer = FORBIDDEN if self._is_foreign(environ) else self._answer(environ)
        if answer is None:
            return []
        start_response(answer.status, [*answer.headers, *self._cors_headers(environ)])
        return [answer.body]

    def _trigger_event(self, event: str, *arguments: Any, run_async: bool = False) -> Any:
        return self.tell(event, *arguments)

    def send_packet(self, sid: str, pkt: Any) -> None:
        """A packet for one client, if it is still there."""
        session = self.sockets.get(sid)
        if session is not None:
            session.send(pkt)

    # What sessions call

    def tell(self, event: str, *arguments: Any) -> Any:
        """Run the handler of an event. A fault of ours is logged; Malformed is the client's and goes on."""
        handler = self.handlers.get(event)
        if handler is None:
            return None
        try:
            return handler(*arguments)
        except Malformed:
            raise
        except Exception:
            self.logger.exception("the handler of %s failed", event)
            return False if event == "connect" else None

    def gone(self, session: Session, reason: str) -> None:
        """A session has ended."""
        self.sockets.pop(session.sid, None)
        self._held_by[session.address] -= 1
        if self._held_by[session.address] <= 0:
            del self._held_by[session.address]
        self.tell("disconnect", session.sid, reason)

    def say_goodbye(self) -> None:
        """This server ends: every client is told, and no new one is taken."""
        self.most_per_address = 0
        self.pinger.stop()
        for session in list(self.sockets.values()):
            session.close(reason=self.reason.SERVER_DISCONNECT, code=Close.GOING_AWAY)

    # Requests

    def _is_foreign(self, environ: dict[str, Any]) -> bool:
        origin = environ.get("HTTP_ORIGIN")
        if not origin or self.cors_allowed_origins == []:
            return False
        allowed = self._cors_allowed_origins(environ)
        return allowed is not None and origin not in allowed

    def _answer(self, environ: dict[str, Any]) -> Answer | None:
        """The answer, or None when the connection became a websocket."""
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return FINE
        query = parse_qs(environ.get("QUERY_STRING", ""))
        transport = query.get("transport", [""])[0]
        if transport not in self.transports:
            return NO_TRANSPORT
        if query.get("EIO", [""])[0] != "4":
            return NO_VERSION
        if (transport == "websocket") != handshake.wants_websocket(environ):
            return BAD_REQUEST
        try:
            if "sid" not in query:
                return self._open(environ, transport)
            session = self.sockets.get(query["sid"][0])
            if session is None or not session.connected:
                return NO_SESSION
            if transport == "polling":
                return self._poll(environ, session)
            self._upgrade(environ, session)
            return None
        except handshake.NoHandshake as refused:
            return _refused(3, refused.why, refused.status, *refused.headers)

    def _open(self, environ: dict[str, Any], transport: str) -> Answer | None:
        """A new client."""
        if environ["REQUEST_METHOD"] != "GET":
            return NO_METHOD
        address = str(environ.get("REMOTE_ADDR", ""))
        if self._held_by[address] >= self.most_per_address:
            return TOO_MANY
        # Refuses before anybody hears of the client.
        head = handshake.answer(environ) if transport == "websocket" else b""
        session = Session(self, self.generate_id(), address)
        self._held_by[address] += 1
        self.sockets[session.sid] = session
        if self.tell("connect", session.sid, environ) not in {None, True}:
            session.close()
            return FORBIDDEN
        opening = self._opening(session, transport)
        self.pinger.watch(session)
        if transport == "websocket":
            session.serve(accept(environ, self.max_http_buffer_size, packets.frame_of(opening), head=head))
            return None
        wsgi.forget(environ)  # python-socketio keeps it for the events to come
        session.mailbox = Mailbox()
        session.connected = True
        return Answer("200 OK", packets.text_of(opening).encode())

    def _opening(self, session: Session, transport: str) -> Any:
        upgrades = ["websocket"] if transport == "polling" and self.allow_upgrades else []
        return packet.Packet(
            packet.OPEN,
            {
                "sid": session.sid,
                "upgrades": upgrades,
                "pingInterval": round((self.ping_interval + self.ping_interval_grace_period) * 1000),
                "pingTimeout": round(self.ping_timeout * 1000),
                "maxPayload": self.max_http_buffer_size,
            },
        )

    def _upgrade(self, environ: dict[str, Any], session: Session) -> None:
        """A polling client asks for a websocket; one that has one gets a closed one."""
        if environ["REQUEST_METHOD"] == "GET" and not self.allow_upgrades:
            raise handshake.NoHandshake("400 Bad Request", "No upgrades here")
        channel = accept(environ, self.max_http_buffer_size)
        if session.upgraded or session.upgrading:
            channel.leave(Close.REFUSED, "there is a websocket already")
        else:
            session.upgrade(channel)

    def _poll(self, environ: dict[str, Any], session: Session) -> Answer:
        """A request of a polling client."""
        if session.upgraded:
            return BAD_REQUEST
        if environ["REQUEST_METHOD"] == "GET":
            try:
                letters = session.poll()
            except Overlap:
                session.close(reason=self.reason.TRANSPORT_ERROR)
                return BAD_REQUEST
            return Answer("200 OK", packets.SEPARATOR.join(letters).encode())
        if environ["REQUEST_METHOD"] != "POST":
            return BAD_REQUEST
        body = self._body(environ)
        if body is None:
            session.close(reason=self.reason.TRANSPORT_ERROR)
            return _refused(3, "Too long", "413 Content Too Large", ("Connection", "close"))
        try:
            session.post(body)
        except Malformed:
            session.close(reason=self.reason.TRANSPORT_ERROR)
            return BAD_REQUEST
        return FINE

    def _body(self, environ: dict[str, Any]) -> bytes | None:
        """What was posted, None when that is more than allowed."""
        most: int = self.max_http_buffer_size
        if int(environ.get("CONTENT_LENGTH") or 0) > most:
            return None
        body: bytes = environ["wsgi.input"].read(most + 1)
        return body if len(body) <= most else None
