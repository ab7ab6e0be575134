"""The list of a meeting before anybody stands at the door: who is added, who excuses themselves, who brings a visitor.

The meeting's row is locked first where somebody is added, so that nobody is put on a list twice. Doors hear of
every line. In an open meeting whoever is added gets a badge at once.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from server.domain import attendance as rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, Group, Meeting, Membership, Person
from server.services import action_log, places, visits
from server.services.context import Context, Op, Tx

OFFERED = 12
"""How many people of the group's list are offered at once."""


@dataclass(frozen=True)
class Known:
    """Somebody of the group who is not on the list of the meeting."""

    uid: Uid
    name: str
    company: str
    standing: Standing
    visits: visits.Visits
    """How often they have visited; who has used up what is allowed is told so, and may be added all the same."""


@dataclass(frozen=True)
class Inviter:
    """Somebody of the list who may have invited a visitor."""

    uid: Uid
    name: str


@dataclass(frozen=True)
class Visitor:
    """A visitor as typed; `invited_by` is the uid of a person of the group, or empty."""

    given_name: str
    family_name: str = ""
    company: str = ""
    invited_by: str = ""
    somebody_else: bool = False
    """The name is known in the group, but this is another person."""


def candidates(ctx: Context, meeting_id: MeetingId, text: str = "") -> tuple[Known, ...]:
    """People of the group who are not on the list and whose name or company has every word, by name. Five statements.

    Former members are found too, because they come back as visitors.
    """
    here = select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)
    question = (
        select(Person, Membership.standing)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == bindparam("group"),
            Person.id.not_in(here),
            *(
                or_(Person.search_key.startswith(word), Person.search_key.contains(f" {word}"))
                for word in names.query_words(text)
            ),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(OFFERED)
    )
    with ctx.reading() as db:
        group_id = GroupId(db.get_one(Meeting, meeting_id).group_id)
        found = [(person, standing) for person, standing in db.execute(question, {"group": group_id})]
        visited = visits.of_many(ctx, db, group_id, [person for person, _ in found]) if found else {}
        return tuple(
            Known(
                Uid(person.uid),
                names.full_name(person.given_name, person.family_name),
                person.company,
                standing,
                visited[PersonId(person.id)],
            )
            for person, standing in found
        )


def inviters(ctx: Context, meeting_id: MeetingId) -> tuple[Inviter, ...]:
    """The members on the list of a meeting, by name. One statement."""
    question = (
        select(Person.uid, Person.given_name, Person.family_name)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.meeting_id == meeting_id, Attendance.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    )
    with ctx.reading() as db:
        return tuple(Inviter(Uid(uid), names.full_name(given, family)) for uid, given, family in db.execute(question))


def add(ctx: Context, *, meeting_id: MeetingId, person_uid: Uid, op: Op | None = None) -> str:
    """Somebody of the group is expected. Answers with the name; adding twice is adding once.

    Raises NotFound("person_unknown") for somebody of another group, WrongPhase("meeting_is_closed").
    """

    def work(tx: Tx) -> str:
        meeting = _changeable(tx, meeting_id)
        found = tx.db.execute(
            select(Person, Membership)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.uid == person_uid, Membership.group_id == meeting.group_id)
        ).one_or_none()
        if found is None:
            raise NotFound("person_unknown")
        person, membership = found
        standing = Standing.MEMBER if membership.standing is Standing.MEMBER else Standing.VISITOR
        known = tx.db.scalar(
            select(Attendance.id).where(Attendance.meeting_id == meeting_id, Attendance.person_id == person.id)
        )
        if known is None:
            places.put(ctx, tx, meeting, PersonId(person.id), standing, invited_by=membership.invited_by_id)
        return names.full_name(person.given_name, person.family_name)

    return str(ctx.transaction(work, op=op))


