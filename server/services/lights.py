"""The traffic lights of a group: its table, the points of everybody over the window, a new table tried on the past,
and the rows that a point counts.

Figures come from the weeks, approved ones as they were approved: a table adopted later never rewrites a week.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from server.domain import lights as rules
from server.domain import names, weeks
from server.domain.errors import Conflict, NotFound
from server.domain.lights import Metric, Score, Table
from server.domain.reports import LEAST_CONTRIBUTORS
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.domain.weeks import Line
from server.persistence.models import Group, LightTable
from server.persistence.queries import leading
from server.persistence.queries import weeks as counting
from server.services import counted_lines
from server.services import weeks as counted
from server.services.context import Context, Json, Op, Tx
from server.services.counted_lines import Lines


@dataclass(frozen=True)
class Decided:
    """One version of the table; author and moment are empty for the one that is offered."""

    table: Table
    author: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Lit:
    """One member's score."""

    person: PersonId
    uid: Uid
    name: str
    score: Score


@dataclass(frozen=True)
class Lights:
    """The scores of a group by name, and of which weeks they are."""

    table: Table
    since: date
    until: date
    members: tuple[Lit, ...]

    @property
    def told(self) -> bool:
        """Whether the group is great enough for those who lead it to read the lights by name."""
        return len(self.members) >= LEAST_CONTRIBUTORS


@dataclass(frozen=True)
class Tried:
    """One member under the table that holds and under another one."""

    name: str
    now: Score
    then: Score


@dataclass(frozen=True)
class Trial:
    """Another table tried on the past, member by member. `told` False: too few members to be read by name."""

    told: bool
    members: tuple[Tried, ...] = ()


def of_group(ctx: Context, group_id: GroupId) -> Lights:
    """Everybody's score by the table that holds. Eight statements."""
    with ctx.reading() as db:
        table = _current(db, group_id).table
        return _lit(ctx, db, group_id, table)


def of_person(ctx: Context, group_id: GroupId, person: PersonId) -> tuple[Lights, Lit]:
    """One member's score. Raises NotFound("person_unknown") for anybody else. Eight statements."""
    found = of_group(ctx, group_id)
    return found, _one(found, lambda each: each.person == person)


def of_member(ctx: Context, group_id: GroupId, uid: Uid) -> tuple[Lights, Lit]:
    """The same for those who lead. Raises NotFound("person_unknown"), also while the lights are not told."""
    found = of_group(ctx, group_id)
    return found, _one(found, lambda each: found.told and each.uid == uid)


def rows(ctx: Context, group_id: GroupId, found: Lights, uid: Uid, metric: Metric) -> Lines:
    """What the number of one metric counts: approved weeks as they were approved. Nine statements."""
    columns = frozenset(rules.COUNTS[metric])
    return counted_lines.of(
        ctx, group_id, since=found.since, until=found.until, columns=columns, whose=uid, approved=True
    )


def current(ctx: Context, group_id: GroupId) -> Decided:
    """The table that holds. One statement."""
    with ctx.reading() as db:
        return _current(db, group_id)


def versions(ctx: Context, group_id: GroupId) -> tuple[Decided, ...]:
    """Every version the group decided on, newest first. One statement."""
    with ctx.reading() as db:
        return tuple(map(_decided, db.scalars(_of(group_id))))


def simulate(ctx: Context, group_id: GroupId, table: Table) -> Trial:
    """Another table on the same past, before anybody adopts it. Raises what `lights.check` raises."""
    rules.check(table)
    with ctx.reading() as db:
        now = _lit(ctx, db, group_id, _current(db, group_id).table)
        if not now.told:
            return Trial(told=False)
        then = {each.person: each.score for each in _lit(ctx, db, group_id, table).members}
        return Trial(told=True, members=tuple(Tried(each.name, each.score, then[each.person]) for each in now.members))


def adopt(ctx: Context, *, group_id: GroupId, table: Table, seen: int, author: PersonId, op: Op | None = None) -> Json:
    """The group decides on another table; `seen` is the version its author looked at. Answers `{version}`.

    Raises what `lights.check` raises, and Conflict("lights_moved_on").
    """
    rules.check(table)

    def work(tx: Tx) -> Json:
        # The group's row serialises two who decide at the same moment.
        tx.db.get_one(Group, group_id, with_for_update=True)
        before = _current(tx.db, group_id).table.version
        if before != seen:
            raise Conflict("lights_moved_on")
        tx.db.add(
            LightTable(
                group_id=group_id,
                version=before + 1,
                name=table.name,
                window=table.window,
                green=table.green,
                amber=table.amber,
                red=table.red,
                steps="\n".join(f"{metric.value} {rules.written(steps)}" for metric, steps in table.steps.items()),
                author_id=author,
                decided_at=tx.now,
            )
        )
        return {"version": before + 1}

    return ctx.transaction(work, op=op)


def _lit(ctx: Context, db: Session, group_id: GroupId, table: Table) -> Lights:
    zone, letters = counting.place(db, group_id)
    until = weeks.monday(ctx.now().astimezone(zone).date()) - timedelta(weeks=1)
    since = until - timedelta(weeks=table.window - 1)
    lines: dict[PersonId, list[Line]] = defaultdict(list)
    scored = {column for metric in table.steps for column in rules.COUNTS[metric]} | set(weeks.LETTERS)
    for week in counted.counted(ctx, db, group_id, since, until, scored).values():
        for person, line in week.items():
            lines[person].append(line)
    return Lights(
        table,
        since,
        until + timedelta(days=6),
        tuple(
            Lit(PersonId(key), Uid(uid), names.full_name(given, family), _score(table, lines[PersonId(key)], letters))
            for key, uid, given, family in leading.members(db, group_id)
        ),
    )


def _score(table: Table, lines: list[Line], letters: str) -> Score:
    line: Mapping[weeks.Column, int] = weeks.added(lines)
    return rules.score(table, line, weeks.countable(line, letters))


def _one(found: Lights, is_wanted: Callable[[Lit], bool]) -> Lit:
    one = next(filter(is_wanted, found.members), None)
    if one is None:
        raise NotFound("person_unknown")
    return one


def _of(group_id: GroupId) -> Select[LightTable]:
    return (
        select(LightTable)
        .where(LightTable.group_id == group_id)
        .order_by(LightTable.version.desc())
        .options(joinedload(LightTable.author))
    )


def _current(db: Session, group_id: GroupId) -> Decided:
    row = db.scalar(_of(group_id).limit(1))
    return Decided(rules.USUAL) if row is None else _decided(row)


def _decided(row: LightTable) -> Decided:
    steps = {}
    for line in row.steps.splitlines():
        name, _, text = line.partition(" ")
        steps[Metric(name)] = rules.parse(text, Metric(name))
    author = names.full_name(row.author.given_name, row.author.family_name) if row.author else ""
    table = Table(row.name, row.window, steps, row.green, row.amber, row.red, row.version)
    return Decided(table, author, row.decided_at)
