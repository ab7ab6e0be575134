"""The door's use-cases: a badge is scanned, somebody walks in, a mistake is undone, somebody leaves.

Every one first locks the attendance it decides on; a unique index stands behind the rule that nobody has two open
entries. Answers are JSON so that a repeated operation gets its first answer, byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased, joinedload

from server.domain import attendance as rules
from server.domain import badge_code, names
from server.domain.access import Actor
from server.domain.attendance import Admission
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import (
    AttendanceStatus,
    CheckInKind,
    DoorAnswer,
    MeetingId,
    MeetingStatus,
    RoundPhase,
    Standing,
    Uid,
)
from server.persistence.base import new_uid
from server.persistence.models import (
    Attendance,
    Badge,
    CheckInEvent,
    Group,
    Meeting,
    Membership,
    Person,
    Round,
    Seat,
    SessionRow,
)
from server.services import badges, phones
from server.services.context import Context, Json, Op, Tx

AWAY = rules.AWAY


@dataclass(frozen=True)
class Desk:
    """Who stands at the door: the session and the words others will read ("Door 1, Dora")."""

    session_uid: Uid | None
    label: str

    @classmethod
    def of(cls, actor: Actor) -> "Desk":
        """The desk of an actor."""
        return cls(actor.session_uid, actor.name)


@dataclass(frozen=True)
class Counts:
    """The numbers of the door, from one query used everywhere."""

    expected: int
    came: int
    in_room: int
    visitors: int


_IN_ROOM = Attendance.entered_at.is_not(None) & Attendance.left_at.is_(None)
_COUNTS = (
    func.count(case((Attendance.status.not_in(AWAY), 1))),
    func.count(Attendance.entered_at),
    func.count(case((_IN_ROOM, 1))),
    func.count(case((_IN_ROOM & (Attendance.standing == Standing.VISITOR), 1))),
)


def counts(db: Session, meeting_id: MeetingId) -> Counts:
    """How many are expected, came, are in the room now, and how many of these are visitors."""
    return Counts(*map(int, db.execute(select(*_COUNTS).where(Attendance.meeting_id == meeting_id)).one()))


def check_in(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    scanned: str,
    otherwise: Sequence[str] = (),
    desk: Desk,
    op: Op | None = None,
) -> Json:
    """Somebody shows a badge at the door.

    `otherwise`: how else the same burst of a scanner on a foreign keyboard can be read, tried in turn on a miss.
    Answers `{answer: welcome|already_in|refused|test, …}`; a second scan is an answer, a wrong code is an answer.
    """

    def work(tx: Tx) -> Json:
        try:
            if badge_code.is_test(badge_code.read_code(scanned)):
                return {"answer": "test"}
            badge = _first_badge(tx.db, (scanned, *otherwise))
        except RuleViolation as malformed:
            return {"answer": DoorAnswer.REFUSED.value, "reason": malformed.code}
        meeting = tx.db.get_one(Meeting, meeting_id)
        if badge is None:
            return {"answer": DoorAnswer.REFUSED.value, "reason": "unknown_badge"}
        row = _expected(tx, meeting, badge)
        admission = _judge(tx, meeting, badge, row)
        if admission.answer is DoorAnswer.REFUSED:
            return {"answer": admission.answer.value, "reason": admission.reason}
        if row is None:
            row = _unexpected(tx, meeting, badge.person_id)
            # Another door may have put the person on the list and let them in meanwhile.
            admission = _judge(tx, meeting, badge, row)
        if admission.answer is DoorAnswer.WELCOME:
            _enter(tx, row, desk)
        return _told(tx, meeting, row, admission, desk)

    return ctx.transaction(work, op=op)


def admit_by_name(
    ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, desk: Desk, op: Op | None = None
) -> Json:
    """Somebody without a badge is found by name and let in."""

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        row = _locked(tx, meeting_id, attendance_uid)
        admission = rules.admit(
            meeting_status=meeting.status,
            attendance_status=row.status,
            entered_at=row.entered_at,
            left_at=row.left_at,
            now=tx.now,
        )
        if admission.answer is DoorAnswer.REFUSED:
            return {"answer": admission.answer.value, "reason": admission.reason}
        if admission.answer is DoorAnswer.WELCOME:
            _enter(tx, row, desk)
        return _told(tx, meeting, row, admission, desk)

    return ctx.transaction(work, op=op)


def add_walk_in(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    given_name: str,
    family_name: str = "",
    company: str = "",
    desk: Desk,
    op: Op | None = None,
) -> Json:
    """Somebody nobody expected: a name is enough. Person, badge and entry in one."""
    given, family = rules.check_name(given_name, family_name)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if meeting.status is not MeetingStatus.OPEN:
            raise WrongPhase("meeting_closed" if meeting.status is MeetingStatus.CLOSED else "doors_closed")
        person = Person(
            given_name=given,
            family_name=family,
            company=names.tidy(company)[:160],
            created_at=tx.now,
            search_key=names.search_key(given, family, company),
            sort_key=names.sort_key(family, given, tx.db.get_one(Group, meeting.group_id).language),
        )
        tx.db.add(person)
        tx.db.flush()
        tx.db.add(Membership(group_id=meeting.group_id, person_id=person.id, standing=Standing.VISITOR))
        row = Attendance(
            meeting_id=meeting.id,
            person_id=person.id,
            person=person,
            standing=Standing.VISITOR,
            status=AttendanceStatus.EXPECTED,
            is_walk_in=True,
        )
        tx.db.add(row)
        tx.db.flush()
        badges.issue(ctx, tx, [(person.id, Standing.VISITOR)], group_id=meeting.group_id, meeting_id=meeting.id)
        _enter(tx, row, desk)
        return _told(tx, meeting, row, Admission(DoorAnswer.WELCOME, since=tx.now), desk) | {"walk_in": True}

    return ctx.transaction(work, op=op)


def undo(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, desk: Desk, op: Op | None = None) -> Json:
    """The last entry was a mistake: it is voided, the person is expected again. For 15 minutes."""

    def work(tx: Tx) -> Json:
        row = _locked(tx, meeting_id, attendance_uid)
        entry = _open_entry(tx, row)
        if entry is None or row.entered_at is None:
            raise WrongPhase("nothing_to_undo")
        if not rules.may_undo(row.entered_at, tx.now):
            raise WrongPhase("undo_too_late")
        _close(tx, row, entry, CheckInKind.VOID, desk)
        row.entered_at = row.left_at = None
        row.status = AttendanceStatus.EXPECTED
        phones.let_go(tx, row)
        row.phone_joined_at = row.join_code_hash = row.join_code_until = None
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"undone": row.uid, "counts": vars(counts(tx.db, meeting_id))}

    return ctx.transaction(work, op=op)


def leave(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, desk: Desk, op: Op | None = None) -> Json:
    """Somebody goes before the end."""

    def work(tx: Tx) -> Json:
        row = _locked(tx, meeting_id, attendance_uid)
        entry = _open_entry(tx, row)
        if entry is None:
            raise WrongPhase("nothing_to_undo")
        _close(tx, row, entry, CheckInKind.EXIT, desk)
        row.left_at = tx.now
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"left": row.uid, "counts": vars(counts(tx.db, meeting_id))}

    return ctx.transaction(work, op=op)


def _first_badge(db: Session, readings: Sequence[str]) -> Badge | None:
    return next((badge for text in readings if (badge := badges.find(db, text)) is not None), None)


def _expected(tx: Tx, meeting: Meeting, badge: Badge) -> Attendance | None:
    """The attendance of the badge's owner, locked."""
    return tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.person_id == badge.person_id)
        .options(joinedload(Attendance.person, innerjoin=True))
        .with_for_update(of=Attendance)
    )


