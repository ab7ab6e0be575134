"""The people of a group: found however they are spelled, changed, taken out; invisible to everybody else."""

from typing import Any

import pytest
from sqlalchemy import select

from server.domain import names
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import GroupId, MeetingStatus, Role, Standing, Uid
from server.persistence.models import Attendance, GrantRow, Group, Meeting, Membership, Person
from server.services import known_people, people, sessions
from server.services.context import Context, Op, Tx
from server.services.people import Change, PersonFields
from tests import builders
from tests.cast import MAX, MIRA
from tests.conftest import Statements
from tests.mornings import Morning


def _names(ctx: Context, group_id: int, text: str = "", **chosen: Any) -> list[str]:
    found = people.listed(ctx, GroupId(group_id), people.wanted(text, **chosen))
    return [person.name for person in found.people]


def _uid(morning: Morning, name: str) -> Uid:
    with morning.ctx.reading() as db:
        return Uid(db.get_one(Person, morning.people[name]).uid)


def _add(morning: Morning, given: str, family: str = "", **more: Any) -> Uid:
    standing = more.pop("standing", Standing.MEMBER)
    inviter = more.pop("invited_by", "")
    fields = PersonFields(given_name=given, family_name=family, **more)
    return people.create(morning.ctx, group_id=GroupId(morning.group_id), change=Change(fields, standing, inviter))


def _draft(ctx: Context, group_id: int) -> int:
    def work(tx: Tx) -> int:
        group = tx.db.get_one(Group, group_id)
        return builders.a_meeting(tx, group, status=MeetingStatus.DRAFT, slug="next").id

    return ctx.transaction(work)


def _expected(ctx: Context, meeting_id: int) -> set[str]:
    with ctx.reading() as db:
        question = select(Person.given_name).join(Attendance, Attendance.person_id == Person.id)
        return set(db.scalars(question.where(Attendance.meeting_id == meeting_id)))


def test_the_list_stands_in_the_order_of_family_names(morning: Morning, ctx: Context) -> None:
    assert _names(ctx, morning.group_id) == [
        "Max D'Alò", "Fiona Kelly", "Mira Łukasik", "Olga Marchetti", "Vik", "Dora Wiśniewska",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["lukasik", "ŁUKASIK", "mira luk", "Łukasik Mira", "foto"])
def test_somebody_is_found_however_the_name_is_spelled_and_in_any_order(
    morning: Morning, ctx: Context, text: str
) -> None:
    assert _names(ctx, morning.group_id, text) == ["Mira Łukasik"]


def test_signs_in_a_search_are_only_signs(morning: Morning, ctx: Context) -> None:
    assert _names(ctx, morning.group_id, "%_'\"") == _names(ctx, morning.group_id)
    assert _names(ctx, morning.group_id, "d'alo") == ["Max D'Alò"]


def test_the_list_can_be_narrowed_to_a_standing_and_a_sector(morning: Morning, ctx: Context) -> None:
    assert _names(ctx, morning.group_id, standing=Standing.VISITOR) == ["Vik"]
    assert _names(ctx, morning.group_id, sector="Florist") == ["Dora Wiśniewska"]
    assert _names(ctx, morning.group_id, "mira", sector="Florist") == []
    listing = people.listed(ctx, GroupId(morning.group_id), people.wanted())
    assert listing.standings == {Standing.MEMBER: 5, Standing.VISITOR: 1}
    assert "Photographer" in listing.sectors
    assert "Notary" not in listing.sectors


def test_a_long_list_comes_in_pages_and_a_page_too_far_is_the_last(morning: Morning, ctx: Context) -> None:
    for number in range(60):
        _add(morning, f"Given{number:02}", "Zzz")
    first = people.listed(ctx, GroupId(morning.group_id), people.wanted("zzz"))
    last = people.listed(ctx, GroupId(morning.group_id), people.wanted("zzz"), page=99)
    assert (first.total, first.pages, len(first.people)) == (60, 2, 50)
    assert (last.page, len(last.people)) == (2, 10)


def test_the_list_asks_the_database_few_questions(morning: Morning, ctx: Context, statements: Statements) -> None:
    with statements() as sent:
        people.listed(ctx, GroupId(morning.group_id), people.wanted("m"))
    assert len(sent) <= 8, sent


