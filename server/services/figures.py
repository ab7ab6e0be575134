"""A meeting in figures: who came and when, whom people met, what grew from it. Counts of people, never a ranking.

Amounts of money are not among them. A person's own numbers are shown to nobody here, only how they spread.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from server.domain import attendance as rules
from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.formats.csv_out import delimiter_for, write_csv
from server.persistence.models import Attendance, Exchange, FollowUp, Meeting, Referral, Round, Seat
from server.services import attendance, meetings, today
from server.services.attendance import RoomPerson
from server.services.context import Context
from server.services.meetings import MeetingView

SLOT = timedelta(minutes=10)
"""Arrivals are counted in pieces this long, beginning at the full ten minutes of the place's clock."""


@dataclass(frozen=True)
class AttendanceFigures:
    """Who was expected and who came. `came` includes late ones, walk-ins and those who left early."""

    expected: int
    came: int
    late: int
    left_early: int
    members: int
    visitors: int
    walk_ins: int
    apologised: int
    missing: int
    """Expected, without a word, and not there."""


@dataclass(frozen=True)
class Arrivals:
    """How many came in one slot; `begins` is the slot's start at the place."""

    begins: datetime
    came: int


@dataclass(frozen=True)
class MetFigures:
    """How many people somebody sat with in the rounds: least, middle, most, and how many people met how many."""

    least: int
    middle: float
    most: int
    spread: tuple[tuple[int, int], ...]
    """(number of people met, by how many), in the order of the first."""


@dataclass(frozen=True)
class Figures:
    """Everything the figures of one meeting say."""

    meeting: MeetingView
    ends_at: datetime
    attendance: AttendanceFigures
    arrivals: tuple[Arrivals, ...]
    rounds_held: int
    met: MetFigures | None
    """None when no round was held."""
    exchanges_asked: int
    exchanges_accepted: int
    one_to_ones: int
    promises: int
    referrals: tuple[tuple[ReferralState, int], ...]
    """By state as they stand now, in the order of the states; drafts are nobody's business."""


@dataclass(frozen=True)
class MeetingRow:
    """One meeting in the group's numbers."""

    meeting: MeetingView
    expected: int
    came: int
    visitors: int
    referrals: int


def of_meeting(ctx: Context, meeting_id: MeetingId) -> Figures:
    """The figures of one meeting. Eight statements."""
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        people = attendance.room(db, meeting_id)
        ends_at = _end(db, meeting)
        held, met = _met(db, meeting_id)
        asked, accepted = _exchanges(db, meeting_id)
        grown = _follow_ups(db, meeting_id)
        return Figures(
            meeting=meeting,
            ends_at=ends_at,
            attendance=_attendance(people, meeting.starts_at, ends_at),
            arrivals=_arrivals(people, meeting),
            rounds_held=held,
            met=met,
            exchanges_asked=asked,
            exchanges_accepted=accepted,
            one_to_ones=grown.get(FollowUpKind.ONE_TO_ONE, 0),
            promises=grown.get(FollowUpKind.PROMISE, 0),
            referrals=_referrals(db, meeting_id),
        )


def of_group(ctx: Context, group_id: GroupId, *, limit: int = 26) -> tuple[MeetingRow, ...]:
    """The group's meetings that were held, newest first. Three statements."""
    came = Attendance.entered_at.is_not(None)
    with ctx.reading() as db:
        found = db.scalars(
            select(Meeting)
            .where(Meeting.group_id == group_id, Meeting.status != MeetingStatus.DRAFT)
            .order_by(Meeting.starts_at.desc())
            .limit(limit)
        ).all()
        keys = [meeting.id for meeting in found]
        counted: dict[int, tuple[int, int, int]] = {
            key: (int(expected), int(present), int(visitors))
            for key, expected, present, visitors in db.execute(
                select(
                    Attendance.meeting_id,
                    func.count(case((Attendance.status.not_in(rules.AWAY), 1))),
                    func.count(Attendance.entered_at),
                    func.count(case((came & (Attendance.standing != Standing.MEMBER), 1))),
                )
                .where(Attendance.meeting_id.in_(keys))
                .group_by(Attendance.meeting_id)
            )
        }
        given = {
            key: int(count)
            for key, count in db.execute(
                select(Referral.meeting_id, func.count())
                .where(Referral.meeting_id.in_(keys), Referral.state != ReferralState.DRAFT)
                .group_by(Referral.meeting_id)
            )
        }
        return tuple(
            MeetingRow(meetings.as_view(m), *counted.get(m.id, (0, 0, 0)), given.get(m.id, 0)) for m in found
        )


@dataclass(frozen=True)
class ListWords:
    """The words of the attendance list in the reader's language; `headers` has one for each of its columns."""

    headers: Sequence[str]
    statuses: dict[AttendanceStatus, str]
    standings: dict[Standing, str]
    yes: str
    language: str


