"""Everything dated between two people of a group, in one statement: the evidence for how far they have come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import (
    ExchangeState,
    FollowUpKind,
    GroupId,
    PersonId,
    ReferralKind,
    ReferralState,
    RoundPhase,
)
from server.persistence.base import UtcDateTime
from server.persistence.models import (
    Attendance,
    Exchange,
    FollowUp,
    Meeting,
    OneToOne,
    Referral,
    Round,
    Seat,
)


@dataclass(frozen=True)
class Fact:
    """One dated fact between an owner and somebody else; `kind` is an EvidenceKind or "promise".

    A promise has `due_on`, and `at` is when it was kept, `settled_at` when it was dropped.
    """

    other: PersonId
    kind: str
    at: datetime | None
    settled_at: datetime | None
    due_on: date | None


def facts(db: Session, group_id: GroupId, owner: PersonId, others: Collection[PersonId]) -> tuple[Fact, ...]:
    """Everything dated between an owner and these people, as evidence of how far they have come. One statement."""
    none_at, none_on = cast(null(), UtcDateTime), cast(null(), Date)
    one, other = aliased(Seat), aliased(Seat)
    mine, theirs = aliased(Attendance), aliased(Attendance)
    seated = (
        select(theirs.person_id, literal("met_in_round"), func.min(Meeting.starts_at), none_at, none_on)
        .select_from(mine)
        .join(one, and_(one.attendance_id == mine.id, one.table_number > 0, one.missed.is_(False)))
        .join(Round, and_(Round.id == one.round_id, Round.phase == RoundPhase.ENDED))
        .join(Meeting, and_(Meeting.id == Round.meeting_id, Meeting.group_id == group_id))
        .join(
            other,
            and_(
                other.round_id == one.round_id,
                other.table_number == one.table_number,
                other.id != one.id,
                other.missed.is_(False),
            ),
        )
        .join(theirs, theirs.id == other.attendance_id)
        .where(mine.person_id == owner, theirs.person_id.in_(others))
        .group_by(theirs.person_id)
    )
    partner = case((Exchange.asker_id == owner, Exchange.asked_id), else_=Exchange.asker_id)
    scanned = (
        select(
            partner,
            literal("mutual_scan"),
            func.coalesce(Exchange.answered_at, Exchange.asked_at),
            none_at,
            none_on,
        )
        .join(Meeting, Meeting.id == Exchange.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Exchange.state == ExchangeState.ACCEPTED,
            or_(Exchange.asker_id == owner, Exchange.asked_id == owner),
            partner.in_(others),
        )
    )
    with_whom = case((OneToOne.first_id == owner, OneToOne.second_id), else_=OneToOne.first_id)
    later = case(
        (OneToOne.first_confirmed_at > OneToOne.second_confirmed_at, OneToOne.first_confirmed_at),
        else_=OneToOne.second_confirmed_at,
    )
    on_purpose = select(with_whom, literal("one_to_one"), later, none_at, none_on).where(
        OneToOne.group_id == group_id,
        OneToOne.first_confirmed_at.is_not(None),
        OneToOne.second_confirmed_at.is_not(None),
        or_(OneToOne.first_id == owner, OneToOne.second_id == owner),
        with_whom.in_(others),
    )
    promised = select(
        FollowUp.about_id, literal("promise"), FollowUp.done_at, FollowUp.dropped_at, FollowUp.due_on
    ).where(
        FollowUp.group_id == group_id,
        FollowUp.owner_id == owner,
        FollowUp.kind == FollowUpKind.PROMISE,
        FollowUp.about_id.in_(others),
    )
    won = select(Referral.giver_id, literal("referral_outcome"), Referral.changed_at, none_at, none_on).where(
        Referral.group_id == group_id,
        Referral.receiver_id == owner,
        Referral.giver_id.in_(others),
        Referral.kind == ReferralKind.REFERRAL,
        Referral.state == ReferralState.WON,
    )
    rows = db.execute(union_all(seated, scanned, on_purpose, promised, won))
    return tuple(Fact(PersonId(person), kind, at, settled, due) for person, kind, at, settled, due in rows)
