"""What kinds of seating bore fruit, and suggestions from it for the planner: adopted or declined by a press, undoable.

The planner reads the weights of two trades (`services.sectors`); a suggestion adopted changes one of them and nothing
else, and says on which numbers it stood.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain import fruit as rules
from server.domain import names, sectors
from server.domain.errors import Conflict, NotFound
from server.domain.fruit import Deal, Fruit, Kind, Suggestion, Table, Trades, Verdict
from server.domain.reports import Pair
from server.domain.sectors import Node
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.persistence.models import FruitDecision, Group, Sector, SectorAffinity
from server.persistence.queries import fruit as queries
from server.persistence.queries.fruit import Held, Trade
from server.services.context import Context, Json, Op, Tx

_FIRST, _AGAIN, _GUEST = (frozenset({kind}) for kind in (Kind.FIRST, Kind.AGAIN, Kind.GUEST))


@dataclass(frozen=True)
class Suggested:
    """A suggestion with its two trades by uid and name."""

    one: Uid
    other: Uid
    one_name: str
    other_name: str
    why: Suggestion


@dataclass(frozen=True)
class Decided:
    """A suggestion that somebody adopted or declined."""

    uid: Uid
    one_name: str
    other_name: str
    verdict: Verdict
    before: int
    after: int
    sat: int
    won: int
    by: str
    on: date


@dataclass(frozen=True)
class Page:
    """What the tables of the last 52 weeks bore, what that suggests, and what was decided so far."""

    group: str
    since: date
    until: date
    fruit: Fruit
    suggestions: tuple[Suggested, ...]
    decided: tuple[Decided, ...]


@dataclass(frozen=True)
class _Trees:
    """The trades of a group, and what is said of two of them."""

    by_key: Mapping[str, Sector]
    chains: Mapping[PersonId, tuple[str, ...]]
    weights: Mapping[Trades, int]
    said: Mapping[Trades, int]


@dataclass(frozen=True)
class Seating:
    """The tables of the last 52 weeks, oldest first, and each deal with the table it is traced to."""

    group: str
    zone: ZoneInfo
    since: date
    until: date
    tables: Sequence[Table]
    rooted: Sequence[tuple[Table, Deal]]
    trees: "_Trees"


def of_group(ctx: Context, group_id: GroupId) -> Page:
    """What seating bore fruit. Nine statements."""
    now = ctx.now()
    with ctx.reading() as db:
        return _page(db, group_id, now)


def decide(
    ctx: Context,
    *,
    group_id: GroupId,
    one: str,
    other: str,
    after: int,
    verdict: Verdict,
    by: PersonId,
    op: Op | None = None,
) -> Json:
    """A suggestion as its page showed it is adopted or declined. Answers `{uid}`.

    Raises Conflict("fruit_moved_on") when it is no longer suggested.
    """

    def work(tx: Tx) -> Json:
        # The group's row serialises two who decide at the same moment, and whoever edits the trees.
        tx.db.get_one(Group, group_id, with_for_update=True)
        found = next(
            (
                each
                for each in _page(tx.db, group_id, tx.now).suggestions
                if {each.one, each.other} == {one, other} and each.why.after == after
            ),
            None,
        )
        if found is None:
            raise Conflict("fruit_moved_on")
        first, second = sorted(_ids(tx.db, group_id, found))
        if verdict is Verdict.ADOPTED:
            _weigh(tx, group_id, first, second, after)
        row = FruitDecision(
            group_id=group_id,
            first_id=first,
            other_id=second,
            verdict=verdict,
            before=found.why.before,
            after=after,
            sat=found.why.sat,
            won=found.why.won,
            decided_by_id=by,
            decided_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        return {"uid": row.uid}

    return ctx.transaction(work, op=op)


def take_back(ctx: Context, *, group_id: GroupId, uid: str, op: Op | None = None) -> Json:
    """A decision is taken back: the weight is what it was, or the suggestion may come again. Answers `{uid}`.

    Raises NotFound("fruit_decision_unknown"), Conflict("fruit_weight_changed") when somebody has set another weight.
    """

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = queries.decision(tx.db, group_id, uid)
        if row is None:
            raise NotFound("fruit_decision_unknown")
        if row.verdict is Verdict.ADOPTED:
            stands = queries.weight(tx.db, row.first_id, row.other_id)
            if (stands.weight if stands else 0) != row.after:
                raise Conflict("fruit_weight_changed")
            _weigh(tx, group_id, row.first_id, row.other_id, row.before)
        row.taken_back_at = tx.now
        return {"uid": row.uid}

    return ctx.transaction(work, op=op)


def _weigh(tx: Tx, group_id: GroupId, first: int, other: int, weight: int) -> None:
    """Two trades have this weight from now on; 0: nothing is said of them."""
    row = queries.weight(tx.db, first, other)
    if row is None and weight:
        tx.db.add(SectorAffinity(group_id=group_id, first_id=first, other_id=other, weight=weight))
    elif row is not None and weight:
        row.weight = weight
    elif row is not None:
        tx.db.delete(row)


def _ids(db: Session, group_id: GroupId, found: Suggested) -> tuple[int, int]:
    rows, _ = queries.tree(db, group_id)
    by_uid = {row.uid: row.id for row in rows}
    return by_uid[found.one], by_uid[found.other]


def seating(db: Session, group_id: GroupId, now: datetime) -> Seating:
    """A helper: the tables that the figures count, and the business that came of them. Eight statements."""
    group = db.get_one(Group, group_id)
    zone = ZoneInfo(group.time_zone)
    until = now.astimezone(zone).date()
    since = until - rules.WINDOW
    trades = queries.trades(db, group_id)
    trees = _trees(db, group_id, trades)
    held = queries.together(db, group_id, since)
    guests = queries.guests(db, group_id, datetime(since.year, since.month, since.day, tzinfo=zone))
    tables = _tables(held, queries.known_before(db, group_id, since), guests, trades, trees)
    return Seating(group.name, zone, since, until, tables, rules.roots(tables, queries.won(db, group_id, since)), trees)


def _page(db: Session, group_id: GroupId, now: datetime) -> Page:
    sat = seating(db, group_id, now)
    tables, rooted, trees = sat.tables, sat.rooted, sat.trees
    decided = queries.decisions(db, group_id)
    quiet = {
        frozenset((each.first_id, each.other_id))
        for each in decided
        if each.verdict is Verdict.DECLINED and now - each.decided_at < rules.QUIET
    }
    suggestions = tuple(
        _suggested(each, trees)
        for each in rules.suggest(tables, rooted, trees.chains, trees.weights, trees.said)
        if frozenset((trees.by_key[each.trades.one].id, trees.by_key[each.trades.other].id)) not in quiet
    )
    return Page(
        sat.group,
        sat.since,
        sat.until,
        rules.borne(tables, rooted),
        suggestions,
        tuple(_decided(each, sat.zone) for each in decided),
    )


def _trees(db: Session, group_id: GroupId, trades: Mapping[PersonId, Trade]) -> _Trees:
    rows, pairs = queries.tree(db, group_id)
    keys = {row.id: row.key for row in rows}
    above = {row.key: keys[row.parent_id] if row.parent_id else None for row in rows}
    nodes = tuple(Node(row.key, above[row.key], row.name, row.has_seat) for row in rows)

    def chain(key: str | None) -> tuple[str, ...]:
        found: list[str] = []
        while key is not None and key in above:
            found.append(key)
            key = above[key]
        return tuple(found)

    said = {_two(keys[each.first_id], keys[each.other_id]): each.weight for each in pairs}
    holds = sectors.affinities(nodes, [(two.one, two.other, weight) for two, weight in said.items()])
    chains = {key: chain(key) for key in {trade.sector for trade in trades.values()}}
    return _Trees(
        {row.key: row for row in rows},
        {person: chains[trade.sector] for person, trade in trades.items()},
        {_two(*two): weight for two, weight in holds.items()},
        said,
    )


def _two(one: str, other: str) -> Trades:
    return Trades(min(one, other), max(one, other))


def _tables(
    held: Sequence[Held],
    known: frozenset[Pair],
    guests: frozenset[tuple[int, int]],
    trades: Mapping[PersonId, Trade],
    trees: _Trees,
) -> list[Table]:
    """The tables with the kinds of seating they were; the first of two who had never met comes first."""
    again: dict[Pair, frozenset[Kind]] = {}
    found = []
    for this_round in held:
        on, number, meeting, seats = this_round
        # Whoever sat with three others sat at a table of four; everybody at a table finds the same.
        beside = Counter(seats)
        for pair in this_round.pairs:
            kinds = again.get(pair)
            if kinds is None:
                fixed = _fixed(pair, trades, trees)
                again[pair] = fixed | _AGAIN
                kinds = again[pair] if pair in known else fixed | _FIRST
            if guests and ((meeting, pair[0]) in guests or (meeting, pair[1]) in guests):
                kinds = kinds | _GUEST
            found.append(Table(pair, on, number, beside[pair[0]] + 1, kinds, meeting))
    return found


def _fixed(pair: Pair, trades: Mapping[PersonId, Trade], trees: _Trees) -> frozenset[Kind]:
    """What two people's trades say of their sitting together."""
    one, other = (trades.get(who, Trade("", "")) for who in pair)
    kinds = set()
    if one.sector and one.sector == other.sector:
        kinds.add(Kind.SAME)
    wishes = ((one.wants, other.sector), (other.wants, one.sector))
    if any(wanted and names.folded(wanted) == sector for wanted, sector in wishes):
        kinds.add(Kind.WISHED)
    if _two(one.sector, other.sector) in trees.weights:
        kinds.add(Kind.FITTING)
    return frozenset(kinds)


def _suggested(why: Suggestion, trees: _Trees) -> Suggested:
    one, other = trees.by_key[why.trades.one], trees.by_key[why.trades.other]
    return Suggested(Uid(one.uid), Uid(other.uid), one.name, other.name, why)


def _decided(row: FruitDecision, zone: ZoneInfo) -> Decided:
    by = row.decided_by
    return Decided(
        Uid(row.uid),
        row.first.name,
        row.other.name,
        row.verdict,
        row.before,
        row.after,
        row.sat,
        row.won,
        names.full_name(by.given_name, by.family_name) if by else "",
        row.decided_at.astimezone(zone).date(),
    )
