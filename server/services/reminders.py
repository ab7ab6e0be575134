"""Messages to one person at a time: who is written to, who has been, and sending them where a mail server is set.

Whoever has a line here was written to by hand, or the mail server took a letter for them; each may be taken back.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from server.domain import attendance as attendance_rules
from server.domain import names
from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.messages import MessageKind, MessageState
from server.domain.vocabulary import AttendanceStatus, MeetingId, PersonId, Standing, Uid
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Meeting, Message, Person, Registration
from server.services import mailing, registrations, signed_links
from server.services.context import Context, Tx

LOST_AFTER = timedelta(minutes=5)
"""A letter that is on its way so long was left by a process that died."""


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to, with the ways there are, and how far it has come. `own_link`: of their registration."""

    uid: Uid
    person_id: PersonId
    given_name: str
    name: str
    email: str
    phone: str
    standing: Standing
    own_link: str
    state: MessageState
    problem: str
    changed_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """What one person is told; made by whoever knows the words."""

    subject: str
    text: str


def listed(ctx: Context, meeting_id: MeetingId, kind: MessageKind) -> tuple[Recipient, ...]:
    """Whom a message of this kind is for, by name: who is expected; or of those, who waited and got a place.

    Two statements. Raises nothing: a closed meeting is written to as well, if somebody wants to.
    """
    question = (
        select(Attendance, Person, Message)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(
            Message,
            (Message.meeting_id == Attendance.meeting_id)
            & (Message.person_id == Attendance.person_id)
            & (Message.kind == kind),
        )
        .where(Attendance.meeting_id == meeting_id, Attendance.status.not_in(attendance_rules.AWAY))
        .order_by(Person.sort_key, Attendance.id)
    )
    if kind is MessageKind.REMINDER:
        question = question.where(Attendance.status != AttendanceStatus.PRESENT)
    now = ctx.now()
    with ctx.reading() as db:
        registered = {
            row.person_id: row
            for row in db.scalars(
                select(Registration).where(Registration.meeting_id == meeting_id, Registration.made_line.is_(True))
            )
        }
        rows = [
            (line, person, message)
            for line, person, message in db.execute(question)
            if kind is not MessageKind.MOVED_UP
            or (person.id in registered and registered[person.id].moved_up_at is not None)
        ]
        return tuple(
            _recipient(ctx, line, person, message, registered.get(person.id), now) for line, person, message in rows
        )


def _recipient(
    ctx: Context,
    line: Attendance,
    person: Person,
    message: Message | None,
    registration: Registration | None,
    now: datetime,
) -> Recipient:
    state = message.state if message else MessageState.OPEN
    problem = message.problem if message else ""
    if message is not None and _is_lost(message, now):
        state, problem = MessageState.FAILED, "mail_line_lost"
    return Recipient(
        uid=Uid(line.uid),
        person_id=PersonId(person.id),
        given_name=person.given_name,
        name=names.full_name(person.given_name, person.family_name),
        email=person.email,
        phone=person.phone,
        standing=line.standing,
        own_link=signed_links.make(ctx, registrations.OWN, registration.uid) if registration else "",
        state=state,
        problem=problem,
        changed_at=message.changed_at if message else None,
    )


def _is_lost(message: Message, now: datetime) -> bool:
    return message.state is MessageState.SENDING and now - message.changed_at > LOST_AFTER


def mark_written(ctx: Context, *, meeting_id: MeetingId, kind: MessageKind, attendance_uid: str) -> None:
    """Somebody wrote the message by hand. Twice is once. Raises NotFound("attendance_unknown")."""

    def work(tx: Tx) -> None:
        person_id = _person(tx, meeting_id, attendance_uid)
        _write(tx, meeting_id, person_id, kind, MessageState.WRITTEN)

    ctx.transaction(work)


def take_back(ctx: Context, *, meeting_id: MeetingId, kind: MessageKind, attendance_uid: str) -> None:
    """It was not written after all. A letter that was sent stays sent: the mark alone goes.

    Raises NotFound("attendance_unknown").
    """

    def work(tx: Tx) -> None:
        row = _row(tx, meeting_id, _person(tx, meeting_id, attendance_uid), kind)
        if row is not None:
            tx.db.delete(row)

    ctx.transaction(work)


def send(ctx: Context, *, meeting_id: MeetingId, kind: MessageKind, letters: Mapping[Uid, Letter], name: str) -> int:
    """Send letters to those of the list who have an address and were not written to; gives how many are on their way.

    `letters` by line of the list, `name` is who they come from. Answers before they are sent.
    Raises RuleViolation("mail_not_set_up" | "mail_not_private"), Conflict("mail_under_way").
    """
    mailing.check(ctx)
    found = {person.uid: person for person in listed(ctx, meeting_id, kind)}
    if any(person.state is MessageState.SENDING for person in found.values()):
        raise Conflict("mail_under_way")
    wanted = [
        (found[uid], letter)
        for uid, letter in letters.items()
        if uid in found and found[uid].email and not found[uid].state.is_done
    ]

    def work(tx: Tx) -> list[tuple[Uid, str]]:
        # Two who press at once take turns, and the second finds the letters on their way.
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        taken = []
        for person, _ in wanted:
            row = _row(tx, meeting_id, person.person_id, kind)
            if row is not None and (
                row.state.is_done or (row.state is MessageState.SENDING and not _is_lost(row, tx.now))
            ):
                continue
            taken.append((person.uid, _write(tx, meeting_id, person.person_id, kind, MessageState.SENDING)))
        return taken

    keys = dict(ctx.transaction(work))
    post = [
        {"uid": keys[person.uid], "to": person.email, "subject": letter.subject, "text": letter.text}
        for person, letter in wanted
        if person.uid in keys
    ]
    mailing.dispatch(ctx, post, name, _settle)
    return len(post)


def _settle(ctx: Context, uids: Sequence[str], problem: str) -> None:
    """What became of letters that are on their way."""

    def work(tx: Tx) -> None:
        for row in tx.db.scalars(
            select(Message).where(Message.uid.in_(uids), Message.state == MessageState.SENDING).with_for_update()
        ):
            row.state = MessageState.FAILED if problem else MessageState.SENT
            row.problem, row.changed_at = problem, tx.now

    # A group whose database is busy finds these letters lost after a while, and may send them again.
    with contextlib.suppress(RuleViolation):
        ctx.transaction(work)


def _person(tx: Tx, meeting_id: MeetingId, attendance_uid: str) -> PersonId:
    found = tx.db.scalar(
        select(Attendance.person_id).where(Attendance.meeting_id == meeting_id, Attendance.uid == attendance_uid)
    )
    if found is None:
        raise NotFound("attendance_unknown")
    return PersonId(found)


def _row(tx: Tx, meeting_id: MeetingId, person_id: PersonId, kind: MessageKind) -> Message | None:
    return tx.db.scalar(
        select(Message)
        .where(Message.meeting_id == meeting_id, Message.person_id == person_id, Message.kind == kind)
        .with_for_update()
    )


def _write(tx: Tx, meeting_id: MeetingId, person_id: PersonId, kind: MessageKind, state: MessageState) -> str:
    row = _row(tx, meeting_id, person_id, kind)
    if row is None:
        row = Message(uid=new_uid(), meeting_id=meeting_id, person_id=person_id, kind=kind)
        tx.db.add(row)
    if row.state is None or not row.state.is_done or state is MessageState.SENDING:
        row.state, row.problem, row.changed_at = state, "", tx.now
    tx.db.flush()
    return row.uid
