"""Settling things by hand for the rounds to come: kept seats, table hosts, pairs, tables out of use.

Every verb is a compare-and-set on the version of the seats: whoever settled something while looking at older ones is
told. What is settled is followed when the rounds are planned the next time; nobody is moved by settling it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, Select, delete, null, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain import pins as rules
from server.domain.errors import NotFound, RuleViolation
from server.domain.events import PinsChanged
from server.domain.pins import EVERY_ROUND, PairWish
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase, Uid
from server.persistence.models import (
    Attendance,
    ClosedTable,
    Meeting,
    Person,
    Round,
    Seat,
    SeatLock,
    SeatPair,
)
from server.services import seat_log
from server.services.context import Context, Json, Op, Tx


@dataclass(frozen=True)
class Kept:
    """Somebody keeps a table in one round; a host keeps it in all that are to come (`number` None)."""

    uid: Uid
    name: str
    number: int | None
    table: int


@dataclass(frozen=True)
class Pair:
    """Two people who are to be kept apart, or to meet."""

    uid: Uid
    wish: PairWish
    one: Uid
    one_name: str
    other: Uid
    other_name: str


@dataclass(frozen=True)
class Settled:
    """All that somebody settled by hand at a meeting."""

    kept: tuple[Kept, ...]
    hosts: tuple[Kept, ...]
    pairs: tuple[Pair, ...]
    closed: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.kept or self.hosts or self.pairs or self.closed)


def settled(db: Session, meeting_id: MeetingId) -> Settled:
    """What is settled now. Two statements."""
    kept: list[tuple[int, int, str, Kept]] = []
    closed: list[int] = []
    for uid, given, family, sort_key, number, table in db.execute(_seats_and_tables(meeting_id)):
        if uid is None:
            closed.append(table)
        else:
            each = Kept(Uid(uid), names.full_name(given, family), number or None, table)
            kept.append((number, table, sort_key, each))
    one, other, who, whom = aliased(Attendance), aliased(Attendance), aliased(Person), aliased(Person)
    pairs = (
        select(
            SeatPair.uid,
            SeatPair.wish,
            one.uid,
            who.given_name,
            who.family_name,
            other.uid,
            whom.given_name,
            whom.family_name,
        )
        .join(one, one.id == SeatPair.first_id)
        .join(other, other.id == SeatPair.other_id)
        .join(who, who.id == one.person_id)
        .join(whom, whom.id == other.person_id)
        .where(SeatPair.meeting_id == meeting_id)
        .order_by(SeatPair.wish, who.sort_key, SeatPair.id)
    )
    ordered = [each for *_, each in sorted(kept, key=lambda row: row[:3])]
    return Settled(
        kept=tuple(each for each in ordered if each.number is not None),
        hosts=tuple(each for each in ordered if each.number is None),
        pairs=tuple(
            Pair(Uid(uid), wish, Uid(a), names.full_name(*first), Uid(b), names.full_name(*second))
            for uid, wish, a, *first, b, second_given, second_family in db.execute(pairs)
            for second in [(second_given, second_family)]
        ),
        closed=tuple(sorted(closed)),
    )


def _seats_and_tables(meeting_id: MeetingId) -> CompoundSelect[str, str, str, str, int, int]:
    """Kept seats with their people, and tables out of use with nobody."""
    return (
        select(
            Attendance.uid,
            Person.given_name,
            Person.family_name,
            Person.sort_key,
            SeatLock.number,
            SeatLock.table_number,
        )
        .join(Attendance, Attendance.id == SeatLock.attendance_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(SeatLock.meeting_id == meeting_id)
        .union_all(
            select(null(), null(), null(), null(), null(), ClosedTable.table_number).where(
                ClosedTable.meeting_id == meeting_id
            )
        )
    )


def unfollowed(db: Session, meeting_id: MeetingId) -> bool:
    """Whether the seats of a round to come differ from what is settled, so that planning again would help.

    A host elsewhere, a table out of use with people at it, two people together who are kept apart. One statement.
    """
    to_come = (Round.meeting_id == meeting_id) & (Round.phase == RoundPhase.PLANNED)
    wrong = (_hosts_elsewhere(meeting_id), _closed_laid(meeting_id), _together(meeting_id))
    return bool(db.scalar(select(or_(*(each.where(to_come).exists() for each in wrong)))))


def _hosts_elsewhere(meeting_id: MeetingId) -> Select[int]:
    """Hosts in the room who sit at another table than their own, other than by hand."""
    hand = aliased(SeatLock)
    return (
        select(SeatLock.id)
        .join(Attendance, Attendance.id == SeatLock.attendance_id)
        .join(Seat, Seat.attendance_id == SeatLock.attendance_id)
        .join(Round, Round.id == Seat.round_id)
        .outerjoin(hand, (hand.attendance_id == SeatLock.attendance_id) & (hand.number == Round.number))
        .where(
            SeatLock.meeting_id == meeting_id,
            SeatLock.number == EVERY_ROUND,
            SeatLock.table_number != Seat.table_number,
            hand.id.is_(None),
            Attendance.entered_at.is_not(None),
            Attendance.left_at.is_(None),
        )
    )


def _closed_laid(meeting_id: MeetingId) -> Select[int]:
    """Seats at tables out of use."""
    return (
        select(Seat.id)
        .join(Round, Round.id == Seat.round_id)
        .join(ClosedTable, ClosedTable.table_number == Seat.table_number)
        .where(ClosedTable.meeting_id == meeting_id)
    )


def _together(meeting_id: MeetingId) -> Select[int]:
    """Two people at one table who are kept apart."""
    other = aliased(Seat)
    return (
        select(Seat.id)
        .join(Round, Round.id == Seat.round_id)
        .join(SeatPair, SeatPair.first_id == Seat.attendance_id)
        .join(other, (other.attendance_id == SeatPair.other_id) & (other.round_id == Seat.round_id))
        .where(
            SeatPair.meeting_id == meeting_id,
            SeatPair.wish == PairWish.APART,
            Seat.table_number == other.table_number,
            Seat.table_number > 0,
        )
    )


def keep(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    number: int,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Somebody keeps the seat that they have in a round, whatever is planned. Answers `{version}`.

    Raises Conflict("seats_moved_on"), RuleViolation("no_seat_to_keep"), WrongPhase("round_has_begun") or
    WrongPhase("meeting_is_closed"), NotFound("attendance_unknown") or NotFound("round_unknown").
    """

    def work(tx: Tx) -> None:
        rules.check_round(number, phases(tx.db, meeting_id))
        key = attendance_of(tx.db, meeting_id, person)
        table = tx.db.scalar(
            select(Seat.table_number)
            .join(Round, Round.id == Seat.round_id)
            .where(Round.meeting_id == meeting_id, Round.number == number, Seat.attendance_id == key)
        )
        if not table:
            raise RuleViolation("no_seat_to_keep", number=number)
        put_lock(tx.db, meeting_id, key, number, table)

    return _settle(ctx, meeting_id, version, work, ("seat_kept", {"person": person, "number": number}), by, op)


