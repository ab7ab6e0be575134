"""What pages tell of a random history agrees with a recount that knows no query: every row is read, and gone through.

The histories of `tests.histories` have meetings ten minutes before the end of a month, in other time zones, slips of
every kind and state, substitutes who came late, visitors who came again, sums of thanks in two currencies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain.activities import ActivityKind
from server.domain.leading import Tie
from server.domain.referrals import Served
from server.domain.scoring import TABLE, USUAL, Part
from server.domain.vocabulary import (
    AttendanceStatus,
    MeetingStatus,
    ReferralKind,
    ReferralState,
    Standing,
)
from server.persistence.models import (
    Activity,
    Attendance,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    Round,
    Seat,
    Substitute,
    Thanks,
)
from server.services import leading, quality, thanks, weeks
from server.services.context import Context
from tests import histories
from tests.conftest import FakeClock
from tests.histories import NOW, ZONE, History

TODAY = NOW.astimezone(ZoneInfo(ZONE)).date()
GRACE = timedelta(minutes=5)
ENOUGH = 5
"""People who must stand behind what is told."""
RANDOM = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SEEDS, SIZES = st.integers(0, 10**9), st.integers(0, 60)


@pytest.fixture
def late(ctx: Context, clock: FakeClock) -> Context:
    """A week after the last of the meetings that were."""
    clock.now = NOW
    return ctx


@dataclass
class Rows:
    """Everything there is of a group, as it is stored."""

    meetings: dict[int, Any] = field(default_factory=dict)
    lists: list[Any] = field(default_factory=list)
    stands_for: dict[int, int] = field(default_factory=dict)
    slips: list[Any] = field(default_factory=list)
    thanks: list[Any] = field(default_factory=list)
    one_to_ones: list[Any] = field(default_factory=list)
    activities: list[Any] = field(default_factory=list)
    seats: list[Any] = field(default_factory=list)
    standing: dict[int, Standing] = field(default_factory=dict)

    def day(self, row: Any) -> date:
        """The day of somebody's meeting, at its place."""
        meeting = self.meetings[row.meeting_id]
        at_its_place: datetime = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
        return at_its_place.date()

    def visits(self) -> dict[int, list[Any]]:
        """Of each visitor the lines with which they really visited, the first one first."""
        found: dict[int, list[Any]] = defaultdict(list)
        for row in self.lists:
            if row.standing is Standing.VISITOR and row.entered_at is not None and row.id not in self.stands_for:
                found[row.person_id].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: self.meetings[row.meeting_id].starts_at)
        return found

    @property
    def counted_slips(self) -> list[Any]:
        """Those that are referrals and left their giver."""
        return [
            slip
            for slip in self.slips
            if slip.kind is ReferralKind.REFERRAL and slip.state is not ReferralState.DRAFT and slip.given_on
        ]


def _read(ctx: Context, history: History) -> Rows:
    with ctx.reading() as db:
        here = {row.id: row for row in db.scalars(select(Meeting)) if row.group_id == history.group_id}
        lists = [row for row in db.scalars(select(Attendance)) if row.meeting_id in here]
        keys = {row.id for row in lists}
        held = {row.id: row.meeting_id for row in db.scalars(select(Round)) if row.meeting_id in here}
        rows = Rows(
            meetings=here,
            lists=lists,
            stands_for={
                row.attendance_id: row.stands_for_id
                for row in db.scalars(select(Substitute))
                if row.attendance_id in keys
            },
            seats=[row for row in db.scalars(select(Seat)) if row.round_id in held],
            standing={
                row.person_id: row.standing
                for row in db.scalars(select(Membership))
                if row.group_id == history.group_id
            },
        )
        tables = {"slips": Referral, "thanks": Thanks, "one_to_ones": OneToOne, "activities": Activity}
        for name, table in tables.items():
            every: list[Any] = list(db.scalars(select(table)))  # type: ignore[arg-type]  # four tables, one loop
            setattr(rows, name, [row for row in every if row.group_id == history.group_id])
        return rows


def _letters(rows: Rows) -> Iterable[tuple[int, date, str]]:
    """P, A, M or S of each member's line, and L beside any of them."""
    by_key = {row.id: row for row in rows.lists}
    stand_ins = {other: by_key[own] for own, other in rows.stands_for.items()}
    for row in rows.lists:
        meeting = rows.meetings[row.meeting_id]
        if meeting.status is MeetingStatus.DRAFT or row.standing is Standing.VISITOR:
            continue
        day = rows.day(row)
        entered: datetime | None = row.entered_at
        over = meeting.status is MeetingStatus.CLOSED or meeting.starts_at + timedelta(days=1) < NOW
        if entered is not None:
            yield row.person_id, day, "P"
        elif row.status is AttendanceStatus.SUBSTITUTED:
            yield row.person_id, day, "S"
            entered = stand_ins[row.id].entered_at if row.id in stand_ins else None
        elif row.status is AttendanceStatus.MEDICAL:
            yield row.person_id, day, "M"
        elif over or row.status in (AttendanceStatus.ABSENT, AttendanceStatus.APOLOGISED):
            yield row.person_id, day, "A"
        if entered is not None and entered > meeting.starts_at + GRACE:
            yield row.person_id, day, "L"


