"""The speaking rota: who presents themselves when, how long each has, and what becomes of the time.

A rota is an order of people and the clock of the one who speaks, the same clock that a round has. Nobody ticks and
nobody is cut off: time that is up is counted, and so is time that was not needed. The rota is told the time and who
is in the room. `TRANSITIONS` is the whole table of what may be pressed when.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD, RoundClock
from server.domain.vocabulary import RoundPhase

SECONDS = (10, 600)
"""The least and the most that one presentation may have."""
LEAST_WORTH = 20
"""Seconds under which a presentation is not worth standing up for; no cut goes below."""
GRAIN = 5
"""Seconds to which the time of each is rounded down."""
CHANGEOVER = timedelta(seconds=5)
"""From one voice to the next."""
ADJUST_MOST_SECONDS = 120
GRACE, MINUTE = timedelta(seconds=15), timedelta(minutes=1)
"""So much later than it should the last one may be done before less for each is offered."""

_NOTHING = timedelta(0)
_SECOND = timedelta(seconds=1)


class TalkPhase(StrEnum):
    """Where the rota stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class TalkCommand(StrEnum):
    """What a facilitator may press."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    ADJUST = "adjust"
    NEXT = "next"
    SKIP = "skip"
    BACK = "back"
    PACE = "pace"
    ARRANGE = "arrange"


_R, _G, _P, _D = TalkPhase.READY, TalkPhase.RUNNING, TalkPhase.PAUSED, TalkPhase.DONE
TRANSITIONS: dict[tuple[TalkPhase, TalkCommand], TalkPhase] = {
    (_R, TalkCommand.START): _G,
    (_R, TalkCommand.SKIP): _R,
    (_R, TalkCommand.BACK): _R,
    (_R, TalkCommand.PACE): _R,
    (_R, TalkCommand.ARRANGE): _R,
    (_G, TalkCommand.PAUSE): _P,
    (_G, TalkCommand.ADJUST): _G,
    (_G, TalkCommand.NEXT): _G,
    (_G, TalkCommand.SKIP): _G,
    (_G, TalkCommand.BACK): _R,
    (_G, TalkCommand.PACE): _G,
    (_G, TalkCommand.ARRANGE): _G,
    (_P, TalkCommand.RESUME): _G,
    (_P, TalkCommand.ADJUST): _P,
    (_P, TalkCommand.NEXT): _G,
    (_P, TalkCommand.SKIP): _G,
    (_P, TalkCommand.BACK): _R,
    (_P, TalkCommand.PACE): _P,
    (_P, TalkCommand.ARRANGE): _P,
    (_D, TalkCommand.BACK): _R,
    (_D, TalkCommand.ARRANGE): _D,
}
"""What is not in it is refused. Where nobody is left, next and skip end in `DONE` instead."""

_PHASES = {
    RoundPhase.PLANNED: TalkPhase.READY,
    RoundPhase.RUNNING: TalkPhase.RUNNING,
    RoundPhase.PAUSED: TalkPhase.PAUSED,
}


class TurnState(StrEnum):
    """What became of somebody's turn."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    SPOKE = "spoke"
    SKIPPED = "skipped"
    AWAY = "away"
    """Not in the room; waits again on coming back."""


@dataclass(frozen=True)
class Turn:
    """One person's turn. `number`: the how-manieth to have spoken; `over`: time over (or, negative, under) theirs."""

    who: int
    state: TurnState = TurnState.WAITING
    number: int | None = None
    over: timedelta = _NOTHING

    def waits(self) -> "Turn":
        """As if nothing had happened yet."""
        return Turn(self.who)


@dataclass(frozen=True)
class Speaker:
    """Somebody in the room. `sort`: their place in the circle that everybody stands in, the same every week."""

    who: int
    sort: tuple[str, int]
    person: int
    visitor: bool = False
    brought_by: int | None = None
    """The person who invited them."""


