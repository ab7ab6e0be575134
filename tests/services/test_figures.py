"""The figures of a meeting, worked out by hand for the cast, on both databases."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    FollowUpKind,
    GroupId,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence.models import Exchange, FollowUp, Meeting, Referral, Round
from server.services import check_ins, counted, expected, figures, meetings
from server.services.context import Tx
from server.services.figures import ListWords
from server.services.meetings import AgendaLine, MeetingPlan
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, an_earlier_morning, everybody_in, seat_rounds
from tests.services.test_slips import _give, _move

TABLES = [
    [["Mira", "Max"], ["Olga", "Vik"], ["Fiona"]],
    [["Mira", "Vik"], ["Olga", "Max"], ["Fiona"]],
    [["Mira", "Max", "Olga"], ["Vik", "Fiona"]],
]
WORDS = ListWords(
    headers=["name", "company", "standing", "status", "came", "left", "late", "early", "walk-in", "guest of"],
    statuses={status: status.value for status in AttendanceStatus},
    standings={standing: standing.value for standing in Standing},
    yes="yes",
    language="en",
)


@pytest.fixture
def breakfast(morning: Morning) -> Morning:
    """Half an hour from seven, by plan."""
    plan = MeetingPlan(
        name="Breakfast no. 214",
        place="Hotel Corona",
        starts_local=datetime(2026, 11, 26, 7, 0),  # noqa: DTZ001 - the group's wall clock has no zone
        rounds=3,
        round_seconds=300,
        table_size=2,
        agenda=(AgendaLine("rounds", "Rounds", 30),),
    )
    meetings.change(morning.ctx, meeting_id=morning.meeting_id, plan=plan)
    return morning


def _end_rounds(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        for this_round in tx.db.query(Round).filter_by(meeting_id=morning.meeting_id):
            this_round.phase = RoundPhase.ENDED

    morning.ctx.transaction(work)


def test_who_came_when_is_counted_by_the_plan_of_the_meeting(breakfast: Morning, clock: FakeClock) -> None:
    ctx, here = breakfast.ctx, breakfast.meeting_id
    everybody_in(breakfast, only=["Mira", "Vik"])  # ten to seven
    clock.pass_by(minutes=14)
    everybody_in(breakfast, only=["Fiona"])  # four past: the grace is five minutes
    clock.pass_by(minutes=2)
    everybody_in(breakfast, only=["Olga"])  # six past
    check_ins.add_walk_in(ctx, meeting_id=here, given_name="Zoë", desk=DOOR)
    expected.apologise(ctx, meeting_id=here, attendance_uid=breakfast.attendances["Max"])
    check_ins.leave(ctx, meeting_id=here, attendance_uid=breakfast.attendances["Mira"], desk=DOOR)
    clock.pass_by(minutes=20)
    check_ins.leave(ctx, meeting_id=here, attendance_uid=breakfast.attendances["Vik"], desk=DOOR)
    clock.pass_by(minutes=10)
    meetings.close(ctx, meeting_id=here)
    found = figures.of_meeting(ctx, here)
    assert vars(found.attendance) == {
        "expected": 6,
        "came": 5,
        "late": 2,
        "left_early": 1,
        "members": 3,
        "visitors": 2,
        "walk_ins": 1,
        "apologised": 1,
        "missing": 1,
    }
    assert [(f"{slot.begins:%H:%M}", slot.came) for slot in found.arrivals] == [("06:50", 2), ("07:00", 3)]


def test_whoever_left_when_it_was_closed_early_did_not_leave_early(breakfast: Morning, clock: FakeClock) -> None:
    everybody_in(breakfast, only=["Mira"])
    clock.pass_by(minutes=20)
    line = breakfast.attendances["Mira"]
    check_ins.leave(breakfast.ctx, meeting_id=breakfast.meeting_id, attendance_uid=line, desk=DOOR)
    clock.pass_by(minutes=2)
    meetings.close(breakfast.ctx, meeting_id=breakfast.meeting_id)
    assert figures.of_meeting(breakfast.ctx, breakfast.meeting_id).attendance.left_early == 0


def test_whom_people_met_is_least_middle_and_most(breakfast: Morning) -> None:
    everybody_in(breakfast)
    seat_rounds(breakfast, TABLES)
    assert figures.of_meeting(breakfast.ctx, breakfast.meeting_id).met is None, "no round was held yet"
    _end_rounds(breakfast)
    found = figures.of_meeting(breakfast.ctx, breakfast.meeting_id)
    # Mira met Max, Vik, Olga; Max met Mira, Olga; Olga met Vik, Max, Mira; Vik met Olga, Mira, Fiona; Fiona met Vik.
    assert found.rounds_held == 3
    assert found.met is not None
    assert (found.met.least, found.met.middle, found.met.most) == (1, 3, 3)
    assert found.met.spread == ((1, 1), (2, 1), (3, 3))


def test_a_seat_that_was_missed_and_a_bye_meet_nobody(breakfast: Morning) -> None:
    everybody_in(breakfast)
    seat_rounds(breakfast, [[["Mira", "Max"], ["Olga", "Vik"]]])
    _end_rounds(breakfast)

    def change(tx: Tx) -> None:
        for seat in tx.db.query(Round).filter_by(meeting_id=breakfast.meeting_id).one().seats:
            if seat.attendance.uid == breakfast.attendances["Max"]:
                seat.missed = True
            if seat.attendance.uid == breakfast.attendances["Vik"]:
                seat.table_number = 0

    breakfast.ctx.transaction(change)
    met = figures.of_meeting(breakfast.ctx, breakfast.meeting_id).met
    assert met is not None
    assert met.spread == ((0, 3),)


def test_what_grew_from_it_is_counted_by_state_and_never_as_a_draft(
    breakfast: Morning, statements: Statements
) -> None:
    def work(tx: Tx) -> None:
        people, here = breakfast.people, breakfast.meeting_id
        for asked, state in (("Max", ExchangeState.ACCEPTED), ("Vik", ExchangeState.WAITING)):
            tx.db.add(
                Exchange(
                    meeting_id=here, asker_id=people["Mira"], asked_id=people[asked], state=state, asked_at=tx.now
                )
            )
        for kind in (FollowUpKind.ONE_TO_ONE, FollowUpKind.ONE_TO_ONE, FollowUpKind.PROMISE):
            tx.db.add(
                FollowUp(
                    owner_id=people["Mira"],
                    about_id=people["Max"],
                    group_id=breakfast.group_id,
                    meeting_id=here,
                    kind=kind,
                    due_on=tx.now.date(),
                    created_at=tx.now,
                )
            )
        for state in (ReferralState.DRAFT, ReferralState.WON, ReferralState.GIVEN, ReferralState.GIVEN):
            tx.db.add(
                Referral(
                    group_id=breakfast.group_id,
                    meeting_id=here,
                    giver_id=people["Mira"],
                    receiver_id=people["Max"],
                    kind=ReferralKind.REFERRAL,
                    state=state,
                    created_at=tx.now,
                    changed_at=tx.now,
                )
            )

    breakfast.ctx.transaction(work)
    with statements() as sent:
        found = figures.of_meeting(breakfast.ctx, breakfast.meeting_id)
    assert len(sent) <= 8
    assert (found.exchanges_asked, found.exchanges_accepted) == (2, 1)
    assert (found.one_to_ones, found.promises) == (2, 1)
    assert found.referrals == ((ReferralState.GIVEN, 2), (ReferralState.WON, 1))
    assert not found.told, "fewer than five people gave them"
    row = figures.of_group(breakfast.ctx, GroupId(breakfast.group_id))[0]
    assert row.referrals == 3


def test_a_lead_given_at_a_meeting_stands_in_none_of_its_figures(breakfast: Morning) -> None:
    here, group = breakfast.meeting_id, GroupId(breakfast.group_id)
    everybody_in(breakfast, only=["Mira", "Max"])
    _move(breakfast, "Max", _give(breakfast), ReferralState.ACCEPTED)
    _give(breakfast, consent=False, level=1, vouch="")
    with breakfast.ctx.reading() as db:
        kinds = {(slip.kind, slip.meeting_id) for slip in db.query(Referral)}
    assert kinds == {(ReferralKind.REFERRAL, here), (ReferralKind.LEAD, here)}, "both are kept"
    assert figures.of_meeting(breakfast.ctx, here).referrals == ((ReferralState.ACCEPTED, 1),)
    assert figures.of_group(breakfast.ctx, group)[0].referrals == 1
    _, listed = counted.slips_at(breakfast.ctx, here, "given")
    assert (len(listed.rows), listed.gone, listed.private) == (1, 0, 0)


def test_the_group_sees_its_own_meetings_that_were_opened_newest_first(
    breakfast: Morning, statements: Statements
) -> None:
    everybody_in(breakfast, only=["Mira", "Vik"])
    an_earlier_morning(breakfast, TABLES[:1])

    def draft(tx: Tx) -> None:
        group = tx.db.get_one(Meeting, breakfast.meeting_id).group_id
        found = tx.db.get_one(builders.Group, group)
        builders.a_meeting(tx, found, builders.START + timedelta(days=7), status="draft")

    breakfast.ctx.transaction(draft)
    with statements() as sent:
        rows = figures.of_group(breakfast.ctx, GroupId(breakfast.group_id))
    assert len(sent) == 2
    assert [(row.came, row.expected, row.visitors) for row in rows] == [(2, 6, 1), (6, 6, 0)]
    with breakfast.ctx.reading() as db:
        foreign = db.query(Meeting).filter_by(uid=breakfast.other_meeting_uid).one()
    assert foreign.uid not in {row.meeting.uid for row in rows}
    assert len(figures.of_group(breakfast.ctx, GroupId(breakfast.other_group_id))) == 1


def test_the_list_speaks_the_time_of_the_place_in_winter_and_in_summer(
    breakfast: Morning, clock: FakeClock
) -> None:
    def summer(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, breakfast.meeting_id)
        meeting.starts_at = datetime.fromisoformat("2026-07-02T05:00+00:00")

    everybody_in(breakfast, only=["Mira"])
    rows = _rows(breakfast)
    assert rows["Mira Łukasik"]["came"] == "2026-11-26 06:50"
    assert rows["Max D'Alò"]["came"] == ""
    breakfast.ctx.transaction(summer)
    clock.now = datetime.fromisoformat("2026-07-02T05:07+00:00")
    everybody_in(breakfast, only=["Max"])
    late = _rows(breakfast)["Max D'Alò"]
    assert (late["came"], late["late"]) == ("2026-07-02 07:07", "yes")


def _rows(morning: Morning) -> dict[str, dict[str, str]]:
    written = figures.attendance_list(morning.ctx, morning.meeting_id, WORDS).decode("utf-8-sig")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(written))}
