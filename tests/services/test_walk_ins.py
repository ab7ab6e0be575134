"""Whom nobody expected: substitutes, groups, and the badge that waits to be printed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain import names
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, GroupId, Uid
from server.persistence.models import Group, Meeting, Person, RegistrationPage
from server.services import attendance, badge_sheets, badges, check_ins, door_known, walk_ins
from server.services.attendance import RoomPerson
from server.services.badge_sheets import BadgeOrder, BadgeWords, Setting
from server.services.check_ins import Desk
from server.services.context import Json, Op, Tx
from server.services.printing import Address
from server.services.walk_ins import Newcomer
from tests import builders
from tests.cast import MIRA, Character
from tests.conftest import FakeClock
from tests.mornings import Morning

DOOR = Desk(None, "Door 1")


def _person(morning: Morning, who: str) -> RoomPerson:
    return attendance.everybody(morning.ctx, morning.meeting_id, only=[morning.attendances[who]])[0]


def test_somebody_comes_for_somebody_else(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "absent_uid": morning.attendances["Max"], "desk": DOOR}
    answer = walk_ins.come_for(morning.ctx, who=Newcomer("Zoë", "Quill"), **here)
    assert (answer["answer"], answer["name"], answer["comes_for"]) == ("welcome", "Zoë Quill", "Max D'Alò")
    assert _person(morning, "Max").status is AttendanceStatus.SUBSTITUTED
    assert answer["counts"] == {"expected": 6, "came": 1, "in_room": 1, "visitors": 1}
    with pytest.raises(Conflict, match="substitute_taken"):
        walk_ins.come_for(morning.ctx, who=Newcomer("Ann"), **here)


def test_somebody_of_the_list_can_come_for_another_too(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "desk": DOOR, "known_uid": morning.attendances["Vik"]}
    answer = walk_ins.come_for(morning.ctx, absent_uid=morning.attendances["Max"], **here)
    assert (answer["name"], answer["comes_for"]) == ("Vik", "Max D'Alò")
    with pytest.raises(RuleViolation, match="substitute_self"):
        walk_ins.come_for(morning.ctx, absent_uid=morning.attendances["Vik"], **here)
    check_ins.admit_by_name(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Mira"], desk=DOOR
    )
    with pytest.raises(WrongPhase, match="already_came"):
        walk_ins.come_for(morning.ctx, absent_uid=morning.attendances["Mira"], **here)
    with pytest.raises(RuleViolation, match="name_missing"):
        walk_ins.come_for(morning.ctx, meeting_id=morning.meeting_id, absent_uid=morning.attendances["Olga"], desk=DOOR)


def test_whoever_comes_after_all_is_welcome_though_somebody_came_for_them(morning: Morning) -> None:
    absent = morning.attendances["Max"]
    walk_ins.come_for(morning.ctx, meeting_id=morning.meeting_id, absent_uid=absent, who=Newcomer("Zoë"), desk=DOOR)
    answer = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Max"], desk=DOOR)
    assert answer["answer"] == "welcome"
    assert _person(morning, "Max").status is AttendanceStatus.PRESENT


def test_a_group_comes_in_at_once_with_an_answer_for_each(morning: Morning) -> None:
    wanted = [morning.attendances[who] for who in ("Max", "Mira", "Vik", "Max")]
    check_ins.admit_by_name(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Mira"], desk=DOOR
    )
    here = {"meeting_id": morning.meeting_id, "desk": DOOR}
    op = Op("together", "group", {})
    answer = check_ins.admit_together(morning.ctx, attendance_uids=wanted, op=op, **here)
    assert [(each["name"], each["answer"]) for each in answer["people"]] == [
        ("Max D'Alò", "welcome"),
        ("Mira Łukasik", "already_in"),
        ("Vik", "welcome"),
    ]
    assert answer["counts"]["in_room"] == 3
    assert check_ins.admit_together(morning.ctx, attendance_uids=wanted, op=op, **here) == answer
    with pytest.raises(RuleViolation, match="too_many_together"):
        check_ins.admit_together(morning.ctx, attendance_uids=[], **here)
    with pytest.raises(NotFound, match="attendance_unknown"):
        check_ins.admit_together(morning.ctx, attendance_uids=[wanted[0], Uid("0" * 16)], **here)


def test_a_walk_ins_badge_waits_to_be_printed(morning: Morning) -> None:
    with morning.ctx.reading() as db:
        before = badges.unprinted(db, morning.meeting_id)
    check_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name="Zoë", desk=DOOR)
    with morning.ctx.reading() as db:
        assert badges.unprinted(db, morning.meeting_id) == before + 1


def test_a_fee_is_due_until_it_is_paid(morning: Morning, clock: FakeClock) -> None:
    def ask(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).visitor_fee_cents = 1250

    morning.ctx.transaction(ask)
    scan = {"meeting_id": morning.meeting_id, "desk": DOOR}
    visitor = check_ins.check_in(morning.ctx, scanned=morning.codes["Vik"], **scan)
    member = check_ins.check_in(morning.ctx, scanned=morning.codes["Mira"], **scan)
    assert (visitor["fee"], "fee" in member) == ({"cents": 1250, "currency": "EUR"}, False)
    check_ins.pay(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Vik"])
    clock.now += timedelta(minutes=1)
    assert "fee" not in check_ins.check_in(morning.ctx, scanned=morning.codes["Vik"], **scan)


def test_a_substitutes_badge_says_whose_place_it_is(morning: Morning) -> None:
    walk_ins.come_for(
        morning.ctx,
        meeting_id=morning.meeting_id,
        absent_uid=morning.attendances["Mira"],
        who=Newcomer("Sub", "Stitute", "Works"),
        desk=DOOR,
    )
    setting = Setting(
        to=Address("https://meet.example.org"),
        words=BadgeWords("Member", "Visitor", "Host", "Table", "Badges", "en", "for %(name)s"),
        stock="avery-l4785",
    )
    order = BadgeOrder(whom=badge_sheets.EVERYBODY, stock="avery-l4785")
    sheet = badge_sheets.prepare(morning.ctx, meeting_id=morning.meeting_id, order=order, setting=setting)
    said = {person["first_name"]: person["trade"] for person in sheet.draft.arguments["people"]}
    mira = names.full_name(MIRA.given, MIRA.family)
    assert said["Sub"] == f"for {mira}"
    assert [first for first, trade in said.items() if trade.startswith("for ")] == ["Sub"]


ANNA = Character("Anna", "Kowalska", "Acme", "Law", "")


def _absent(morning: Morning) -> Uid:
    """A member of the group whom nobody put on today's list."""

    def work(tx: Tx) -> str:
        return builders.a_member(tx, tx.db.get_one(Group, morning.group_id), ANNA).uid

    return Uid(morning.ctx.transaction(work))


