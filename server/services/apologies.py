"""What a member says about a meeting to come from their own page: I cannot come, X comes for me, I am coming after all;
and the visitors whom they invited.

Nobody is taken off the list: whoever stands on it says where they stand, so that everything can be said otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from server.domain import attendance as rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.registration import RegistrationState
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    Standing,
    Uid,
)
from server.persistence.models import (
    Attendance,
    Group,
    Meeting,
    Membership,
    Person,
    Registration,
    RegistrationPage,
    Substitute,
)
from server.services import people, places, registrations
from server.services.context import Context, Json, Op, Tx
from server.services.people import PersonFields

SHOWN = 12
"""So many meetings stand on the page."""
STILL_ON = timedelta(hours=12)
"""A meeting that nobody closed stays this long after its start."""


@dataclass(frozen=True)
class Guest:
    """Somebody whom a member invited, and where they stand: on the list, waiting, or not coming."""

    name: str
    state: RegistrationState


@dataclass(frozen=True)
class Coming:
    """A meeting to come and what the person has said about it. `link`: to send to visitors, empty where it is shut."""

    uid: Uid
    name: str
    place: str
    starts_at: datetime
    time_zone: str
    status: AttendanceStatus
    substitute: str
    link: str
    guests: tuple[Guest, ...]

    @property
    def may_change(self) -> bool:
        """Until one is in the room."""
        return self.status is not AttendanceStatus.PRESENT


def listed(ctx: Context, group_id: GroupId, person_id: PersonId) -> tuple[Coming, ...]:
    """The next meetings on whose list somebody stands, the nearest first. Three statements."""
    stand_in, stand_for = aliased(Attendance), aliased(Person)
    now = ctx.now()
    question = (
        select(Attendance, Meeting, stand_for, RegistrationPage)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(Substitute, Substitute.stands_for_id == Attendance.id)
        .outerjoin(stand_in, stand_in.id == Substitute.attendance_id)
        .outerjoin(stand_for, stand_for.id == stand_in.person_id)
        .outerjoin(RegistrationPage, RegistrationPage.meeting_id == Meeting.id)
        .where(
            Attendance.person_id == person_id,
            Meeting.group_id == group_id,
            Meeting.status != MeetingStatus.CLOSED,
            Meeting.starts_at > now - STILL_ON,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(SHOWN)
    )
    with ctx.reading() as db:
        rows = db.execute(question).all()
        guests = _guests(db, person_id, [meeting.id for _, meeting, _, _ in rows])
        return tuple(
            Coming(
                uid=Uid(meeting.uid),
                name=meeting.name,
                place=meeting.place,
                starts_at=meeting.starts_at,
                time_zone=meeting.time_zone,
                status=row.status,
                substitute=names.full_name(other.given_name, other.family_name) if other else "",
                link=_link(ctx, row, meeting, page, now),
                guests=tuple(guests.get(meeting.id, ())),
            )
            for row, meeting, other, page in rows
        )


def _link(ctx: Context, row: Attendance, meeting: Meeting, page: RegistrationPage | None, now: datetime) -> str:
    """A member's own link, while visitors may register."""
    if row.standing is not Standing.MEMBER or page is None or not page.is_on:
        return ""
    return registrations.invitation_link(ctx, row.uid) if now < (page.closes_at or meeting.starts_at) else ""


def _guests(db: Session, person_id: PersonId, meetings: list[int]) -> dict[int, list[Guest]]:
    """Whom somebody invited, by meeting: those of the list and those who wait for a place. Two statements."""
    found: dict[int, dict[int, Guest]] = {}
    of_list = db.execute(
        select(Attendance.meeting_id, Attendance.status, Person)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Substitute, Substitute.attendance_id == Attendance.id)
        .where(Attendance.meeting_id.in_(meetings), Attendance.invited_by_id == person_id, Substitute.id.is_(None))
        .order_by(Person.sort_key, Person.id)
    )
    for meeting_id, status, person in of_list:
        state = RegistrationState.WITHDRAWN if status in rules.AWAY else RegistrationState.LISTED
        found.setdefault(meeting_id, {})[person.id] = _guest(person, state)
    waiting = db.execute(
        select(Registration.meeting_id, Person)
        .join(Person, Person.id == Registration.person_id)
        .where(
            Registration.meeting_id.in_(meetings),
            Registration.invited_by_id == person_id,
            Registration.state == RegistrationState.WAITING,
        )
        .order_by(Registration.queued_at, Registration.id)
    )
    for meeting_id, person in waiting:
        found.setdefault(meeting_id, {})[person.id] = _guest(person, RegistrationState.WAITING)
    return {meeting_id: list(guests.values()) for meeting_id, guests in found.items()}


def _guest(person: Person, state: RegistrationState) -> Guest:
    return Guest(names.full_name(person.given_name, person.family_name), state)


def apologise(ctx: Context, *, meeting_id: MeetingId, person_id: PersonId, op: Op | None = None) -> Json:
    """I cannot come; whoever waits longest gets the place. Answers `{status}`.

    Raises NotFound("attendance_unknown"), WrongPhase("already_came" | "meeting_is_closed").
    """

    def work(tx: Tx) -> Json:
        _, row = _mine(tx, meeting_id, person_id)
        status = rules.apologise(row.status)
        _send_away(tx, row)
        row.status = status
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        places.move_up(ctx, tx, meeting_id)
        return {"status": row.status.value}

    return ctx.transaction(work, op=op)


