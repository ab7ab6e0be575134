"""The facts behind the meeting report and the group report. Every question takes a group or one of its meetings.

Of promises only their dates are asked for, never their words; of slips neither prospect nor note.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from server.domain import attendance as rules
from server.domain.folded import Gone, Kind
from server.domain.referrals import Served
from server.domain.reports import Given, Pair, Promised, Sat
from server.domain.vocabulary import (
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence import turns
from server.persistence.models import (
    Attendance,
    Encounter,
    FollowUp,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    Round,
    Seat,
)
from server.persistence.queries import folded


def sat(db: Session, meeting_id: MeetingId) -> tuple[Sat, ...]:
    """Who really sat at which table in the rounds that ended, by round, table and name. One statement."""
    tables: dict[tuple[int, int], list[PersonId]] = defaultdict(list)
    for number, table, person in db.execute(
        select(Round.number, Seat.table_number, Attendance.person_id)
        .join(Seat, Seat.round_id == Round.id)
        .join(Attendance, Attendance.id == Seat.attendance_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(
            Round.meeting_id == meeting_id,
            Round.phase == RoundPhase.ENDED,
            Seat.table_number > 0,
            Seat.missed.is_(False),
        )
        .order_by(Round.number, Seat.table_number, Person.sort_key, Person.id)
    ):
        tables[number, table].append(PersonId(person))
    return tuple(Sat(number, table, tuple(people)) for (number, table), people in tables.items())


def met_earlier(db: Session, meeting: Meeting) -> frozenset[Pair]:
    """The pairs of a meeting's rounds who had sat together at an earlier meeting of the group. One statement."""
    before, elsewhere = aliased(Encounter), aliased(Meeting)
    rows = db.execute(
        select(Encounter.first_id, Encounter.other_id)
        .where(
            Encounter.meeting_id == meeting.id,
            exists(
                select(before.id)
                .join(elsewhere, elsewhere.id == before.meeting_id)
                .where(
                    before.group_id == meeting.group_id,
                    before.first_id == Encounter.first_id,
                    before.other_id == Encounter.other_id,
                    elsewhere.starts_at < meeting.starts_at,
                )
            ),
        )
        .distinct()
    )
    return frozenset((PersonId(first), PersonId(other)) for first, other in rows)


LOOKED_UP = 150
"""The pairs of up to so many members are looked up one by one; of more, everybody's encounters are gone through."""


_PORTION = 2000


def first_met(db: Session, group_id: GroupId, *, members: int) -> Iterator[dict[Pair, date]]:
    """The day on which each pair of the group's members first sat together; of a great group's, each pair of anybody
    known there. One statement, its answer in portions.
    """
    rows = db.execute(_pairs(group_id) if members <= LOOKED_UP else _everybodys_pairs(group_id))
    for some in rows.partitions(_PORTION):
        yield {(PersonId(first), PersonId(second)): day for first, second, day in some if day is not None}


def _everybodys_pairs(group_id: GroupId) -> Select[int, int, date]:
    return (
        select(Encounter.first_id, Encounter.other_id, func.min(Encounter.met_on))
        .where(Encounter.group_id == group_id)
        .group_by(Encounter.first_id, Encounter.other_id)
    )


def _pairs(group_id: GroupId) -> Select[int, int, date]:
    one, other = aliased(Membership), aliased(Membership)
    # Each pair is one look into an index, however often they met.
    first_day = (
        select(func.min(Encounter.met_on))
        .where(
            Encounter.group_id == group_id,
            Encounter.first_id == one.person_id,
            Encounter.other_id == other.person_id,
        )
        .correlate(one, other)
        .scalar_subquery()
    )
    return (
        select(one.person_id, other.person_id, first_day)
        .join(other, (other.group_id == group_id) & (other.person_id > one.person_id))
        .where(one.group_id == group_id, one.standing == Standing.MEMBER, other.standing == Standing.MEMBER)
    )


class Slipped(NamedTuple):
    """A slip with the meeting at which it was given, if any."""

    meeting: int | None
    slip: Given
    inside: bool
    on: date | None
    """The day on the slip; None only for one that was never given."""
    served: Served | None


