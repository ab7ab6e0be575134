"""Somebody whom nobody expected: a walk-in, or somebody who comes for somebody else of the list.

A name is enough. Person, badge (waiting to be printed) and entry are made in one transaction, with the meeting
locked, so that nobody is put on a list twice; whoever plans next seats them from the next round on.
"""

from dataclasses import dataclass

from sqlalchemy import select

from server.domain import attendance as rules
from server.domain import names
from server.domain.attendance import Admission
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import AttendanceStatus, DoorAnswer, MeetingId, MeetingStatus, Standing, Uid
from server.persistence.models import Attendance, Group, Meeting, Membership, Person, Substitute
from server.services import badges, door_book, door_known, visits
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import Desk


@dataclass(frozen=True)
class Newcomer:
    """A name as typed at the door; one name is enough."""

    given_name: str
    family_name: str = ""
    company: str = ""


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
    who = _checked(Newcomer(given_name, family_name, company))

    def work(tx: Tx) -> Json:
        meeting = _open_meeting(tx, meeting_id)
        row = _put(ctx, tx, meeting, who)
        return _in(ctx, tx, meeting, row, desk) | {"walk_in": True}

    return ctx.transaction(work, op=op)


def add_known(ctx: Context, *, meeting_id: MeetingId, person_uid: Uid, desk: Desk, op: Op | None = None) -> Json:
    """Somebody of the group whom nobody expected today. Raises NotFound("person_unknown") and as a walk-in."""

    def work(tx: Tx) -> Json:
        meeting = _open_meeting(tx, meeting_id)
        row = door_known.put(ctx, tx, meeting, person_uid)
        return _in(ctx, tx, meeting, row, desk) | {"walk_in": True}

    return ctx.transaction(work, op=op)


def come_for(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    absent_uid: Uid,
    who: Newcomer | None = None,
    known_uid: Uid | None = None,
    person_uid: Uid | None = None,
    desk: Desk,
    op: Op | None = None,
) -> Json:
    """Somebody comes for somebody else: `who` is new, `known_uid` of the list, or `person_uid` of the group. The other
    is substituted.

    Raises WrongPhase("already_came") when the other one is here, Conflict("substitute_taken") when somebody came for
    them already, RuleViolation("substitute_self"), and what a walk-in raises.
    """
    if known_uid == absent_uid:
        raise RuleViolation("substitute_self")
    new = _checked(who) if who is not None else None

    def work(tx: Tx) -> Json:
        meeting = _open_meeting(tx, meeting_id)
        absent = door_book.locked(tx, meeting_id, absent_uid)
        if absent.entered_at is not None:
            raise WrongPhase("already_came")
        if tx.db.scalar(select(Substitute.id).where(Substitute.stands_for_id == absent.id)) is not None:
            raise Conflict("substitute_taken")
        if new is not None:
            row = _put(ctx, tx, meeting, new)
        elif known_uid is not None:
            row = door_book.locked(tx, meeting_id, known_uid)
        elif person_uid is not None:
            row = door_known.put(ctx, tx, meeting, person_uid)
            if row.id == absent.id:
                raise RuleViolation("substitute_self")
        else:
            raise RuleViolation("name_missing")
        absent.status = AttendanceStatus.SUBSTITUTED
        tx.db.add(Substitute(attendance_id=row.id, stands_for_id=absent.id))
        tx.record(AttendanceChanged(meeting_id, absent_uid))
        return _in(ctx, tx, meeting, row, desk) | {"walk_in": new is not None}

    return ctx.transaction(work, op=op)


def _checked(who: Newcomer) -> Newcomer:
    given, family = rules.check_name(who.given_name, who.family_name)
    return Newcomer(given, family, names.tidy(who.company)[:160])


def _open_meeting(tx: Tx, meeting_id: MeetingId) -> Meeting:
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.status is not MeetingStatus.OPEN:
        raise WrongPhase("meeting_closed" if meeting.status is MeetingStatus.CLOSED else "doors_closed")
    return meeting


def _put(ctx: Context, tx: Tx, meeting: Meeting, who: Newcomer) -> Attendance:
    """A new person on the list, with a badge that waits to be printed."""
    person = Person(
        given_name=who.given_name,
        family_name=who.family_name,
        company=who.company,
        created_at=tx.now,
        search_key=names.search_key(who.given_name, who.family_name, who.company),
        sort_key=names.sort_key(who.family_name, who.given_name, tx.db.get_one(Group, meeting.group_id).language),
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
    return row


def _in(ctx: Context, tx: Tx, meeting: Meeting, row: Attendance, desk: Desk) -> Json:
    since = row.entered_at
    if since is not None and row.left_at is None:
        return door_book.told(tx, meeting, row, Admission(DoorAnswer.ALREADY_IN, since=since), desk)
    door_book.enter(tx, row, desk)
    answer = door_book.told(tx, meeting, row, Admission(DoorAnswer.WELCOME, since=tx.now), desk)
    return visits.said_at_door(ctx, tx, answer)
