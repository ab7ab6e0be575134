"""A meeting in figures: who came and when, whom people met, what grew from it. Counts of people, never a ranking.

Amounts of money are not among them. A person's own numbers are shown to nobody here, only how they spread.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from server.domain import attendance as rules
from server.domain.folded import PEOPLE, Gone, Kind
from server.domain.reports import LEAST_CONTRIBUTORS
from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingId,
    PersonId,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.formats.csv_out import delimiter_for, write_csv
from server.persistence.models import Exchange, FollowUp, Meeting, Referral, Round, Seat
from server.persistence.queries import folded
from server.persistence.queries import reports as queries
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
    """By state as they stand now, in the order of the states; drafts are nobody's business, and leads never count."""
    told: bool
    """Whether so many people gave them that the states may be told; their number always is."""


@dataclass(frozen=True)
class MeetingRow:
    """One meeting in the group's numbers."""

    meeting: MeetingView
    expected: int
    came: int
    visitors: int
    referrals: int


def of_meeting(ctx: Context, meeting_id: MeetingId) -> Figures:
    """The figures of one meeting; people who are no longer here are counted, but for whom they met. Six
    statements.
    """
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        people = attendance.room(db, meeting_id)
        ends_at = end_of(db, meeting)
        held, met = _met(db, meeting_id)
        grown = _grown(db, meeting_id)
        return Figures(
            meeting=meeting,
            ends_at=ends_at,
            attendance=with_gone(attendance_of(people, meeting.starts_at, ends_at), Gone(grown[Kind.TURNOUT])),
            arrivals=arrivals_of(people, meeting, grown[Kind.ARRIVAL]),
            rounds_held=held,
            met=met,
            exchanges_asked=grown[Kind.EXCHANGE]["asked"],
            exchanges_accepted=grown[Kind.EXCHANGE]["accepted"],
            one_to_ones=grown[Kind.FOLLOW_UP][FollowUpKind.ONE_TO_ONE.value],
            promises=grown[Kind.FOLLOW_UP][FollowUpKind.PROMISE.value],
            referrals=tuple((state, number) for state in ReferralState if (number := grown[Kind.GIVEN][state.value])),
            told=grown[Kind.PASSED][PEOPLE] >= LEAST_CONTRIBUTORS,
        )


def of_group(ctx: Context, group_id: GroupId, *, limit: int = 26) -> tuple[MeetingRow, ...]:
    """The group's meetings that were held, newest first. Two statements."""
    with ctx.reading() as db:
        found = queries.attended(db, group_id, limit=limit)
        keys = [one.meeting.id for one in found]
        slips = (
            select(Referral.meeting_id, func.count())
            .where(Referral.meeting_id.in_(keys), *_COUNTED)
            .group_by(Referral.meeting_id)
        )
        given: Counter[int] = Counter()
        parts: list[Any] = [slips, folded.each_at(keys, Kind.GIVEN)]
        for key, count in db.execute(union_all(*parts)):
            given[key] += int(count)
        return tuple(
            MeetingRow(meetings.as_view(one.meeting), one.expected, one.came, one.visitors, given[one.meeting.id])
            for one in found
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
        ends_at = end_of(db, meeting)
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


def end_of(db: Session, meeting: MeetingView) -> datetime:
    """A helper: when the meeting was over, by plan, or when it was closed before that. One statement."""
    agenda = today.agenda_of(db, meeting.id)
    planned = agenda.ends_at(meeting.starts_at)
    if meeting.closed_at is None:
        return planned
    return min(planned, meeting.closed_at) if agenda.items else meeting.closed_at


class Line(Protocol):
    """What of a line of a list says how somebody came."""

    @property
    def standing(self) -> Standing: ...
    @property
    def status(self) -> AttendanceStatus: ...
    @property
    def entered_at(self) -> datetime | None: ...
    @property
    def left_at(self) -> datetime | None: ...
    @property
    def is_walk_in(self) -> bool: ...


COUNTED: Mapping[str, Callable[[Line, datetime, datetime], bool]] = {
    "expected": lambda line, starts_at, ends_at: line.status not in rules.AWAY,
    "came": lambda line, starts_at, ends_at: line.entered_at is not None,
    "late": lambda line, starts_at, ends_at: rules.is_late(line.entered_at, starts_at),
    "left_early": lambda line, starts_at, ends_at: (
        line.entered_at is not None and rules.left_early(line.left_at, ends_at)
    ),
    "members": lambda line, starts_at, ends_at: line.entered_at is not None and line.standing is Standing.MEMBER,
    "visitors": lambda line, starts_at, ends_at: line.entered_at is not None and line.standing is not Standing.MEMBER,
    "walk_ins": lambda line, starts_at, ends_at: line.entered_at is not None and line.is_walk_in,
    "apologised": lambda line, starts_at, ends_at: line.status in rules.AWAY,
    "missing": lambda line, starts_at, ends_at: line.entered_at is None and line.status not in rules.AWAY,
}
"""Which lines each of the `AttendanceFigures` counts; the lists of these lines ask the same."""


def attendance_of(people: Sequence[Line], starts_at: datetime, ends_at: datetime) -> AttendanceFigures:
    """A helper: who came, late or not, of everybody on a list."""
    return AttendanceFigures(
        **{what: sum(counts(line, starts_at, ends_at) for line in people) for what, counts in COUNTED.items()}
    )


NOBODY_CAME = AttendanceFigures(0, 0, 0, 0, 0, 0, 0, 0, 0)


def with_gone(found: AttendanceFigures, gone: Gone) -> AttendanceFigures:
    """A helper: the same with those of them who are no longer here."""
    return AttendanceFigures(**{name: number + gone[name] for name, number in vars(found).items()})


def arrivals_of(people: Iterable[RoomPerson], meeting: MeetingView, gone: Mapping[str, int]) -> tuple[Arrivals, ...]:
    """A helper: arrivals in slots without a gap from the first to the last; what is hours off is in the outer slots."""
    slots = Counter(slot_of(person.entered_at, meeting) for person in people if person.entered_at is not None)
    slots.update({datetime.fromisoformat(begins): number for begins, number in gone.items()})
    if not slots:
        return ()
    found, at = [], min(slots)
    while at <= max(slots):
        found.append(Arrivals(at, slots[at]))
        at += SLOT
    return tuple(found)


def slot_of(entered_at: datetime, meeting: MeetingView) -> datetime:
    """A helper: the beginning of the slot in which somebody came, at the place; hours off: the outer slot."""
    first, last = meeting.starts_at - 6 * SLOT, meeting.starts_at + 9 * SLOT
    moment = min(max(entered_at, first), last).astimezone(ZoneInfo(meeting.time_zone))
    return moment.replace(minute=moment.minute - moment.minute % 10, second=0, microsecond=0)


def _met(db: Session, meeting_id: MeetingId) -> tuple[int, MetFigures | None]:
    """How many rounds were held, and how many different people each one who was there sat with. Two statements."""
    held = db.scalar(select(func.count()).where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.ENDED))
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
    return held, MetFigures(min(numbers), median(numbers), max(numbers), tuple(sorted(Counter(numbers).items())))