def _offered(morning: Morning, given: str, family: str = "", company: str = "") -> list[str]:
    typed = {"given_name": given, "family_name": family, "company": company}
    found = door_known.likely(morning.ctx, GroupId(morning.group_id), morning.meeting_id, **typed)
    return [each.name for each in found]


def test_somebody_of_the_group_whom_nobody_expected_is_offered_before_they_are_written_down_again(
    morning: Morning,
) -> None:
    anna = _absent(morning)
    assert _offered(morning, "Ana", "Kovalska") == ["Anna Kowalska"]
    assert _offered(morning, "a") == _offered(morning, "Zed", "Quill") == []
    assert _offered(morning, "Mira", "Lukasik") == [], "whoever is on the list is found there"
    answer = check_ins.add_known(morning.ctx, meeting_id=morning.meeting_id, person_uid=anna, desk=DOOR)
    assert (answer["answer"], answer["name"], answer["standing"]) == ("welcome", "Anna Kowalska", "member")
    again = check_ins.add_known(morning.ctx, meeting_id=morning.meeting_id, person_uid=anna, desk=DOOR)
    assert again["answer"] == "already_in"
    assert again["counts"]["in_room"] == 1
    assert _offered(morning, "Ana", "Kovalska") == []


def test_somebody_of_the_group_can_come_for_another(morning: Morning) -> None:
    anna, mira = _absent(morning), morning.attendances["Mira"]
    answer = walk_ins.come_for(morning.ctx, meeting_id=morning.meeting_id, absent_uid=mira, person_uid=anna, desk=DOOR)
    assert (answer["name"], answer["comes_for"]) == ("Anna Kowalska", "Mira Łukasik")
    with morning.ctx.reading() as db:
        own = Uid(db.get_one(Person, morning.people["Max"]).uid)
    with pytest.raises(RuleViolation, match="substitute_self"):
        walk_ins.come_for(
            morning.ctx,
            meeting_id=morning.meeting_id,
            absent_uid=morning.attendances["Max"],
            person_uid=own,
            desk=DOOR,
        )


def test_nobody_of_another_group_is_offered_or_let_in(morning: Morning) -> None:
    with morning.ctx.reading() as db:
        sam = Uid(db.get_one(Person, morning.people["Sam"]).uid)
    assert _offered(morning, "Sam", "Stranger") == []
    with pytest.raises(NotFound, match="person_unknown"):
        check_ins.add_known(morning.ctx, meeting_id=morning.meeting_id, person_uid=sam, desk=DOOR)


def test_a_full_meeting_lets_a_walk_in_in_and_says_so(morning: Morning) -> None:
    def places(number: int) -> None:
        def work(tx: Tx) -> None:
            page = tx.db.scalar(select(RegistrationPage).where(RegistrationPage.meeting_id == morning.meeting_id))
            if page is None:
                tx.db.add(RegistrationPage(meeting_id=morning.meeting_id, places=number))
            else:
                page.places = number

        morning.ctx.transaction(work)

    def comes(given: str) -> Json:
        return check_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name=given, desk=DOOR)

    assert "full" not in comes("First"), "a meeting without a limit is never full"
    with morning.ctx.reading() as db:
        listed = check_ins.counts(db, morning.meeting_id).expected
    places(listed + 1)
    assert "full" not in comes("Second")
    third = comes("Third")
    assert (third["answer"], third["full"]) == ("welcome", listed + 1)
    mira = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Mira"], desk=DOOR)
    assert "full" not in mira, "a place is kept for whoever is expected"
