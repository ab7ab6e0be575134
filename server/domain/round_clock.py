"""The clock of a round. Every rule about starting, pausing, changing and ending a round is in this file.

Nobody ticks: a clock is a value that says when the present stretch began and when it will be over. It does no
I/O and is told the time (aware, UTC). What a person starts takes effect `LEAD` later, so that every screen in
the room has heard of it by then.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.errors import Conflict, WrongPhase
from server.domain.vocabulary import RoundPhase

LEAD = timedelta(seconds=1)
STEP = timedelta(seconds=30)
"""What one press of "more time" or "less time" is worth."""

_NOTHING = timedelta(0)


class Command(StrEnum):
    """What a facilitator may press."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    ADJUST = "adjust"
    END = "end"
    VOID = "void"


TRANSITIONS: dict[tuple[RoundPhase, Command], RoundPhase] = {
    (RoundPhase.PLANNED, Command.START): RoundPhase.RUNNING,
    (RoundPhase.PLANNED, Command.VOID): RoundPhase.VOID,
    (RoundPhase.RUNNING, Command.PAUSE): RoundPhase.PAUSED,
    (RoundPhase.RUNNING, Command.ADJUST): RoundPhase.RUNNING,
    (RoundPhase.RUNNING, Command.END): RoundPhase.ENDED,
    (RoundPhase.RUNNING, Command.VOID): RoundPhase.VOID,
    (RoundPhase.PAUSED, Command.RESUME): RoundPhase.RUNNING,
    (RoundPhase.PAUSED, Command.ADJUST): RoundPhase.PAUSED,
    (RoundPhase.PAUSED, Command.END): RoundPhase.ENDED,
    (RoundPhase.PAUSED, Command.VOID): RoundPhase.VOID,
    (RoundPhase.ENDED, Command.VOID): RoundPhase.VOID,
}
"""The whole table; what is not in it is refused. An ended round may still be void: it then never counted."""


def commands_for(phase: RoundPhase) -> tuple[Command, ...]:
    """The commands that a round in this phase takes, in the order of `Command`."""
    return tuple(command for command in Command if (phase, command) in TRANSITIONS)


@dataclass(frozen=True)
class RoundClock:
    """The clock of one round.

    `length` is what was planned. `starts_at` is when the present stretch of running began or will begin (a
    start and every resume set it anew), `ends_at` when it will be, or was, over. `remaining` is set only
    while paused. `version` moves by one with every command. A screen shows `ends_at - max(now, starts_at)`.
    """

    phase: RoundPhase
    length: timedelta
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    remaining: timedelta | None = None
    version: int = 0

    def __post_init__(self) -> None:
        if self.phase is RoundPhase.RUNNING and (self.starts_at is None or self.ends_at is None):
            raise ValueError("a running round has a start and an end")
        if (self.phase is RoundPhase.PAUSED) != (self.remaining is not None):
            raise ValueError("a paused round, and no other, has time set aside")

    @classmethod
    def planned(cls, length: timedelta) -> "RoundClock":
        """A round that waits for its start."""
        return cls(phase=RoundPhase.PLANNED, length=length)

    def start(self, now: datetime) -> "RoundClock":
        """Everybody talks, from a moment after now."""
        return self._run(Command.START, self.length, now)

    def pause(self, now: datetime) -> "RoundClock":
        """The time left is set aside until somebody resumes."""
        return self._moved(Command.PAUSE, starts_at=self.starts_at, ends_at=None, remaining=self.left(now))

    def resume(self, now: datetime) -> "RoundClock":
        """The time set aside runs again, from a moment after now."""
        return self._run(Command.RESUME, self.left(now), now)

    def adjust(self, by: timedelta, now: datetime) -> "RoundClock":
        """Add time, or take it (negative `by`), never below nothing left; from now if time was up."""
        left = max(_NOTHING, self.left(now) + by)
        if self.phase is RoundPhase.RUNNING:
            ends_at = self._anchor(now) + left
            return self._moved(Command.ADJUST, starts_at=self.starts_at, ends_at=ends_at, remaining=None)
        return self._moved(Command.ADJUST, starts_at=self.starts_at, ends_at=None, remaining=left)

    def end(self, now: datetime) -> "RoundClock":
        """The round is over: now, or when its time ran out if that was earlier."""
        return self._close(Command.END, now)

    def void(self, now: datetime) -> "RoundClock":
        """The round does not count. One that never started has no end."""
        return self._close(Command.VOID, now)

    def left(self, now: datetime) -> timedelta:
        """Time left, never negative: all of it before the start, none after the end."""
        if self.phase is RoundPhase.PLANNED:
            return self.length
        if self.remaining is not None:
            return self.remaining
        if self.phase is RoundPhase.RUNNING and self.ends_at is not None:
            return max(_NOTHING, self.ends_at - self._anchor(now))
        return _NOTHING

    def is_over(self, now: datetime) -> bool:
        """Whether nobody talks any more: ended, void, or the running time is up."""
        if self.phase in (RoundPhase.ENDED, RoundPhase.VOID):
            return True
        return self.phase is RoundPhase.RUNNING and self.left(now) == _NOTHING

    def check_version(self, seen: int) -> None:
        """Raise `Conflict("round_moved_on")` when the presser's screen shows an older clock."""
        if seen != self.version:
            raise Conflict("round_moved_on", seen=seen, version=self.version, phase=self.phase.value)

    def _anchor(self, now: datetime) -> datetime:
        return now if self.starts_at is None else max(now, self.starts_at)

    def _run(self, command: Command, for_: timedelta, now: datetime) -> "RoundClock":
        starts_at = now + LEAD
        return self._moved(command, starts_at=starts_at, ends_at=starts_at + for_, remaining=None)

    def _close(self, command: Command, now: datetime) -> "RoundClock":
        ends_at = self.ends_at
        if self.starts_at is not None:
            cut = now if ends_at is None else min(now, ends_at)
            # Ended within the lead: the stretch is empty, not negative.
            ends_at = max(cut, self.starts_at)
        return self._moved(command, starts_at=self.starts_at, ends_at=ends_at, remaining=None)

    def _moved(
        self,
        command: Command,
        *,
        starts_at: datetime | None,
        ends_at: datetime | None,
        remaining: timedelta | None,
    ) -> "RoundClock":
        phase = TRANSITIONS.get((self.phase, command))
        if phase is None:
            raise WrongPhase("round_wrong_phase", phase=self.phase.value, command=command.value)
        return replace(
            self,
            phase=phase,
            starts_at=starts_at,
            ends_at=ends_at,
            remaining=remaining,
            version=self.version + 1,
        )
