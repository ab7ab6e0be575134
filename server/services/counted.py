"""The rows behind the figures of meetings and of the group: who and what a number counts.

A list asks what its figure asks, by the same rules, so `rows`, what is `private` and what belongs to people who are no
longer here add up to it. Who reads sums only is shown no more here: of slips from whom to whom and on which day, never
what they are about nor how they end; of leads nothing; nothing of a figure that is not told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain import attendance as attendance_rules
from server.domain import leading as leading_rules
from server.domain import names
from server.domain import reports as rules
from server.domain.folded import Gone, Kind
from server.domain.leading import Held
from server.domain.reports import LEADS, Pair
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, PersonId, ReferralKind, Uid
from server.domain.weeks import monday
from server.persistence.models import Group, Meeting
from server.persistence.queries import counted as queries
from server.persistence.queries import folded, referrals
from server.persistence.queries import leading as led
from server.persistence.queries import reports as reported
from server.services import attendance, figures, meetings
from server.services.attendance import RoomPerson
from server.services.context import Context
from server.services.leading import MONTHS
from server.services.meetings import MeetingView

T = TypeVar("T")
MOST_MEETINGS = 200


@dataclass(frozen=True)
class Rows(Generic[T]):
    """What a figure counts. `gone`: of people who are no longer here; `private`: seen by the people concerned alone."""

    rows: tuple[T, ...]
    gone: int = 0
    private: int = 0


@dataclass(frozen=True)
class Given:
    """A slip as everybody of the group may see it."""

    giver: str
    receiver: str
    day: date | None


@dataclass(frozen=True)
class Together:
    """Two people, and on which day; None where it is the day of the meeting."""

    one: str
    other: str
    day: date | None = None


@dataclass(frozen=True)
class Somebody:
    """Somebody of the group, and what they do and look for."""

    name: str
    sector: str = ""
    wants_sector: str = ""


@dataclass(frozen=True)
class Item:
    """An item of an agenda as it went, and at which meeting."""

    meeting: MeetingView
    held: Held


@dataclass(frozen=True)
class Attended:
    """Somebody's line in the list of one meeting."""

    meeting: str
    starts_at: datetime
    time_zone: str
    status: AttendanceStatus
    came: bool


def attended(ctx: Context, meeting_id: MeetingId, what: str) -> tuple[MeetingView, Rows[RoomPerson]]:
    """The people whom one of the `AttendanceFigures` counts. Five statements."""
    counts = figures.COUNTED[what]
    with ctx.reading() as db:
        row, _, gone = folded.meeting_and_gone(db, meeting_id, Kind.TURNOUT)
        meeting = meetings.as_view(row)
        ends_at = figures.end_of(db, meeting)
        people = attendance.room(db, meeting_id)
    there = tuple(person for person in people if counts(person, meeting.starts_at, ends_at))
    return meeting, Rows(there, gone[Kind.TURNOUT][what])


def arrived(ctx: Context, meeting_id: MeetingId, begins: datetime) -> tuple[MeetingView, Rows[RoomPerson]]:
    """Who came in one slot of the arrivals. Four statements."""
    with ctx.reading() as db:
        row, _, gone = folded.meeting_and_gone(db, meeting_id, Kind.ARRIVAL)
        meeting = meetings.as_view(row)
        people = attendance.room(db, meeting_id)
    there = [each for each in people if each.entered_at and figures.slot_of(each.entered_at, meeting) == begins]
    went = sum(many for slot, many in gone[Kind.ARRIVAL].tally.items() if datetime.fromisoformat(slot) == begins)
    return meeting, Rows(tuple(there), went)


def of_sector(
    ctx: Context, meeting_id: MeetingId, sector: str, *, wanted: bool
) -> tuple[MeetingView, Rows[RoomPerson]]:
    """Who came and is of a sector, or looks for it (`wanted`). Four statements."""
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        people = attendance.room(db, meeting_id)
    there = (each for each in people if each.entered_at is not None)
    found = (each for each in there if rules.same_sector(each.wants_sector if wanted else each.sector, sector))
    return meeting, Rows(tuple(found))


