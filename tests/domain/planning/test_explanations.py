"""People are told whom they meet, which wish is met, and what pins their seat."""

from typing import Any

from server.domain.planning import Lock, Odd, PastMeeting, Person, Problem, Shape, plan
from server.domain.planning.explain import explain
from tests.domain.planning.problems import Steps, people


def said(problem: Problem, rounds: Any, person: object, number: int) -> dict[str, dict[str, Any]]:
    return {e.key: e.params for e in explain(problem, rounds) if (e.person, e.number) == (person, number)}


def test_new_people_known_people_and_met_wishes_are_named() -> None:
    coming = (Person("A", looks_for=("tax",)), Person("B", sector="tax"), Person("C"), Person("D"))
    problem = Problem(coming, (Shape(4),), (PastMeeting("C", "A"),))
    words = said(problem, ((("A", "B", "C", "D"),),), "A", 0)
    assert words == {
        "new_people": {"people": ["B", "D"], "count": 2},
        "met_before": {"people": ["C"], "count": 1},
        "wish_met": {"other": "B", "sector": "tax"},
    }


def test_people_met_in_an_earlier_round_are_no_longer_new() -> None:
    problem = Problem(people(2), (Shape(2), Shape(2)))
    assert "new_people" in said(problem, (((0, 1),), ((0, 1),)), 0, 0)
    assert said(problem, (((0, 1),), ((0, 1),)), 0, 1) == {"met_before": {"people": [1], "count": 1}}


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


def test_whoever_sits_out_is_told() -> None:
    problem = Problem(people(3), (Shape(2, odd=Odd.BYE),))
    made = plan(problem, Steps(10), 1)
    (out,) = made.byes(0, [0, 1, 2])
    assert said(problem, made.rounds, out, 0) == {"bye": {}}
