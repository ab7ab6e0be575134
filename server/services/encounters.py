"""Keeping who sat with whom, in the transaction that ends a round or makes it void: one statement, however many sat."""

from zoneinfo import ZoneInfo

from sqlalchemy import Date, Insert, Integer, bindparam, delete, insert, select
from sqlalchemy.orm import aliased

from server.persistence.models import Attendance, Encounter, Meeting, Round, Seat
from server.services.context import Tx


def _keeping(*, one_table: bool) -> Insert:
    """Everybody who sat at one table of a round and was there, the smaller id first."""
    one, other, first, second = aliased(Seat), aliased(Seat), aliased(Attendance), aliased(Attendance)
    together = (
        select(
            bindparam("group_id", type_=Integer),
            bindparam("meeting_id", type_=Integer),
            one.round_id,
            bindparam("number", type_=Integer),
            bindparam("met_on", type_=Date),
            first.person_id,
            second.person_id,
        )
        .select_from(one)
        .join(other, (other.round_id == one.round_id) & (other.table_number == one.table_number))
        .join(first, first.id == one.attendance_id)
        .join(second, second.id == other.attendance_id)
        .where(
            one.round_id == bindparam("round_id"),
            # Not "greater than 0": SQLite would look for partners at every table above 0 instead of one's own.
            one.table_number == bindparam("table") if one_table else one.table_number != 0,
            one.missed.is_(False),
            other.missed.is_(False),
            first.person_id < second.person_id,
        )
    )
    columns = ("group_id", "meeting_id", "round_id", "number", "met_on", "first_id", "other_id")
    return insert(Encounter).from_select(columns, together)


_KEEPING = {one_table: _keeping(one_table=one_table) for one_table in (False, True)}
_FORGETTING = delete(Encounter).where(Encounter.round_id == bindparam("of_round"))


def keep(tx: Tx, meeting: Meeting, this_round: Round, *, table: int | None = None) -> None:
    """A round has ended: everybody who really sat together has met; or those of one table."""
    began = this_round.starts_at or meeting.starts_at
    values = {
        "group_id": meeting.group_id,
        "meeting_id": meeting.id,
        "round_id": this_round.id,
        "number": this_round.number,
        "met_on": began.astimezone(ZoneInfo(meeting.time_zone)).date(),
    }
    tx.db.flush()
    tx.db.connection().execute(_KEEPING[table is not None], values | ({} if table is None else {"table": table}))


def forget(tx: Tx, this_round: Round) -> None:
    """The round does not count: nobody met in it."""
    tx.db.flush()
    tx.db.connection().execute(_FORGETTING, {"of_round": this_round.id})
