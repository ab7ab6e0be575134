"""Somebody who asks for it is erased: nothing is left of them, nothing of others is lost, nothing comes back."""

import json
import logging
import os
import shutil
import stat
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, func, select, text

from server import opening
from server.config import Settings
from server.domain.access import NOBODY
from server.domain.activities import ActivityKind
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import Event, ExchangeMoved, ListChanged, ReferralMoved, SeatingPlanned
from server.domain.messages import MessageKind
from server.domain.vocabulary import (
    ContactField,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    ReferralState,
    Role,
    Standing,
    Uid,
)
from server.persistence.base import Base
from server.persistence.models import (
    Account,
    Action,
    Attendance,
    Badge,
    Contact,
    Exchange,
    FoldedTotal,
    Group,
    JournalEntry,
    Meeting,
    Membership,
    Operation,
    Person,
    Referral,
    ReferralMove,
    Thanks,
)
from server.services import (
    action_log,
    activities,
    badges,
    calendar_feeds,
    check_ins,
    closing,
    contacts,
    devices,
    erasure,
    erasure_ledger,
    exchanges,
    imports,
    merging,
    one_to_ones,
    people,
    people_bulk,
    phones,
    planning,
    referrals,
    registration_desk,
    registrations,
    reminders,
    roles,
    sessions,
    takebacks,
    thanks,
    uploads,
    visits,
    workbench,
)
from server.services.check_ins import Desk
from server.services.contacts import Jotting
from server.services.context import Context, Op, Tx
from server.services.people import Change, PersonFields
from server.services.referrals import SlipFields
from server.services.registrations import Newcomer
from server.services.thanks import ThanksFields
from server.services.uploads import Upload
from tests import builders
from tests.cast import MAX, SAM, VIK
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in

CANARY = b"zaqwin"
ZAQWIN = PersonFields(
    given_name="Żaneta", family_name="Zaqwin", company="Zaqwin & Syn", sector="Zaqwin trades", email="z@zaqwin.example",
    phone="+48 601 999 000 zaqwin"[:16], region="Zaqwinia", country="PL", languages="zaqwinian",
    looks_for="zaqwin looks", wants_sector="zaqwin wants", offers="zaqwin offers", markets="zaqwin markets",
    interests="zaqwin interests", stories="zaqwin stories",
)  # fmt: skip


