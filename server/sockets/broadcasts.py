"""Who hears what, as one table: event → audience → the parts of the screen that are sent again.

News carry values read after the commit, so hearing one twice changes nothing and a newer value is never undone by
an older one's number.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from flask_socketio import SocketIO

from server.domain.events import (
    ActionNoted,
    ActivityMoved,
    AttendanceChanged,
    ConflictMoved,
    DeadlinePassed,
    Event,
    ExchangeMoved,
    ListChanged,
    LoudspeakerMoved,
    MeetingChanged,
    PhoneJoined,
    PinsChanged,
    PlanRunMoved,
    PromiseChanged,
    ReferralMoved,
    RoomEmptied,
    RoundMoved,
    SeatingPlanned,
    SeatsMoved,
    SoundChanged,
    StageMoved,
    TalkMoved,
    ThanksMoved,
    TimeLost,
)
from server.domain.vocabulary import Audience, MeetingId, PersonId
from server.services import attendance, passed
from server.services.bus import Told
from server.services.context import Context, Json, breathe
from server.services.seating import Morning
from server.sockets import transport
from server.sockets.audiences import line_of_person, room_of, room_of_person
from server.sockets.bundles import Bundles
from server.sockets.turns import InTurn
from server.wire import exchanges, referrals, rounds, sections, sound
from server.wire.mornings import Mornings
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
_board = _parts("counts", "passed")


def _one(section: str) -> Patch:
    def patch(ctx: Context, event: Event, read: Json) -> Json:
        assert isinstance(event, AttendanceChanged | PhoneJoined)
        uid = event.attendance_uid
        if "lines" not in read:
            read["lines"] = sections.some_attendances(ctx, event.meeting_id, read.get("about", (uid,)))
        return {section: {uid: read["lines"][section][uid]}} | _counts(ctx, event, read)

    return patch


def _arrivals(ctx: Context, event: Event, read: Json) -> Json:
    """The wall counts everybody, and names visitors beside what was passed."""
    assert isinstance(event, AttendanceChanged)
    if "visitor" not in read:
        about = read.get("about", (event.attendance_uid,))
        read["visitor"] = passed.any_visitor(ctx, event.meeting_id, about)
    return (_board if read["visitor"] else _counts)(ctx, event, read)


def _morning(ctx: Context, event: Event, read: Json) -> Morning:
    """What the room and everybody's part are made from, read once for all that hear of an event."""
    if "morning" not in read:
        around = event.number if isinstance(event, RoundMoved) else None
        read["morning"] = rounds.morning(ctx, event.meeting_id, around=around)
    return cast(Morning, read["morning"])


def _clock(ctx: Context, event: Event, read: Json) -> Json:
    return {"clock": rounds.clock(ctx, event.meeting_id)}


def _walls(ctx: Context, event: Event, read: Json) -> Json:
    assert isinstance(event, LoudspeakerMoved)
    return {"walls": sound.walls_patch(ctx, event.meeting_id, event.gone)}


def _room(section: str, entry: rounds.Entry) -> Patch:
    """The whole room when somebody changes the table, the phase alone when only the clock moved."""

    def patch(ctx: Context, event: Event, read: Json) -> Json:
        if isinstance(event, RoundMoved) and not event.seats_change:
            return {section: rounds.phase_patch(ctx, event.meeting_id)}
        return {section: rounds.room_patch(_morning(ctx, event, read), entry)}

    return patch


def _both(*patches: Patch) -> Patch:
    """Several parts of one screen."""

    def patch(ctx: Context, event: Event, read: Json) -> Json:
        return {section: value for part in patches for section, value in part(ctx, event, read).items()}

    return patch


_ROUNDS: dict[Audience, Patch] = {
    Audience.EVERYONE: _clock,
    Audience.FACILITATORS: _room("seating", rounds.named),
    Audience.DISPLAYS: _room("seats", rounds.shortened),
}
_SEATS = {
    Audience.FACILITATORS: _both(_room("seating", rounds.named), _parts("plan")),
    Audience.DISPLAYS: _room("seats", rounds.shortened),
}

