"""The rows behind the columns of weeks and months: by whom, on which day, how many.

What was approved is never counted anew; where it says something else than the rows do, the difference is a row of its
own. So the rows and what belongs to people who are no longer here always add up to the figure.
"""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from server.domain import leading as rules
from server.domain import names
from server.domain.folded import NOBODY
from server.domain.leading import Month
from server.domain.vocabulary import GroupId, PersonId
from server.domain.weeks import Column, monday
from server.persistence.queries import folded, referrals, reports
from server.persistence.queries import weeks as queries
from server.persistence.queries.weeks import Counted
from server.services.context import Context
from server.services.leading import TRENDS

OTHERS = "others"
"""Asks for former members and guests alone."""
GONE = "gone"
"""Asks for people who are no longer here alone."""


@dataclass(frozen=True)
class Line:
    """So much of a column on a day. `put_right`: what an approved week says beyond its rows, on its Monday."""

    person: PersonId
    name: str
    day: date
    column: Column
    number: int
    put_right: bool = False


@dataclass(frozen=True)
class Lines:
    """The rows by day, and how much belongs to people who are no longer here."""

    rows: tuple[Line, ...]
    gone: int

    @property
    def total(self) -> int:
        """The figure."""
        return sum(row.number for row in self.rows) + self.gone


def of(
    ctx: Context,
    group_id: GroupId,
    *,
    since: date,
    until: date,
    columns: Set[Column],
    whose: str = "",
    approved: bool = False,
) -> Lines:
    """The rows of these columns between two days, both included (as `weeks.counted` of the queries takes them).

    `whose`: a member's uid, OTHERS, GONE, or everybody's. `approved`: weeks as they were approved. Nine statements.
    """
    with ctx.reading() as db:
        every = queries.counted(db, group_id, since, until, ctx.now(), columns)
        # The question answers with columns that are counted together, also where one of them is asked for.
        live = [one for one in every if one.column in columns]
        beyond = _put_right(db, group_id, since, until, columns, live) if approved else []
        people = {one.person for one in (*live, *beyond)} - {NOBODY}
        called = referrals.called(db, people)
        members = {person.id for person, _ in reports.members(db, group_id)} if whose == OTHERS else set()

    def is_asked_for(who: PersonId) -> bool:
        if who == NOBODY:
            return whose in ("", GONE)
        if whose == OTHERS:
            return who not in members
        return whose in ("", called[who][1])

    def rows(some: Iterable[Counted], *, put_right: bool) -> list[Line]:
        return [
            Line(one.person, names.full_name(*called[one.person][2:]), one.day, one.column, one.number, put_right)
            for one in some
            if one.person != NOBODY and is_asked_for(one.person)
        ]

    found = rows(live, put_right=False) + rows(beyond, put_right=True)
    gone = sum(one.number for one in (*live, *beyond) if one.person == NOBODY and is_asked_for(NOBODY))
    return Lines(tuple(sorted(found, key=lambda row: (row.day, row.name, row.column, row.put_right))), gone)


def of_month(ctx: Context, group_id: GroupId, trend: str, month: Month) -> Lines:
    """What one of the leaders' trends counts in a month; nothing where that is not told. Seven statements."""
    columns, until = TRENDS[trend], month.last
    found = of(ctx, group_id, since=month.first, until=until, columns=columns)
    with ctx.reading() as db:
        gone = folded.for_leaders(db, group_id, since=month.first, members_on=month.first).months[trend]
    done = [(row.person, row.day, row.number) for row in found.rows]
    [told] = rules.trend([*done, (NOBODY, month.first, found.gone)], [month], gone)
    return found if told.number is not None else Lines((), 0)


def _put_right(
    db: Session, group_id: GroupId, since: date, until: date, columns: Set[Column], live: Iterable[Counted]
) -> list[Counted]:
    """By how much approved weeks say something else than is counted today. Two statements."""
    kept = queries.figures(db, queries.approved(db, group_id, since, until))
    says = Counter[tuple[date, PersonId, Column]]()
    for first, lines in kept.items():
        for person, figures in lines.items():
            says.update({(first, person, column): number for column, number in figures.items() if column in columns})
    for one in live:
        first = monday(one.day)
        if first in kept:
            says[first, one.person, one.column] -= one.number
    return [Counted(person, first, column, number) for (first, person, column), number in says.items() if number]


LONGEST = timedelta(days=400)
"""No page counts a longer span."""