class Ops:
    """Operation ids, one after the other, as a device makes them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, kind: str) -> Op:
        self.made += 1
        return Op(f"{kind}-{self.made}", kind, {"number": self.made})


def _uid(ctx: Context, person: int) -> Uid:
    with ctx.reading() as db:
        return Uid(db.get_one(Person, person).uid)


def _register(ctx: Context, morning: Morning, op: Op) -> int:
    """Zaqwin registers by herself, and is in the import of the day as well; the organiser makes one of the two."""
    group = GroupId(morning.group_id)
    registration_desk.change(ctx, meeting_id=morning.meeting_id, is_on=True, limit=0, closes_local=None)
    link = registration_desk.view(ctx, morning.meeting_id).link
    newcomer = Newcomer(ZAQWIN, frozenset(ContactField), "pl", "zaqwin browser")
    registrations.register(ctx, link=link, newcomer=newcomer, private=True, op=op)
    data = (
        "First name,Last name,Company,Email\nZaneta,Zaqwin,Zaqwin and Son,zz@zaqwin.example\nNew,One,,new@example.org\n"
    )
    imports.run(ctx, group_id=group, data=data.encode(), name="zaqwin.csv")
    with ctx.reading() as db:
        first, other = db.scalars(select(Person).where(Person.family_name == "Zaqwin").order_by(Person.id)).all()
    merging.merge(ctx, group_id=group, stays=first.uid, goes=other.uid, fields=ZAQWIN)
    people.edit(ctx, group_id=group, uid=first.uid, change=Change(ZAQWIN, Standing.MEMBER, "Mira Łukasik"))
    return first.id


def _a_life(ctx: Context, morning: Morning) -> int:
    """Everything somebody can do at a meeting and after it, through the use-cases, with a word nobody else uses."""
    op = Ops()
    group, meeting, max_ = GroupId(morning.group_id), morning.meeting_id, morning.people["Max"]
    zaqwin = PersonId(_register(ctx, morning, op("register")))
    uid, max_uid = _uid(ctx, zaqwin), _uid(ctx, max_)
    with ctx.reading() as db:
        line = db.scalars(select(Attendance).where(Attendance.person_id == zaqwin)).one()
        badge = db.scalars(select(Badge).where(Badge.person_id == zaqwin)).one()
    code = badges.code_of(ctx, badge)
    check_ins.check_in(ctx, meeting_id=meeting, scanned=code, desk=DOOR, op=op("admit"))
    opened = phones.claim(ctx, badge_text=code, label="zaqwin phone")
    own = Desk(opened.uid, "Żaneta Zaqwin")
    for name, badge_code in morning.codes.items():
        if name != "Sam":
            check_ins.check_in(ctx, meeting_id=meeting, scanned=badge_code, desk=own, op=op("admit"))
    planning.plan(ctx, meeting_id=meeting, seconds=0.1)
    asked = exchanges.ask(ctx, meeting_id=meeting, asker=zaqwin, asked=max_uid, op=op("ask"))
    if asked["state"] != "accepted":
        exchanges.answer(ctx, meeting_id=meeting, person_id=max_, exchange=Uid(asked["uid"]), accept=True, op=op("yes"))
    day = ctx.now().date()
    for owner, about in ((zaqwin, max_uid), (max_, uid)):
        jotting = Jotting(note="zaqwin likes jazz", promise="zaqwin gets a number", due_on=day + timedelta(days=3))
        contacts.write_down(ctx, meeting_id=meeting, owner=owner, about=about, jotting=jotting, op=op("jot"))
    for giver, to in ((zaqwin, "Max D'Alò"), (max_, "Żaneta Zaqwin")):
        slip = SlipFields(
            need="zaqwin needs a roof", level=3, vouch="used_it", consent=True, prospect_name="zaqwin prospect",
            reach="zaqwin@prospect.example", comments="zaqwin comments", ways=("card_given",),
        )  # fmt: skip
        told = referrals.write(ctx, group_id=group, giver=giver, to=to, fields=slip, give=True, op=op("slip"))
        receiver = max_ if giver == zaqwin else zaqwin
        referrals.move(
            ctx, group_id=group, actor=receiver, uid=told["uid"], version=1, to=ReferralState.ACCEPTED,
            note="zaqwin takes it", op=op("move"),
        )  # fmt: skip
    for thanker, to in ((zaqwin, "Max D'Alò"), (max_, "Żaneta Zaqwin")):
        fields = ThanksFields(cents=123_45, currency="EUR", comments="zaqwin thanks")
        told = thanks.write(ctx, group_id=group, thanker=thanker, to=to, fields=fields, op=op("thank"))
        thanked = max_ if thanker == zaqwin else zaqwin
        thanks.answer(ctx, group_id=group, person=thanked, uid=told["uid"], yes=True, op=op("yes"))
    one_to_ones.say_held(
        ctx, group_id=group, teller=zaqwin, other=max_uid, held_on=day, place="zaqwin café", op=op("one")
    )
    advice = activities.ActivityFields(ActivityKind.TESTIMONIAL, to="Max D'Alò", held_on=day, text="zaqwin testifies")
    activities.write(ctx, group_id=group, person=zaqwin, fields=advice, op=op("activity"))
    contacts.change_own_card(ctx, person_id=zaqwin, group_id=group, change={"offers": "zaqwin offers"}, op=op("card"))
    people_bulk.change(ctx, group_id=group, uids=[uid, max_uid], field="region", value="Lombardia", op=op("bulk"))
    reminders.mark_written(ctx, meeting_id=meeting, kind=MessageKind.REMINDER, attendance_uid=line.uid)
    calendar_feeds.make(ctx, group_id=group, person_id=zaqwin)
    devices.link_for_person(ctx, group_id=group, person_uid=uid)
    uploads.keep(ctx, session_uid=opened.uid, upload=Upload("zaqwin.csv", b"Zaqwin,again"))
    return zaqwin


def _left_in_files(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.is_file() and CANARY in path.read_bytes().lower())


def _left_in_rows(ctx: Context) -> list[str]:
    with ctx.reading() as db:
        return [
            f"{table.name}.{column.name}"
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, String)
            and db.scalar(select(func.count()).where(func.lower(cast(column, String)).contains("zaqwin")))
        ]


def test_not_one_byte_of_somebody_is_left(
    ctx: Context, morning: Morning, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    zaqwin = _a_life(ctx, morning)
    filled = _left_in_rows(ctx)
    assert len(filled) > 25, "the life of the test is a poor one"
    assert ctx.database.is_sqlite is False or _left_in_files(tmp_path)
    closing.close(ctx, meeting_id=morning.meeting_id)
    uid = _uid(ctx, zaqwin)
    caplog.clear()
    assert erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=uid, op=Op("gone", "erase", {})) is False
    assert _left_in_rows(ctx) == []
    assert _left_in_files(tmp_path) == []
    assert "aqwin" not in caplog.text
    assert uid not in caplog.text


def _erase(ctx: Context, morning: Morning, name: str, op: Op | None = None) -> bool:
    return erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=_uid(ctx, morning.people[name]), op=op)


@pytest.fixture
def closed(ctx: Context, morning: Morning) -> Morning:
    """The morning is over."""
    everybody_in(morning)
    closing.close(ctx, meeting_id=morning.meeting_id)
    return morning


def test_nobody_is_erased_in_the_middle_of_a_meeting(ctx: Context, morning: Morning) -> None:
    found = erasure.what_goes(ctx, GroupId(morning.group_id), _uid(ctx, morning.people["Mira"]))
    assert found.refusal is not None
    assert found.refusal.params == {"meeting": "Breakfast no. 214"}
    with pytest.raises(WrongPhase, match="erase_meeting_open"):
        _erase(ctx, morning, "Mira")


def test_the_only_organiser_hands_the_group_over_first(ctx: Context, closed: Morning) -> None:
    uid = _uid(ctx, closed.people["Olga"])
    with pytest.raises(WrongPhase, match="last_organiser"):
        _erase(ctx, closed, "Olga")
    roles.give(ctx, group_id=GroupId(closed.group_id), uid=_uid(ctx, closed.people["Mira"]), roles=[Role.ORGANISER])
    assert _erase(ctx, closed, "Olga") is False
    with ctx.reading() as db:
        assert db.scalar(select(Person).where(Person.uid == uid)) is None
        assert db.scalar(select(Account)) is not None, "Sam's stays"


def test_nobody_erases_somebody_of_another_group(ctx: Context, closed: Morning) -> None:
    uid = _uid(ctx, closed.people["Sam"])
    for call in (erasure.what_goes, lambda *asked: erasure.erase(asked[0], group_id=asked[1], uid=asked[2])):
        with pytest.raises(NotFound, match="person_unknown"):
            call(ctx, GroupId(closed.group_id), uid)


def test_the_same_press_sent_again_gets_the_first_answer(ctx: Context, closed: Morning) -> None:
    uid = _uid(ctx, closed.people["Max"])
    op = Op("m" * 40, "erase_person", {"person": uid})
    for _ in range(2):
        assert erasure.erase(ctx, group_id=GroupId(closed.group_id), uid=uid, op=op) is False
    with pytest.raises(NotFound, match="person_unknown"):
        erasure.erase(ctx, group_id=GroupId(closed.group_id), uid=uid)


def test_nothing_opens_a_door_for_them_any_more(ctx: Context, closed: Morning) -> None:
    group, mira = GroupId(closed.group_id), PersonId(closed.people["Mira"])
    link = devices.link_for_person(ctx, group_id=group, person_uid=_uid(ctx, mira)).token
    feed = calendar_feeds.make(ctx, group_id=group, person_id=mira)
    session = sessions.actor_for(ctx, closed.tokens["Mira"]).session_uid
    assert session is not None
    _erase(ctx, closed, "Mira")
    assert sessions.actor_for(ctx, closed.tokens["Mira"]) == NOBODY
    assert sessions.gone(ctx, {session}) == {session}, "so that her sockets are cut"
    with pytest.raises(NotFound, match="link_used_up"):
        sessions.look_at_link(ctx, token=link)
    with pytest.raises(NotFound, match="calendar_unknown"):
        calendar_feeds.read(ctx, feed)
    closing.reopen(ctx, meeting_id=closed.meeting_id)
    scanned = check_ins.check_in(ctx, meeting_id=closed.meeting_id, scanned=closed.codes["Mira"], desk=DOOR)
    assert (scanned["answer"], scanned["reason"]) == ("refused", "unknown_badge")


def test_another_group_keeps_what_it_knows(ctx: Context, closed: Morning) -> None:
    group, other = GroupId(closed.group_id), GroupId(closed.other_group_id)
    mira, max_, sam = (closed.people[name] for name in ("Mira", "Max", "Sam"))

    def known(tx: Tx) -> None:
        tx.db.add(Membership(group_id=other, person_id=mira, standing=Standing.MEMBER))
        for where, person in ((group, max_), (other, sam)):
            for one, two in ((mira, person), (person, mira)):
                tx.db.add(
                    Contact(owner_id=one, person_id=two, group_id=where, note="x", created_at=tx.now, changed_at=tx.now)
                )

    ctx.transaction(known)
    assert erasure.what_goes(ctx, group, _uid(ctx, mira)).elsewhere
    assert _erase(ctx, closed, "Mira") is True
    with ctx.reading() as db:
        assert db.get_one(Person, mira).given_name == "Mira"
        assert db.scalars(select(Membership.group_id).where(Membership.person_id == mira)).all() == [other]
        assert db.scalars(select(Contact.group_id)).all() == [other, other]
        assert db.scalar(select(func.count()).where(Attendance.person_id == mira)) == 0
    with pytest.raises(NotFound, match="person_unknown"):
        erasure.what_goes(ctx, group, _uid(ctx, mira))
    assert erasure.erase(ctx, group_id=other, uid=_uid(ctx, mira)) is False, "the last group that knew her"
    with ctx.reading() as db:
        assert db.get(Person, mira) is None


def test_whoever_has_a_page_open_is_told(ctx: Context, morning: Morning) -> None:
    zaqwin = _a_life(ctx, morning)
    closing.close(ctx, meeting_id=morning.meeting_id)

    def draft(tx: Tx) -> MeetingId:
        group = tx.db.get_one(Group, morning.group_id)
        meeting = builders.a_meeting(
            tx, group, builders.START + timedelta(weeks=1), status=MeetingStatus.DRAFT, seating_version=3
        )
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, zaqwin))
        return MeetingId(meeting.id)

    coming = ctx.transaction(draft)
    with ctx.reading() as db:
        exchange = db.scalars(select(Exchange.uid)).one()
        slips = set(db.scalars(select(Referral.uid)))
    heard: list[Event] = []
    ctx.bus.subscribe(lambda told: heard.append(told.event))
    erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=_uid(ctx, zaqwin))
    max_ = morning.people["Max"]
    assert ListChanged(coming) in heard
    assert SeatingPlanned(coming) in heard
    assert ExchangeMoved(morning.meeting_id, (max_,), (exchange,)) in heard
    assert {each.slip_uid for each in heard if isinstance(each, ReferralMoved)} == slips
    assert all(zaqwin not in getattr(each, "people", ()) for each in heard)
    with ctx.reading() as db:
        assert db.get_one(Meeting, coming).seating_version == 4, "who plans from the page of before is told"
        assert db.scalars(select(Contact)).all() == []


def test_what_was_brought_in_can_still_be_taken_back_for_everybody_else(ctx: Context, morning: Morning) -> None:
    group = GroupId(morning.group_id)
    data = b"First name,Last name,Email\nAnna,Nowak,anna@example.org\nBea,Bianchi,bea@example.org\n"
    imports.run(ctx, group_id=group, data=data, name="two.csv")
    with ctx.reading() as db:
        anna, bea = db.scalars(select(Person).where(Person.family_name.in_(("Nowak", "Bianchi"))).order_by(Person.id))
    erasure.erase(ctx, group_id=group, uid=bea.uid)
    (entry,) = takebacks.listed(ctx, group)
    assert (entry.people, entry.names) == (1, ("Anna Nowak",))

    def somebody_else(tx: Tx) -> int:
        return builders.a_member(tx, tx.db.get_one(Group, group), SAM).id

    fresh = ctx.transaction(somebody_else)
    takebacks.take_back(ctx, group_id=group, entry=entry.uid)
    with ctx.reading() as db:
        assert db.get(Person, anna.id) is None
        assert db.get(Person, fresh) is not None, "who came later may have got the key of who was erased"


def test_two_made_one_are_erased_as_one(ctx: Context, morning: Morning) -> None:
    group = GroupId(morning.group_id)

    def twin(tx: Tx) -> int:
        return builders.a_member(tx, tx.db.get_one(Group, group), SAM, Standing.VISITOR).id

    stays, goes = ctx.transaction(twin), ctx.transaction(twin)
    fields = PersonFields(given_name="Sam", family_name="Stranger")
    entry = merging.merge(ctx, group_id=group, stays=_uid(ctx, stays), goes=_uid(ctx, goes), fields=fields)
    erasure.erase(ctx, group_id=group, uid=_uid(ctx, stays))
    with ctx.reading() as db:
        assert db.scalars(select(Person.id).where(Person.id.in_((stays, goes)))).all() == []
        assert db.scalars(select(JournalEntry)).all() == []
    with pytest.raises(NotFound, match="take_back_unknown"):
        takebacks.take_back(ctx, group_id=group, entry=entry)


def test_visits_count_on_when_somebody_registers_again(ctx: Context, closed: Morning) -> None:
    group = GroupId(closed.group_id)
    assert visits.of(ctx, group, closed.people["Vik"]).times == 1
    assert erasure.what_goes(ctx, group, _uid(ctx, closed.people["Vik"])).visits == 1
    _erase(ctx, closed, "Vik")

    def coming(tx: Tx) -> MeetingId:
        draft = builders.a_meeting(
            tx, tx.db.get_one(Group, group), builders.START + timedelta(weeks=1), status=MeetingStatus.DRAFT
        )
        return MeetingId(draft.id)

    meeting = ctx.transaction(coming)
    registration_desk.change(ctx, meeting_id=meeting, is_on=True, limit=0, closes_local=None)
    link = registration_desk.view(ctx, meeting).link
    again = PersonFields(given_name="Vik", company="Vik & Sons", email=VIK.email)
    registrations.register(ctx, link=link, newcomer=Newcomer(again), private=True)
    with ctx.reading() as db:
        vik = db.scalars(select(Person).where(Person.email == VIK.email)).one()
    assert visits.of(ctx, group, vik.id).times == 1


def test_the_ledger_names_nobody_and_is_its_owners_alone(ctx: Context, closed: Morning, tmp_path: Path) -> None:
    uid = _uid(ctx, closed.people["Mira"])
    _erase(ctx, closed, "Mira")
    path = tmp_path / erasure_ledger.NAME
    assert path.read_text(encoding="ascii").startswith("2026-11-26 ")
    assert uid not in path.read_text(encoding="ascii")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not erasure_ledger.is_owed(ctx), "the files are clean"
    before = path.read_bytes()
    path.write_bytes(before + b"2026-11-26 torn")
    _erase(ctx, closed, "Max")
    assert len(erasure_ledger.read(ctx)) == 2, "a torn line spoils no other"
    assert erasure_ledger.mark(ctx, "group", "person") not in erasure_ledger.read(ctx)


def test_a_copy_that_is_put_back_brings_nobody_back(
    ctx: Context, morning: Morning, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if not ctx.database.is_sqlite:
        _brought_back_by_hand(ctx, morning)
        return
    zaqwin = _a_life(ctx, morning)
    closing.close(ctx, meeting_id=morning.meeting_id)
    (tmp_path / "installation.key").write_bytes(ctx.key)
    uid, totals = _uid(ctx, zaqwin), _totals(ctx, morning)
    assert totals == (2, 24690)
    ctx.database.scrub()
    ctx.database.close()
    shutil.copy(tmp_path / "coltiva.db", tmp_path / "of-before.db")
    erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=uid)
    assert _totals(ctx, morning) == totals
    ctx.database.close()
    shutil.copy(tmp_path / "of-before.db", tmp_path / "coltiva.db")
    (tmp_path / "of-before.db").unlink()
    for again in (True, False):
        caplog.clear()
        opened = opening.create_context(Settings(instance=tmp_path), ctx.now)
        assert _left_in_rows(opened) == []
        assert _totals(opened, morning) == totals, "to the cent"
        assert ("1 were erased again" in caplog.text) is again
        assert uid not in caplog.text
        opened.database.close()
        assert _left_in_files(tmp_path) == []


def _brought_back_by_hand(ctx: Context, morning: Morning) -> None:
    """A server's database is put back by whoever runs the server: what counts is that she is there again."""
    closing.close(ctx, meeting_id=morning.meeting_id)
    with ctx.reading() as db:
        mira = db.get_one(Person, morning.people["Mira"])
    _erase(ctx, morning, "Mira")

    def back(tx: Tx) -> None:
        person = builders.a_person(tx, uid=mira.uid)
        tx.db.add(Membership(group_id=morning.group_id, person_id=person.id, standing=Standing.MEMBER))

    ctx.transaction(back)
    assert [erasure.replay(ctx), erasure.replay(ctx)] == [1, 0]


