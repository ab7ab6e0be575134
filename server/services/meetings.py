"""Meetings: made, changed, opened, closed; and found by their uid, which is where every scope begins.

Opening and closing are done once, however many people press: whoever comes second finds it done.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from server.domain import attendance as attendance_rules
from server.domain import meetings as rules
from server.domain.errors import NotFound
from server.domain.events import ListChanged, MeetingChanged
from server.domain.rounds import GOING_ON
from server.domain.vocabulary import (
    AttendanceStatus,
    Audience,
    GroupId,
    MeetingId,
    MeetingStatus,
    RoundPhase,
    Standing,
    Uid,
)
from server.persistence.models import AgendaItem, Attendance, Group, Meeting, Membership, Round
from server.services import badges, follow_ups
from server.services.context import Context, Op, Tx, counters_of


@dataclass(frozen=True)
class AgendaLine:
    """One line of the agenda: kind (a key the program knows), title as typed, minutes."""

    kind: str
    title: str
    minutes: int


@dataclass(frozen=True)
class MeetingPlan:
    """What the organiser decides about a meeting. `starts_local` is the group's wall clock, without a zone."""

    name: str
    place: str
    starts_local: datetime
    rounds: int
    round_seconds: int
    table_size: int
    agenda: tuple[AgendaLine, ...]


@dataclass(frozen=True)
class MeetingView:
    """A meeting as screens show it, with the counters of its news."""

    id: MeetingId
    uid: Uid
    group_id: GroupId
    slug: str
    name: str
    place: str
    starts_at: datetime
    time_zone: str
    status: MeetingStatus
    opened_at: datetime | None
    closed_at: datetime | None
    rounds_wanted: int
    round_seconds: int
    table_size: int
    message: str
    is_demo: bool
    seqs: dict[Audience, int]

    @property
    def local_start(self) -> datetime:
        """The start on the wall clock of the meeting's place."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone))

    def day_of(self, moment: datetime) -> date:
        """The day of a moment at the meeting's place."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True)
class MeetingRef:
    """The least a guard needs: which meeting, in which group, under which declaration of the network."""

    id: MeetingId
    group_id: GroupId
    own_network: bool


def find(ctx: Context, uid: str) -> MeetingRef:
    """The meeting behind a uid. Raises NotFound. One statement."""
    with ctx.reading() as db:
        row = db.execute(
            select(Meeting.id, Meeting.group_id, Group.own_network)
            .join(Group, Group.id == Meeting.group_id)
            .where(Meeting.uid == uid)
        ).one_or_none()
    if row is None:
        raise NotFound("meeting_unknown")
    return MeetingRef(MeetingId(row[0]), GroupId(row[1]), bool(row[2]))


def as_view(meeting: Meeting) -> MeetingView:
    """A loaded row as a value."""
    return MeetingView(
        id=MeetingId(meeting.id),
        uid=Uid(meeting.uid),
        group_id=GroupId(meeting.group_id),
        slug=meeting.slug,
        name=meeting.name,
        place=meeting.place,
        starts_at=meeting.starts_at,
        time_zone=meeting.time_zone,
        status=meeting.status,
        opened_at=meeting.opened_at,
        closed_at=meeting.closed_at,
        rounds_wanted=meeting.rounds_wanted,
        round_seconds=meeting.round_seconds,
        table_size=meeting.table_size,
        message=meeting.message,
        is_demo=meeting.is_demo,
        seqs=counters_of(meeting),
    )


def view(db: Session, meeting_id: MeetingId) -> MeetingView:
    """One meeting by its key."""
    return as_view(db.get_one(Meeting, meeting_id))


def show(ctx: Context, meeting_id: MeetingId) -> tuple[MeetingView, tuple[AgendaLine, ...]]:
    """A meeting with its agenda."""
    with ctx.reading() as db:
        lines = db.scalars(
            select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
        )
        return view(db, meeting_id), tuple(AgendaLine(i.kind, i.title, i.minutes) for i in lines)


