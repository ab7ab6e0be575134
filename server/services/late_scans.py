"""Scans that reach the book late: saved on a device without a network, or ticked on paper. Not use-cases themselves."""

from datetime import timedelta

from sqlalchemy import select

from server.domain.attendance import Admission
from server.domain.door_book import Moment, Place, place
from server.domain.events import ConflictMoved
from server.domain.vocabulary import AttemptOutcome, DoorAnswer, MeetingId
from server.persistence.models import Attendance, Meeting, SessionRow
from server.services import door_book
from server.services.context import Json, Tx
from server.services.door_book import Desk


def enter(tx: Tx, meeting: Meeting, row: Attendance, desk: Desk, when: Moment) -> Json:
    """A scan that was saved on a device counts from when it happened, and the earliest is the entry.

    What another desk let in as well becomes a conflict that a person settles: `{…, conflict: true}`.
    """
    stays = door_book.stays(tx.db, row)
    where = place([stay for stay, _ in stays], when.at)
    if where is Place.ENTERS:
        door_book.enter(tx, row, desk, when)
        return door_book.told(tx, meeting, row, Admission(DoorAnswer.WELCOME, since=when.at), desk)
    stay, entry = next(pair for pair in stays if pair[0].left_at is None or when.at < pair[0].left_at)
    own = door_book.same_desk(desk, entry.desk, entry.session_id, _session_key(tx, desk))
    if where is Place.EARLIER:
        second = Desk(None, entry.desk)
        clash = Moment(entry.happened_at, timedelta(milliseconds=entry.skew_ms))
        door_book.enter_earlier(tx, row, desk, when, stay, entry)
        admission = Admission(DoorAnswer.WELCOME, since=when.at)
    else:
        second, clash = desk, when
        admission = Admission(DoorAnswer.ALREADY_IN, since=stay.entered_at)
    outcome = AttemptOutcome.ALREADY_IN if own else AttemptOutcome.CONFLICT
    door_book.note(tx, MeetingId(meeting.id), row, outcome, second, clash)
    if not own:
        tx.record(ConflictMoved(MeetingId(meeting.id)))
    return door_book.told(tx, meeting, row, admission, desk) | {"conflict": not own}


def _session_key(tx: Tx, desk: Desk) -> int | None:
    if desk.session_uid is None:
        return None
    return tx.db.scalar(select(SessionRow.id).where(SessionRow.uid == desk.session_uid))


def tick(tx: Tx, row: Attendance, desk: Desk, when: Moment) -> bool:
    """Somebody was ticked on paper at this time. Whether the book learned something from it."""
    stays = door_book.stays(tx.db, row)
    where = place([stay for stay, _ in stays], when.at)
    if where is Place.INSIDE:
        return False
    if where is Place.ENTERS:
        door_book.enter(tx, row, desk, when)
    else:
        stay, entry = next(pair for pair in stays if pair[0].left_at is None or when.at < pair[0].left_at)
        door_book.enter_earlier(tx, row, desk, when, stay, entry)
    return True