def _totals(ctx: Context, morning: Morning) -> tuple[int, int]:
    """Thanks of the group: how many, as the page of a member says, and how many cents in all."""
    page = thanks.page(ctx, GroupId(morning.group_id), morning.people["Mira"], money=True)
    with ctx.reading() as db:
        named = db.scalar(select(func.sum(Thanks.cents)).where(Thanks.confirmed_at.is_not(None))) or 0
        nameless = db.scalar(select(func.sum(FoldedTotal.cents)).where(FoldedTotal.currency != "")) or 0
    return sum(total.deals for total in page.totals), named + nameless


def test_an_older_copy_is_cleaned_even_of_the_last_organiser_in_an_open_meeting(ctx: Context, closed: Morning) -> None:
    mira = _uid(ctx, closed.people["Mira"])
    roles.give(ctx, group_id=GroupId(closed.group_id), uid=mira, roles=[Role.ORGANISER])
    with ctx.reading() as db:
        group = db.get_one(Group, closed.group_id)
        marks = [erasure_ledger.mark(ctx, group.uid, uid) for uid in (mira, _uid(ctx, closed.people["Olga"]))]
    closing.reopen(ctx, meeting_id=closed.meeting_id)
    erasure_ledger.add(ctx, marks, date(2026, 11, 26))
    assert erasure.replay(ctx) == 2


