"""A group's weeks: counted live, approved by a leader, put right afterwards with a reason.

Nothing waits for the approval to be seen. What was approved is stored and never counted again; where a fresh count
would say something else, the page says so and a leader decides.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain import names, weeks
from server.domain.errors import Conflict, NotFound, WrongPhase
from server.domain.folded import NOBODY
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.domain.weeks import Column, Line
from server.persistence.models import FoldedFigure, Group, Person, Week, WeekCorrection, WeekFigure, WeekRules
from server.persistence.queries import reports
from server.persistence.queries import weeks as queries
from server.services.context import Context, Json, Op, Tx
from server.services.week_lines import Beside as Beside
from server.services.week_lines import MemberLine as MemberLine
from server.services.week_lines import Somebody, beside_of, lines_of

SHOWN = 13
"""Weeks in the list."""
PERIODS = (4, 13, 26, 52)
"""Weeks that may be added up."""


@dataclass(frozen=True)
class Corrected:
    """One line of the audit trail. `person` is empty once they are no longer here."""

    person: str
    column: Column
    before: int
    after: int
    reason: str
    actor: str
    corrected_at: datetime


@dataclass(frozen=True)
class WeekView:
    """One week. `version` 0: a draft."""

    monday: date
    over: bool
    version: int
    approved_by: str
    approved_at: datetime | None
    letters: str
    lines: tuple[MemberLine, ...]
    beside: Beside
    total: Mapping[Column, int]
    """All lines together, and what stands beside them."""
    corrections: tuple[Corrected, ...] = ()
    today: date = date.min
    """The day of the group's calendar on which it was looked at, and where that is."""
    zone: str = ""

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class WeekRow:
    """One week in the list."""

    monday: date
    over: bool
    version: int
    total: Mapping[Column, int]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class Report:
    """Several weeks added up, member by member. `drafts`: how many of them nobody has approved yet."""

    since: date
    until: date
    weeks: int
    drafts: int
    letters: str
    lines: tuple[MemberLine, ...]
    beside: Beside
    total: Mapping[Column, int]


_Weekly = dict[date, dict[PersonId, dict[Column, int]]]


def listed(ctx: Context, group_id: GroupId) -> tuple[WeekRow, ...]:
    """The last weeks, this one first, back to when the group began or something is older. Six statements."""
    with ctx.reading() as db:
        group = db.get_one(Group, group_id)
        zone = ZoneInfo(group.time_zone)
        now, begun = (weeks.monday(at.astimezone(zone).date()) for at in (ctx.now(), group.created_at))
        since = now - timedelta(weeks=SHOWN - 1)
        kept = {row.monday: row for row in queries.approved(db, group_id, since, now)}
        figures = _weekly(ctx, db, group_id, since, now, list(kept.values()))
        rows = [
            WeekRow(
                monday,
                monday < now,
                kept[monday].version if monday in kept else 0,
                weeks.added(figures.get(monday, {}).values()),
            )
            for monday in (now - timedelta(weeks=back) for back in range(SHOWN))
        ]
        oldest = min([begun, *(row.monday for row in rows if row.version or any(row.total.values()))])
        return tuple(row for row in rows if row.monday >= oldest)


def letters(ctx: Context, group_id: GroupId) -> str:
    """The letters that count as a week."""
    with ctx.reading() as db:
        return queries.countable(db, group_id)


def show(ctx: Context, group_id: GroupId, monday: date) -> WeekView:
    """One week, whatever day of it is named. Raises NotFound("week_unknown") for one to come. Nine statements."""
    with ctx.reading() as db:
        zone, counted_letters = queries.place(db, group_id)
        today = ctx.now().astimezone(zone).date()
        first = _first(today, monday)
        found = queries.approved(db, group_id, first, first)
        week = found[0] if found else None
        live = _live(ctx, db, group_id, first, first + timedelta(days=6)).get(first, {})
        kept = queries.figures(db, found).get(first, {}) if week else live
        lines = lines_of(_people(db, group_id), kept, counted_letters, live if week else None)
        return WeekView(
            monday=first,
            over=first < weeks.monday(today),
            version=week.version if week else 0,
            approved_by=_name(week.approved_by) if week else "",
            approved_at=week.approved_at if week else None,
            letters=counted_letters,
            lines=lines,
            beside=beside_of(lines, kept),
            total=weeks.added(kept.values()),
            corrections=tuple(map(_corrected, queries.corrections(db, week.id))) if week else (),
            today=today,
            zone=zone.key,
        )