def add_visitor(ctx: Context, *, meeting_id: MeetingId, visitor: Visitor, op: Op | None = None) -> str:
    """Somebody new is expected as a visitor. Answers with the name.

    Raises RuleViolation("name_missing" | "name_too_long" | "text_too_long"), NotFound("person_unknown") for an
    inviter of another group, Conflict("visitor_known") when the group knows the name already.
    """
    given, family = rules.check_name(visitor.given_name, visitor.family_name)
    company = names.tidy(visitor.company)
    if len(company) > 160:
        raise RuleViolation("text_too_long", field="company", most=160)

    def work(tx: Tx) -> str:
        meeting = _changeable(tx, meeting_id)
        group = tx.db.get_one(Group, meeting.group_id)
        name = names.full_name(given, family)
        if not visitor.somebody_else and _is_known(tx.db, group.id, name):
            raise Conflict("visitor_known", name=name, field="given_name")
        inviter = _inviter(tx.db, group.id, visitor.invited_by)
        person = Person(
            given_name=given or family,
            family_name=family if given else "",
            company=company,
            created_at=tx.now,
        )
        person.search_key = names.search_key(person.given_name, person.family_name, company)
        person.sort_key = names.sort_key(person.family_name, person.given_name, group.language)
        tx.db.add(person)
        tx.db.flush()
        tx.db.add(Membership(group_id=group.id, person_id=person.id, standing=Standing.VISITOR, invited_by_id=inviter))
        places.put(ctx, tx, meeting, PersonId(person.id), Standing.VISITOR, invited_by=inviter)
        return name

    return str(ctx.transaction(work, op=op))


def apologise(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, by: PersonId | None = None) -> None:
    """Somebody is not coming, or did not; whoever waits longest gets the place. The log says who wrote it down, also
    after the meeting. Raises WrongPhase("already_came").
    """

    def work(tx: Tx) -> None:
        _, row = _line(tx, meeting_id, attendance_uid)
        row.status = rules.apologise(row.status)
        action_log.note(tx, meeting_id=meeting_id, key="apologised", params={"person": attendance_uid}, by=by)
        tx.record(AttendanceChanged(meeting_id, attendance_uid))
        places.move_up(ctx, tx, meeting_id)

    ctx.transaction(work)


def expect_again(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, by: PersonId | None = None) -> None:
    """Somebody is coming after all; where the doors are open, with a badge."""

    def work(tx: Tx) -> None:
        meeting, row = _line(tx, meeting_id, attendance_uid)
        row.status = rules.expect_again(row.status, meeting.status)
        key = "coming_after_all" if row.status is AttendanceStatus.EXPECTED else "not_excused"
        action_log.note(tx, meeting_id=meeting_id, key=key, params={"person": attendance_uid}, by=by)
        places.give_badge(ctx, tx, meeting, PersonId(row.person_id), row.standing)
        tx.record(AttendanceChanged(meeting_id, attendance_uid))

    ctx.transaction(work)


def _changeable(tx: Tx, meeting_id: MeetingId) -> Meeting:
    """The meeting, locked: two organisers never add the same person twice."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    meeting_rules.check_changeable(meeting.status)
    return meeting


def _line(tx: Tx, meeting_id: MeetingId, uid: Uid) -> tuple[Meeting, Attendance]:
    row = tx.db.scalar(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
        .options(joinedload(Attendance.person, innerjoin=True))
        .with_for_update(of=Attendance)
    )
    if row is None:
        raise NotFound("attendance_unknown")
    return tx.db.get_one(Meeting, meeting_id), row


def _is_known(db: Session, group_id: int, name: str) -> bool:
    """Whether the group has somebody of this very name, however it is spelled."""
    words = names.query_words(name)
    found = db.execute(
        select(Person.given_name, Person.family_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Person.search_key.contains(words[0] if words else name))
    )
    return any(names.query_words(names.full_name(given, family)) == words for given, family in found)


def _inviter(db: Session, group_id: int, uid: str) -> int | None:
    if not uid:
        return None
    found = db.scalar(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.uid == uid, Membership.group_id == group_id)
    )
    if found is None:
        raise NotFound("person_unknown", field="invited_by")
    return found
