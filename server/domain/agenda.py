"""The agenda as it goes: which item is on, how far the morning is off its plan, and where minutes can come from.

Nobody ticks: an item that is on has a beginning, one that is done has an end as well, and everything else follows
from those and the time, which is handed in. Minutes are whole; drift is time, later is positive. The items that wait
stand behind those that had their turn. What nobody timed has passed, which is no blame.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain import speaking
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD

ROUNDS, TALKS, BREAK = "rounds", "introductions", "break"
"""Kinds of items that the program itself begins or ends."""
SCRIPT_MOST = 600
LATE_LEAST = 2
"""So many minutes late, and no sooner, a cut is offered."""
GIVES: Mapping[str, int] = {
    "break": 50,
    "open_networking": 50,
    "education": 60,
    "announcements": 60,
    "introductions": 0,
    "other": 75,
    "referrals": 70,
}
"""Kinds that may shrink, the first to give first, and to how much of the plan in percent; presentations only as far
as everybody in the room still has a turn. Rounds, the welcome and the guest who speaks give nothing."""
BREAK_LEAST = 5
PAUSE_MINUTES = (1, 60)

_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


class ItemState(StrEnum):
    """Where one item stands."""

    WAITING = "waiting"
    ON = "on"
    DONE = "done"
    PASSED = "passed"
    """Its turn is over and nobody timed it."""
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Line:
    """One item: its kind, the minutes the organiser planned, those taken from it today, and when it was on."""

    kind: str
    minutes: int
    cut: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    skipped: bool = False

    @property
    def today(self) -> int:
        """The minutes it has today."""
        return max(1, self.minutes - self.cut)

    @property
    def state(self) -> ItemState:
        """Where it stands."""
        if self.skipped:
            return ItemState.SKIPPED
        if self.began_at is None:
            return ItemState.WAITING if self.ended_at is None else ItemState.PASSED
        return ItemState.ON if self.ended_at is None else ItemState.DONE

    @property
    def due_at(self) -> datetime | None:
        """When it should be over, once it began."""
        return None if self.began_at is None else self.began_at + self.today * _MINUTE

    def fresh(self) -> "Line":
        """As if it had never had its turn; what was cut stays cut."""
        return replace(self, began_at=None, ended_at=None, skipped=False)

    def over(self, now: datetime) -> "Line":
        """Its turn ends: done when it was on, passed when it waited; otherwise as it is."""
        return replace(self, ended_at=now) if self.state in (ItemState.ON, ItemState.WAITING) else self


@dataclass(frozen=True)
class Course:
    """The whole agenda on its way."""

    starts_at: datetime
    lines: tuple[Line, ...]

    @property
    def on(self) -> int | None:
        """The place of the item that is on."""
        return next((at for at, line in enumerate(self.lines) if line.state is ItemState.ON), None)

    @property
    def begun(self) -> bool:
        """Whether somebody has moved it yet."""
        return any(line.state is not ItemState.WAITING for line in self.lines)

    @property
    def to_come(self) -> tuple[int, ...]:
        """The places of the items that wait for their turn, in their order."""
        had = [at for at, line in enumerate(self.lines) if line.state is not ItemState.WAITING]
        front = self.on if self.on is not None else max(had, default=-1)
        return tuple(at for at, line in enumerate(self.lines) if at > front and line.state is ItemState.WAITING)

    @property
    def next(self) -> int | None:
        """The place of the item that comes."""
        return next(iter(self.to_come), None)

    @property
    def is_over(self) -> bool:
        """Whether every item has had its turn."""
        return self.begun and self.on is None and not self.to_come

    def begin(self, at: int, now: datetime) -> "Course":
        """The item at this place is on from now; what was on is done, what lay before has passed, the rest waits.

        An item that was on before goes on: its time counts on from its first beginning.
        """
        before = tuple(line.over(now) for line in self.lines[:at])
        this = self.lines[at]
        this = replace(this, began_at=this.began_at or now, ended_at=None, skipped=False)
        after = self.lines[at + 1 :]
        # Going forward leaves alone what is left out further on; going back gives everything its turn again.
        if any(line.state not in (ItemState.WAITING, ItemState.SKIPPED) for line in after):
            after = tuple(line.fresh() for line in after)
        return replace(self, lines=(*before, this, *after))

    def forward(self, now: datetime) -> "Course":
        """The next item begins; after the last one the agenda is over. Raises `WrongPhase("agenda_is_over")`."""
        if self.next is not None:
            return self.begin(self.next, now)
        if self.on is None:
            raise WrongPhase("agenda_is_over")
        return self.end(now)

    def back(self) -> "Course":
        """The item that was on before is on again, as if it had never ended. Raises `WrongPhase("agenda_at_start")`."""
        front = len(self.lines) if self.on is None else self.on
        had = [at for at, line in enumerate(self.lines) if at < front and line.state is ItemState.DONE]
        if not had:
            if self.on is None:
                raise WrongPhase("agenda_at_start")
            return replace(self, lines=tuple(line.fresh() for line in self.lines))
        at = had[-1]
        this = replace(self.lines[at], ended_at=None)
        return replace(self, lines=(*self.lines[:at], this, *(line.fresh() for line in self.lines[at + 1 :])))

    def skip(self) -> "Course":
        """The next item is left out today. Raises `WrongPhase("agenda_nothing_next")`."""
        if self.next is None:
            raise WrongPhase("agenda_nothing_next")
        return self._with(self.next, replace(self.lines[self.next], skipped=True))

    def end(self, now: datetime) -> "Course":
        """What is on is done. Raises `WrongPhase("agenda_nothing_on")`."""
        if self.on is None:
            raise WrongPhase("agenda_nothing_on")
        return self._with(self.on, self.lines[self.on].over(now))

    def first(self, kind: str) -> int | None:
        """The place of the item of a kind that is on or comes first."""
        if self.on is not None and self.lines[self.on].kind == kind:
            return self.on
        return next((at for at in self.to_come if self.lines[at].kind == kind), None)

    def shorten(self, parts: Iterable["Part"]) -> "Course":
        """The course with a cut made. Raises `Conflict("cut_moved_on")` when an item is not what the cut saw."""
        course = self
        for part in parts:
            line = course.lines[part.at]
            if line.today != part.before or part.at not in course.to_come:
                raise Conflict("cut_moved_on")
            course = course._with(part.at, replace(line, cut=line.cut + part.before - part.after))
        return course

    @property
    def planned_end(self) -> datetime:
        """When the organiser wanted to be done."""
        return self.starts_at + sum(line.minutes for line in self.lines) * _MINUTE

    def free_at(self, now: datetime, *, rounds_left: timedelta | None = None) -> datetime:
        """When the next item can begin as things stand. `rounds_left`: what the rounds still need, if there are any."""
        if self.on is None:
            return max(now, self.starts_at) if not self.begun or self.to_come else self._last_end()
        line = self.lines[self.on]
        if line.kind == ROUNDS and rounds_left is not None:
            return now + rounds_left
        assert line.due_at is not None, "it is on"
        return max(now, line.due_at)

    def ends_at(self, now: datetime, *, rounds_left: timedelta | None = None) -> datetime:
        """When everything will be over if each item to come keeps to its minutes."""
        return self.free_at(now, rounds_left=rounds_left) + self._to_come()

    def late(self, now: datetime, *, rounds_left: timedelta | None = None) -> timedelta:
        """How much later than planned the end will be; below nothing: earlier."""
        return self.ends_at(now, rounds_left=rounds_left) - self.planned_end

    @property
    def behind(self) -> timedelta | None:
        """The same at the last change, if what is on keeps to its minutes; None before the first item."""
        if not self.begun:
            return None
        due = self.lines[self.on].due_at if self.on is not None else self._last_end()
        assert due is not None, "something was on or has passed"
        return due + self._to_come() - self.planned_end

    def overrun(self, at: int, now: datetime, *, rounds_left: timedelta | None = None) -> timedelta:
        """How much longer an item took, or will take as things stand, than its minutes; below nothing: shorter."""
        line = self.lines[at]
        if line.began_at is None or line.due_at is None:
            return _NOTHING
        if line.ended_at is not None:
            return line.ended_at - line.due_at
        return max(_NOTHING, self.free_at(now, rounds_left=rounds_left) - line.due_at)

    def starts(self, now: datetime, *, rounds_left: timedelta | None = None) -> tuple[datetime, ...]:
        """When each item began, or will begin as things stand; of the others when it was planned."""
        planned, at = [], self.starts_at
        for line in self.lines:
            planned.append(line.began_at or at)
            at += line.minutes * _MINUTE
        if self.begun:
            free = self.free_at(now, rounds_left=rounds_left)
            for place in self.to_come:
                planned[place] = free
                free += self.lines[place].today * _MINUTE
        return tuple(planned)

    def _to_come(self) -> timedelta:
        return sum(self.lines[at].today for at in self.to_come) * _MINUTE

    def _last_end(self) -> datetime:
        return max((line.ended_at for line in self.lines if line.ended_at is not None), default=self.starts_at)

    def _with(self, at: int, line: Line) -> "Course":
        return replace(self, lines=(*self.lines[:at], line, *self.lines[at + 1 :]))


@dataclass(frozen=True)
class Part:
    """What one item gives: from so many minutes to so many. `seconds`: each presentation then has so many."""

    at: int
    before: int
    after: int
    seconds: int | None = None


@dataclass(frozen=True)
class Cut:
    """One proposal: what each item gives, and how late (whole minutes) the morning was."""

    late: int
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """What it brings in all."""
        return sum(part.before - part.after for part in self.parts)


def least(line: Line, here: int) -> int:
    """The fewest minutes that an item to come can do with, `here` people being in the room."""
    if line.kind not in GIVES:
        return line.today
    needed = math.ceil(line.minutes * GIVES[line.kind] / 100)
    if line.kind == TALKS:
        needed = speaking.minutes_needed(here)
    if line.kind == BREAK:
        needed = max(needed, BREAK_LEAST)
    return min(line.today, max(1, needed))


def propose(course: Course, late: timedelta, *, here: int, refused: int = 0) -> Cut | None:
    """Where the minutes may come from: from one item alone when one can give them all, otherwise from several.

    None under `LATE_LEAST` minutes, for a drift no greater than the one for which a cut was `refused` (minutes), and
    where nothing can give.
    """
    minutes = late // _MINUTE
    if minutes < LATE_LEAST or minutes <= refused:
        return None
    kinds = list(GIVES)
    spare = {at: course.lines[at].today - least(course.lines[at], here) for at in course.to_come}
    givers = sorted((at for at in spare if spare[at] > 0), key=lambda at: kinds.index(course.lines[at].kind))
    alone = next((at for at in givers if spare[at] >= minutes), None)
    parts, open_ = [], minutes
    for at in givers if alone is None else (alone,):
        given = min(open_, spare[at])
        if given:
            parts.append(_part(course.lines[at], at, given, here))
            open_ -= given
    return Cut(minutes, tuple(sorted(parts, key=lambda part: part.at))) if parts else None


def _part(line: Line, at: int, given: int, here: int) -> Part:
    after = line.today - given
    seconds = speaking.seconds_each(after, here) if line.kind == TALKS and here else None
    return Part(at, line.today, after, seconds)


def check_script(text: str) -> str:
    """What the facilitator says, tidied line by line; may be empty. Raises `script_too_long`."""
    said = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(said) > SCRIPT_MOST:
        raise RuleViolation("script_too_long", most=SCRIPT_MOST)
    return said


@dataclass(frozen=True)
class Pause:
    """A break for everybody: it is data, every screen counts down by itself. When it is over somebody begins again."""

    began_at: datetime
    ends_at: datetime
    label: str = ""

    @classmethod
    def start(cls, minutes: int, label: str, now: datetime) -> "Pause":
        """A break from a moment after now. Raises `pause_out_of_bounds` with `least` and `most`."""
        fewest, most = PAUSE_MINUTES
        if not fewest <= minutes <= most:
            raise RuleViolation("pause_out_of_bounds", least=fewest, most=most)
        return cls(now + LEAD, now + LEAD + minutes * _MINUTE, label)

    def left(self, now: datetime) -> timedelta:
        """Time left, never below nothing."""
        return max(_NOTHING, self.ends_at - max(now, self.began_at))

    def adjust(self, minutes: int, now: datetime) -> "Pause":
        """Longer or shorter; from now when it was over already, never below nothing left."""
        most = PAUSE_MINUTES[1]
        if not 0 < abs(minutes) <= most:
            raise RuleViolation("pause_out_of_bounds", least=1, most=most)
        left = min(most * _MINUTE, max(_NOTHING, self.left(now) + minutes * _MINUTE))
        return replace(self, ends_at=max(now, self.began_at) + left)