def test_a_great_file_is_cleaned_at_the_next_start(
    ctx: Context, closed: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "AT_ONCE", 1000)
    _erase(ctx, closed, "Max")
    assert erasure_ledger.is_owed(ctx) is ctx.database.is_sqlite
    assert erasure.replay(ctx) == 0
    assert not erasure_ledger.is_owed(ctx)


def test_whoever_is_called_like_somebody_else_takes_nothing_along(ctx: Context, closed: Morning) -> None:
    answers = {"viktor": {"name": "Viktor Nowak"}, "vik": {"name": "Vik"}, "uid": {"person": ""}}
    answers["uid"]["person"] = _uid(ctx, closed.people["Vik"])

    def kept(tx: Tx) -> None:
        for name, answer in answers.items():
            tx.db.add(Operation(id=name, kind="x", body_hash=b"x", answer=json.dumps(answer), done_at=tx.now))

    ctx.transaction(kept)
    _erase(ctx, closed, "Vik")
    with ctx.reading() as db:
        assert set(db.scalars(select(Operation.id).where(Operation.kind == "x"))) == {"viktor"}


def test_the_log_of_a_meeting_forgets_who_it_was_about(ctx: Context, closed: Morning) -> None:
    def noted(tx: Tx) -> None:
        for name in ("Mira", "Max"):
            params = {"person": closed.attendances[name]}
            action_log.note(
                tx,
                meeting_id=closed.meeting_id,
                key="moved",
                params=params,
                by=closed.people["Mira"],
                undo={"verb": "x"},
            )

    ctx.transaction(noted)
    _erase(ctx, closed, "Mira")
    with ctx.reading() as db:
        left = db.scalars(select(Action).where(Action.key == "moved")).all()
    assert [(json.loads(row.params)["person"], row.by_id, row.undo) for row in left] == [
        (closed.attendances["Max"], None, "")
    ]