def _everything(rows: Rows) -> list[tuple[int, date, str]]:
    """Who did what on which day, once for each time it counts."""
    found = list(_letters(rows))
    for visits in rows.visits().values():
        first = visits[0]
        if first.invited_by_id is not None:
            found.append((first.invited_by_id, rows.day(first), "V"))
    for slip in rows.counted_slips:
        found.append((slip.giver_id, slip.given_on, "RGI" if slip.inside else "RGO"))
        found.append((slip.receiver_id, slip.given_on, "RRI" if slip.inside else "RRO"))
    for held in rows.one_to_ones:
        if held.first_confirmed_at and held.second_confirmed_at:
            found += [(held.first_id, held.held_on, "1-2-1"), (held.second_id, held.held_on, "1-2-1")]
    found += [(each.thanker_id, each.thanked_on, "TY") for each in rows.thanks if each.confirmed_at]
    for each in rows.activities:
        if each.kind is ActivityKind.TRAINING:
            found.append((each.person_id, each.held_on, "CEU"))
        if each.kind is ActivityKind.TESTIMONIAL and each.confirmed_at:
            found.append((each.person_id, each.held_on, "T"))
    return found


@RANDOM
@given(seed=SEEDS, size=SIZES)
def test_every_week_has_for_everybody_what_the_rows_say(late: Context, seed: int, size: int) -> None:
    history = histories.make(late, seed, size)
    rows = _read(late, history)
    counted: dict[date, Counter[tuple[int, str]]] = defaultdict(Counter)
    for who, day, column in _everything(rows):
        counted[day - timedelta(days=day.weekday())][who, column] += 1
    with late.reading() as db:
        uids = {person.uid: person.id for person in db.scalars(select(Person))}
    for monday in histories.mondays():
        week, there = weeks.show(late, history.group_id, monday), counted[monday]
        for line in week.lines:
            own = {column.value: number for column, number in line.figures.items() if number}
            who = uids[line.person.uid]
            assert own == {column: number for (one, column), number in there.items() if one == who}
        total = {column.value: number for column, number in week.total.items() if number}
        whole: Counter[str] = Counter()
        for (_, column), number in there.items():
            whole[column] += number
        assert total == dict(whole), monday


@RANDOM
@given(seed=SEEDS, size=SIZES)
def test_months_funnel_and_matrix_have_what_the_rows_say(late: Context, seed: int, size: int) -> None:
    history = histories.make(late, seed, size)
    rows, found = _read(late, history), leading.of_group(late, history.group_id)
    columns = {"referrals": {"RGI", "RGO"}, "one_to_ones": {"1-2-1"}, "visitors": {"V"}}
    done = [(who, day, column) for who, day, column in _everything(rows) if day <= TODAY]
    for name, numbers in found.trends.items():
        assert len(numbers) == 12
        for told in numbers:
            month = told.month
            some = [who for who, day, what in done if what in columns[name] and month.first <= day <= month.last]
            assert told.number == (len(some) if not some or len(set(some)) >= ENOUGH else None), (name, month)
    first_day = found.trends["referrals"][0].month.first
    begins = datetime(first_day.year, first_day.month, first_day.day, tzinfo=ZoneInfo(ZONE))
    came = {
        who: recent
        for who, visits in rows.visits().items()
        if (recent := [row for row in visits if rows.meetings[row.meeting_id].starts_at >= begins])
    }
    joined = {who for who in came if rows.standing.get(who) is Standing.MEMBER}
    again = {who for who, visits in came.items() if len(visits) > 1} | joined
    assert found.funnel.told is (len(came) >= ENOUGH)
    if found.funnel.told:
        assert (found.funnel.came, found.funnel.again, found.funnel.joined) == (len(came), len(again), len(joined))
    for back in leading.PERIODS:
        ties = leading.ties(late, history.group_id, wanted=Tie.MET, weeks=back)
        since = TODAY - timedelta(weeks=back)
        if ties.matrix is None:
            assert sum(standing is Standing.MEMBER for standing in rows.standing.values()) < ENOUGH
            continue
        wanted = _tied(rows, since)
        for one, row in zip(ties.matrix.members, ties.matrix.rows, strict=True):
            for other, tie in zip(ties.matrix.members, row, strict=True):
                assert tie == (wanted[one, other] if one != other else 0), (back, one, other)


