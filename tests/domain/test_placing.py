"""Where a latecomer sits, and who moves when somebody is gone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import placing
from server.domain.placing import Moves, Room, When

FIVE = timedelta(minutes=5)
PAIRS = Room({1: (1, 2), 2: (3, 4)}, size=2)
NEW = 9


def _met(*pairs: tuple[int, int]) -> dict[frozenset[int], int]:
    return dict.fromkeys(map(frozenset, pairs), 1)


@pytest.mark.parametrize(
    ("left", "place", "answer"),
    [(5.0, True, When.NOW), (2.5, True, When.NOW), (2.4, True, When.NEXT), (5.0, False, When.NEXT)],
)
def test_a_latecomer_sits_down_now_while_half_of_the_round_is_left(left: float, place: bool, answer: When) -> None:
    assert placing.when(timedelta(minutes=left), FIVE, place=place) is answer


def test_a_latecomer_goes_to_whoever_is_alone() -> None:
    room = Room({1: (1, 2), 2: (3,)}, size=2, going_on=True)
    assert placing.seat(room, NEW) == {NEW: 2}


def test_a_latecomer_and_whoever_sits_out_get_a_table_of_their_own() -> None:
    room = Room({0: (5,), 1: (1, 2), 3: (3, 4)}, size=2, going_on=True)
    assert placing.seat(room, NEW) == {NEW: 2, 5: 2}


def test_a_table_that_is_not_to_be_laid_is_no_table_for_them() -> None:
    room = Room({0: (5,), 1: (1, 2), 2: (3,)}, size=2, closed=frozenset({2, 3}))
    assert placing.seat(room, NEW) == {NEW: 4, 5: 4}


def test_nobody_who_talks_is_disturbed() -> None:
    assert placing.seat(replace(PAIRS, going_on=True), NEW) is None
    trio = Room({1: (1, 2, 3)}, size=2, going_on=True)
    assert placing.seat(trio, NEW) is None


def test_where_more_than_two_sit_together_there_may_be_room() -> None:
    room = Room({1: (1, 2, 3, 4), 2: (5, 6, 7)}, size=4, going_on=True)
    assert placing.seat(room, NEW) == {NEW: 2}


def test_before_the_round_a_pair_becomes_three_by_whoever_they_have_met_least() -> None:
    room = replace(PAIRS, met=_met((NEW, 1)))
    assert placing.seat(room, NEW) == {NEW: 2}


def test_before_the_round_a_table_of_three_gives_somebody_away() -> None:
    room = Room({1: (1, 2, 3), 2: (4, 5)}, size=2, fixed=frozenset({2}), met=_met((NEW, 1)))
    assert placing.seat(room, NEW) == {NEW: 3, 3: 3}


def test_those_who_are_kept_apart_stay_apart() -> None:
    room = Room({0: (5,), 1: (1,)}, size=2, apart=frozenset({frozenset((NEW, 5)), frozenset((NEW, 1))}))
    assert placing.seat(room, NEW) == {NEW: 0}


def test_nobody_moves_when_two_are_left_or_the_one_who_went_sat_out() -> None:
    assert placing.after_leaving(Room({1: (1, 2, 3)}, size=3), 1) == {}
    assert placing.after_leaving(Room({0: (1,), 1: (2, 3)}, size=2), 1) == {}
    assert placing.after_leaving(Room({1: (2, 3)}, size=2), 1) == {}


def test_whoever_loses_a_partner_goes_to_somebody_alone_or_gets_whoever_sits_out() -> None:
    assert placing.after_leaving(Room({1: (1, 2), 2: (3,)}, size=2, going_on=True), 1) == {2: 2}
    assert placing.after_leaving(Room({0: (3,), 1: (1, 2)}, size=2, going_on=True), 1) == {3: 1}


def test_a_table_host_stays_and_is_joined_or_stays_alone() -> None:
    host = frozenset({2})
    assert placing.after_leaving(Room({1: (1, 2), 2: (3, 4, 5)}, size=2, fixed=host | {3, 5}), 1) == {4: 1}
    assert placing.after_leaving(Room({1: (1, 2), 2: (3, 4)}, size=2, fixed=host), 1) == {}


def test_in_a_round_that_goes_on_somebody_may_be_left_alone_before_it_nobody_is() -> None:
    assert placing.after_leaving(replace(PAIRS, going_on=True), 1) == {}
    assert placing.after_leaving(PAIRS, 1) == {2: 2}
    assert placing.after_leaving(Room({1: (1, 2)}, size=2), 1) == {2: 0}
    nowhere = Room({0: (3,), 1: (1, 2)}, size=2, closed=frozenset({1}))
    assert placing.after_leaving(nowhere, 1) == {2: 0}
    apart = Room({0: (3,), 1: (1, 2)}, size=2, apart=frozenset({frozenset((2, 3))}))
    assert placing.after_leaving(apart, 1) == {2: 0}


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    size = draw(st.integers(2, 4))
    sizes = draw(st.lists(st.integers(1, size + 1), min_size=1, max_size=5))
    people = iter(range(100))
    tables = {n: tuple(next(people) for _ in range(k)) for n, k in enumerate(sizes, start=1)}
    tables[0] = tuple(next(people) for _ in range(draw(st.integers(0, 2))))
    everybody = [each for table in tables.values() for each in table]
    two = st.lists(st.sampled_from(everybody), min_size=2, max_size=2, unique=True).map(frozenset)
    pairs = st.lists(two, max_size=4) if len(everybody) > 1 else st.just([])
    return Room(
        tables,
        size=size,
        going_on=draw(st.booleans()),
        met=Counter(draw(pairs)),
        apart=frozenset(draw(pairs)),
        fixed=frozenset(draw(st.lists(st.sampled_from(everybody), max_size=2))),
        closed=frozenset(draw(st.lists(st.integers(1, 5), max_size=1))),
    )


def _after(room: Room, moves: Moves, gone: int | None = None) -> dict[int, set[int]]:
    at = {each: table for table, people in room.tables.items() for each in people if each != gone} | moves
    found: dict[int, set[int]] = {}
    for each, table in at.items():
        found.setdefault(table, set()).add(each)
    return found


@given(rooms(), st.data())
def test_few_move_nobody_is_left_alone_anew_and_hosts_stay(room: Room, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from([each for people in room.tables.values() for each in people]))
    moves = placing.after_leaving(room, gone)
    tables = _after(room, moves, gone)
    assert len(moves) <= 1
    assert gone not in moves
    assert not set(moves) & room.fixed or all(each in room.tables[0] for each in moves)
    before = [table for table, people in room.tables.items() if table and len(people) == 1]
    alone = [table for table, people in tables.items() if table and len(people) == 1]
    if not room.going_on and not room.fixed:
        assert len(alone) <= len(before)


@given(rooms())
def test_a_latecomer_never_sits_alone_nor_beside_somebody_kept_apart(room: Room) -> None:
    moves = placing.seat(room, NEW * 100)
    if moves is None:
        assert room.going_on
        return
    assert len(moves) <= 2
    table = moves[NEW * 100]
    company = _after(room, moves)[table]
    assert table == 0 or len(company) > 1
    assert table == 0 or table not in room.closed
    if room.going_on:
        assert table
        assert len(company) <= room.size
