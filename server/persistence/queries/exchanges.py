"""Who opened which field to others, who exchanged contacts with whom, and whom somebody met at a meeting.

Of the lines of consent about one field the latest counts. A field is shown only through an accepted exchange.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import (
    ContactField,
    ExchangeState,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    RoundPhase,
)
from server.persistence.models import Attendance, Consent, Exchange, Meeting, Person, Round, Seat

_LaterConsent = aliased(Consent)
_STANDS = and_(
    Consent.given,
    ~exists(
        select(_LaterConsent.id).where(
            _LaterConsent.person_id == Consent.person_id,
            _LaterConsent.field == Consent.field,
            _LaterConsent.id > Consent.id,
        )
    ),
)
"""The line of consent is a yes and the last word about its field."""


@dataclass(frozen=True)
class Circle:
    """One person's exchanges at one meeting: the other person of each, and what everybody in it has opened."""

    rows: tuple[tuple[Exchange, Person], ...]
    open_fields: dict[PersonId, frozenset[ContactField]]


def open_fields(db: Session, people: Iterable[PersonId]) -> dict[PersonId, frozenset[ContactField]]:
    """What each of these people has opened to others. One statement."""
    found: dict[PersonId, set[ContactField]] = {person: set() for person in people}
    for person, field in db.execute(
        select(Consent.person_id, Consent.field).where(Consent.person_id.in_(found), _STANDS)
    ):
        found[PersonId(person)].add(field)
    return {person: frozenset(fields) for person, fields in found.items()}


def circle(db: Session, meeting_id: MeetingId, person_id: PersonId) -> Circle:
    """The exchanges of a person at a meeting, oldest first, with everybody's open fields. One statement."""
    mine = and_(Exchange.meeting_id == meeting_id, _with(person_id))
    people = (
        select(Exchange.asked_id)
        .where(Exchange.meeting_id == meeting_id, Exchange.asker_id == person_id)
        .union_all(
            select(Exchange.asker_id).where(Exchange.meeting_id == meeting_id, Exchange.asked_id == person_id),
            select(Person.id).where(Person.id == person_id),
        )
    )
    question = (
        select(Person, Exchange, Consent.field)
        .outerjoin(
            Exchange,
            and_(mine, or_(Exchange.asker_id == Person.id, Exchange.asked_id == Person.id), Person.id != person_id),
        )
        .outerjoin(Consent, and_(Consent.person_id == Person.id, _STANDS))
        .where(Person.id.in_(people))
        .order_by(Exchange.asked_at, Exchange.id)
    )
    rows: dict[int, tuple[Exchange, Person]] = {}
    fields: defaultdict[PersonId, set[ContactField]] = defaultdict(set)
    for person, exchange, field in db.execute(question):
        if exchange is not None:
            rows[exchange.id] = (exchange, person)
        if field is not None:
            fields[PersonId(person.id)].add(field)
    return Circle(tuple(rows.values()), {person: frozenset(opened) for person, opened in fields.items()})


def circles(db: Session, meeting_id: MeetingId, people: Collection[PersonId]) -> dict[PersonId, Circle]:
    """The same of several people. At most three statements."""
    wanted = set(people)
    found = db.scalars(
        select(Exchange)
        .where(Exchange.meeting_id == meeting_id, or_(Exchange.asker_id.in_(wanted), Exchange.asked_id.in_(wanted)))
        .order_by(Exchange.asked_at, Exchange.id)
    ).all()
    if not found:
        return {person: Circle((), {}) for person in wanted}
    in_them = {PersonId(key) for each in found for key in (each.asker_id, each.asked_id)}
    persons = {row.id: row for row in db.scalars(select(Person).where(Person.id.in_(in_them)))}
    opened = open_fields(db, in_them | wanted)
    rows: defaultdict[PersonId, list[tuple[Exchange, Person]]] = defaultdict(list)
    for each in found:
        rows[PersonId(each.asker_id)].append((each, persons[each.asked_id]))
        rows[PersonId(each.asked_id)].append((each, persons[each.asker_id]))
    return {person: Circle(tuple(rows[person]), opened) for person in wanted}


def accepted(db: Session, group_id: GroupId, one: PersonId, other: PersonId) -> list[Exchange]:
    """The accepted exchanges of two people at meetings of a group, locked. One statement."""
    question = (
        select(Exchange)
        .join(Meeting, Meeting.id == Exchange.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Exchange.state == ExchangeState.ACCEPTED,
            or_(
                and_(Exchange.asker_id == one, Exchange.asked_id == other),
                and_(Exchange.asker_id == other, Exchange.asked_id == one),
            ),
        )
        .order_by(Exchange.id)
        .with_for_update(of=Exchange)
    )
    return list(db.scalars(question))


