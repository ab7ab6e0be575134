"""The cost says what the plan is worth, and the search's running figures never drift from the recomputed ones."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.domain.planning import (
    Affinity,
    Mode,
    Odd,
    PastMeeting,
    Person,
    Problem,
    Shape,
    plan,
    resume,
)
from server.domain.planning.byes import choose_byes
from server.domain.planning.cost import energy, evaluate, ranked
from server.domain.planning.heats import Band
from server.domain.planning.model import Model, age_mass, age_weight
from server.domain.planning.relabel import Relabeller
from server.domain.planning.search import Noise, Polisher
from server.domain.planning.starts import design_start, first_people, place, seat_greedily
from tests.domain.planning.problems import Steps, a_problem, people, problems

few = settings(max_examples=40, deadline=None)


@few
@given(problems(most=40), st.integers(0, 9))
def test_the_running_energy_equals_the_recomputed_one(problem: Problem, seed: int) -> None:
    announced = plan(problem, Steps(0), 3).rounds
    for each in (problem, resume(problem, announced, announced[:1])):
        model, rng = Model(each), random.Random(seed)
        polisher = Polisher(model, seat_greedily(model, choose_byes(model, rng), rng), rng)
        for number in polisher.workable:
            polisher.visit(number, 6, Noise(200))
            assert polisher.energy == energy(model, polisher.tables)
            assert (polisher.trios == Polisher(model, polisher.tables, rng).trios).all()
            fresh = Polisher(model, polisher.tables, rng)
            assert (polisher.counts == fresh.counts).all()
            assert (polisher.more == fresh.more).all()
        assert polisher.best_energy == energy(model, polisher.best)


@few
@given(st.integers(6, 40), st.integers(2, 6), st.integers(0, 9), st.booleans())
def test_exchanged_labels_keep_their_running_energy(count: int, size: int, seed: int, hosts: bool) -> None:
    assume(count >= 2 * size)
    dice = random.Random(seed)
    coming = tuple(
        Person(n, sector=f"s{dice.randrange(6)}", fixed_table=n if hosts and size > 2 and n < 2 else None)
        for n in range(count)
    )
    problem = Problem(coming, (Shape(size),) * 3)
    model = Model(problem)
    start = design_start(model, {})
    assume(start is not None)
    assert start is not None
    labels = Relabeller(model, model.weights, start, first_people(start, dice))
    labels.anneal(40, Band(100, 400, 100), dice, lambda steps: False)
    if len(start.rounds) == 3 and (size > 2 or count % 2 == 0):
        assert labels.energy == energy(model, place(model, start, labels.people.tolist()))
    assert (np.sort(labels.people) == np.arange(count)).all()
    placed = place(model, start, labels.people.tolist())
    assert all(placed[0, n] == n for n in range(2) if coming[n].fixed_table is not None)


def test_in_the_cold_labels_only_change_places_where_it_costs_nothing() -> None:
    history = (PastMeeting(0, 1), PastMeeting(2, 3), PastMeeting(0, 2), PastMeeting(1, 3))
    history += (PastMeeting(0, 3, 1, 7), PastMeeting(1, 2, 1, 7))
    model, dice = Model(Problem(people(4), (Shape(2),), history)), random.Random(1)
    start = design_start(model, {})
    assert start is not None
    labels = Relabeller(model, model.weights, start, [0, 3, 1, 2])
    before = labels.energy
    labels.anneal(200, Band(100, 1, 1), dice, lambda steps: False)
    assert labels.best_energy == labels.energy <= before
    assert sorted(labels.people.tolist()) == [0, 1, 2, 3]


def test_labels_of_hosts_stay_at_the_head_of_their_tables() -> None:
    coming = tuple(Person(n, sector=f"s{n % 7}", fixed_table=5 - n if n < 6 else None) for n in range(24))
    model, dice = Model(Problem(coming, (Shape(4),) * 4)), random.Random(4)
    start = design_start(model, {})
    assert start is not None
    labels = Relabeller(model, model.weights, start, first_people(start, dice))
    before = labels.energy
    labels.anneal(150, Band(100, 600, 150), dice, lambda steps: False)
    assert labels.best_energy < before
    tables = place(model, start, labels.best.tolist())
    assert energy(model, tables) == labels.best_energy
    assert tables[:, :6].tolist() == [[5, 4, 3, 2, 1, 0]] * 4


def test_earlier_meetings_count_less_the_longer_ago_they_were() -> None:
    ages = [0, 100, 182, 183, 365, 366, 730, 731, 5000]
    assert age_weight(None) == age_mass(None) == 100
    assert [age_weight(age) for age in ages] == [30, 30, 30, 15, 15, 8, 8, 4, 4]
    masses = [age_mass(age) for age in ages]
    assert masses == sorted(masses, reverse=True)
    assert age_mass(182) == 50
    assert masses[-1] >= 1


def test_people_met_long_ago_are_seated_together_before_people_met_last_week() -> None:
    history = [PastMeeting(0, 1, 1, 7), PastMeeting(2, 3, 1, 7), PastMeeting(0, 2, 1, 7), PastMeeting(1, 3, 1, 7)]
    history += [PastMeeting(0, 3, 1, 400), PastMeeting(1, 2, 1, 400)]
    made = plan(Problem(people(4), (Shape(2),), tuple(history)), Steps(200), 1)
    assert {frozenset(table) for table in made.rounds[0]} == {frozenset({0, 3}), frozenset({1, 2})}


def test_nobody_meets_twice_in_a_morning_to_spare_somebody_met_last_week() -> None:
    history = tuple(PastMeeting(a, b, 3, 7) for a in range(4) for b in range(a))
    made = plan(Problem(people(4), (Shape(2),) * 3, history), Steps(200), 1)
    assert made.cost.fresh_repeats == 0
    assert made.cost.repeats == 6


def test_forbidden_pairs_never_meet_and_pairs_that_must_meet_do() -> None:
    problem = a_problem(12, 4, 2, forbidden=((0, 1), (0, 2), (5, 6)), must_meet=((3, 4), (7, 8), (9, 10)))
    made = plan(problem, Steps(300), 2)
    assert made.cost.forbidden == 0
    assert made.cost.must_meet_missed == 0
    assert any({7, 8} <= set(table) for seating in made.rounds for table in seating)


def test_sectors_come_before_repeats_only_when_the_organiser_says_so() -> None:
    coming = tuple(Person(n, sector="a" if n < 4 else "b") for n in range(8))
    problem = Problem(coming, (Shape(2),) * 6)
    repeats_first = plan(problem, Steps(600), 1)
    sectors_first = plan(replace(problem, sector_first=True), Steps(600), 1)
    assert repeats_first.cost.repeats == 0
    assert repeats_first.cost.same_sector > 0
    assert sectors_first.cost.same_sector == 0
    assert sectors_first.cost.repeats > 0
    assert ranked(sectors_first.cost, replace(problem, sector_first=True))[2] == 0


def test_nobody_meets_a_third_time_when_that_is_the_mode() -> None:
    problem = a_problem(12, 6, 5)
    distinct = plan(problem, Steps(1500), 1)
    never_thrice = plan(replace(problem, mode=Mode.NEVER_THRICE), Steps(1500), 1)
    assert distinct.cost.thirds == 0
    assert never_thrice.cost.repeats >= distinct.cost.repeats
    assert never_thrice.cost.familiarity <= distinct.cost.familiarity


def test_affine_sectors_are_seated_together_and_unknown_ones_ignored() -> None:
    coming = tuple(Person(n, sector=["florist", "photographer", "lawyer", "baker"][n % 4]) for n in range(8))
    affinity = (Affinity("florist", "photographer", 9), Affinity("photographer", "florist", 2),
                Affinity("florist", "astronaut", 9))
    made = plan(Problem(coming, (Shape(2),), affinity=affinity), Steps(200), 1)
    assert made.cost.affinity_missed == 2 * 9
    assert sum({n % 4 for n in table} == {0, 1} for table in made.rounds[0]) == 2


def test_trios_and_repeats_are_shared_out() -> None:
    made = plan(a_problem(9, 2, 3), Steps(400), 1)
    assert made.cost.extra_trios == 0
    assert made.cost.most_repeats == 0
    assert all(sorted(map(len, seating)) == [2, 2, 2, 3] for seating in made.rounds)


def test_table_numbers_let_people_stay() -> None:
    made = plan(a_problem(32, 4, 6), Steps(0), 1)
    assert made.cost.walks <= 5 * (32 - 8)


def test_a_bye_of_an_earlier_meeting_counts() -> None:
    coming = tuple(Person(n, byes=0 if n in (3, 4) else 1) for n in range(7))
    made = plan(Problem(coming, (Shape(2, odd=Odd.BYE),) * 2), Steps(100), 5)
    seated = [{person for table in seating for person in table} for seating in made.rounds]
    assert {person for person in range(7) if not all(person in round_ for round_ in seated)} == {3, 4}
    model = Model(Problem(coming, (Shape(2, odd=Odd.BYE),) * 2))
    assert evaluate(model, seat_greedily(model, {0: 3, 1: 3}, random.Random(1))).extra_byes == 1
