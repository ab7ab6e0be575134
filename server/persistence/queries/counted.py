"""The rows behind figures that are counted elsewhere as numbers alone. Of slips: from whom to whom, and the day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain.vocabulary import AttendanceStatus, GroupId, ReferralKind, ReferralState, RoundPhase
from server.persistence.models import Attendance, Meeting, OneToOne, Person, Referral, Round

Slip = tuple[int, int, date | None, ReferralKind]
"""Giver, receiver, the day on the slip, and whether it is a lead."""


def slips(
    db: Session,
    group_id: GroupId,
    *,
    meeting_id: int | None = None,
    given_since: datetime | None = None,
    dated_since: date | None = None,
) -> Sequence[Slip]:
    """The slips of one meeting, or given since a moment, or with a day since then; no drafts; newest first. One
    statement.
    """
    narrowed = []
    if meeting_id is not None:
        narrowed.append(Referral.meeting_id == meeting_id)
    if given_since is not None:
        narrowed.append(func.coalesce(Referral.given_at, Referral.created_at) >= given_since)
    if dated_since is not None:
        narrowed.append(Referral.given_on >= dated_since)
    rows = db.execute(
        select(Referral.giver_id, Referral.receiver_id, Referral.given_on, Referral.kind)
        .where(Referral.group_id == group_id, Referral.state != ReferralState.DRAFT, *narrowed)
        .order_by(Referral.given_on.desc(), Referral.id.desc())
    )
    return [(giver, receiver, day, kind) for giver, receiver, day, kind in rows]


def held(db: Session, group_id: GroupId, *, since: date) -> Sequence[tuple[int, int, date]]:
    """The one-to-ones since a day that both confirmed, newest first. One statement."""
    rows = db.execute(
        select(OneToOne.first_id, OneToOne.second_id, OneToOne.held_on)
        .where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            OneToOne.first_confirmed_at.is_not(None),
            OneToOne.second_confirmed_at.is_not(None),
        )
        .order_by(OneToOne.held_on.desc(), OneToOne.id.desc())
    )
    return [(first, second, day) for first, second, day in rows]


def rounds(db: Session, meeting_id: int) -> Sequence[tuple[int, datetime | None]]:
    """Number and beginning of the rounds of a meeting that ended. One statement."""
    rows = db.execute(
        select(Round.number, Round.starts_at)
        .where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.ENDED)
        .order_by(Round.number)
    )
    return [(number, began) for number, began in rows]


def listed_at(
    db: Session, meetings: Collection[int], uid: str
) -> Sequence[tuple[str, datetime, str, AttendanceStatus, datetime | None]]:
    """One person's lines in the lists of some meetings: name of the meeting, its moment and zone, how they stand, and
    when they came; newest first. One statement.
    """
    rows = db.execute(
        select(Meeting.name, Meeting.starts_at, Meeting.time_zone, Attendance.status, Attendance.entered_at)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id.in_(meetings), Person.uid == uid)
        .order_by(Meeting.starts_at.desc())
    )
    return [(name, starts_at, zone, status, came) for name, starts_at, zone, status, came in rows]
