"""What one person did for others and others for them: entries, one-to-ones, visitors they brought."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from server.domain.vocabulary import GroupId, PersonId, Standing
from server.persistence.models import Activity, Attendance, Meeting, Membership, OneToOne, Person
from server.persistence.queries.visits import GROUP, was_first, was_visit


def of_person(db: Session, group_id: GroupId, person: PersonId, since: date) -> Sequence[Activity]:
    """The entries somebody wrote or that name them, newest first."""
    return db.scalars(
        select(Activity)
        .where(
            Activity.group_id == group_id,
            Activity.held_on >= since,
            or_(Activity.person_id == person, Activity.other_id == person),
        )
        .order_by(Activity.held_on.desc(), Activity.id.desc())
        .options(joinedload(Activity.person, innerjoin=True), joinedload(Activity.other))
    ).all()


def own(db: Session, group_id: GroupId, person: PersonId, uid: str) -> Activity | None:
    """An entry of one of its two people, locked."""
    return db.scalar(
        select(Activity)
        .where(
            Activity.group_id == group_id,
            Activity.uid == uid,
            or_(Activity.person_id == person, Activity.other_id == person),
        )
        .with_for_update(of=Activity)
        .execution_options(populate_existing=True)
    )


def one_to_ones(db: Session, group_id: GroupId, person: PersonId, since: date) -> Sequence[tuple[str, str, date, bool]]:
    """One-to-ones somebody had since a day and at least one of the two confirmed, newest first: the other's names, the
    day, whether both confirmed.
    """
    both = and_(OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None))
    other = case((OneToOne.first_id == person, OneToOne.second_id), else_=OneToOne.first_id)
    rows = db.execute(
        select(Person.given_name, Person.family_name, OneToOne.held_on, both)
        .join(Person, Person.id == other)
        .where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            or_(OneToOne.first_id == person, OneToOne.second_id == person),
            or_(OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None)),
        )
        .order_by(OneToOne.held_on.desc(), OneToOne.id.desc())
    )
    return [(given, family, on, bool(confirmed)) for given, family, on, confirmed in rows]


def brought(
    db: Session, group_id: GroupId, inviter: PersonId, since: datetime
) -> Sequence[tuple[str, str, Standing | None, int]]:
    """Everybody whose first visit since a moment was on somebody's invitation, with what they are today and how often
    they have visited.
    """
    other, that = aliased(Attendance), aliased(Meeting)
    times = (
        select(func.count(other.id))
        .join(that, that.id == other.meeting_id)
        .where(that.group_id == group_id, other.person_id == Person.id, was_visit(other))
        .correlate(Person)
        .scalar_subquery()
    )
    question = (
        select(Person.given_name, Person.family_name, Membership.standing, times)
        .join(Attendance, Attendance.person_id == Person.id)
        .join(Meeting, and_(Meeting.id == Attendance.meeting_id, Meeting.group_id == group_id))
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.group_id == group_id))
        .where(Attendance.invited_by_id == inviter, Meeting.starts_at >= since, was_first())
        .order_by(Meeting.starts_at.desc(), Person.id)
    )
    rows = db.execute(question, {GROUP: group_id})
    return [(given, family, standing, int(visits)) for given, family, standing, visits in rows]
