"""What a meeting report and a group report say: values only, collected by a few questions.

Follow-up and quality first, then who came and whom they met, then what is missing. Of promises and slips only numbers
come in here, and those not broken down where fewer than five people stand behind them; no amounts, no notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import attendance as attendance_rules
from server.domain import names
from server.domain import reports as rules
from server.domain.folded import Kind
from server.domain.reports import Acquaintances, Exchanged, Known, Pair, Promises, Referred, Sector
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Uid
from server.domain.weeks import monday
from server.persistence.models import Meeting
from server.persistence.queries import folded
from server.persistence.queries import reports as queries
from server.persistence.queries.reports import Attended, Came
from server.services import attendance, figures, groups, meetings
from server.services.attendance import RoomPerson
from server.services.context import Context, breathe
from server.services.figures import Arrivals, AttendanceFigures
from server.services.meetings import MeetingView

ON_A_PLOT = 12
"""Meetings that stand beside each other in a picture."""
PERIODS = (13, 26, 52)
"""Weeks a group report may look back."""
MOST_MEETINGS = 200


@dataclass(frozen=True)
class Table:
    """Who really sat at one table in one round, by name."""

    round_number: int
    number: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Turnout:
    """How many were expected at one meeting and how many came."""

    meeting: MeetingView
    expected: int
    came: int
    visitors: int


@dataclass(frozen=True)
class MeetingReport:
    """Everything the report of one meeting says."""

    meeting: MeetingView
    group: str
    promises: Promises
    referred: Referred
    attendance: AttendanceFigures
    """People who are no longer here are counted; `people` and `tables` name those who are."""
    gone: AttendanceFigures
    """Those of them who are no longer here."""
    people: tuple[RoomPerson, ...]
    arrivals: tuple[Arrivals, ...]
    turnout: tuple[Turnout, ...]
    """This meeting and those before it, oldest first."""
    tables: tuple[Table, ...]
    met: Acquaintances | None
    alone: tuple[str, ...]
    """Who came and sat with nobody, though rounds were held."""
    sectors: tuple[Sector, ...]
    """Those that people who came look for."""
    ends_at: datetime

    @property
    def awaited(self) -> tuple[RoomPerson, ...]:
        """Who was expected and did not come, without a word."""
        return tuple(
            person for person in self.people if person.entered_at is None and person.status not in attendance_rules.AWAY
        )


@dataclass(frozen=True)
class MemberRow:
    """How often one member came in the period. `quiet`: was on the list at least thrice and never came."""

    uid: Uid
    name: str
    company: str
    sector: str
    came: Came
    is_new: bool

    @property
    def is_quiet(self) -> bool:
        """Whether somebody should ask how they are: often expected, never there."""
        return self.came.listed >= 3 and self.came.came == 0


@dataclass(frozen=True)
class GroupReport:
    """Everything the report of a group says about the weeks up to `until`."""

    group: str
    since: date
    until: date
    weeks: int
    promises: Promises
    referred: Referred
    exchanged: tuple[Exchanged, ...]
    one_to_ones: int
    one_to_ones_waiting: int
    turnout: tuple[Turnout, ...]
    """Every meeting of the period, oldest first."""
    members: tuple[MemberRow, ...]
    known: Known | None
    sectors: tuple[Sector, ...]
    """Those of the members and those that members look for."""


def of_meeting(ctx: Context, meeting_id: MeetingId) -> MeetingReport:
    """The report of one meeting. Eight statements."""
    now = ctx.now()
    with ctx.reading() as db:
        row, group, gone = folded.meeting_and_gone(db, meeting_id, Kind.TURNOUT, Kind.SLIP, Kind.PROMISE, Kind.ARRIVAL)
        meeting, group_id = meetings.as_view(row), GroupId(group.id)
        people = attendance.room(db, meeting_id)
        ends_at = figures.end_of(db, meeting)
        sat = queries.sat(db, meeting_id)
        there = [person for person in people if person.entered_at is not None]
        came = [person.person_id for person in there]
        met = rules.acquaintances(sat, queries.met_earlier(db, row), came)
        named = {person.person_id: person.name for person in people}
        promised = queries.promises(db, group_id, row.time_zone, meeting_id=meeting_id)
        slips = queries.slips(db, group_id, meeting_id=meeting_id)
        sectors = rules.sectors((each.wants_sector for each in there), (each.sector for each in there))
        before = queries.attended(db, group_id, Meeting.starts_at <= row.starts_at, limit=ON_A_PLOT)
    return MeetingReport(
        meeting=meeting,
        group=group.name,
        promises=rules.promises(promised, meeting.day_of(now), gone[Kind.PROMISE]),
        referred=rules.referred(slips, now, gone[Kind.SLIP]),
        attendance=figures.with_gone(figures.attendance_of(people, meeting.starts_at, ends_at), gone[Kind.TURNOUT]),
        gone=figures.with_gone(figures.NOBODY_CAME, gone[Kind.TURNOUT]),
        people=people,
        arrivals=figures.arrivals_of(people, meeting, gone[Kind.ARRIVAL].tally),
        turnout=_turnout(before) if meeting.status is not MeetingStatus.DRAFT else (),
        tables=tuple(Table(one.round_number, one.table, tuple(named[who] for who in one.people)) for one in sat),
        met=met,
        alone=tuple(named[who] for who in met.alone) if met else (),
        sectors=tuple(sector for sector in sectors if sector.wished),
        ends_at=ends_at,
    )


def of_group(ctx: Context, group_id: GroupId, *, weeks: int) -> GroupReport:
    """The report of a group about the last weeks, from a Monday on. Eight statements; in a great group each is long
    work, and whatever waits has its turn in between.
    """
    now = ctx.now()
    with ctx.reading() as db:
        settings = groups.view(db, group_id).settings
        zone = ZoneInfo(settings.time_zone)
        until = now.astimezone(zone).date()
        since = monday(until - timedelta(weeks=weeks))
        begins = datetime(since.year, since.month, since.day, tzinfo=zone)
        held = queries.attended(
            db,
            group_id,
            Meeting.starts_at >= begins,
            Meeting.starts_at <= now,
            limit=MOST_MEETINGS,
        )
        breathe()
        members = queries.member_columns(db, group_id)
        breathe()
        came = queries.attendance_by_person(db, [MeetingId(one.meeting.id) for one in held])
        keys = [PersonId(person.id) for person in members]
        breathe()
        first_met: dict[Pair, date] = {}
        for some in queries.first_met(db, group_id, members=len(keys)):
            first_met |= some
            breathe()
        promised = queries.promises(db, group_id, settings.time_zone, since=begins)
        slips = queries.slips(db, group_id, since=begins)
        held_since, gone = queries.one_to_ones_and_gone(db, group_id, since=since)
    breathe()
    known = rules.known(first_met, keys, since)
    breathe()
    return GroupReport(
        group=settings.name,
        since=since,
        until=until,
        weeks=weeks,
        promises=rules.promises(promised, until, gone[Kind.PROMISE]),
        referred=rules.referred(slips, now, gone[Kind.SLIP]),
        exchanged=rules.give_and_receive(slips, frozenset(keys)),
        one_to_ones=held_since["both"],
        one_to_ones_waiting=held_since["one"],
        turnout=_turnout(held),
        members=tuple(
            MemberRow(
                uid=Uid(person.uid),
                name=names.full_name(person.given_name, person.family_name),
                company=person.company,
                sector=person.sector,
                came=came.get(PersonId(person.id), Came()),
                is_new=person.since is not None and person.since >= since,
            )
            for person in members
        ),
        known=known,
        sectors=rules.sectors((person.wants_sector for person in members), (person.sector for person in members)),
    )


def _turnout(found: Sequence[Attended]) -> tuple[Turnout, ...]:
    return tuple(
        Turnout(meetings.as_view(one.meeting), one.expected, one.came, one.visitors) for one in reversed(found)
    )
