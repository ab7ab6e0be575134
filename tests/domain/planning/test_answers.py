"""What the planner says travels as JSON: ids as given, tables and rounds from 0, nothing but the levels that move."""

import json
from typing import Any

from server.domain.planning import (
    Board,
    Lock,
    Odd,
    Person,
    Problem,
    Shape,
    chair_to_json,
    cost_of_exchange,
    cost_of_transfer,
    empty_chairs,
    explain,
    explanation_to_json,
    option_to_json,
    options,
    outlook,
    outlook_to_json,
    weighed_to_json,
    why_not,
    why_not_to_json,
)
from tests.domain.planning.problems import a_problem, people

ROUNDS = (((0, 1, 2), (3, 4, 5)), ((0, 3, 1), (2, 4, 5)))


def travelled(value: dict[str, Any]) -> dict[str, Any]:
    """The value as it arrives."""
    return dict(json.loads(json.dumps(value)))


def test_a_change_by_hand_travels_with_its_moves_and_names() -> None:
    board = Board(a_problem(6, 3, 2), ROUNDS)
    sent = travelled(weighed_to_json(cost_of_exchange(board, 1, 1, 4)))
    assert sent["moves"] == [{"round": 1, "one": 1, "to": 1, "other": 4}]
    assert sent["cost"] == board.after(*cost_of_exchange(board, 1, 1, 4).moves).cost._asdict()
    assert all(sent["change"].values())
    assert {"key", "params"} == sent["breaks"][0].keys()
    assert travelled(weighed_to_json(cost_of_transfer(board, 1, 1, 1)))["moves"] == [{"round": 1, "one": 1, "to": 1}]


def test_whoever_would_sit_out_goes_to_no_table() -> None:
    board = Board(Problem(people(3), (Shape(2, odd=Odd.BYE),)), (((0, 1),),))
    sent = [travelled(option_to_json(option)) for option in options(board, 0, 0)]
    assert {"round": 0, "one": 0, "to": None, "other": 2} in [{k: each[k] for k in each if k in
            ("round", "one", "to", "other")} for each in sent]  # fmt: skip
    assert {"allowed", "verdict", "change"} <= sent[0].keys()


def test_explanations_travel_with_their_words_where_there_are_some() -> None:
    (first, *_) = explain(a_problem(6, 3, 1), ROUNDS[:1])
    assert "text" not in explanation_to_json(first)
    assert travelled(explanation_to_json(first, "hello")) == {
        "person": 0, "round": 0, "key": "new_people", "params": {"people": [1, 2], "count": 2}, "text": "hello",
    }  # fmt: skip


def test_why_two_do_not_meet_travels_with_the_way_or_without() -> None:
    board = Board(a_problem(6, 3, 2), ROUNDS)
    assert travelled(why_not_to_json(why_not(board, 0, 1)))["way"] is None
    sent = travelled(why_not_to_json(why_not(board, 0, 5)))
    assert (sent["one"], sent["other"], sent["told"]) == (0, 5, [])
    assert sent["way"]["allowed"]


def test_the_outlook_travels_with_what_is_shared_out_and_forced() -> None:
    locked = (Lock(0, 0, 0), Lock(1, 0, 0), Lock(0, 1, 0), Lock(1, 1, 0))
    sent = travelled(outlook_to_json(outlook(Problem((Person(0), *people(7)[1:]), (Shape(2),) * 2, locked=locked))))
    assert sent["trios"] == {"rounds": [0, 1], "total": 6, "least": 0, "most": 1}
    assert sent["forced"] == [{"one": 0, "other": 1, "table": 0, "rounds": [0, 1], "times": 2, "repeats": 1}]
    assert sent["byes"] is sent["all_new"] is None
    assert {said["key"] for said in sent["told"]} >= {"forced_pair", "repeats_unavoidable"}


def test_a_guest_travels_with_whom_they_would_meet() -> None:
    coming = (Person(0, looks_for=("notary",), region="Veneto"), *people(6)[1:])
    (chair,) = empty_chairs(Problem(coming, (Shape(3),)), steps=10)
    sent = travelled(chair_to_json(chair))
    assert (sent["sector"], sent["region"], sent["open"], sent["planned"]) == ("notary", "Veneto", [0], True)
    assert sent["told"][0]["key"] == "chair_wishes"
    assert len(sent["seats"]) == 1
