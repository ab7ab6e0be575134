"""What was passed at one meeting: slips, thanks, visitors; how many, and the last by first name and initial."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from server.domain import names
from server.domain.folded import Kind
from server.domain.vocabulary import GroupId, MeetingId, PersonId, ReferralKind, ReferralState, Standing, Uid
from server.persistence.models import Attendance, Person, Referral, Thanks
from server.persistence.queries import folded
from server.persistence.queries.visits import was_visit
from server.services.context import Context

RECENT = 12
_GIVER, _RECEIVER = aliased(Person), aliased(Person)
_SAID = (Thanks.denied_at.is_(None),)
"""Which thanks a room sees: all but those that were turned down."""


@dataclass(frozen=True)
class Passed:
    """One slip, one thanks or one visitor with whoever brought them, as a whole room may read it."""

    kind: str
    giver: str
    receiver: str
    level: int | None
    at: datetime


@dataclass(frozen=True)
class PassedAt:
    """What was passed so far. `givers`: by how many people. `recent` names only people who are still known.

    A visitor whom nobody brought is counted and not named.
    """

    slips: int
    inside: int
    thanks: int
    givers: int
    visitors: int
    recent: tuple[Passed, ...]


def at(ctx: Context, meeting_id: MeetingId) -> PassedAt:
    """Slips given, thanks said, visitors who came; leads and drafts are nobody's business. Four statements."""
    with ctx.reading() as db:
        slips = db.execute(_given(meeting_id)).all()
        thanks = db.execute(_thanked(meeting_id)).all()
        visits = db.execute(_brought(meeting_id)).all()
        gone = folded.at_meeting(db, meeting_id, Kind.PASSED)[Kind.PASSED]
    recent = [
        Passed("referral", names.short_name(a, b), names.short_name(c, d), level, moment)
        for _, _, level, a, b, c, d, moment in slips
    ]
    recent += [
        Passed("thanks", names.short_name(a, b), names.short_name(c, d), None, moment) for a, b, c, d, moment in thanks
    ]
    recent += [
        Passed("visitor", names.short_name(a, b or ""), names.short_name(c, d), None, moment)
        for a, b, c, d, moment in visits
        if a is not None and moment is not None
    ]
    return PassedAt(
        slips=len(slips) + gone["slips"],
        inside=sum(1 for row in slips if row[1]) + gone["inside"],
        thanks=len(thanks) + gone["thanks"],
        givers=len({row[0] for row in slips}) + gone.people,
        visitors=len(visits) + gone["visitors"],
        recent=tuple(sorted(recent, key=lambda one: one.at, reverse=True)[:RECENT]),
    )


def any_visitor(ctx: Context, meeting_id: MeetingId, attendances: Collection[Uid]) -> bool:
    """Whether one of these attendances is a visitor's, come or not. One statement."""
    asked = select(Attendance.id).where(
        Attendance.meeting_id == meeting_id,
        Attendance.uid.in_(attendances),
        Attendance.standing == Standing.VISITOR,
    )
    with ctx.reading() as db:
        return db.scalar(asked.limit(1)) is not None


def _given(meeting_id: MeetingId) -> Select[int, bool, int, str, str, str, str, datetime]:
    return (
        select(
            Referral.giver_id,
            Referral.inside,
            Referral.level,
            _GIVER.given_name,
            _GIVER.family_name,
            _RECEIVER.given_name,
            _RECEIVER.family_name,
            func.coalesce(Referral.given_at, Referral.created_at),
        )
        .join(_GIVER, _GIVER.id == Referral.giver_id)
        .join(_RECEIVER, _RECEIVER.id == Referral.receiver_id)
        .where(
            Referral.meeting_id == meeting_id,
            Referral.kind == ReferralKind.REFERRAL,
            Referral.state != ReferralState.DRAFT,
        )
    )


def _thanked(meeting_id: MeetingId) -> Select[str, str, str, str, datetime]:
    return (
        select(
            _GIVER.given_name,
            _GIVER.family_name,
            _RECEIVER.given_name,
            _RECEIVER.family_name,
            Thanks.created_at,
        )
        .join(_GIVER, _GIVER.id == Thanks.thanker_id)
        .join(_RECEIVER, _RECEIVER.id == Thanks.thanked_id)
        .where(Thanks.meeting_id == meeting_id, *_SAID)
    )


def _brought(meeting_id: MeetingId) -> Select[str | None, str | None, str, str, datetime | None]:
    return (
        select(
            _GIVER.given_name,
            _GIVER.family_name,
            _RECEIVER.given_name,
            _RECEIVER.family_name,
            Attendance.entered_at,
        )
        .join(_RECEIVER, _RECEIVER.id == Attendance.person_id)
        .outerjoin(_GIVER, _GIVER.id == Attendance.invited_by_id)
        .where(Attendance.meeting_id == meeting_id, was_visit())
    )


def thanks_of(group_id: GroupId, person: PersonId) -> Select[int | None]:
    """A helper: the meetings of the thanks that name somebody, one for each."""
    return select(Thanks.meeting_id).where(
        Thanks.group_id == group_id,
        Thanks.meeting_id.is_not(None),
        or_(Thanks.thanker_id == person, Thanks.thanked_id == person),
        *_SAID,
    )