TABLE: dict[type[Event], dict[Audience, Patch]] = {
    MeetingChanged: {
        Audience.EVERYONE: _parts("meeting", "stage"),
        Audience.DESK: _parts("counts"),
        Audience.FACILITATORS: _parts("counts"),
        Audience.DISPLAYS: _parts("counts"),
    },
    AttendanceChanged: {
        Audience.DESK: _one("door"),
        Audience.FACILITATORS: _one("room"),
        Audience.DISPLAYS: _arrivals,
    },
    ListChanged: {
        Audience.DESK: _parts("counts", "door"),
        Audience.FACILITATORS: _parts("counts", "room"),
        Audience.DISPLAYS: _board,
    },
    RoomEmptied: {
        Audience.DESK: _parts("counts", "door"),
        Audience.FACILITATORS: _parts("counts", "room"),
        Audience.DISPLAYS: _board,
    },
    PhoneJoined: {Audience.DESK: _one("door"), Audience.FACILITATORS: _one("room")},
    ConflictMoved: {Audience.DESK: _parts("conflicts")},
    SeatingPlanned: {Audience.EVERYONE: _clock} | _SEATS,
    SeatsMoved: _SEATS,
    PinsChanged: {Audience.FACILITATORS: _parts("plan")},
    PlanRunMoved: {Audience.FACILITATORS: _parts("plan")},
    RoundMoved: _ROUNDS,
    DeadlinePassed: {Audience.EVERYONE: _clock},
    TimeLost: {Audience.FACILITATORS: _parts("notices")},
    ActionNoted: {Audience.FACILITATORS: _parts("log")},
    SoundChanged: {Audience.EVERYONE: _parts("sound")},
    LoudspeakerMoved: {Audience.FACILITATORS: _walls},
    StageMoved: {Audience.EVERYONE: _parts("stage")},
    TalkMoved: {Audience.EVERYONE: _parts("talk")},
    ExchangeMoved: {},
    PromiseChanged: {},
    ReferralMoved: {Audience.DISPLAYS: _parts("passed")},
    ThanksMoved: {Audience.DISPLAYS: _parts("passed")},
    ActivityMoved: {},
}


@dataclass(frozen=True)
class PersonNews:
    """What one person's screens hear: the patch for an open line, and for one where private things may travel.

    A patch may be JSON text already.
    """

    person_id: PersonId
    patch: Json | str
    private: Json | str


Personal = Callable[[Context, Event, Json], Iterable[PersonNews]]
"""What single people hear of an event; the last argument keeps what was read for the audiences."""


