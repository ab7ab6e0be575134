"""The cost of a change by hand is what planning that very plan would cost, and its rules are the judge's rules."""

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.domain.errors import RuleViolation
from server.domain.planning import (
    Affinity,
    Board,
    Cost,
    Exchange,
    Lock,
    Move,
    Odd,
    Person,
    Plan,
    Problem,
    Shape,
    Transfer,
    alternative,
    cost_of_exchange,
    cost_of_transfer,
    options,
    plan,
    resume,
)
from server.domain.planning.cost import ranked
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, people, problems

few = settings(max_examples=40, deadline=None)


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Plans of random meetings, some with hosts, locks, pairs kept apart, affine sectors or an announced plan."""
    problem = draw(problems(most=26))
    dice = draw(st.randoms(use_true_random=False))
    ids = [person.id for person in problem.people]
    if dice.random() < 0.4:
        pair = dice.sample(ids, 2)
        affinity = (Affinity("sector 0", "sector 1", 3),)
        problem = replace(problem, forbidden=((pair[0], pair[1]),), affinity=affinity)
    if dice.random() < 0.4:
        host, fixed, *others = problem.people
        first = (replace(host, host=True, present=None), replace(fixed, fixed_table=0, present=None))
        problem = replace(problem, people=(*first, *others), locked=(Lock(ids[2], problem.rounds - 1, 0),))
    try:
        made = plan(problem, Steps(30), 3)
        if dice.random() < 0.3:
            problem = resume(problem, made.rounds, made.rounds[:1])
            made = plan(problem, Steps(0), 4)
    except RuleViolation:
        # Three people pinned to a table of two, or a pair that only a longer search can part.
        assume(False)
    assume(not checker.faults(problem, made))
    return Board(problem, made.rounds)


def judged(board: Board) -> list[str]:
    """What the independent judge says of the seats on the board."""
    return checker.faults(board.problem, Plan(board.rounds, board.cost, board.cost, 0, 0))


@few
@given(boards(), st.randoms(use_true_random=False))
def test_every_change_by_hand_costs_what_it_says_and_keeps_the_rules_it_says(board: Board, dice: random.Random) -> None:
    for number in board.model.free_rounds:
        here = board.model.layout.rounds[number]
        person = board.model.ids[dice.choice(here.present)]
        told = options(board, number, person)
        ranks = [(not each.allowed, ranked(each.change, board.problem)) for each in told]
        assert ranks == sorted(ranks)
        for each in dice.sample(told, min(12, len(told))):
            after = board.after(each.move)
            assert each.change == Cost(*(np.array(after.cost) - np.array(board.cost)).tolist())
            assert each.verdict == (ranked(after.cost, board.problem) > ranked(board.cost, board.problem)) - (
                ranked(after.cost, board.problem) < ranked(board.cost, board.problem)
            )
            if each.allowed:
                assert judged(after) == []


@few
@given(boards(), st.randoms(use_true_random=False))
def test_the_cheapest_other_seat_keeps_the_rules_and_nothing_allowed_is_cheaper(
    board: Board, dice: random.Random
) -> None:
    for number in board.model.free_rounds:
        person = board.model.ids[dice.choice(board.model.layout.rounds[number].present)]
        found = alternative(board, number, person)
        allowed = [each for each in options(board, number, person) if each.allowed]
        if found is None:
            assert not allowed
            continue
        assert found.allowed
        assert judged(board.after(*found.moves)) == []
        assert found.cost == board.after(*found.moves).cost
        assert ranked(found.change, board.problem) == min(ranked(each.change, board.problem) for each in allowed)


@few
@given(boards(), st.randoms(use_true_random=False))
def test_an_exchange_the_rules_forbid_is_one_the_judge_refuses(board: Board, dice: random.Random) -> None:
    for number in board.model.free_rounds:
        person = board.model.ids[dice.choice(board.model.layout.rounds[number].present)]
        home = int(board.tables[number, board.index(person)])
        for each in options(board, number, person):
            if isinstance(each.move, Exchange) and not each.allowed and -1 not in (each.to, home):
                assert judged(board.after(each.move)) or _undone(board, each.move)


def _undone(board: Board, move: Exchange) -> bool:
    """A host without a table of their own leaves the one they were given; the judge cannot know which it was."""
    fixed = board.model.layout.rounds[move.number].fixed
    return bool({board.index(move.one), board.index(move.other)} & set(fixed))


def test_sitting_at_the_same_table_already_changes_nothing() -> None:
    board = Board(a_problem(8, 4, 2), plan(a_problem(8, 4, 2), Steps(10), 1).rounds)
    one, other = board.rounds[1][0][:2]
    found = cost_of_exchange(board, 1, one, other)
    assert (found.allowed, found.verdict, found.cost) == (True, 0, board.cost)
    assert not any(found.change)
    assert found.breaks == found.gains == ()


def test_whoever_leaves_a_large_table_for_a_small_one_keeps_the_sizes_and_nobody_else_may() -> None:
    board = Board(a_problem(9, 5, 1), (((0, 1, 2, 3, 4), (5, 6, 7, 8)),))
    assert cost_of_transfer(board, 0, 0, 1).allowed
    back = cost_of_transfer(board, 0, 5, 0)
    assert not back.allowed
    assert [said.key for said in back.breaks] == ["tables_uneven"]
    assert back.breaks[0].params == {"table": 1, "round": 0, "size": 3, "other_table": 0, "other_size": 6}
    assert board.after(Transfer(0, 0, 1)).rounds == (((1, 2, 3, 4), (5, 6, 7, 8, 0)),)


def test_sizes_the_organiser_names_are_kept() -> None:
    problem = Problem(people(9), (Shape(5, sizes=(5, 4)),))
    board = Board(problem, (((0, 1, 2, 3, 4), (5, 6, 7, 8)),))
    assert not cost_of_transfer(board, 0, 0, 1).allowed
    assert cost_of_exchange(board, 0, 0, 8).allowed


def test_seats_that_are_pinned_stay_whoever_asks() -> None:
    coming = (Person(0, host=True), Person(1, fixed_table=1), *people(8)[2:])
    board = Board(Problem(coming, (Shape(4),) * 2, locked=(Lock(2, 0, 0),)), (((0, 2, 4, 5), (1, 3, 6, 7)),) * 2)
    for person, other in ((0, 3), (3, 0), (4, 1), (2, 6)):
        found = cost_of_exchange(board, 0, person, other)
        assert not found.allowed
        assert found.breaks[0].key == "leaves_kept_seat"
    assert cost_of_exchange(board, 1, 2, 6).allowed
    assert all(isinstance(each.move, Exchange) and each.move.other in (3, 6, 7)
               for each in options(board, 1, 4) if each.allowed)  # fmt: skip


def test_the_cheapest_other_seat_is_the_one_that_brings_nobody_together_again() -> None:
    board = Board(a_problem(9, 3, 2), (((0, 1, 2), (3, 4, 5), (6, 7, 8)), ((0, 3, 6), (1, 4, 7), (2, 5, 8))))
    found = alternative(board, 1, 0)
    assert found is not None
    assert found.change.repeats == min(each.change.repeats for each in options(board, 1, 0))
    assert alternative(Board(a_problem(3, 3, 1), (((0, 1, 2),),)), 0, 0) is None
    assert [each.number for each in board.explanations(4)] == [0, 1]


def test_two_who_must_not_meet_are_never_brought_together() -> None:
    board = Board(a_problem(6, 3, 1, forbidden=((0, 5),)), (((0, 1, 2), (3, 4, 5)),))
    found = cost_of_exchange(board, 0, 1, 5)
    assert (found.allowed, found.breaks[0].key) == (False, "meet_though_forbidden")
    assert found.breaks[0].params == {"one": 5, "other": 0, "table": 0, "round": 0}
    assert all(each.allowed for each in options(board, 0, 0) if each.move == Exchange(0, 0, 5))


def test_a_bye_goes_to_somebody_whose_turn_it_is_or_to_nobody() -> None:
    coming = (Person(0, byes=1), Person(1), Person(2), Person(3, visitor=True), Person(4))
    problem = Problem(coming, (Shape(2, odd=Odd.BYE),) * 2)
    board = Board(problem, (((0, 1), (2, 3)), ((0, 2), (3, 4))))
    in_turn, out_of_turn = cost_of_exchange(board, 0, 2, 4), cost_of_exchange(board, 0, 0, 4)
    assert in_turn.allowed
    assert [said.key for said in in_turn.breaks][:1] == ["would_sit_out"]
    assert "would_sit_down" in [said.key for said in in_turn.gains]
    assert not out_of_turn.allowed
    assert out_of_turn.breaks[0].key == "would_sit_out_of_turn"
    assert not cost_of_exchange(board, 0, 4, 3).allowed, "a visitor does not begin with a bye"
    assert not cost_of_exchange(board, 0, 1, 4).allowed, "who sits out in the next round would do so twice"
    joining = cost_of_transfer(board, 0, 4, 0)
    assert (joining.allowed, joining.breaks[0].key) == (False, "nobody_sits_out")


def test_people_who_are_away_are_taken_off_the_board() -> None:
    coming = (Person(0, present=frozenset({0})), *people(9)[1:])
    problem = Problem(coming, (Shape(4),) * 2)
    board = Board(problem, (((0, 1, 2, 3, 4), (5, 6, 7, 8)),) * 2)
    assert board.rounds[1] == ((1, 2, 3, 4), (5, 6, 7, 8))
    assert board.still_to_come(0) == [0]
    assert board.still_to_come(1) == [0, 1]


HELD = (((0, 1), (2, 3)),)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda board: cost_of_exchange(board, 0, 0, 2), "plan_move_too_late"),
        (lambda board: cost_of_exchange(board, 1, 0, "nobody"), "plan_unknown_person"),
        (lambda board: cost_of_exchange(board, 5, 0, 2), "plan_round_missing"),
        (lambda board: cost_of_exchange(board, 1, 0, 4), "plan_move_absent"),
        (lambda board: cost_of_transfer(board, 1, 0, 9), "plan_table_missing"),
        (lambda board: Board(board.problem, board.rounds[:1]), "plan_rounds_do_not_fit"),
        (lambda board: Board(board.problem, (*HELD, ((0, 1), (2, "who")))), "plan_unknown_person"),
        (lambda board: Board(board.problem, (*HELD, ((0, 1), (2, 0)))), "plan_seated_twice"),
    ],
)
def test_what_cannot_be_asked_of_a_board_is_refused(ask: Callable[[Board], object], code: str) -> None:
    problem = Problem((*people(4), Person(4, present=frozenset())), (Shape(2),) * 2, held=HELD)
    with pytest.raises(RuleViolation) as caught:
        ask(Board(problem, (*HELD, ((0, 2), (1, 3)))))
    assert caught.value.code == code


def test_moves_are_made_in_their_order() -> None:
    board = Board(a_problem(6, 3, 1), (((0, 1, 2), (3, 4, 5)),))
    moves: tuple[Move, ...] = (Exchange(0, 0, 3), Exchange(0, 0, 1))
    assert board.after(*moves).rounds == (((3, 0, 2), (1, 4, 5)),)


def test_whoever_is_locked_to_a_seat_is_out_of_the_count_of_byes() -> None:
    coming = (Person(0), Person(1, byes=1), Person(2, byes=1))
    locked = (Lock(0, 0, 0), Lock(1, 1, 0))
    board = Board(Problem(coming, (Shape(2, odd=Odd.BYE),) * 2, locked=locked), (((0, 1),), ((1, 2),)))
    assert cost_of_exchange(board, 0, 1, 2).allowed, "the one with fewer byes must stay"
    assert not cost_of_exchange(board, 0, 2, 0).allowed
    everybody = (Lock(0, 0, 0), Lock(1, 0, 0), Lock(2, 0, 0))
    full = Problem(coming, (Shape(3),), locked=everybody)
    assert options(Board(full, (((0, 1, 2),),)), 0, 0) == ()