def report(ctx: Context, group_id: GroupId, *, back: int) -> Report:
    """The last `back` weeks that are over, added up: approved figures where there are any. Eight statements."""
    with ctx.reading() as db:
        zone, counted_letters = queries.place(db, group_id)
        until = weeks.monday(ctx.now().astimezone(zone).date()) - timedelta(weeks=1)
        since = until - timedelta(weeks=back - 1)
        kept = queries.approved(db, group_id, since, until)
        weekly = _weekly(ctx, db, group_id, since, until, kept)
        by_person: dict[PersonId, list[Line]] = defaultdict(list)
        for lines_of_week in weekly.values():
            for person, line in lines_of_week.items():
                by_person[person].append(line)
        summed = {person: weeks.added(lines) for person, lines in by_person.items()}
        lines = lines_of(_people(db, group_id), summed, counted_letters, None)
        return Report(
            since=since,
            until=until + timedelta(days=6),
            weeks=back,
            drafts=back - len(kept),
            letters=counted_letters,
            lines=lines,
            beside=beside_of(lines, summed),
            total=weeks.added(summed.values()),
        )


def approve(ctx: Context, *, group_id: GroupId, monday: date, by: PersonId, op: Op | None = None) -> Json:
    """A leader approves a week that is over: its figures are kept as they are now. Answers `{version}`.

    Raises NotFound("week_unknown"), WrongPhase("week_not_over"), Conflict("week_approved").
    """

    def work(tx: Tx) -> Json:
        # The group's row serialises two leaders who approve at once.
        tx.db.get_one(Group, group_id, with_for_update=True)
        today = _today(ctx, tx.db, group_id)
        first = _first(today, monday)
        if first >= weeks.monday(today):
            raise WrongPhase("week_not_over")
        if queries.approved(tx.db, group_id, first, first):
            raise Conflict("week_approved")
        week = Week(group_id=group_id, monday=first, version=1, approved_by_id=by, approved_at=tx.now)
        tx.db.add(week)
        tx.db.flush()
        live = _live(ctx, tx.db, group_id, first, first + timedelta(days=6)).get(first, {})
        tx.db.add_all(
            FoldedFigure(week_id=week.id, column=column, number=number)
            if person == NOBODY
            else WeekFigure(week_id=week.id, person_id=person, column=column, number=number)
            for person, line in live.items()
            for column, number in line.items()
            if number
        )
        return {"version": 1}

    return ctx.transaction(work, op=op)


@dataclass(frozen=True)
class Wanted:
    """What one member's figures should be; columns that are not named stay."""

    person: Uid
    figures: Line


def correct(
    ctx: Context,
    *,
    group_id: GroupId,
    monday: date,
    version: int,
    wanted: Sequence[Wanted],
    reason: str,
    by: PersonId,
    op: Op | None = None,
) -> Json:
    """Figures of an approved week are put right; every change is written down. Answers `{version, changed}`.

    Raises what `weeks.check_reason` and `weeks.changes` raise, NotFound: week_unknown, person_unknown,
    WrongPhase("week_is_draft"), Conflict("week_moved_on").
    """
    why = weeks.check_reason(reason)

    def work(tx: Tx) -> Json:
        first = _first(_today(ctx, tx.db, group_id), monday)
        week = queries.locked(tx.db, group_id, first)
        if week is None:
            raise WrongPhase("week_is_draft")
        if week.version != version:
            raise Conflict("week_moved_on")
        people = {person.uid: person.id for person in _people(tx.db, group_id)}
        kept = queries.figures(tx.db, [week])[first]
        changed = 0
        for one in wanted:
            if one.person not in people:
                raise NotFound("person_unknown")
            person = people[one.person]
            for change in weeks.changes(kept.get(person, {}), one.figures):
                _put_right(tx, week, person, change, why, by)
                changed += 1
        week.version += 1 if changed else 0
        return {"version": week.version, "changed": changed}

    return ctx.transaction(work, op=op)


