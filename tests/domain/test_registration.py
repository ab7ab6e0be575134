"""Registering: first come, first served, up to the limit and until its time; who visited enough waits for a word."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import registration as rules
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.registration import RegistrationState
from server.domain.vocabulary import MeetingStatus

START = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
LISTED, WAITING, WITHDRAWN = RegistrationState.LISTED, RegistrationState.WAITING, RegistrationState.WITHDRAWN


def _check(status: MeetingStatus = MeetingStatus.DRAFT, *, on: bool = True, closes: float = 0, now: float) -> None:
    rules.check_open(
        status,
        is_on=on,
        starts_at=START,
        closes_at=START - timedelta(hours=closes) if closes else None,
        now=START + timedelta(hours=now),
    )


def test_the_page_is_open_until_its_time_and_at_the_latest_until_the_start() -> None:
    _check(now=-1)
    _check(closes=2, now=-3)
    _check(MeetingStatus.OPEN, now=-0.1)
    with pytest.raises(WrongPhase, match="registration_over"):
        _check(closes=2, now=-2)
    with pytest.raises(WrongPhase, match="registration_over"):
        _check(now=0)
    with pytest.raises(WrongPhase, match="registration_over"):
        _check(MeetingStatus.CLOSED, now=-1)
    with pytest.raises(WrongPhase, match="registration_off"):
        _check(on=False, now=-1)


def test_places_are_given_in_turn_and_nobody_overtakes() -> None:
    def place(places: int, taken: int, waiting: int, used_up: bool = False) -> RegistrationState:
        return rules.place_for(places=places, taken=taken, waiting=waiting, visits_used_up=used_up)

    assert place(0, 999, 0) is LISTED, "no limit"
    assert place(10, 9, 0) is LISTED
    assert place(10, 10, 0) is WAITING
    assert place(10, 12, 0) is WAITING, "the organiser may go beyond"
    assert place(10, 9, 1) is WAITING, "the free place is somebody else's"
    assert place(0, 3, 0, used_up=True) is WAITING
    with pytest.raises(RuleViolation, match="registration_full"):
        place(10, 10, rules.WAITING_MOST)


@given(st.integers(0, 30), st.integers(0, 40), st.lists(st.integers(), max_size=20))
def test_who_moves_up_is_the_beginning_of_the_queue(places: int, taken: int, queue: list[int]) -> None:
    rising = list(rules.move_up(queue, places=places, taken=taken))
    assert rising == queue[: len(rising)]
    if places:
        assert len(rising) == min(len(queue), max(0, places - taken))
    else:
        assert rising == queue


@pytest.mark.parametrize("wrong", [-1, rules.PLACES_MOST + 1])
def test_places_have_bounds(wrong: int) -> None:
    with pytest.raises(RuleViolation, match="number_out_of_range"):
        rules.check_places(wrong)
    assert rules.check_places(0) == 0


def test_the_list_has_the_last_word_about_a_line_that_came_from_here() -> None:
    assert rules.stands(LISTED, made_line=True, away=True) is WITHDRAWN
    assert rules.stands(LISTED, made_line=True, away=None) is WITHDRAWN
    assert rules.stands(WITHDRAWN, made_line=True, away=False) is LISTED
    assert rules.stands(WAITING, made_line=True, away=True) is WAITING
    assert rules.stands(LISTED, made_line=False, away=True) is LISTED
    assert rules.stands(WITHDRAWN, made_line=False, away=False) is WITHDRAWN
