"""Other activity: what two shared counts once both say so; visitors are credited once to whoever invited them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from server.domain.activities import ActivityKind
from server.domain.balance import Gift
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, PersonId, Standing, Uid
from server.domain.weeks import Column
from server.persistence.models import Attendance, Group, Person
from server.persistence.queries import leading
from server.services import activities, apologies, check_ins, merging, mine, one_to_ones, passed, walk_ins, weeks
from server.services.activities import ActivityFields, ActivityPage
from server.services.context import Json, Tx
from server.services.people import PersonFields
from tests import builders
from tests.cast import Character
from tests.mornings import Morning
from tests.rooms import DOOR, an_earlier_morning, everybody_in


def _write(morning: Morning, kind: str, who: str = "Mira", **more: Any) -> Json:
    return activities.write(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        person=morning.people[who],
        fields=ActivityFields(ActivityKind(kind), **more),
    )


def _page(morning: Morning, who: str) -> ActivityPage:
    return activities.page(morning.ctx, morning.group_id, morning.people[who])  # type: ignore[arg-type]


def _confirm(morning: Morning, who: str, row: Json) -> None:
    activities.confirm(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        person=morning.people[who],
        uid=row["uid"],
    )


def _away(morning: Morning, who: str, row: Json) -> None:
    activities.take_away(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        person=morning.people[who],
        uid=row["uid"],
    )


@pytest.mark.parametrize("kind", ["testimonial", "advice", "purchase"])
def test_what_two_shared_counts_once_the_other_says_so(morning: Morning, kind: str) -> None:
    row = _write(morning, kind, to="Max", text="  A page  for the website ")
    assert row["counts"] is False
    assert _page(morning, "Mira").done[ActivityKind(kind)] == 0
    [asked] = _page(morning, "Max").entries
    assert (asked.waits_for_me, asked.text) == (True, "A page for the website")
    for who in ("Mira", "Olga", "Sam"):
        with pytest.raises(NotFound, match="activity_unknown"):
            _confirm(morning, who, row)
    _confirm(morning, "Max", row)
    _confirm(morning, "Max", row)
    assert _page(morning, "Mira").done[ActivityKind(kind)] == 1
    assert _page(morning, "Max").done[ActivityKind(kind)] == 0
    with pytest.raises(NotAllowed, match="activity_unknown"):
        _away(morning, "Max", row)
    _away(morning, "Mira", row)
    assert _page(morning, "Mira").entries == ()


@pytest.mark.parametrize("kind", ["training", "duty"])
def test_a_training_or_a_duty_is_ones_own_word(morning: Morning, kind: str) -> None:
    row = _write(morning, kind, to="Max", minutes=90)
    assert row["counts"] is True
    [entry] = _page(morning, "Mira").entries
    assert (entry.other, entry.minutes, entry.counts) == (None, 90, True)
    assert _page(morning, "Max").entries == ()


def test_the_other_one_may_say_that_it_was_not_so(morning: Morning) -> None:
    row = _write(morning, "advice", to="Max")
    _away(morning, "Max", row)
    assert _page(morning, "Mira").entries == ()


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"to": ""}, "activity_needs_other", "to"),
        ({"to": "Vik"}, "receiver_unknown", "to"),
        ({"to": "Max", "minutes": 2000}, "activity_minutes", "minutes"),
        ({"to": "Max", "held_on": date(2027, 1, 1)}, "slip_day_future", "held_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    morning: Morning, fields: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _write(morning, "advice", **fields)
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_one_to_ones_count_when_both_have_confirmed(morning: Morning) -> None:
    def say(who: str, other: str) -> None:
        with morning.ctx.reading() as db:
            uid = db.get_one(Person, morning.people[other]).uid
        one_to_ones.say_held(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            teller=morning.people[who],
            other=uid,  # type: ignore[arg-type]
            held_on=date(2026, 11, 20),
        )

    say("Mira", "Max")
    assert [[each.both for each in _page(morning, who).one_to_ones] for who in ("Mira", "Max")] == [[False], [False]]
    say("Max", "Mira")
    assert [[(each.name, each.both) for each in _page(morning, who).one_to_ones] for who in ("Mira", "Max")] == [
        [("Max D'Alò", True)],
        [("Mira Łukasik", True)],
    ]


def test_a_visitor_is_one_credit_however_often_they_came(morning: Morning) -> None:
    def came(tx: Tx) -> None:
        group, vik = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Person, morning.people["Vik"])
        for ago in (1, 2):
            meeting = builders.a_meeting(tx, group, builders.START - timedelta(weeks=ago))
            builders.an_attendance(
                tx,
                meeting,
                vik,
                Standing.VISITOR,
                invited_by_id=morning.people["Mira"],
                entered_at=meeting.starts_at,
            )

    morning.ctx.transaction(came)
    [vik] = _page(morning, "Mira").brought
    assert (vik.name, vik.visits, vik.is_member) == ("Vik", 2, False)
    assert _page(morning, "Max").brought == ()


def _said_at_the_door(morning: Morning) -> None:
    walk_ins.come_for(
        morning.ctx,
        meeting_id=morning.meeting_id,
        absent_uid=morning.attendances["Mira"],
        known_uid=morning.attendances["Vik"],
        desk=DOOR,
    )


def _said_on_the_own_page(morning: Morning) -> None:
    noa = PersonFields(given_name="Noa", family_name="Żak")
    apologies.send(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Mira"], who=noa)
    with morning.ctx.reading() as db:
        uid = db.scalar(
            select(Attendance.uid)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.meeting_id == morning.meeting_id, Person.given_name == "Noa")
        )
    check_ins.admit_by_name(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=Uid(str(uid)), desk=DOOR)


@pytest.mark.parametrize("said", [_said_at_the_door, _said_on_the_own_page])
def test_whoever_comes_for_somebody_is_no_visitor_anywhere(morning: Morning, said: Callable[[Morning], None]) -> None:
    said(morning)
    group = GroupId(morning.group_id)
    assert _page(morning, "Mira").brought == ()
    assert passed.at(morning.ctx, morning.meeting_id).visitors == 0
    assert mine.of_person(morning.ctx, group, morning.people["Mira"]).balance.given == {}
    week = weeks.show(morning.ctx, group, date(2026, 11, 23))
    (line,) = (each for each in week.lines if each.person.given_name == "Mira")
    assert {column: number for column, number in line.figures.items() if number} == {Column.SUBSTITUTE: 1}
    with morning.ctx.reading() as db:
        assert leading.visitors(db, group, morning.ctx.now() - timedelta(days=1)) == ()


def test_a_visitor_is_the_credit_of_whoever_invited_them_first(morning: Morning) -> None:
    an_earlier_morning(morning, [], days_ago=14)

    def invited_by_max(tx: Tx) -> None:
        last = (
            select(Attendance.id)
            .where(Attendance.person_id == morning.people["Vik"], Attendance.meeting_id != morning.meeting_id)
            .scalar_subquery()
        )
        values = {"standing": Standing.VISITOR, "invited_by_id": morning.people["Max"]}
        tx.db.execute(update(Attendance).where(Attendance.id == last).values(**values))

    morning.ctx.transaction(invited_by_max)
    everybody_in(morning, only=["Vik"])  # this time on Mira's invitation
    assert _page(morning, "Mira").brought == ()
    [vik] = _page(morning, "Max").brought
    assert (vik.name, vik.visits) == ("Vik", 2)
    group = GroupId(morning.group_id)
    gave = [mine.of_person(morning.ctx, group, morning.people[who]).balance.given for who in ("Mira", "Max")]
    assert [each.get(Gift.VISITOR, 0) for each in gave] == [0, 1]


def test_a_visitor_who_was_written_down_twice_is_one_credit_once_the_two_are_one(morning: Morning) -> None:
    group = GroupId(morning.group_id)
    last_week = builders.START - timedelta(days=7)

    def under_another_name(tx: Tx) -> None:
        here = tx.db.get_one(Group, morning.group_id)
        twin = builders.a_member(tx, here, Character("Vic", "", "", "", ""), Standing.VISITOR)
        meeting = builders.a_meeting(tx, here, last_week)
        builders.an_attendance(
            tx, meeting, twin, Standing.VISITOR, invited_by_id=morning.people["Max"], entered_at=last_week
        )
        morning.people["Vic"] = PersonId(twin.id)

    morning.ctx.transaction(under_another_name)
    everybody_in(morning, only=["Vik"])  # on Mira's invitation

    def credits_of(who: str) -> tuple[int, int, int]:
        shown = [weeks.show(morning.ctx, group, day) for day in (date(2026, 11, 16), date(2026, 11, 23))]
        lines = [line for week in shown for line in week.lines if line.person.given_name == who]
        return (
            sum(line.figures.get(Column.VISITORS, 0) for line in lines),
            len(_page(morning, who).brought),
            mine.of_person(morning.ctx, group, morning.people[who]).balance.given.get(Gift.VISITOR, 0),
        )

    assert [credits_of(who) for who in ("Max", "Mira")] == [(1, 1, 1), (1, 1, 1)]
    with morning.ctx.reading() as db:
        stays, goes = (db.get_one(Person, morning.people[who]).uid for who in ("Vik", "Vic"))
    merging.merge(morning.ctx, group_id=group, stays=stays, goes=goes, fields=PersonFields(given_name="Vik"))
    assert [credits_of(who) for who in ("Max", "Mira")] == [(1, 1, 1), (0, 0, 0)]
    assert [each.visits for each in _page(morning, "Max").brought] == [2]