def _locked(tx: Tx, meeting_id: MeetingId, uid: Uid) -> Attendance:
    row = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
        .options(joinedload(Attendance.person, innerjoin=True))
        .with_for_update(of=Attendance)
    )
    if row is None:
        raise NotFound("attendance_unknown")
    return row


def _judge(tx: Tx, meeting: Meeting, badge: Badge, row: Attendance | None) -> Admission:
    foreign_day = badge.meeting_id is not None and badge.meeting_id != meeting.id
    expired = False
    if foreign_day:
        day = tx.db.scalar(select(Meeting.starts_at).where(Meeting.id == badge.meeting_id))
        expired = day is not None and day < meeting.starts_at
    return rules.admit(
        meeting_status=meeting.status,
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
    row = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.person_id == person_id)
        .options(joinedload(Attendance.person, innerjoin=True))
        .with_for_update(of=Attendance)
    )
    assert row is not None, "inserted above, or by whoever was first"
    return row


def _enter(tx: Tx, row: Attendance, desk: Desk) -> None:
    tx.db.add(
        CheckInEvent(
            attendance_id=row.id,
            kind=CheckInKind.ENTRY,
            happened_at=tx.now,
            arrived_at=tx.now,
            session_id=_session_id(desk),
            desk=desk.label[:80],
            is_open=True,
        )
    )
    row.status, row.entered_at, row.left_at = AttendanceStatus.PRESENT, tx.now, None
    tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(row.uid)))


