"""The door's book as the use-cases of the door write and read it: entries, exits, voids, and the numbers of the door.

Nothing here is a use-case: every function works inside the transaction of one. Lines are only ever added; the marks
on an attendance (`entered_at`, `left_at`, `status`) and `is_open` move with the book and can be told from it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from server.domain import attendance as rules
from server.domain import names
from server.domain.access import Actor
from server.domain.attendance import Admission
from server.domain.door_book import Moment, Stay
from server.domain.errors import NotFound
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import (
    AttemptOutcome,
    AttendanceStatus,
    CheckInKind,
    DoorAnswer,
    MeetingId,
    RoundPhase,
    Standing,
    Uid,
)
from server.persistence.base import new_uid
from server.persistence.lean import Lean
from server.persistence.models import (
    Attendance,
    CheckInEvent,
    DoorAttempt,
    Group,
    Meeting,
    Person,
    RegistrationPage,
    Round,
    Seat,
    SessionRow,
    Substitute,
)
from server.services import speaking as turns
from server.services.context import Json, Tx
from server.services.door_usual import Line, TodaysMeeting

AWAY = rules.AWAY


@dataclass(frozen=True)
class Desk:
    """Who stands at the door: the session and the words others will read ("Door 1, Dora").

    `by_self`: nobody does; somebody lets themselves in at a kiosk or the poster.
    """

    session_uid: Uid | None
    label: str
    by_self: bool = False

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
    func.count(case((and_(*(Attendance.status != away for away in AWAY)), 1))),
    func.count(Attendance.entered_at),
    func.count(case((_IN_ROOM, 1))),
    func.count(case((_IN_ROOM & (Attendance.standing == Standing.VISITOR), 1))),
)


_COUNTED = Lean(select(*_COUNTS).where(Attendance.meeting_id == bindparam("meeting")))


def counts(db: Session, meeting_id: MeetingId) -> Counts:
    """How many are expected, came, are in the room now, and how many of these are visitors."""
    db.flush()
    return Counts(*map(int, _COUNTED.one(db.connection(), {"meeting": meeting_id})))


def locked(tx: Tx, meeting_id: MeetingId, uid: Uid) -> Attendance:
    """One line of the list, locked. Raises NotFound("attendance_unknown")."""
    row = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
        .options(joinedload(Attendance.person, innerjoin=True))
        .with_for_update(of=Attendance)
    )
    if row is None:
        raise NotFound("attendance_unknown")
    return row


def stays(db: Session, row: Attendance) -> tuple[tuple[Stay, CheckInEvent], ...]:
    """Every stay of somebody that stands, the earliest first, with the line of its entry."""
    lines = db.scalars(select(CheckInEvent).where(CheckInEvent.attendance_id == row.id)).all()
    closing = {line.closes_id: line for line in lines if line.closes_id is not None}
    found = []
    for line in lines:
        closed = closing.get(line.id)
        if line.kind is CheckInKind.ENTRY and (closed is None or closed.kind is CheckInKind.EXIT):
            found.append((Stay(line.happened_at, closed.happened_at if closed else None), line))
    return tuple(sorted(found, key=lambda pair: (pair[0].entered_at, pair[1].id)))


# What every scan writes goes past the session, which would spend longer on it than the database.
_MY_SESSION = select(SessionRow.id).where(SessionRow.uid == bindparam("session")).scalar_subquery()
_WRITTEN = ("happened_at", "arrived_at", "skew_ms", "desk", "uid", "reason")
_ENTRY = Lean(
    insert(CheckInEvent).values(kind=CheckInKind.ENTRY, is_open=True, session_id=_MY_SESSION),
    *(*_WRITTEN, "kind", "is_open", "session_id", "attendance_id", "by_self"),
)
_PRESENT = Lean(
    update(Attendance)
    .where(Attendance.id == bindparam("row"))
    .values(status=AttendanceStatus.PRESENT, entered_at=bindparam("at"), left_at=None)
)
_ATTEMPT = Lean(
    insert(DoorAttempt).values(session_id=_MY_SESSION, settled_by=""),
    *(*_WRITTEN, "session_id", "settled_by", "meeting_id", "attendance_id", "outcome"),
)


def enter(tx: Tx, row: Attendance, desk: Desk, when: Moment | None = None) -> None:
    """Somebody comes in."""
    when = when or Moment(tx.now, timedelta())
    tx.db.flush()  # an entry that is closed in the same breath is closed before another one is open
    _enter(tx, row, desk, when)
    now = {"status": AttendanceStatus.PRESENT, "entered_at": when.at, "left_at": None}
    for name, value in now.items():
        set_committed_value(row, name, value)
    turns.came(tx, row)


def welcome(tx: Tx, meeting: TodaysMeeting, row: Line, admission: Admission, desk: Desk, when: Moment) -> Json:
    """Somebody comes in whose badge is as usual, while nobody speaks in turn; what the desk reads."""
    with tx.together():
        _enter(tx, row, desk, when)
        seen = _SEEN.run(tx.sql, _about(row))
    return _told(tx, meeting, row, admission, desk, _Seen.of(seen.one()))


def _enter(tx: Tx, row: Attendance | Line, desk: Desk, when: Moment) -> None:
    line = _written(tx, desk, when) | {"attendance_id": row.id, "by_self": desk.by_self}
    _ENTRY.run(tx.sql, line)
    _PRESENT.run(tx.sql, {"row": row.id, "at": when.at})
    tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(row.uid)))


def _written(tx: Tx, desk: Desk, when: Moment) -> dict[str, object]:
    """What every line of the door says: when, and at which desk."""
    return {
        "happened_at": when.at,
        "arrived_at": tx.now,
        "skew_ms": int(when.skew / timedelta(milliseconds=1)),
        "session": desk.session_uid,
        "desk": desk.label[:80],
        "uid": new_uid(),
        "reason": "",
    }


def enter_earlier(tx: Tx, row: Attendance, desk: Desk, when: Moment, stay: Stay, later: CheckInEvent) -> None:
    """A scan that arrived late is the entry after all: the later one is voided, and the stay begins earlier."""
    void = _line(tx, row, CheckInKind.VOID, desk, Moment(tx.now, timedelta()))
    void.closes_id, void.reason = later.id, "earlier_scan"
    later.is_open = False
    tx.db.flush()  # before another entry is open
    line = _line(tx, row, CheckInKind.ENTRY, desk, when)
    if stay.left_at is None:
        line.is_open = True
    else:
        tx.db.flush()
        _line(tx, row, CheckInKind.EXIT, desk, Moment(stay.left_at, timedelta())).closes_id = line.id
    if row.entered_at == stay.entered_at:
        row.entered_at = when.at
    tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(row.uid)))


_DESK = Lean(
    select(CheckInEvent.desk).where(CheckInEvent.attendance_id == bindparam("row"), CheckInEvent.is_open.is_(True))
)
_OPEN = select(CheckInEvent).where(CheckInEvent.attendance_id == bindparam("row"), CheckInEvent.is_open.is_(True))


def open_entry(tx: Tx, row: Attendance) -> CheckInEvent | None:
    """The entry of somebody who is in the room."""
    return tx.db.scalar(_OPEN, {"row": row.id})


def close(
    tx: Tx,
    row: Attendance,
    entry: CheckInEvent,
    kind: CheckInKind,
    desk: Desk,
    *,
    at: datetime | None = None,
    reason: str = "",
) -> None:
    """An exit or an undo closes the open entry."""
    entry.is_open = False
    line = _line(tx, row, kind, desk, Moment(at or tx.now, timedelta()))
    line.closes_id, line.reason = entry.id, reason[:120]
    turns.went(tx, row)


def _line(tx: Tx, row: Attendance, kind: CheckInKind, desk: Desk, when: Moment) -> CheckInEvent:
    line = CheckInEvent(
        attendance_id=row.id,
        kind=kind,
        happened_at=when.at,
        arrived_at=tx.now,
        session_id=session_id(desk),
        desk=desk.label[:80],
        skew_ms=int(when.skew / timedelta(milliseconds=1)),
        by_self=desk.by_self,
    )
    tx.db.add(line)
    return line


def session_id(desk: Desk) -> Any:
    """The key of the desk's session, looked up inside the insert: a question less for everybody in the queue."""
    return None if desk.session_uid is None else _session_key(desk.session_uid)


