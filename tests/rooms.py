"""A room for tests: people let in, seats laid by hand, earlier mornings that were held."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select

from server.domain.round_clock import RoundClock
from server.domain.vocabulary import AttendanceStatus, RoundPhase
from server.persistence.models import Attendance, Group, Meeting, Person, Round, Seat
from server.services import check_ins, encounters
from server.services.check_ins import Desk
from server.services.context import Tx
from tests import builders
from tests.mornings import Morning

Tables = Sequence[Sequence[str]]
"""One round: tables of given names of the cast."""
DOOR = Desk(None, "Door 1")


def everybody_in(morning: Morning, *, but: Iterable[str] = (), only: Iterable[str] | None = None) -> None:
    """Let the cast in at the door."""
    for name in morning.attendances if only is None else only:
        if name not in but:
            check_ins.check_in(
                morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[name], desk=DOOR
            )


def seat_rounds(morning: Morning, rounds: Sequence[Tables], *, seconds: int = 300) -> None:
    """Planned rounds with these seats, numbered from 1."""

    def work(tx: Tx) -> None:
        listed = tx.db.scalars(select(Attendance).where(Attendance.meeting_id == morning.meeting_id))
        rows = {row.uid: row.id for row in listed}
        keys = {name: rows[uid] for name, uid in morning.attendances.items()}
        for number, tables in enumerate(rounds, start=1):
            this_round = Round(meeting_id=morning.meeting_id, number=number)
            this_round.clock = RoundClock.planned(timedelta(seconds=seconds))
            this_round.seats = [
                Seat(attendance_id=keys[name], table_number=table)
                for table, people in enumerate(tables, start=1)
                for name in people
            ]
            tx.db.add(this_round)

    morning.ctx.transaction(work)


def room_of(morning: Morning) -> dict[int, dict[int, frozenset[str]]]:
    """Round → table → given names; table 0 sits out."""
    found: dict[int, dict[int, frozenset[str]]] = {}
    with morning.ctx.reading() as db:
        question = (
            select(Round.number, Seat.table_number, Person.given_name)
            .join(Seat, Seat.round_id == Round.id)
            .join(Attendance, Attendance.id == Seat.attendance_id)
            .join(Person, Person.id == Attendance.person_id)
            .where(Round.meeting_id == morning.meeting_id)
            .order_by(Round.number, Seat.table_number)
        )
        for number, table, given in db.execute(question):
            tables = found.setdefault(number, {})
            tables[table] = tables.get(table, frozenset()) | {given}
    return found


def an_earlier_morning(morning: Morning, rounds: Sequence[Tables], *, days_ago: int = 7) -> int:
    """A closed meeting of the group with rounds that ended; gives its key."""

    def work(tx: Tx) -> int:
        group = tx.db.get_one(Group, morning.group_id)
        starts = builders.START - timedelta(days=days_ago)
        meeting: Meeting = builders.a_meeting(tx, group, starts)
        rows = {
            name: builders.an_attendance(
                tx, meeting, tx.db.get_one(Person, key), status=AttendanceStatus.PRESENT, entered_at=starts
            )
            for name, key in morning.people.items()
            if name in morning.attendances
        }
        for number, tables in enumerate(rounds, start=1):
            held = Round(
                meeting_id=meeting.id,
                number=number,
                phase=RoundPhase.ENDED,
                length_ms=300_000,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=5),
                seats=[
                    Seat(attendance=rows[name], table_number=table, missed=False)
                    for table, people in enumerate(tables, start=1)
                    for name in people
                ],
            )
            tx.db.add(held)
            tx.db.flush()
            encounters.keep(tx, meeting, held)
        return meeting.id

    return morning.ctx.transaction(work)
