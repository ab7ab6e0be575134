"""Under way: what was held stays, who left is gone, who came is seated, and hardly anybody else moves."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import Odd, Person, Problem, Seating, Shape, plan, resume
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, people, problems


def leaving(problem: Problem, person_id: object, after: int) -> Problem:
    """The same problem with one person gone after `after` rounds."""
    return replace(
        problem,
        people=tuple(
            replace(person, present=frozenset(range(after))) if person.id == person_id else person
            for person in problem.people
        ),
    )


@settings(max_examples=60, deadline=None)
@given(problems(most=40), st.data())
def test_held_rounds_stay_and_latecomers_are_seated(problem: Problem, data: st.DataObject) -> None:
    announced = plan(problem, Steps(20), 1).rounds
    held = announced[: data.draw(st.integers(0, problem.rounds))]
    heard = announced[: data.draw(st.integers(len(held), problem.rounds))]
    later = range(len(held), problem.rounds)
    dice = data.draw(st.randoms(use_true_random=False))
    staying = [person for person in problem.people if dice.random() > 0.1 or person.id in (0, 2, 4)]
    ids = {person.id for person in staying}
    leavers = [
        replace(p, present=frozenset(n for n in range(problem.rounds) if n not in later and p.is_there(n)))
        for p in problem.people
        if p.id not in ids
    ]
    late = [Person(f"late {k}", present=frozenset(later)) for k in range(dice.randrange(3))]
    under_way = resume(replace(problem, people=(*staying, *leavers, *late)), heard, held)
    made = plan(under_way, Steps(250 if dice.random() < 0.2 else 20), 2)
    assert checker.faults(under_way, made) == []
    assert made.rounds[: len(held)] == held
    assert made.cost.seats_changed == checker.seats_changed(under_way, made)
    assert made.cost.repeats == checker.repeats(under_way, made)


def test_an_early_leaver_moves_nobody_else() -> None:
    problem = a_problem(24, 4, 5)
    announced = plan(problem, Steps(500), 1).rounds
    made = plan(resume(leaving(problem, 7, 2), announced, announced[:2]), Steps(200), 1)
    assert made.cost.seats_changed == 0
    assert [len(seating) for seating in made.rounds] == [6] * 5


def test_a_second_leaver_from_the_same_table_moves_one_person_a_round() -> None:
    problem = a_problem(24, 4, 3)
    announced = plan(problem, Steps(500), 1).rounds
    gone = next(table for table in announced[1] if 7 in table)
    other = next(person for person in gone if person != 7)
    two_left = leaving(leaving(problem, 7, 1), other, 1)
    made = plan(resume(two_left, announced[:2], announced[:1]), Steps(200), 1)
    assert made.cost.seats_changed == 1
    assert made.cost.repeats == 0


def test_a_latecomer_fills_an_empty_seat_among_strangers() -> None:
    problem = a_problem(23, 4, 4)
    announced = plan(problem, Steps(500), 1).rounds
    late = replace(problem, people=(*problem.people, Person("late", present=frozenset({2, 3}))))
    made = plan(resume(late, announced, announced[:2]), Steps(200), 1)
    assert made.cost.seats_changed == 0
    assert made.cost.repeats == 0


def test_an_announced_repeat_is_healed_when_a_swap_does_it() -> None:
    held: tuple[Seating, ...] = (((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11), (12, 13, 14, 15)),)
    announced = (*held, ((0, 4, 8, 1), (12, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)))
    made = plan(resume(a_problem(16, 4, 2), announced, held), Steps(300), 1)
    assert made.cost.repeats == 0
    assert made.cost.seats_changed == 2


def test_rounds_nobody_has_heard_of_are_planned_afresh_around_the_announced_one() -> None:
    problem = a_problem(32, 4, 5)
    announced = plan(problem, Steps(0), 1).rounds[:2]
    made = plan(resume(leaving(problem, 7, 4), announced, announced[:1]), Steps(2000), 1)
    assert made.rounds[:2] == announced
    assert made.cost.repeats == 0
    for swapped in (((0, 1, 2), (3, 4, 5)), ((3, 4, 5), (0, 1, 2))):
        under_way = resume(a_problem(6, 3, 3), (swapped,), ())
        assert plan(under_way, Steps(2000), 1).rounds[0] == swapped


def test_a_table_that_would_fall_below_two_is_merged() -> None:
    problem = a_problem(7, 3, 2)
    announced = (((0, 1, 2), (3, 4), (5, 6)), ((0, 3, 5), (1, 4), (2, 6)))
    for person in (2, 4, 6):
        problem = leaving(problem, person, 1)
    made = plan(resume(problem, announced, announced[:1]), Steps(100), 1)
    assert [len(table) for table in made.rounds[1]] == [2, 2]
    assert checker.faults(resume(problem, announced, announced[:1]), made) == []


def test_the_partner_of_somebody_who_left_sits_out_if_it_is_their_turn() -> None:
    problem = Problem(people(8), (Shape(2, odd=Odd.BYE),) * 2)
    announced = plan(problem, Steps(50), 1).rounds
    partner = next(p for table in announced[1] if 5 in table for p in table if p != 5)
    made = plan(resume(leaving(problem, 5, 1), announced, announced[:1]), Steps(50), 1)
    assert made.byes(1, [person.id for person in problem.people if person.id != 5]) == [partner]
    assert made.cost.seats_changed in (0, 2)  # the last pair takes the number of the table that closed


def test_an_announced_bye_is_kept_and_a_held_one_counts() -> None:
    problem = Problem(people(5), (Shape(2, odd=Odd.BYE),) * 3)
    held: tuple[Seating, ...] = (((0, 1), (2, 3)),)
    announced = (*held, ((4, 0), (1, 2)))
    made = plan(resume(problem, announced, held), Steps(50), 1)
    assert made.byes(1, [0, 1, 2, 3, 4]) == [3]
    assert made.byes(2, [0, 1, 2, 3, 4])[0] not in (3, 4)


def test_a_hosted_table_stays_open_when_people_leave() -> None:
    coming = tuple(Person(n, fixed_table=n if n < 3 else None) for n in range(12))
    problem = Problem(coming, (Shape(4),) * 2)
    announced = plan(problem, Steps(50), 1).rounds
    for person in (8, 9, 10, 11):
        problem = leaving(problem, person, 1)
    made = plan(resume(problem, announced, announced[:1]), Steps(50), 1)
    assert sorted(len(table) for table in made.rounds[1]) == [2, 3, 3]
    assert all(made.rounds[1][table].count(table) == 1 for table in range(3))


def test_a_host_without_a_promised_table_is_freed_when_tables_close() -> None:
    coming = tuple(Person(n, host=n < 3, present=None if n < 5 else frozenset({0})) for n in range(12))
    problem = Problem(tuple(replace(p, host=p.id in (0, 2, 11)) for p in coming), (Shape(4),) * 2)
    made = plan(problem, Steps(50), 1)
    assert [len(seating) for seating in made.rounds] == [3, 2]
    assert checker.faults(problem, made) == []
