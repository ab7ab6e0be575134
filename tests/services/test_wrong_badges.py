"""Badges that let nobody in, badges of other days, and the TEST code, as a steward notices them, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.domain.vocabulary import MeetingId, MeetingStatus, Standing, Uid
from server.persistence.models import Attendance, Badge, CheckInEvent, DoorAttempt, Group, Person
from server.services import attendance, badges, check_ins, self_check_in
from server.services.check_ins import Desk, Sent
from server.services.context import Context, Json, Op, Tx
from tests import builders
from tests.cast import Character
from tests.mornings import Morning

DOOR = Desk(None, "Door 1")
KIOSK = Desk(None, "Kiosk", by_self=True)
TEST = "TESTTESTTEST0"


@dataclass
class Drawer:
    """Badges that somebody found in a drawer."""

    revoked: str
    """A member's, replaced since."""
    yesterdays: str
    """A visitor's of the week before."""
    tomorrows: str
    """A visitor's of a meeting that is still to come."""
    members: str
    """A member's, printed for the meeting of the week before."""


@pytest.fixture
def drawer(morning: Morning) -> Drawer:
    """What lies in the drawer."""

    def work(tx: Tx) -> Drawer:
        group = tx.db.get_one(Group, morning.group_id)
        ctx, week = morning.ctx, timedelta(weeks=1)
        before = builders.a_meeting(tx, group, builders.START - week, status=MeetingStatus.CLOSED)
        after = builders.a_meeting(tx, group, builders.START + week)
        codes = []
        for meeting, given in ((before, "Vera"), (after, "Nora")):
            person = builders.a_member(tx, group, Character(given, "Visitor", "", "", ""), Standing.VISITOR)
            builders.an_attendance(tx, meeting, person, Standing.VISITOR)
            made = badges.issue(ctx, tx, [(person.id, Standing.VISITOR)], group_id=group.id, meeting_id=meeting.id)
            codes.append(badges.code_of(ctx, made[person.id]))
        member = builders.a_member(tx, group, Character("Berta", "Member", "", "", ""))
        builders.an_attendance(tx, before, member)
        made = badges.issue(ctx, tx, [(member.id, Standing.MEMBER)], group_id=group.id, meeting_id=before.id)
        old = tx.db.scalars(select(Badge).where(Badge.person_id == morning.people["Max"])).one()
        old.revoked_at = tx.now
        return Drawer(morning.codes["Max"], *codes, badges.code_of(ctx, made[member.id]))

    return morning.ctx.transaction(work)


def _scan(morning: Morning, code: str, sent: Sent = check_ins.LIVE, op: Op | None = None) -> Json:
    return check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=code, desk=DOOR, sent=sent, op=op)


def test_after_each_of_a_hundred_wrong_codes_the_next_badge_works(morning: Morning, drawer: Drawer) -> None:
    wrong = {
        "0000000000000": "unknown_badge",
        "good morning": "badge_malformed",
        "x" * 4096: "badge_malformed",
        "": "badge_malformed",
        morning.codes["Sam"]: "other_group",
        drawer.revoked: "revoked_badge",
        drawer.yesterdays: "expired_visitor",
        drawer.tomorrows: "other_meeting",
    }
    heard = []
    for number in range(100):
        code, reason = list(wrong.items())[number % len(wrong)]
        refused = _scan(morning, code)
        assert (refused["answer"], refused["reason"]) == ("refused", reason)
        heard.append(_scan(morning, morning.codes["Mira"])["answer"])
    assert heard == ["welcome"] + ["already_in"] * 99
    assert len(set(wrong.values())) == 6, "each has a reason of its own"
    assert attendance.counts(morning.ctx, morning.meeting_id).in_room == 1


def test_a_members_badge_of_last_week_lets_them_in_today(morning: Morning, drawer: Drawer) -> None:
    answer = _scan(morning, drawer.members)
    assert (answer["answer"], answer["name"], answer["standing"]) == ("welcome", "Berta Member", "member")
    assert answer["counts"]["in_room"] == 1
    with morning.ctx.reading() as db:
        today = db.scalars(
            select(Attendance.meeting_id)
            .join(Person, Person.id == Attendance.person_id)
            .where(Person.given_name == "Berta", Attendance.entered_at.is_not(None))
        ).all()
    assert [MeetingId(each) for each in today] == [morning.meeting_id]


def test_a_visitors_badge_of_an_earlier_day_says_of_which(morning: Morning, drawer: Drawer) -> None:
    answer = _scan(morning, drawer.yesterdays)
    day = (builders.START - timedelta(weeks=1)).date().isoformat()
    assert answer == {"answer": "refused", "reason": "expired_visitor", "day": day}


def _traces(ctx: Context) -> tuple[int, int]:
    with ctx.reading() as db:
        found = [db.scalar(select(func.count()).select_from(table)) for table in (CheckInEvent, DoorAttempt)]
    return int(found[0] or 0), int(found[1] or 0)


WAYS: dict[str, Callable[[Morning], Json]] = {
    "scanned": lambda morning: _scan(morning, TEST),
    "typed in small letters with dashes": lambda morning: _scan(morning, "test-test-test-0"),
    "as an address": lambda morning: _scan(morning, f"https://meet.example/b/{TEST}"),
    "twice by a scanner": lambda morning: [_scan(morning, TEST, op=Op("one", "check_in", {})) for _ in "ab"][1],
    "saved without a network": lambda morning: _scan(morning, TEST, Sent(1_000, 61_000, saved=True)),
    "at a kiosk": lambda morning: self_check_in.by_badge(
        morning.ctx, meeting_id=morning.meeting_id, scanned=TEST, desk=KIOSK
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_test_code_works_in_every_way_and_leaves_no_trace(morning: Morning, way: str) -> None:
    told: list[object] = []
    morning.ctx.bus.subscribe(told.append)
    assert WAYS[way](morning) == {"answer": "test"}
    assert _traces(morning.ctx) == (0, 0)
    assert told == []


def test_a_wrong_code_is_written_down_with_its_desk_and_whose_it_was(morning: Morning, drawer: Drawer) -> None:
    _scan(morning, drawer.revoked)
    _scan(morning, "0000000000000")
    with morning.ctx.reading() as db:
        lines = db.execute(select(DoorAttempt.reason, DoorAttempt.desk, DoorAttempt.attendance_id)).all()
        uid = db.scalar(select(Attendance.uid).where(Attendance.id == lines[0].attendance_id))
    assert [(line.reason, line.desk) for line in lines] == [
        ("revoked_badge", "Door 1"),
        ("unknown_badge", "Door 1"),
    ]
    assert Uid(str(uid)) == morning.attendances["Max"]
    assert lines[1].attendance_id is None
