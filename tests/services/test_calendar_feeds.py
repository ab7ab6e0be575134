"""A calendar to subscribe to: right in its zone, the same entry for ever, and ended by one press."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Group, Membership
from server.services import apologies, calendar_feeds, meetings, preparing
from server.services.context import Tx
from tests import builders
from tests.mornings import Morning


def _made(morning: Morning, who: str | None = None) -> str:
    person = morning.people[who] if who else None
    return calendar_feeds.make(morning.ctx, group_id=GroupId(morning.group_id), person_id=person)


def _events(morning: Morning, link: str) -> list[Any]:
    return list(Calendar.from_ical(calendar_feeds.read(morning.ctx, link)).walk("VEVENT"))


def test_the_calendar_of_a_group_has_its_meetings_at_their_hour_over_a_clock_change(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        builders.a_meeting(tx, group, slug="summer", starts=datetime(2027, 4, 1, 5, 0, tzinfo=UTC))
        builders.a_meeting(tx, group, slug="old", starts=builders.START - timedelta(days=200))

    morning.ctx.transaction(work)
    link = _made(morning)
    events = _events(morning, link)
    assert [event["dtstart"].dt.hour for event in events] == [7, 7]
    assert {event["dtstart"].dt.tzinfo.key for event in events} == {"Europe/Rome"}
    assert events[0]["dtstart"].dt == datetime(2026, 11, 26, 7, 0, tzinfo=ZoneInfo("Europe/Rome"))
    assert str(events[0]["uid"]) == f"{morning.meeting_uid}@coltiva"
    written = calendar_feeds.read(morning.ctx, link)
    assert b"BEGIN:VTIMEZONE" in written
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in written
    assert b"Mira" not in written, "no people"


def test_a_meeting_that_is_moved_keeps_its_entry_with_a_higher_number(morning: Morning) -> None:
    link = _made(morning)
    before = _events(morning, link)[0]
    plan = preparing.plan_of(morning.ctx, morning.meeting_id)

    meetings.change(
        morning.ctx,
        meeting_id=morning.meeting_id,
        plan=replace(plan, place="Caffè Nuovo", starts_local=plan.starts_local + timedelta(hours=1)),
    )
    after = _events(morning, link)[0]
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert (after["dtstart"].dt.hour, str(after["location"])) == (8, "Caffè Nuovo")


def test_a_members_own_calendar_follows_what_they_say(morning: Morning) -> None:
    link = _made(morning, "Mira")
    me = {"meeting_id": morning.meeting_id, "person_id": morning.people["Mira"]}
    assert len(_events(morning, link)) == 1
    apologies.apologise(morning.ctx, **me)
    assert _events(morning, link) == []
    apologies.come_after_all(morning.ctx, **me)
    assert len(_events(morning, link)) == 1


def test_a_new_link_ends_the_old_one_and_stop_ends_both(morning: Morning) -> None:
    group, mira = GroupId(morning.group_id), morning.people["Mira"]
    assert calendar_feeds.link_of(morning.ctx, group, mira) == ""
    first = _made(morning, "Mira")
    assert calendar_feeds.link_of(morning.ctx, group, mira) == first
    second = _made(morning, "Mira")
    with pytest.raises(NotFound, match="calendar_unknown"):
        calendar_feeds.read(morning.ctx, first)
    of_group = _made(morning)
    for _ in range(2):
        calendar_feeds.stop(morning.ctx, group_id=group, person_id=mira)
    assert calendar_feeds.link_of(morning.ctx, group, mira) == ""
    with pytest.raises(NotFound, match="calendar_unknown"):
        calendar_feeds.read(morning.ctx, second)
    assert len(_events(morning, of_group)) == 1, "the group's own is another"
    third = _made(morning, "Mira")
    assert third not in (first, second)
    assert len(_events(morning, third)) == 1


def test_who_leaves_the_group_reads_nothing_more(morning: Morning) -> None:
    link = _made(morning, "Mira")

    def work(tx: Tx) -> None:
        row = tx.db.query(Membership).filter_by(person_id=morning.people["Mira"]).one()
        row.standing = Standing.FORMER

    morning.ctx.transaction(work)
    with pytest.raises(NotFound, match="calendar_unknown"):
        calendar_feeds.read(morning.ctx, link)
    for wrong in ("", "x", link[:-1] + "?", link.replace("-", "")):
        with pytest.raises(NotFound, match="calendar_unknown"):
            calendar_feeds.read(morning.ctx, wrong)