def seconds_each(minutes: int, people: int) -> int:
    """What each of `people` has of these minutes, the changeover taken off, in whole steps of five seconds."""
    least, most = SECONDS
    if people <= 0:
        return most
    each = (minutes * 60 - people * CHANGEOVER.seconds) // people
    return max(least, min(most, each // GRAIN * GRAIN))


def minutes_needed(people: int) -> int:
    """The fewest minutes in which everybody says something that is worth it."""
    return math.ceil(people * (LEAST_WORTH + CHANGEOVER.seconds) / 60)


def fair_order(people: Iterable[Speaker], *, after: tuple[str, int] | None) -> tuple[int, ...]:
    """Who speaks when: members in their circle, beginning behind whoever began last time (`after`).

    Visitors follow whoever invited them, who introduces them; those whose host is not here come last.
    """
    everybody = sorted(people, key=lambda each: each.sort)
    members = [each for each in everybody if not each.visitor]
    begins = next((at for at, each in enumerate(members) if after is not None and each.sort > after), 0)
    hosts = {each.person for each in members}
    order: list[int] = []
    for host in members[begins:] + members[:begins]:
        order.append(host.who)
        order += [each.who for each in everybody if each.visitor and each.brought_by == host.person]
    return (*order, *(each.who for each in everybody if each.visitor and each.brought_by not in hosts))


@dataclass(frozen=True)
class Rota:
    """The order, the clock of whoever speaks, and what each to come has (`each`).

    `granted` is what was added to (or taken from) the present turn; `version` moves with every press.
    """

    turns: tuple[Turn, ...]
    each: timedelta
    clock: RoundClock
    granted: timedelta = _NOTHING
    version: int = 0

    @classmethod
    def ready(cls, order: Iterable[int], seconds: int) -> "Rota":
        """A rota before its first word. Raises `talk_nobody_here` and what `pace` raises."""
        turns = tuple(Turn(who) for who in order)
        if not turns:
            raise RuleViolation("talk_nobody_here")
        each = _length(seconds)
        return cls((replace(turns[0], state=TurnState.SPEAKING), *turns[1:]), each, RoundClock.planned(each))

    @property
    def phase(self) -> TalkPhase:
        """Where it stands."""
        return TalkPhase.DONE if self.at is None else _PHASES[self.clock.phase]

    @property
    def at(self) -> Turn | None:
        """Whose turn it is."""
        return next((turn for turn in self.turns if turn.state is TurnState.SPEAKING), None)

    @property
    def waiting(self) -> tuple[Turn, ...]:
        """Who is to come, in their order."""
        return tuple(turn for turn in self.turns if turn.state is TurnState.WAITING)

    @property
    def spoke(self) -> tuple[Turn, ...]:
        """Who has spoken, in the order in which they did."""
        return tuple(
            sorted((turn for turn in self.turns if turn.number is not None), key=lambda turn: turn.number or 0)
        )

    @property
    def of(self) -> int:
        """How many speak in all, as things stand."""
        return len(self.spoke) + len(self.waiting) + (self.at is not None)

    @property
    def number(self) -> int:
        """The how-manieth is on."""
        return len(self.spoke) + (self.at is not None)

    @property
    def over(self) -> timedelta:
        """Time over, or, negative, under, of those who have spoken."""
        return sum((turn.over for turn in self.spoke), _NOTHING)

    def check_version(self, seen: int) -> None:
        """Raise `Conflict("talk_moved_on")` when the presser's screen shows an older rota."""
        if seen != self.version:
            raise Conflict("talk_moved_on", seen=seen, version=self.version)

    def start(self, now: datetime) -> "Rota":
        """The first word, a moment after now."""
        self._check(TalkCommand.START)
        return self._moved(clock=self.clock.start(now))

    def pause(self, now: datetime) -> "Rota":
        """The time left is set aside."""
        self._check(TalkCommand.PAUSE)
        # Time over is gone: it stays on the speaker's account, not on the clock.
        return self._moved(clock=self.clock.pause(now), granted=self.granted - min(_NOTHING, self._balance(now)))

    def resume(self, now: datetime) -> "Rota":
        """The time set aside runs again."""
        self._check(TalkCommand.RESUME)
        return self._moved(clock=self.clock.resume(now))

    def adjust(self, by: timedelta, now: datetime) -> "Rota":
        """A little more or less for whoever speaks. Raises `talk_adjust_out_of_range`."""
        self._check(TalkCommand.ADJUST)
        if not _NOTHING < abs(by) <= ADJUST_MOST_SECONDS * _SECOND:
            raise RuleViolation("talk_adjust_out_of_range", most=ADJUST_MOST_SECONDS)
        changed = replace(self, clock=self.clock.adjust(by, now))
        return changed._moved(granted=self.granted + changed._balance(now) - self._balance(now))

    def next(self, now: datetime) -> "Rota":
        """Whoever spoke is done, and the next one begins after the changeover."""
        self._check(TalkCommand.NEXT)
        assert self.at is not None, "somebody speaks"
        spoken = Turn(self.at.who, TurnState.SPOKE, len(self.spoke) + 1, self.granted - self._balance(now))
        return self._with(spoken)._follow(now)

    def skip(self, now: datetime) -> "Rota":
        """Whoever's turn it is does not speak; the next one is ready, or begins when the clock was running."""
        self._check(TalkCommand.SKIP)
        assert self.at is not None, "it is somebody's turn"
        begins = now if self.phase is not TalkPhase.READY else None
        return self._with(Turn(self.at.who, TurnState.SKIPPED))._follow(begins)

    def back(self) -> "Rota":
        """Whoever spoke last has their whole turn again. Raises `WrongPhase("talk_at_start")`."""
        self._check(TalkCommand.BACK)
        if not self.spoke:
            raise WrongPhase("talk_at_start")
        rota = self if self.at is None else self._with(self.at.waits())
        last = Turn(self.spoke[-1].who, TurnState.SPEAKING)
        return rota._with(last)._moved(clock=RoundClock.planned(self.each), granted=_NOTHING)

    def pace(self, seconds: int) -> "Rota":
        """Those to come have so many seconds each; so has whoever is ready. Raises `talk_seconds_out_of_bounds`."""
        self._check(TalkCommand.PACE)
        each = _length(seconds)
        clock = RoundClock.planned(each) if self.phase is TalkPhase.READY else self.clock
        return self._moved(each=each, clock=clock)

    def move(self, who: int, *, before: int | None) -> "Rota":
        """Somebody who waits speaks before somebody else who waits (None: last). Raises `talk_turn_over`."""
        self._check(TalkCommand.ARRANGE)
        waiting = {turn.who for turn in self.waiting}
        for each in (who,) if before is None else (who, before):
            if each not in waiting:
                self._turn(each)
                raise WrongPhase("talk_turn_over")
        if who == before:
            return self
        rest = [turn for turn in self.turns if turn.who != who]
        place = len(rest) if before is None else next(n for n, turn in enumerate(rest) if turn.who == before)
        return self._moved(turns=(*rest[:place], Turn(who), *rest[place:]))

    def leave_out(self, who: int) -> "Rota":
        """Somebody who waits does not speak today. Raises `talk_turn_over`."""
        self._check(TalkCommand.ARRANGE)
        if self._turn(who).state is not TurnState.WAITING:
            raise WrongPhase("talk_turn_over")
        return self._with(Turn(who, TurnState.SKIPPED))._moved()

    def put_back(self, who: int) -> "Rota":
        """Somebody who was left out speaks after all, last of all; at once ready when everybody else is done.

        Raises `WrongPhase("talk_turn_over")`.
        """
        self._check(TalkCommand.ARRANGE)
        if self._turn(who).state not in (TurnState.SKIPPED, TurnState.AWAY):
            raise WrongPhase("talk_turn_over")
        rest = tuple(turn for turn in self.turns if turn.who != who)
        return replace(self, turns=(*rest, Turn(who)))._filled()._moved()

    def come(self, who: int, *, host: int | None = None) -> "Rota":
        """Somebody came in: a new turn behind their waiting `host`, else the last; or their old one again.

        No press of anybody, so the version stays.
        """
        known = next((turn for turn in self.turns if turn.who == who), None)
        if known is not None:
            return self._with(known.waits())._filled() if known.state is TurnState.AWAY else self
        at = next((n for n, turn in enumerate(self.turns, start=1) if turn.who == host), None)
        place = at if at is not None and self._turn(host or 0).number is None else len(self.turns)
        return replace(self, turns=(*self.turns[:place], Turn(who), *self.turns[place:]))._filled()

    def go(self, who: int) -> "Rota":
        """Somebody left the room: their turn is passed over. Whoever speaks is left to the facilitator."""
        known = next((turn for turn in self.turns if turn.who == who), None)
        if known is None or known.state is not TurnState.WAITING:
            return self
        return self._with(Turn(who, TurnState.AWAY))

    def fitting(self, now: datetime, due_at: datetime) -> int | None:
        """Seconds each with which those to come would be done by `due_at`; None when nobody is to come."""
        to_come = len(self.waiting) + (self.phase is TalkPhase.READY)
        if not to_come:
            return None
        least, _ = SECONDS
        starts = now + (self._rest(now) if self.phase is not TalkPhase.READY else _NOTHING)
        each = (due_at - starts - to_come * CHANGEOVER) // (to_come * _SECOND)
        return int(max(least, min(self.each // _SECOND, each // GRAIN * GRAIN)))

    def offered(self, now: datetime, due_at: datetime) -> int | None:
        """The fitting seconds, where it is worth asking: less than now, and the end is noticeably late."""
        fitting, late = self.fitting(now, due_at), self.ends_at(now) - due_at
        # Before a word is spoken every second counts against the end, and nobody has done anything wrong.
        grace = MINUTE if self.phase is TalkPhase.READY else GRACE
        return fitting if fitting is not None and late > grace and fitting * _SECOND < self.each else None

    def ends_at(self, now: datetime) -> datetime:
        """When the last one will be done as things stand."""
        if self.phase is TalkPhase.READY:
            return now + (1 + len(self.waiting)) * (self.each + CHANGEOVER)
        return now + self._rest(now) + len(self.waiting) * (self.each + CHANGEOVER)

    def _rest(self, now: datetime) -> timedelta:
        return self.clock.left(now) if self.at is not None else _NOTHING

    def _balance(self, now: datetime) -> timedelta:
        """What is left of the present turn; below nothing once its time is up."""
        if self.clock.phase is RoundPhase.RUNNING and self.clock.ends_at is not None:
            return min(self.clock.ends_at - now, self.clock.left(now))
        return self.clock.left(now)

    def _follow(self, begins: datetime | None) -> "Rota":
        """The next one who waits: ready, or (with the time) beginning after the changeover."""
        rota = replace(self, granted=_NOTHING, clock=RoundClock.planned(self.each))._filled()
        if begins is not None and rota.at is not None:
            rota = replace(rota, clock=rota.clock.start(begins + CHANGEOVER - LEAD))
        return rota._moved()

    def _filled(self) -> "Rota":
        """With somebody's turn, if anybody waits."""
        if self.at is not None or not self.waiting:
            return self
        first = self._with(replace(self.waiting[0], state=TurnState.SPEAKING))
        return replace(first, clock=RoundClock.planned(self.each), granted=_NOTHING)

    def _turn(self, who: int) -> Turn:
        found = next((turn for turn in self.turns if turn.who == who), None)
        if found is None:
            raise NotFound("talk_turn_unknown")
        return found

    def _with(self, turn: Turn) -> "Rota":
        return replace(self, turns=tuple(turn if each.who == turn.who else each for each in self.turns))

    def _check(self, command: TalkCommand) -> None:
        if (self.phase, command) not in TRANSITIONS:
            raise WrongPhase("talk_wrong_phase", phase=self.phase.value, command=command.value)

    def _moved(self, **changes: object) -> "Rota":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # fields of this class


def _length(seconds: int) -> timedelta:
    least, most = SECONDS
    if not least <= seconds <= most:
        raise RuleViolation("talk_seconds_out_of_bounds", least=least, most=most)
    return seconds * _SECOND
