"""Several people changed at once, trades with their seats, and lists that are narrowed and sorted; all undoable."""

import json

import pytest
from sqlalchemy import select

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import GroupId, MeetingStatus, Standing
from server.persistence.models import Attendance, Group, Meeting, Person, PersonWord, SeatingPlan
from server.services import people, people_bulk, planning, sectors, situations, takebacks
from server.services.context import Context, Tx
from server.services.people import Order, PersonFields
from tests import builders
from tests.conftest import Statements
from tests.mornings import Morning
from tests.services.test_merging import _everything, _uids


@pytest.fixture
def group(morning: Morning) -> GroupId:
    return GroupId(morning.group_id)


def _names(ctx: Context, group: GroupId, **which: object) -> list[str]:
    return [one.name for one in people.listed(ctx, group, people.wanted(**which)).people]  # type: ignore[arg-type]  # a test's own names


def test_several_are_changed_at_once_and_back_again(ctx: Context, group: GroupId, morning: Morning) -> None:
    before = _everything(ctx)
    uids = _uids(ctx, morning.people["Mira"], morning.people["Max"])
    assert people_bulk.change(ctx, group_id=group, uids=uids, field="sector", value="  Events ") == 2
    assert _names(ctx, group, sector="events") == ["Max D'Alò", "Mira Łukasik"]
    assert people_bulk.change(ctx, group_id=group, uids=uids, field="sector", value="Events") == 0
    (entry,) = takebacks.listed(ctx, group)
    assert (entry.kind, entry.people) == ("people_bulk", 2)
    takebacks.take_back(ctx, group_id=group, entry=entry.uid)
    assert _everything(ctx) == before


def test_everybody_found_is_changed(ctx: Context, group: GroupId) -> None:
    assert (
        people_bulk.change(ctx, group_id=group, which=people.wanted(without="country"), field="country", value="Polska")
        == 6
    )
    assert len(_names(ctx, group, country="PL")) == 6
    assert _names(ctx, group, without="country") == []


def test_a_new_standing_reaches_lists_and_roles_and_comes_back(ctx: Context, group: GroupId, morning: Morning) -> None:
    def prepare(tx: Tx) -> None:
        meeting = builders.a_meeting(tx, tx.db.get_one(Group, group), status=MeetingStatus.DRAFT, slug="next")
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, morning.people["Max"]))
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, morning.people["Mira"]))

    ctx.transaction(prepare)
    before = _everything(ctx)

    def drafted() -> set[str]:
        with ctx.reading() as db:
            question = select(Person.given_name).join(Attendance, Attendance.person_id == Person.id)
            return set(db.scalars(question.join(Meeting).where(Meeting.slug == "next")))

    vik, max_ = _uids(ctx, morning.people["Vik"], morning.people["Max"])
    people_bulk.change(ctx, group_id=group, uids=[vik], standing=Standing.MEMBER)
    people_bulk.change(ctx, group_id=group, uids=[max_], standing=Standing.FORMER)
    assert drafted() == {"Mira", "Vik"}
    for entry in takebacks.listed(ctx, group):
        takebacks.take_back(ctx, group_id=group, entry=entry.uid)
    assert _everything(ctx) == before
    with pytest.raises(WrongPhase, match="last_organiser"):
        people_bulk.change(ctx, group_id=group, which=people.wanted(), standing=Standing.FORMER)
    assert _everything(ctx) == before, "nothing half-done"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"uids": ["x"], "field": "given_name", "value": "Anna"}, "bulk_field_unknown"),
        ({"field": "sector", "value": "Law"}, "nobody_chosen"),
        ({"uids": ["0" * 16], "field": "sector", "value": "Law"}, "person_unknown"),
        ({"uids": ["x"], "field": "country", "value": "Narnia"}, "country_unknown"),
        ({"uids": ["x"], "field": "sector", "value": "x" * 121}, "text_too_long"),
    ],
)
def test_what_cannot_be_changed_is_refused(ctx: Context, group: GroupId, asked: dict[str, object], code: str) -> None:
    with pytest.raises((RuleViolation, NotFound), match=code):
        people_bulk.change(ctx, group_id=group, **asked)  # type: ignore[arg-type]  # a test's own values


def test_nobody_of_another_group_is_changed(ctx: Context, group: GroupId, morning: Morning) -> None:
    (sam,) = _uids(ctx, morning.people["Sam"])
    with pytest.raises(NotFound):
        people_bulk.change(ctx, group_id=group, uids=[sam], field="sector", value="Law")
    people_bulk.change(ctx, group_id=group, which=people.wanted(), field="sector", value="Law")
    with ctx.reading() as db:
        assert db.get_one(Person, morning.people["Sam"]).sector == "Notary"


def test_the_list_is_sorted_as_asked(ctx: Context, group: GroupId) -> None:
    assert _names(ctx, group, order=Order.COMPANY)[:2] == ["Max D'Alò", "Mira Łukasik"]
    assert _names(ctx, group, order=Order.SECTOR)[0] == "Olga Marchetti", "accounting"
    assert _names(ctx, group, order=Order.NEWEST)[0] == "Vik"


@pytest.mark.parametrize("text", ["lukasik", "ŁUKASIK mira", "mira luk", "foto", "luk mi"])
def test_somebody_is_found_whatever_the_case_accents_and_order(ctx: Context, group: GroupId, text: str) -> None:
    assert _names(ctx, group, text=text) == ["Mira Łukasik"]