_COUNTED = (Referral.kind == ReferralKind.REFERRAL, Referral.state != ReferralState.DRAFT)
"""As `domain.referrals.counts` says it of one slip."""
_ASKED = (func.count(), func.count(case((Exchange.state == ExchangeState.ACCEPTED, 1))))


def _grown(db: Session, meeting_id: MeetingId) -> Mapping[Kind, Counter[str]]:
    """Contacts asked for and exchanged, what was noted to follow by kind, referrals by state and how many people gave
    them; with those of people who are no longer here, and how they came. One statement.
    """
    asked, accepted = _ASKED
    exchanged = Exchange.meeting_id == meeting_id
    parts: list[Any] = [
        select(literal(Kind.EXCHANGE.value), literal("asked"), asked).where(exchanged),
        select(literal(Kind.EXCHANGE.value), literal("accepted"), accepted).where(exchanged),
        select(literal(Kind.FOLLOW_UP.value), cast(FollowUp.kind, String), func.count())
        .where(FollowUp.meeting_id == meeting_id)
        .group_by(FollowUp.kind),
        select(literal(Kind.GIVEN.value), cast(Referral.state, String), func.count())
        .where(Referral.meeting_id == meeting_id, *_COUNTED)
        .group_by(Referral.state),
        select(literal(Kind.PASSED.value), literal(PEOPLE), func.count(Referral.giver_id.distinct())).where(
            Referral.meeting_id == meeting_id, *_COUNTED
        ),
        folded.part_at(meeting_id, Kind.TURNOUT, Kind.ARRIVAL, Kind.EXCHANGE, Kind.FOLLOW_UP, Kind.GIVEN, Kind.PASSED),
    ]
    found: dict[Kind, Counter[str]] = defaultdict(Counter)
    for kind, what, number in db.execute(union_all(*parts)):
        found[Kind(kind)][what] += number
    return found


def exchanges_of(db: Session, group_id: GroupId, person: PersonId) -> list[tuple[int, int, int]]:
    """A helper: the same of one person, by meeting. One statement."""
    rows = db.execute(
        select(Exchange.meeting_id, *_ASKED)
        .where(
            Exchange.meeting_id.in_(select(Meeting.id).where(Meeting.group_id == group_id)),
            or_(Exchange.asker_id == person, Exchange.asked_id == person),
        )
        .group_by(Exchange.meeting_id)
    )
    return [(meeting, int(asked), int(accepted)) for meeting, asked, accepted in rows]


def follow_ups_of(db: Session, group_id: GroupId, person: PersonId) -> list[tuple[int | None, FollowUpKind, int]]:
    """A helper: what somebody noted to follow, and what was noted about them, by meeting. One statement."""
    rows = db.execute(
        select(FollowUp.meeting_id, FollowUp.kind, func.count())
        .where(FollowUp.group_id == group_id, or_(FollowUp.owner_id == person, FollowUp.about_id == person))
        .group_by(FollowUp.meeting_id, FollowUp.kind)
    )
    return [(meeting, kind, int(number)) for meeting, kind, number in rows]