def rounds(ctx: Context, meeting_id: MeetingId) -> tuple[MeetingView, Rows[tuple[int, datetime | None]]]:
    """The rounds that were held: number and beginning. Two statements."""
    with ctx.reading() as db:
        return meetings.view(db, meeting_id), Rows(tuple(queries.rounds(db, meeting_id)))


def pairs_of(ctx: Context, meeting_id: MeetingId, *, again: bool) -> tuple[MeetingView, Rows[Together]]:
    """The pairs who sat together at a meeting: for the first time, or `again`. Four statements."""
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)
        earlier = reported.met_earlier(db, row)
        pairs = {rules.pair(*two) for one in reported.sat(db, meeting_id) for two in combinations(one.people, 2)}
        found = [pair for pair in pairs if (pair in earlier) is again]
        return meetings.as_view(row), Rows(_pairs(db, dict.fromkeys(found)))


def slips_at(ctx: Context, meeting_id: MeetingId, what: str) -> tuple[MeetingView, Rows[Given]]:
    """The slips given at a meeting: `given` ones or `leads`. Three statements."""
    with ctx.reading() as db:
        row, group, gone = folded.meeting_and_gone(db, meeting_id, Kind.SLIP)
        found = queries.slips(db, GroupId(group.id), meeting_id=meeting_id)
        return meetings.as_view(row), _slips(db, found, gone[Kind.SLIP], what, ctx.now())


def slips_of(ctx: Context, group_id: GroupId, what: str, *, weeks: int, by_day: bool = False) -> Rows[Given]:
    """The same of a group in the last weeks: by the moment they were given, or by the day on them. Four statements."""
    with ctx.reading() as db:
        since, begins = _since(ctx, db, group_id, weeks)
        found = (
            queries.slips(db, group_id, dated_since=since)
            if by_day
            else queries.slips(db, group_id, given_since=begins)
        )
        kind = Kind.QUALITY if by_day else Kind.SLIP
        return _slips(db, found, folded.of_group(db, group_id, [kind], since=since)[kind], what, ctx.now())


def one_to_ones(ctx: Context, group_id: GroupId, *, weeks: int) -> Rows[Together]:
    """The one-to-ones of the last weeks that both confirmed. Four statements."""
    with ctx.reading() as db:
        since, _ = _since(ctx, db, group_id, weeks)
        found = queries.held(db, group_id, since=since)
        gone = folded.of_group(db, group_id, [Kind.ONE_TO_ONE], since=since)[Kind.ONE_TO_ONE]
        called = referrals.called(db, {who for one, other, _ in found for who in (one, other)})
    rows = tuple(Together(_name(called[one]), _name(called[other]), day) for one, other, day in found)
    return Rows(rows, gone["both"])


def acquainted(ctx: Context, group_id: GroupId, *, weeks: int, fresh: bool) -> Rows[Together]:
    """The pairs of members who have sat together, and when first; `fresh`: for the first time in the last weeks. Four
    statements.
    """
    with ctx.reading() as db:
        since, _ = _since(ctx, db, group_id, weeks)
        members = {person.id for person in reported.member_columns(db, group_id)}
        days: dict[Pair, date] = {}
        for some in reported.first_met(db, group_id, members=len(members)):
            days |= {
                pair: day for pair, day in some.items() if members.issuperset(pair) and (not fresh or day >= since)
            }
        return Rows(_pairs(db, days))


def at_meetings(ctx: Context, group_id: GroupId, uid: Uid, what: str, *, weeks: int) -> Rows[Attended]:
    """A member's lines in the lists of the last weeks' meetings: `listed`, `came`, or `excused`. Three statements."""
    with ctx.reading() as db:
        _, begins = _since(ctx, db, group_id, weeks)
        held = reported.attended(
            db, group_id, Meeting.starts_at >= begins, Meeting.starts_at <= ctx.now(), limit=MOST_MEETINGS
        )
        rows = queries.listed_at(db, [one.meeting.id for one in held], uid)
    lines = (Attended(name, at, zone, status, came is not None) for name, at, zone, status, came in rows)
    counts = {
        "listed": lambda line: True,
        "came": lambda line: line.came,
        "excused": lambda line: not line.came and line.status in attendance_rules.AWAY,
    }[what]
    return Rows(tuple(filter(counts, lines)))


