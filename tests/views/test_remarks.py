"""Whatever the planner remarks has its words in three languages, with names for ids and tables counted from one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.catalogues import catalogue
from server.domain.planning import (
    Board,
    Odd,
    PastMeeting,
    Person,
    Problem,
    Shape,
    alternative,
    bring_together,
    empty_chairs,
    options,
    outlook,
    weighed_to_json,
    why_not,
)
from server.domain.planning.effects import COUNTED
from server.views.sentences import remarks

PLANNING = Path(__file__).parents[2] / "server" / "domain" / "planning"
NAMES = {0: "Anna", 1: "Bruno", 2: "Carla", 3: "Dino", 4: "Ewa"}


def english(text: str) -> str:
    return text


def name(person: Any) -> str:
    return NAMES.get(person, f"Person {person}")


def _keys(source: str) -> Iterator[str]:
    """Every key a module says: the first argument of Said(...), and the keys explanations are yielded with."""
    for node in ast.walk(ast.parse(source)):
        first: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Said":
            first = node.args[0]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0] if isinstance(node.value.elts[0], ast.Constant) else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Explanation":
            first = node.args[2]
        for part in ast.walk(first) if first is not None else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.fullmatch("[a-z_]+", part.value):
                yield part.value


def test_every_remark_of_the_planner_has_words() -> None:
    said = {key for path in PLANNING.glob("*.py") for key in _keys(path.read_text(encoding="utf-8"))}
    built = {"must_meet_", "wish_", "affinity_", "chair_", "saved", "added", "_", "_at_least", "_at_most", "_exactly"}
    said.update(key for keys in COUNTED.values() for key in keys)
    assert {"new_people", "together_again", "because_of_count"} <= said
    assert said - built <= set(remarks.REMARKS)


@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_whatever_is_said_of_a_meeting_can_be_read(language: str) -> None:
    translate = catalogue(language).gettext
    coming = (
        Person(0, "law", ("tax", "notary"), fixed_table=0), Person(1, "tax", fixed_table=0), Person(2, "law"),
        Person(3, looks_for=("law",)), Person(4, visitor=True, present=frozenset({1, 2})),
    )  # fmt: skip
    history = (PastMeeting(0, 1, 2, 30), PastMeeting(2, 3))
    problem = Problem(coming, (Shape(2, odd=Odd.BYE),) * 3, history, held=(((0, 1), (2, 3)),))
    board = Board(problem, (*problem.held, ((0, 1), (2, 3)), ((0, 1), (3, 4))))
    lines = [remarks.worded(e.key, e.params, name, translate) for n in range(5) for e in board.explanations(n)]
    for number in (1, 2):
        for person in range(5):
            found = alternative(board, number, person)
            answer = None if found is None else weighed_to_json(found)
            lines += remarks.outcome(answer, name, translate)
            lines += [] if answer is None else [remarks.heading(answer, name, translate)]
            for option in options(board, number, person):
                after = Board(problem, board.after(option.move).rounds)
                assert after.cost == board.cost or any(option.change)
    for one, other in ((0, 3), (0, 1), (2, 4), (3, 4)):
        lines += [remarks.worded(said.key, said.params, name, translate) for said in why_not(board, one, other).told]
        way = bring_together(board, one, other)
        lines += [] if way is None else remarks.way(weighed_to_json(way), name, translate)
    lines += [remarks.worded(said.key, said.params, name, translate) for said in outlook(problem).told]
    for chair in empty_chairs(problem, steps=5):
        lines += [remarks.worded(said.key, said.params, name, translate) for said in chair.told]
    assert all(line and "%" not in line for line in lines)
    assert any("Anna" in line for line in lines)


def test_since_when_people_know_each_other_is_said_in_rounds_and_days() -> None:
    met = {"other": 1, "rounds": [0, 2], "times": 3, "days_ago": 14}
    told = remarks.worded("met_before", {"people": [1], "count": 1, "met": [met]}, name, english)
    assert told == "Met before: Bruno (round 1, 3; earlier meetings: 3, days ago: 14)"
    undated = {"rounds": [], "times": 2, "days_ago": None}
    again = remarks.worded("together_again", {"one": 0, "other": 1, "table": 3, **undated}, name, english)
    assert again == "Table 4 would bring Anna and Bruno together again (earlier meetings: 2)."


def test_what_is_forbidden_is_not_called_better() -> None:
    weighed: dict[str, Any] = {"allowed": False, "verdict": -1, "change": {"repeats": -2}, "breaks": [], "gains": []}
    assert remarks.outcome(weighed, name, english) == [
        "This breaks a rule.",
        "Pairs that meet again: -2",
    ]
    assert remarks.outcome(None, name, english) == ["No other seat without breaking a rule"]


@pytest.mark.parametrize(
    ("move", "heading", "way"),
    [
        ({"other": 1, "to": 3}, "Cheapest other seat: changing with Bruno, table 4",
         "Round 2: Anna changes with Bruno, table 4"),
        ({"other": 1, "to": None}, "Cheapest other seat: changing with Bruno, who sits this round out",
         "Round 2: Anna changes with Bruno, who sits this round out"),
        ({"to": 0}, "Cheapest other seat: table 1", "Round 2: Anna goes to table 1"),
    ],
)  # fmt: skip
def test_a_move_is_named_by_person_and_table(move: dict[str, Any], heading: str, way: str) -> None:
    weighed = {"moves": [{"round": 1, "one": 0, **move}]}
    assert remarks.heading(weighed, name, english) == heading
    assert remarks.way(weighed, name, english) == [way]
