"""Slips that wait for their receivers, with what has been written about each of these waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.letters import AGAIN
from server.domain.messages import MessageState
from server.domain.slip_reminders import STATES
from server.domain.vocabulary import GroupId, ReferralState, Standing
from server.persistence.models import (
    Group,
    LetterDeclined,
    Membership,
    Person,
    Referral,
    SlipReminder,
    SlipReminderSetting,
)

_Other = aliased(SlipReminder)


class Waiting(NamedTuple):
    """A slip, to whom it was given, and the reminder of this very wait, if there is one."""

    referral_id: int
    state: ReferralState
    since: datetime
    person: Person
    reminder: SlipReminder | None


def switched_on(db: Session) -> Sequence[Group]:
    """The groups that remind by mail. One statement."""
    return db.scalars(
        select(Group)
        .join(SlipReminderSetting, SlipReminderSetting.group_id == Group.id)
        .where(SlipReminderSetting.automatic.is_(True))
        .order_by(Group.id)
    ).all()


def setting(db: Session, group_id: GroupId) -> SlipReminderSetting | None:
    """What a group decided; None: it never did."""
    return db.scalar(select(SlipReminderSetting).where(SlipReminderSetting.group_id == group_id))


def waiting(
    db: Session, group_id: GroupId, moved: tuple[datetime, datetime], day_begins: datetime, *, lock: bool = False
) -> list[Waiting]:
    """Open slips that last moved in a span of time, receiver by receiver, the oldest wait first. One statement.

    Only of members who have an address, want mail and have had none of this kind since the day began. `lock`: nobody
    moves these slips before the transaction is over.
    """
    question = (
        select(Referral.id, Referral.state, Referral.changed_at, Person, SlipReminder)
        .join(Person, Person.id == Referral.receiver_id)
        .join(Membership, and_(Membership.group_id == Referral.group_id, Membership.person_id == Person.id))
        .outerjoin(SlipReminder, _of_this_wait())
        .where(
            Referral.group_id == group_id,
            Referral.state.in_([state for states in STATES.values() for state in states]),
            Referral.changed_at.between(*moved),
            Membership.standing == Standing.MEMBER,
            Person.email != "",
            ~_declined(group_id),
            ~_written_to(group_id, day_begins),
        )
        .order_by(Person.id, Referral.changed_at, Referral.id)
    )
    if lock:
        question = question.with_for_update(of=Referral)
    return [Waiting(*row) for row in db.execute(question)]


def sent_since(db: Session, group_id: GroupId, since: datetime) -> Sequence[SlipReminder]:
    """What was written, or was to be, since a moment. One statement."""
    return db.scalars(
        select(SlipReminder).where(SlipReminder.group_id == group_id, SlipReminder.changed_at >= since)
    ).all()


def _of_this_wait() -> ColumnElement[bool]:
    of_state = or_(*(and_(Referral.state.in_(states), SlipReminder.awaited == what) for what, states in STATES.items()))
    return and_(SlipReminder.referral_id == Referral.id, SlipReminder.since == Referral.changed_at, of_state)


def _declined(group_id: GroupId) -> ColumnElement[bool]:
    return (
        select(LetterDeclined.id)
        .where(LetterDeclined.group_id == group_id, LetterDeclined.person_id == Referral.receiver_id)
        .exists()
    )


def _written_to(group_id: GroupId, since: datetime) -> ColumnElement[bool]:
    """Whether the receiver may have had a mail since a moment; what the server surely did not take is none."""
    untaken = and_(_Other.state == MessageState.FAILED, _Other.problem.in_(AGAIN))
    return (
        select(_Other.id)
        .where(_Other.group_id == group_id, _Other.person_id == Referral.receiver_id, _Other.changed_at >= since)
        .where(~untaken)
        .exists()
    )
