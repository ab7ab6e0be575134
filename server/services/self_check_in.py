"""Checking oneself in: at a kiosk with one's badge, or by phone from the poster at the door.

Whoever comes in like this was seen by nobody, so the badge does not hand out a phone afterwards. Answers carry the
own name and table and nothing else: no list, no numbers, no undo.
"""

import hmac
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from server.domain import badge_code, names
from server.domain.attendance import Admission
from server.domain.door_book import Moment
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import AttemptOutcome, AttendanceStatus, DoorAnswer, MeetingId, MeetingStatus, Uid
from server.persistence.models import Attendance, DoorAttempt, Meeting, Person
from server.services import badges, door_book, visits
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import Desk

TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)
_NARROW = ("answer", "reason", "name", "table")


def token(ctx: Context, meeting_uid: Uid) -> str:
    """What the poster's square carries after the meeting's uid; nobody can make it up."""
    return f"{meeting_uid}-{ctx.secret('poster', meeting_uid)[:16].upper()}"


def meeting_of(ctx: Context, text: str) -> tuple[MeetingId, str] | None:
    """The open meeting that a poster is for, and its name; None when it takes nobody at the moment."""
    uid, _, _ = text.partition("-")
    if not hmac.compare_digest(token(ctx, Uid(uid)).encode(), text.upper().encode()):
        return None
    with ctx.reading() as db:
        row = db.scalar(select(Meeting).where(Meeting.uid == uid))
        if row is None or row.status is not MeetingStatus.OPEN or not row.self_check_in:
            return None
        return MeetingId(row.id), row.name


def by_badge(ctx: Context, *, meeting_id: MeetingId, scanned: str, desk: Desk, op: Op | None = None) -> Json:
    """The own badge at a kiosk or on the poster's page. Answers `{answer, name?, table?, reason?}`."""

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        try:
            if badge_code.is_test(badge_code.read_code(scanned)):
                return {"answer": "test"}
            badge = badges.find(tx.db, scanned)
        except RuleViolation as refused:
            return _refused(tx, meeting, desk, refused.code)
        if badge is None or badge.group_id != meeting.group_id or badge.revoked_at is not None:
            return _refused(tx, meeting, desk, "unknown_badge")
        if badge.meeting_id not in (None, meeting.id):
            return _refused(tx, meeting, desk, "other_meeting")
        return _admit(ctx, tx, meeting, _of_person(tx, meeting, badge.person_id), desk)

    return ctx.transaction(work, op=op)


def by_person(ctx: Context, *, meeting_id: MeetingId, person_id: int, desk: Desk, op: Op | None = None) -> Json:
    """Somebody who is signed in on their own phone, as a member is at home."""

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        return _admit(ctx, tx, meeting, _of_person(tx, meeting, person_id), desk)

    return ctx.transaction(work, op=op)


def by_name(ctx: Context, *, meeting_id: MeetingId, name: str, device: str, desk: Desk, op: Op | None = None) -> Json:
    """The whole name, exactly as on the list and only once there. Five wrong names from one phone are enough.

    Raises NotAllowed("self_too_often"), NotFound("self_not_found") after the try was counted.
    """
    tried = Desk(None, f"poster {device[:12]}", by_self=True)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        if _tries(tx, meeting.id, tried.label) >= TRIES:
            return {"refused": "self_too_often"}
        found = _named(tx, meeting.id, names.query_words(name))
        if len(found) != 1:
            _refused(tx, meeting, tried, "self_not_found")
            return {"refused": "self_not_found"}
        return _admit(ctx, tx, meeting, door_book.locked(tx, meeting_id, Uid(found[0])), desk)

    answer = ctx.transaction(work, op=op)
    if answer.get("refused") == "self_too_often":
        raise NotAllowed("self_too_often")
    if "refused" in answer:
        raise NotFound("self_not_found")
    return answer


def switch(ctx: Context, *, meeting_id: MeetingId, on: bool) -> None:
    """The organiser lets people check themselves in from the poster, or no longer."""

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, meeting_id).self_check_in = on

    ctx.transaction(work)


def _tries(tx: Tx, meeting_id: int, label: str) -> int:
    found = tx.db.scalar(
        select(func.count(DoorAttempt.id)).where(
            DoorAttempt.meeting_id == meeting_id,
            DoorAttempt.desk == label,
            DoorAttempt.arrived_at > tx.now - TRIES_WITHIN,
        )
    )
    return found or 0


def _named(tx: Tx, meeting_id: int, words: Sequence[str]) -> list[str]:
    """The lines of the list whose whole name is these words, in whatever order."""
    if not words:
        return []
    rows = tx.db.execute(
        select(Attendance.uid, Person.given_name, Person.family_name)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id, Person.search_key.contains(words[0]))
    )
    wanted = sorted(words)
    return [uid for uid, given, family in rows if sorted(names.query_words(names.full_name(given, family))) == wanted]


def _of_person(tx: Tx, meeting: Meeting, person_id: int) -> Attendance | None:
    uid = tx.db.scalar(
        select(Attendance.uid).where(Attendance.meeting_id == meeting.id, Attendance.person_id == person_id)
    )
    return door_book.locked(tx, MeetingId(meeting.id), Uid(uid)) if uid else None


def _admit(ctx: Context, tx: Tx, meeting: Meeting, row: Attendance | None, desk: Desk) -> Json:
    if row is None:
        return _refused(tx, meeting, desk, "unknown_badge")
    if meeting.status is not MeetingStatus.OPEN:
        return _refused(tx, meeting, desk, "meeting_closed" if meeting.closed_at else "doors_closed")
    inside = row.status is AttendanceStatus.PRESENT and row.entered_at is not None and row.left_at is None
    if inside:
        answer = Admission(DoorAnswer.ALREADY_IN, since=row.entered_at)
    else:
        door_book.enter(tx, row, desk)
        answer = Admission(DoorAnswer.WELCOME, since=tx.now)
    said = visits.said_at_door(ctx, tx, door_book.told(tx, meeting, row, answer, desk))
    return {key: said[key] for key in _NARROW if key in said}


def _refused(tx: Tx, meeting: Meeting, desk: Desk, reason: str) -> Json:
    when = Moment(tx.now, timedelta())
    door_book.note(tx, MeetingId(meeting.id), None, AttemptOutcome.REFUSED, desk, when, reason)
    return {"answer": DoorAnswer.REFUSED.value, "reason": reason}
