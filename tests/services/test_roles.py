"""Roles that a group gives to members: held at once, taken back, never the last organiser's."""

import pytest
from sqlalchemy import select

from server.domain.access import GROUP_ROLES
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import GroupId, Role
from server.persistence.models import GrantRow, JournalEntry
from server.services import people, roles, takebacks
from server.services.context import Context, Op
from tests.mornings import Morning
from tests.services.test_merging import _uids


@pytest.fixture
def group(morning: Morning) -> GroupId:
    return GroupId(morning.group_id)


def _held(ctx: Context, group: GroupId, uid: str) -> set[Role]:
    return set(people.card(ctx, group, uid).roles)


def test_a_member_gets_roles_loses_them_and_has_them_back(ctx: Context, group: GroupId, morning: Morning) -> None:
    (mira,) = _uids(ctx, morning.people["Mira"])
    assert roles.give(ctx, group_id=group, uid=mira, roles=[Role.SECRETARY, Role.CARE]) == 2
    assert roles.give(ctx, group_id=group, uid=mira, roles=[Role.CARE, Role.SECRETARY]) == 0
    assert roles.give(ctx, group_id=group, uid=mira, roles=[Role.FACILITATOR]) == 3
    assert _held(ctx, group, mira) == {Role.FACILITATOR}
    last = roles.last_change(ctx, group, morning.people["Mira"])
    assert last is not None
    roles.take_back(ctx, group_id=group, uid=mira, entry=last)
    assert _held(ctx, group, mira) == {Role.SECRETARY, Role.CARE}
    with pytest.raises(NotFound, match="take_back_unknown"):
        roles.take_back(ctx, group_id=group, uid=mira, entry=last)
    first = roles.last_change(ctx, group, morning.people["Mira"])
    assert first is not None
    roles.take_back(ctx, group_id=group, uid=mira, entry=first)
    assert _held(ctx, group, mira) == set()
    assert roles.last_change(ctx, group, morning.people["Mira"]) is None


def test_a_change_of_roles_is_in_the_journal_but_not_among_what_a_secretary_takes_back(
    ctx: Context, group: GroupId, morning: Morning
) -> None:
    (mira,) = _uids(ctx, morning.people["Mira"])
    roles.give(ctx, group_id=group, uid=mira, roles=[Role.ORGANISER])
    with ctx.reading() as db:
        (entry,) = db.scalars(select(JournalEntry)).all()
        assert (entry.kind, entry.group_id) == (roles.KIND, group)
    assert takebacks.listed(ctx, group) == ()
    with pytest.raises(NotFound):
        takebacks.take_back(ctx, group_id=group, entry=entry.uid)


def test_the_last_organiser_keeps_the_role_and_so_does_whoever_became_the_last(
    ctx: Context, group: GroupId, morning: Morning
) -> None:
    olga, mira = _uids(ctx, morning.people["Olga"], morning.people["Mira"])
    with pytest.raises(WrongPhase, match="last_organiser"):
        roles.give(ctx, group_id=group, uid=olga, roles=[])
    roles.give(ctx, group_id=group, uid=mira, roles=[Role.ORGANISER])
    given = roles.last_change(ctx, group, morning.people["Mira"])
    roles.give(ctx, group_id=group, uid=olga, roles=[Role.CARE])
    assert given is not None
    with pytest.raises(WrongPhase, match="last_organiser"):
        roles.take_back(ctx, group_id=group, uid=mira, entry=given)
    assert _held(ctx, group, mira) == {Role.ORGANISER}
    assert _held(ctx, group, olga) == {Role.CARE}


def test_only_members_of_the_group_hold_roles_and_only_those_a_group_gives(
    ctx: Context, group: GroupId, morning: Morning
) -> None:
    vik, mira, sam = _uids(ctx, morning.people["Vik"], morning.people["Mira"], morning.people["Sam"])
    with pytest.raises(RuleViolation, match="role_needs_member"):
        roles.give(ctx, group_id=group, uid=vik, roles=[Role.CARE])
    with pytest.raises(RuleViolation, match="group_role_unknown"):
        roles.give(ctx, group_id=group, uid=mira, roles=[Role.KIOSK])
    with pytest.raises(NotFound, match="person_unknown"):
        roles.give(ctx, group_id=group, uid=sam, roles=[Role.CARE])
    with pytest.raises(NotFound, match="person_unknown"):
        roles.take_back(ctx, group_id=group, uid=sam, entry="0" * 16)
    with ctx.reading() as db:
        assert set(db.scalars(select(GrantRow.role).where(GrantRow.person_id == morning.people["Mira"]))) == set()
    assert Role.KIOSK not in GROUP_ROLES


def test_a_press_sent_twice_is_one(ctx: Context, group: GroupId, morning: Morning) -> None:
    (mira,) = _uids(ctx, morning.people["Mira"])
    op = Op("1" * 16, "give_roles", {"roles": ["care"]})
    assert roles.give(ctx, group_id=group, uid=mira, roles=[Role.CARE], op=op) == 1
    assert roles.give(ctx, group_id=group, uid=mira, roles=[Role.CARE], op=op) == 1
    with ctx.reading() as db:
        assert len(db.scalars(select(JournalEntry)).all()) == 1