class Kept(NamedTuple):
    """A promise with its meeting and the moment it was made."""

    meeting: int | None
    made_at: datetime
    promise: Promised


def promises(
    db: Session, group_id: GroupId, zone: str, *, meeting_id: MeetingId | None = None, since: datetime | None = None
) -> tuple[Promised, ...]:
    """The dates of promises of one meeting, or made since a moment; days are the zone's. One statement."""
    narrowed: list[ColumnElement[bool]] = []
    if meeting_id is not None:
        narrowed.append(FollowUp.meeting_id == meeting_id)
    if since is not None:
        narrowed.append(FollowUp.created_at >= since)
    return tuple(kept.promise for kept in _kept(db.execute(_promises(group_id, *narrowed)), zone))


def promises_of(db: Session, group_id: GroupId, zone: str, person: PersonId) -> tuple[Kept, ...]:
    """The promises that somebody made, or that were made to them. One statement."""
    question = _promises(group_id, or_(FollowUp.owner_id == person, FollowUp.about_id == person))
    return _kept(turns.rows(db, question), zone)


def _promises(group_id: GroupId, *narrowed: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        FollowUp.meeting_id,
        FollowUp.created_at,
        FollowUp.owner_id,
        FollowUp.due_on,
        FollowUp.done_at,
        FollowUp.dropped_at,
    ).where(FollowUp.group_id == group_id, FollowUp.kind == FollowUpKind.PROMISE, *narrowed)


def _kept(rows: Iterable[Row[*tuple[Any, ...]]], zone: str) -> tuple[Kept, ...]:
    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(ZoneInfo(zone)).date() if moment else None

    return tuple(
        Kept(meeting, made_at, Promised(PersonId(owner), due_on, day(done_at), day(dropped_at)))
        for meeting, made_at, owner, due_on, done_at, dropped_at in rows
    )


_given_at = func.coalesce(Referral.given_at, Referral.created_at)


def slips(
    db: Session, group_id: GroupId, *, meeting_id: MeetingId | None = None, since: datetime | None = None
) -> tuple[Given, ...]:
    """The slips given at one meeting, or since a moment: no drafts. One statement."""
    narrowed: list[ColumnElement[bool]] = []
    if meeting_id is not None:
        narrowed.append(Referral.meeting_id == meeting_id)
    if since is not None:
        narrowed.append(_given_at >= since)
    return tuple(_given(row) for row in db.execute(_slips(group_id).where(*narrowed)))


def slips_of(db: Session, group_id: GroupId, person: PersonId) -> Iterator[Slipped]:
    """The slips that somebody gave or received, one after the other. One statement."""
    more = (Referral.meeting_id, Referral.inside, Referral.given_on, Referral.served)
    # In no order: put in one, all of them would be read before the first came.
    question = _slips(group_id).add_columns(*more).order_by(None)
    rows = turns.rows(db, question.where(or_(Referral.giver_id == person, Referral.receiver_id == person)))
    return (Slipped(row.meeting_id, _given(row), row.inside, row.given_on, row.served) for row in rows)


def _slips(group_id: GroupId) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Referral.giver_id,
            Referral.receiver_id,
            Referral.kind,
            Referral.state,
            Referral.level,
            _given_at,
            Referral.answered_at,
        )
        .where(Referral.group_id == group_id, Referral.state != ReferralState.DRAFT)
        .order_by(Referral.id)
    )


def _given(row: Row[*tuple[Any, ...]]) -> Given:
    giver, receiver, kind, state, level, given_at, answered_at = row[:7]
    return Given(PersonId(giver), PersonId(receiver), kind, state, level, given_at, answered_at)


def members(db: Session, group_id: GroupId) -> Sequence[tuple[Person, Membership]]:
    """The group's members by name, each with their membership. One statement."""
    rows = db.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    )
    return [(person, membership) for person, membership in rows]