@lru_cache(maxsize=256)
def _session_key(uid: Uid) -> ScalarSelect[int]:
    return select(SessionRow.id).where(SessionRow.uid == uid).scalar_subquery()


def note(
    tx: Tx,
    meeting_id: MeetingId,
    row: Attendance | Line | None,
    outcome: AttemptOutcome,
    desk: Desk,
    when: Moment,
    reason: str = "",
) -> None:
    """Write down a scan that let nobody in."""
    whose = {"meeting_id": meeting_id, "attendance_id": row.id if row else None}
    _ATTEMPT.run(tx.sql, _written(tx, desk, when) | whose | {"outcome": outcome, "reason": reason})


def told(tx: Tx, meeting: Meeting | TodaysMeeting, row: Attendance | Line, admission: Admission, desk: Desk) -> Json:
    """What the desk reads: who, where to, since when and by whom."""
    tx.db.flush()
    return _told(tx, meeting, row, admission, desk, _Seen.of(_SEEN.one(tx.sql, _about(row))))


def _told(
    tx: Tx,
    meeting: Meeting | TodaysMeeting,
    row: Attendance | Line,
    admission: Admission,
    desk: Desk,
    seen: "_Seen",
) -> Json:
    person = row.person
    welcome = admission.answer is DoorAnswer.WELCOME
    entry = [] if welcome else _DESK.all(tx.sql, {"row": row.id})
    since: datetime | None = admission.since
    answer: Json = {
        "answer": admission.answer.value,
        "uid": row.uid,
        "name": names.full_name(person.given_name, person.family_name),
        "company": person.company,
        "standing": row.standing.value,
        "since": since.isoformat() if since else None,
        "desk": desk.label if welcome else entry[0].desk if entry else "",
        "table": seen.table or None,
        "first_visit": not seen.came_before,
        "guest_of": _name(tx.db, row.invited_by_id),
        "phone": row.phone_session_id is not None,
        "may_undo": since is not None and rules.may_undo(since, tx.now),
        "counts": vars(seen.counts),
    }
    if seen.stands_for is not None:
        answer["comes_for"] = _name(tx.db, seen.stands_for)
    full = seen.counts.in_room if not row.is_walk_in else max(seen.counts.in_room, seen.counts.expected)
    if welcome and seen.places and full > seen.places:
        answer["full"] = seen.places
    if fee := fee_due(tx.db, meeting, row):
        answer["fee"] = fee
    return answer


