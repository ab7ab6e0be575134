"""The demo's past can be believed: it happened in its order, to people who were there, and nothing lies ahead."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from server.app import create_context
from server.config import Settings
from server.demo.cast import made_up_people
from server.demo.story import Clock, Story
from server.domain import referrals as rules
from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    FollowUpKind,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence.base import Base, UtcDateTime
from server.persistence.models import (
    Attendance,
    Badge,
    Consent,
    DutyRow,
    Exchange,
    FollowUp,
    Group,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    ReferralMove,
    Round,
    Seat,
)
from server.services import demo_days, owed
from server.services.context import Context
from tests.demo.conftest import NOW, SAID

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(scope="module")
def breakfasts(past: Context) -> list[Meeting]:
    with past.reading() as db:
        return list(db.scalars(select(Meeting).order_by(Meeting.starts_at)))


def test_making_it_is_announced_in_one_line(past: Context) -> None:
    assert SAID == ["Making a group to look around in: 48 members, 9 visitors, 12 breakfasts."]


def test_the_group_has_48_members_and_9_visitors(past: Context) -> None:
    with past.reading() as db:
        assert db.scalar(select(func.count(Group.id))) == 1
        standings = Counter(db.scalars(select(Membership.standing)))
        names = [f"{p.given_name} {p.family_name}" for p in db.scalars(select(Person))]
    assert standings == {Standing.MEMBER: 48, Standing.VISITOR: 9}
    assert len(set(names)) == len(names) == 57


def test_twelve_weekly_breakfasts_lie_behind_today(breakfasts: list[Meeting]) -> None:
    *past, today = breakfasts
    assert [each.status for each in past] == [MeetingStatus.CLOSED] * 12
    assert today.status is MeetingStatus.DRAFT
    days = [each.starts_at.astimezone(ROME).date() for each in breakfasts]
    assert {after - before for before, after in pairwise(days)} == {timedelta(weeks=1)}
    assert {f"{each.starts_at.astimezone(ROME):%H:%M}" for each in past} == {"07:30"}
    assert [each.name for each in breakfasts] == [f"Breakfast no. {number}" for number in range(202, 215)]
    assert all(each.is_demo for each in breakfasts)


def test_todays_breakfast_starts_soon_with_everybody_on_the_list_and_a_badge_for_each(
    past: Context, breakfasts: list[Meeting]
) -> None:
    today = breakfasts[-1]
    assert today.starts_at.astimezone(ROME) == datetime(2026, 11, 26, 7, 0, tzinfo=ROME)
    with past.reading() as db:
        listed = db.scalars(select(Attendance).where(Attendance.meeting_id == today.id)).all()
        holders = set(db.scalars(select(Badge.person_id).where(Badge.revoked_at.is_(None))))
    standings = Counter(row.standing for row in listed)
    assert standings == {Standing.MEMBER: 48, Standing.VISITOR: 9}
    coming = [row for row in listed if row.status is AttendanceStatus.EXPECTED]
    assert 53 <= len(coming) <= 55
    assert {row.person_id for row in coming} <= holders
    assert all(row.entered_at is None for row in listed)
    assert all(row.invited_by_id for row in listed if row.standing is Standing.VISITOR)


def test_most_come_each_week_and_some_are_late_or_away(past: Context, breakfasts: list[Meeting]) -> None:
    late = away = 0
    with past.reading() as db:
        for meeting in breakfasts[:-1]:
            rows = db.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id)).all()
            came = [row for row in rows if row.entered_at is not None]
            assert 38 <= len(came) <= 48
            assert {row.status for row in rows if row.entered_at is None} <= {
                AttendanceStatus.APOLOGISED,
                AttendanceStatus.ABSENT,
            }
            late += sum(row.entered_at > meeting.starts_at for row in came if row.entered_at)
            away += len(rows) - len(came)
    assert late >= 12
    assert away >= 24


def test_nobody_sits_twice_in_a_round_and_hardly_anybody_meets_the_same_person_again(past: Context) -> None:
    pairs: Counter[tuple[int, int]] = Counter()
    with past.reading() as db:
        rounds = db.scalars(select(Round).join(Meeting).order_by(Meeting.starts_at, Round.number)).all()
        for each in rounds:
            rows = db.execute(
                select(Seat.table_number, Attendance.person_id)
                .join(Attendance, Attendance.id == Seat.attendance_id)
                .where(Seat.round_id == each.id)
            ).all()
            people = [person for _, person in rows]
            assert len(people) == len(set(people))
            for table in {table for table, _ in rows if table}:
                together = sorted(person for at, person in rows if at == table)
                assert 2 <= len(together) <= 3
                pairs.update(combinations(together, 2))
    assert len(rounds) == 36
    assert {each.phase for each in rounds} == {RoundPhase.ENDED}
    assert max(pairs.values()) <= 2
    again = sum(times - 1 for times in pairs.values())
    assert again <= sum(pairs.values()) * 0.05


def test_slips_stand_everywhere_on_the_board_each_with_its_history(past: Context) -> None:
    with past.reading() as db:
        slips = db.scalars(select(Referral)).all()
        assert {slip.state for slip in slips} == set(ReferralState)
        assert {slip.kind for slip in slips} == set(ReferralKind)
        assert len(slips) >= 40
        for slip in slips:
            steps = db.scalars(
                select(ReferralMove).where(ReferralMove.referral_id == slip.id).order_by(ReferralMove.id)
            ).all()
            states = [ReferralState.DRAFT, *(step.to_state for step in steps)]
            assert states[-1] is slip.state
            first = {to: min(s.moved_at for s in steps if s.to_state is to) for to in {s.to_state for s in steps}}
            assert slip.given_at == first.get(ReferralState.GIVEN)
            assert slip.answered_at == min(
                (step.moved_at for step in steps if step.to_state in rules.ANSWERS), default=None
            )
            assert all((one, other) in rules.MOVES for one, other in pairwise(states))
            assert [step.moved_at for step in steps] == sorted(step.moved_at for step in steps)
            assert slip.giver_id != slip.receiver_id
            assert slip.need.endswith(".")


def test_contacts_were_exchanged_promises_kept_and_broken_and_people_met_for_coffee(past: Context) -> None:
    with past.reading() as db:
        states = Counter(db.scalars(select(Exchange.state)))
        promises = db.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.PROMISE)).all()
        proposed = db.scalar(select(func.count()).where(FollowUp.kind == FollowUpKind.ONE_TO_ONE)) or 0
        coffees = db.scalars(select(OneToOne)).all()
        opened = db.scalar(select(func.count()).select_from(Consent)) or 0
    assert states[ExchangeState.ACCEPTED] >= 60
    assert states[ExchangeState.WAITING] >= 1
    kept = [each for each in promises if each.done_at]
    assert len(promises) >= 30
    assert len(kept) >= len(promises) // 3
    assert [each for each in promises if not each.done_at and not each.dropped_at and each.due_on < NOW.date()]
    assert proposed >= 100
    confirmed = [each for each in coffees if each.first_confirmed_at and each.second_confirmed_at]
    assert len(coffees) > len(confirmed) >= 24
    assert opened >= 80


def test_nothing_has_happened_yet_that_lies_ahead(past: Context) -> None:
    ahead = {("meetings", "starts_at"), *((table, "expires_at") for table in ("one_time_links", "sessions", "grants"))}
    with past.reading() as db:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, UtcDateTime) and (table.name, column.name) not in ahead:
                    latest = db.scalar(select(func.max(column)))
                    assert latest is None or latest <= NOW, f"{table.name}.{column.name}"


def test_a_member_finds_people_promises_and_late_things_on_their_own_page(past: Context) -> None:
    demo = demo_days.newest(past)
    assert demo is not None
    with past.reading() as db:
        owner = db.scalars(select(FollowUp.owner_id).where(FollowUp.kind == FollowUpKind.PROMISE)).first()
    assert owner is not None
    page = owed.page(past, demo.group_id, PersonId(owner), private=True)
    assert page.met
    assert page.late or page.coming


def _first_weeks(folder: Path, seed: int) -> list[object]:
    """The story up to the third breakfast, told by who sat where, when everybody came and what slips were given."""
    clock, chance = Clock(NOW), random.Random(seed)
    ctx = create_context(Settings(instance=folder, demo=True), clock, bulk=True)
    story = Story(ctx, clock, made_up_people(chance), chance, NOW.astimezone(ROME))
    story.lay_out(lambda weeks_ago: None)
    story.run_until(NOW - timedelta(weeks=9, days=6))
    with ctx.reading() as db:
        seats = (
            select(Meeting.name, Round.number, Seat.table_number, Person.family_name)
            .join(Round, Round.meeting_id == Meeting.id)
            .join(Seat, Seat.round_id == Round.id)
            .join(Attendance, Attendance.id == Seat.attendance_id)
            .join(Person, Person.id == Attendance.person_id)
        )
        slips = select(Referral.prospect_name, Referral.need, Referral.state, Referral.created_at)
        entries = select(Attendance.entered_at, Attendance.left_at, Attendance.status).order_by(Attendance.id)
        told: list[object] = [sorted(map(tuple, db.execute(seats)))]
        told += [[tuple(row) for row in db.execute(question)] for question in (slips, entries)]
    ctx.database.close()
    return told


def test_the_same_seed_makes_the_same_mornings(tmp_path: Path) -> None:
    for name in ("one", "again", "other"):
        (tmp_path / name).mkdir()
    first = _first_weeks(tmp_path / "one", seed=3)
    assert all(first)
    assert _first_weeks(tmp_path / "again", seed=3) == first
    assert _first_weeks(tmp_path / "other", seed=4) != first


def test_duties_went_round_among_those_who_came(past: Context, breakfasts: list[Meeting]) -> None:
    with past.reading() as db:
        held = db.execute(select(DutyRow.meeting_id, DutyRow.person_id, DutyRow.activity_id)).all()
    over = {meeting.id for meeting in breakfasts if meeting.status is MeetingStatus.CLOSED}
    kept = [person for meeting, person, activity in held if meeting in over and activity is not None]
    assert {meeting for meeting, *_ in held} == {meeting.id for meeting in breakfasts}
    assert len(kept) > 6 * len(over)
    assert max(Counter(kept).values()) <= 3