def member_columns(db: Session, group_id: GroupId) -> Sequence[Row[*tuple[Any, ...]]]:
    """The same members, and of each only id, uid, names, company, sectors and since when. One statement."""
    return db.execute(
        select(
            *(Person.id, Person.uid, Person.given_name, Person.family_name),
            *(Person.company, Person.sector, Person.wants_sector, Membership.since),
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    ).all()


@dataclass(frozen=True)
class Came:
    """How often somebody was on the list of a meeting, came, and excused themselves."""

    listed: int = 0
    came: int = 0
    excused: int = 0


def attendance_by_person(db: Session, meetings: Collection[MeetingId]) -> dict[PersonId, Came]:
    """How often each came to these meetings. One statement."""
    away = and_(Attendance.entered_at.is_(None), Attendance.status.in_(rules.AWAY))
    rows = db.execute(
        select(
            Attendance.person_id,
            func.count(),
            func.count(Attendance.entered_at),
            func.count(case((away, 1))),
        )
        .where(Attendance.meeting_id.in_(meetings))
        .group_by(Attendance.person_id)
    )
    return {PersonId(who): Came(int(listed), int(came), int(excused)) for who, listed, came, excused in rows}


_BOTH = and_(OneToOne.first_confirmed_at.is_not(None), OneToOne.second_confirmed_at.is_not(None))
_ONE = OneToOne.first_confirmed_at.is_not(None) != OneToOne.second_confirmed_at.is_not(None)
_HELD = {"both": _BOTH, "one": _ONE}
"""One-to-ones that both confirmed, and those that wait for the other's word."""


def one_to_ones_and_gone(db: Session, group_id: GroupId, *, since: date) -> tuple[Counter[str], Mapping[Kind, Gone]]:
    """One-to-ones held since a day (`both`, `one`), those of people who are no longer here included; and what is left
    of their promises and slips since then. One statement.
    """
    parts: list[Any] = [
        select(literal(Kind.ONE_TO_ONE.value), literal(what), func.count()).where(
            OneToOne.group_id == group_id, OneToOne.held_on >= since, said
        )
        for what, said in _HELD.items()
    ]
    parts.append(folded.as_part(group_id, (Kind.PROMISE, Kind.SLIP, Kind.ONE_TO_ONE), since=since))
    found: dict[Kind, Counter[str]] = defaultdict(Counter)
    for kind, what, number in db.execute(union_all(*parts)):
        found[Kind(kind)][what] += number
    return found[Kind.ONE_TO_ONE], {kind: Gone(found[kind]) for kind in (Kind.PROMISE, Kind.SLIP)}


def one_to_ones_of(db: Session, group_id: GroupId, person: PersonId) -> list[tuple[date, int, int]]:
    """The same of one person, day by day. One statement."""
    rows = turns.rows(
        db,
        select(OneToOne.held_on, func.count(case((_BOTH, 1))), func.count(case((_ONE, 1))))
        .where(OneToOne.group_id == group_id, or_(OneToOne.first_id == person, OneToOne.second_id == person))
        .group_by(OneToOne.held_on),
    )
    return [(day, int(both), int(one)) for day, both, one in rows]


@dataclass(frozen=True)
class Attended:
    """One meeting that was opened: how many were expected and came, and how many of these were no members."""

    meeting: Meeting
    expected: int
    came: int
    visitors: int


def attended(db: Session, group_id: GroupId, *held: ColumnElement[bool], limit: int) -> tuple[Attended, ...]:
    """The group's meetings that were opened, newest first, narrowed by `held`; people who are no longer here are
    counted among those who came. One statement.
    """
    entered = Attendance.entered_at.is_not(None)
    rows = db.execute(
        select(
            Meeting,
            func.count(case((Attendance.status.not_in(rules.AWAY), 1))) + folded.turnout("expected"),
            func.count(Attendance.entered_at) + folded.turnout("came"),
            func.count(case((and_(entered, Attendance.standing != Standing.MEMBER), 1))) + folded.turnout("visitors"),
        )
        .outerjoin(Attendance, Attendance.meeting_id == Meeting.id)
        .where(Meeting.group_id == group_id, Meeting.status != MeetingStatus.DRAFT, *held)
        .group_by(Meeting.id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(limit)
    )
    return tuple(Attended(meeting, int(expected), int(came), int(new)) for meeting, expected, came, new in rows)
