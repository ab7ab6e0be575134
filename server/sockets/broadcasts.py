"""Who hears what, as one table: event → audience → the parts of the screen that are sent again.

News carry values read after the commit, so hearing one twice changes nothing and a newer value is never undone by
an older one's number.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, cast

from flask_socketio import SocketIO

from server.domain.events import (
    AttendanceChanged,
    Event,
    ExchangeMoved,
    ListChanged,
    MeetingChanged,
    PhoneJoined,
    PromiseChanged,
    ReferralMoved,
    RoundMoved,
    SeatingPlanned,
)
from server.domain.vocabulary import Audience, MeetingId, PersonId
from server.services import seating
from server.services.bus import Told
from server.services.context import Context, Json
from server.sockets.audiences import line_of_person, room_of, room_of_person
from server.wire import exchanges, referrals, rounds, sections
from server.wire.sections import Viewer
from server.wire.times import ms

log = logging.getLogger(__name__)
Patch = Callable[[Context, Event, Json], Json]
"""What an audience hears of an event. The last argument keeps what was read for another audience of the same event."""


def _parts(*names: str) -> Patch:
    def patch(ctx: Context, event: Event, read: Json) -> Json:
        missing = [name for name in names if name not in read]
        read |= sections.build(ctx, event.meeting_id, missing, Viewer())
        return {name: read[name] for name in names}

    return patch


_counts = _parts("counts")


def _one(section: str) -> Patch:
    def patch(ctx: Context, event: Event, read: Json) -> Json:
        assert isinstance(event, AttendanceChanged | PhoneJoined)
        if "one" not in read:
            read["one"] = sections.one_attendance(ctx, event.meeting_id, event.attendance_uid)
        return {section: read["one"][section]} | _counts(ctx, event, read)

    return patch


def _clock(ctx: Context, event: Event, read: Json) -> Json:
    return {"clock": rounds.clock(ctx, event.meeting_id)}


def _room(section: str, entry: rounds.Entry) -> Patch:
    """The whole room when somebody changes the table, the phase alone when only the clock moved."""

    def patch(ctx: Context, event: Event, read: Json) -> Json:
        if isinstance(event, RoundMoved) and not event.seats_change:
            return {section: rounds.phase_patch(ctx, event.meeting_id)}
        return {section: rounds.room_patch(ctx, event.meeting_id, entry)}

    return patch


_ROUNDS: dict[Audience, Patch] = {
    Audience.EVERYONE: _clock,
    Audience.FACILITATORS: _room("seating", rounds.named),
    Audience.DISPLAYS: _room("seats", rounds.shortened),
}

TABLE: dict[type[Event], dict[Audience, Patch]] = {
    MeetingChanged: {
        Audience.EVERYONE: _parts("meeting"),
        Audience.DESK: _parts("counts"),
        Audience.FACILITATORS: _parts("counts"),
        Audience.DISPLAYS: _parts("counts"),
    },
    AttendanceChanged: {
        Audience.DESK: _one("door"),
        Audience.FACILITATORS: _one("room"),
        Audience.DISPLAYS: _parts("counts"),
    },
    ListChanged: {
        Audience.DESK: _parts("counts", "door"),
        Audience.FACILITATORS: _parts("counts", "room"),
        Audience.DISPLAYS: _parts("counts"),
    },
    PhoneJoined: {Audience.DESK: _one("door"), Audience.FACILITATORS: _one("room")},
    SeatingPlanned: _ROUNDS,
    RoundMoved: _ROUNDS,
    ExchangeMoved: {},
    PromiseChanged: {},
    ReferralMoved: {},
}


@dataclass(frozen=True)
class PersonNews:
    """What one person's screens hear: the patch for an open line, and for one where private things may travel."""

    person_id: PersonId
    patch: Json
    private: Json


Personal = Callable[[Context, Event], Iterable[PersonNews]]


def _everybodys_table(ctx: Context, event: Event) -> Iterable[PersonNews]:
    """Every phone learns its own table; the clock alone is no news to a single person."""
    if isinstance(event, RoundMoved) and not event.seats_change:
        return
    for person_id, open_me, private_me in rounds.everybodys_me(ctx, event.meeting_id):
        yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _own_attendance(ctx: Context, event: Event) -> Iterable[PersonNews]:
    """Whoever came or left hears it on their own phone, and on no other."""
    assert isinstance(event, AttendanceChanged)
    person_id = seating.person_behind(ctx, event.meeting_id, event.attendance_uid)
    if person_id is not None:
        for _, open_me, private_me in rounds.everybodys_me(ctx, event.meeting_id, only=person_id):
            yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _exchanges(ctx: Context, event: Event) -> Iterable[PersonNews]:
    """Everybody it is about sees their exchanges anew."""
    assert isinstance(event, ExchangeMoved)
    for person_id, open_ones, private_ones in exchanges.news(ctx, event.meeting_id, event.people):
        yield PersonNews(person_id, {"exchanges": open_ones}, {"exchanges": private_ones})


