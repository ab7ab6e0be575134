"""Contacts made at meetings and what their owners did about them, as people and days. No words, no notes."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, literal, or_, select, union_all
from sqlalchemy.orm import Session

from server.domain.touches import Touch
from server.domain.vocabulary import ExchangeState, GroupId, PersonId, ReferralKind, ReferralState
from server.persistence.models import Attendance, Exchange, FollowUp, Meeting, OneToOne, Referral
from server.persistence.queries.visits import GROUP, was_first


class Begun(NamedTuple):
    """Contacts made, what was ticked off about whom, and how many visitors came on somebody's invitation."""

    contacts: list[Touch]
    done: list[Touch]
    visitors: int


def begun(db: Session, group_id: GroupId, since: datetime, zone: ZoneInfo, person: PersonId | None = None) -> Begun:
    """Contacts made at meetings since a moment, once for each of the two, and what was ticked off since.

    Of one person: theirs alone, with the visitors they brought, each once; of the group no visitors. One statement.
    """
    exchanged = (
        select(literal("exchanged"), Exchange.asker_id, Exchange.asked_id, Meeting.starts_at, Meeting.time_zone)
        .join(Meeting, Meeting.id == Exchange.meeting_id)
        .where(Meeting.group_id == group_id, Meeting.starts_at >= since, Exchange.state == ExchangeState.ACCEPTED)
    )
    ticked = select(literal("done"), FollowUp.owner_id, FollowUp.about_id, FollowUp.done_at, literal("")).where(
        FollowUp.group_id == group_id, FollowUp.done_at >= since
    )
    parts: list[Any] = [exchanged, ticked]
    if person is not None:
        parts[0] = exchanged.where(or_(Exchange.asker_id == person, Exchange.asked_id == person))
        parts[1] = ticked.where(FollowUp.owner_id == person)
        parts.append(
            select(literal("brought"), Attendance.invited_by_id, Attendance.person_id, Meeting.starts_at, literal(""))
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .where(
                Attendance.invited_by_id == person,
                Meeting.group_id == group_id,
                Meeting.starts_at >= since,
                was_first(),
            )
        )
    contacts: list[Touch] = []
    done: list[Touch] = []
    visitors = set()
    rows: Iterable[Row[str, int, int, datetime, str]] = db.execute(union_all(*parts), {GROUP: group_id})
    for kind, one, other, moment, place in rows:
        if kind == "brought":
            visitors.add(other)
        elif kind == "done":
            done.append(Touch(PersonId(one), PersonId(other), moment.astimezone(zone).date()))
        else:
            day = moment.astimezone(ZoneInfo(place)).date()
            contacts += [Touch(*two, day) for two in _both(one, other) if person in (None, two[0])]
    return Begun(contacts, done, len(visitors))


def met_and_referred(db: Session, group_id: GroupId, since: date) -> list[Touch]:
    """One-to-ones since a day, for both of the two, and referrals given, for their givers. One statement."""
    rows: Iterable[Row[int, int, date]] = db.execute(
        union_all(
            select(OneToOne.first_id, OneToOne.second_id, OneToOne.held_on).where(
                OneToOne.group_id == group_id, OneToOne.held_on >= since
            ),
            select(OneToOne.second_id, OneToOne.first_id, OneToOne.held_on).where(
                OneToOne.group_id == group_id, OneToOne.held_on >= since
            ),
            select(Referral.giver_id, Referral.receiver_id, Referral.given_on).where(
                Referral.group_id == group_id,
                Referral.given_on >= since,
                Referral.kind == ReferralKind.REFERRAL,
                Referral.state != ReferralState.DRAFT,
            ),
        )
    )
    return [Touch(PersonId(owner), PersonId(other), on) for owner, other, on in rows]


def _both(one: int, other: int) -> Iterator[tuple[PersonId, PersonId]]:
    yield PersonId(one), PersonId(other)
    yield PersonId(other), PersonId(one)
