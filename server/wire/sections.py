"""The parts of a screen's state and who hears which.

A snapshot is a JSON object whose keys are sections; news bring whole sections, or single entries of a keyed one,
as a JSON Merge Patch. A section belongs to the audiences listed here and to nobody else.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from server.domain.vocabulary import Audience, MeetingId, PersonId, Uid
from server.services.context import Context, Json
from server.wire import (
    attendance,
    devices,
    exchanges,
    log,
    meetings,
    notices,
    passed,
    plans,
    referrals,
    rounds,
    sound,
    speaking,
    stage,
)


@dataclass(frozen=True)
class Viewer:
    """Whose screen it is: a person for the personal sections, and whether private fields may travel."""

    person_id: PersonId | None = None
    secure: bool = False


Builder = Callable[[Context, MeetingId, Viewer], object]

SECTIONS: dict[Audience, tuple[str, ...]] = {
    Audience.EVERYONE: ("meeting", "clock", "sound", "stage", "talk"),
    Audience.DESK: ("counts", "door", "conflicts"),
    Audience.FACILITATORS: ("counts", "room", "seating", "plan", "walls", "notices", "log", "devices"),
    Audience.DISPLAYS: ("counts", "seats", "passed"),
    Audience.PERSON: ("me", "slips", "exchanges"),
}

BUILDERS: dict[str, Builder] = {
    "meeting": lambda ctx, meeting_id, viewer: meetings.meeting(ctx, meeting_id),
    "sound": lambda ctx, meeting_id, viewer: sound.sound(ctx, meeting_id),
    "walls": lambda ctx, meeting_id, viewer: sound.walls(ctx, meeting_id),
    "stage": lambda ctx, meeting_id, viewer: stage.stage(ctx, meeting_id),
    "talk": lambda ctx, meeting_id, viewer: speaking.talk(ctx, meeting_id),
    "counts": lambda ctx, meeting_id, viewer: attendance.counts(ctx, meeting_id),
    "room": lambda ctx, meeting_id, viewer: attendance.room(ctx, meeting_id),
    "door": lambda ctx, meeting_id, viewer: attendance.door(ctx, meeting_id),
    "conflicts": lambda ctx, meeting_id, viewer: attendance.conflicts(ctx, meeting_id),
    "clock": lambda ctx, meeting_id, viewer: rounds.clock(ctx, meeting_id),
    "seating": lambda ctx, meeting_id, viewer: rounds.room(ctx, meeting_id, rounds.named),
    "plan": lambda ctx, meeting_id, viewer: plans.plan(ctx, meeting_id),
    "notices": lambda ctx, meeting_id, viewer: notices.notices(ctx, meeting_id),
    "devices": lambda ctx, meeting_id, viewer: devices.devices(ctx, meeting_id),
    "log": lambda ctx, meeting_id, viewer: log.log(ctx, meeting_id),
    "seats": lambda ctx, meeting_id, viewer: rounds.room(ctx, meeting_id, rounds.shortened),
    "passed": lambda ctx, meeting_id, viewer: passed.section(ctx, meeting_id),
    "slips": lambda ctx, meeting_id, viewer: referrals.slips(ctx, viewer.person_id),
    "me": lambda ctx, meeting_id, viewer: rounds.me(ctx, meeting_id, viewer.person_id, private=viewer.secure),
    "exchanges": lambda ctx, meeting_id, viewer: exchanges.section(
        ctx, meeting_id, viewer.person_id, private=viewer.secure
    ),
}


def build(ctx: Context, meeting_id: MeetingId, names: Iterable[str], viewer: Viewer) -> Json:
    """The named sections as they are now."""
    return {name: BUILDERS[name](ctx, meeting_id, viewer) for name in names}


def own(ctx: Context, viewer: Viewer) -> Json:
    """What belongs to a person in whatever meeting: the snapshot of a screen that watches none."""
    return {"slips": referrals.slips(ctx, viewer.person_id)}


def of_audiences(audiences: Iterable[Audience]) -> tuple[str, ...]:
    """The sections that somebody in these audiences sees, each once, in a fixed order."""
    wanted = {section for audience in audiences for section in SECTIONS[audience]}
    return tuple(name for name in BUILDERS if name in wanted)


def some_attendances(ctx: Context, meeting_id: MeetingId, uids: Collection[Uid]) -> Json:
    """Entries of the room and of the door for these attendances; null takes away a line that is no more."""
    return dict(attendance.some(ctx, meeting_id, uids))