def _own_promise(ctx: Context, event: Event) -> Iterable[PersonNews]:
    """Their other screens show the promise too."""
    assert isinstance(event, PromiseChanged)
    for person_id, open_me, private_me in rounds.everybodys_me(ctx, event.meeting_id, only=event.person_id):
        yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _own_slip(ctx: Context, event: Event) -> Iterable[PersonNews]:
    """Giver and receiver each hear their own side of a slip, whichever meeting they watch or none."""
    assert isinstance(event, ReferralMoved)
    for person_id in event.people:
        patch = {"slips": referrals.slip_patch(ctx, person_id, event.slip_uid)}
        yield PersonNews(person_id, patch, patch)


PERSONAL: dict[type[Event], Personal] = {
    SeatingPlanned: _everybodys_table,
    RoundMoved: _everybodys_table,
    AttendanceChanged: _own_attendance,
    ExchangeMoved: _exchanges,
    PromiseChanged: _own_promise,
    ReferralMoved: _own_slip,
}
"""Event → what single people hear of it. Person news carry no counter."""

AT_ONCE = 20
"""After so many single messages the other greenlets of the process get their turn."""

KINDS: dict[type[Event], str] = {
    MeetingChanged: "meeting_changed",
    AttendanceChanged: "attendance_changed",
    ListChanged: "list_changed",
    PhoneJoined: "phone_joined",
    SeatingPlanned: "seating_planned",
    RoundMoved: "round_moved",
    ExchangeMoved: "exchange_moved",
    PromiseChanged: "promise_changed",
    ReferralMoved: "referral_moved",
}


class InTurn:
    """Tells in a greenlet of its own, in the order of the commits: nobody's answer waits until others have heard."""

    def __init__(self, sockets: SocketIO, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._waiting: SimpleQueue[Told] = SimpleQueue()
        sockets.start_background_task(self._run)

    def put(self, told: Told) -> None:
        """Tell this after what came before it."""
        self._waiting.put(told)

    def _run(self) -> None:
        while True:
            told = self._waiting.get()
            try:
                self._tell(told)
            except Exception:
                log.exception("telling failed on %s", type(told.event).__name__)


def install(sockets: SocketIO, ctx: Context) -> None:
    """Tell every audience after each commit: at once in threading mode, in turn and beside the answer in gevent's."""

    def tell(told: Told) -> None:
        event, read = told.event, Json()
        for audience, seq in told.seqs.items():
            patch = TABLE[type(event)][audience](ctx, event, read)
            news = {
                "audience": audience.value,
                "seq": seq,
                "kind": KINDS[type(event)],
                "sent_at": ms(ctx.now()),
                "patch": patch,
            }
            sockets.emit("news", news, to=room_of(audience, event.meeting_id))
        personal = PERSONAL.get(type(event))
        for number, item in enumerate(personal(ctx, event) if personal else (), start=1):
            tell_person(sockets, ctx, item, KINDS[type(event)])
            if number % AT_ONCE == 0:
                time.sleep(0)

    ctx.bus.subscribe(InTurn(sockets, tell).put if cast(Any, sockets).async_mode == "gevent" else tell)


def tell_person(sockets: SocketIO, ctx: Context, item: PersonNews, kind: str) -> None:
    """News for one person's screens; private things go only to the screens where they may."""
    lines = {room_of_person(item.person_id): item.patch}
    if item.private != item.patch:
        lines = {
            line_of_person(item.person_id, private=False): item.patch,
            line_of_person(item.person_id, private=True): item.private,
        }
    for line, patch in lines.items():
        news = {"audience": Audience.PERSON.value, "kind": kind, "sent_at": ms(ctx.now()), "patch": patch}
        sockets.emit("news", news, to=line)


def tell_counters(sockets: SocketIO, ctx: Context, meeting_id: MeetingId, seqs: dict[Audience, int]) -> None:
    """The counters as the database has them; a screen that missed something notices now."""
    for audience, seq in seqs.items():
        news: Json = {
            "audience": audience.value,
            "seq": seq,
            "kind": "counters",
            "sent_at": ms(ctx.now()),
            "patch": {},
        }
        sockets.emit("news", news, to=room_of(audience, meeting_id))