def _everybodys_table(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Every phone learns its own table; the clock alone is no news to a single person."""
    if isinstance(event, RoundMoved) and not event.seats_change:
        return
    number = event.number if isinstance(event, RoundMoved) else None
    for person_id, open_me, private_me in Mornings(_morning(ctx, event, read)).news(number=number):
        yield PersonNews(person_id, f'{{"me":{open_me}}}', f'{{"me":{private_me}}}')


def _tables_by_hand(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Whoever sits at a table that somebody came to or left learns who sits there now."""
    assert isinstance(event, SeatsMoved)
    for each in event.people:
        for person_id, open_me, private_me in rounds.own_me(ctx, event.meeting_id, each):
            yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _own_attendance(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Whoever came or left hears it on their own phone, and on no other."""
    assert isinstance(event, AttendanceChanged)
    uid = event.attendance_uid
    if "listening" not in read:
        read["listening"] = attendance.listening(ctx, event.meeting_id, read.get("about", (uid,)))
    person_id = read["listening"].get(uid)
    if person_id is not None:
        for _, open_me, private_me in rounds.own_me(ctx, event.meeting_id, person_id):
            yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _exchanges(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Everybody it is about sees their exchanges anew."""
    assert isinstance(event, ExchangeMoved)
    gone = dict.fromkeys(event.gone)
    for person_id, open_ones, private_ones in exchanges.news(ctx, event.meeting_id, event.people):
        yield PersonNews(person_id, {"exchanges": gone | open_ones}, {"exchanges": gone | private_ones})


def _own_promise(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Their other screens show the promise too."""
    assert isinstance(event, PromiseChanged)
    for person_id, open_me, private_me in rounds.own_me(ctx, event.meeting_id, event.person_id):
        yield PersonNews(person_id, {"me": open_me}, {"me": private_me})


def _own_slip(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """Giver and receiver each hear their own side of a slip, whichever meeting they watch or none."""
    assert isinstance(event, ReferralMoved)
    for person_id in event.people:
        patch = {"slips": referrals.slip_patch(ctx, person_id, event.slip_uid)}
        yield PersonNews(person_id, patch, patch)


def _both_ask(ctx: Context, event: Event, read: Json) -> Iterable[PersonNews]:
    """The people it is about hear that something moved, and nothing of it: their pages ask for what they may show."""
    assert isinstance(event, ThanksMoved | ActivityMoved)
    for person_id in event.people:
        yield PersonNews(person_id, {}, {})


PERSONAL: dict[type[Event], Personal] = {
    SeatingPlanned: _everybodys_table,
    SeatsMoved: _tables_by_hand,
    RoundMoved: _everybodys_table,
    RoomEmptied: _everybodys_table,
    AttendanceChanged: _own_attendance,
    ExchangeMoved: _exchanges,
    PromiseChanged: _own_promise,
    ReferralMoved: _own_slip,
    ThanksMoved: _both_ask,
    ActivityMoved: _both_ask,
}
"""Event → what single people hear of it. Person news carry no counter."""

LONGEST_TELLING = 0.008
"""Seconds of telling single people before the other greenlets of the process get their turn."""

KINDS: dict[type[Event], str] = {
    MeetingChanged: "meeting_changed",
    AttendanceChanged: "attendance_changed",
    ListChanged: "list_changed",
    RoomEmptied: "room_emptied",
    PhoneJoined: "phone_joined",
    ConflictMoved: "conflict_moved",
    SeatingPlanned: "seating_planned",
    SeatsMoved: "seats_moved",
    PinsChanged: "pins_changed",
    PlanRunMoved: "plan_run_moved",
    RoundMoved: "round_moved",
    DeadlinePassed: "deadline_passed",
    TimeLost: "time_lost",
    ActionNoted: "action_noted",
    SoundChanged: "sound_changed",
    LoudspeakerMoved: "loudspeaker_moved",
    StageMoved: "stage_moved",
    TalkMoved: "talk_moved",
    ExchangeMoved: "exchange_moved",
    PromiseChanged: "promise_changed",
    ReferralMoved: "referral_moved",
    ThanksMoved: "thanks_moved",
    ActivityMoved: "activity_moved",
}


def looks(together: Sequence[Told]) -> Iterator[tuple[Told, Json]]:
    """Each event with what was read for it already: arrivals one after the other at one meeting share a look, taken
    after the last of them; so does nothing else, because other news are about more than a line.
    """
    for (kind, _), some in groupby(together, key=lambda told: (type(told.event), told.event.meeting_id)):
        several = list(some)
        read: Json = {}
        if kind is AttendanceChanged:
            read["about"] = list(dict.fromkeys(cast(AttendanceChanged, told.event).attendance_uid for told in several))
        for told in several:
            yield told, read if kind is AttendanceChanged else {}


def install(sockets: SocketIO, ctx: Context) -> None:
    """Tell every audience after each commit: at once in threading mode, in turn and beside the answer in gevent's."""

    def tell_audiences(told: Told, audiences: Iterable[Audience], read: Json) -> None:
        event = told.event
        for audience in audiences:
            room = room_of(audience, event.meeting_id)
            if not transport.is_heard(sockets, room):
                continue  # whoever comes later reads what is there by then
            news = {
                "audience": audience.value,
                "seq": told.seqs[audience],
                "kind": KINDS[type(event)],
                "patch": TABLE[type(event)][audience](ctx, event, read),
                "sent_at": ms(ctx.now()),
            }
            sockets.emit("news", news, to=room)
            if event.meeting_id and "morning" in read:
                breathe()  # the room of a great meeting is long work for each audience

    def tell(told: Told, read: Json) -> None:
        event, personal = told.event, PERSONAL.get(type(told.event))
        # Everybody's clock at once; then, when everybody changes the table, the phones before those who look on.
        audiences = sorted(told.seqs, key=lambda audience: audience is not Audience.EVERYONE)
        at_once = audiences[:1] if personal is _everybodys_table else audiences
        tell_audiences(told, at_once, read)
        began = time.monotonic()
        for item in personal(ctx, event, read) if personal else ():
            tell_person(sockets, ctx, item, KINDS[type(event)])
            if time.monotonic() - began > LONGEST_TELLING:
                breathe()
                began = time.monotonic()
        tell_audiences(told, audiences[len(at_once) :], read)

    def tell_all(together: Sequence[Told]) -> None:
        for arrivals, some in groupby(looks(together), key=lambda pair: isinstance(pair[0].event, AttendanceChanged)):
            # Arrivals may wait a moment for each other on their way to other processes; a round may not.
            with bundles.together() if arrivals else nullcontext():
                for told, read in some:
                    try:
                        tell(told, read)
                    except Exception:
                        log.exception("telling failed on %s", type(told.event).__name__)

    bundles = Bundles(sockets)
    turns = cast(Any, sockets).async_mode == "gevent"
    ctx.bus.subscribe(InTurn(sockets, tell_all).put if turns else lambda told: tell_all([told]))


def tell_person(sockets: SocketIO, ctx: Context, item: PersonNews, kind: str) -> None:
    """News for one person's screens; private things go only to the screens where they may."""
    lines = {room_of_person(item.person_id): item.patch}
    if item.private != item.patch:
        lines = {
            line_of_person(item.person_id, private=False): item.patch,
            line_of_person(item.person_id, private=True): item.private,
        }
    sent_at = ms(ctx.now())
    for line, patch in lines.items():
        if not transport.is_heard(sockets, line):
            continue
        if isinstance(patch, str):
            text = f'{{"audience":"{Audience.PERSON.value}","kind":"{kind}","sent_at":{sent_at},"patch":{patch}}}'
            transport.tell(sockets, "news", text, to=line)
        else:
            news = {"audience": Audience.PERSON.value, "kind": kind, "sent_at": sent_at, "patch": patch}
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
