"""A bound is proven: no plan falls below it, and where it is known to be sharp it is reached."""

from dataclasses import replace

from server.domain.planning import Mode, Person, Problem, Shape, plan
from server.domain.planning.bounds import least_pairs, lower_bound
from server.domain.planning.model import Model
from tests.domain.planning.problems import Steps, a_problem, people


def test_pigeons_share_holes_as_rarely_as_they_can() -> None:
    assert [least_pairs(people, 4) for people in (0, 4, 5, 6, 8, 9)] == [0, 0, 1, 2, 4, 6]


def test_tables_larger_than_their_number_repeat_somebody() -> None:
    bound = lower_bound(Model(a_problem(24, 6, 6)))
    assert bound.repeats == bound.fresh_repeats == 84
    problem = replace(a_problem(24, 6, 6), shapes=(Shape(6, tables=4),) * 6)
    assert lower_bound(Model(problem)).repeats == 84


def test_four_people_in_pairs_have_met_after_three_rounds() -> None:
    made = plan(a_problem(4, 2, 5), Steps(300), 1)
    assert made.bound.repeats == made.cost.repeats == 4
    assert made.repeats_optimal


def test_somebody_present_longer_than_there_are_people_to_meet_repeats() -> None:
    coming = tuple(Person(n, present=frozenset({0, 1} if n < 2 else {2})) for n in range(10))
    made = plan(Problem(coming, (Shape(2),) * 3), Steps(100), 1)
    assert made.bound.repeats == made.cost.repeats == 1


def test_more_people_of_a_sector_than_tables_must_share_one() -> None:
    coming = tuple(Person(n, sector="law" if n < 5 else None) for n in range(12))
    made = plan(Problem(coming, (Shape(4),) * 2), Steps(300), 1)
    assert made.bound.same_sector == made.cost.same_sector == 4


def test_held_rounds_and_trios_are_part_of_the_bound() -> None:
    held = (((0, 1, 2, 3), (4, 5, 6, 7)),) * 2
    made = plan(a_problem(8, 4, 2, held=held), Steps(10), 1)
    assert made.rounds == held
    assert made.cost.repeats == made.bound.repeats == 12
    assert lower_bound(Model(a_problem(5, 2, 3))).extra_trios == 4


def test_a_perfect_plan_says_that_it_is_optimal() -> None:
    assert plan(a_problem(2, 2, 1), Steps(10), 1).optimal
    crowded = plan(Problem(people(12), (Shape(6),) * 3, mode=Mode.NEVER_THRICE), Steps(50), 1)
    assert not crowded.optimal
