"""The two reports over a real morning of the cast, on both databases."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from server.domain.vocabulary import (
    FollowUpKind,
    GroupId,
    ReferralKind,
    ReferralState,
    Standing,
)
from server.persistence.models import (
    FollowUp,
    Group,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    ReferralMove,
    Seat,
)
from server.services import expected, figures, meetings, reports, rounds
from server.services.context import Tx
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in, seat_rounds

TABLES = [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona"]], [["Mira", "Vik"], ["Olga", "Max"], ["Fiona"]]]
GIVERS = ("Olga", "Fiona", "Dora", "Mira", "Max")


@pytest.fixture
def held(morning: Morning, clock: FakeClock) -> Morning:
    """Everybody but Dora came; two rounds were held; Mira and Max had sat together a week before."""
    an_earlier_morning(morning, [[["Mira", "Max"], ["Fiona", "Dora"]]])
    everybody_in(morning, but=["Dora"])
    seat_rounds(morning, TABLES)
    for number in (1, 2):
        rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=number, version=0)
        clock.pass_by(minutes=6)
        rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=number, version=1)
        clock.pass_by(minutes=1)
    return morning


def given(
    morning: Morning, giver: str, receiver: str, state: ReferralState = ReferralState.GIVEN, *, hours: int | None = None
) -> None:
    """A slip of this meeting, answered so many hours after it was given."""

    def work(tx: Tx) -> None:
        at = tx.now - timedelta(days=5)
        row = Referral(
            group_id=morning.group_id,
            meeting_id=morning.meeting_id,
            giver_id=morning.people[giver],
            receiver_id=morning.people[receiver],
            kind=ReferralKind.REFERRAL,
            state=state,
            level=4,
            prospect_name="Prospect Kowalski",
            comments="worth 5000",
            created_at=at - timedelta(days=1),
            changed_at=tx.now,
            given_at=at,
            answered_at=None if hours is None else at + timedelta(hours=hours),
        )
        tx.db.add(row)
        tx.db.flush()
        moves = [(ReferralState.DRAFT, ReferralState.GIVEN, at)]
        if hours is not None:
            moves.append((ReferralState.GIVEN, ReferralState.ACCEPTED, at + timedelta(hours=hours)))
            moves.append((ReferralState.ACCEPTED, state, at + timedelta(hours=hours + 1)))
        for before, after, when in moves:
            tx.db.add(ReferralMove(referral_id=row.id, from_state=before, to_state=after, moved_at=when))

    morning.ctx.transaction(work)


def promised(morning: Morning, owner: str, about: str, *, due: date, done: bool = False) -> None:
    """A promise of this meeting."""

    def work(tx: Tx) -> None:
        tx.db.add(
            FollowUp(
                owner_id=morning.people[owner],
                about_id=morning.people[about],
                group_id=morning.group_id,
                meeting_id=morning.meeting_id,
                kind=FollowUpKind.PROMISE,
                text="a secret between the two",
                due_on=due,
                done_at=tx.now if done else None,
                created_at=tx.now,
            )
        )

    morning.ctx.transaction(work)


def looks_for(morning: Morning, who: str, sector: str) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people[who]).wants_sector = sector

    morning.ctx.transaction(work)


# --- one meeting


def test_a_meeting_report_says_who_met_whom_for_the_first_time_and_again(held: Morning) -> None:
    found = reports.of_meeting(held.ctx, held.meeting_id)
    assert [(one.round_number, one.number, one.names) for one in found.tables] == [
        (1, 1, ("Max D'Alò", "Mira Łukasik")),
        (1, 2, ("Olga Marchetti", "Vik")),
        (1, 3, ("Fiona Kelly",)),
        (2, 1, ("Mira Łukasik", "Vik")),
        (2, 2, ("Max D'Alò", "Olga Marchetti")),
        (2, 3, ("Fiona Kelly",)),
    ]
    assert found.met is not None
    # Olga–Vik, Mira–Vik, Max–Olga are new; Mira and Max sat together a week ago.
    assert (found.met.first_time, found.met.again) == (3, 1)
    assert found.met.spread == ((0, 1), (1, 2), (2, 2))
    assert found.alone == ("Fiona Kelly",)
    assert [person.name for person in found.awaited] == ["Dora Wiśniewska"]
    assert (found.attendance.came, found.attendance.expected) == (5, 6)
    assert [(one.came, one.expected, one.visitors) for one in found.turnout] == [(6, 6, 0), (5, 6, 1)]


def test_who_missed_a_round_sat_with_nobody_there(held: Morning) -> None:
    def work(tx: Tx) -> None:
        for seat in tx.db.scalars(select(Seat)):
            if seat.attendance.uid == held.attendances["Vik"]:
                seat.missed = True

    held.ctx.transaction(work)
    found = reports.of_meeting(held.ctx, held.meeting_id)
    assert all("Vik" not in one.names for one in found.tables)
    assert "Vik" in found.alone


def test_promises_and_referrals_are_broken_down_from_five_people_on(held: Morning, clock: FakeClock) -> None:
    today = clock.now.date()
    for giver, receiver in pairwise(GIVERS):
        promised(held, giver, receiver, due=today, done=True)
        given(held, giver, receiver, ReferralState.WON, hours=2)
    few = reports.of_meeting(held.ctx, held.meeting_id)
    assert (few.promises.made, few.promises.told, few.promises.kept_in_time) == (4, False, 0)
    assert (few.referred.given, few.referred.told, few.referred.won) == (4, False, 0)
    promised(held, "Max", "Olga", due=today - timedelta(days=1))
    given(held, "Max", "Olga", ReferralState.LOST, hours=49)
    found = reports.of_meeting(held.ctx, held.meeting_id)
    assert (found.promises.kept_in_time, found.promises.overdue) == (4, 1)
    assert (found.referred.won, found.referred.ended, found.referred.in_time, found.referred.answerable) == (4, 5, 4, 5)
    assert found.referred.level == 4


def test_a_promise_kept_late_in_the_evening_at_the_place_was_kept_that_day(held: Morning, clock: FakeClock) -> None:
    clock.now = clock.now.replace(hour=22, minute=50)  # ten to midnight in Rome
    for giver, receiver in zip(GIVERS, GIVERS[1:] + GIVERS[:1], strict=True):
        promised(held, giver, receiver, due=date(2026, 11, 26), done=True)
    assert reports.of_meeting(held.ctx, held.meeting_id).promises.kept_in_time == 5
    clock.pass_by(hours=1)
    for giver, receiver in zip(GIVERS, GIVERS[1:] + GIVERS[:1], strict=True):
        promised(held, giver, receiver, due=date(2026, 11, 26), done=True)
    assert reports.of_meeting(held.ctx, held.meeting_id).promises.kept_late == 5


def test_sectors_are_missing_when_nobody_who_came_works_in_them(held: Morning) -> None:
    looks_for(held, "Mira", "Florist")  # Dora is one, and did not come
    looks_for(held, "Max", "photographer")
    looks_for(held, "Olga", "Notary")
    looks_for(held, "Vik", "notary")
    looks_for(held, "Dora", "Baker")  # she is not here to look for one
    found = reports.of_meeting(held.ctx, held.meeting_id)
    assert [(one.name, one.wished, one.there) for one in found.sectors] == [
        ("Notary", 2, 0),
        ("Florist", 1, 0),
        ("Photographer", 1, 1),
    ]


def test_a_meeting_that_was_never_opened_has_an_empty_report(morning: Morning) -> None:
    def work(tx: Tx) -> int:
        group = tx.db.get_one(Group, morning.group_id)
        return builders.a_meeting(tx, group, builders.START + timedelta(days=7), status="draft").id

    found = reports.of_meeting(morning.ctx, morning.ctx.transaction(work))  # type: ignore[arg-type]  # a key
    assert (found.turnout, found.tables, found.met, found.people) == ((), (), None, ())


def test_a_report_says_nothing_of_other_groups_and_asks_few_questions(held: Morning, statements: Statements) -> None:
    def work(tx: Tx) -> None:
        other = tx.db.get_one(Group, held.other_group_id)
        meeting = builders.a_meeting(tx, other, builders.START - timedelta(days=14))
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, held.people["Sam"]), entered_at=builders.START)

    held.ctx.transaction(work)
    with statements() as sent:
        found = reports.of_meeting(held.ctx, held.meeting_id)
    assert len(sent) <= 8
    assert len(found.turnout) == 2
    with statements() as sent:
        group = reports.of_group(held.ctx, GroupId(held.group_id), weeks=26)
    assert len(sent) <= 8
    assert len(group.turnout) == 2
    assert all(row.name != "Sam Stranger" for row in group.members)


# --- the group


def test_a_group_report_looks_back_whole_weeks_from_a_monday_on_and_no_further(held: Morning, clock: FakeClock) -> None:
    group_id = GroupId(held.group_id)
    meetings.close(held.ctx, meeting_id=held.meeting_id)
    found = reports.of_group(held.ctx, group_id, weeks=13)
    assert (found.since, found.until) == (date(2026, 8, 24), date(2026, 11, 26))
    assert [one.came for one in found.turnout] == [6, 5]
    clock.pass_by(days=13 * 7)
    assert [one.came for one in reports.of_group(held.ctx, group_id, weeks=13).turnout] == [5]
    clock.pass_by(days=3)
    assert [one.came for one in reports.of_group(held.ctx, group_id, weeks=13).turnout] == [5]
    clock.pass_by(days=1)
    assert reports.of_group(held.ctx, group_id, weeks=13).turnout == ()


def test_members_are_listed_by_name_with_how_often_they_came(held: Morning) -> None:
    expected.apologise(held.ctx, meeting_id=held.meeting_id, attendance_uid=held.attendances["Dora"])
    found = reports.of_group(held.ctx, GroupId(held.group_id), weeks=26)
    rows = {row.name: (row.came.came, row.came.listed, row.came.excused) for row in found.members}
    assert rows == {
        "Max D'Alò": (2, 2, 0),
        "Fiona Kelly": (2, 2, 0),
        "Mira Łukasik": (2, 2, 0),
        "Olga Marchetti": (2, 2, 0),
        "Dora Wiśniewska": (1, 2, 1),
    }
    assert list(rows) == [row.name for row in found.members]
    assert not any(row.is_quiet or row.is_new for row in found.members)


def test_somebody_expected_thrice_and_never_there_is_worth_a_call(held: Morning) -> None:
    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, held.group_id)
        zoe = builders.a_person(tx, builders.MIRA, given_name="Zoe", family_name="Nowak")
        tx.db.add(Membership(group_id=group.id, person_id=zoe.id, standing=Standing.MEMBER, since=date(2026, 10, 1)))
        for week in (2, 3, 4):
            meeting = builders.a_meeting(tx, group, builders.START - timedelta(weeks=week))
            builders.an_attendance(tx, meeting, zoe)

    held.ctx.transaction(work)
    members = reports.of_group(held.ctx, GroupId(held.group_id), weeks=26).members
    assert [row.name for row in members if row.is_quiet] == ["Zoe Nowak"]
    assert [row.name for row in members if row.is_new] == ["Zoe Nowak"]


def test_who_knows_whom_counts_pairs_of_todays_members(held: Morning) -> None:
    found = reports.of_group(held.ctx, GroupId(held.group_id), weeks=13).known
    assert found is not None
    # Mira–Max and Fiona–Dora a week ago, Max–Olga today; Vik is a visitor.
    assert (found.pairs, found.possible, found.fresh) == (3, 10, 3)
    assert found.spread == ((1, 4), (2, 1))


def test_one_to_ones_count_once_both_have_said_so(held: Morning) -> None:
    def work(tx: Tx) -> None:
        first, second = sorted((held.people["Mira"], held.people["Max"]))
        for day, confirmed in ((1, tx.now), (2, None), (200, tx.now)):
            tx.db.add(
                OneToOne(
                    group_id=held.group_id,
                    first_id=first,
                    second_id=second,
                    held_on=tx.now.date() - timedelta(days=day),
                    first_confirmed_at=tx.now,
                    second_confirmed_at=confirmed,
                )
            )

    held.ctx.transaction(work)
    found = reports.of_group(held.ctx, GroupId(held.group_id), weeks=26)
    assert (found.one_to_ones, found.one_to_ones_waiting) == (1, 1)


def test_giving_and_receiving_is_told_without_names(held: Morning) -> None:
    for giver, receiver in zip(GIVERS, GIVERS[1:] + GIVERS[:1], strict=True):
        given(held, giver, receiver)
    found = reports.of_group(held.ctx, GroupId(held.group_id), weeks=26)
    assert [(one.number, one.gave, one.received) for one in found.exchanged] == [(0, 0, 0), (1, 5, 5)]


def test_what_was_given_before_the_period_is_not_in_it(held: Morning, clock: FakeClock) -> None:
    given(held, "Mira", "Max")
    clock.pass_by(weeks=14)
    assert reports.of_group(held.ctx, GroupId(held.group_id), weeks=13).referred.given == 0
    assert reports.of_group(held.ctx, GroupId(held.group_id), weeks=26).referred.given == 1


def test_the_same_meeting_has_the_same_turnout_in_figures_and_in_the_report(held: Morning) -> None:
    row = figures.of_group(held.ctx, GroupId(held.group_id))[0]
    last = reports.of_group(held.ctx, GroupId(held.group_id), weeks=13).turnout[-1]
    assert (row.came, row.expected, row.visitors) == (last.came, last.expected, last.visitors)
    with held.ctx.reading() as db:
        assert db.get_one(Meeting, held.meeting_id).uid == last.meeting.uid
