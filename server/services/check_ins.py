"""The door's use-cases: a badge is scanned, somebody is let in by name, a mistake is undone, somebody leaves.

Every one first locks the attendance it decides on; a unique index stands behind the rule that nobody has two open
entries. Answers are JSON so that a repeated operation gets its first answer, byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from server.domain import attendance as rules
from server.domain import badge_code
from server.domain import door_book as book_rules
from server.domain.attendance import Admission
from server.domain.door_book import Moment
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.fees import FeeState
from server.domain.vocabulary import (
    AttemptOutcome,
    AttendanceStatus,
    CheckInKind,
    DoorAnswer,
    MeetingId,
    MeetingStatus,
    Standing,
    Uid,
)
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Badge, Meeting, Membership
from server.services import badges, door_book, door_usual, fees, late_scans, phones, visits
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import AWAY as AWAY
from server.services.door_book import Counts as Counts
from server.services.door_book import Desk as Desk
from server.services.door_book import counts as counts
from server.services.door_usual import Line, ShownBadge, TodaysMeeting
from server.services.walk_ins import add_known as add_known
from server.services.walk_ins import add_walk_in as add_walk_in

MOST_TOGETHER = 30
"""How many are let in by one press."""


@dataclass(frozen=True)
class Sent:
    """How a scan came: what the desk's clock said then and when it was sent, in milliseconds.

    `saved`: the desk had no network and let the person in already.
    """

    scanned_ms: int | None = None
    sent_ms: int | None = None
    saved: bool = False


LIVE = Sent()


def check_in(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    scanned: str,
    otherwise: Sequence[str] = (),
    desk: Desk,
    sent: Sent = LIVE,
    op: Op | None = None,
) -> Json:
    """Somebody shows a badge at the door.

    `otherwise`: how else the same burst of a scanner on a foreign keyboard can be read, tried in turn on a miss.
    Answers `{answer: welcome|already_in|refused|test, …}`; a second scan is an answer, a wrong code is an answer.
    A scan that was saved counts from when it happened, and says `conflict` when another desk let the badge in too.
    """

    def scan(tx: Tx) -> Json:
        when = book_rules.moment(scanned_ms=sent.scanned_ms, sent_ms=sent.sent_ms, now=tx.now)
        try:
            code = badge_code.read_code(scanned)
            if badge_code.is_test(code):
                return {"answer": "test"}
            usual = None if sent.saved else door_usual.find(tx, meeting_id, badge_code.hash_code(code))
            if usual is not None:
                return _usual(tx, *usual, desk, when)
            meeting, badge, row = _looked_up(tx, meeting_id, (scanned, *otherwise))
        except RuleViolation as malformed:
            return _refused(tx, meeting_id, None, desk, when, malformed.code)
        if badge is None:
            return _refused(tx, meeting_id, None, desk, when, "unknown_badge")
        admission = _judge(tx, meeting, badge, row, when.at if sent.saved else None)
        if admission.answer is DoorAnswer.REFUSED:
            return _turned_away(tx, badge, row, admission, meeting_id, desk, when)
        if row is None:
            row = _unexpected(tx, meeting, badge.person_id)
            # Another door may have put the person on the list and let them in meanwhile.
            admission = _judge(tx, meeting, badge, row, when.at if sent.saved else None)
        if sent.saved:
            return late_scans.enter(tx, meeting, row, desk, when)
        return _answered(tx, meeting, row, admission, desk, when)

    return ctx.transaction(lambda tx: visits.said_at_door(ctx, tx, scan(tx)), op=op)


def admit_by_name(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    attendance_uid: Uid,
    desk: Desk,
    sent: Sent = LIVE,
    op: Op | None = None,
) -> Json:
    """Somebody without a badge is found by name and let in."""

    def work(tx: Tx) -> Json:
        when = book_rules.moment(scanned_ms=sent.scanned_ms, sent_ms=sent.sent_ms, now=tx.now)
        meeting = tx.db.get_one(Meeting, meeting_id)
        row = door_book.locked(tx, meeting_id, attendance_uid)
        return visits.said_at_door(ctx, tx, _by_name(tx, meeting, row, desk, when, saved=sent.saved))

    return ctx.transaction(work, op=op)


def admit_together(
    ctx: Context, *, meeting_id: MeetingId, attendance_uids: Sequence[Uid], desk: Desk, op: Op | None = None
) -> Json:
    """A group comes in at once. Answers `{people: [the door's answer for each], counts}`, in the order asked.

    Raises RuleViolation("too_many_together"), NotFound("attendance_unknown").
    """
    wanted = list(dict.fromkeys(attendance_uids))
    if not 0 < len(wanted) <= MOST_TOGETHER:
        raise RuleViolation("too_many_together", most=MOST_TOGETHER)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        when = Moment(tx.now, timedelta())
        # One order of locks everywhere, so that two desks never wait for each other.
        answers = {
            uid: visits.said_at_door(ctx, tx, _by_name(tx, meeting, door_book.locked(tx, meeting_id, uid), desk, when))
            for uid in sorted(wanted)
        }
        return {
            "people": [answers[uid] for uid in wanted],
            "counts": vars(counts(tx.db, meeting_id)),
        }

    return ctx.transaction(work, op=op)


def undo(
    ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, desk: Desk, reason: str = "", op: Op | None = None
) -> Json:
    """The last entry was a mistake: it is voided, the person is expected again. After 15 minutes with a reason."""

    def work(tx: Tx) -> Json:
        row = door_book.locked(tx, meeting_id, attendance_uid)
        entry = door_book.open_entry(tx, row)
        if entry is None or row.entered_at is None:
            raise WrongPhase("nothing_to_undo")
        if not rules.may_undo(row.entered_at, tx.now) and not reason.strip():
            raise WrongPhase("undo_needs_reason")
        door_book.close(tx, row, entry, CheckInKind.VOID, desk, reason=reason.strip())
        tx.db.flush()
        _stand_where_the_book_says(tx, row)
        phones.let_go(tx, row)
        row.phone_joined_at = row.join_code_hash = row.join_code_until = None
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"undone": row.uid, "counts": vars(counts(tx.db, meeting_id))}

    return ctx.transaction(work, op=op)


def leave(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    attendance_uid: Uid,
    desk: Desk,
    op: Op | None = None,
) -> Json:
    """Somebody goes before the end."""

    def work(tx: Tx) -> Json:
        row = door_book.locked(tx, meeting_id, attendance_uid)
        entry = door_book.open_entry(tx, row)
        if entry is None:
            raise WrongPhase("nothing_to_undo")
        door_book.close(tx, row, entry, CheckInKind.EXIT, desk)
        row.left_at = tx.now
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"left": row.uid, "counts": vars(counts(tx.db, meeting_id))}

    return ctx.transaction(work, op=op)


def pay(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, paid: bool = True, op: Op | None = None) -> Json:
    """The fee of the door was paid, or was not after all."""

    def work(tx: Tx) -> Json:
        row = door_book.locked(tx, meeting_id, attendance_uid)
        fees.write(tx, tx.db.get_one(Meeting, meeting_id), row, FeeState.PAID if paid else FeeState.OWES)
        return {"paid": row.uid if paid else None}

    return ctx.transaction(work, op=op)


def _usual(tx: Tx, meeting: TodaysMeeting, badge: ShownBadge, row: Line, desk: Desk, when: Moment) -> Json:
    """A badge as it was printed, of somebody on the list, by a desk with a network."""
    admission = _judge(tx, meeting, badge, row, None)
    if admission.answer is DoorAnswer.REFUSED:
        return _turned_away(tx, badge, row, admission, MeetingId(meeting.id), desk, when)
    if admission.answer is DoorAnswer.WELCOME:
        return door_book.welcome(tx, meeting, row, admission, desk, Moment(tx.now, when.skew))
    door_book.note(tx, MeetingId(meeting.id), row, AttemptOutcome.ALREADY_IN, desk, when)
    return door_book.told(tx, meeting, row, admission, desk)


def _turned_away(
    tx: Tx,
    badge: Badge | ShownBadge,
    row: Attendance | Line | None,
    admission: Admission,
    meeting_id: MeetingId,
    desk: Desk,
    when: Moment,
) -> Json:
    """A badge that is known and lets nobody in; a visitor's of an earlier day says of which (`day`)."""
    answer = _refused(tx, meeting_id, row, desk, when, admission.reason or "")
    if admission.reason == "expired_visitor":
        starts_at, zone = tx.db.execute(
            select(Meeting.starts_at, Meeting.time_zone).where(Meeting.id == badge.meeting_id)
        ).one()
        answer["day"] = starts_at.astimezone(ZoneInfo(zone)).date().isoformat()
    return answer


