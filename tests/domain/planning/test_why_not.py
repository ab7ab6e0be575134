"""Why two people do not meet, what would bring them together or keep them apart, and at what price."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import RuleViolation
from server.domain.planning import (
    Board,
    Cost,
    Exchange,
    Lock,
    Odd,
    PastMeeting,
    Person,
    Problem,
    Shape,
    WhyNot,
    bring_to_table,
    bring_together,
    keep_apart,
    plan,
    why_not,
)
from server.domain.planning.cost import ranked
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, people, problems

TWO_TABLES = (((0, 1, 2), (3, 4, 5)), ((0, 3, 1), (2, 4, 5)))


def told(answer: WhyNot) -> dict[str, dict[str, Any]]:
    return {said.key: said.params for said in answer.told}


def test_two_who_sit_together_are_told_in_which_rounds() -> None:
    board = Board(a_problem(6, 3, 2, history=(PastMeeting(0, 1, 3),)), TWO_TABLES)
    answer = why_not(board, 0, 1)
    assert told(answer) == {
        "together_in": {"one": 0, "other": 1, "rounds": [0, 1]},
        "met_at_earlier_meetings": {"one": 0, "other": 1, "times": 3, "days_ago": None},
    }
    assert answer.way is None
    assert bring_together(board, 0, 1) is not None
    assert bring_together(board, 0, 1).moves == ()  # type: ignore[union-attr]


def test_two_who_must_not_meet_are_told_so_and_no_way_is_offered() -> None:
    answer = why_not(Board(a_problem(6, 3, 2, forbidden=((0, 5),)), TWO_TABLES), 0, 5)
    assert told(answer) == {"must_not_meet": {"one": 0, "other": 5}}
    assert answer.way is None


def test_otherwise_the_cheapest_exchange_is_offered_with_its_price_and_its_names() -> None:
    board = Board(a_problem(6, 3, 2), TWO_TABLES)
    answer = why_not(board, 0, 5)
    assert told(answer) == {}
    assert answer.way is not None
    assert answer.way.allowed
    after = board.after(*answer.way.moves)
    assert after.together(0, 5)
    assert answer.way.cost == after.cost
    assert {said.key for said in (*answer.way.breaks, *answer.way.gains)}


def test_who_is_away_sits_out_or_keeps_a_seat_is_told_round_by_round() -> None:
    coming = (Person(0, fixed_table=0, present=frozenset({0, 1})), Person(1, fixed_table=1), *people(7)[2:])
    problem = Problem(coming, (Shape(2, odd=Odd.BYE),) * 3, held=(((0, 2), (1, 3), (4, 5)),))
    board = Board(problem, (*problem.held, ((0, 2), (1, 3), (4, 5)), ((2, 4), (1, 3), (5, 6))))
    assert told(why_not(board, 0, 1)) == {
        "round_over": {"rounds": [0]},
        "away": {"person": 0, "rounds": [2]},
        "pinned_apart": {"one": 0, "other": 1, "rounds": [1], "table": 0, "other_table": 1},
    }
    assert told(why_not(board, 6, 0, 1)) == {"sits_out_in": {"person": 6, "rounds": [1]}}
    assert told(why_not(board, 0, 1, 2)) == {"away": {"person": 0, "rounds": [2]}}
    assert why_not(board, 0, 1, 2).way is None


def test_where_everybody_else_is_pinned_there_is_nobody_to_change_with() -> None:
    coming = tuple(Person(n, fixed_table=(n - 1) % 2 if n in (1, 2) else None) for n in range(4))
    board = Board(Problem(coming, (Shape(2),)), (((0, 1), (2, 3)),))
    answer = why_not(board, 0, 3)
    assert told(answer) == {"nobody_to_change_with": {"one": 0, "other": 3}}
    assert answer.way is None


def test_a_seat_at_a_table_is_locked_by_the_cheapest_exchange() -> None:
    board = Board(a_problem(6, 3, 2), TWO_TABLES)
    found = bring_to_table(board, 1, 0, 1)
    assert found is not None
    assert found.allowed
    assert 0 in board.after(*found.moves).rounds[1][1]
    staying = bring_to_table(board, 1, 0, 0)
    assert staying is not None
    assert staying.moves == ()
    assert not any(staying.change)
    with pytest.raises(RuleViolation, match="plan_table_missing"):
        bring_to_table(board, 1, 0, 7)
    pinned = Board(Problem(board.problem.people, (Shape(3),) * 2, locked=(Lock(0, 1, 0),)), TWO_TABLES)
    assert bring_to_table(pinned, 1, 0, 1) is None


def test_two_who_keep_meeting_are_parted_in_every_round_still_to_come() -> None:
    problem = a_problem(6, 3, 3, held=(TWO_TABLES[0],))
    board = Board(problem, (TWO_TABLES[0], TWO_TABLES[1], TWO_TABLES[1]))
    found = keep_apart(board, 0, 1)
    assert found is not None
    assert [move.number for move in found.moves] == [1, 2]
    after = board.after(*found.moves)
    assert after.together(0, 1) == [0]
    assert after.cost == found.cost == Cost(*(a + b for a, b in zip(board.cost, found.change, strict=True)))
    never = keep_apart(board, 0, 4)
    assert never is not None
    assert never.moves == ()


def test_two_at_the_only_table_cannot_be_parted() -> None:
    assert keep_apart(Board(a_problem(4, 4, 1), (((0, 1, 2, 3),),)), 0, 1) is None


@pytest.mark.parametrize(
    ("one", "other", "number", "code"),
    [(0, 0, None, "plan_pair_with_self"), (0, "x", None, "plan_unknown_person"), (0, 1, 7, "plan_round_missing")],
)
def test_a_question_that_makes_no_sense_is_refused(one: int, other: Any, number: int | None, code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        why_not(Board(a_problem(6, 3, 2), TWO_TABLES), one, other, number)


@settings(max_examples=50, deadline=None)
@given(problems(most=20), st.integers(0, 99))
def test_every_way_that_is_offered_leads_there_by_the_rules_and_nothing_single_is_cheaper(
    problem: Problem, seed: int
) -> None:
    dice = random.Random(seed)
    board = Board(problem, plan(problem, Steps(0), 1).rounds)
    one, other = dice.sample([person.id for person in problem.people], 2)
    a, b = board.index(one), board.index(other)
    answer = why_not(board, one, other)
    if answer.way is not None:
        after = board.after(*answer.way.moves)
        assert answer.way.allowed
        assert after.together(a, b)
        assert after.cost == answer.way.cost
        made = replace(plan(problem, Steps(0), 1), rounds=after.rounds)
        assert checker.faults(problem, made) == []
        for move in _exchanges(board, one, other):
            changed = board.after(move)
            if changed.together(a, b) and not checker.faults(problem, replace(made, rounds=changed.rounds)):
                assert ranked(answer.way.cost, problem) <= ranked(changed.cost, problem)
    else:
        assert answer.told
    parted = keep_apart(board, one, other)
    if parted is not None:
        assert board.after(*parted.moves).together(a, b) == []


def _exchanges(board: Board, *people: Any) -> list[Exchange]:
    return [
        Exchange(number, person, third)
        for number in board.model.free_rounds
        for person in people
        for table in board.rounds[number]
        for third in table
        if third not in people and number in board.still_to_come(person)
    ]
