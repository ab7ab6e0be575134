"""Sockets come in, say which meeting they watch, and ask the time. They never write.

Every event is checked against the session again, has a schema, and is always answered: `{ok: true, …}` or
`{ok: false, code, text}`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask_socketio import SocketIO

from server.domain.access import Actor, Scope, Verb, audiences, may
from server.domain.errors import NotAllowed, RuleViolation
from server.domain.vocabulary import Audience, MeetingId, Role, Uid
from server.services import crowds, displays, meetings, sessions
from server.services.context import Context, Json
from server.services.meetings import MeetingRef
from server.sockets import lines
from server.sockets.audiences import line_of_person, room_of, room_of_person
from server.sockets.lines import Answer, Handler, Line
from server.views import messages
from server.wire import state
from server.wire.sections import Viewer
from server.wire.snapshots import Snapshots
from server.wire.times import ms

log = logging.getLogger(__name__)
MAX_TEXT = 64


@dataclass(frozen=True, slots=True)
class Watcher:
    """What one socket watches."""

    meeting_id: MeetingId | None
    rooms: tuple[str, ...]
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

    def every(self) -> tuple[Watcher, ...]:
        """What every socket watches."""
        with self._lock:
            return tuple(self._by_sid.values())

    def meetings(self) -> frozenset[MeetingId]:
        """Every meeting that somebody watches here."""
        with self._lock:
            return frozenset(w.meeting_id for w in self._by_sid.values() if w.meeting_id is not None)

    def sessions(self) -> dict[str, Uid]:
        """Which session stands behind each socket that has one."""
        with self._lock:
            return {sid: w.session_uid for sid, w in self._by_sid.items() if w.session_uid is not None}

    def holding(self, code: str, *, beside: str) -> int:
        """How many sockets hold one display code, beside this one: whoever joins again takes no second place."""
        with self._lock:
            return sum(1 for sid, watcher in self._by_sid.items() if watcher.code == code and sid != beside)


def answered(handler: Callable[[Line, Json], Answer]) -> Handler:
    """A handler that always answers: a refusal has its code and sentence, a fault is logged and told."""

    def safe(line: Line, *arguments: object) -> Answer:
        try:
            if len(arguments) > 1 or not all(isinstance(a, dict) for a in arguments):
                raise RuleViolation("json_needed")
            return handler(line, cast(Json, arguments[0]) if arguments else {})
        except RuleViolation as refused:
            with line.speaking():
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


def install(sockets: SocketIO, ctx: Context, snapshots: Snapshots) -> Watchers:
    """Attach the handlers and give the record of who watches; `EVENT_NEEDS` says what each event needs."""
    watchers = Watchers()

    def on_disconnect(line: Line, reason: object = None) -> None:
        """Forget what the socket watched."""
        watchers.drop(line.sid)

    def on_join(line: Line, data: Json) -> Answer:
        """Watch a meeting: `{meeting, code?, screen?}`; without a meeting, one's own news only.

        `screen: "display"` asks for what a wall may show and nothing else, whoever is signed in there.
        """
        wanted = Wanted(_text(data, "meeting"), _text(data, "code").strip().upper(), _text(data, "screen") == "display")
        return _join(ctx, watchers, snapshots, line, wanted)

    def on_clock(line: Line, data: Json) -> Answer:
        """The server's clock, for the estimate of every screen."""
        arrived = ms(ctx.now())
        return {"ok": True, "t1": arrived, "t2": ms(ctx.now())}

    lines.attach(sockets, ctx, "disconnect", on_disconnect)
    lines.attach(sockets, ctx, "join", answered(on_join))
    lines.attach(sockets, ctx, "clock", answered(on_clock))
    return watchers


EVENT_NEEDS: dict[str, Verb | None] = {
    "disconnect": None,
    "join": Verb.HEAR_NEWS,
    "clock": None,
}
"""What each socket event needs; anybody may connect, and `join` without a meeting needs a signed-in person."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a socket asks to watch."""

    meeting_uid: str
    code: str
    as_display: bool


def _join(ctx: Context, watchers: Watchers, snapshots: Snapshots, line: Line, wanted: Wanted) -> Answer:
    secure = line.is_secure or line.is_here
    if not wanted.meeting_uid:
        actor = sessions.actor_for(ctx, line.token)
        person_rooms = _person_rooms(actor, secure)
        if not person_rooms:
            raise RuleViolation("sign_in_needed")
        _move(watchers, line, Watcher(None, person_rooms, "", actor.session_uid))
        return state.own_state(ctx, Viewer(actor.person_id, secure))
    lull = ctx.lull()
    ref = lull.once(("meeting", wanted.meeting_uid), lambda: meetings.find(ctx, wanted.meeting_uid))
    actor = crowds.actor_at(ctx, line.token, Scope(ref.group_id, ref.id), lull)
    heard = _heard(ctx, watchers, actor, ref, wanted, line.sid)
    secure = secure or ref.own_network
    shared = tuple(room_of(audience, ref.id) for audience in heard if audience is not Audience.PERSON)
    rooms = shared + (_person_rooms(actor, secure) if Audience.PERSON in heard else ())
    # Before the snapshot is read: what happens in between is heard twice, but never missed.
    _move(watchers, line, Watcher(ref.id, rooms, wanted.code, actor.session_uid))
    return snapshots.text(ref.id, heard, Viewer(actor.person_id, secure))


def _heard(
    ctx: Context, watchers: Watchers, actor: Actor, ref: MeetingRef, wanted: Wanted, sid: str
) -> frozenset[Audience]:
    """The audiences this socket will belong to. Raises when it may hear nothing."""
    scope = Scope(ref.group_id, ref.id)
    if wanted.code:
        displays.check_code(ctx, meeting_id=ref.id, code=wanted.code)
        if watchers.holding(wanted.code, beside=sid) >= ctx.settings.max_per_code:
            raise NotAllowed("display_code_full", most=ctx.settings.max_per_code)
        return audiences({Role.DISPLAY})
    if wanted.as_display and may(actor, Verb.SEE_DISPLAY, scope, now=ctx.now()):
        return audiences({Role.DISPLAY})
    if may(actor, Verb.HEAR_NEWS, scope, now=ctx.now()):
        return audiences(actor.roles(scope, ctx.now()))
    raise RuleViolation("sign_in_needed") if not actor.session_uid else NotAllowed("not_allowed")


def _person_rooms(actor: Actor, secure: bool) -> tuple[str, ...]:
    if actor.person_id is None:
        return ()
    return room_of_person(actor.person_id), line_of_person(actor.person_id, private=secure)


def _move(watchers: Watchers, line: Line, watcher: Watcher) -> None:
    """Enter the rooms of the new watch and leave those of the old one.

    A socket that was cut while its question was read can enter none, and is not remembered as a screen.
    """
    line.enter(watcher.rooms)
    before = watchers.put(line.sid, watcher)
    line.leave(name for name in (before.rooms if before else ()) if name not in watcher.rooms)
