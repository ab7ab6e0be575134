"""What people are told before the start is proven: rounds without repeats, repeats nobody can avoid, and whose."""

from typing import Any

import pytest
from hypothesis import given, settings

from server.domain.errors import RuleViolation
from server.domain.planning import (
    Cost,
    Lock,
    Odd,
    Outlook,
    PastMeeting,
    Person,
    Plan,
    Problem,
    Shape,
    in_words,
    outlook,
    outlook_to_json,
    plan,
    reason_for,
)
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, people, problems


def told(known: Outlook) -> dict[str, dict[str, Any]]:
    return {said.key: said.params for said in known.told}


@pytest.mark.parametrize(
    ("problem", "least", "most"),
    [
        (a_problem(10, 2, 4), 9, 9),
        (Problem(people(9), (Shape(2, odd=Odd.BYE),) * 4), 9, 9),
        (a_problem(16, 4, 4), 5, 5),
        (a_problem(36, 6, 4), 3, 3),
        (a_problem(24, 6, 4), 1, 1),
        (a_problem(5, 5, 3), 1, 1),
        (Problem((Person(0, fixed_table=0), Person(1, fixed_table=0), *people(8)[2:]), (Shape(4),) * 2), 1, 1),
        (Problem(tuple(Person(n, fixed_table=n if n < 2 else None) for n in range(4)), (Shape(2),) * 2), 1, 3),
        (Problem(people(9), (Shape(5, sizes=(6, 3)),)), 1, 1),
    ],
)
def test_how_many_rounds_can_do_without_repeats_is_known_from_both_sides(
    problem: Problem, least: int, most: int
) -> None:
    assert outlook(problem).repeat_free == (least, most)


def test_where_both_sides_agree_people_are_told_one_number_and_else_two() -> None:
    assert told(outlook(a_problem(16, 4, 4)))["repeat_free_exactly"] == {"n": 5}
    open_case = outlook(a_problem(40, 5, 4))
    assert told(open_case)["repeat_free_at_least"]["n"] < told(open_case)["repeat_free_at_most"]["n"]


def test_earlier_meetings_are_counted_apart_and_a_short_search_shows_what_is_possible() -> None:
    known = outlook(a_problem(16, 4, 3, history=(PastMeeting(0, 1),)))
    assert known.repeat_free == (5, 5)
    assert known.all_new is not None
    least, most = known.all_new
    assert 1 <= least <= (most or 0) == 4
    assert told(known)["all_new_at_most"] == {"n": 4}
    assert outlook(a_problem(16, 4, 3)).all_new is None


def test_where_everybody_knows_everybody_no_round_brings_only_new_people() -> None:
    everybody = tuple(PastMeeting(a, b) for a in range(8) for b in range(a))
    known = outlook(a_problem(8, 4, 2, history=everybody))
    assert (known.repeat_free, known.all_new) == ((1, 1), (0, 0))
    assert told(known)["all_new_exactly"] == {"n": 0}


def test_where_nothing_is_shown_nothing_is_promised() -> None:
    chain = tuple(PastMeeting(a, b) for a in range(8) for b in range(a) if (a, b) != (7, 0))
    known = outlook(a_problem(8, 2, 2, history=chain, forbidden=((0, 1),)))
    assert known.all_new == (0, 0)
    half = tuple(PastMeeting(a, b) for a in range(4) for b in range(a))
    barred = outlook(a_problem(8, 2, 2, history=half, forbidden=((0, 7),)))
    assert barred.all_new == (0, 4)
    assert "all_new_at_least" not in told(barred)


def test_under_way_only_what_is_left_counts() -> None:
    held = (((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11), (12, 13, 14, 15)),)
    least, most = outlook(a_problem(16, 4, 5, held=held)).repeat_free
    assert 1 <= least <= (most or 0) == 4


def test_a_plan_at_hand_shows_what_is_possible_too() -> None:
    problem = a_problem(8, 4, 3, forbidden=((0, 1),), history=(PastMeeting(2, 3),))
    assert outlook(problem).all_new == (0, 1)
    rounds = (((0, 2, 4, 6), (1, 3, 5, 7)), ((0, 2, 4, 6), (1, 3, 5, 7)), ((2, 3, 0, 5), (1, 4, 6, 7)))
    assert outlook(problem, rounds).all_new == (1, 1)


def test_where_rounds_differ_nothing_is_promised_beyond_what_is_shown() -> None:
    coming = (Person(0, present=frozenset({0})), *people(9)[1:])
    known = outlook(Problem(coming, (Shape(4),) * 2))
    assert known.repeat_free[1] is None
    assert "repeat_free_at_most" not in told(known)


def test_two_who_share_a_fixed_table_are_told_how_often_they_will_sit_together() -> None:
    coming = (Person("Ada", fixed_table=1), Person("Bo", fixed_table=1), *people(8)[2:])
    known = outlook(Problem(coming, (Shape(4),) * 6))
    (pair,) = known.forced
    assert (pair.one, pair.other, pair.table, pair.times, pair.repeats) == ("Ada", "Bo", 1, 6, 5)
    assert told(known)["forced_pair"] == {"one": "Ada", "other": "Bo", "times": 6, "table": 1}


