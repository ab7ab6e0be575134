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
class RoomEmptied(Event):
    """Everybody who was still in the room was checked out at once; each phone learns it of its own person."""

    heard_by = _ROOM


@dataclass(frozen=True)
class PhoneJoined(Event):
    """A phone became somebody's; the door sees it and can undo it."""

    heard_by = (Audience.DESK, Audience.FACILITATORS)
    attendance_uid: Uid


@dataclass(frozen=True)
class ConflictMoved(Event):
    """Two desks let one badge in, or somebody of the door settled it."""

    heard_by = (Audience.DESK,)


@dataclass(frozen=True)
class SeatingPlanned(Event):
    """Rounds got new seats: every phone learns its own table, displays and facilitators the whole room."""

    heard_by = (Audience.EVERYONE, Audience.FACILITATORS, Audience.DISPLAYS)


@dataclass(frozen=True)
class SeatsMoved(Event):
    """Somebody changed seats by hand: facilitators and displays hear it, and those at the tables it is about."""

    heard_by = (Audience.FACILITATORS, Audience.DISPLAYS)
    people: tuple[PersonId, ...]


@dataclass(frozen=True)
class PinsChanged(Event):
    """A seat was kept or let go, two people are to meet or not to, a table is out of use or back; or what the
    seats to come are worth has been worked out anew.
    """

    heard_by = (Audience.FACILITATORS,)


@dataclass(frozen=True)
class PlanRunMoved(Event):
    """A planning run began, came further or ended."""

    heard_by = (Audience.FACILITATORS,)


@dataclass(frozen=True)
class RoundMoved(Event):
    """The running round started, paused, went on, changed its length, ended or was void."""

    heard_by = (Audience.EVERYONE, Audience.FACILITATORS, Audience.DISPLAYS)
    number: int
    seats_change: bool
    """True when phones must learn another table (a start or an end), False for the clock alone."""


@dataclass(frozen=True)
class DeadlinePassed(Event):
    """The time of a round was up; told once, whichever process saw it first. At the bell every screen checks itself."""

    heard_by = (Audience.EVERYONE,)
    number: int


@dataclass(frozen=True)
class TimeLost(Event):
    """Nobody kept the clock for a while, or the computer's clock jumped; or a facilitator said what becomes of it."""

    heard_by = (Audience.FACILITATORS,)


@dataclass(frozen=True)
class ActionNoted(Event):
    """Something was done that stands in the log, or was taken back."""

    heard_by = (Audience.FACILITATORS,)


@dataclass(frozen=True)
class SoundChanged(Event):
    """The facilitator set the bells or tried them out: every display and phone rings as it says."""

    heard_by = (Audience.EVERYONE,)


@dataclass(frozen=True)
class LoudspeakerMoved(Event):
    """A display said whether it can be heard; the facilitator learns whether the room has a bell at all."""

    heard_by = (Audience.FACILITATORS,)
    gone: tuple[str, ...]
    """Displays that were forgotten at the same time."""


@dataclass(frozen=True)
class StageMoved(Event):
    """Another item of the agenda is on, minutes were taken from what comes, a break began, changed or ended."""

    heard_by = (Audience.EVERYONE,)


@dataclass(frozen=True)
class TalkMoved(Event):
    """A rota of presentations began, came further, changed its order or was put away."""

    heard_by = (Audience.EVERYONE,)


@dataclass(frozen=True)
class ExchangeMoved(Event):
    """A request for contacts was made or answered, or a card changed; only those who hold it hear of it."""

    people: tuple[PersonId, ...]
    gone: tuple[Uid, ...] = ()
    """Exchanges that are no more, because the other one was erased."""


@dataclass(frozen=True)
class PromiseChanged(Event):
    """Somebody wrote down or dropped a promise to another attendee; only their own screens hear of it."""

    person_id: PersonId


@dataclass(frozen=True)
class ReferralMoved(Event):
    """A slip was written, given, moved or thrown away; giver and receiver hear it wherever they are, displays count."""

    heard_by = (Audience.DISPLAYS,)
    people: tuple[PersonId, ...]
    slip_uid: Uid


@dataclass(frozen=True)
class ThanksMoved(Event):
    """Thanks for business were written, answered or taken back; the two people hear it wherever they are, displays
    count them, without sums.
    """

    heard_by = (Audience.DISPLAYS,)
    people: tuple[PersonId, ...]
    thanks_uid: Uid


@dataclass(frozen=True)
class ActivityMoved(Event):
    """Something done was written down, confirmed or taken away; whoever did it and whoever it is about hear it."""

    heard_by = ()
    people: tuple[PersonId, ...]