def let_go(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    number: int,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """The planner may move somebody in a round again (`number` 0: they are no host any more). Raises as `keep`."""

    def work(tx: Tx) -> None:
        key = attendance_of(tx.db, meeting_id, person)
        tx.db.execute(delete(SeatLock).where(SeatLock.attendance_id == key, SeatLock.number == number))

    return _settle(ctx, meeting_id, version, work, ("seat_let_go", {"person": person}), by, op)


def host(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    table: int,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Somebody hosts a table from the next round on; whoever hosted it before is free. Raises as `keep`.

    Also RuleViolation("table_out_of_range") or RuleViolation("table_is_closed").
    """
    rules.check_table(table)

    def work(tx: Tx) -> None:
        key = attendance_of(tx.db, meeting_id, person)
        check_laid(tx.db, meeting_id, table)
        tx.db.execute(
            delete(SeatLock).where(
                SeatLock.meeting_id == meeting_id,
                SeatLock.number == EVERY_ROUND,
                SeatLock.table_number == table,
            )
        )
        put_lock(tx.db, meeting_id, key, EVERY_ROUND, table)

    return _settle(ctx, meeting_id, version, work, ("host_settled", {"person": person, "table": table}), by, op)


def pair(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    one: Uid,
    other: Uid,
    wish: PairWish,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Two people are to be kept apart, or to meet; a later wish takes the place of an earlier one. Raises as `keep`.

    Also RuleViolation("pair_with_self").
    """

    def work(tx: Tx) -> None:
        first, second = rules.pair(attendance_of(tx.db, meeting_id, one), attendance_of(tx.db, meeting_id, other))
        tx.db.execute(delete(SeatPair).where(SeatPair.first_id == first, SeatPair.other_id == second))
        tx.db.add(SeatPair(meeting_id=meeting_id, first_id=first, other_id=second, wish=wish))

    return _settle(ctx, meeting_id, version, work, (f"pair_{wish.value}", {"person": one, "other": other}), by, op)


def unpair(
    ctx: Context, *, meeting_id: MeetingId, pair: Uid, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Nothing is wished of two people any more. Raises as `keep`."""

    def work(tx: Tx) -> None:
        tx.db.execute(delete(SeatPair).where(SeatPair.meeting_id == meeting_id, SeatPair.uid == pair))

    return _settle(ctx, meeting_id, version, work, ("pair_let_go", seat_log.two_of(ctx, meeting_id, pair)), by, op)


def close_table(
    ctx: Context, *, meeting_id: MeetingId, table: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """A table is out of use from the next round on. Raises as `host`."""
    rules.check_table(table)

    def work(tx: Tx) -> None:
        check_laid(tx.db, meeting_id, table)
        tx.db.add(ClosedTable(meeting_id=meeting_id, table_number=table))

    return _settle(ctx, meeting_id, version, work, ("table_out", {"table": table}), by, op)


def open_table(
    ctx: Context, *, meeting_id: MeetingId, table: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """A table may be laid again. Raises as `keep`."""

    def work(tx: Tx) -> None:
        tx.db.execute(
            delete(ClosedTable).where(ClosedTable.meeting_id == meeting_id, ClosedTable.table_number == table)
        )

    return _settle(ctx, meeting_id, version, work, ("table_back", {"table": table}), by, op)


def _settle(
    ctx: Context,
    meeting_id: MeetingId,
    version: int,
    settle: Callable[[Tx], None],
    line: tuple[str, Json],
    by: PersonId | None,
    op: Op | None,
) -> Json:
    def work(tx: Tx) -> Json:
        meeting = locked(tx, meeting_id, version)
        before = seat_log.pins_now(tx.db, meeting_id)
        settle(tx)
        seat_log.note_pins(tx, meeting_id, before, line, by)
        meeting.seating_version += 1
        tx.record(PinsChanged(meeting_id))
        return {"version": meeting.seating_version}

    return ctx.transaction(work, op=op)


def locked(tx: Tx, meeting_id: MeetingId, version: int) -> Meeting:
    """The meeting's row, locked, when it still has the seats that somebody saw."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    meeting_rules.check_changeable(meeting.status)
    rules.check_version(version, meeting.seating_version)
    return meeting


def phases(db: Session, meeting_id: MeetingId) -> list[tuple[int, RoundPhase]]:
    """Every round of a meeting and where it stands."""
    question = select(Round.number, Round.phase).where(Round.meeting_id == meeting_id).order_by(Round.number)
    return [(number, phase) for number, phase in db.execute(question)]


def attendance_of(db: Session, meeting_id: MeetingId, uid: Uid) -> int:
    """The key behind an attendance. Raises NotFound("attendance_unknown")."""
    question = select(Attendance.id).where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
    key = db.scalar(question)
    if key is None:
        raise NotFound("attendance_unknown")
    return int(key)


def check_laid(db: Session, meeting_id: MeetingId, table: int) -> None:
    """Raise RuleViolation("table_is_closed") for a table out of use."""
    question = select(ClosedTable.id).where(ClosedTable.meeting_id == meeting_id, ClosedTable.table_number == table)
    if db.scalar(question) is not None:
        raise RuleViolation("table_is_closed", table=table)


def put_lock(db: Session, meeting_id: MeetingId, attendance: int, number: int, table: int) -> None:
    """Keep a seat, in place of the one kept before in that round."""
    db.execute(delete(SeatLock).where(SeatLock.attendance_id == attendance, SeatLock.number == number))
    db.add(SeatLock(meeting_id=meeting_id, attendance_id=attendance, number=number, table_number=table))
