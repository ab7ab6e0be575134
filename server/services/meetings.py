"""Meetings: made, changed, opened, closed; and found by their uid, which is where every scope begins.

Opening and closing are done once, however many people press: whoever comes second finds it done.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, func, select, update
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
    Uid,
)
from server.persistence.models import AgendaItem, Attendance, Group, Meeting, Round
from server.persistence.queries import folded
from server.services import agenda_clock, badges, duties, follow_ups, meeting_plans, speaking
from server.services.context import Context, Op, Tx, counters_of
from server.services.meeting_plans import AgendaLine as AgendaLine
from server.services.meeting_plans import MeetingPlan as MeetingPlan


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


_FOUND = (
    select(Meeting.id, Meeting.group_id, Group.own_network)
    .join(Group, Group.id == Meeting.group_id)
    .where(Meeting.uid == bindparam("uid"))
)
"""Put together once: every request that is about a meeting asks it."""


def find(ctx: Context, uid: str) -> MeetingRef:
    """The meeting behind a uid. Raises NotFound. One statement."""
    with ctx.reading() as db:
        row = db.connection().execute(_FOUND, {"uid": uid}).one_or_none()
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
        lines = db.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position))
        return view(db, meeting_id), tuple(AgendaLine(i.kind, i.title, i.minutes, i.script, i.uid) for i in lines)


def listed(ctx: Context, group_id: GroupId, *, limit: int = 30) -> tuple[tuple[MeetingView, int, int], ...]:
    """The group's meetings, newest first, with how many are expected (nobody who excused themselves) and how many
    came. Two statements.
    """
    with ctx.reading() as db:
        found = db.scalars(
            select(Meeting).where(Meeting.group_id == group_id).order_by(Meeting.starts_at.desc()).limit(limit)
        ).all()
        counted = {
            meeting_id: (expected, came)
            for meeting_id, expected, came in db.execute(
                select(
                    Meeting.id,
                    func.count(case((Attendance.status.not_in(attendance_rules.AWAY), 1))) + folded.turnout("expected"),
                    func.count(Attendance.entered_at) + folded.turnout("came"),
                )
                .outerjoin(Attendance, Attendance.meeting_id == Meeting.id)
                .where(Meeting.id.in_([m.id for m in found]))
                .group_by(Meeting.id)
            )
        }
        return tuple((as_view(m), *counted.get(m.id, (0, 0))) for m in found)


def create(ctx: Context, *, group_id: GroupId, plan: MeetingPlan, is_demo: bool = False, op: Op | None = None) -> Uid:
    """A new meeting, with every member of the group expected."""

    def work(tx: Tx) -> Uid:
        return Uid(meeting_plans.add(tx, tx.db.get_one(Group, group_id), plan, is_demo=is_demo).uid)

    return Uid(ctx.transaction(work, op=op))


def change(ctx: Context, *, meeting_id: MeetingId, plan: MeetingPlan) -> None:
    """The organiser changes a meeting that is not closed."""

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        rules.check_changeable(meeting.status)
        meeting_plans.fill(meeting, plan)
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
            came=tx.db.scalar(select(func.count(Attendance.entered_at)).where(Attendance.meeting_id == meeting_id))
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

    ctx.transaction(lambda tx: close_now(tx, meeting_id))


def close_now(tx: Tx, meeting_id: MeetingId) -> bool:
    """A helper of the use-cases: the same in a transaction; False when it was closed already."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.status is MeetingStatus.CLOSED:
        return False
    rules.check_closable(
        tx.db.scalar(select(Round.number).where(Round.meeting_id == meeting_id, Round.phase.in_(GOING_ON)).limit(1))
    )
    meeting.status = rules.move(meeting.status, MeetingStatus.CLOSED)
    meeting.closed_at = tx.now
    _settle(tx, meeting_id, AttendanceStatus.EXPECTED, AttendanceStatus.ABSENT)
    speaking.finish(tx, meeting)
    agenda_clock.finish(tx, meeting)
    tx.db.flush()
    follow_ups.propose(tx, meeting)
    duties.keep(tx, meeting)
    tx.record(MeetingChanged(meeting_id))
    tx.record(ListChanged(meeting_id))
    return True


def reopen(ctx: Context, *, meeting_id: MeetingId) -> None:
    """The meeting was closed too early: open again, on the same day; the absent are expected again.

    Raises WrongPhase("reopen_too_late").
    """

    ctx.transaction(lambda tx: reopen_now(tx, meeting_id))


def reopen_now(tx: Tx, meeting_id: MeetingId) -> bool:
    """A helper of the use-cases: the same in a transaction; False when it was open already."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.status is MeetingStatus.OPEN:
        return False
    here = as_view(meeting)
    meeting.status = rules.reopen(
        meeting.status,
        closed_on=here.day_of(here.closed_at) if here.closed_at else None,
        today=here.day_of(tx.now),
    )
    meeting.closed_at = None
    _settle(tx, meeting_id, AttendanceStatus.ABSENT, AttendanceStatus.EXPECTED)
    duties.let_go(tx, meeting_id)
    tx.record(MeetingChanged(meeting_id))
    tx.record(ListChanged(meeting_id))
    return True


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
            question.where((Meeting.status == MeetingStatus.OPEN) | (Meeting.starts_at > now - RECENT)).order_by(
                Meeting.starts_at
            )
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
