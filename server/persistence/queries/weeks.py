"""What everybody did in a span of days, in the columns of the attendance report: one question for every page of it.

Four statements, whatever the span: three about meetings, one about everything that carries a day of the group's
calendar, with what people did who are no longer here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from server.domain import attendance, weeks
from server.domain.activities import ActivityKind
from server.domain.folded import ALWAYS, FOR_EVER
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    Standing,
)
from server.domain.weeks import Column
from server.persistence import turns
from server.persistence.models import (
    Activity,
    Attendance,
    Group,
    Meeting,
    OneToOne,
    Person,
    Referral,
    Substitute,
    Thanks,
    Week,
    WeekCorrection,
    WeekFigure,
    WeekRules,
)
from server.persistence.queries import folded
from server.persistence.queries.visits import first_visit

_OVER = timedelta(days=1)
"""After so long a meeting that nobody closed is over."""
_KINDS = {ActivityKind.TRAINING: Column.TRAININGS, ActivityKind.TESTIMONIAL: Column.TESTIMONIALS}


_COLUMNS = {column.value: column for column in Column}
_LETTERS = frozenset({*weeks.LETTERS, Column.LATE, Column.VISITORS})
"""What meetings say; the rest carries a day of its own."""
EVERYTHING = frozenset(Column)


class Counted(NamedTuple):
    """So much of one column, by one person, on one day."""

    person: PersonId
    day: date
    column: Column
    number: int = 1


class Span(NamedTuple):
    """What is asked for: the days, both included, the columns, and whose traces; None: everybody's."""

    group_id: GroupId
    since: date
    until: date
    columns: Set[Column]
    about: PersonId | None = None


def counted(
    db: Session,
    group_id: GroupId,
    since: date,
    until: date,
    now: datetime,
    columns: Set[Column] = EVERYTHING,
) -> list[Counted]:
    """Everything of these columns that counts between two days, both included: a Monday or a first of a month, and the
    day before such a day or today. At most four statements.

    What people did who are no longer here is `NOBODY`'s, on the first day of its piece.
    """
    return _live(db, Span(group_id, since, until, columns), now)


def traces(db: Session, group_id: GroupId, person: PersonId, now: datetime) -> Iterator[Counted]:
    """Everything that counts and would not without one person, whoever's line it stands in, one after the other.
    Eleven statements: each is small, so that others have their turn in between.
    """
    span = Span(group_id, ALWAYS, FOR_EVER, EVERYTHING, person)
    yield from _done(db, span)
    yield from _attended(db, span, now)


def _live(db: Session, span: Span, now: datetime) -> list[Counted]:
    found = list(_done(db, span))
    return found + _attended(db, span, now) if span.columns & _LETTERS else found