def test_a_new_person_is_found_and_stands_where_the_name_belongs(morning: Morning, ctx: Context) -> None:
    uid = _add(
        morning, "  Żaneta ", "De  Luca", company="Caffè 27", country="Italia", sector="Bar",
        email="zaneta@example.org", invited_by="mira lukasik",
    )  # fmt: skip
    card = people.card(ctx, GroupId(morning.group_id), uid)
    assert (card.person.name, card.person.fields.country) == ("Żaneta De Luca", "IT")
    assert card.person.inviter == "Mira Łukasik"
    assert (card.person.standing, str(card.person.since)) == (Standing.MEMBER, "2026-11-26")
    assert (card.roles, card.visits.times) == ((), 0)
    assert _names(ctx, morning.group_id, "zaneta caffe") == ["Żaneta De Luca"]
    assert _names(ctx, morning.group_id)[1] == "Żaneta De Luca"


def test_one_name_is_enough(morning: Morning, ctx: Context) -> None:
    uid = _add(morning, "", "Madonna", standing=Standing.VISITOR)
    person = people.card(ctx, GroupId(morning.group_id), uid).person
    assert (person.fields.given_name, person.fields.family_name, person.since) == ("Madonna", "", None)
    other = people.card(ctx, GroupId(morning.group_id), _add(morning, "-", "Prince")).person
    assert (other.fields.given_name, other.fields.family_name) == ("Prince", "")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"given": "   "}, "name_missing", "given_name"),
        ({"given": "A" * 121}, "text_too_long", "given_name"),
        ({"given": "Anna", "looks_for": "x" * 301}, "text_too_long", "looks_for"),
        ({"given": "Anna", "email": "anna at example"}, "email_malformed", "email"),
        ({"given": "Anna", "phone": "call me"}, "phone_malformed", "phone"),
        ({"given": "Anna", "country": "Narnia"}, "country_unknown", "country"),
        ({"given": "Anna", "invited_by": "Nobody"}, "inviter_unknown", "invited_by"),
        ({"given": "Anna", "invited_by": "Sam Stranger"}, "inviter_unknown", "invited_by"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    morning: Morning, ctx: Context, fields: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _add(morning, **fields)
    assert (refused.value.code, refused.value.params["field"]) == (code, field)
    assert len(_names(ctx, morning.group_id)) == 6


def test_sending_a_new_person_twice_makes_one(morning: Morning, ctx: Context) -> None:
    def send() -> Uid:
        return people.create(
            ctx,
            group_id=GroupId(morning.group_id),
            change=Change(PersonFields(given_name="Anna")),
            op=Op("op", "person", {"given_name": "Anna"}),
        )

    assert send() == send()
    assert _names(ctx, morning.group_id, "anna") == ["Anna"]


def test_a_changed_name_is_found_and_sorted_anew(morning: Morning, ctx: Context) -> None:
    uid = _uid(morning, "Mira")
    fields = PersonFields(given_name="Mira", family_name="Adamska", company="Foto Łukasik")
    people.edit(ctx, group_id=GroupId(morning.group_id), uid=uid, change=Change(fields, Standing.MEMBER))
    assert _names(ctx, morning.group_id)[0] == "Mira Adamska"
    assert _names(ctx, morning.group_id, "lukasik") == ["Mira Adamska"], "the company still says Łukasik"
    assert _names(ctx, morning.group_id, "photographer") == []


def test_the_door_hears_of_a_changed_name(morning: Morning, ctx: Context) -> None:
    heard = []
    ctx.bus.subscribe(lambda told: heard.append(told.event))
    fields = PersonFields(given_name="Mira", family_name="Adamska")
    people.edit(ctx, group_id=GroupId(morning.group_id), uid=_uid(morning, "Mira"), change=Change(fields))
    changed = {morning.attendances["Mira"], morning.attendances["Vik"]}
    assert {event.attendance_uid for event in heard} == changed, "her own line, and that of her guest"


def test_a_visitor_who_joins_is_a_member_since_today_and_expected_next_time(morning: Morning, ctx: Context) -> None:
    draft = _draft(ctx, morning.group_id)
    uid = _uid(morning, "Vik")
    people.edit(
        ctx,
        group_id=GroupId(morning.group_id),
        uid=uid,
        change=Change(PersonFields(given_name="Vik"), Standing.MEMBER),
    )
    person = people.card(ctx, GroupId(morning.group_id), uid).person
    assert (person.standing, str(person.since)) == (Standing.MEMBER, "2026-11-26")
    assert _expected(ctx, draft) == {"Vik"}


def test_somebody_taken_out_is_former_expected_nowhere_and_what_was_stays(morning: Morning, ctx: Context) -> None:
    draft = _draft(ctx, morning.group_id)
    _add(morning, "Anna")
    assert _expected(ctx, draft) == {"Anna"}
    people.remove(ctx, group_id=GroupId(morning.group_id), uid=_uid(morning, "Max"))
    people.remove(ctx, group_id=GroupId(morning.group_id), uid=_anna(ctx))
    former = people.card(ctx, GroupId(morning.group_id), _uid(morning, "Max")).person
    assert (former.standing, str(former.until)) == (Standing.FORMER, "2026-11-26")
    assert _expected(ctx, draft) == set()
    assert "Max" in _expected(ctx, morning.meeting_id), "an open meeting is never emptied"


def _anna(ctx: Context) -> str:
    with ctx.reading() as db:
        return db.scalars(select(Person.uid).where(Person.given_name == "Anna")).one()


def test_somebody_taken_out_loses_every_role(morning: Morning, ctx: Context) -> None:
    def promote(tx: Tx) -> None:
        max_id = morning.people["Max"]
        tx.db.add(GrantRow(person_id=max_id, role=Role.ORGANISER, group_id=morning.group_id, created_at=tx.now))

    ctx.transaction(promote)
    people.remove(ctx, group_id=GroupId(morning.group_id), uid=_uid(morning, "Max"))
    grants = sessions.actor_for(ctx, morning.tokens["Max"]).grants
    assert {grant.role for grant in grants} == {Role.ATTENDEE}


def test_the_only_organiser_cannot_be_taken_out(morning: Morning, ctx: Context) -> None:
    with pytest.raises(WrongPhase, match="last_organiser"):
        people.remove(ctx, group_id=GroupId(morning.group_id), uid=_uid(morning, "Olga"))
    assert people.card(ctx, GroupId(morning.group_id), _uid(morning, "Olga")).person.standing is Standing.MEMBER


def test_people_of_another_group_are_invisible(morning: Morning, ctx: Context) -> None:
    mira = _uid(morning, "Mira")
    theirs = GroupId(morning.other_group_id)
    assert _names(ctx, theirs) == ["Sam Stranger"]
    with pytest.raises(NotFound):
        people.card(ctx, theirs, mira)
    with pytest.raises(NotFound):
        people.edit(ctx, group_id=theirs, uid=mira, change=Change(PersonFields(given_name="Mine")))
    with pytest.raises(NotFound):
        people.remove(ctx, group_id=theirs, uid=mira)
    assert _names(ctx, morning.group_id, "mira") == ["Mira Łukasik"]


def test_namesakes_are_told_apart_by_company_where_a_name_is_chosen(morning: Morning, ctx: Context) -> None:
    def namesakes(tx: Tx) -> None:
        for company in ("Alfa", "Beta", "Beta"):
            person = builders.a_person(tx, MAX, company=company)
            tx.db.add(Membership(group_id=morning.group_id, person_id=person.id, standing=Standing.MEMBER))

    ctx.transaction(namesakes)
    labels = [known.label for known in known_people.inviters(ctx, GroupId(morning.group_id))]
    assert len(set(labels)) == len(labels)
    assert {"Max D'Alò, Alfa", "Max D'Alò, D'Alò Catering", "Mira Łukasik"} <= set(labels)
    uid = _add(morning, "Anna", invited_by="Max D'Alò, Alfa")
    assert people.card(ctx, GroupId(morning.group_id), uid).person.inviter == "Max D'Alò"
    with pytest.raises(RuleViolation):
        _add(morning, "Bea", invited_by="Max D'Alò")


def test_the_group_in_another_language_sorts_its_names_anew(morning: Morning, ctx: Context) -> None:
    def more(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        person = builders.a_member(tx, group, MIRA)
        person.family_name, person.sort_key = "Lyon", names.sort_key("Lyon", "Mira", "en")

    ctx.transaction(more)
    assert _names(ctx, morning.group_id)[2:4] == ["Mira Łukasik", "Mira Lyon"]
    ctx.transaction(lambda tx: people.sort_anew(tx, GroupId(morning.group_id), "pl"))
    assert _names(ctx, morning.group_id)[2:4] == ["Mira Lyon", "Mira Łukasik"]


def test_how_often_somebody_came_is_counted_in_the_own_group_only(morning: Morning, ctx: Context) -> None:
    def came(tx: Tx) -> None:
        row = tx.db.scalars(select(Attendance).where(Attendance.uid == morning.attendances["Mira"])).one()
        row.entered_at = tx.now
        foreign = tx.db.scalars(select(Meeting).where(Meeting.uid == morning.other_meeting_uid)).one()
        mira = tx.db.get_one(Person, morning.people["Mira"])
        builders.an_attendance(tx, foreign, mira, entered_at=tx.now)

    ctx.transaction(came)
    visits = people.card(ctx, GroupId(morning.group_id), _uid(morning, "Mira")).visits
    assert (visits.times, visits.last) == (1, builders.START)
