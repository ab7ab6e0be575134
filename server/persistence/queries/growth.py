"""The evidence between the tables of a meeting and what the people who sat there did afterwards. No names, no texts."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.growth import Link, LinkKind, SatTogether, Slip
from server.domain.reports import Pair, pair
from server.domain.vocabulary import ExchangeState, FollowUpKind, GroupId, PersonId, ReferralKind, ReferralState
from server.persistence import turns
from server.persistence.models import (
    Attendance,
    Encounter,
    Exchange,
    FollowUp,
    Meeting,
    OneToOne,
    Referral,
    Seat,
)

_GIVEN = (Referral.kind == ReferralKind.REFERRAL, Referral.state != ReferralState.DRAFT)
_BOTH_SAY_SO = (OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None))


def _pair(one: int, other: int) -> Pair:
    return pair(PersonId(one), PersonId(other))


def sat(db: Session, meeting: Meeting) -> tuple[SatTogether, ...]:
    """Who really sat together, with round and table. One statement."""
    rows = db.execute(
        select(Encounter.first_id, Encounter.other_id, Encounter.number, Seat.table_number)
        .join(
            Attendance,
            and_(Attendance.meeting_id == Encounter.meeting_id, Attendance.person_id == Encounter.first_id),
        )
        .join(Seat, and_(Seat.round_id == Encounter.round_id, Seat.attendance_id == Attendance.id))
        .where(Encounter.meeting_id == meeting.id)
    )
    return tuple(SatTogether(_pair(one, other), number, table) for one, other, number, table in rows)


def again(db: Session, meeting: Meeting, day: date) -> dict[Pair, list[date]]:
    """The later days on which pairs of this meeting sat together again. One statement."""
    here = aliased(Encounter)
    rows = db.execute(
        select(Encounter.first_id, Encounter.other_id, Encounter.met_on)
        .join(
            here,
            and_(
                here.meeting_id == meeting.id,
                here.first_id == Encounter.first_id,
                here.other_id == Encounter.other_id,
            ),
        )
        .where(Encounter.group_id == meeting.group_id, Encounter.met_on > day)
        .distinct()
    )
    found: dict[Pair, list[date]] = defaultdict(list)
    for one, other, met_on in rows:
        found[_pair(one, other)].append(met_on)
    return found


def slips(db: Session, meeting: Meeting, day: date) -> tuple[Slip, ...]:
    """The referrals given since that day between people who sat together there; no leads. One statement."""
    smaller = case((Referral.giver_id < Referral.receiver_id, Referral.giver_id), else_=Referral.receiver_id)
    larger = case((Referral.giver_id < Referral.receiver_id, Referral.receiver_id), else_=Referral.giver_id)
    rows = db.execute(
        select(Referral.id, smaller, larger, Referral.given_on, Referral.state, Referral.served)
        .join(
            Encounter,
            and_(Encounter.meeting_id == meeting.id, Encounter.first_id == smaller, Encounter.other_id == larger),
        )
        .where(
            Referral.group_id == meeting.group_id,
            *_GIVEN,
            Referral.given_on >= day,
        )
        .distinct()
    )
    return tuple(Slip(_pair(one, other), on, state, served) for _, one, other, on, state, served in rows)


def links(db: Session, meeting: Meeting, day: date) -> tuple[Link, ...]:
    """Contacts exchanged and promises made there and kept, and one-to-ones since. Three statements."""
    zone = ZoneInfo(meeting.time_zone)
    exchanged = db.execute(
        select(Exchange.asker_id, Exchange.asked_id, Exchange.answered_at).where(
            Exchange.meeting_id == meeting.id, Exchange.state == ExchangeState.ACCEPTED
        )
    )
    found = [
        Link(_pair(one, other), LinkKind.EXCHANGE, at.astimezone(zone).date() if at else day)
        for one, other, at in exchanged
    ]
    kept = db.execute(
        select(FollowUp.owner_id, FollowUp.about_id, FollowUp.done_at).where(
            FollowUp.meeting_id == meeting.id,
            FollowUp.kind == FollowUpKind.PROMISE,
            FollowUp.done_at.is_not(None),
        )
    )
    found += [Link(_pair(one, other), LinkKind.PROMISE, at.astimezone(zone).date()) for one, other, at in kept if at]
    held = db.execute(
        select(OneToOne.first_id, OneToOne.second_id, OneToOne.held_on)
        .join(
            Encounter,
            and_(
                Encounter.meeting_id == meeting.id,
                or_(
                    and_(Encounter.first_id == OneToOne.first_id, Encounter.other_id == OneToOne.second_id),
                    and_(Encounter.first_id == OneToOne.second_id, Encounter.other_id == OneToOne.first_id),
                ),
            ),
        )
        .where(
            OneToOne.group_id == meeting.group_id,
            OneToOne.held_on >= day,
            *_BOTH_SAY_SO,
        )
        .distinct()
    )
    return tuple(found + [Link(_pair(one, other), LinkKind.ONE_TO_ONE, on) for one, other, on in held])


class Trace(NamedTuple):
    """What `domain.growth.grown` needs to say what grew between somebody and others from one meeting."""

    meeting: int
    day: date
    sat: tuple[SatTogether, ...]
    later: dict[Pair, list[date]]
    links: tuple[Link, ...]
    slips: tuple[Slip, ...]


def traces(db: Session, group_id: GroupId, person: PersonId) -> Iterator[Trace]:
    """Somebody's meetings, one after the other, with what came of them between them and those they sat with:
    one-to-ones that both confirmed and referrals. Four statements.
    """
    held = {
        key: starts_at.astimezone(ZoneInfo(zone)).date()
        for key, starts_at, zone in turns.rows(
            db, select(Meeting.id, Meeting.starts_at, Meeting.time_zone).where(Meeting.group_id == group_id)
        )
    }
    sat: dict[int, list[SatTogether]] = defaultdict(list)
    days: dict[Pair, set[date]] = defaultdict(set)
    for meeting, number, one, other, met_on in turns.rows(
        db,
        select(Encounter.meeting_id, Encounter.number, Encounter.first_id, Encounter.other_id, Encounter.met_on).where(
            Encounter.group_id == group_id, or_(Encounter.first_id == person, Encounter.other_id == person)
        ),
    ):
        # At which table they sat matters for traces alone, and those go with the person.
        sat[meeting].append(SatTogether(_pair(one, other), number, 0))
        days[_pair(one, other)].add(met_on)
    links: dict[Pair, list[Link]] = defaultdict(list)
    for one, other, held_on in turns.rows(
        db,
        select(OneToOne.first_id, OneToOne.second_id, OneToOne.held_on).where(
            OneToOne.group_id == group_id,
            or_(OneToOne.first_id == person, OneToOne.second_id == person),
            *_BOTH_SAY_SO,
        ),
    ):
        links[_pair(one, other)].append(Link(_pair(one, other), LinkKind.ONE_TO_ONE, held_on))
    slips: dict[Pair, list[Slip]] = defaultdict(list)
    for giver, receiver, on, state, served in turns.rows(
        db,
        select(Referral.giver_id, Referral.receiver_id, Referral.given_on, Referral.state, Referral.served).where(
            Referral.group_id == group_id,
            or_(Referral.giver_id == person, Referral.receiver_id == person),
            *_GIVEN,
        ),
    ):
        if on is not None:
            slips[_pair(giver, receiver)].append(Slip(_pair(giver, receiver), on, state, served))
    for meeting, together in sat.items():
        day, here = held[meeting], {each.pair for each in together}
        yield Trace(
            meeting,
            day,
            tuple(together),
            {pair: [again for again in days[pair] if again > day] for pair in here},
            tuple(link for pair in here for link in links[pair] if link.on >= day),
            tuple(slip for pair in here for slip in slips[pair] if slip.on >= day),
        )
