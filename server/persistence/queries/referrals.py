"""Who may see which slip, asked once: the giver always, the receiver from the moment it is given, nobody else."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from server.domain.vocabulary import GroupId, PersonId, ReferralState, Standing
from server.persistence.models import Attendance, Meeting, Membership, Person, Referral, ReferralMove


def _seen_by(person_id: PersonId) -> ColumnElement[bool]:
    return or_(
        Referral.giver_id == person_id,
        and_(Referral.receiver_id == person_id, Referral.state != ReferralState.DRAFT),
    )


def _slips(person_id: PersonId) -> Select[Referral]:
    """Slips of groups to which the person belongs, with giver and receiver."""
    return (
        select(Referral)
        .join(
            Membership,
            and_(
                Membership.group_id == Referral.group_id,
                Membership.person_id == person_id,
                Membership.standing == Standing.MEMBER,
            ),
        )
        .where(_seen_by(person_id))
        .options(joinedload(Referral.giver, innerjoin=True), joinedload(Referral.receiver, innerjoin=True))
    )


def seen_by(
    db: Session,
    person_id: PersonId,
    *,
    open_states: Collection[ReferralState],
    closed_since: datetime | None,
    group_id: GroupId | None = None,
) -> Sequence[Referral]:
    """Every slip one person sees, newest change first: open ones, and those closed since a moment (None: all)."""
    question = _slips(person_id).order_by(Referral.changed_at.desc(), Referral.id.desc())
    if group_id is not None:
        question = question.where(Referral.group_id == group_id)
    if closed_since is not None:
        question = question.where(
            or_(Referral.state.in_(tuple(open_states)), Referral.changed_at >= closed_since)
        )
    return db.scalars(question).all()


def one_seen_by(
    db: Session, person_id: PersonId, uid: str, *, group_id: GroupId | None = None, lock: bool = False
) -> Referral | None:
    """One slip, if the person may see it; locked for whoever decides on it."""
    question = _slips(person_id).where(Referral.uid == uid)
    if group_id is not None:
        question = question.where(Referral.group_id == group_id)
    if lock:
        # Read again under the lock: another mover may have been first.
        question = question.with_for_update(of=Referral).execution_options(populate_existing=True)
    return db.scalar(question)


def moves_of(db: Session, referral_id: int) -> Sequence[tuple[ReferralMove, Person | None]]:
    """The history of a slip, oldest first, with who moved it."""
    rows = db.execute(
        select(ReferralMove, Person)
        .outerjoin(Person, Person.id == ReferralMove.actor_id)
        .where(ReferralMove.referral_id == referral_id)
        .order_by(ReferralMove.id)
    )
    return [(move, person) for move, person in rows]


def members(db: Session, group_id: GroupId) -> Sequence[Person]:
    """The group's members, by name."""
    return db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    ).all()


def meeting_attended_now(
    db: Session, group_id: GroupId, person_id: PersonId, statuses: Collection[str]
) -> int | None:
    """The meeting of the group in which the person is right now, if any: where a slip was given is its root."""
    return db.scalar(
        select(Meeting.id)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Meeting.group_id == group_id,
            Meeting.status.in_(tuple(statuses)),
            Attendance.person_id == person_id,
            Attendance.entered_at.is_not(None),
            Attendance.left_at.is_(None),
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