def visitors(ctx: Context, group_id: GroupId, step: str) -> Rows[Somebody]:
    """The visitors at a step of the funnel; nobody while it is not told. Four statements."""
    with ctx.reading() as db:
        since, begins, until = _year(ctx, db, group_id)
        found = led.visitors(db, group_id, begins)
        gone = folded.for_leaders(db, group_id, since=since, members_on=leading_rules.year_ago(until)).visitors
        if not leading_rules.funnel(found, gone).told:
            return Rows(())
        there = [visitor.person for visitor in found if leading_rules.STEPS[step](visitor)]
        return Rows(_people(db, there), gone[step])


def stayed(ctx: Context, group_id: GroupId, *, still: bool) -> Rows[Somebody]:
    """The members of a year ago, or those who are `still`; nobody while that is not told. Four statements."""
    with ctx.reading() as db:
        since, _, until = _year(ctx, db, group_id)
        every = [each.belongs for each in led.belonged(db, group_id)]
        day = leading_rules.year_ago(until)
        gone = folded.for_leaders(db, group_id, since=since, members_on=day).members
        if not leading_rules.retention(every, until, gone).told:
            return Rows(())
        then = [each for each in leading_rules.members_then(every, day) if not still or each.until is None]
        return Rows(_people(db, [each.person for each in then]), 0 if still else gone["since"] - gone["until"])


def members_of_sector(ctx: Context, group_id: GroupId, sector: str, *, wanted: bool) -> Rows[Somebody]:
    """The members of a sector, or those who look for it (`wanted`). One statement."""
    with ctx.reading() as db:
        people = reported.member_columns(db, group_id)
    return Rows(
        tuple(
            Somebody(names.full_name(each.given_name, each.family_name), each.sector, each.wants_sector)
            for each in people
            if rules.same_sector(each.wants_sector if wanted else each.sector, sector)
        )
    )


def items(ctx: Context, group_id: GroupId, kind: str) -> Rows[Item]:
    """The items of a kind in the agendas of the last twelve months, as they went. Two statements."""
    with ctx.reading() as db:
        _, begins, _ = _year(ctx, db, group_id)
        found = led.agendas_of(db, group_id, begins, kind)
        return Rows(tuple(Item(meetings.as_view(meeting), held) for meeting, held in found))


def _slips(db: Session, found: Sequence[queries.Slip], gone: Gone, what: str, now: datetime) -> Rows[Given]:
    went = rules.referred((), now, gone)
    if what == LEADS:
        return Rows((), went.leads, sum(1 for *_, kind in found if kind is ReferralKind.LEAD))
    shown = [slip for slip in found if slip[3] is ReferralKind.REFERRAL]
    called = referrals.called(db, {who for giver, receiver, *_ in shown for who in (giver, receiver)})
    rows = tuple(Given(_name(called[giver]), _name(called[receiver]), day) for giver, receiver, day, _ in shown)
    return Rows(rows, went.given)


def _pairs(db: Session, days: "dict[Pair, date] | dict[Pair, None]") -> tuple[Together, ...]:
    called = referrals.called(db, {who for pair in days for who in pair})
    rows = (Together(_name(called[one]), _name(called[other]), day) for (one, other), day in days.items())
    return tuple(sorted(rows, key=lambda row: (row.one, row.other)))


def _people(db: Session, keys: list[PersonId]) -> tuple[Somebody, ...]:
    called = referrals.called(db, keys)
    return tuple(Somebody(name) for name in sorted(_name(called[key]) for key in keys))


def _name(row: tuple[int, str, str, str]) -> str:
    return names.full_name(row[2], row[3])


def _since(ctx: Context, db: Session, group_id: GroupId, weeks: int) -> tuple[date, datetime]:
    """The Monday of so many weeks ago, and the moment it began. One statement."""
    zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
    since = monday(ctx.now().astimezone(zone).date() - timedelta(weeks=weeks))
    return since, datetime(since.year, since.month, since.day, tzinfo=zone)


def _year(ctx: Context, db: Session, group_id: GroupId) -> tuple[date, datetime, date]:
    """The first day of the months that leaders read, the moment it began, and today. One statement."""
    zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
    until = ctx.now().astimezone(zone).date()
    since = leading_rules.months(until, MONTHS)[0].first
    return since, datetime(since.year, since.month, since.day, tzinfo=zone), until
