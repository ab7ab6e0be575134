"""Who hears what, as one table: event → audience → the parts of the screen that are sent again.

News carry values read after the commit, so hearing one twice changes nothing and a newer value is never undone by
an older one's number.
"""

from collections.abc import Callable

from flask_socketio import SocketIO

from server.domain.events import (
    AttendanceChanged,
    Event,
    ExchangeMoved,
    MeetingChanged,
    PhoneJoined,
    ReferralMoved,
    RoundMoved,
    SeatingPlanned,
)
from server.domain.vocabulary import Audience, MeetingId
from server.services.bus import Told
from server.services.context import Context, Json
from server.sockets.audiences import room_of
from server.wire import sections
from server.wire.sections import Viewer
from server.wire.times import ms

Patch = Callable[[Context, Event], Json]


def _parts(*names: str) -> Patch:
    def patch(ctx: Context, event: Event) -> Json:
        return sections.build(ctx, event.meeting_id, names, Viewer())

    return patch


def _one_line(ctx: Context, event: Event) -> Json:
    assert isinstance(event, AttendanceChanged | PhoneJoined)
    return sections.one_person(ctx, event.meeting_id, event.attendance_uid) | sections.build(
        ctx, event.meeting_id, ("counts",), Viewer()
    )


TABLE: dict[type[Event], dict[Audience, Patch]] = {
    MeetingChanged: {
        Audience.EVERYONE: _parts("meeting"),
        Audience.DESK: _parts("counts"),
        Audience.FACILITATORS: _parts("counts"),
        Audience.DISPLAYS: _parts("counts"),
    },
    AttendanceChanged: {
        Audience.DESK: _one_line,
        Audience.FACILITATORS: _one_line,
        Audience.DISPLAYS: _parts("counts"),
    },
    PhoneJoined: {Audience.DESK: _one_line, Audience.FACILITATORS: _one_line},
    SeatingPlanned: {},
    RoundMoved: {},
    ExchangeMoved: {},
    ReferralMoved: {},
}

KINDS: dict[type[Event], str] = {
    MeetingChanged: "meeting_changed",
    AttendanceChanged: "attendance_changed",
    PhoneJoined: "phone_joined",
    SeatingPlanned: "seating_planned",
    RoundMoved: "round_moved",
    ExchangeMoved: "exchange_moved",
    ReferralMoved: "referral_moved",
}


def install(sockets: SocketIO, ctx: Context) -> None:
    """Tell every audience after each commit."""

    def tell(told: Told) -> None:
        event = told.event
        for audience, seq in told.seqs.items():
            patch = TABLE[type(event)][audience](ctx, event)
            news = {
                "audience": audience.value,
                "seq": seq,
                "kind": KINDS[type(event)],
                "sent_at": ms(ctx.now()),
                "patch": patch,
            }
            sockets.emit("news", news, to=room_of(audience, event.meeting_id))

    ctx.bus.subscribe(tell)


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