def listed(ctx: Context, group_id: GroupId, *, limit: int = 30) -> tuple[tuple[MeetingView, int, int], ...]:
    """The group's meetings, newest first, with how many are expected (nobody who excused themselves) and how many
    came. Two statements.
    """
    with ctx.reading() as db:
        found = db.scalars(
            select(Meeting)
            .where(Meeting.group_id == group_id)
            .order_by(Meeting.starts_at.desc())
            .limit(limit)
        ).all()
        counted = {
            meeting_id: (expected, came)
            for meeting_id, expected, came in db.execute(
                select(
                    Attendance.meeting_id,
                    func.count(case((Attendance.status.not_in(attendance_rules.AWAY), 1))),
                    func.count(Attendance.entered_at),
                )
                .where(Attendance.meeting_id.in_([m.id for m in found]))
                .group_by(Attendance.meeting_id)
            )
        }
        return tuple((as_view(m), *counted.get(m.id, (0, 0))) for m in found)


def _starts_at(plan: MeetingPlan, zone: str) -> datetime:
    return plan.starts_local.replace(tzinfo=ZoneInfo(zone))


def _fill(meeting: Meeting, plan: MeetingPlan) -> None:
    rules.check_plan(rounds=plan.rounds, seconds=plan.round_seconds, table_size=plan.table_size)
    meeting.name = rules.check_title(plan.name)
    meeting.place = rules.check_place(plan.place)
    meeting.starts_at = _starts_at(plan, meeting.time_zone)
    meeting.rounds_wanted = plan.rounds
    meeting.round_seconds = plan.round_seconds
    meeting.table_size = plan.table_size
    agenda = rules.check_agenda(rules.AgendaItem(line.kind, line.title, line.minutes) for line in plan.agenda)
    meeting.agenda = [
        AgendaItem(position=n, kind=item.kind, title=item.title, minutes=item.minutes)
        for n, item in enumerate(agenda.items)
    ]


def _free_slug(tx: Tx, group_id: int, name: str, on: date) -> str:
    """The plain slug, or the first of -2, -3 … that the group has not used."""
    plain = rules.slug_for(name, on)
    taken = set(
        tx.db.scalars(
            select(Meeting.slug).where(Meeting.group_id == group_id, Meeting.slug.like(f"{plain}%"))
        )
    )
    slug, n = plain, 1
    while slug in taken:
        n += 1
        slug = f"{plain}-{n}"
    return slug


def create(
    ctx: Context, *, group_id: GroupId, plan: MeetingPlan, is_demo: bool = False, op: Op | None = None
) -> Uid:
    """A new meeting, with every member of the group expected."""

    def work(tx: Tx) -> Uid:
        group = tx.db.get_one(Group, group_id)
        meeting = Meeting(group_id=group_id, time_zone=group.time_zone, is_demo=is_demo, slug="")
        _fill(meeting, plan)
        meeting.slug = _free_slug(tx, group_id, meeting.name, plan.starts_local.date())
        tx.db.add(meeting)
        tx.db.flush()
        members = tx.db.scalars(
            select(Membership.person_id).where(
                Membership.group_id == group_id, Membership.standing == Standing.MEMBER
            )
        )
        tx.db.add_all(
            Attendance(
                meeting_id=meeting.id,
                person_id=person,
                standing=Standing.MEMBER,
                status=AttendanceStatus.EXPECTED,
            )
            for person in members
        )
        return Uid(meeting.uid)

    return Uid(ctx.transaction(work, op=op))


def change(ctx: Context, *, meeting_id: MeetingId, plan: MeetingPlan) -> None:
    """The organiser changes a meeting that is not closed."""

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        rules.check_changeable(meeting.status)
        _fill(meeting, plan)
        tx.record(MeetingChanged(meeting_id))

    ctx.transaction(work)


def open_doors(ctx: Context, *, meeting_id: MeetingId) -> None:
    """From now on the door admits people; everybody who is expected has a badge. Opening open doors does nothing."""

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if meeting.status is MeetingStatus.OPEN:
            return
        meeting.status = rules.move(meeting.status, MeetingStatus.OPEN)
        meeting.opened_at = tx.now
        badges.issue_expected(ctx, tx, meeting)
        tx.record(MeetingChanged(meeting_id))

    ctx.transaction(work)


def take_back_opening(ctx: Context, *, meeting_id: MeetingId) -> None:
    """The doors were opened by mistake: a draft again, while nobody has come and no round has begun.

    Raises WrongPhase("opening_was_used").
    """

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting.status = rules.take_back_opening(
            meeting.status,
            came=tx.db.scalar(
                select(func.count(Attendance.entered_at)).where(Attendance.meeting_id == meeting_id)
            )
            or 0,
            rounds_begun=tx.db.scalar(
                select(func.count()).where(Round.meeting_id == meeting_id, Round.phase != RoundPhase.PLANNED)
            )
            or 0,
        )
        meeting.opened_at = None
        tx.record(MeetingChanged(meeting_id))

    ctx.transaction(work)