def count_letters(ctx: Context, *, group_id: GroupId, letters: str, by: PersonId, op: Op | None = None) -> Json:
    """The group decides which letters count as a week. Answers `{countable}`; raises as `weeks.check_countable`."""
    kept = weeks.check_countable(letters)

    def work(tx: Tx) -> Json:
        if queries.countable(tx.db, group_id) != kept:
            tx.db.add(WeekRules(group_id=group_id, countable=kept, author_id=by, decided_at=tx.now))
        return {"countable": kept}

    return ctx.transaction(work, op=op)


def counted(
    ctx: Context, db: Session, group_id: GroupId, since: date, until: date, columns: Set[Column] = queries.EVERYTHING
) -> _Weekly:
    """A helper: figures by week and person of whole weeks, approved ones as approved. At most six statements.

    Of drafts only the columns asked for are counted.
    """
    return _weekly(ctx, db, group_id, since, until, queries.approved(db, group_id, since, until), columns)


def _put_right(tx: Tx, week: Week, person: PersonId, change: weeks.Change, reason: str, by: PersonId) -> None:
    row = queries.figure(tx.db, week.id, person, change.column)
    if row is None:
        tx.db.add(WeekFigure(week_id=week.id, person_id=person, column=change.column, number=change.after))
    else:
        row.number = change.after
    tx.db.add(
        WeekCorrection(
            week_id=week.id,
            person_id=person,
            column=change.column,
            before=change.before,
            after=change.after,
            reason=reason,
            actor_id=by,
            corrected_at=tx.now,
        )
    )


def _weekly(
    ctx: Context,
    db: Session,
    group_id: GroupId,
    since: date,
    until: date,
    kept: Sequence[Week],
    columns: Set[Column] = queries.EVERYTHING,
) -> _Weekly:
    """Figures by week and person, between two Mondays."""
    live = _live(ctx, db, group_id, since, until + timedelta(days=6), columns)
    return live | queries.figures(db, kept)


def _live(
    ctx: Context,
    db: Session,
    group_id: GroupId,
    since: date,
    until: date,
    columns: Set[Column] = queries.EVERYTHING,
) -> _Weekly:
    found: _Weekly = {}
    mondays: dict[date, dict[PersonId, dict[Column, int]]] = {}
    for person, day, column, number in queries.counted(db, group_id, since, until, ctx.now(), columns):
        week = mondays.get(day)
        if week is None:
            week = mondays[day] = found.setdefault(weeks.monday(day), {})
        line = week.setdefault(person, {})
        line[column] = line.get(column, 0) + number
    return found


def _people(db: Session, group_id: GroupId) -> tuple[Somebody, ...]:
    return tuple(
        Somebody(PersonId(person.id), Uid(person.uid), person.given_name, person.family_name)
        for person, _ in reports.members(db, group_id)
    )


def _first(today: date, day: date) -> date:
    first = weeks.monday(day)
    if first > today:
        raise NotFound("week_unknown")
    return first


def _today(ctx: Context, db: Session, group_id: GroupId) -> date:
    return ctx.now().astimezone(ZoneInfo(db.get_one(Group, group_id).time_zone)).date()


def _name(person: Person | None) -> str:
    return names.full_name(person.given_name, person.family_name) if person else ""


def _corrected(row: WeekCorrection) -> Corrected:
    return Corrected(
        _name(row.person), row.column, row.before, row.after, row.reason, _name(row.actor), row.corrected_at
    )
