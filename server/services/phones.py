"""Phones become somebody's by a second fact: the door has just seen the person, or its six digits are typed.

A badge names and never authenticates. Within ten minutes of the check-in the first phone that opens the badge gets
it, and the door sees it and can undo it; whoever comes later needs the code from the door's or the facilitator's
screen. Whatever is not a badge of somebody in an open meeting looks the same from outside.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NoReturn

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from server.domain import attendance as rules
from server.domain import names
from server.domain.access import Actor
from server.domain.attendance import CodeTry
from server.domain.errors import Conflict, NotAllowed, NotFound, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged, PhoneJoined
from server.domain.vocabulary import MeetingId, MeetingStatus, Uid
from server.persistence.models import Attendance, CheckInEvent, Meeting, SessionRow
from server.services import badges, sessions
from server.services.context import Context, Tx
from server.services.sessions import ATTENDEE_DAYS, Opened

Kind = Literal["own", "other", "claimable", "code", "stranger"]


@dataclass(frozen=True)
class BadgeLook:
    """What a phone that opens a badge should show.

    `own`: the badge of whoever looks. `other`: somebody else of the same meeting; only then are there a name and a
    company. `claimable`: the phone may become this person's at once. `code`: it needs the six digits.
    `stranger`: nothing to see, and nothing is said about why.
    """

    kind: Kind
    person_uid: Uid | None = None
    meeting_uid: Uid | None = None
    name: str = ""
    company: str = ""


STRANGER = BadgeLook("stranger")


def look(ctx: Context, *, badge_text: str, actor: Actor) -> BadgeLook:
    """What opening this badge means for whoever looks. Changes nothing: phones open links on their own."""
    with ctx.reading() as db:
        row = _of_badge(db, badge_text)
        if row is None:
            return STRANGER
        meeting_uid = Uid(db.scalars(select(Meeting.uid).where(Meeting.id == row.meeting_id)).one())
        found = BadgeLook("own", Uid(row.person.uid), meeting_uid)
        if actor.person_id == row.person_id:
            return found
        if actor.session_uid is not None:
            return _seen_by(db, actor, row, found)
        if row.entered_at is None or row.left_at is not None:
            return STRANGER
        first = row.phone_joined_at is None and rules.phone_window_open(row.entered_at, ctx.now())
        first = first and _seen_at_the_door(db, row)
        return BadgeLook("claimable" if first else "code", meeting_uid=meeting_uid)


def claim(ctx: Context, *, badge_text: str, label: str) -> Opened:
    """The first phone that opens a badge soon after the check-in becomes the person's.

    Raises Conflict("phone_taken") for every later one, WrongPhase("phone_needs_code") once the ten minutes are
    over, NotAllowed("badge_stranger") for anything that is no badge of somebody in the room.
    """

    def work(tx: Tx) -> Opened:
        row = _of_badge(tx.db, badge_text, lock=True)
        if row is None or row.entered_at is None or row.left_at is not None:
            raise NotAllowed("badge_stranger")
        if row.phone_joined_at is not None:
            raise Conflict("phone_taken")
        if not (rules.phone_window_open(row.entered_at, tx.now) and _seen_at_the_door(tx.db, row)):
            raise WrongPhase("phone_needs_code")
        return _join(tx, row, label)

    return ctx.transaction(work)


def claim_with_code(ctx: Context, *, badge_text: str, digits: str, label: str) -> Opened:
    """The six digits from the door make this phone the person's; an earlier phone is signed out.

    Five tries a code. Raises NotAllowed with join_code_expired (or none was made, or no such badge),
    join_code_wrong, join_code_malformed or join_code_used_up.
    """

    def work(tx: Tx) -> Opened | CodeTry:
        row = _of_badge(tx.db, badge_text, lock=True)
        attempt = rules.try_code(
            typed=digits,
            attendance_uid=row.uid if row else "",
            code_hash=row.join_code_hash if row else None,
            tries_used=row.join_code_tries if row else 0,
            valid_until=row.join_code_until if row else None,
            now=tx.now,
        )
        if row is None:
            return attempt
        row.join_code_tries = attempt.tries_used
        if not attempt.accepted:
            return attempt  # refused only after the commit, so that the try counts
        row.join_code_hash = row.join_code_until = None
        return _join(tx, row, label)

    answer = ctx.transaction(work)
    return answer if isinstance(answer, Opened) else _refuse(answer)


def make_code(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid) -> str:
    """Six digits for the screen of the door or the facilitator: ten minutes, five tries, and the last one counts.

    Raises NotFound("attendance_unknown") and WrongPhase("phone_not_in_room").
    """
    code = rules.join_code(secrets.randbelow(10**rules.JOIN_CODE_DIGITS))

    def work(tx: Tx) -> str:
        row = _locked(tx, meeting_id, attendance_uid)
        if row.entered_at is None or row.left_at is not None:
            raise WrongPhase("phone_not_in_room")
        row.join_code_hash = rules.hash_join_code(code, row.uid)
        row.join_code_until = tx.now + rules.JOIN_CODE_VALID
        row.join_code_tries = 0
        return code

    return ctx.transaction(work)


def release(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid) -> None:
    """The wrong phone joined: it is signed out, and the next one needs a code, or the same one would come back.

    Raises NotFound("attendance_unknown") and WrongPhase("no_phone").
    """

    def work(tx: Tx) -> None:
        row = _locked(tx, meeting_id, attendance_uid)
        if row.phone_session_id is None:
            raise WrongPhase("no_phone")
        let_go(tx, row)
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))

    ctx.transaction(work)


def let_go(tx: Tx, row: Attendance) -> None:
    """A helper of the use-cases: the phone is signed out; `phone_joined_at` remembers that there was one."""
    if row.phone_session_id is not None:
        tx.db.execute(
            update(SessionRow)
            .where(
                SessionRow.id == row.phone_session_id,
                SessionRow.joined_by_badge.is_(True),
                SessionRow.revoked_at.is_(None),
            )
            .values(revoked_at=tx.now)
        )
    row.phone_session_id = None


def _refuse(attempt: CodeTry) -> NoReturn:
    raise NotAllowed(attempt.reason or "join_code_wrong", left=attempt.tries_left)


def _of_badge(db: Session, badge_text: str, *, lock: bool = False) -> Attendance | None:
    """The attendance that a badge stands for today: in the open meeting of the badge's group."""
    try:
        badge = badges.find(db, badge_text)
    except RuleViolation:
        return None  # what is no code at all is as unknown as a wrong one
    if badge is None or badge.revoked_at is not None:
        return None
    question = (
        select(Attendance)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            Attendance.person_id == badge.person_id,
            Meeting.group_id == badge.group_id,
            Meeting.status == MeetingStatus.OPEN,
        )
        .options(joinedload(Attendance.person, innerjoin=True))
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
    if badge.meeting_id is not None:
        question = question.where(Meeting.id == badge.meeting_id)
    return db.scalar(question.with_for_update(of=Attendance) if lock else question)