def test_words_follow_whoever_writes_a_person(ctx: Context, group: GroupId, morning: Morning) -> None:
    (mira,) = _uids(ctx, morning.people["Mira"])
    fields = PersonFields("Mira", "Adamska", "Żółta Łódź")
    people.edit(ctx, group_id=group, uid=mira, change=people.Change(fields))
    assert _names(ctx, group, text="lukasik") == []
    assert _names(ctx, group, text="zolta lodz") == ["Mira Adamska"]
    with ctx.reading() as db:
        words = db.scalars(select(PersonWord.word).where(PersonWord.person_id == morning.people["Mira"]))
        assert set(words) == {"mira", "adamska", "zolta", "lodz"}


def test_very_many_are_counted_no_further_than_anybody_reads(
    ctx: Context, group: GroupId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "COUNTED", 2)
    listing = people.listed(ctx, group, people.wanted("m"))
    assert (listing.total, listing.more) == (2, True)
    assert {one.name for one in listing.people} == {"Max D'Alò", "Mira Łukasik", "Olga Marchetti"}


def test_a_list_asks_at_most_eight_questions(ctx: Context, group: GroupId, statements: Statements) -> None:
    with statements() as sent:
        people.listed(ctx, group, people.wanted("m", Standing.MEMBER, "Catering", country="IT", order=Order.COMPANY))
    assert len(sent) <= 8


def test_trades_form_a_tree_with_seats_gaps_and_filters(ctx: Context, group: GroupId) -> None:
    assert sectors.take_over(ctx, group_id=group) == 6
    assert sectors.take_over(ctx, group_id=group) == 0
    events = sectors.add(ctx, group_id=group, name="Events")
    notary = sectors.add(ctx, group_id=group, name="Notary")
    tree = sectors.tree(ctx, group)
    by_name = {seat.name: seat for seat in tree.seats}
    assert tree.gaps == ("Events", "Notary", "Plumber"), "a visitor holds no seat"
    assert by_name["Photographer"].members == ("Mira Łukasik",)
    for name in ("Florist", "Catering", "Photographer"):
        sectors.change(ctx, group_id=group, uid=by_name[name].uid, name=name, above=events, has_seat=True)
    sectors.change(ctx, group_id=group, uid=events, name="Celebrations", above="", has_seat=False)
    assert sectors.tree(ctx, group).gaps == ("Notary", "Plumber")
    assert _names(ctx, group, sector="celebrations") == ["Max D'Alò", "Mira Łukasik", "Dora Wiśniewska"]
    sectors.remove(ctx, group_id=group, uid=events)
    assert {seat.depth for seat in sectors.tree(ctx, group).seats} == {0}
    for refused, code in (
        ("florist", "sector_known"),
        (" - ", "name_missing"),
        ("x" * 121, "text_too_long"),
    ):
        with pytest.raises(RuleViolation, match=code):
            sectors.add(ctx, group_id=group, name=refused)
    with pytest.raises(NotFound):
        sectors.add(ctx, group_id=group, name="Law", above="0" * 16)
    with pytest.raises(RuleViolation, match="sector_below_itself"):
        sectors.change(ctx, group_id=group, uid=notary, name="Notary", above=notary, has_seat=True)


def test_trades_that_do_each_other_good_reach_the_planner(ctx: Context, group: GroupId, morning: Morning) -> None:
    sectors.take_over(ctx, group_id=group)
    uid = {seat.name: seat.uid for seat in sectors.tree(ctx, group).seats}
    sectors.relate(ctx, group_id=group, one=uid["Florist"], other=uid["Photographer"], weight=3)
    sectors.relate(ctx, group_id=group, one=uid["Photographer"], other=uid["Florist"], weight=8)
    with pytest.raises(RuleViolation, match="sector_twice"):
        sectors.relate(ctx, group_id=group, one=uid["Florist"], other=uid["Florist"], weight=3)
    with pytest.raises(RuleViolation, match="sector_weight"):
        sectors.relate(ctx, group_id=group, one=uid["Florist"], other=uid["Catering"], weight=10)

    def come(tx: Tx) -> None:
        for row in tx.db.scalars(select(Attendance)):
            row.entered_at = tx.now

    ctx.transaction(come)
    with ctx.reading() as db:
        problem = situations.read(db, morning.meeting_id, ctx.now()).problem
    assert problem["affinity"] == [["florist", "photographer", 8]]
    planning.plan(ctx, meeting_id=morning.meeting_id, seconds=0.3)
    with ctx.reading() as db:
        kept = db.scalars(select(SeatingPlan.problem)).all()
    assert json.loads(kept[-1])["affinity"] == [["florist", "photographer", 8]]
    (pair,) = sectors.tree(ctx, group).affinities
    assert (pair.one, pair.other, pair.weight) == ("Florist", "Photographer", 8)
    sectors.part(ctx, group_id=GroupId(morning.other_group_id), uid=pair.uid)
    assert sectors.tree(ctx, group).affinities, "another group's hands do not reach here"
    sectors.part(ctx, group_id=group, uid=pair.uid)
    assert sectors.tree(ctx, group).affinities == ()
