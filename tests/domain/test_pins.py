"""What is settled by hand: pairs, tables out of use, rounds whose seats are past changing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import pins
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import RoundPhase

PHASES = [(1, RoundPhase.ENDED), (2, RoundPhase.RUNNING), (3, RoundPhase.PLANNED)]


def test_only_a_round_that_has_not_begun_takes_other_seats() -> None:
    pins.check_round(3, PHASES)
    for number in (1, 2):
        with pytest.raises(WrongPhase) as refused:
            pins.check_round(number, PHASES)
        assert (refused.value.code, refused.value.params) == ("round_has_begun", {"number": number})
    with pytest.raises(NotFound) as unknown:
        pins.check_round(4, PHASES)
    assert unknown.value.code == "round_unknown"


def test_whoever_saw_older_seats_is_told() -> None:
    pins.check_version(4, 4)
    with pytest.raises(Conflict) as refused:
        pins.check_version(3, 4)
    assert refused.value.code == "seats_moved_on"


@pytest.mark.parametrize("table", [0, -1, pins.TABLES_MOST + 1])
def test_no_table_has_such_a_number(table: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        pins.check_table(table)
    assert refused.value.code == "table_out_of_range"


@pytest.mark.parametrize("table", [1, pins.TABLES_MOST])
def test_every_other_number_may_be_a_table(table: int) -> None:
    pins.check_table(table)


def test_a_pair_is_kept_in_one_order_and_has_two_people() -> None:
    assert pins.pair(7, 3) == pins.pair(3, 7) == (3, 7)
    with pytest.raises(RuleViolation) as refused:
        pins.pair(3, 3)
    assert refused.value.code == "pair_with_self"


def test_two_things_can_be_wished_of_two_people() -> None:
    assert [pins.read_wish(text) for text in ("apart", "together")] == [pins.PairWish.APART, pins.PairWish.TOGETHER]
    with pytest.raises(RuleViolation) as refused:
        pins.read_wish("married")
    assert refused.value.code == "pair_wish_unknown"


def test_only_planned_rounds_may_change() -> None:
    assert pins.planned(PHASES) == {3}


def test_tables_out_of_use_are_passed_over() -> None:
    assert pins.open_tables({2, 4}, 4) == (1, 3, 5, 6)
    assert pins.open_tables((), 0) == ()


@pytest.mark.parametrize(
    ("wanted", "laid", "closed", "left"),
    [
        (5, 5, {3}, 4),
        (4, 5, {3}, 4),
        (4, 4, {9}, 4),
        (1, 1, {1}, 1),
        (6, 5, {1, 2}, 4),
    ],
)
def test_nobody_carries_another_table_in(wanted: int, laid: int, closed: set[int], left: int) -> None:
    assert pins.tables_left(wanted, laid, closed) == left


@given(st.integers(2, 300), st.integers(1, 200))
def test_people_are_spread_evenly_and_nobody_sits_alone(heads: int, tables: int) -> None:
    sizes = pins.even_sizes(heads, tables)
    assert sum(sizes) == heads
    assert len(sizes) <= tables
    assert min(sizes) >= 2
    assert max(sizes) - min(sizes) <= 1
