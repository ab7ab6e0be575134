"""A bound is proven: no plan falls below it, and where it is known to be sharp it is reached."""

from dataclasses import replace

from server.domain.planning import Mode, PastMeeting, Person, Problem, Shape, plan
from server.domain.planning.bounds import least_pairs, lower_bound, without_repeats
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


def a_hosted_group(tables: int, rounds: int, of_law: set[int], guests_of_law: int = 1) -> Problem:
    """Hosts 0, 1, … keep their tables; those in `of_law` and some of the guests are lawyers."""
    hosts = [Person(n, "law" if n in of_law else None, fixed_table=n) for n in range(tables)]
    guests = [Person(tables + n, "law" if n < guests_of_law else None) for n in range(3 * tables)]
    return Problem((*hosts, *guests), (Shape(4),) * rounds)


def test_whoever_meets_no_host_twice_comes_to_hosts_of_their_own_sector() -> None:
    made = plan(a_hosted_group(6, 5, {0, 1, 2}), Steps(600), 1)
    assert made.cost.fresh_repeats == 0
    assert made.cost.same_sector == made.bound.same_sector == 2
    assert plan(a_hosted_group(6, 3, {0, 1, 2}), Steps(600), 1).bound.same_sector == 0


def test_a_host_known_from_earlier_is_avoided_as_well() -> None:
    problem = replace(a_hosted_group(6, 4, {0, 1}), history=(PastMeeting(6, 2), PastMeeting(6, 0)))
    bound = lower_bound(Model(problem))
    assert bound.same_sector == 0
    assert without_repeats(Model(problem), bound).same_sector == 1


def test_hosts_who_leave_tables_open_force_nothing() -> None:
    problem = a_hosted_group(6, 5, {0, 1, 2})
    some = replace(problem, people=tuple(replace(p, fixed_table=None) if p.id == 5 else p for p in problem.people))
    bound = lower_bound(Model(some))
    assert without_repeats(Model(some), bound) == bound
