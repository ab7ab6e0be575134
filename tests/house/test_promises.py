"""Promises that hold for the whole program: privacy marks, sentences for every refusal, a row for every event."""

import ast
from pathlib import Path

import pytest

from server.domain import events
from server.domain.errors import Conflict, NotAllowed, NotFound, RuleViolation, WrongPhase
from server.domain.privacy import Privacy
from server.domain.vocabulary import SHARED_AUDIENCES
from server.persistence.base import Base
from server.sockets import broadcasts
from server.views.sentences import SENTENCES
from server.wire import sections

ROOT = Path(__file__).parents[2]
REFUSALS = {kind.__name__ for kind in (RuleViolation, NotAllowed, NotFound, WrongPhase, Conflict)}
COMMAND_LINE_ONLY = "plan_"
"""The planner's refusals are said by the command line and the facilitator in sentences of the planning feature."""


def test_every_column_says_what_it_owes_the_people_it_is_about() -> None:
    bare = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("privacy"), Privacy)
    ]
    assert not bare


def _codes() -> dict[str, str]:
    """Every literal code that a refusal is raised with, and the file it stands in."""
    found = {}
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            first = node.args[0]
            if name in REFUSALS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = path.name
    return found


def test_every_refusal_has_a_sentence() -> None:
    missing = {code: where for code, where in _codes().items() if code not in SENTENCES}
    assert not missing


def test_no_code_has_two_sentences() -> None:
    folder = ROOT / "server" / "views" / "sentences"
    seen: dict[str, str] = {}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in node.keys if isinstance(node, ast.Dict) else ():
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    assert key.value not in seen, f"{key.value} stands in {seen[key.value]} and {path.name}"
                    seen[key.value] = path.name


EVENTS = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)]


@pytest.mark.parametrize("kind", [kind for kind in EVENTS if kind is not events.Event], ids=lambda k: k.__name__)
def test_every_event_is_told_to_exactly_those_who_hear_it(kind: type[events.Event]) -> None:
    shared = {audience for audience in kind.heard_by if audience in SHARED_AUDIENCES}
    assert set(broadcasts.TABLE[kind]) == shared
    assert kind in broadcasts.KINDS


def test_every_section_belongs_to_an_audience_and_has_a_builder() -> None:
    heard = {name for names in sections.SECTIONS.values() for name in names}
    assert heard == set(sections.BUILDERS)
