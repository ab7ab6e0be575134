"""Who met whom, what they answered, what is owed: the questions behind proposals and lists.

Every question takes a group or one of its meetings.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import (
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    RoundPhase,
    StayInTouch,
    Uid,
)
from server.persistence.models import (
    Attendance,
    Contact,
    Exchange,
    FollowUp,
    Meeting,
    Membership,
    Person,
    Round,
    Seat,
)

_AFTER_ALL_ROUNDS = 1_000_000


@dataclass(frozen=True)
class Pair:
    """`owner` met `other` at a meeting, in a round or (None) by exchanging contacts. Pairs come both ways round."""

    owner: PersonId
    other: PersonId
    meeting_id: MeetingId
    round_number: int | None


def pairs(
    db: Session,
    group_id: GroupId,
    *,
    meeting_id: MeetingId | None = None,
    owner: PersonId | None = None,
) -> tuple[Pair, ...]:
    """Who met whom in rounds that ended and by accepted exchanges, of one meeting or all, of one owner or all.

    In the order of meetings and rounds, exchanges last. One statement.
    """
    one, other = aliased(Seat), aliased(Seat)
    mine, theirs = aliased(Attendance), aliased(Attendance)
    seated = (
        select(
            mine.person_id.label("owner"),
            theirs.person_id.label("other"),
            Meeting.id.label("meeting_id"),
            Meeting.starts_at,
            Round.number,
        )
        .select_from(Meeting)
        .join(Round, and_(Round.meeting_id == Meeting.id, Round.phase == RoundPhase.ENDED))
        .join(one, and_(one.round_id == Round.id, one.table_number > 0, one.missed.is_(False)))
        .join(
            other,
            and_(
                other.round_id == one.round_id,
                other.table_number == one.table_number,
                other.id != one.id,
                other.missed.is_(False),
            ),
        )
        .join(mine, mine.id == one.attendance_id)
        .join(theirs, theirs.id == other.attendance_id)
    )
    parts = [(seated, mine.person_id)]
    for asking, asked in ((Exchange.asker_id, Exchange.asked_id), (Exchange.asked_id, Exchange.asker_id)):
        exchanged = (
            select(asking, asked, Meeting.id, Meeting.starts_at, literal(_AFTER_ALL_ROUNDS))
            .select_from(Exchange)
            .join(Meeting, Meeting.id == Exchange.meeting_id)
            .where(Exchange.state == ExchangeState.ACCEPTED)
        )
        parts.append((exchanged, asking))
    wanted = []
    for part, person in parts:
        narrowed = part.where(Meeting.group_id == group_id)
        if meeting_id is not None:
            narrowed = narrowed.where(Meeting.id == meeting_id)
        if owner is not None:
            narrowed = narrowed.where(person == owner)
        wanted.append(narrowed)
    met = union_all(*wanted).subquery()
    rows = db.execute(
        select(met).order_by(met.c.starts_at, met.c.meeting_id, met.c.number, met.c.owner, met.c.other)
    )
    return tuple(
        Pair(
            PersonId(row.owner),
            PersonId(row.other),
            MeetingId(row.meeting_id),
            None if row.number == _AFTER_ALL_ROUNDS else int(row.number),
        )
        for row in rows
    )


def who_came(db: Session, meeting_id: MeetingId) -> Sequence[Person]:
    """Everybody who entered, in the order of the list."""
    return db.scalars(
        select(Person)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.meeting_id == meeting_id, Attendance.entered_at.is_not(None))
        .order_by(Attendance.id)
    ).all()


def answers(db: Session, people: Collection[PersonId]) -> dict[PersonId, dict[PersonId, StayInTouch]]:
    """What each of these people answered to "stay in touch?" about the others of them."""
    found: dict[PersonId, dict[PersonId, StayInTouch]] = {person: {} for person in people}
    question = select(Contact.owner_id, Contact.person_id, Contact.stay_in_touch).where(
        Contact.owner_id.in_(people), Contact.person_id.in_(people), Contact.stay_in_touch.is_not(None)
    )
    for owner, about, answer in db.execute(question):
        if answer is not None:
            found[PersonId(owner)][PersonId(about)] = answer
    return found


def one_to_ones_proposed(
    db: Session, group_id: GroupId, people: Collection[PersonId], since: datetime
) -> Sequence[FollowUp]:
    """One-to-ones that are planned, and those that were done or dropped since a moment."""
    return db.scalars(
        select(FollowUp)
        .where(
            FollowUp.group_id == group_id,
            FollowUp.kind == FollowUpKind.ONE_TO_ONE,
            FollowUp.owner_id.in_(people),
            or_(
                and_(FollowUp.done_at.is_(None), FollowUp.dropped_at.is_(None)),
                FollowUp.done_at >= since,
                FollowUp.dropped_at >= since,
            ),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()


def owed(
    db: Session,
    group_id: GroupId,
    owner: PersonId,
    *,
    meeting_id: MeetingId | None,
    closed_since: datetime | None,
) -> Sequence[tuple[FollowUp, Person, Meeting | None]]:
    """What somebody owes, by the day it is due: open ones, and those closed since a moment (None: all)."""
    question = (
        select(FollowUp, Person, Meeting)
        .join(Person, Person.id == FollowUp.about_id)
        .outerjoin(Meeting, Meeting.id == FollowUp.meeting_id)
        .where(FollowUp.group_id == group_id, FollowUp.owner_id == owner)
        .order_by(FollowUp.due_on, FollowUp.id)
    )
    if meeting_id is not None:
        question = question.where(FollowUp.meeting_id == meeting_id)
    if closed_since is not None:
        question = question.where(
            or_(
                and_(FollowUp.done_at.is_(None), FollowUp.dropped_at.is_(None)),
                FollowUp.done_at >= closed_since,
                FollowUp.dropped_at >= closed_since,
            )
        )
    return [(row, person, meeting) for row, person, meeting in db.execute(question)]


def own(db: Session, group_id: GroupId, owner: PersonId, uid: str, *, lock: bool = False) -> FollowUp | None:
    """One follow-up of its owner."""
    question = select(FollowUp).where(
        FollowUp.group_id == group_id, FollowUp.owner_id == owner, FollowUp.uid == uid
    )
    return db.scalar(question.with_for_update() if lock else question)


def people(
    db: Session, owner: PersonId, ids: Collection[PersonId]
) -> dict[PersonId, tuple[Person, Contact | None]]:
    """These people by key, each with what the owner wrote down about them. They were found through a scope before."""
    rows = db.execute(
        select(Person, Contact)
        .outerjoin(Contact, and_(Contact.person_id == Person.id, Contact.owner_id == owner))
        .where(Person.id.in_(ids))
    )
    return {PersonId(person.id): (person, card) for person, card in rows}


def meetings_attended(
    db: Session, group_id: GroupId, person_id: PersonId, *, limit: int
) -> Sequence[Meeting]:
    """The meetings of a group to which somebody came, newest first."""
    return db.scalars(
        select(Meeting)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Meeting.group_id == group_id,
            Attendance.person_id == person_id,
            Attendance.entered_at.is_not(None),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(limit)
    ).all()


def meetings(db: Session, group_id: GroupId, ids: Collection[MeetingId]) -> Sequence[Meeting]:
    """These meetings of a group."""
    return db.scalars(select(Meeting).where(Meeting.group_id == group_id, Meeting.id.in_(ids))).all()


def open_meetings(db: Session, group_id: GroupId, person_id: PersonId) -> frozenset[MeetingId]:
    """The open meetings of a group on whose list somebody is."""
    return frozenset(
        MeetingId(key)
        for key in db.scalars(
            select(Meeting.id)
            .join(Attendance, Attendance.meeting_id == Meeting.id)
            .where(
                Meeting.group_id == group_id,
                Meeting.status == MeetingStatus.OPEN,
                Attendance.person_id == person_id,
            )
        )
    )


def of_the_group(db: Session, group_id: GroupId, uid: Uid) -> Person | None:
    """Somebody who belongs to the group, as member or visitor, by uid."""
    return db.scalar(
        select(Person)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.group_id == group_id))
        .where(Person.uid == uid)
    )
