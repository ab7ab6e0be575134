"""Agendas that a group keeps: saved, replaced by name, taken away, nobody else's."""

from datetime import UTC, datetime

import pytest

from server.domain import agenda_templates as rules
from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.vocabulary import GroupId
from server.services import agenda_templates
from server.services.context import Context
from server.services.meetings import AgendaLine, MeetingPlan
from tests.mornings import Morning

AGENDA = (AgendaLine("welcome", "Ciao", 5, "Say hello."), AgendaLine("rounds", "Giri", 25))
PLAN = MeetingPlan("x", "", datetime(2026, 11, 26, 7, tzinfo=UTC).replace(tzinfo=None), 4, 300, 2, AGENDA)


@pytest.fixture
def group(morning: Morning) -> GroupId:
    return GroupId(morning.group_id)


def test_an_agenda_is_kept_and_comes_back_as_it_was(ctx: Context, group: GroupId, morning: Morning) -> None:
    uid = agenda_templates.save(ctx, group_id=group, name=" Ours ", plan=PLAN)
    (kept,) = agenda_templates.saved(ctx, group)
    assert (kept.uid, kept.name, kept.lines) == (uid, "Ours", AGENDA)
    assert (kept.rounds, kept.round_seconds, kept.table_size) == (4, 300, 2)
    assert agenda_templates.saved(ctx, GroupId(morning.other_group_id)) == ()


def test_the_same_name_replaces_what_was_kept(ctx: Context, group: GroupId) -> None:
    first = agenda_templates.save(ctx, group_id=group, name="Ours", plan=PLAN)
    shorter = MeetingPlan("x", "", PLAN.starts_local, 2, 240, 4, AGENDA[:1])
    assert agenda_templates.save(ctx, group_id=group, name="Ours", plan=shorter) == first
    (kept,) = agenda_templates.saved(ctx, group)
    assert (kept.rounds, len(kept.lines)) == (2, 1)


def test_a_template_goes_once_and_only_from_its_own_group(ctx: Context, group: GroupId, morning: Morning) -> None:
    uid = agenda_templates.save(ctx, group_id=group, name="Ours", plan=PLAN)
    with pytest.raises(NotFound, match="template_unknown"):
        agenda_templates.remove(ctx, group_id=GroupId(morning.other_group_id), uid=uid)
    agenda_templates.remove(ctx, group_id=group, uid=uid)
    with pytest.raises(NotFound, match="template_unknown"):
        agenda_templates.remove(ctx, group_id=group, uid=uid)


def test_a_template_taken_away_by_mistake_comes_back_as_it_was(ctx: Context, group: GroupId, morning: Morning) -> None:
    uid = agenda_templates.save(ctx, group_id=group, name="Ours", plan=PLAN)
    before = agenda_templates.saved(ctx, group)
    gone = agenda_templates.remove(ctx, group_id=group, uid=uid)
    assert (gone.name, agenda_templates.saved(ctx, group)) == ("Ours", ())
    with pytest.raises(NotFound):
        agenda_templates.put_back(ctx, group_id=GroupId(morning.other_group_id), entry=gone.entry)
    for _twice in range(2):
        assert agenda_templates.put_back(ctx, group_id=group, entry=gone.entry) == "Ours"
    assert agenda_templates.saved(ctx, group) == before
    again = agenda_templates.remove(ctx, group_id=group, uid=uid)
    agenda_templates.save(ctx, group_id=group, name="Ours", plan=PLAN)
    with pytest.raises(Conflict, match="template_name_taken"):
        agenda_templates.put_back(ctx, group_id=group, entry=again.entry)
    other = agenda_templates.remove(ctx, group_id=group, uid=agenda_templates.saved(ctx, group)[0].uid)
    for number in range(rules.SAVED_MOST):
        agenda_templates.save(ctx, group_id=group, name=f"No. {number}", plan=PLAN)
    with pytest.raises(RuleViolation, match="templates_many"):
        agenda_templates.put_back(ctx, group_id=group, entry=other.entry)


def test_what_cannot_be_a_meeting_or_has_no_name_is_not_kept(ctx: Context, group: GroupId) -> None:
    with pytest.raises(RuleViolation, match="template_name"):
        agenda_templates.save(ctx, group_id=group, name=" ", plan=PLAN)
    with pytest.raises(RuleViolation):
        agenda_templates.save(
            ctx, group_id=group, name="Ours", plan=MeetingPlan("x", "", PLAN.starts_local, 0, 300, 2, AGENDA)
        )
    for number in range(rules.SAVED_MOST):
        agenda_templates.save(ctx, group_id=group, name=f"No. {number}", plan=PLAN)
    with pytest.raises(RuleViolation, match="templates_many"):
        agenda_templates.save(ctx, group_id=group, name="One more", plan=PLAN)


def test_heads_are_those_expected_or_the_members(ctx: Context, group: GroupId, morning: Morning) -> None:
    assert agenda_templates.heads(ctx, group, None) == 5
    assert agenda_templates.heads(ctx, group, morning.meeting_id) == 6
