"""The sums of people who are no longer here, as every page, file and plot reads them. Nothing else reads the tables."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, and_, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from server.domain.folded import ALWAYS, DEALS, FOR_EVER, NOBODY, NOTHING, PEOPLE, Gone, Kind
from server.domain.leading import Month, month_of
from server.domain.thanks import Gone as Thanked
from server.domain.vocabulary import GroupId
from server.domain.weeks import Column
from server.persistence.models import FoldedAtMeeting, FoldedFigure, FoldedTotal, Group, Meeting


def of_group(
    db: Session, group_id: GroupId, kinds: Collection[Kind], *, since: date, until: date = FOR_EVER
) -> Mapping[Kind, Gone]:
    """Each of these kinds over the pieces that begin between two days, both included. One statement."""
    rows = db.execute(
        select(FoldedTotal.kind, FoldedTotal.what, func.sum(FoldedTotal.number))
        .where(*_pieces(group_id, kinds, since, until))
        .group_by(FoldedTotal.kind, FoldedTotal.what)
    )
    found: dict[Kind, dict[str, int]] = defaultdict(dict)
    for kind, what, number in rows:
        found[kind][what] = int(number)
    return {kind: Gone(found[kind]) if kind in found else NOTHING for kind in kinds}


def as_part(group_id: GroupId, kinds: Collection[Kind], *, since: date) -> Select[str, str, int]:
    """Part of a question: kind, what and how often, piece by piece, of these kinds since a day."""
    return select(cast(FoldedTotal.kind, String), FoldedTotal.what, FoldedTotal.number).where(
        *_pieces(group_id, kinds, since, FOR_EVER)
    )


def part_at(meeting_id: int, *kinds: Kind) -> Select[str, str, int]:
    """Part of a question: kind, what and how often, of these kinds at one meeting."""
    return select(cast(FoldedAtMeeting.kind, String), FoldedAtMeeting.what, FoldedAtMeeting.number).where(
        FoldedAtMeeting.meeting_id == meeting_id, FoldedAtMeeting.kind.in_(kinds)
    )


def in_columns(
    group_id: GroupId, columns: Collection[Column], *, since: date, until: date
) -> Select[date, int, str, int]:
    """Part of the question for what everybody did: a piece's first day, `NOBODY`, the column, how often."""
    return select(FoldedTotal.since, literal(NOBODY), FoldedTotal.what, FoldedTotal.number).where(
        *_pieces(group_id, (Kind.WEEK,), since, until), FoldedTotal.what.in_(sorted(columns))
    )


def approved(weeks: Collection[int]) -> Select[int, int, Column, int]:
    """Part of the question for approved weeks, by their keys."""
    return select(FoldedFigure.week_id, literal(NOBODY), FoldedFigure.column, FoldedFigure.number).where(
        FoldedFigure.week_id.in_(weeks)
    )


def each_at(meetings: Collection[int], kind: Kind) -> Select[int, int]:
    """Part of a question by meeting: a meeting's key and one of its numbers of a kind, however many there are."""
    return select(FoldedAtMeeting.meeting_id, FoldedAtMeeting.number).where(
        FoldedAtMeeting.meeting_id.in_(meetings), FoldedAtMeeting.kind == kind
    )


def turnout(what: str) -> ScalarSelect[int]:
    """Part of a question about meetings: how many of those who are no longer here (`AttendanceFigures`) were that."""
    return (
        select(func.coalesce(func.sum(FoldedAtMeeting.number), 0))
        .where(
            FoldedAtMeeting.meeting_id == Meeting.id,
            FoldedAtMeeting.kind == Kind.TURNOUT,
            FoldedAtMeeting.what == what,
        )
        .correlate(Meeting)
        .scalar_subquery()
    )


class ForLeaders(NamedTuple):
    """What the leaders' numbers add: the way of visitors in the span, first and last days of memberships up to a day,
    and how many people stand behind the trends, by name and month.
    """

    visitors: Gone
    members: Gone
    months: Mapping[str, Mapping[Month, int]]