def _open_entry(tx: Tx, row: Attendance) -> CheckInEvent | None:
    return tx.db.scalar(
        select(CheckInEvent).where(CheckInEvent.attendance_id == row.id, CheckInEvent.is_open.is_(True))
    )


def _close(tx: Tx, row: Attendance, entry: CheckInEvent, kind: CheckInKind, desk: Desk) -> None:
    entry.is_open = False
    tx.db.add(
        CheckInEvent(
            attendance_id=row.id,
            kind=kind,
            happened_at=tx.now,
            arrived_at=tx.now,
            session_id=_session_id(desk),
            desk=desk.label[:80],
            closes_id=entry.id,
        )
    )


def _session_id(desk: Desk) -> Any:
    """The key of the desk's session, looked up inside the insert: a question less for everybody in the queue."""
    if desk.session_uid is None:
        return None
    return select(SessionRow.id).where(SessionRow.uid == desk.session_uid).scalar_subquery()


def _table_and_counts(tx: Tx, row: Attendance) -> tuple[int | None, int, Counts]:
    """The next table, how often the person came to other meetings, and the door's numbers. One statement."""
    other = aliased(Attendance)
    came_before = select(func.count(other.entered_at)).where(
        other.person_id == row.person_id, other.meeting_id != row.meeting_id
    )
    table = (
        select(Seat.table_number)
        .join(Round, Round.id == Seat.round_id)
        .where(
            Seat.attendance_id == row.id,
            Round.phase.in_((RoundPhase.PLANNED, RoundPhase.RUNNING, RoundPhase.PAUSED)),
        )
        .order_by(Round.number)
        .limit(1)
    )
    question = select(table.scalar_subquery(), came_before.scalar_subquery(), *_COUNTS)
    found = tx.db.execute(question.where(Attendance.meeting_id == row.meeting_id)).one()
    return found[0], int(found[1]), Counts(*map(int, found[2:]))


def _told(tx: Tx, meeting: Meeting, row: Attendance, admission: Admission, desk: Desk) -> Json:
    """What the desk reads: who, where to, since when and by whom."""
    tx.db.flush()
    person = row.person
    welcome = admission.answer is DoorAnswer.WELCOME
    entry = None if welcome else _open_entry(tx, row)
    since: datetime | None = admission.since
    table, came_before, numbers = _table_and_counts(tx, row)
    inviter = tx.db.get(Person, row.invited_by_id) if row.invited_by_id else None
    return {
        "answer": admission.answer.value,
        "uid": row.uid,
        "name": names.full_name(person.given_name, person.family_name),
        "company": person.company,
        "standing": row.standing.value,
        "since": since.isoformat() if since else None,
        "desk": desk.label if welcome else entry.desk if entry else "",
        "table": table or None,
        "first_visit": not came_before,
        "guest_of": names.full_name(inviter.given_name, inviter.family_name) if inviter else "",
        "phone": row.phone_session_id is not None,
        "may_undo": since is not None and rules.may_undo(since, tx.now),
        "counts": vars(numbers),
    }