def fee_due(db: Session, meeting: Meeting | TodaysMeeting, row: Attendance | Line) -> Json | None:
    """What somebody still owes at the door: `{cents, currency}`."""
    member = row.standing is Standing.MEMBER
    cents = meeting.member_fee_cents if member else meeting.visitor_fee_cents
    if not cents or row.fee_paid_at is not None or row.fee_waived:
        return None
    return {"cents": cents, "currency": db.get_one(Group, meeting.group_id).currency}


@dataclass(frozen=True)
class _Seen:
    table: int | None
    came_before: int
    stands_for: int | None
    places: int | None
    """How many the meeting takes; None or 0: as many as come."""
    counts: Counts

    @classmethod
    def of(cls, row: Any) -> "_Seen":
        """An answer to `_SEEN`."""
        return cls(row[0], int(row[1]), row[2], row[3], Counts(*map(int, row[4:])))


def _question_of_seen() -> Select[Any]:
    other, absent = aliased(Attendance), aliased(Attendance)
    came_before = select(func.count(other.entered_at)).where(
        other.person_id == bindparam("person"), other.meeting_id != bindparam("meeting")
    )
    table = (
        select(Seat.table_number)
        .join(Round, Round.id == Seat.round_id)
        .where(
            Seat.attendance_id == bindparam("row"),
            or_(*(Round.phase == phase for phase in (RoundPhase.PLANNED, RoundPhase.RUNNING, RoundPhase.PAUSED))),
        )
        .order_by(Round.number)
        .limit(1)
    )
    stands_for = (
        select(absent.person_id)
        .join(Substitute, Substitute.stands_for_id == absent.id)
        .where(Substitute.attendance_id == bindparam("row"))
    )
    places = select(RegistrationPage.places).where(RegistrationPage.meeting_id == bindparam("meeting"))
    parts = (each.scalar_subquery() for each in (table, came_before, stands_for, places))
    return select(*parts, *_COUNTS).where(Attendance.meeting_id == bindparam("meeting"))


# Questions of every scan are put together once: building one costs more than its answer.
_SEEN = Lean(_question_of_seen())
"""The next table, how often the person came elsewhere, whom they stand for, places, numbers."""


def _about(row: Attendance | Line) -> dict[str, int]:
    return {"row": row.id, "person": row.person_id, "meeting": row.meeting_id}


def _name(db: Session, person_id: int | None) -> str:
    person = db.get(Person, person_id) if person_id else None
    return names.full_name(person.given_name, person.family_name) if person else ""


def same_desk(desk: Desk, label: str, session: int | None, mine: int | None) -> bool:
    """Whether two scans come from one desk: one session, or one signed in again under the same name."""
    return (mine is not None and session == mine) or (bool(label) and label == desk.label[:80])