def granted(
    db: Session, group_id: GroupId, owner: PersonId, people: Collection[PersonId] | None = None
) -> dict[PersonId, tuple[Person, frozenset[ContactField]]]:
    """Everybody whose contacts the owner got at meetings of a group, with what is open today. One statement.

    With `people` for these only.
    """
    question = (
        select(Person, Consent.field)
        .join(Exchange, and_(_with(owner), or_(Exchange.asker_id == Person.id, Exchange.asked_id == Person.id)))
        .join(Meeting, Meeting.id == Exchange.meeting_id)
        .outerjoin(Consent, and_(Consent.person_id == Person.id, _STANDS))
        .where(Meeting.group_id == group_id, Exchange.state == ExchangeState.ACCEPTED, Person.id != owner)
    )
    if people is not None:
        question = question.where(Person.id.in_(people))
    found: dict[PersonId, tuple[Person, set[ContactField]]] = {}
    for person, field in db.execute(question):
        opened = found.setdefault(PersonId(person.id), (person, set()))[1]
        if field is not None:
            opened.add(field)
    return {key: (person, frozenset(fields)) for key, (person, fields) in found.items()}


def hearers(
    db: Session, person_id: PersonId, since: datetime, states: Collection[ExchangeState]
) -> dict[MeetingId, frozenset[PersonId]]:
    """Who has an exchange with somebody, by meeting: open ones and those closed after `since`. One statement."""
    question = (
        select(Exchange.meeting_id, Exchange.asker_id, Exchange.asked_id)
        .join(Meeting, Meeting.id == Exchange.meeting_id)
        .where(
            _with(person_id),
            Exchange.state.in_(states),
            or_(Meeting.status == MeetingStatus.OPEN, Meeting.closed_at > since),
        )
    )
    found: defaultdict[MeetingId, set[PersonId]] = defaultdict(set)
    for meeting_id, asker, asked in db.execute(question):
        found[MeetingId(meeting_id)] |= {PersonId(asker), PersonId(asked)}
    return {meeting: frozenset(people) for meeting, people in found.items()}


def met_in_rounds(
    db: Session, meeting_id: MeetingId, person_id: PersonId
) -> list[tuple[Person, tuple[int, ...]]]:
    """With whom somebody really sat in the rounds that ended, and in which; in the order they met. One statement."""
    own, other, theirs = aliased(Seat), aliased(Seat), aliased(Attendance)
    question = (
        select(Person, Round.number)
        .select_from(Round)
        .join(own, and_(own.round_id == Round.id, own.table_number > 0, own.missed.is_(False)))
        .join(Attendance, and_(Attendance.id == own.attendance_id, Attendance.person_id == person_id))
        .join(
            other,
            and_(
                other.round_id == own.round_id,
                other.table_number == own.table_number,
                other.id != own.id,
                other.missed.is_(False),
            ),
        )
        .join(theirs, theirs.id == other.attendance_id)
        .join(Person, Person.id == theirs.person_id)
        .where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.ENDED)
        .order_by(Round.number, Person.sort_key, Person.id)
    )
    people: dict[int, Person] = {}
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for person, number in db.execute(question):
        people[person.id] = person
        numbers[person.id].append(int(number))
    return [(person, tuple(numbers[key])) for key, person in people.items()]


@dataclass(frozen=True)
class SatTogether:
    """The round in which two people last sat together before a meeting."""

    starts_at: datetime
    time_zone: str
    number: int


def sat_together(
    db: Session, group_id: GroupId, one: PersonId, other: PersonId, *, before: datetime
) -> SatTogether | None:
    """When two people last sat together at meetings of a group that began before a moment. One statement."""
    mine, theirs = aliased(Seat), aliased(Seat)
    who, whom = aliased(Attendance), aliased(Attendance)
    found = db.execute(
        select(Meeting.starts_at, Meeting.time_zone, Round.number)
        .select_from(who)
        .join(mine, and_(mine.attendance_id == who.id, mine.table_number > 0, mine.missed.is_(False)))
        .join(Round, and_(Round.id == mine.round_id, Round.phase == RoundPhase.ENDED))
        .join(Meeting, and_(Meeting.id == Round.meeting_id, Meeting.group_id == group_id, Meeting.starts_at < before))
        .join(
            theirs,
            and_(
                theirs.round_id == mine.round_id,
                theirs.table_number == mine.table_number,
                theirs.missed.is_(False),
            ),
        )
        .join(whom, and_(whom.id == theirs.attendance_id, whom.person_id == other))
        .where(who.person_id == one)
        .order_by(Meeting.starts_at.desc(), Round.number.desc())
        .limit(1)
    ).one_or_none()
    return SatTogether(found[0], found[1], int(found[2])) if found else None


def _with(person_id: PersonId) -> ColumnElement[bool]:
    return or_(Exchange.asker_id == person_id, Exchange.asked_id == person_id)
