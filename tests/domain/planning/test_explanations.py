"""People are told whom they meet, which wish is met, since when they know somebody, and what pins their seat."""

from typing import Any

from hypothesis import given, settings

from server.domain.planning import Board, Lock, Odd, PastMeeting, Person, Problem, Shape, explain, plan
from tests.domain.planning.problems import Steps, people, problems


def said(problem: Problem, rounds: Any, person: object, number: int) -> dict[str, dict[str, Any]]:
    return {e.key: e.params for e in explain(problem, rounds) if (e.person, e.number) == (person, number)}


def again(other: object, rounds: list[int], times: int = 0, days_ago: int | None = None) -> dict[str, Any]:
    return {"other": other, "rounds": rounds, "times": times, "days_ago": days_ago}


def test_new_people_known_people_and_wishes_of_either_side_are_named() -> None:
    coming = (Person("A", "law", looks_for=("tax",)), Person("B", "tax", looks_for=("law",)), Person("C"), Person("D"))
    problem = Problem(coming, (Shape(4),), (PastMeeting("C", "A"),))
    assert said(problem, ((("A", "B", "C", "D"),),), "A", 0) == {
        "new_people": {"people": ["B", "D"], "count": 2},
        "met_before": {"people": ["C"], "count": 1, "met": [again("C", [], 1)]},
        "wish_met": {"other": "B", "sector": "tax"},
        "looked_for_by": {"other": "B", "sector": "law"},
    }


def test_people_met_in_an_earlier_round_are_no_longer_new() -> None:
    problem = Problem(people(2), (Shape(2),) * 3)
    assert "new_people" in said(problem, (((0, 1),),) * 3, 0, 0)
    assert said(problem, (((0, 1),),) * 3, 0, 1) == {"met_before": {"people": [1], "count": 1, "met": [again(1, [0])]}}
    assert said(problem, (((0, 1),),) * 3, 0, 2)["met_before"]["met"] == [again(1, [0, 1])]


def test_how_often_and_how_long_ago_people_met_is_told() -> None:
    history = (
        PastMeeting(0, 1, 2, 30), PastMeeting(1, 0, 1, 7), PastMeeting(0, 2, 3), PastMeeting(0, 2, 1), PastMeeting(0, 3)
    )  # fmt: skip
    problem = Problem(people(5), (Shape(5),), history)
    met = said(problem, (((0, 1, 2, 3, 4),),), 0, 0)["met_before"]["met"]
    assert met == [again(1, [], 3, 7), again(2, [], 4), again(3, [], 1)]


def test_what_pins_a_seat_is_named() -> None:
    coming = (Person(0, host=True), Person(1, fixed_table=1), Person(2), *people(8)[3:])
    held = (((0, 2, 3, 4), (1, 5, 6, 7)),)
    problem = Problem(coming, (Shape(4),) * 2, held=held, locked=(Lock(2, 1, 1),))
    made = plan(problem, Steps(30), 1)
    assert said(problem, made.rounds, 5, 0)["round_held"] == {"table": 1}
    assert said(problem, made.rounds, 0, 1)["hosts_table"] == {"table": 0}
    assert said(problem, made.rounds, 1, 1)["table_fixed"] == {"table": 1}
    assert said(problem, made.rounds, 2, 1)["seat_locked"] == {"table": 1}
    assert {e.person for e in made.explanations} == set(range(8))


def test_pairs_the_organiser_brings_together_are_told_so_the_first_time() -> None:
    problem = Problem(people(4), (Shape(2),) * 2, must_meet=((0, 1),))
    rounds = (((0, 1), (2, 3)),) * 2
    assert said(problem, rounds, 1, 0)["must_meet_kept"] == {"other": 0}
    assert "must_meet_kept" not in said(problem, rounds, 1, 1)
    assert "must_meet_kept" not in said(problem, (((0, 2), (1, 3)),), 1, 0)


def test_nobody_meets_their_own_wish() -> None:
    coming = (Person(0, "law", looks_for=("law",)), Person(1, "law", looks_for=("tax",)), Person(2))
    told = said(Problem(coming, (Shape(3),)), (((0, 1, 2),),), 0, 0)
    assert told["wish_met"] == {"other": 1, "sector": "law"}
    assert "looked_for_by" not in told


def test_people_of_one_sector_at_a_table_are_not_hidden() -> None:
    coming = (Person(0, "law"), Person(1, "law"), Person(2, "law"), Person(3, "tax"))
    told = said(Problem(coming, (Shape(4),)), (((0, 1, 2, 3),),), 1, 0)
    assert told["same_sector"] == {"people": [0, 2], "count": 2, "sector": "law"}


def test_a_table_of_three_says_how_often_one_has_sat_in_threes() -> None:
    problem = Problem(people(5), (Shape(2),) * 2)
    rounds = (((0, 1, 2), (3, 4)), ((0, 3, 4), (1, 2)))
    assert said(problem, rounds, 0, 0)["trio"] == {"table": 0, "times": 1}
    assert said(problem, rounds, 0, 1)["trio"] == {"table": 0, "times": 2}
    assert "trio" not in said(Problem(people(3), (Shape(3),)), (((0, 1, 2),),), 0, 0)


def test_whoever_sits_out_is_told_and_how_often_they_did_before() -> None:
    coming = (Person(0, byes=2), Person(1), Person(2))
    problem = Problem(coming, (Shape(2, odd=Odd.BYE),) * 2)
    assert said(problem, (((1, 2),), ((1, 2),)), 0, 0) == {"bye": {"before": 2}}
    assert said(problem, (((1, 2),), ((1, 2),)), 0, 1) == {"bye": {"before": 3}}


@settings(max_examples=40, deadline=None)
@given(problems(most=40))
def test_everybody_there_is_told_something_and_nobody_away_is_ever_named(problem: Problem) -> None:
    made = plan(problem, Steps(10), 1)
    board = Board(problem, made.rounds)
    assert made.explanations == tuple(
        each for number in range(problem.rounds) for each in made.explanations if each.number == number
    )
    for number in range(problem.rounds):
        there = {person.id for person in problem.present(number)}
        told = [each for each in made.explanations if each.number == number]
        assert {each.person for each in told} == there
        for each in told:
            assert each in board.explanations(each.person)
            named = {each.params.get("other", each.person), *each.params.get("people", ())}
            named |= {met["other"] for met in each.params.get("met", ())}
            assert named <= there
