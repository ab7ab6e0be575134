"""Which round the room looks at, which may start, and who really sat there."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain import rounds
from server.domain.errors import Conflict, NotFound, WrongPhase
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import RoundPhase

PLANNED, RUNNING, PAUSED = RoundPhase.PLANNED, RoundPhase.RUNNING, RoundPhase.PAUSED
ENDED, VOID = RoundPhase.ENDED, RoundPhase.VOID
BEGAN = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
OVER = BEGAN + timedelta(minutes=5)


def _numbered(*phases: RoundPhase) -> list[tuple[int, RoundPhase]]:
    return list(enumerate(phases, start=1))


@pytest.mark.parametrize(
    ("phases", "now", "then"),
    [
        ((), None, None),
        ((PLANNED, PLANNED), 1, 2),
        ((RUNNING, PLANNED), 1, 2),
        ((ENDED, PAUSED, PLANNED), 2, 3),
        ((ENDED, PLANNED, PLANNED), 2, 3),
        ((ENDED, VOID, PLANNED), 3, None),
        ((ENDED, ENDED), 2, None),
        ((ENDED, VOID), 1, None),
        ((VOID,), None, None),
    ],
)
def test_the_room_looks_at_the_round_that_runs_or_comes_next(
    phases: tuple[RoundPhase, ...], now: int | None, then: int | None
) -> None:
    assert rounds.current(_numbered(*phases)) == now
    assert rounds.following(_numbered(*phases)) == then


def test_one_round_runs_at_a_time() -> None:
    with pytest.raises(WrongPhase) as refused:
        rounds.check_may_start(2, _numbered(PAUSED, PLANNED))
    assert (refused.value.code, refused.value.params) == ("other_round_runs", {"number": 1})


def test_rounds_start_in_their_order() -> None:
    rounds.check_may_start(2, _numbered(VOID, PLANNED, PLANNED))
    rounds.check_may_start(1, _numbered(RUNNING, ENDED))
    with pytest.raises(WrongPhase) as refused:
        rounds.check_may_start(3, _numbered(ENDED, PLANNED, PLANNED))
    assert (refused.value.code, refused.value.params) == ("round_not_next", {"number": 2})


def test_a_round_nobody_planned_is_unknown() -> None:
    rounds.check_known(1, _numbered(PLANNED))
    with pytest.raises(NotFound) as refused:
        rounds.check_known(7, _numbered(PLANNED))
    assert refused.value.code == "round_unknown"


@pytest.mark.parametrize(
    ("entered", "left", "expected"),
    [
        (None, None, True),
        (BEGAN - timedelta(minutes=9), None, False),
        (BEGAN + timedelta(minutes=1), None, False),
        (OVER + timedelta(seconds=1), None, True),
        (BEGAN - timedelta(minutes=9), BEGAN, True),
        (BEGAN - timedelta(minutes=9), BEGAN + timedelta(minutes=2), False),
    ],
)
def test_a_seat_is_missed_by_whoever_was_never_there(
    entered: datetime | None, left: datetime | None, expected: bool
) -> None:
    assert rounds.missed(entered, left, began_at=BEGAN, over_at=OVER) is expected


def test_the_end_of_all_rounds_is_foretold_from_what_is_left_of_each() -> None:
    five = RoundClock.planned(timedelta(minutes=5))
    ended = five.start(BEGAN).end(BEGAN + timedelta(minutes=2))
    paused = five.start(BEGAN).pause(BEGAN + timedelta(minutes=2, seconds=1))
    assert rounds.forecast_end([ended, paused, five], OVER) == OVER + timedelta(minutes=8)
    assert rounds.forecast_end([], OVER) == OVER


@pytest.mark.parametrize(
    ("number", "phase", "phases"),
    [
        (1, RoundPhase.PLANNED, "rpp"),
        (1, RoundPhase.RUNNING, "epp"),
        (1, RoundPhase.RUNNING, "evp"),
        (2, RoundPhase.PLANNED, "rvp"),
        (1, RoundPhase.ENDED, "vrp"),
        (2, RoundPhase.ENDED, "epv"),
    ],
)
def test_a_round_may_be_as_it_was_when_no_other_has_begun_since(number: int, phase: RoundPhase, phases: str) -> None:
    rounds.check_may_return(number, phase, _written(phases))


@pytest.mark.parametrize(
    ("number", "phase", "phases"),
    [
        (1, RoundPhase.PLANNED, "rr"),
        (1, RoundPhase.PLANNED, "re"),
        (1, RoundPhase.RUNNING, "ee"),
        (1, RoundPhase.PAUSED, "er"),
        (2, RoundPhase.RUNNING, "re"),
    ],
)
def test_a_round_stays_as_it_is_when_another_one_would_have_had_to_wait(
    number: int, phase: RoundPhase, phases: str
) -> None:
    with pytest.raises(Conflict) as refused:
        rounds.check_may_return(number, phase, _written(phases))
    assert refused.value.code == "undo_in_the_way"


def _written(phases: str) -> list[tuple[int, RoundPhase]]:
    letters = {phase.value[0]: phase for phase in RoundPhase if phase is not RoundPhase.PAUSED}
    return [(number, letters[letter]) for number, letter in enumerate(phases, start=1)]
