"""The group's tree of trades: edited by organisers, read by seats, filters and the planner.

A person's sector is what somebody typed; it belongs to the trade of the tree with the same folded name.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain import sectors as rules
from server.domain.errors import NotFound, RuleViolation
from server.domain.sectors import Node
from server.domain.vocabulary import GroupId, Standing, Uid
from server.persistence.models import Group, Membership, Person, Sector, SectorAffinity
from server.services.context import Context, Json, Op, Tx

LONGEST = 120


@dataclass(frozen=True)
class SeatView:
    """A trade as its page shows it: where it stands, who holds its seat."""

    uid: Uid
    name: str
    depth: int
    has_seat: bool
    above: str
    """The uid of the one above it; empty at the top."""
    members: tuple[str, ...]
    is_gap: bool
    is_shared: bool


@dataclass(frozen=True)
class AffinityView:
    """Two trades that do each other good."""

    uid: Uid
    one: str
    other: str
    weight: int


@dataclass(frozen=True)
class Tree:
    """The trades of a group in their order, what does whom good, and trades of people that are not in the tree."""

    seats: tuple[SeatView, ...]
    affinities: tuple[AffinityView, ...]
    outside: tuple[str, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """Trades that are wanted and that nobody has."""
        return tuple(seat.name for seat in self.seats if seat.is_gap)


def tree(ctx: Context, group_id: GroupId) -> Tree:
    """Everything about the group's trades. Three statements."""
    with ctx.reading() as db:
        rows = _rows(db, group_id)
        people = db.execute(
            select(Person.sector, Person.sector_key, Person.given_name, Person.family_name, Membership.standing)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.group_id == group_id, Membership.standing != Standing.FORMER, Person.sector_key != "")
            .order_by(Person.sort_key, Person.id)
        ).all()
        pairs = db.scalars(select(SectorAffinity).where(SectorAffinity.group_id == group_id)).all()
    members: dict[str, list[str]] = defaultdict(list)
    typed: dict[str, str] = {}
    for sector, key, given, family, standing in people:
        typed.setdefault(key, sector)
        if standing is Standing.MEMBER:
            members[key].append(names.full_name(given, family))
    by_key = {row.key: row for row in rows}
    by_id = {row.id: row for row in rows}
    seats = tuple(
        SeatView(
            uid=Uid(by_key[seat.node.key].uid),
            name=seat.node.name,
            depth=seat.depth,
            has_seat=seat.node.has_seat,
            above=by_key[seat.node.above].uid if seat.node.above else "",
            members=seat.members,
            is_gap=seat.is_gap,
            is_shared=seat.is_shared,
        )
        for seat in rules.seats(_nodes(rows), members)
    )
    shown = sorted(pairs, key=lambda each: (by_id[each.first_id].key, by_id[each.other_id].key))
    return Tree(
        seats,
        tuple(
            AffinityView(Uid(each.uid), by_id[each.first_id].name, by_id[each.other_id].name, each.weight)
            for each in shown
        ),
        tuple(name for key, name in sorted(typed.items()) if key not in by_key),
    )


def _rows(db: Session, group_id: GroupId) -> list[Sector]:
    return list(db.scalars(select(Sector).where(Sector.group_id == group_id).order_by(Sector.id)))


def _nodes(rows: list[Sector]) -> tuple[Node, ...]:
    keys = {row.id: row.key for row in rows}
    return tuple(Node(row.key, keys[row.parent_id] if row.parent_id else None, row.name, row.has_seat) for row in rows)


def under(db: Session, group_id: GroupId, sector: str) -> frozenset[str]:
    """A helper of the use-cases: the keys of a trade, however it is spelled, and of everything below it.

    One statement.
    """
    return rules.under(_nodes(_rows(db, group_id)), names.folded(sector)[:LONGEST])


def affinity(db: Session, group_id: GroupId) -> dict[tuple[str, str], int]:
    """A helper of the planner: which keys of trades do each other good, and how much. Two statements."""
    rows = _rows(db, group_id)
    keys = {row.id: row.key for row in rows}
    pairs = db.scalars(select(SectorAffinity).where(SectorAffinity.group_id == group_id)) if rows else ()
    return rules.affinities(_nodes(rows), [(keys[p.first_id], keys[p.other_id], p.weight) for p in pairs])


