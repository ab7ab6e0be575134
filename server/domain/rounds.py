"""The rounds of one meeting among each other: which one counts now, which may start, who really sat there.

The clock of a single round is `round_clock`; here are the rules that need to see all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from server.domain.errors import Conflict, NotFound, WrongPhase
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import RoundPhase

ADJUST_MOST_SECONDS = 600
GOING_ON = frozenset({RoundPhase.RUNNING, RoundPhase.PAUSED})


def current(phases: Sequence[tuple[int, RoundPhase]]) -> int | None:
    """The number of the round the room looks at, None without rounds.

    The one that runs or is paused, else the next planned, else the last ended. `phases` are in the order of
    their numbers. A void round never counts.
    """
    for number, phase in phases:
        if phase in GOING_ON:
            return number
    for number, phase in phases:
        if phase is RoundPhase.PLANNED:
            return number
    ended = [number for number, phase in phases if phase is RoundPhase.ENDED]
    return ended[-1] if ended else None


def following(phases: Sequence[tuple[int, RoundPhase]]) -> int | None:
    """The number of the planned round that comes after the current one, if there is one."""
    now = current(phases)
    return next((n for n, phase in phases if phase is RoundPhase.PLANNED and n != now), None)


def check_may_start(number: int, phases: Sequence[tuple[int, RoundPhase]]) -> None:
    """Whether a planned round may start: one at a time, in their order.

    Raises `WrongPhase("other_round_runs")` or `WrongPhase("round_not_next")`, both with `number`.
    """
    for other, phase in phases:
        if other != number and phase in GOING_ON:
            raise WrongPhase("other_round_runs", number=other)
    first = next((n for n, phase in phases if phase is RoundPhase.PLANNED), number)
    if first < number:
        raise WrongPhase("round_not_next", number=first)


def check_may_return(number: int, phase: RoundPhase, phases: Sequence[tuple[int, RoundPhase]]) -> None:
    """Whether a round may be in an earlier phase again, as if the last press on it had not been.

    Raises `Conflict("undo_in_the_way")` when another round has begun that would have had to wait.
    """
    others = [(other, its) for other, its in phases if other != number]
    two_at_once = phase in GOING_ON and any(its in GOING_ON for _, its in others)
    begun = {*GOING_ON, RoundPhase.ENDED}
    out_of_turn = phase in {*GOING_ON, RoundPhase.PLANNED} and any(n > number and its in begun for n, its in others)
    if two_at_once or out_of_turn:
        raise Conflict("undo_in_the_way")


def check_known(number: int, phases: Sequence[tuple[int, RoundPhase]]) -> None:
    """Raises `NotFound("round_unknown")` for a number that nobody planned."""
    if number not in dict(phases):
        raise NotFound("round_unknown", number=number)


def forecast_end(clocks: Iterable[RoundClock], now: datetime) -> datetime:
    """When the last round will be over if each that has not ended takes its time from now, without a gap."""
    return now + sum((clock.left(now) for clock in clocks), timedelta())


def missed(entered_at: datetime | None, left_at: datetime | None, *, began_at: datetime, over_at: datetime) -> bool:
    """Whether somebody with a seat was not in the room at any moment of the round."""
    if entered_at is None or entered_at > over_at:
        return True
    return left_at is not None and left_at <= began_at
