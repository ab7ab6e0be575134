"""Visits are counted, at most two by default, and a count is all that is left of somebody who is forgotten."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Standing, Uid
from server.persistence.models import Attendance, Group, Membership, PastVisits, Person
from server.services import check_ins, expected, groups, self_check_in, visits, walk_ins
from server.services.context import Context, Json, Tx
from server.services.door_book import Desk
from server.wire import attendance as wire
from tests import builders
from tests.cast import VIK
from tests.conftest import Statements
from tests.mornings import Morning


def _come(ctx: Context, morning: Morning, person: int, times: int, standing: Standing = Standing.VISITOR) -> None:
    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        for number in range(times):
            meeting = builders.a_meeting(tx, group, slug=f"visit-{person}-{standing}-{number}")
            builders.an_attendance(tx, meeting, tx.db.get_one(Person, person), standing, entered_at=tx.now)

    ctx.transaction(work)


def _allow(ctx: Context, group: GroupId, times: int) -> None:
    """What the organiser sets for the whole group."""
    with ctx.reading() as db:
        settings = groups.view(db, group).settings
    groups.change_settings(ctx, group_id=group, settings=replace(settings, visits_allowed=times))


def _uid(ctx: Context, person: int) -> Uid:
    with ctx.reading() as db:
        return Uid(db.get_one(Person, person).uid)


def test_visits_are_counted_and_two_use_them_up(ctx: Context, morning: Morning) -> None:
    group, vik = GroupId(morning.group_id), morning.people["Vik"]
    _come(ctx, morning, vik, 1)
    _come(ctx, morning, vik, 1, Standing.MEMBER)
    assert visits.of(ctx, group, vik) == visits.Visits(1, 2)
    assert not visits.of(ctx, group, vik).used_up
    _allow(ctx, group, 1)
    assert visits.of(ctx, group, vik).used_up
    _allow(ctx, group, 0)
    assert not visits.of(ctx, group, vik).used_up, "as often as they like"
    with pytest.raises(RuleViolation, match="number_out_of_range"):
        _allow(ctx, group, -1)


def test_one_person_may_visit_more_or_less_often_than_everybody(ctx: Context, morning: Morning) -> None:
    group, vik = GroupId(morning.group_id), morning.people["Vik"]
    _come(ctx, morning, vik, 2)
    uid = _uid(ctx, vik)
    visits.allow(ctx, group_id=group, uid=uid, times=3)
    assert visits.of(ctx, group, vik) == visits.Visits(2, 3, own=True)
    visits.allow(ctx, group_id=group, uid=uid, times=0)
    assert not visits.of(ctx, group, vik).used_up, "as often as they like"
    visits.allow(ctx, group_id=group, uid=uid, times=None)
    assert visits.of(ctx, group, vik) == visits.Visits(2, 2), "as everybody again"
    with pytest.raises(RuleViolation, match="number_out_of_range"):
        visits.allow(ctx, group_id=group, uid=uid, times=100)
    with pytest.raises(NotFound, match="person_unknown"):
        visits.allow(ctx, group_id=GroupId(morning.other_group_id), uid=uid, times=3)


def test_whoever_is_put_on_a_list_is_shown_with_the_visits_they_had(ctx: Context, morning: Morning) -> None:
    _come(ctx, morning, morning.people["Vik"], 2)

    def draft(tx: Tx) -> int:
        return builders.a_meeting(tx, tx.db.get_one(Group, morning.group_id), slug="next").id

    meeting = MeetingId(ctx.transaction(draft))
    found = {each.name: each.visits for each in expected.candidates(ctx, meeting)}
    assert found["Vik"].used_up
    assert not found["Mira Łukasik"].used_up
    assert expected.add(ctx, meeting_id=meeting, person_uid=_uid(ctx, morning.people["Vik"])) == "Vik", "never refused"


def test_somebody_forgotten_is_known_again_by_the_count_alone(ctx: Context, morning: Morning) -> None:
    group, vik = GroupId(morning.group_id), morning.people["Vik"]
    _come(ctx, morning, vik, 2)

    def forget(tx: Tx) -> int:
        visits.keep_count(ctx, tx, group, vik)
        for row in tx.db.scalars(select(Attendance).where(Attendance.person_id == vik)):
            tx.db.delete(row)
        tx.db.flush()
        for membership in tx.db.scalars(select(Membership).where(Membership.person_id == vik)):
            tx.db.delete(membership)
        tx.db.flush()
        tx.db.delete(tx.db.get_one(Person, vik))
        tx.db.flush()
        return builders.a_member(tx, tx.db.get_one(Group, group), VIK, Standing.VISITOR).id

    again = ctx.transaction(forget)
    assert visits.of(ctx, group, again).used_up
    with ctx.reading() as db:
        kept = db.execute(select(PastVisits.who_hash, PastVisits.visits)).all()
    assert len(kept) == 2
    assert all(b"vik" not in mark.lower() and count == 2 for mark, count in kept)
    assert visits.of(ctx, GroupId(morning.other_group_id), again).times == 0, "each group counts its own"


def _door(morning: Morning) -> Desk:
    return Desk(None, "Door 1")


def _scan(morning: Morning, who: str) -> Json:
    return check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=_door(morning)
    )


def _on_the_doors_list(morning: Morning, uid: str) -> int | None:
    place = wire.door(morning.ctx, morning.meeting_id)[uid]
    return place["visit_beyond"]  # type: ignore[no-any-return]  # JSON


def test_the_door_is_told_that_a_visitors_visits_are_used_up_and_lets_them_in(ctx: Context, morning: Morning) -> None:
    _come(ctx, morning, morning.people["Vik"], 2)
    answer = _scan(morning, "Vik")
    assert answer["answer"] == "welcome"
    assert answer["visits"] == {"number": 3, "allowed": 2}
    assert _on_the_doors_list(morning, answer["uid"]) == 3
    assert "visits" not in _scan(morning, "Vik"), "they are in already"


def test_a_visitor_with_a_visit_left_and_a_member_are_told_nothing(ctx: Context, morning: Morning) -> None:
    _come(ctx, morning, morning.people["Vik"], 1)
    _come(ctx, morning, morning.people["Mira"], 5)
    for who in ("Vik", "Mira"):
        answer = _scan(morning, who)
        assert answer["answer"] == "welcome"
        assert "visits" not in answer
        assert _on_the_doors_list(morning, answer["uid"]) is None


def test_what_the_list_says_of_visits_follows_a_second_entry(ctx: Context, morning: Morning) -> None:
    group, vik = GroupId(morning.group_id), morning.people["Vik"]
    _come(ctx, morning, vik, 2)
    uid = _scan(morning, "Vik")["uid"]
    check_ins.undo(ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=_door(morning))
    assert _on_the_doors_list(morning, uid) is None
    visits.allow(ctx, group_id=group, uid=_uid(ctx, vik), times=3)
    assert "visits" not in check_ins.admit_by_name(
        ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=_door(morning)
    )
    assert _on_the_doors_list(morning, uid) is None


def test_a_walk_in_whom_the_group_has_forgotten_is_known_by_the_count(ctx: Context, morning: Morning) -> None:
    group, vik = GroupId(morning.group_id), morning.people["Vik"]
    _come(ctx, morning, vik, 2)
    with ctx.reading() as db:
        person = db.get_one(Person, vik)
        name = {"given_name": person.given_name, "family_name": person.family_name, "company": person.company}
    ctx.transaction(lambda tx: visits.keep_count(ctx, tx, group, vik))
    answer = check_ins.add_walk_in(ctx, meeting_id=morning.meeting_id, desk=_door(morning), **name)
    assert answer["visits"] == {"number": 3, "allowed": 2}
    other = name | {"given_name": "Somebody", "family_name": "Else"}
    assert "visits" not in check_ins.add_walk_in(ctx, meeting_id=morning.meeting_id, desk=_door(morning), **other)


def test_who_comes_for_somebody_else_is_no_visitor(ctx: Context, morning: Morning) -> None:
    _come(ctx, morning, morning.people["Vik"], 2)
    answer = walk_ins.come_for(
        ctx,
        meeting_id=morning.meeting_id,
        absent_uid=morning.attendances["Max"],
        known_uid=morning.attendances["Vik"],
        desk=_door(morning),
    )
    assert "visits" not in answer


def test_somebody_who_lets_themselves_in_is_said_on_the_doors_list_alone(ctx: Context, morning: Morning) -> None:
    _come(ctx, morning, morning.people["Vik"], 2)
    self_check_in.switch(ctx, meeting_id=morning.meeting_id, on=True)
    kiosk = Desk(None, "Kiosk", by_self=True)
    answer = self_check_in.by_badge(ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Vik"], desk=kiosk)
    assert answer["answer"] == "welcome"
    assert "visits" not in answer
    assert _on_the_doors_list(morning, morning.attendances["Vik"]) == 3


def test_visits_cost_a_member_no_statement_and_a_visitor_one(
    ctx: Context, morning: Morning, statements: Statements
) -> None:
    _scan(morning, "Dora")
    with statements() as members:
        _scan(morning, "Mira")
    with statements() as visitors:
        _scan(morning, "Vik")
    about = [sent for sent in visitors if "visits_allowed" in sent]
    assert len(about) == 1
    # Who invited the visitor is a question too.
    assert len(visitors) - len(members) <= 2
    assert not [sent for sent in members if "visits_allowed" in sent]