def test_what_they_wrote_beside_the_slip_of_others_goes_and_the_slip_stays(ctx: Context, closed: Morning) -> None:
    group, max_ = GroupId(closed.group_id), PersonId(closed.people["Max"])
    slip = SlipFields(need="a roof", level=3, vouch="used_it", consent=True, prospect_name="P", reach="p@example.org")
    referrals.write(ctx, group_id=group, giver=max_, to="Olga Marchetti", fields=slip, give=True)

    def beside(tx: Tx) -> None:
        move = tx.db.scalars(select(ReferralMove)).one()
        move.actor_id, move.note = closed.people["Mira"], "Mira knows more"

    ctx.transaction(beside)
    _erase(ctx, closed, "Mira")
    with ctx.reading() as db:
        assert db.execute(select(ReferralMove.actor_id, ReferralMove.note)).all() == [(None, "")]


def test_a_cleaning_that_fails_is_made_up_for_at_the_next_start(
    ctx: Context, closed: Morning, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuleViolation("job_failed")

    with monkeypatch.context() as patch:
        patch.setattr(workbench.Bench, "do", fails)
        assert _erase(ctx, closed, "Max") is False, "whoever pressed is not troubled with it"
    assert erasure_ledger.is_owed(ctx) is ctx.database.is_sqlite
    assert ("job_failed" in caplog.text) is ctx.database.is_sqlite
    erasure.replay(ctx)
    assert not erasure_ledger.is_owed(ctx)


def test_ones_own_registration_opens_nothing_any_more(ctx: Context, morning: Morning) -> None:
    registration_desk.change(ctx, meeting_id=morning.meeting_id, is_on=True, limit=0, closes_local=None)
    link = registration_desk.view(ctx, morning.meeting_id).link
    own = registrations.register(ctx, link=link, newcomer=Newcomer(ZAQWIN), private=True)["link"]
    assert registrations.own(ctx, own)
    closing.close(ctx, meeting_id=morning.meeting_id)
    with ctx.reading() as db:
        zaqwin = db.scalars(select(Person.uid).where(Person.family_name == "Zaqwin")).one()
    erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=zaqwin)
    for call in (registrations.own, lambda ctx, link: registrations.withdraw(ctx, link=link)):
        with pytest.raises(NotFound):
            call(ctx, own)