def send(ctx: Context, *, meeting_id: MeetingId, person_id: PersonId, who: PersonFields, op: Op | None = None) -> Json:
    """Somebody comes for me: they take the place, with a badge of their own. Answers `{status, name}`.

    Somebody else named before is not coming any more. Raises what `apologise` and `people.checked` raise, and
    RuleViolation("substitute_self"), WrongPhase("substitute_is_here").
    """
    fields = people.checked(who)
    words = sorted(names.query_words(names.full_name(fields.given_name, fields.family_name)))

    def work(tx: Tx) -> Json:
        meeting, row = _mine(tx, meeting_id, person_id)
        rules.apologise(row.status)  # whoever is in the room needs nobody
        me = tx.db.get_one(Person, person_id)
        if sorted(names.query_words(names.full_name(me.given_name, me.family_name))) == words:
            raise RuleViolation("substitute_self", field="given_name")
        _send_away(tx, row)
        line = _line_of(ctx, tx, meeting, row, _stand_in(tx, meeting, me, fields, words))
        tx.db.add(Substitute(attendance_id=line.id, stands_for_id=row.id))
        row.status = AttendanceStatus.SUBSTITUTED
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"status": row.status.value, "name": names.full_name(fields.given_name, fields.family_name)}

    return ctx.transaction(work, op=op)


def come_after_all(ctx: Context, *, meeting_id: MeetingId, person_id: PersonId, op: Op | None = None) -> Json:
    """What was said is taken back: expected again, and nobody comes in my place. Answers `{status}`.

    Raises NotFound("attendance_unknown"), WrongPhase("substitute_is_here" | "meeting_is_closed").
    """

    def work(tx: Tx) -> Json:
        meeting, row = _mine(tx, meeting_id, person_id)
        _send_away(tx, row)
        row.status = rules.expect_again(row.status, meeting.status)
        places.give_badge(ctx, tx, meeting, person_id, row.standing)
        tx.record(AttendanceChanged(meeting_id, Uid(row.uid)))
        return {"status": row.status.value}

    return ctx.transaction(work, op=op)


def substitutes(ctx: Context, meeting_id: MeetingId) -> dict[Uid, str]:
    """Who comes for whom at a meeting: the line of the absent one to the name of the other. One statement."""
    absent = aliased(Attendance)
    with ctx.reading() as db:
        rows = db.execute(
            select(absent.uid, Person.given_name, Person.family_name)
            .join(Substitute, Substitute.stands_for_id == absent.id)
            .join(Attendance, Attendance.id == Substitute.attendance_id)
            .join(Person, Person.id == Attendance.person_id)
            .where(absent.meeting_id == meeting_id)
        )
        return {Uid(uid): names.full_name(given, family) for uid, given, family in rows}


def _mine(tx: Tx, meeting_id: MeetingId, person_id: PersonId) -> tuple[Meeting, Attendance]:
    """The own line, in a meeting that is locked: nobody gets two substitutes."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    meeting_rules.check_changeable(meeting.status)
    row = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id, Attendance.person_id == person_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound("attendance_unknown")
    return meeting, row


def _send_away(tx: Tx, row: Attendance) -> None:
    """Whoever was named before is not coming. Raises WrongPhase("substitute_is_here")."""
    before = tx.db.scalar(select(Substitute).where(Substitute.stands_for_id == row.id))
    if before is None:
        return
    other = tx.db.get_one(Attendance, before.attendance_id, with_for_update=True)
    if other.entered_at is not None:
        raise WrongPhase("substitute_is_here")
    other.status = AttendanceStatus.APOLOGISED
    tx.db.delete(before)
    tx.db.flush()
    tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(other.uid)))


def _stand_in(tx: Tx, meeting: Meeting, me: Person, fields: PersonFields, words: list[str]) -> Person:
    """Somebody of the group who is no member and has this very name, otherwise somebody new, invited by `me`."""
    known = tx.db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == meeting.group_id,
            Membership.standing != Standing.MEMBER,
            Person.search_key.contains(words[0] if words else fields.given_name),
        )
        .order_by(Person.id)
    )
    alike = [
        each
        for each in known
        if sorted(names.query_words(names.full_name(each.given_name, each.family_name))) == words
        and fields.company.casefold() in ("", each.company.casefold())
    ]
    if len(alike) == 1:
        return alike[0]
    group = tx.db.get_one(Group, meeting.group_id)
    person = Person(created_at=tx.now, **vars(fields), **people.keys_of(fields, group.language))
    tx.db.add(person)
    tx.db.flush()
    tx.db.add(Membership(group_id=group.id, person_id=person.id, standing=Standing.VISITOR, invited_by_id=me.id))
    return person


def _line_of(ctx: Context, tx: Tx, meeting: Meeting, row: Attendance, person: Person) -> Attendance:
    """The line of whoever comes for me; somebody who comes anyway cannot."""
    line = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.person_id == person.id)
        .with_for_update()
    )
    if line is None:
        return places.put(ctx, tx, meeting, PersonId(person.id), Standing.VISITOR, invited_by=row.person_id)
    if line.status not in rules.AWAY:
        raise RuleViolation("substitute_expected", field="given_name")
    line.status = rules.expect_again(line.status, meeting.status)
    places.give_badge(ctx, tx, meeting, PersonId(person.id), line.standing)
    tx.record(AttendanceChanged(MeetingId(meeting.id), Uid(line.uid)))
    return line
