"""What happened, for those who hear it. Frozen, past tense, published after the commit and never on rollback.

`heard_by` names the audiences whose counter moves with the event; `server.sockets.broadcasts` says which part of
their screens is sent again. A test holds the two against each other.
"""

from dataclasses import dataclass
from typing import ClassVar

from server.domain.vocabulary import Audience, MeetingId, PersonId, Uid

_ALL = (Audience.EVERYONE, Audience.DESK, Audience.FACILITATORS, Audience.DISPLAYS)
_ROOM = (Audience.DESK, Audience.FACILITATORS, Audience.DISPLAYS)


@dataclass(frozen=True)
class Event:
    """Something that happened in one meeting (0: outside any meeting)."""

    heard_by: ClassVar[tuple[Audience, ...]] = ()
    meeting_id: MeetingId


@dataclass(frozen=True)
class MeetingChanged(Event):
    """Name, place, agenda, status or the message on all screens changed; doors opened or closed."""

    heard_by = _ALL


@dataclass(frozen=True)
class AttendanceChanged(Event):
    """Somebody was expected, came in, was undone, apologised or left. The desk and the projector's count hear it."""

    heard_by = _ROOM
    attendance_uid: Uid


@dataclass(frozen=True)
class ListChanged(Event):
    """Many lines of the list changed at once, as an import does: the door's list is sent whole."""

    heard_by = _ROOM


@dataclass(frozen=True)
class PhoneJoined(Event):
    """A phone became somebody's; the door sees it and can undo it."""

    heard_by = (Audience.DESK, Audience.FACILITATORS)
    attendance_uid: Uid


@dataclass(frozen=True)
class SeatingPlanned(Event):
    """Rounds got new seats: every phone learns its own table, displays and facilitators the whole room."""

    heard_by = (Audience.EVERYONE, Audience.FACILITATORS, Audience.DISPLAYS)


@dataclass(frozen=True)
class RoundMoved(Event):
    """The running round started, paused, went on, changed its length, ended or was void."""

    heard_by = (Audience.EVERYONE, Audience.FACILITATORS, Audience.DISPLAYS)
    number: int
    seats_change: bool
    """True when phones must learn another table (a start or an end), False for the clock alone."""


@dataclass(frozen=True)
class ExchangeMoved(Event):
    """A request for contacts was made or answered, or a card changed; only those who hold it hear of it."""

    people: tuple[PersonId, ...]


@dataclass(frozen=True)
class PromiseChanged(Event):
    """Somebody wrote down or dropped a promise to another attendee; only their own screens hear of it."""

    person_id: PersonId


@dataclass(frozen=True)
class ReferralMoved(Event):
    """A slip was written, given, moved or thrown away; giver and receiver hear it wherever they are."""

    people: tuple[PersonId, ...]
    slip_uid: Uid
