"""What one member's own numbers are made of: their slips, the people they sat with, what they looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Integer, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from server.domain.referrals import Served
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    Standing,
)
from server.persistence.models import Attendance, Encounter, Meeting, Membership, OneToOne, Person, Referral

_NOTHING = literal_column("0", Integer)


@dataclass(frozen=True)
class OwnSlip:
    """A referral somebody gave or received; nothing of the prospect."""

    gave: bool
    other: PersonId
    day: date
    state: ReferralState
    level: int
    served: Served | None
    changed_at: datetime


class Somebody(NamedTuple):
    """What is known of a member that the numbers speak of."""

    id: PersonId
    uid: str
    given_name: str
    family_name: str
    sector: str
    wants_sector: str
    looks_for: str
    markets: str


def slips(db: Session, group_id: GroupId, person: PersonId, since: date) -> tuple[OwnSlip, ...]:
    """The referrals somebody gave or received since a day, the oldest first; no leads, no drafts. One statement."""
    # Each side by itself: a database that sees an "or" reads everything there ever was.
    rows = db.execute(
        union_all(
            *(
                select(
                    Referral.id,
                    Referral.giver_id,
                    Referral.receiver_id,
                    Referral.given_on,
                    Referral.state,
                    Referral.level,
                    Referral.served,
                    Referral.changed_at,
                ).where(
                    Referral.group_id == group_id,
                    side == person,
                    Referral.given_on >= since,
                    Referral.kind == ReferralKind.REFERRAL,
                    Referral.state != ReferralState.DRAFT,
                )
                for side in (Referral.giver_id, Referral.receiver_id)
            )
        )
    ).all()
    return tuple(
        OwnSlip(giver == person, PersonId(receiver if giver == person else giver), day, state, level, served, at)
        for _, giver, receiver, day, state, level, served, at in sorted(rows, key=lambda row: (row.given_on, row.id))
        if day is not None
    )


def sat_with(db: Session, group_id: GroupId, person: PersonId, since: date) -> dict[PersonId, date]:
    """With whom somebody sat since a day, and when last. One statement."""
    rows = db.execute(
        union_all(
            *(
                # The sum keeps a database from walking through all meetings ever, because they lie in that order.
                select(other + _NOTHING, func.max(Encounter.met_on))
                .where(Encounter.group_id == group_id, side == person, Encounter.met_on >= since)
                .group_by(other + _NOTHING)
                for side, other in (
                    (Encounter.first_id, Encounter.other_id),
                    (Encounter.other_id, Encounter.first_id),
                )
            )
        )
    )
    # A pair is stored one way round, so nobody comes from both sides.
    return {PersonId(who): day for who, day in rows}


class Attended(NamedTuple):
    """A meeting at which a member was expected."""

    name: str
    starts_at: datetime
    time_zone: str
    status: AttendanceStatus
    came: bool


def attended(
    db: Session, group_id: GroupId, person: PersonId, since: datetime, until: datetime
) -> Sequence[Attended]:
    """The meetings between two moments at which somebody was expected as a member, the newest first. One statement."""
    rows = db.execute(
        select(
            Meeting.name, Meeting.starts_at, Meeting.time_zone, Attendance.status, Attendance.entered_at.is_not(None)
        )
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Meeting.group_id == group_id,
            Meeting.starts_at.between(since, until),
            Meeting.status != MeetingStatus.DRAFT,
            Attendance.person_id == person,
            Attendance.standing == Standing.MEMBER,
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    return [Attended(*row) for row in rows]


def one_to_ones(db: Session, group_id: GroupId, person: PersonId, since: date) -> Sequence[tuple[PersonId, date]]:
    """With whom somebody had a one-to-one since a day, and when, even if only one of them says so. One statement."""
    rows = db.execute(
        select(OneToOne.first_id, OneToOne.second_id, OneToOne.held_on).where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            or_(OneToOne.first_id == person, OneToOne.second_id == person),
        )
    )
    return [(PersonId(second if first == person else first), on) for first, second, on in rows]


def members(db: Session, group_id: GroupId) -> Sequence[Somebody]:
    """The members by name. One statement."""
    rows = db.execute(
        select(
            Person.id,
            Person.uid,
            Person.given_name,
            Person.family_name,
            Person.sector,
            Person.wants_sector,
            Person.looks_for,
            Person.markets,
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    )
    return [Somebody(PersonId(row[0]), *row[1:]) for row in rows]
