"""What an exchange of seats would break and gain is told by name, and adds up to its cost."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import (
    Affinity,
    Board,
    Odd,
    PastMeeting,
    Person,
    Problem,
    Said,
    Shape,
    Weighed,
    cost_of_exchange,
    plan,
    resume,
)
from tests.domain.planning.problems import Steps, a_problem, people, problems


def of(said: tuple[Said, ...], key: str) -> list[dict[str, Any]]:
    return [each.params for each in said if each.key == key]


def test_an_exchange_that_brings_people_together_again_names_them_and_since_when() -> None:
    problem = a_problem(6, 3, 2, history=(PastMeeting(0, 4, 2, 30),))
    board = Board(problem, (((0, 1, 2), (3, 4, 5)), ((0, 3, 1), (2, 4, 5))))
    found = cost_of_exchange(board, 0, 1, 4)
    couple = {"one": 4, "other": 0, "table": 0, "round": 0}
    assert of(found.breaks, "together_again")[-2:] == [
        {**couple, "rounds": [], "times": 2, "days_ago": 30},
        {**couple, "other": 2, "rounds": [1], "times": 0, "days_ago": None},
    ]
    assert {"one": 1, "other": 0, "table": 0, "round": 0} in of(found.gains, "repeat_spared")


def test_wishes_sectors_and_the_organisers_word_are_told_both_ways() -> None:
    coming = (
        Person(0, "law", looks_for=("tax",)), Person(1, "tax"), Person(2, "law"),
        Person(3, "florist"), Person(4, "photographer", looks_for=("tax",)), Person(5, visitor=True),
    )  # fmt: skip
    affinity = (Affinity("florist", "photographer", 5),)
    problem = Problem(coming, (Shape(3),), must_meet=((0, 1), (1, 5)), affinity=affinity)
    board = Board(problem, (((0, 1, 2), (3, 4, 5)),))
    found = cost_of_exchange(board, 0, 1, 3)
    assert found.verdict == 1, "nobody loses a wish, but two lawyers stay together and a florist goes"
    assert of(found.breaks, "wish_lost") == [{"person": 0, "other": 1, "round": 0, "sector": "tax"}]
    assert of(found.gains, "wish_gained") == [{"person": 4, "other": 1, "round": 0, "sector": "tax"}]
    assert of(found.breaks, "must_meet_lost") == [{"one": 1, "other": 0, "table": 0, "round": 0}]
    assert of(found.gains, "must_meet_gained") == [{"one": 1, "other": 5, "table": 1, "round": 0}]
    assert of(found.breaks, "affinity_lost") == [{"one": 3, "other": 4, "table": 1, "round": 0, "weight": 5}]
    parted = cost_of_exchange(board, 0, 2, 3)
    assert of(parted.gains, "same_sector_spared") == [{"one": 2, "other": 0, "table": 0, "round": 0, "sector": "law"}]
    brought = cost_of_exchange(Board(problem, (((0, 1, 3), (2, 4, 5)),)), 0, 2, 3)
    assert of(brought.breaks, "same_sector_together") == [
        {"one": 2, "other": 0, "table": 0, "round": 0, "sector": "law"}
    ]
    assert of(brought.gains, "affinity_gained")[0]["weight"] == 5


def test_byes_and_tables_of_three_that_go_round_less_fairly_are_told() -> None:
    board = Board(Problem(people(5), (Shape(2),) * 2), (((0, 1, 2), (3, 4)), ((3, 0, 4), (1, 2))))
    found = cost_of_exchange(board, 1, 3, 1)
    assert of(found.breaks, "trios_less_fair") == [{"count": 1}]
    assert of(cost_of_exchange(board.after(*found.moves), 1, 3, 1).gains, "trios_fairer") == [{"count": 1}]
    pairs = Problem((Person(0, byes=1), *people(3)[1:]), (Shape(2, odd=Odd.BYE),))
    byes = cost_of_exchange(Board(pairs, (((0, 1),),)), 0, 0, 2)
    assert of(byes.breaks, "byes_less_fair") == [{"count": 1}]


def test_what_only_numbers_say_is_told_as_a_number() -> None:
    coming = (*people(6), Person(6, visitor=True), Person(7, visitor=True))
    problem = resume(Problem(coming, (Shape(4),) * 2), (((0, 1, 2, 6), (3, 4, 5, 7)),) * 2, ())
    board = Board(problem, problem.previous)
    found = cost_of_exchange(board, 1, 0, 7)
    assert of(found.breaks, "announced_seats_changed") == [{"count": 2}]
    assert of(found.breaks, "more_walking") == [{"count": 2}]
    back = cost_of_exchange(board.after(*found.moves), 1, 0, 7)
    assert of(back.gains, "announced_seats_kept") == [{"count": 2}]
    assert of(back.gains, "less_walking") == [{"count": 2}]
    mixed = cost_of_exchange(Board(replace(problem, previous=()), board.rounds), 1, 0, 7)
    assert of(mixed.gains, "visitors_gained") == [{"count": 2}]


def _agrees(found: Weighed) -> None:
    told = Counter(said.key for said in (*found.breaks, *found.gains))
    assert found.change.repeats == told["together_again"] - told["repeat_spared"]
    assert found.change.same_sector == told["same_sector_together"] - told["same_sector_spared"]
    assert found.change.must_meet_missed == told["must_meet_lost"] - told["must_meet_gained"]
    weights = sum(each["weight"] for each in of(found.breaks, "affinity_lost"))
    weights -= sum(each["weight"] for each in of(found.gains, "affinity_gained"))
    assert found.change.affinity_missed == weights
    lost = {frozenset((each["person"], each["other"])) for each in of(found.breaks, "wish_lost")}
    gained = {frozenset((each["person"], each["other"])) for each in of(found.gains, "wish_gained")}
    assert found.change.wishes_missed == len(lost) - len(gained)
    assert told or not any(found.change), "nothing changes without a word"


@settings(max_examples=60, deadline=None)
@given(problems(most=24), st.integers(0, 9))
def test_the_names_that_are_told_add_up_to_the_cost_that_is_told(problem: Problem, seed: int) -> None:
    dice = random.Random(seed)
    ids = [person.id for person in problem.people]
    pairs = tuple((one, other) for one, other in (dice.sample(ids, 2) for _ in range(3)))
    problem = replace(problem, must_meet=pairs, affinity=(Affinity("sector 0", "sector 1", 4),))
    board = Board(problem, plan(problem, Steps(0), 1).rounds)
    for number in range(problem.rounds):
        there = [person.id for person in problem.present(number)]
        for _ in range(4):
            one, other = dice.sample(there, 2)
            found = cost_of_exchange(board, number, one, other)
            _agrees(found)
            for said in (*found.breaks, *found.gains):
                named = {said.params[key] for key in ("person", "one", "other") if key in said.params}
                assert named <= set(there)