def for_leaders(db: Session, group_id: GroupId, *, since: date, members_on: date) -> ForLeaders:
    """All that in one statement."""
    lines = select(FoldedTotal.kind, FoldedTotal.since, FoldedTotal.what, FoldedTotal.number)
    # Each by itself: a database that sees an "or" reads all that was ever folded.
    rows = db.execute(
        union_all(
            lines.where(*_pieces(group_id, (Kind.VISITOR, Kind.MONTH), since, FOR_EVER)),
            lines.where(*_pieces(group_id, (Kind.MEMBER,), ALWAYS, members_on)),
        )
    )
    found: dict[Kind, Counter[str]] = defaultdict(Counter)
    months: dict[str, dict[Month, int]] = defaultdict(dict)
    for kind, day, what, number in rows:
        if kind is Kind.MONTH:
            months[what][month_of(day)] = number
        else:
            found[kind][what] += number
    return ForLeaders(Gone(found[Kind.VISITOR]), Gone(found[Kind.MEMBER]), months)


def thanks(db: Session, group_id: GroupId, *, since: date, until: date = FOR_EVER) -> tuple[Thanked, ...]:
    """Confirmed thanks by currency. One statement."""
    rows = db.execute(
        select(FoldedTotal.currency, FoldedTotal.what, func.sum(FoldedTotal.number), func.sum(FoldedTotal.cents))
        .where(*_pieces(group_id, (Kind.THANKS,), since, until))
        .group_by(FoldedTotal.currency, FoldedTotal.what)
        .order_by(FoldedTotal.currency)
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for currency, what, number, cents in rows:
        found[currency][what] = (int(number), int(cents))
    return tuple(
        Thanked(currency, *said.get(DEALS, (0, 0)), said.get(PEOPLE, (0, 0))[0]) for currency, said in found.items()
    )


def at_meetings(db: Session, meetings: Collection[int], *kinds: Kind) -> Mapping[int, Mapping[Kind, Gone]]:
    """These kinds at each of these meetings. One statement."""
    rows = db.execute(
        select(FoldedAtMeeting.meeting_id, FoldedAtMeeting.kind, FoldedAtMeeting.what, FoldedAtMeeting.number).where(
            FoldedAtMeeting.meeting_id.in_(meetings), FoldedAtMeeting.kind.in_(kinds)
        )
    )
    found: dict[int, dict[Kind, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for meeting, kind, what, number in rows:
        found[meeting][kind][what] = number
    return {
        meeting: {kind: Gone(found[meeting][kind]) if kind in found[meeting] else NOTHING for kind in kinds}
        for meeting in meetings
    }


def meeting_and_gone(db: Session, meeting_id: int, *kinds: Kind) -> tuple[Meeting, Group, Mapping[Kind, Gone]]:
    """A meeting, its group, and what is left there of people who are no longer here. One statement."""
    rows = db.execute(
        select(Meeting, Group, FoldedAtMeeting.kind, FoldedAtMeeting.what, FoldedAtMeeting.number)
        .join(Group, Group.id == Meeting.group_id)
        .outerjoin(FoldedAtMeeting, and_(FoldedAtMeeting.meeting_id == Meeting.id, FoldedAtMeeting.kind.in_(kinds)))
        .where(Meeting.id == meeting_id)
    ).all()
    found: dict[Kind, dict[str, int]] = {kind: {} for kind in kinds}
    for _, _, kind, what, number in rows:
        if kind is not None:
            found[kind][what] = number
    meeting, group = rows[0][:2]
    return meeting, group, {kind: Gone(tally) for kind, tally in found.items()}


def at_meeting(db: Session, meeting_id: int, *kinds: Kind) -> Mapping[Kind, Gone]:
    """These kinds at one meeting. One statement."""
    return at_meetings(db, [meeting_id], *kinds)[meeting_id]


def cents_at(db: Session, meeting_id: int) -> Mapping[str, tuple[int, int]]:
    """The fees of one meeting: how many, and how many cents. One statement."""
    rows = db.execute(
        select(FoldedAtMeeting.what, FoldedAtMeeting.number, FoldedAtMeeting.cents).where(
            FoldedAtMeeting.meeting_id == meeting_id, FoldedAtMeeting.kind == Kind.FEE
        )
    )
    return {what: (number, cents) for what, number, cents in rows}


def _pieces(group_id: GroupId, kinds: Collection[Kind], since: date, until: date) -> tuple[ColumnElement[bool], ...]:
    return (
        FoldedTotal.group_id == group_id,
        FoldedTotal.kind.in_(kinds),
        FoldedTotal.since.between(since, until),
    )