def _seen_at_the_door(db: Session, row: Attendance) -> bool:
    """Whether somebody of the door saw the person: whoever checked themselves in brings no second fact."""
    by_self = db.scalar(
        select(CheckInEvent.by_self).where(CheckInEvent.attendance_id == row.id, CheckInEvent.is_open.is_(True))
    )
    return by_self is False


def _seen_by(db: Session, actor: Actor, row: Attendance, own: BadgeLook) -> BadgeLook:
    """Somebody else's badge in the hands of a signed-in person or a device."""
    if actor.person_id is None:
        return STRANGER
    together = db.scalar(
        select(Attendance.id).where(Attendance.meeting_id == row.meeting_id, Attendance.person_id == actor.person_id)
    )
    if together is None:
        return STRANGER
    return BadgeLook(
        "other",
        own.person_uid,
        own.meeting_uid,
        names.full_name(row.person.given_name, row.person.family_name),
        row.person.company,
    )


def _locked(tx: Tx, meeting_id: MeetingId, uid: Uid) -> Attendance:
    row = tx.db.scalar(
        select(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.uid == uid).with_for_update()
    )
    if row is None:
        raise NotFound("attendance_unknown")
    return row


def _join(tx: Tx, row: Attendance, label: str) -> Opened:
    let_go(tx, row)
    opened, session = sessions.open_session(
        tx, person_id=row.person_id, label=label, life=timedelta(days=ATTENDEE_DAYS), by_badge=True
    )
    row.phone_session_id = session.id
    row.phone_joined_at = tx.now
    tx.record(PhoneJoined(MeetingId(row.meeting_id), Uid(row.uid)))
    return opened
