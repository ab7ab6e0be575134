"""The rows behind the figures that begin at a table: who sat together so, what grew from there, what ties two people.

Who sat with whom, one-to-ones and from whom to whom a slip went is known to those who lead; which of these became
business is told by meeting, round and table alone, as the page of the meeting tells it. Nobody is named beside it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain import fruit as rules
from server.domain import names
from server.domain.fruit import Kind, Table
from server.domain.growth import Piece
from server.domain.leading import Tie
from server.domain.reports import LEAST_CONTRIBUTORS, Pair
from server.domain.vocabulary import GroupId, MeetingId, PersonId, Uid
from server.persistence.models import Group
from server.persistence.queries import counted_seating as queries
from server.persistence.queries import leading as led
from server.persistence.queries import referrals
from server.services import fruit, growth, meetings
from server.services.context import Context
from server.services.counted import Rows
from server.services.meetings import MeetingView


@dataclass(frozen=True)
class Sat:
    """Two people who sat together so: how often, and when last."""

    one: str
    other: str
    times: int
    last: date


@dataclass(frozen=True)
class Bore:
    """A meeting from whose tables business came, and how much."""

    meeting: MeetingView
    won: int


@dataclass(frozen=True)
class Tied:
    """What ties a member to another on one day. `number`: of the round in which they sat together."""

    other: str
    kind: Tie
    on: date
    number: int | None = None


def grown(ctx: Context, meeting_id: MeetingId, part: str, number: int | None) -> tuple[MeetingView, Rows[Piece]]:
    """What a figure of "what grew" counts, of one round or of all. Seven statements."""
    found = growth.of_meeting(ctx, meeting_id)
    rows = tuple(each for each in found.grown.pieces if each.part == part and number in (None, each.round_number))
    figure = sum(getattr(harvest, part) for which, harvest in found.grown.rounds if number in (None, which))
    return found.meeting, Rows(rows, figure - len(rows))


def seated(ctx: Context, group_id: GroupId, *, kind: Kind | None = None, least: int | None = None) -> Rows[Sat]:
    """The pairs that sat together in the last 52 weeks, those who did so most often first: all of them, of one `kind`
    of seating, or at tables of the size that begins with `least`. Nobody while fruit is not told. Ten statements.
    """
    with ctx.reading() as db:
        sat = fruit.seating(db, group_id, ctx.now())
        if not rules.borne(sat.tables, sat.rooted).told:
            return Rows(())
        counts = _counts(kind, least)
        days: dict[Pair, date] = {}
        times = Counter[Pair]()
        for table in filter(counts, sat.tables):
            times[table.pair] += 1
            days[table.pair] = table.on
        called = _called(db, {who for pair in times for who in pair})
    rows = (Sat(called[pair[0]], called[pair[1]], many, days[pair]) for pair, many in times.items())
    return Rows(tuple(sorted(rows, key=lambda row: (-row.times, row.one, row.other))))


def bore(ctx: Context, group_id: GroupId) -> Rows[Bore]:
    """From which meetings' tables the business of the last 52 weeks came, newest first; none while fruit is not told.
    Ten statements.
    """
    with ctx.reading() as db:
        sat = fruit.seating(db, group_id, ctx.now())
        if not rules.borne(sat.tables, sat.rooted).told:
            return Rows(())
        won = Counter(table.meeting for table, _ in sat.rooted)
        return Rows(tuple(Bore(meetings.as_view(row), won[row.id]) for row in queries.held(db, won)))


def tied(ctx: Context, group_id: GroupId, uid: Uid, *, wanted: Tie, weeks: int) -> tuple[str, Rows[Tied]]:
    """A member's name, and what stands in their row of the matrix, by the other's name; neither in a group of fewer
    than five, nor of somebody who is no member. Five statements.
    """
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        since = ctx.now().astimezone(zone).date() - timedelta(weeks=weeks)
        members = led.members(db, group_id)
        who = next((PersonId(key) for key, theirs, *_ in members if theirs == uid), None)
        if who is None or len(members) < LEAST_CONTRIBUTORS:
            return "", Rows(())
        called = {key: names.full_name(given, family) for key, _, given, family in members}
        found = [
            *((Tie.MET, *each) for each in queries.sat_with(db, group_id, who, since)),
            *((Tie.ONE_TO_ONE, *each, None) for each in queries.met_with(db, group_id, who, since)),
            *((Tie.GAVE, *each, None) for each in queries.gave_to(db, group_id, who, since)),
        ]
    rows = (
        Tied(called[other], kind, on, number)
        for kind, other, on, number in found
        if other in called and other != who and kind & wanted
    )
    order = {name: at for at, name in enumerate(called.values())}
    return called[who], Rows(tuple(sorted(rows, key=lambda row: (order[row.other], row.on, row.kind, row.number or 0))))


def _counts(kind: Kind | None, least: int | None) -> Callable[[Table], bool]:
    """Whether a figure counts a table."""
    span = next((each for each in rules.SIZES if each[0] == least), None)
    return lambda table: (kind is None or kind in table.kinds) and (span is None or span[0] <= table.size <= span[1])


def _called(db: Session, people: set[PersonId]) -> dict[int, str]:
    found = referrals.called(db, people)
    return {key: names.full_name(given, family) for key, (_, _, given, family) in found.items()}
