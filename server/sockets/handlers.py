"""Sockets come in, say which meeting they watch, and ask the time. They never write.

Every event is checked against the session again, has a schema, and is always answered: `{ok: true, …}` or
`{ok: false, code, text}`.
"""

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import request
from flask_socketio import SocketIO, join_room, leave_room

from server.domain.access import Actor, Scope, Verb, audiences, may
from server.domain.errors import NotAllowed, RuleViolation
from server.domain.vocabulary import Audience, MeetingId, Role, Uid
from server.services import displays, meetings
from server.services.context import Context, Json
from server.sockets.audiences import line_of_person, room_of, room_of_person
from server.views import guards, messages
from server.wire import state
from server.wire.sections import Viewer
from server.wire.times import ms

log = logging.getLogger(__name__)
MAX_TEXT = 64


@dataclass(frozen=True)
class Watcher:
    """What one socket watches."""

    meeting_id: MeetingId | None
    rooms: frozenset[str]
    code: str
    session_uid: Uid | None


class Watchers:
    """Every open socket of this process and what it watches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_sid: dict[str, Watcher] = {}

    def put(self, sid: str, watcher: Watcher) -> Watcher | None:
        """Remember what a socket watches now; gives what it watched before."""
        with self._lock:
            before = self._by_sid.get(sid)
            self._by_sid[sid] = watcher
            return before

    def drop(self, sid: str) -> None:
        """A socket is gone."""
        with self._lock:
            self._by_sid.pop(sid, None)

    def meetings(self) -> frozenset[MeetingId]:
        """Every meeting that somebody watches here."""
        with self._lock:
            return frozenset(w.meeting_id for w in self._by_sid.values() if w.meeting_id is not None)

    def sessions(self) -> dict[str, Uid]:
        """Which session stands behind each socket that has one."""
        with self._lock:
            return {sid: w.session_uid for sid, w in self._by_sid.items() if w.session_uid is not None}

    def holding(self, code: str) -> int:
        """How many sockets hold one display code."""
        with self._lock:
            return sum(1 for watcher in self._by_sid.values() if watcher.code == code)


def answered(handler: Callable[[Json], Json]) -> Callable[..., Json]:
    """A handler that always answers: a refusal has its code and sentence, a fault is logged and told."""

    @functools.wraps(handler)
    def safe(*arguments: object) -> Json:
        try:
            if len(arguments) > 1 or not all(isinstance(a, dict) for a in arguments):
                raise RuleViolation("json_needed")
            return handler(cast(Json, arguments[0]) if arguments else {})
        except RuleViolation as refused:
            return {"ok": False, "code": refused.code, "text": messages.sentence(refused)}
        except Exception:
            log.exception("a socket event failed: %s", handler.__name__)
            return {"ok": False, "code": "broken", "text": ""}

    return safe


def _text(data: Json, name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise RuleViolation("text_needed", field=name)
    return value


def install(sockets: SocketIO, ctx: Context) -> Watchers:
    """Attach the handlers and give the record of who watches; `EVENT_NEEDS` says what each event needs."""
    watchers = Watchers()

    @sockets.on("connect")
    def on_connect(auth: object = None) -> bool:
        """Anybody may connect; nothing is heard before `join`."""
        return True

    @sockets.on("disconnect")
    def on_disconnect(reason: object = None) -> None:
        """Forget what the socket watched."""
        watchers.drop(_sid())

    @sockets.on("join")
    @answered
    def on_join(data: Json) -> Json:
        """Watch a meeting: `{meeting, code?, screen?}`; without a meeting, one's own news only.

        `screen: "display"` asks for what a wall may show and nothing else, whoever is signed in there.
        """
        code = _text(data, "code").strip().upper()
        return _join(ctx, watchers, _text(data, "meeting"), code, as_display=_text(data, "screen") == "display")

    @sockets.on("clock")
    @answered
    def on_clock(data: Json) -> Json:
        """The server's clock, for the estimate of every screen."""
        arrived = ms(ctx.now())
        return {"ok": True, "t1": arrived, "t2": ms(ctx.now())}

    return watchers


EVENT_NEEDS: dict[str, Verb | None] = {
    "connect": None,
    "disconnect": None,
    "join": Verb.HEAR_NEWS,
    "clock": None,
}
"""What each socket event needs; `join` without a meeting needs a signed-in person."""


def _sid() -> str:
    return str(cast(Any, request).sid)


def _join(ctx: Context, watchers: Watchers, meeting_uid: str, code: str, *, as_display: bool) -> Json:
    actor = guards.actor()
    here = request.is_secure or guards.from_this_computer()
    if not meeting_uid:
        person_rooms = _person_rooms(actor, here)
        if not person_rooms:
            raise RuleViolation("sign_in_needed")
        _move(watchers, Watcher(None, person_rooms, "", actor.session_uid))
        return state.own_state(ctx, Viewer(actor.person_id, here))
    ref = meetings.find(ctx, meeting_uid)
    scope = Scope(ref.group_id, ref.id)
    if code:
        displays.check_code(ctx, meeting_id=ref.id, code=code)
        if watchers.holding(code) >= ctx.settings.max_per_code:
            raise NotAllowed("display_code_full", most=ctx.settings.max_per_code)
        heard = audiences({Role.DISPLAY})
    elif as_display and may(actor, Verb.SEE_DISPLAY, scope, now=ctx.now()):
        heard = audiences({Role.DISPLAY})
    elif may(actor, Verb.HEAR_NEWS, scope, now=ctx.now()):
        heard = audiences(actor.roles(scope, ctx.now()))
    else:
        raise RuleViolation("sign_in_needed") if not actor.session_uid else NotAllowed("not_allowed")
    secure = here or ref.own_network
    shared = frozenset(room_of(audience, ref.id) for audience in heard if audience is not Audience.PERSON)
    rooms = shared | (_person_rooms(actor, secure) if Audience.PERSON in heard else frozenset())
    # Before the snapshot is read: what happens in between is heard twice, but never missed.
    _move(watchers, Watcher(ref.id, rooms, code, actor.session_uid))
    return state.state(ctx, ref.id, heard, Viewer(actor.person_id, secure))


def _person_rooms(actor: Actor, secure: bool) -> frozenset[str]:
    if actor.person_id is None:
        return frozenset()
    return frozenset({room_of_person(actor.person_id), line_of_person(actor.person_id, private=secure)})


def _move(watchers: Watchers, watcher: Watcher) -> None:
    """Enter the rooms of the new watch and leave those of the old one."""
    before = watchers.put(_sid(), watcher)
    for name in (before.rooms if before else frozenset()) - watcher.rooms:
        leave_room(name)
    for name in watcher.rooms:
        join_room(name)