def _refused(
    tx: Tx, meeting_id: MeetingId, row: Attendance | Line | None, desk: Desk, when: Moment, reason: str
) -> Json:
    door_book.note(tx, meeting_id, row, AttemptOutcome.REFUSED, desk, when, reason)
    return {"answer": DoorAnswer.REFUSED.value, "reason": reason}


def _by_name(tx: Tx, meeting: Meeting, row: Attendance, desk: Desk, when: Moment, *, saved: bool = False) -> Json:
    admission = rules.admit(
        meeting_status=_status(meeting, when.at if saved else None),
        attendance_status=row.status,
        entered_at=row.entered_at,
        left_at=row.left_at,
        now=tx.now,
    )
    if admission.answer is DoorAnswer.REFUSED:
        return _refused(tx, MeetingId(meeting.id), row, desk, when, admission.reason or "")
    if saved:
        return late_scans.enter(tx, meeting, row, desk, when)
    return _answered(tx, meeting, row, admission, desk, when)


def _answered(tx: Tx, meeting: Meeting, row: Attendance, admission: Admission, desk: Desk, when: Moment) -> Json:
    """A scan with a network: in, or in already."""
    if admission.answer is DoorAnswer.WELCOME:
        door_book.enter(tx, row, desk, Moment(tx.now, when.skew))
    else:
        door_book.note(tx, MeetingId(meeting.id), row, AttemptOutcome.ALREADY_IN, desk, when)
    return door_book.told(tx, meeting, row, admission, desk)


