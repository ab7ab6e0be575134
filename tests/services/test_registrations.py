"""Registering from outside: a line on the list or a place in the queue, once, and nobody learns who else is there."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.domain.errors import NotAllowed, NotFound, RuleViolation, WrongPhase
from server.domain.messages import MessageKind
from server.domain.registration import RegistrationState
from server.domain.vocabulary import AttendanceStatus, ContactField, GroupId, MeetingStatus, Standing, Uid
from server.persistence.models import Attendance, Consent, Group, Meeting, Membership, Person, Registration
from server.services import (
    badges,
    check_ins,
    expected,
    groups,
    imports,
    merging,
    people,
    people_bulk,
    registration_desk,
    registrations,
    reminders,
    takebacks,
    visits,
)
from server.services.context import Context, Op, Tx
from server.services.import_reading import Choices
from server.services.people import PersonFields
from server.services.registrations import Newcomer
from tests import builders
from tests.cast import VIK
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR

LISTED, WAITING, WITHDRAWN = RegistrationState.LISTED, RegistrationState.WAITING, RegistrationState.WITHDRAWN
NOA = PersonFields(given_name="Noa", family_name="Żak", company="Żak Florists", email="noa@example.org")


def _switch(morning: Morning, limit: int = 0, closes_local: datetime | None = None) -> None:
    registration_desk.change(
        morning.ctx, meeting_id=morning.meeting_id, is_on=True, limit=limit, closes_local=closes_local
    )


def _public(morning: Morning) -> str:
    return registration_desk.view(morning.ctx, morning.meeting_id).link


def _register(morning: Morning, name: str = "Noa", *, link: str = "", browser: str = "", **fields: str) -> str:
    """Somebody registers from a browser of their own; gives their own link."""
    who = replace(NOA, given_name=name, email=f"{name.lower()}@example.org", **fields)
    answer = registrations.register(
        morning.ctx,
        link=link or _public(morning),
        newcomer=Newcomer(who, browser=browser or name),
        private=True,
    )
    return str(answer["link"])


def _state(morning: Morning, link: str) -> RegistrationState:
    return registrations.own(morning.ctx, link).state


def _line(morning: Morning, given: str) -> Attendance | None:
    with morning.ctx.reading() as db:
        return db.scalar(
            select(Attendance)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.meeting_id == morning.meeting_id, Person.given_name == given)
        )


def test_somebody_registers_and_stands_on_the_list_with_a_badge(morning: Morning) -> None:
    _switch(morning)
    link = _register(morning)
    line = _line(morning, "Noa")
    assert line is not None
    assert (line.standing, line.status) == (Standing.VISITOR, AttendanceStatus.EXPECTED)
    assert any(holder.name.startswith("Noa") for holder in badges.holders(morning.ctx, morning.meeting_id))
    assert _state(morning, link) is LISTED
    assert registration_desk.view(morning.ctx, morning.meeting_id).listed[0].name == "Noa Żak"


def test_the_same_press_twice_registers_once(morning: Morning) -> None:
    _switch(morning)
    op = Op("a" * 40, "register", {"given_name": "Noa"})
    sent = {"link": _public(morning), "newcomer": Newcomer(NOA), "private": True, "op": op}
    assert registrations.register(morning.ctx, **sent) == registrations.register(morning.ctx, **sent)
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(Registration.id))) == 1


def test_a_full_meeting_lets_people_wait_and_the_first_moves_up_when_somebody_excuses_themselves(
    morning: Morning, clock: FakeClock
) -> None:
    _switch(morning, limit=7)
    first = _register(morning, "Ada")
    clock.pass_by(minutes=1)
    second = _register(morning, "Bea")
    clock.pass_by(minutes=1)
    third = _register(morning, "Cleo")
    assert [_state(morning, each) for each in (first, second, third)] == [LISTED, WAITING, WAITING]
    assert _line(morning, "Bea") is None, "the door does not know who waits"
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    assert [_state(morning, each) for each in (second, third)] == [LISTED, WAITING]
    desk = registration_desk.view(morning.ctx, morning.meeting_id)
    moved = [(line.name, line.moved_up_at is not None) for line in desk.listed]
    assert moved == [("Ada Żak", False), ("Bea Żak", True)]
    registrations.withdraw(morning.ctx, link=first)
    registrations.withdraw(morning.ctx, link=first)
    assert _state(morning, third) is LISTED
    assert _state(morning, first) is WITHDRAWN
    registrations.come_after_all(morning.ctx, link=first)
    assert _state(morning, first) is WAITING, "at the end of the queue"
    _switch(morning, limit=8)
    assert _state(morning, first) is LISTED
    assert _line(morning, "Ada").status is AttendanceStatus.EXPECTED  # type: ignore[union-attr]  # came from the page


def test_a_member_who_leaves_the_group_makes_room(morning: Morning, clock: FakeClock) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    morning.ctx.transaction(work)
    _switch(morning, limit=6)
    waiting = _register(morning)
    assert _state(morning, waiting) is WAITING
    with morning.ctx.reading() as db:
        uid = db.get_one(Person, morning.people["Max"]).uid
    people.remove(morning.ctx, group_id=GroupId(morning.group_id), uid=uid)
    assert _state(morning, waiting) is LISTED


@pytest.mark.parametrize("how", ["several at once", "an import taken back", "two who are one"])
def test_a_place_that_comes_free_in_bulk_goes_to_the_next_with_the_message_ready(morning: Morning, how: str) -> None:
    ctx, group = morning.ctx, GroupId(morning.group_id)

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    ctx.transaction(work)
    extra = how == "an import taken back"
    if extra:
        imports.run(ctx, group_id=group, data=b"First name,Status\nNewcomer,member\n", name="a.csv", choices=Choices())
    _switch(morning, limit=6 + extra)
    first, second = _register(morning, "Ada"), _register(morning, "Bea")
    assert [_state(morning, each) for each in (first, second)] == [WAITING, WAITING]
    with ctx.reading() as db:
        max_, vik = (db.get_one(Person, morning.people[name]).uid for name in ("Max", "Vik"))
    if extra:
        takebacks.take_back(ctx, group_id=group, entry=takebacks.listed(ctx, group)[0].uid)
    elif how == "two who are one":
        merging.merge(ctx, group_id=group, stays=max_, goes=vik, fields=PersonFields(given_name="Max"))
    else:
        people_bulk.change(ctx, group_id=group, uids=[max_], standing=Standing.FORMER)
    assert [_state(morning, each) for each in (first, second)] == [LISTED, WAITING]
    ready = reminders.listed(ctx, morning.meeting_id, MessageKind.MOVED_UP)
    assert [(each.name, each.own_link) for each in ready] == [("Ada Żak", first)]


def test_two_who_want_the_last_place_get_one(morning: Morning) -> None:
    _switch(morning, limit=7)
    link = _public(morning)
    with ThreadPoolExecutor(2) as pool:
        links = list(pool.map(lambda name: _register(morning, name, link=link), ["Ada", "Bea"]))
    assert sorted(_state(morning, each) for each in links) == [LISTED, WAITING]


def test_who_is_known_is_taken_for_themselves_and_nothing_of_theirs_changes(morning: Morning) -> None:
    _switch(morning)
    link = _register(morning, "Vik", family_name="", company="Other", phone="+39 1")
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(Person.id)).where(Person.given_name == "Vik")) == 1
        assert db.get_one(Person, morning.people["Vik"]).company == VIK.company
    assert _state(morning, link) is LISTED, "the same answer as to anybody"
    registrations.withdraw(morning.ctx, link=link)
    assert _line(morning, "Vik").status is AttendanceStatus.EXPECTED  # type: ignore[union-attr]  # on the list before
    withdrawn = registration_desk.view(morning.ctx, morning.meeting_id).withdrawn
    assert [(line.name, line.was_there) for line in withdrawn] == [("Vik", True)]
    assert _state(morning, link) is WITHDRAWN


def test_only_a_newcomer_gives_consent_and_it_is_recorded(morning: Morning) -> None:
    _switch(morning)
    for fields in (NOA, replace(NOA, given_name="Vik", family_name="", email=VIK.email)):
        registrations.register(
            morning.ctx,
            link=_public(morning),
            newcomer=Newcomer(fields, frozenset({ContactField.EMAIL}), "it", "b"),
            private=True,
        )
    with morning.ctx.reading() as db:
        said = db.execute(
            select(Person.given_name, Consent.field, Consent.given, Consent.language, Consent.channel).join(
                Consent, Consent.person_id == Person.id
            )
        ).all()
    assert [tuple(row) for row in said] == [("Noa", ContactField.EMAIL, True, "it", "registration")]


def test_a_members_own_link_keeps_who_invited(morning: Morning) -> None:
    _switch(morning)
    link = registrations.invitation_link(morning.ctx, morning.attendances["Mira"])
    assert registrations.entrance(morning.ctx, link).inviter == "Mira Ł."
    _register(morning, link=link)
    line = _line(morning, "Noa")
    assert line is not None
    assert line.invited_by_id == morning.people["Mira"]
    with morning.ctx.reading() as db:
        assert (
            db.scalar(select(Membership.invited_by_id).where(Membership.person_id == line.person_id))
            == (morning.people["Mira"])
        )
    with pytest.raises(NotFound, match="registration_unknown"):
        registrations.entrance(morning.ctx, registrations.invitation_link(morning.ctx, morning.attendances["Vik"]))


def test_who_has_visited_enough_waits_for_a_word_and_never_moves_up_alone(morning: Morning) -> None:
    with morning.ctx.reading() as db:
        settings = groups.view(db, GroupId(morning.group_id)).settings
    groups.change_settings(
        morning.ctx, group_id=GroupId(morning.group_id), settings=replace(settings, visits_allowed=1)
    )
    _switch(morning)

    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        noa = builders.a_person(tx, VIK, given_name="Noa", family_name="Żak", email=NOA.email)
        tx.db.add(Membership(group_id=group.id, person_id=noa.id, standing=Standing.VISITOR))
        before = builders.a_meeting(tx, group, slug="before", starts=builders.START - timedelta(days=7))
        builders.an_attendance(tx, before, noa, Standing.VISITOR, entered_at=tx.now)

    morning.ctx.transaction(work)
    link = _register(morning)
    _switch(morning, limit=50)
    assert _state(morning, link) is WAITING
    desk = registration_desk.view(morning.ctx, morning.meeting_id)
    assert [line.needs_word for line in desk.waiting] == [True]
    registration_desk.let_in(morning.ctx, meeting_id=morning.meeting_id, uid=desk.waiting[0].uid)
    assert _state(morning, link) is LISTED
    registrations.withdraw(morning.ctx, link=link)
    visits.allow(morning.ctx, group_id=GroupId(morning.group_id), uid=desk.waiting[0].person_uid, times=3)
    registrations.come_after_all(morning.ctx, link=link)
    assert _state(morning, link) is LISTED, "who may visit more often needs no word"


def test_the_organiser_lets_somebody_in_beyond_the_limit_or_takes_them_off(morning: Morning) -> None:
    _switch(morning, limit=1)
    ada, bea = _register(morning, "Ada"), _register(morning, "Bea")
    lines = {line.name: line.uid for line in registration_desk.view(morning.ctx, morning.meeting_id).waiting}
    for _ in range(2):
        registration_desk.let_in(morning.ctx, meeting_id=morning.meeting_id, uid=lines["Ada Żak"])
        registration_desk.take_off(morning.ctx, meeting_id=morning.meeting_id, uid=lines["Bea Żak"])
    assert (_state(morning, ada), _state(morning, bea)) == (LISTED, WITHDRAWN)
    with pytest.raises(NotFound, match="registration_unknown"):
        registration_desk.let_in(morning.ctx, meeting_id=morning.meeting_id, uid="0" * 16)


def test_links_are_judged_by_their_seal_and_a_new_one_ends_the_old(morning: Morning) -> None:
    _switch(morning)
    link = _public(morning)
    for wrong in ("", "x", morning.meeting_uid, f"{morning.meeting_uid}-{'0' * 20}", link[:-1] + "?", "ł-Ł"):
        with pytest.raises(NotFound, match="registration_unknown"):
            registrations.entrance(morning.ctx, wrong)
        with pytest.raises(NotFound, match="registration_unknown"):
            registrations.own(morning.ctx, wrong)
    assert registrations.entrance(morning.ctx, link.lower()).meeting_id == morning.meeting_id
    own = _register(morning, link=link)
    registration_desk.new_link(morning.ctx, meeting_id=morning.meeting_id)
    with pytest.raises(NotFound, match="registration_unknown"):
        registrations.entrance(morning.ctx, link)
    assert _state(morning, own) is LISTED


def test_the_page_closes_at_its_time(morning: Morning, clock: FakeClock) -> None:
    link = _public(morning)
    with pytest.raises(NotFound, match="registration_unknown"):
        registrations.entrance(morning.ctx, link)
    with pytest.raises(RuleViolation, match="registration_closes_late"):
        _switch(morning, closes_local=datetime.fromisoformat("2026-11-26T07:01"))
    _switch(morning, closes_local=datetime.fromisoformat("2026-11-26T06:55"))
    own = _register(morning)
    clock.pass_by(minutes=6)
    with pytest.raises(WrongPhase, match="registration_over"):
        _register(morning, "Ada")
    registrations.withdraw(morning.ctx, link=own)
    with pytest.raises(WrongPhase, match="registration_over"):
        registrations.come_after_all(morning.ctx, link=own)


def test_whoever_came_does_not_withdraw_any_more(morning: Morning) -> None:
    _switch(morning)
    own = _register(morning)
    line = _line(morning, "Noa")
    assert line is not None
    check_ins.admit_by_name(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=Uid(line.uid), desk=DOOR)
    assert not registrations.own(morning.ctx, own).may_change
    with pytest.raises(WrongPhase, match="already_came"):
        registrations.withdraw(morning.ctx, link=own)


def test_one_browser_and_everybody_together_register_only_so_often(morning: Morning, clock: FakeClock) -> None:
    _switch(morning)
    link = _public(morning)
    for number in range(registrations.TRIES):
        _register(morning, f"N{number}", link=link, browser="one")
    with pytest.raises(NotAllowed, match="registration_too_often"):
        _register(morning, "Late", link=link, browser="one")
    _register(morning, "Other", link=link, browser="two")
    clock.pass_by(minutes=11)
    with pytest.raises(WrongPhase, match="registration_over"):
        _register(morning, "Late", link=link, browser="one")


def test_over_an_open_line_neither_address_nor_number_is_taken(morning: Morning) -> None:
    _switch(morning)
    newcomer = Newcomer(replace(NOA, phone="+39 123"))
    registrations.register(morning.ctx, link=_public(morning), newcomer=newcomer, private=False)
    line = _line(morning, "Noa")
    assert line is not None
    with morning.ctx.reading() as db:
        person = db.get_one(Person, line.person_id)
        assert (person.email, person.phone) == ("", "")
    with pytest.raises(RuleViolation, match="email_needed"):
        registrations.register(
            morning.ctx, link=_public(morning), newcomer=Newcomer(replace(NOA, email="")), private=True
        )


def test_a_merge_takes_registrations_along(ctx: Context, morning: Morning) -> None:
    _switch(morning)
    _register(morning)
    with ctx.reading() as db:
        noa = db.scalars(select(Person.uid).where(Person.given_name == "Noa")).one()
        keep = db.get_one(Person, morning.people["Max"]).uid
    fields = people.card(ctx, GroupId(morning.group_id), keep).person.fields
    merging.merge(ctx, group_id=GroupId(morning.group_id), stays=keep, goes=noa, fields=fields)
    with ctx.reading() as db:
        assert db.scalars(select(Registration.person_id)).all() == [morning.people["Max"]]
