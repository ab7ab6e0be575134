"""The leaders' numbers and the matrices: values only, from a few questions over a window of weeks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import leading as rules
from server.domain import names
from server.domain.leading import Drift, Funnel, Matrix, Retention, Tie, Told
from server.domain.reports import LEAST_CONTRIBUTORS, Sector, sectors
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.domain.weeks import Column
from server.persistence.models import Group
from server.persistence.queries import folded
from server.persistence.queries import leading as queries
from server.persistence.queries import weeks as counting
from server.services.context import Context

MONTHS = 12
PERIODS = (26, 52, 104)
"""Weeks that a matrix may look back."""
WORK = 40
"""Empty cells in the list of what to do; the matrix shows them all."""
TRENDS: Mapping[str, frozenset[Column]] = {
    "referrals": frozenset({Column.GIVEN_INSIDE, Column.GIVEN_OUTSIDE}),
    "one_to_ones": frozenset({Column.ONE_TO_ONES}),
    "visitors": frozenset({Column.VISITORS}),
}
"""What each trend counts."""


@dataclass(frozen=True)
class Leading:
    """What those who lead a group read, of its last twelve months."""

    group: str
    since: date
    until: date
    trends: Mapping[str, tuple[Told, ...]]
    funnel: Funnel
    retention: Retention
    sectors: tuple[Sector, ...]
    drift: tuple[Drift, ...]


@dataclass(frozen=True)
class Member:
    """Somebody of the matrix."""

    id: PersonId
    uid: Uid
    name: str
    short: str


@dataclass(frozen=True)
class Ties:
    """A matrix with its names and its work list. `told` False: fewer than five members."""

    since: date
    wanted: Tie
    told: bool
    members: tuple[Member, ...] = ()
    matrix: Matrix | None = None
    empty: int = 0
    work: tuple[tuple[Member, Member], ...] = ()


def of_group(ctx: Context, group_id: GroupId) -> Leading:
    """The leaders' numbers; sums count people who are no longer here. Ten statements."""
    now = ctx.now()
    with ctx.reading() as db:
        group = db.get_one(Group, group_id)
        zone = ZoneInfo(group.time_zone)
        until = now.astimezone(zone).date()
        shown = rules.months(until, MONTHS)
        since = shown[0].first
        begins = datetime(since.year, since.month, since.day, tzinfo=zone)
        done = counting.counted(db, group_id, since, until, now, frozenset().union(*TRENDS.values()))
        gone = folded.for_leaders(db, group_id, since=since, members_on=rules.year_ago(until))
        belonged = queries.belonged(db, group_id)
        people = [each for each in belonged if each.is_member]
        return Leading(
            group=group.name,
            since=since,
            until=until,
            trends={
                name: rules.trend(
                    ((one.person, one.day, one.number) for one in done if one.column in columns),
                    shown,
                    gone.months[name],
                )
                for name, columns in TRENDS.items()
            },
            funnel=rules.funnel(queries.visitors(db, group_id, begins), gone.visitors),
            retention=rules.retention((each.belongs for each in belonged), until, gone.members),
            sectors=sectors(
                (each.wants_sector for each in people),
                (each.sector for each in people),
                queries.seats(db, group_id),
            ),
            drift=rules.drift(queries.agendas(db, group_id, begins)),
        )


def ties(ctx: Context, group_id: GroupId, *, wanted: Tie, weeks: int, most: int = WORK) -> Ties:
    """Who is tied to whom in the last weeks; `wanted`: what a cell is looked at for; `most`: how many empty cells are
    listed. Five statements.
    """
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        since = ctx.now().astimezone(zone).date() - timedelta(weeks=weeks)
        members = tuple(
            Member(PersonId(key), Uid(uid), names.full_name(given, family), names.short_name(given, family))
            for key, uid, given, family in queries.members(db, group_id)
        )
        if len(members) < LEAST_CONTRIBUTORS:
            return Ties(since, wanted, told=False)
        found = rules.matrix(
            [member.id for member in members],
            queries.met(db, group_id, since),
            queries.held(db, group_id, since),
            queries.gave(db, group_id, since),
        )
    every = rules.to_do(found, wanted, most=len(members) ** 2)
    return Ties(
        since,
        wanted,
        told=True,
        members=members,
        matrix=found,
        empty=len(every),
        work=tuple((members[one], members[other]) for one, other in every[:most]),
    )