def test_held_rounds_history_and_locks_count_among_what_is_forced() -> None:
    held = (((0, 1, 2, 3), (4, 5, 6, 7)), ((0, 2, 4, 6), (1, 3, 5, 7)))
    locked = (Lock(0, 2, 1), Lock(1, 2, 1), Lock(4, 2, 0), Lock(5, 2, 0))
    problem = Problem(people(8), (Shape(4),) * 3, (PastMeeting(0, 1), PastMeeting(6, 7)), held, locked=locked)
    known = outlook(problem)
    assert [(p.one, p.other, p.table, p.rounds, p.repeats) for p in known.forced] == [
        (0, 1, None, (0, 2), 2), (4, 5, None, (0, 2), 1)
    ]  # fmt: skip
    assert told(known)["forced_pair_anywhere"]["one"] == 4
    assert known.least_repeats >= 3


def test_nobody_is_forced_together_by_a_single_first_meeting() -> None:
    locked = (Lock(0, 0, 0), Lock(1, 0, 0), Lock(2, 0, 1))
    assert outlook(Problem(people(8), (Shape(4),) * 2, locked=locked)).forced == ()


def test_byes_and_tables_of_three_are_shared_out_beforehand() -> None:
    byes = outlook(Problem(people(5), (Shape(2, odd=Odd.BYE),) * 7)).byes
    assert byes is not None
    assert (byes.rounds, byes.total, byes.least, byes.most) == ((0, 1, 2, 3, 4, 5, 6), 7, 1, 2)
    trios = outlook(a_problem(7, 2, 2)).trios
    assert trios is not None
    assert (trios.total, trios.least, trios.most) == (6, 0, 1)
    assert outlook(a_problem(8, 2, 2)).byes is outlook(a_problem(8, 4, 2)).trios is None
    assert {"byes_ahead", "trios_ahead"} & set(told(outlook(a_problem(7, 2, 2)))) == {"trios_ahead"}


@pytest.mark.parametrize(
    ("problem", "key", "figures"),
    [
        (a_problem(24, 6, 6), "because_of_count", {"meetings": 360, "new": 276}),
        (a_problem(24, 8, 2), "because_of_tables", {"size": 8, "tables": 3}),
        (
            a_problem(12, 2, 3, history=tuple(PastMeeting(0, n) for n in range(1, 10))),
            "because_of_person",
            {"person": 0, "seats": 3, "new": 2, "times": 1},
        ),
        (
            Problem((Person(0, fixed_table=0), Person(1, fixed_table=0), *people(40)[2:]), (Shape(4),) * 3),
            "because_of_seats",
            {"one": 0, "other": 1, "times": 3, "pairs": 1},
        ),
    ],
)
def test_repeats_that_cannot_be_avoided_come_with_their_reason(
    problem: Problem, key: str, figures: dict[str, Any]
) -> None:
    known = outlook(problem)
    assert known.least_repeats > 0
    assert known.reason is not None
    assert known.reason.key == key
    assert figures.items() <= known.reason.params.items()
    assert told(known)["repeats_unavoidable"] == {"n": known.least_repeats}


def test_where_nobody_need_meet_again_there_is_no_reason() -> None:
    known = outlook(a_problem(16, 4, 4))
    assert (known.least_repeats, known.reason) == (0, None)
    assert "repeats_unavoidable" not in told(known)


@settings(max_examples=40, deadline=None)
@given(problems(most=30))
def test_no_plan_falls_below_what_was_foretold(problem: Problem) -> None:
    known = outlook(problem)
    made = plan(problem, Steps(60), 1)
    assert checker.repeats(problem, made) >= known.least_repeats
    assert (known.reason is None) == (known.least_repeats == 0)
    for least, most in (known.repeat_free, known.all_new or (0, None)):
        assert most is None or least <= most
    assert outlook_to_json(known)["repeats_at_least"] == known.least_repeats
    byes = [len(made.byes(number, [p.id for p in problem.present(number)])) for number in range(problem.rounds)]
    assert sum(byes) == (known.byes.total if known.byes else 0)


def test_a_plan_is_called_optimal_or_told_what_is_proven() -> None:
    optimal = plan(a_problem(16, 4, 3), Steps(100), 1)
    assert optimal.optimal == (in_words(optimal).key == "plan_optimal")
    nothing = Cost()

    def words(cost: Cost, bound: Cost) -> str:
        return in_words(Plan((), cost, bound, 1, 0)).key

    assert words(nothing, nothing) == "plan_optimal"
    assert words(Cost(repeats=2, walks=1), Cost(repeats=2)) == "plan_fewest_repeats"
    assert words(Cost(repeats=3), Cost(repeats=2)) == "plan_repeats"
    assert words(Cost(repeats=3), nothing) == "plan_repeats_unproven"


def test_a_bound_nobody_can_put_into_words_is_told_as_proven() -> None:
    problem = a_problem(16, 4, 3)
    made = plan(problem, Steps(10), 1)
    assert reason_for(problem, made) is None
    beyond = Plan(made.rounds, made.cost, Cost(repeats=1), 1, 0)
    assert reason_for(problem, beyond).key == "proven"  # type: ignore[union-attr]


def test_what_cannot_be_planned_has_no_outlook() -> None:
    with pytest.raises(RuleViolation):
        outlook(a_problem(1, 2, 1))