def close(ctx: Context, *, meeting_id: MeetingId) -> None:
    """The morning is over: whoever never came is absent, whoever came gets proposals of whom to meet again.

    Closing a closed meeting does nothing. Raises WrongPhase("close_round_runs") while a round is on.
    """

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if meeting.status is MeetingStatus.CLOSED:
            return
        rules.check_closable(
            tx.db.scalar(
                select(Round.number).where(Round.meeting_id == meeting_id, Round.phase.in_(GOING_ON)).limit(1)
            )
        )
        meeting.status = rules.move(meeting.status, MeetingStatus.CLOSED)
        meeting.closed_at = tx.now
        _settle(tx, meeting_id, AttendanceStatus.EXPECTED, AttendanceStatus.ABSENT)
        tx.db.flush()
        follow_ups.propose(tx, meeting)
        tx.record(MeetingChanged(meeting_id))
        tx.record(ListChanged(meeting_id))

    ctx.transaction(work)


def reopen(ctx: Context, *, meeting_id: MeetingId) -> None:
    """The meeting was closed too early: open again, on the same day; the absent are expected again.

    Raises WrongPhase("reopen_too_late").
    """

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if meeting.status is MeetingStatus.OPEN:
            return
        here = as_view(meeting)
        meeting.status = rules.reopen(
            meeting.status,
            closed_on=here.day_of(here.closed_at) if here.closed_at else None,
            today=here.day_of(tx.now),
        )
        meeting.closed_at = None
        _settle(tx, meeting_id, AttendanceStatus.ABSENT, AttendanceStatus.EXPECTED)
        tx.record(MeetingChanged(meeting_id))
        tx.record(ListChanged(meeting_id))

    ctx.transaction(work)


def _settle(tx: Tx, meeting_id: MeetingId, status: AttendanceStatus, to: AttendanceStatus) -> None:
    """Everybody who never came gets the status that goes with the meeting's."""
    tx.db.execute(
        update(Attendance)
        .where(
            Attendance.meeting_id == meeting_id,
            Attendance.status == status,
            Attendance.entered_at.is_(None),
        )
        .values(status=to)
        .execution_options(synchronize_session=False)
    )


def say(ctx: Context, *, meeting_id: MeetingId, message: str) -> None:
    """A message on all screens; an empty one takes it away."""

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True).message = message.strip()[:200]
        tx.record(MeetingChanged(meeting_id))

    ctx.transaction(work)


RECENT = timedelta(hours=36)
"""Whatever began longer ago is surely not of today, wherever on earth."""


def nearest(ctx: Context, group_id: GroupId | None, meeting_id: MeetingId | None) -> Uid | None:
    """The meeting somebody most likely wants: the granted one, else the open one, else today's, else the next,
    else the last. At most two statements.
    """
    question = select(Meeting.uid, Meeting.status, Meeting.starts_at, Meeting.time_zone)
    if meeting_id is not None:
        question = question.where(Meeting.id == meeting_id)
    elif group_id is not None:
        question = question.where(Meeting.group_id == group_id)
    now = ctx.now()
    with ctx.reading() as db:
        found = db.execute(
            question.where(
                (Meeting.status == MeetingStatus.OPEN) | (Meeting.starts_at > now - RECENT)
            ).order_by(Meeting.starts_at)
        ).all()
        if not found:
            found = db.execute(question.order_by(Meeting.starts_at.desc()).limit(1)).all()
    if not found:
        return None

    def rank(status: MeetingStatus, starts_at: datetime, zone: str) -> tuple[int, int]:
        local = ZoneInfo(zone)
        days = (starts_at.astimezone(local).date() - now.astimezone(local).date()).days
        if status is MeetingStatus.OPEN:
            return 0, abs(days)
        if days == 0:
            return (1 if status is MeetingStatus.DRAFT else 2), 0
        return (3, days) if days > 0 else (4, -days)

    return Uid(min(found, key=lambda row: rank(row.status, row.starts_at, row.time_zone)).uid)
