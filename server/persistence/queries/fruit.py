"""The tables of a span and what came of them, as pairs and days. Neither names nor texts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import String, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session, aliased, joinedload

from server.domain.fruit import Deal
from server.domain.reports import Pair, pair
from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState, Standing
from server.persistence.models import (
    Attendance,
    Encounter,
    FruitDecision,
    Meeting,
    Membership,
    Person,
    Referral,
    Sector,
    SectorAffinity,
)


class Held(NamedTuple):
    """A round that was held: on which day, which of the meeting, and who sat with whom."""

    on: date
    number: int
    meeting: int
    seats: Sequence[int]
    """The people of each pair, one after the other, the one with the smaller key first."""

    @property
    def pairs(self) -> Iterator[tuple[PersonId, PersonId]]:
        """Who sat with whom."""
        return cast(Iterator[tuple[PersonId, PersonId]], zip(self.seats[::2], self.seats[1::2], strict=True))


class Trade(NamedTuple):
    """What somebody does and looks for, as typed and as a key."""

    sector: str
    wants: str


def together(db: Session, group_id: GroupId, since: date) -> list[Held]:
    """Who really sat with whom since a day, round by round, oldest first. One statement."""
    met = Encounter.__table__.c
    # Thousands of pairs come as one text a round: as rows of their own they would take twice as long.
    pair_ = cast_to(met.first_id, String) + " " + cast_to(met.other_id, String)
    which = met.met_on, met.number, met.meeting_id
    rows = db.execute(
        select(*which, func.aggregate_strings(pair_, " "))
        .where(met.group_id == group_id, met.met_on >= since)
        .group_by(*which)
        .order_by(*which)
    )
    return [Held(on, number, meeting, list(map(int, seats.split()))) for on, number, meeting, seats in rows]


def known_before(db: Session, group_id: GroupId, since: date) -> frozenset[Pair]:
    """Of the pairs who sat together since a day those who had before it. One statement."""
    earlier = aliased(Encounter)
    recent = (
        # The sums keep a database from walking through all pairs that ever were, because they lie in that order.
        select((Encounter.first_id + 0).label("one"), (Encounter.other_id + 0).label("other"))
        .where(Encounter.group_id == group_id, Encounter.met_on >= since)
        .distinct()
        .cte("recent")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    # Looked up pair by pair: of an "exists" PostgreSQL makes a join, and reads all the years to do it.
    before = (
        select(earlier.id)
        .where(
            earlier.group_id == group_id,
            earlier.first_id == recent.c.one,
            earlier.other_id == recent.c.other,
            earlier.met_on < since,
        )
        .limit(1)
        .scalar_subquery()
    )
    rows = db.execute(select(recent.c.one, recent.c.other).where(before.is_not(None)))
    return frozenset((PersonId(one), PersonId(other)) for one, other in rows)


def won(db: Session, group_id: GroupId, since: date) -> list[Deal]:
    """The referrals given since a day that became business; no leads. One statement."""
    slip = Referral.__table__.c
    rows = db.execute(
        select(slip.giver_id, slip.receiver_id, slip.given_on).where(
            slip.group_id == group_id,
            slip.given_on >= since,
            slip.kind == ReferralKind.REFERRAL,
            slip.state == ReferralState.WON,
        )
    ).all()
    return [Deal(pair(giver, receiver), on) for giver, receiver, on in rows]


def guests(db: Session, group_id: GroupId, since: datetime) -> frozenset[tuple[int, int]]:
    """Meeting and person of everybody who came since a moment without being a member. One statement."""
    rows = db.execute(
        select(Attendance.meeting_id, Attendance.person_id).where(
            Attendance.meeting_id.in_(
                select(Meeting.id).where(Meeting.group_id == group_id, Meeting.starts_at >= since)
            ),
            Attendance.standing != Standing.MEMBER,
            Attendance.entered_at.is_not(None),
        )
    )
    return frozenset((meeting, person) for meeting, person in rows)


def trades(db: Session, group_id: GroupId) -> Mapping[PersonId, Trade]:
    """What everybody of the group does and looks for, as it stands today. One statement."""
    rows = db.execute(
        select(Person.id, Person.sector_key, Person.wants_sector)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id)
    )
    return {PersonId(key): Trade(sector, wants) for key, sector, wants in rows}


def tree(db: Session, group_id: GroupId) -> tuple[Sequence[Sector], Sequence[SectorAffinity]]:
    """The trades of a group and what is said of two of them. Two statements."""
    rows = db.scalars(select(Sector).where(Sector.group_id == group_id).order_by(Sector.id)).all()
    said = db.scalars(select(SectorAffinity).where(SectorAffinity.group_id == group_id)).all()
    return rows, said


def decisions(db: Session, group_id: GroupId) -> Sequence[FruitDecision]:
    """What was decided and stands, newest first. One statement."""
    return db.scalars(
        select(FruitDecision)
        .where(FruitDecision.group_id == group_id, FruitDecision.taken_back_at.is_(None))
        .order_by(FruitDecision.id.desc())
        .options(
            joinedload(FruitDecision.first, innerjoin=True),
            joinedload(FruitDecision.other, innerjoin=True),
            joinedload(FruitDecision.decided_by),
        )
    ).all()


def decision(db: Session, group_id: GroupId, uid: str) -> FruitDecision | None:
    """One decision that stands, locked."""
    return db.scalar(
        select(FruitDecision)
        .where(FruitDecision.group_id == group_id, FruitDecision.uid == uid, FruitDecision.taken_back_at.is_(None))
        .with_for_update()
    )


def weight(db: Session, first_id: int, other_id: int) -> SectorAffinity | None:
    """What is said of two trades; `first_id` is the smaller one. One statement."""
    return db.scalar(
        select(SectorAffinity).where(SectorAffinity.first_id == first_id, SectorAffinity.other_id == other_id)
    )
