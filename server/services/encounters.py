"""Keeping who sat with whom, in the transaction that ends a round or makes it void."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert

from server.persistence.models import Encounter, Meeting, Round, Seat
from server.services.context import Json, Tx


def pairs(seats: Iterable[Seat]) -> tuple[tuple[int, int], ...]:
    """The people who really sat together, the smaller id first. Their attendances must be loaded."""
    tables: dict[int, list[int]] = defaultdict(list)
    for seat in seats:
        if seat.table_number and not seat.missed:
            tables[seat.table_number].append(seat.attendance.person_id)
    return tuple(pair for people in tables.values() for pair in combinations(sorted(people), 2))


def keep(tx: Tx, meeting: Meeting, this_round: Round, seats: Iterable[Seat]) -> None:
    """A round has ended: everybody who sat together has met."""
    began = this_round.starts_at or meeting.starts_at
    base: Json = {
        "group_id": meeting.group_id,
        "meeting_id": meeting.id,
        "round_id": this_round.id,
        "number": this_round.number,
        "met_on": began.astimezone(ZoneInfo(meeting.time_zone)).date(),
    }
    if rows := [base | {"first_id": first, "other_id": other} for first, other in pairs(seats)]:
        tx.db.execute(insert(Encounter), rows)


def forget(tx: Tx, this_round: Round) -> None:
    """The round does not count: nobody met in it."""
    tx.db.execute(delete(Encounter).where(Encounter.round_id == this_round.id))
