"""The server's clock: a moment fixed once after the computer started, and the time that has run since.

The wall clock of a computer may be put right by an hour while people talk; the clock that counts since the start of
the computer may not. So the wall is believed when an anchor is made, and the other clock from then on. This module is
told both readings and says what follows from them; it reads neither.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.errors import Conflict, RuleViolation
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import RoundPhase

AWAY = timedelta(seconds=4)
"""Silence from here on is time lost: a server says every two seconds that it is there, and may be late once."""
STILL = timedelta(seconds=10)
"""The same for a server that was there all the time: a shorter silence is a computer that has much to do."""
JUMP = timedelta(seconds=2)
"""A step of the wall clock from here on is told; a smaller one is what time servers do all day."""
UNEVEN = timedelta(milliseconds=50)
"""The wall is taken over again, while no meeting is on, when it differs by more than this."""
HELD = timedelta(hours=18)
"""A meeting whose doors opened longer ago was forgotten, and does not keep the clock from being put right."""
NONE = timedelta(0)


class LossKind(StrEnum):
    """What happened to the time."""

    WAS_AWAY = "was_away"
    """The program was not there: stopped, killed, the computer off."""
    STOOD_STILL = "stood_still"
    """The program was there and did nothing: the computer slept."""
    CLOCK_JUMPED = "clock_jumped"
    """Somebody put the computer's clock right, or wrong; the rounds went on."""


class LossChoice(StrEnum):
    """What the facilitator answers."""

    AS_IT_STANDS = "as_it_stands"
    GIVE_BACK = "give_back"


@dataclass(frozen=True)
class Reading:
    """Both clocks of a computer at one moment. `boot` counts since its start, sleep included."""

    boot_id: str
    """Names this run of the computer; empty where it cannot be known."""
    boot: timedelta
    wall: datetime


@dataclass(frozen=True)
class Anchor:
    """It was `at` when the boot clock stood at `boot`. `ahead` is how far the wall was ahead when last looked at."""

    boot_id: str
    boot: timedelta
    at: datetime
    ahead: timedelta = NONE

    def time(self, boot: timedelta) -> datetime:
        """The server's time when the boot clock stands at `boot`."""
        return self.at + (boot - self.boot)

    def jumped(self, reading: Reading) -> timedelta:
        """By how much the wall clock was put forward since it was looked at (back: negative); nothing when little."""
        by = reading.wall - self.time(reading.boot) - self.ahead
        return by if abs(by) >= JUMP else NONE

    def seen(self, reading: Reading) -> "Anchor":
        """The same anchor, with the wall as it is now: what was told is not told again."""
        return replace(self, ahead=reading.wall - self.time(reading.boot))


def anchored(reading: Reading, truth: datetime, *, last_beat: datetime | None) -> Anchor:
    """A new anchor: the wall is believed, unless it lies before a moment that is known to have been.

    `truth` is the wall of the whole installation (the database server's, where there is one).
    """
    at = truth if last_beat is None else max(truth, last_beat)
    return Anchor(reading.boot_id, reading.boot, at, ahead=reading.wall - at)


def still_holds(anchor: Anchor, reading: Reading) -> bool:
    """Whether an anchor that was written down earlier is one of this run of the computer."""
    if anchor.boot > reading.boot:
        return False
    if anchor.boot_id or reading.boot_id:
        return anchor.boot_id == reading.boot_id
    # Nobody knows whether the computer was started again: both clocks telling the same time is proof enough.
    return abs(reading.wall - anchor.time(reading.boot) - anchor.ahead) < JUMP


def is_even(anchor: Anchor, reading: Reading, truth: datetime) -> bool:
    """Whether the anchor tells the time as everybody else does."""
    return abs(truth - anchor.time(reading.boot)) <= UNEVEN


def keeps_the_clock(opened_at: datetime | None, now: datetime) -> bool:
    """Whether an open meeting is one that people sit in: its clock is not touched."""
    return opened_at is None or now - opened_at < HELD


def lost_of(clock: RoundClock, gone_at: datetime, back_at: datetime) -> timedelta:
    """How much of a round's talking time passed while nobody kept the clock."""
    if clock.phase is not RoundPhase.RUNNING or clock.starts_at is None or clock.ends_at is None:
        return NONE
    return max(NONE, min(back_at, clock.ends_at) - max(gone_at, clock.starts_at))


def is_lost(kind: LossKind, gone_at: datetime, back_at: datetime) -> bool:
    """Whether a silence was long enough to be spoken of."""
    return back_at - gone_at >= (STILL if kind is LossKind.STOOD_STILL else AWAY)


def check_choice(choice: str, *, lost: timedelta, answered: bool) -> LossChoice:
    """What may be answered to a loss.

    Raises `RuleViolation("loss_choice_unknown")`, `Conflict("loss_answered")` when somebody was faster, and
    `RuleViolation("nothing_to_give_back")`.
    """
    if choice not in set(LossChoice):
        raise RuleViolation("loss_choice_unknown")
    if answered:
        raise Conflict("loss_answered")
    chosen = LossChoice(choice)
    if chosen is LossChoice.GIVE_BACK and lost <= NONE:
        raise RuleViolation("nothing_to_give_back")
    return chosen