def test_who_gives_a_slip_in_the_same_moment_is_told_that_there_is_nobody(
    ctx: Context, closed: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ctx.database.is_sqlite:
        return  # one writer at a time: there is no same moment
    slip = SlipFields(need="a roof", level=3, vouch="used_it", consent=True, prospect_name="P", reach="p@example.org")
    slips: list[Future[object]] = []
    written = erasure_ledger.add

    def and_meanwhile(*arguments: Any) -> None:
        slips.append(
            pool.submit(
                referrals.write, ctx, group_id=GroupId(closed.group_id), giver=closed.people["Max"],
                to="Mira Łukasik", fields=slip, give=True,
            )
        )  # fmt: skip
        blocked = text(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND pg_stat_activity.datname = current_database()"
        )
        while not slips[0].done():
            with ctx.reading() as db:
                if db.scalar(blocked):
                    break
        written(*arguments)

    monkeypatch.setattr(erasure_ledger, "add", and_meanwhile)
    with ThreadPoolExecutor(1) as pool:
        _erase(ctx, closed, "Mira")
        with pytest.raises(RuleViolation, match="receiver_unknown"):
            slips[0].result(timeout=60)


PASTS = st.lists(st.sampled_from(["import", "bulk", "merge"]), min_size=1, max_size=5)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=PASTS, who=st.integers(0, 5))
def test_no_undo_of_anything_brings_an_erased_person_back(ctx: Context, past: list[str], who: int) -> None:
    """Whatever was done to many people, in any order: taken back, it works for all others and not for them."""

    def begun(tx: Tx) -> GroupId:
        group = builders.a_group(tx)
        for name in "ABCDEF":
            builders.a_member(tx, group, replace(MAX, given=f"Person {name}", email=f"{name}@{group.uid}.example"))
        return GroupId(group.id)

    group = ctx.transaction(begun)
    for number, done in enumerate(past):
        _done(ctx, group, done, number)
    uids = _members(ctx, group)
    gone = uids[who % len(uids)]
    erasure.erase(ctx, group_id=group, uid=gone)
    after = set(_members(ctx, group))
    for entry in takebacks.listed(ctx, group):
        if entry.undone_at is None:
            takebacks.take_back(ctx, group_id=group, entry=entry.uid)
    with ctx.reading() as db:
        assert db.scalar(select(Person).where(Person.uid == gone)) is None
        assert not any(gone in entry.body for entry in db.scalars(select(JournalEntry)))
        if ctx.database.is_sqlite:
            assert db.execute(text("PRAGMA foreign_key_check")).all() == []
    assert after - {gone}, "others are there"
    if "import" not in past and "merge" not in past:
        assert set(_members(ctx, group)) == after, "nobody else goes or comes"


def _members(ctx: Context, group: GroupId) -> list[str]:
    with ctx.reading() as db:
        mine = select(Person.uid).join(Membership, Membership.person_id == Person.id)
        return list(db.scalars(mine.where(Membership.group_id == group).order_by(Person.id)))


def _done(ctx: Context, group: GroupId, what: str, number: int) -> None:
    uids = _members(ctx, group)
    match what:
        case "import":
            data = f"First name,Last name,Email\nNew {number},Person,new{number}@{group}.example\n"
            imports.run(ctx, group_id=group, data=data.encode(), name="new.csv")
        case "bulk":
            people_bulk.change(ctx, group_id=group, uids=uids, field="region", value=f"Region {number}")
        case "merge" if len(uids) > 2:
            fields = PersonFields(given_name="Merged", family_name=f"Person {number}")
            merging.merge(ctx, group_id=group, stays=uids[0], goes=uids[1], fields=fields)