def _tied(rows: Rows, since: date) -> dict[tuple[int, int], int]:
    """What ties each to each other since a day, from seats, one-to-ones and slips."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    by_key = {row.id: row for row in rows.lists}
    tables: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for seat in rows.seats:
        if seat.table_number > 0 and not seat.missed:
            tables[seat.round_id, seat.table_number].append(by_key[seat.attendance_id])
    for sat in tables.values():
        for one, other in combinations(sat, 2):
            if rows.day(one) >= since:
                found[one.person_id, other.person_id] |= Tie.MET.value
                found[other.person_id, one.person_id] |= Tie.MET.value
    for held in rows.one_to_ones:
        if held.first_confirmed_at and held.second_confirmed_at and held.held_on >= since:
            found[held.first_id, held.second_id] |= Tie.ONE_TO_ONE.value
            found[held.second_id, held.first_id] |= Tie.ONE_TO_ONE.value
    for slip in rows.counted_slips:
        if slip.given_on >= since:
            found[slip.giver_id, slip.receiver_id] |= Tie.GAVE.value
    return found


@RANDOM
@given(seed=SEEDS, size=SIZES)
def test_quality_and_its_counts_are_those_of_the_rows(late: Context, seed: int, size: int) -> None:
    history = histories.make(late, seed, size)
    found = quality.of_group(late, history.group_id, money=True)
    slips = [slip for slip in _read(late, history).counted_slips if slip.given_on >= found.since]
    assert found.since.weekday() == 0
    assert TODAY - timedelta(weeks=27) < found.since <= TODAY - timedelta(weeks=26)
    assert found.given == len(slips)
    assert found.told is (len({slip.giver_id for slip in slips}) >= ENOUGH)
    asked = [slip for slip in slips if slip.served is not None]
    assert found.served_told is (len({slip.giver_id for slip in asked}) >= ENOUGH)
    if not found.told:
        return
    assert found.won == sum(slip.state is ReferralState.WON for slip in slips)
    assert (found.asked, found.well_served) == (len(asked), sum(slip.served is Served.YES for slip in asked))
    given_at = {slip.id: slip.given_at or slip.created_at for slip in slips}
    quick = [slip for slip in slips if slip.answered_at and slip.answered_at - given_at[slip.id] <= timedelta(hours=48)]
    due = [slip for slip in slips if slip.answered_at or NOW - given_at[slip.id] >= timedelta(hours=48)]
    assert (found.in_time, found.answerable) == (len(quick), len(due))
    assert found.middle == median(map(_quality, slips))


def _quality(slip: Any) -> int:
    """The weighted mean of the parts known of a slip, half points up."""
    parts = {Part.INTRODUCTION: str(slip.level)}
    texts = (slip.prospect_name, slip.prospect_reach, slip.need, slip.vouch, slip.ways)
    parts[Part.COMPLETENESS] = str(sum(bool(text) for text in texts))
    if slip.state in (ReferralState.DECLINED, ReferralState.NOT_A_FIT):
        innocent = slip.reason in ("no_capacity", "conflict_of_interest", "timing")
        parts[Part.VERDICT] = "no_fault" if innocent else "not_wanted"
    elif slip.state is not ReferralState.GIVEN:
        parts[Part.VERDICT] = "taken_on"
    if slip.state.value in TABLE[Part.OUTCOME]:
        parts[Part.OUTCOME] = slip.state.value
    if slip.served is not None:
        parts[Part.SERVICE] = slip.served.value
    points = sum(USUAL.of(part) * TABLE[part][word] for part, word in parts.items())
    weight = sum(USUAL.of(part) for part in parts)
    return int(points / weight + 0.5)


@RANDOM
@given(seed=SEEDS, size=SIZES)
def test_business_thanked_for_is_told_to_the_cent_and_never_of_too_few(late: Context, seed: int, size: int) -> None:
    history = histories.make(late, seed, size)
    page = thanks.page(late, history.group_id, history.people[0], money=True)
    since = TODAY - timedelta(weeks=52)
    since -= timedelta(days=since.weekday())
    every: dict[str, list[Any]] = defaultdict(list)
    for each in _read(late, history).thanks:
        if each.confirmed_at is not None and each.thanked_on >= since:
            every[each.currency].append(each)
    assert {total.currency: total.deals for total in page.totals} == {name: len(some) for name, some in every.items()}
    for total in page.totals:
        some = every[total.currency]
        enough = len(some) >= 5 and len({each.thanker_id for each in some}) >= 3
        assert total.cents == (sum(each.cents for each in some) if enough else None)