def _with(
    span: Span, *sides: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> list[ColumnElement[bool]]:
    """Nothing where everybody is meant, else that one of the sides is the person."""
    return [] if span.about is None else [or_(*(side == span.about for side in sides))]


def place(db: Session, group_id: GroupId) -> tuple[ZoneInfo, str]:
    """Where a group is, and the letters that count there. One statement."""
    zone, letters = db.execute(select(Group.time_zone, _countable(group_id)).where(Group.id == group_id)).one()
    return ZoneInfo(zone), letters or weeks.COUNTABLE


def _done(db: Session, span: Span) -> Iterator[Counted]:
    """Slips, one-to-ones, thanks and activities. At most one statement; of one person a statement each."""
    columns = span.columns
    questions = []
    for who, inside, outside in (
        (Referral.giver_id, Column.GIVEN_INSIDE, Column.GIVEN_OUTSIDE),
        (Referral.receiver_id, Column.RECEIVED_INSIDE, Column.RECEIVED_OUTSIDE),
    ):
        if {inside, outside} & columns:
            questions.append(_slips(span, who, inside, outside))
    if Column.ONE_TO_ONES in columns:
        questions += [_one_to_ones(span, side) for side in (OneToOne.first_id, OneToOne.second_id)]
    if Column.THANKS in columns:
        questions.append(_thanks(span))
    questions += [_activities(span, kind, column) for kind, column in _KINDS.items() if column in columns]
    if span.about is None:
        questions.append(folded.in_columns(span.group_id, columns, since=span.since, until=span.until))
    for question in [union_all(*questions)] if questions and span.about is None else questions:
        for day, person, what, number in _asked(db, span, question):
            if day is not None:
                yield Counted(PersonId(person), day, _COLUMNS[what], number)


def _asked(db: Session, span: Span, question: Executable) -> Iterable[Row[*tuple[Any, ...]]]:
    """A page is quick; whoever reads all the years of one person lets others have their turn."""
    return db.execute(question) if span.about is None else turns.rows(db, question)


def _thanks(span: Span) -> Select[date, int, str, int]:
    return (
        select(Thanks.thanked_on, Thanks.thanker_id, literal(Column.THANKS.value), func.count())
        .where(
            Thanks.group_id == span.group_id,
            Thanks.thanked_on.between(span.since, span.until),
            Thanks.confirmed_at.is_not(None),
            *_with(span, Thanks.thanker_id, Thanks.thanked_id),
        )
        .group_by(Thanks.thanked_on, Thanks.thanker_id)
    )


def _slips(
    span: Span, who: InstrumentedAttribute[int], inside: Column, outside: Column
) -> Select[date | None, int, str, int]:
    column = case((Referral.inside.is_(True), inside.value), else_=outside.value)
    return (
        select(Referral.given_on, who, column, func.count())
        .where(
            Referral.group_id == span.group_id,
            Referral.given_on.between(span.since, span.until),
            Referral.kind == ReferralKind.REFERRAL,
            Referral.state != ReferralState.DRAFT,
            *_with(span, Referral.giver_id, Referral.receiver_id),
        )
        .group_by(Referral.given_on, who, Referral.inside)
    )


def _one_to_ones(span: Span, who: InstrumentedAttribute[int]) -> Select[date, int, str, int]:
    return (
        select(OneToOne.held_on, who, literal(Column.ONE_TO_ONES.value), func.count())
        .where(
            OneToOne.group_id == span.group_id,
            OneToOne.held_on.between(span.since, span.until),
            OneToOne.first_confirmed_at.is_not(None),
            OneToOne.second_confirmed_at.is_not(None),
            *_with(span, OneToOne.first_id, OneToOne.second_id),
        )
        .group_by(OneToOne.held_on, who)
    )


def _activities(span: Span, kind: ActivityKind, column: Column) -> Select[date, int, str, int]:
    sure = Activity.confirmed_at.is_not(None) if kind is ActivityKind.TESTIMONIAL else Activity.id > 0
    return (
        select(Activity.held_on, Activity.person_id, literal(column.value), func.count())
        .where(
            Activity.group_id == span.group_id,
            Activity.held_on.between(span.since, span.until),
            Activity.kind == kind,
            sure,
            *_with(span, Activity.person_id, Activity.other_id),
        )
        .group_by(Activity.held_on, Activity.person_id)
    )


def held_between(since: date, until: date) -> ColumnElement[bool]:
    """Meetings that may lie between two days of any place of the world; their own day is looked at afterwards."""
    begins = datetime.combine(since, time(), UTC) - timedelta(days=1)
    ends = datetime.combine(until, time(), UTC) + timedelta(days=2)
    return and_(Meeting.starts_at >= begins, Meeting.starts_at < ends, Meeting.status != MeetingStatus.DRAFT)


def is_over(status: MeetingStatus, starts_at: datetime, now: datetime) -> bool:
    """Whether nobody will come to a meeting any more: it was closed, or began a day ago."""
    return status is MeetingStatus.CLOSED or starts_at + _OVER < now


def day_of(starts_at: datetime, time_zone: str) -> date:
    """The day of a meeting at its place."""
    return starts_at.astimezone(ZoneInfo(time_zone)).date()


def _attended(db: Session, span: Span, now: datetime) -> list[Counted]:
    """The letters of members, and each visitor once for whoever invited them, at their first visit.

    At most three statements: one that asks for everything at once goes through the meetings of all groups.
    """
    columns = span.columns
    held = {
        meeting.id: meeting
        for meeting in _asked(
            db,
            span,
            select(Meeting.id, Meeting.starts_at, Meeting.time_zone, Meeting.status).where(
                Meeting.group_id == span.group_id, held_between(span.since, span.until)
            ),
        )
    }
    days = {
        key: day
        for key, meeting in held.items()
        if span.since <= (day := day_of(meeting.starts_at, meeting.time_zone)) <= span.until
    }
    if not days:
        return []
    over = {key: is_over(held[key].status, held[key].starts_at, now) for key in days}
    only = () if columns & (_LETTERS - {Column.VISITORS}) else (Attendance.standing == Standing.VISITOR,)
    whose, stood_for = _with(span, Attendance.person_id, Attendance.invited_by_id), _stood_for(span)
    if span.about is not None:
        whose = [or_(*whose, stood_for)]
    question = select(
        Attendance.meeting_id,
        Attendance.person_id,
        Attendance.invited_by_id,
        Attendance.standing,
        Attendance.status,
        Attendance.entered_at.is_not(None),
        # A moment costs as much to read as all the rest of a row: it is asked for only where somebody may be late.
        _entry() if Column.LATE in columns else null(),
        stood_for,
    ).where(Attendance.meeting_id.in_(days), *only, *whose)
    found: list[Counted] = []
    invited: list[tuple[int, int, int]] = []
    for meeting, who, inviter, standing, status, came, entered_at, stood in _asked(db, span, question):
        day = days[meeting]
        if standing is Standing.VISITOR:
            if came and inviter is not None:
                invited.append((meeting, who, inviter))
            continue
        if span.about not in (None, who) and not stood:
            continue
        letter = weeks.letter(status, came=came, over=over[meeting])
        if letter is not None and span.about in (None, who):
            found.append(Counted(PersonId(who), day, letter))
        if entered_at is not None and attendance.is_late(entered_at, held[meeting].starts_at):
            found.append(Counted(PersonId(who), day, Column.LATE))
    first = _first_visits(db, span, {who for _, who, _ in invited}) if Column.VISITORS in columns else {}
    found += [
        Counted(PersonId(inviter), days[meeting], Column.VISITORS)
        for meeting, who, inviter in invited
        if first.get(who) == held[meeting].starts_at
    ]
    return found


_STAND = aliased(Attendance)


def _entry() -> ColumnElement[datetime | None]:
    """When somebody came, or whoever came for them: late is late beside any letter."""
    stand = (
        select(_STAND.entered_at)
        .join(Substitute, Substitute.attendance_id == _STAND.id)
        .where(Substitute.stands_for_id == Attendance.id)
        .scalar_subquery()
    )
    is_away = and_(Attendance.status == AttendanceStatus.SUBSTITUTED, Attendance.entered_at.is_(None))
    return case((is_away, stand), else_=Attendance.entered_at)


def _stood_for(span: Span) -> ColumnElement[bool]:
    """Whether it was the person asked about who came for somebody; nobody where everybody is asked about."""
    if span.about is None:
        return false()
    return and_(
        Attendance.status == AttendanceStatus.SUBSTITUTED,
        Attendance.entered_at.is_(None),
        Attendance.id.in_(
            select(Substitute.stands_for_id)
            .join(_STAND, _STAND.id == Substitute.attendance_id)
            .where(_STAND.person_id == span.about)
        ),
    )


def _first_visits(db: Session, span: Span, people: Collection[int]) -> dict[int, datetime]:
    """When people first visited the group. At most one statement."""
    if not people:
        return {}
    # One look for each of them: asked for all together, a database goes through the meetings instead.
    question = select(Person.id, first_visit(span.group_id, Person.id)).where(Person.id.in_(people))
    return {person: moment for person, moment in _asked(db, span, question) if moment is not None}


def approved(db: Session, group_id: GroupId, since: date, until: date) -> Sequence[Week]:
    """The approved weeks whose Monday lies between two days. One statement."""
    return db.scalars(
        select(Week)
        .where(Week.group_id == group_id, Week.monday.between(since, until))
        .order_by(Week.monday)
        .options(joinedload(Week.approved_by))
    ).all()


def locked(db: Session, group_id: GroupId, monday: date) -> Week | None:
    """One approved week, for whoever corrects it."""
    return db.scalar(
        select(Week)
        .where(Week.group_id == group_id, Week.monday == monday)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def figures(db: Session, weeks_: Iterable[Week]) -> dict[date, dict[PersonId, dict[Column, int]]]:
    """What was approved, by week and person, as it stands corrected; `NOBODY`: those who are no longer here. At most
    one statement.
    """
    days = {week.id: week.monday for week in weeks_}
    found: dict[date, dict[PersonId, dict[Column, int]]] = {day: defaultdict(dict) for day in days.values()}
    if days:
        own = select(WeekFigure.week_id, WeekFigure.person_id, WeekFigure.column, WeekFigure.number)
        rows = db.execute(union_all(own.where(WeekFigure.week_id.in_(days)), folded.approved(days)))
        for week, person, column, number in rows:
            found[days[week]][PersonId(person)][column] = number
    return found


def figure(db: Session, week_id: int, person: PersonId, column: Column) -> WeekFigure | None:
    """One figure of an approved week."""
    return db.scalar(
        select(WeekFigure).where(
            WeekFigure.week_id == week_id, WeekFigure.person_id == person, WeekFigure.column == column
        )
    )


def corrections(db: Session, week_id: int) -> Sequence[WeekCorrection]:
    """What was put right in a week, newest first. One statement."""
    return db.scalars(
        select(WeekCorrection)
        .where(WeekCorrection.week_id == week_id)
        .order_by(WeekCorrection.id.desc())
        .options(joinedload(WeekCorrection.person), joinedload(WeekCorrection.actor))
    ).all()


def countable(db: Session, group_id: GroupId) -> str:
    """The letters that count. One statement."""
    return db.scalar(select(_countable(group_id))) or weeks.COUNTABLE


def _countable(group_id: GroupId) -> ScalarSelect[str]:
    return (
        select(WeekRules.countable)
        .where(WeekRules.group_id == group_id)
        .order_by(WeekRules.id.desc())
        .limit(1)
        .scalar_subquery()
    )
