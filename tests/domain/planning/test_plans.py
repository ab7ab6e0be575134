"""A plan seats everybody who is there, says truthfully what it costs, and never touches what was held."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import Person, Problem, plan, resume
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, problems

few = settings(max_examples=60, deadline=None)


@few
@given(problems(), st.integers(0, 3))
def test_every_plan_is_valid_and_its_figures_are_true(problem: Problem, seed: int) -> None:
    made = plan(problem, Steps(40), seed)
    assert checker.faults(problem, made) == []
    assert made.cost.repeats == checker.repeats(problem, made)
    assert made.cost.same_sector == checker.same_sector(problem, made)
    assert made.cost.wishes_missed == checker.wishes_missed(problem, made)
    assert all(least <= have for least, have in zip(made.bound, made.cost, strict=True))


@few
@given(problems(most=40), st.data())
def test_a_plan_made_under_way_keeps_the_held_rounds_and_seats_the_latecomers(
    problem: Problem, data: st.DataObject
) -> None:
    announced = plan(problem, Steps(20), 1).rounds
    held = announced[: data.draw(st.integers(0, problem.rounds))]
    later = range(len(held), problem.rounds)
    dice = data.draw(st.randoms(use_true_random=False))
    changed = [person for person in problem.people if dice.random() > 0.1 or person.id in (0, 2, 4)]
    staying = {person.id for person in changed}
    leavers = [
        replace(p, present=frozenset(n for n in range(problem.rounds) if n not in later and p.is_there(n)))
        for p in problem.people
        if p.id not in staying
    ]
    late = [Person(f"late {k}", present=frozenset(later)) for k in range(dice.randrange(3))]
    under_way = resume(replace(problem, people=(*changed, *leavers, *late)), announced, held)
    made = plan(under_way, Steps(20), 2)
    assert checker.faults(under_way, made) == []
    assert made.rounds[: len(held)] == held
    assert made.cost.seats_changed == checker.seats_changed(under_way, made)
    assert made.cost.repeats == checker.repeats(under_way, made)


def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    problem = a_problem(23, 4, 6)
    assert plan(problem, Steps(300), 7) == plan(problem, Steps(300), 7)


def test_the_order_in_which_people_are_listed_does_not_matter() -> None:
    problem = a_problem(23, 4, 6)
    backwards = replace(problem, people=problem.people[::-1])
    assert plan(problem, Steps(100), 7) == plan(backwards, Steps(100), 7)


def test_one_early_leaver_moves_at_most_one_other_person_a_round() -> None:
    problem = a_problem(24, 4, 5)
    announced = plan(problem, Steps(500), 1).rounds
    people = tuple(
        replace(person, present=frozenset({0, 1})) if person.id == 7 else person for person in problem.people
    )
    made = plan(resume(replace(problem, people=people), announced, announced[:2]), Steps(200), 1)
    assert made.cost.seats_changed == 0
    assert [len(seating) for seating in made.rounds] == [6] * 5
