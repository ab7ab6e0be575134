"""What one person did for others and others for them: entries, one-to-ones, visitors they brought."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from server.domain.vocabulary import GroupId, PersonId, Standing
from server.persistence.models import Activity, Attendance, Meeting, Membership, OneToOne, Person


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


def one_to_ones(db: Session, group_id: GroupId, person: PersonId, since: date) -> tuple[int, int]:
    """One-to-ones somebody had since a day: confirmed by both, and waiting for a word."""
    both = and_(OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None))
    said = or_(OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None))
    confirmed, told = db.execute(
        select(func.count(case((both, 1))), func.count(case((said, 1)))).where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            or_(OneToOne.first_id == person, OneToOne.second_id == person),
        )
    ).one()
    return int(confirmed), int(told) - int(confirmed)


def brought(db: Session, group_id: GroupId, inviter: PersonId) -> Sequence[tuple[str, str, Standing | None, int]]:
    """Everybody who came as a visitor on somebody's invitation, with what they are today and to how many meetings."""
    rows = db.execute(
        select(Person.given_name, Person.family_name, Membership.standing, func.count(Attendance.id))
        .join(Attendance, Attendance.person_id == Person.id)
        .join(Meeting, and_(Meeting.id == Attendance.meeting_id, Meeting.group_id == group_id))
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.group_id == group_id))
        .where(
            Attendance.invited_by_id == inviter,
            Attendance.standing == Standing.VISITOR,
            Attendance.entered_at.is_not(None),
        )
        .group_by(Person.id, Membership.standing)
        .order_by(func.max(Meeting.starts_at).desc(), Person.id)
    )
    return [(given, family, standing, int(visits)) for given, family, standing, visits in rows]
