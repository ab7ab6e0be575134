"""The other end of a socket, as the handlers of its events see it, over either transport.

Over ours an event is handled without a request of Flask's around it: one is made only for a sentence in the reader's
language. What the handlers answer is JSON text already where the transport can send that.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, cast

from flask import request
from flask_socketio import SocketIO, join_room, leave_room
from werkzeug.sansio.http import parse_cookie

from server.services.context import Context, Json
from server.sockets import transport
from server.views import guards


class Line(Protocol):
    """One socket."""

    sid: str
    token: str | None
    """The session token that its browser brought."""
    is_secure: bool
    is_here: bool
    """Does the browser run on this very computer?"""

    def enter(self, rooms: Iterable[str]) -> None:
        """Hear what is told to these rooms."""

    def leave(self, rooms: Iterable[str]) -> None:
        """Hear it no more."""

    def speaking(self) -> AbstractContextManager[object]:
        """In here sentences are in the reader's language."""


Answer = Json | str
"""What an event is answered with: JSON as a value, or written."""
Handler = Callable[..., Answer | None]
"""Is handed the line and what the event brought."""


class _OfFlask:
    """A line whose event is a request of Flask's."""

    def __init__(self) -> None:
        self.sid = str(cast(Any, request).sid)
        self.token = request.cookies.get(guards.cookie_name())
        self.is_secure = request.is_secure
        self.is_here = guards.from_this_computer()

    def enter(self, rooms: Iterable[str]) -> None:
        for name in rooms:
            join_room(name)

    def leave(self, rooms: Iterable[str]) -> None:
        for name in rooms:
            leave_room(name)

    def speaking(self) -> AbstractContextManager[object]:
        return nullcontext()


class _OfOurs:
    """A line of our transport."""

    __slots__ = ("_caller", "_server", "is_here", "is_secure", "sid", "token")

    def __init__(self, ctx: Context, server: Any, sid: str) -> None:
        self._server = server
        self._caller = caller = server.caller(sid)
        self.sid = sid
        self.is_secure = caller.is_secure
        self.token = parse_cookie(caller.cookie).get(guards.cookie_over(is_secure=caller.is_secure))
        self.is_here = guards.is_this_computer(ctx, forwarded=caller.forwarded, address=caller.address)

    def enter(self, rooms: Iterable[str]) -> None:
        for name in rooms:
            self._server.manager.basic_enter_room(self.sid, "/", name)

    def leave(self, rooms: Iterable[str]) -> None:
        for name in rooms:
            self._server.manager.basic_leave_room(self.sid, "/", name)

    def speaking(self) -> AbstractContextManager[object]:
        return cast(AbstractContextManager[object], self._caller.app.request_context(self._caller.environ()))


def attach(sockets: SocketIO, ctx: Context, event: str, handler: Handler) -> None:
    """Let the handler answer an event, over whichever transport these sockets have."""
    if transport.is_own(sockets):
        server = cast(Any, sockets).server
        server.on(event, lambda sid, *arguments: _ready(handler(_OfOurs(ctx, server, sid), *arguments)))
    else:
        sockets.on(event)(lambda *arguments: _value(handler(_OfFlask(), *arguments)))


def _ready(answer: Answer | None) -> object:
    return transport.written(answer) if isinstance(answer, str) else answer


def _value(answer: Answer | None) -> object:
    return json.loads(answer) if isinstance(answer, str) else answer
