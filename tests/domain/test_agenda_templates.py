"""Agendas to begin with: their minutes add up to what they say, their rounds fit, everybody has a turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import agenda_templates as templates
from server.domain import meetings
from server.domain.agenda_templates import SHAPES, Usual
from server.domain.errors import RuleViolation


@pytest.mark.parametrize("key", list(Usual))
def test_every_template_is_a_plan_that_the_rules_let_through(key: Usual) -> None:
    shape = SHAPES[key]
    meetings.check_plan(rounds=shape.rounds, seconds=shape.round_seconds, table_size=shape.table_size)
    agenda = meetings.check_agenda(meetings.AgendaItem(kind, kind, minutes) for kind, minutes in shape.lines)
    assert sum(item.minutes for item in agenda.items) == shape.minutes
    (minutes,) = [minutes for kind, minutes in shape.lines if kind == "rounds"]
    assert shape.rounds * shape.round_seconds <= minutes * 60


def test_the_breakfasts_take_what_their_names_say() -> None:
    assert SHAPES[Usual.BREAKFAST_60].minutes == 60
    assert SHAPES[Usual.BREAKFAST_90].minutes == 90
    assert SHAPES[Usual.BREAKFAST_90].lines == meetings.DEFAULT_AGENDA


@given(st.integers(1, 60), st.integers(1, 80))
def test_the_more_people_the_shorter_everybodys_turn(minutes: int, people: int) -> None:
    each = templates.seconds_each([("introductions", minutes)], people)
    fewer = templates.seconds_each([("introductions", minutes)], people + 1)
    assert each is not None
    assert fewer is not None
    assert each >= fewer


def test_without_a_line_of_introductions_or_without_people_nobody_has_seconds() -> None:
    assert templates.seconds_each([("rounds", 30)], 20) is None
    assert templates.seconds_each([("introductions", 15)], 0) is None


def test_a_template_has_a_name() -> None:
    assert templates.check_name("  Our   breakfast ") == "Our breakfast"
    for name in ("", "   ", "x" * 81):
        with pytest.raises(RuleViolation, match="template_name"):
            templates.check_name(name)
