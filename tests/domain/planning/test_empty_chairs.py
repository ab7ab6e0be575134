"""Whom to invite: the guest who would meet most open wishes comes first, and it is said whose."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import Affinity, Chair, Odd, Person, Problem, Shape, chair_to_json, empty_chairs, plan
from tests.domain.planning.problems import Steps, a_problem, people, problems


def told(chair: Chair) -> dict[str, dict[str, Any]]:
    return {said.key: said.params for said in chair.told}


def looking(number: int, *sectors: str, region: str | None = None, sector: str | None = None) -> Person:
    return Person(number, sector, sectors, region=region)


def test_the_sector_most_people_look_for_in_vain_comes_first_with_their_names() -> None:
    coming = (
        looking(0, "notary", region="Lombardia"), looking(1, "notary", region="Lombardia"), looking(2, "baker"),
        looking(3, "notary", "law", region="Veneto"), Person(4, "law"), *people(8)[5:],
    )  # fmt: skip
    problem = Problem(coming, (Shape(4),) * 4)
    first, second, *others = empty_chairs(problem, steps=60)
    assert (first.sector, first.region) == ("notary", "Lombardia")
    assert first.open == first.wishes == (0, 1, 3)
    assert first.near == (0, 1)
    assert second.sector == "baker"
    assert others == [], "the lawyer is there, and somebody looking for law meets them"
    assert told(first)["chair_wishes"]["people"] == [0, 1, 3]
    assert told(first)["chair_near"] == {"people": [0, 1], "count": 2, "sector": "notary", "region": "Lombardia"}
    assert second.region is None


def test_who_looks_for_the_sector_but_would_not_sit_with_the_guest_is_named_too() -> None:
    coming = tuple(looking(n, "notary") for n in range(8))
    (chair,) = empty_chairs(Problem(coming, (Shape(4),)), steps=20)
    assert len(chair.open) == 8
    assert len(chair.wishes) <= 4
    assert set(told(chair)["chair_out_of_reach"]["people"]) == set(chair.open) - set(chair.wishes)


def test_affine_sectors_and_people_of_the_same_sector_are_told() -> None:
    coming = (Person(0, "florist"), Person(1, "photographer"), *people(6)[2:])
    affinity = (Affinity("florist", "photographer", 3), Affinity("florist", "photographer", 7))
    first, second = empty_chairs(Problem(coming, (Shape(3),) * 2, affinity=affinity), steps=20)
    assert (first.sector, second.sector) == ("florist", "photographer")
    assert (first.affine, first.rivals) == (((1, 7),), (0,))
    assert told(first)["chair_affine"]["people"] == [1]
    assert told(first)["chair_rivals"]["people"] == [0]


def test_a_guest_who_makes_the_number_even_saves_byes_and_tables_of_three() -> None:
    coming = (looking(0, "notary"), *people(7)[1:])
    (byes,) = empty_chairs(Problem(coming, (Shape(2, odd=Odd.BYE),) * 3), steps=20)
    assert (byes.byes_saved, byes.trios_saved) == (3, 0)
    assert told(byes)["chair_byes_saved"] == {"n": 3}
    (trios,) = empty_chairs(Problem(coming, (Shape(2),) * 3), steps=20)
    assert (trios.byes_saved, trios.trios_saved) == (0, 9)
    (more,) = empty_chairs(Problem(coming[:6], (Shape(2),) * 3), steps=20)
    assert told(more)["chair_trios_added"] == {"n": 9}


def test_only_the_best_few_are_really_planned_with() -> None:
    coming = tuple(looking(n, f"sector {n % 5}") for n in range(20))
    chairs = empty_chairs(Problem(coming, (Shape(4),) * 2), top=2, steps=20)
    assert len(chairs) == 5
    assert sum(chair.planned for chair in chairs) == 2
    assert empty_chairs(a_problem(8, 4, 2)) == ()


def test_a_meeting_under_way_has_a_guest_for_the_rounds_still_to_come() -> None:
    coming = (looking(0, "notary"), Person(1, looks_for=("notary",), present=frozenset({0})), *people(8)[2:])
    held = (((0, 1, 2, 3), (4, 5, 6, 7)),)
    problem = Problem(coming, (Shape(4),) * 3, held=held)
    (chair,) = empty_chairs(problem, plan(problem, Steps(10), 1).rounds, steps=20)
    assert chair.open == (0,), "whoever leaves before the guest comes gains nothing"
    assert len(chair.seats) == 2
    assert all(1 not in company for company in chair.seats)


def test_tables_of_given_sizes_get_a_chair_more() -> None:
    coming = (looking(0, "notary"), *people(7)[1:])
    (chair,) = empty_chairs(Problem(coming, (Shape(4, sizes=(4, 3)),)), steps=20)
    assert chair.planned
    assert len(chair.seats[0]) == 3


def test_where_one_more_would_undo_fixed_seats_the_guest_is_only_weighed() -> None:
    coming = tuple(Person(n, fixed_table=0 if n < 4 else None, looks_for=("notary",)) for n in range(8))
    (chair,) = empty_chairs(Problem(coming, (Shape(4),)), steps=20)
    assert not chair.planned
    assert chair.wishes


def test_progress_is_told_and_a_cancel_leaves_what_there_is() -> None:
    coming = tuple(looking(n, f"sector {n % 5}") for n in range(20))
    problem = Problem(coming, (Shape(4),) * 2)
    heard: list[float] = []
    asked = iter(range(1000))
    chairs = empty_chairs(problem, steps=20, on_progress=heard.append, cancel=lambda: next(asked) > 30)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(chairs) == 5
    assert empty_chairs(problem, steps=5, cancel=lambda: True)[0].planned is False


def test_the_guest_is_nobody_on_the_list() -> None:
    coming = (Person("guest", looks_for=("notary",)), *(Person(f"p{n}") for n in range(7)))
    (chair,) = empty_chairs(Problem(coming, (Shape(4),)), steps=10)
    assert chair.planned
    assert chair.open == ("guest",)


@settings(max_examples=25, deadline=None)
@given(problems(most=24), st.randoms(use_true_random=False))
def test_guests_are_ranked_by_what_they_bring_and_only_people_who_are_there_are_named(
    problem: Problem, dice: random.Random
) -> None:
    chairs = empty_chairs(problem, top=2, steps=10, seed=dice.randrange(9))
    assert chairs == tuple(sorted(chairs, key=lambda chair: -len(chair.wishes)))
    by_id = {person.id: person for person in problem.people}
    for chair in chairs:
        met = {person for company in chair.seats for person in company}
        assert set(chair.wishes) == set(chair.open) & met
        assert all(chair.sector in by_id[person].looks_for for person in chair.open)
        for number, company in enumerate(chair.seats):
            assert all(by_id[person].is_there(number) for person in company)
        assert chair_to_json(chair)["sector"] == chair.sector
        assert chair_to_json(chair)["told"]