def add(ctx: Context, *, group_id: GroupId, name: str, above: str = "", op: Op | None = None) -> Uid:
    """A new trade of the tree, with a seat. Raises name_missing, text_too_long, sector_known, sector_too_deep."""
    tidied = _named(name)

    def work(tx: Tx) -> Uid:
        rows = _locked(tx, group_id)
        parent = _called(rows, above) if above else None
        _check_free(rows, tidied, None)
        rules.check_place(_nodes(rows), _key(tidied), parent.key if parent else None)
        row = Sector(
            group_id=group_id,
            name=tidied,
            key=_key(tidied),
            parent_id=parent.id if parent else None,
            has_seat=True,
        )
        tx.db.add(row)
        tx.db.flush()
        return Uid(row.uid)

    return Uid(ctx.transaction(work, op=op))


def change(ctx: Context, *, group_id: GroupId, uid: str, name: str, above: str, has_seat: bool) -> None:
    """A trade is called otherwise, stands elsewhere, or gets or loses its seat. Who has it keeps their own words."""
    tidied = _named(name)

    def work(tx: Tx) -> None:
        rows = _locked(tx, group_id)
        row = _called(rows, uid)
        parent = _called(rows, above) if above else None
        _check_free(rows, tidied, row)
        rules.check_place(_nodes(rows), row.key, parent.key if parent else None)
        row.name, row.key, row.has_seat = tidied, _key(tidied), has_seat
        row.parent_id = parent.id if parent else None

    ctx.transaction(work)


def remove(ctx: Context, *, group_id: GroupId, uid: str) -> None:
    """A trade leaves the tree; what stood below it moves up. People keep what was typed about them."""

    def work(tx: Tx) -> None:
        rows = _locked(tx, group_id)
        row = _called(rows, uid)
        for below in rows:
            if below.parent_id == row.id:
                below.parent_id = row.parent_id
        tx.db.flush()
        tx.db.delete(row)

    ctx.transaction(work)


def take_over(ctx: Context, *, group_id: GroupId) -> int:
    """Every trade that somebody of the group has stands in the tree afterwards. Answers how many are new."""
    outside = tree(ctx, group_id).outside

    def work(tx: Tx) -> Json:
        known = {row.key for row in _locked(tx, group_id)}
        fresh = {_key(name): names.tidy(name)[:LONGEST] for name in outside if _key(name) not in known}
        tx.db.add_all(Sector(group_id=group_id, name=name, key=key, has_seat=True) for key, name in fresh.items())
        return {"added": len(fresh)}

    return int(ctx.transaction(work)["added"])


def relate(ctx: Context, *, group_id: GroupId, one: str, other: str, weight: int) -> None:
    """Two trades do each other good, with this weight; said again it is that. Raises sector_twice, sector_weight."""
    if weight not in rules.WEIGHTS:
        raise RuleViolation("sector_weight", field="weight", least=rules.WEIGHTS[0], most=rules.WEIGHTS[-1])

    def work(tx: Tx) -> None:
        rows = _locked(tx, group_id)
        first, second = sorted((_called(rows, one).id, _called(rows, other).id))
        if first == second:
            raise RuleViolation("sector_twice", field="other")
        row = tx.db.scalars(
            select(SectorAffinity).where(SectorAffinity.first_id == first, SectorAffinity.other_id == second)
        ).one_or_none()
        if row is None:
            row = SectorAffinity(group_id=group_id, first_id=first, other_id=second, weight=weight)
            tx.db.add(row)
        row.weight = weight

    ctx.transaction(work)


def part(ctx: Context, *, group_id: GroupId, uid: str) -> None:
    """Two trades are nothing to each other any more. Doing it twice is doing it once."""
    gone = delete(SectorAffinity).where(SectorAffinity.group_id == group_id, SectorAffinity.uid == uid)
    ctx.transaction(lambda tx: tx.db.execute(gone) and None)


def _named(name: str) -> str:
    tidied = names.tidy(name)
    if not _key(tidied):
        raise RuleViolation("name_missing", field="name")
    if len(tidied) > LONGEST:
        raise RuleViolation("text_too_long", field="name", most=LONGEST)
    return tidied


def _key(name: str) -> str:
    return names.folded(name)[:LONGEST]


def _locked(tx: Tx, group_id: GroupId) -> list[Sector]:
    """The trades, while nobody else of the group changes them."""
    tx.db.get_one(Group, group_id, with_for_update=True)
    return _rows(tx.db, group_id)


def _called(rows: list[Sector], uid: str) -> Sector:
    found = next((row for row in rows if row.uid == uid), None)
    if found is None:
        raise NotFound("sector_unknown")
    return found


def _check_free(rows: list[Sector], name: str, own: Sector | None) -> None:
    if any(row.key == _key(name) and row is not own for row in rows):
        raise RuleViolation("sector_known", field="name", name=name)