def _stand_where_the_book_says(tx: Tx, row: Attendance) -> None:
    """After an undo: expected again, or out where somebody had come and gone before."""
    stays = door_book.stays(tx.db, row)
    last = stays[-1][0] if stays else None
    row.entered_at, row.left_at = (last.entered_at, last.left_at) if last else (None, None)
    row.status = AttendanceStatus.PRESENT if last else AttendanceStatus.EXPECTED


def _looked_up(
    tx: Tx, meeting_id: MeetingId, readings: Sequence[str]
) -> tuple[Meeting, Badge | None, Attendance | None]:
    """Everything else, one question after the other."""
    meeting = tx.db.get_one(Meeting, meeting_id)
    badge = _first_badge(tx.db, readings)
    return meeting, badge, None if badge is None else _expected(tx, meeting, badge)


def _first_badge(db: Session, readings: Sequence[str]) -> Badge | None:
    return next((badge for text in readings if (badge := badges.find(db, text)) is not None), None)


_EXPECTED = (
    select(Attendance)
    .where(Attendance.meeting_id == bindparam("meeting"), Attendance.person_id == bindparam("person"))
    .options(joinedload(Attendance.person, innerjoin=True))
    .with_for_update(of=Attendance)
)
"""Put together once: it is asked with every scan."""


def _expected(tx: Tx, meeting: Meeting, badge: Badge) -> Attendance | None:
    """The attendance of the badge's owner, locked."""
    return tx.db.scalar(_EXPECTED, {"meeting": meeting.id, "person": badge.person_id})


def _status(meeting: Meeting | TodaysMeeting, saved_at: datetime | None) -> MeetingStatus:
    """The meeting as it was when a saved scan happened: whoever came before the end came."""
    if saved_at is not None and meeting.closed_at is not None and saved_at < meeting.closed_at:
        return MeetingStatus.OPEN
    return meeting.status


def _judge(
    tx: Tx,
    meeting: Meeting | TodaysMeeting,
    badge: Badge | ShownBadge,
    row: Attendance | Line | None,
    saved_at: datetime | None,
) -> Admission:
    foreign_day = badge.meeting_id is not None and badge.meeting_id != meeting.id
    expired = False
    if foreign_day:
        day = tx.db.scalar(select(Meeting.starts_at).where(Meeting.id == badge.meeting_id))
        expired = day is not None and day < meeting.starts_at
    return rules.admit(
        meeting_status=_status(meeting, saved_at),
        attendance_status=row.status if row else None,
        entered_at=row.entered_at if row else None,
        left_at=row.left_at if row else None,
        badge_group_matches=badge.group_id == meeting.group_id,
        badge_revoked=badge.revoked_at is not None,
        badge_expired=expired,
        badge_meeting_matches=not foreign_day,
        now=tx.now,
    )


def _unexpected(tx: Tx, meeting: Meeting, person_id: int) -> Attendance:
    """A known person whom nobody put on the list: put on it now, once, even when two doors scan together."""
    insert = sqlite.insert if tx.db.get_bind().dialect.name == "sqlite" else postgresql.insert
    standing = tx.db.scalar(
        select(Membership.standing).where(Membership.person_id == person_id, Membership.group_id == meeting.group_id)
    )
    tx.db.execute(
        insert(Attendance)
        .values(
            uid=new_uid(),
            meeting_id=meeting.id,
            person_id=person_id,
            standing=standing or Standing.VISITOR,
            status=AttendanceStatus.EXPECTED,
            is_walk_in=False,
            join_code_tries=0,
        )
        .on_conflict_do_nothing(index_elements=["meeting_id", "person_id"])
    )
    row = tx.db.scalar(_EXPECTED, {"meeting": meeting.id, "person": person_id})
    assert row is not None, "inserted above, or by whoever was first"
    return row
