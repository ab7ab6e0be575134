"""Said from one's own page: I cannot come, somebody comes for me, I am coming after all; and whom one invited."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.registration import RegistrationState
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingStatus
from server.persistence.models import Attendance, Meeting, Person, Substitute
from server.services import apologies, check_ins, registration_desk, registrations, visits
from server.services.apologies import Guest
from server.services.context import Context, Tx
from server.services.people import PersonFields
from server.services.registrations import Newcomer
from tests.mornings import Morning
from tests.rooms import DOOR

NOA = PersonFields(given_name="Noa", family_name="Żak", company="Żak Florists", email="noa@example.org")
Say = Callable[..., object]


def _mira(morning: Morning, verb: Say, **more: object) -> object:
    return verb(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Mira"], **more)


def _status(morning: Morning, given: str) -> AttendanceStatus | None:
    with morning.ctx.reading() as db:
        return db.scalar(
            select(Attendance.status)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.meeting_id == morning.meeting_id, Person.given_name == given)
        )


def _page(morning: Morning, who: str = "Mira") -> apologies.Coming:
    found = apologies.listed(morning.ctx, GroupId(morning.group_id), morning.people[who])
    assert [each.name for each in found] == ["Breakfast no. 214"]
    return found[0]


def test_an_apology_is_said_and_taken_back(morning: Morning) -> None:
    for _ in range(2):
        _mira(morning, apologies.apologise)
    assert _page(morning).status is AttendanceStatus.APOLOGISED
    for _ in range(2):
        _mira(morning, apologies.come_after_all)
    assert _page(morning).status is AttendanceStatus.EXPECTED


def test_a_substitute_stands_on_the_list_and_goes_when_it_is_taken_back(morning: Morning) -> None:
    _mira(morning, apologies.send, who=NOA)
    page = _page(morning)
    assert (page.status, page.substitute) == (AttendanceStatus.SUBSTITUTED, "Noa Żak")
    assert [guest.name for guest in page.guests] == ["Vik"], "who comes for somebody is no visitor"
    assert _status(morning, "Noa") is AttendanceStatus.EXPECTED
    assert apologies.substitutes(morning.ctx, morning.meeting_id) == {morning.attendances["Mira"]: "Noa Żak"}
    _mira(morning, apologies.come_after_all)
    assert _page(morning).substitute == ""
    assert _status(morning, "Noa") is AttendanceStatus.APOLOGISED
    _mira(morning, apologies.send, who=NOA)
    assert _status(morning, "Noa") is AttendanceStatus.EXPECTED
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(Person.id)).where(Person.given_name == "Noa")) == 1


def test_the_last_substitute_named_is_the_one_who_comes(morning: Morning) -> None:
    _mira(morning, apologies.send, who=NOA)
    _mira(morning, apologies.send, who=PersonFields(given_name="Ada"))
    assert _page(morning).substitute == "Ada"
    assert _status(morning, "Noa") is AttendanceStatus.APOLOGISED
    _mira(morning, apologies.apologise)
    assert _status(morning, "Ada") is AttendanceStatus.APOLOGISED
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(Substitute.id))) == 0


def test_who_is_in_the_room_needs_nobody_and_a_substitute_in_it_stays(morning: Morning) -> None:
    def enters(name: str) -> None:
        with morning.ctx.reading() as db:
            uid = db.scalars(
                select(Attendance.uid).join(Person, Person.id == Attendance.person_id).where(Person.given_name == name)
            ).one()
        check_ins.admit_by_name(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=DOOR)

    _mira(morning, apologies.send, who=NOA)
    enters("Noa")
    for verb in (apologies.come_after_all, apologies.apologise):
        with pytest.raises(WrongPhase, match="substitute_is_here"):
            _mira(morning, verb)
    enters("Max")
    for verb, more in ((apologies.apologise, {}), (apologies.send, {"who": NOA})):
        with pytest.raises(WrongPhase, match="already_came"):
            verb(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Max"], **more)  # type: ignore[operator]
    assert visits.of(morning.ctx, GroupId(morning.group_id), _person(morning.ctx, "Noa")).times == 0
    assert not _page(morning, "Max").may_change


def _person(ctx: Context, given: str) -> int:
    with ctx.reading() as db:
        return db.scalars(select(Person.id).where(Person.given_name == given)).one()


def test_what_cannot_be_is_refused_and_changes_nothing(morning: Morning) -> None:
    with pytest.raises(RuleViolation, match="substitute_self"):
        _mira(morning, apologies.send, who=PersonFields(given_name="mira", family_name="Lukasik"))
    with pytest.raises(RuleViolation, match="substitute_expected"):
        _mira(morning, apologies.send, who=PersonFields(given_name="Vik"))
    with pytest.raises(RuleViolation, match="name_missing"):
        _mira(morning, apologies.send, who=PersonFields())
    with pytest.raises(NotFound, match="attendance_unknown"):
        apologies.apologise(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Sam"])
    assert _page(morning).status is AttendanceStatus.EXPECTED

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(work)
    for verb in (apologies.apologise, apologies.come_after_all):
        with pytest.raises(WrongPhase, match="meeting_is_closed"):
            _mira(morning, verb)
    assert apologies.listed(morning.ctx, GroupId(morning.group_id), morning.people["Mira"]) == ()


def test_a_member_sees_the_visitors_who_used_the_own_link_and_an_apology_makes_room(morning: Morning) -> None:
    assert _page(morning).link == "", "nobody has switched registration on"
    registration_desk.change(morning.ctx, meeting_id=morning.meeting_id, is_on=True, limit=6, closes_local=None)
    link = _page(morning).link
    registrations.register(morning.ctx, link=link, newcomer=Newcomer(NOA), private=True)
    assert _page(morning).guests == (
        Guest("Vik", RegistrationState.LISTED),
        Guest("Noa Żak", RegistrationState.WAITING),
    )
    apologies.apologise(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Max"])
    assert Guest("Noa Żak", RegistrationState.LISTED) in _page(morning).guests
    apologies.apologise(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Vik"])
    assert Guest("Vik", RegistrationState.WITHDRAWN) in _page(morning).guests
    assert _page(morning, "Vik").link == "", "visitors invite nobody"