def attendance_list(ctx: Context, meeting_id: MeetingId, words: ListWords) -> bytes:
    """Everybody on the list as a CSV for the spreadsheet of that language; times are the meeting's place's.

    Columns: name, company, standing, status, came at, left at, late, left early, walk-in, guest of.
    """
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        people = attendance.room(db, meeting_id)
        ends_at = _end(db, meeting)
    zone = ZoneInfo(meeting.time_zone)

    def local(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""

    def cells(person: RoomPerson) -> list[str]:
        return [
            person.name,
            person.company,
            words.standings[person.standing],
            words.statuses[person.status],
            local(person.entered_at),
            local(person.left_at),
            words.yes if rules.is_late(person.entered_at, meeting.starts_at) else "",
            words.yes if rules.left_early(person.left_at, ends_at) else "",
            words.yes if person.is_walk_in else "",
            person.guest_of,
        ]

    return write_csv(list(words.headers), map(cells, people), delimiter=delimiter_for(words.language))


def _end(db: Session, meeting: MeetingView) -> datetime:
    """When the meeting was over: by plan, or when it was closed before that. One statement."""
    agenda = today.agenda_of(db, meeting.id)
    planned = agenda.ends_at(meeting.starts_at)
    if meeting.closed_at is None:
        return planned
    return min(planned, meeting.closed_at) if agenda.items else meeting.closed_at


def _attendance(people: Sequence[RoomPerson], starts_at: datetime, ends_at: datetime) -> AttendanceFigures:
    came = [person for person in people if person.entered_at is not None]
    away = [person for person in people if person.status in rules.AWAY]
    return AttendanceFigures(
        expected=len(people) - len(away),
        came=len(came),
        late=sum(1 for person in came if rules.is_late(person.entered_at, starts_at)),
        left_early=sum(1 for person in came if rules.left_early(person.left_at, ends_at)),
        members=sum(1 for person in came if person.standing is Standing.MEMBER),
        visitors=sum(1 for person in came if person.standing is not Standing.MEMBER),
        walk_ins=sum(1 for person in came if person.is_walk_in),
        apologised=len(away),
        missing=sum(1 for person in people if person.entered_at is None and person.status not in rules.AWAY),
    )


def _arrivals(people: Iterable[RoomPerson], meeting: MeetingView) -> tuple[Arrivals, ...]:
    """Arrivals in slots without a gap from the first to the last; what is hours off is put into the outer slots."""
    zone = ZoneInfo(meeting.time_zone)
    first, last = meeting.starts_at - 6 * SLOT, meeting.starts_at + 9 * SLOT
    slots = Counter(
        _slot(min(max(person.entered_at, first), last).astimezone(zone))
        for person in people
        if person.entered_at is not None
    )
    if not slots:
        return ()
    found, at = [], min(slots)
    while at <= max(slots):
        found.append(Arrivals(at, slots[at]))
        at += SLOT
    return tuple(found)


def _slot(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % 10, second=0, microsecond=0)


def _met(db: Session, meeting_id: MeetingId) -> tuple[int, MetFigures | None]:
    """How many rounds were held, and how many different people each one who was there sat with. Two statements."""
    held = db.scalar(
        select(func.count()).where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.ENDED)
    )
    tables: dict[tuple[int, int], list[int]] = defaultdict(list)
    taken = db.execute(
        select(Seat.round_id, Seat.table_number, Seat.attendance_id)
        .join(Round, Round.id == Seat.round_id)
        .where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.ENDED, Seat.missed.is_(False))
    )
    met: dict[int, set[int]] = defaultdict(set)
    for round_id, table, who in taken:
        met[who]  # somebody who only sat out has met nobody, and counts
        if table > 0:
            tables[round_id, table].append(who)
    for together in tables.values():
        for who in together:
            met[who].update(together)
    if not held or not met:
        return held or 0, None
    numbers = [len(others - {who}) for who, others in met.items()]
    return held, MetFigures(
        min(numbers), median(numbers), max(numbers), tuple(sorted(Counter(numbers).items()))
    )


def _exchanges(db: Session, meeting_id: MeetingId) -> tuple[int, int]:
    """Requests for contacts, and how many of them stand accepted. One statement."""
    row = db.execute(
        select(
            func.count(),
            func.count(case((Exchange.state == ExchangeState.ACCEPTED, 1))),
        ).where(Exchange.meeting_id == meeting_id)
    ).one()
    return int(row[0]), int(row[1])


def _follow_ups(db: Session, meeting_id: MeetingId) -> dict[FollowUpKind, int]:
    return {
        kind: int(count)
        for kind, count in db.execute(
            select(FollowUp.kind, func.count())
            .where(FollowUp.meeting_id == meeting_id)
            .group_by(FollowUp.kind)
        )
    }


def _referrals(db: Session, meeting_id: MeetingId) -> tuple[tuple[ReferralState, int], ...]:
    found = {
        state: int(count)
        for state, count in db.execute(
            select(Referral.state, func.count())
            .where(Referral.meeting_id == meeting_id, Referral.state != ReferralState.DRAFT)
            .group_by(Referral.state)
        )
    }
    return tuple((state, found[state]) for state in ReferralState if state in found)
