"""Print jobs: badges that came out of a printer together. Undoing one touches what that job marked and nothing else.

A job is written when somebody says that the paper came out well (or when a printer at the door took it), and keeps a
fingerprint of what each badge said, so that a later change of a name or a company is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update

from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, MeetingId, Uid
from server.persistence.models import Attendance, Badge, Meeting, PrintedBadge, PrintJob
from server.services.context import Context, Op, Tx

SHOWN = 5
"""Jobs of a meeting that are listed, the latest first."""


@dataclass(frozen=True)
class Job:
    """A print job that stands: when, on what, how many badges; from the door or from the organiser's page."""

    uid: Uid
    printed_at: datetime
    stock: str
    printer: str
    at_door: bool
    badges: int


@dataclass(frozen=True)
class Marked:
    """What marking wrote down; not `is_new` when the same press came a second time."""

    job: Uid
    is_new: bool


def mark(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    said: Mapping[Uid, str],
    stock: str,
    printer: str = "",
    at_door: bool = False,
    op: Op | None = None,
) -> Marked:
    """These badges came out well: `said` maps the uid of a badge to the fingerprint of what it says.

    Badges of people who are not on the meeting's list are left out. The job's uid is empty when it would hold nothing.
    """
    written: list[str] = []

    def work(tx: Tx) -> str:
        written.clear()
        badges = _on_list(tx, meeting_id, said)
        if not badges:
            return ""
        job = PrintJob(
            group_id=badges[0].group_id,
            meeting_id=meeting_id,
            stock=stock[:40],
            printer=printer[:120],
            at_door=at_door,
            printed_at=tx.now,
        )
        tx.db.add(job)
        tx.db.flush()
        for badge in badges:
            _note(tx, job, badge, said[Uid(badge.uid)])
        written.append(job.uid)
        return job.uid

    job_uid = Uid(ctx.transaction(work, op=op))
    return Marked(job_uid, is_new=bool(written))


def _on_list(tx: Tx, meeting_id: MeetingId, said: Mapping[Uid, str]) -> Sequence[Badge]:
    """The badges of these uids whose owners are on the meeting's list, locked."""
    group_id = select(Meeting.group_id).where(Meeting.id == meeting_id).scalar_subquery()
    owners = select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)
    question = select(Badge).where(Badge.uid.in_(said), Badge.group_id == group_id, Badge.person_id.in_(owners))
    return tx.db.scalars(question.order_by(Badge.id).with_for_update()).all()


def _note(tx: Tx, job: PrintJob, badge: Badge, says: str) -> None:
    printed = PrintedBadge(job_id=job.id, badge_id=badge.id, generation=badge.generation, fingerprint=says[:16])
    tx.db.add(printed)
    badge.printed_at = tx.now


def take_back(ctx: Context, *, meeting_id: MeetingId, job_uid: Uid, op: Op | None = None) -> int:
    """That job did not come out: its badges are as they were before it. Answers how many; a second time none.

    Raises NotFound("print_job_unknown").
    """

    def work(tx: Tx) -> int:
        job = tx.db.scalar(_of_meeting(meeting_id).where(PrintJob.uid == job_uid).with_for_update())
        if job is None:
            raise NotFound("print_job_unknown")
        if job.undone_at is not None:
            return 0
        job.undone_at = tx.now
        tx.db.flush()
        standing = (
            select(func.max(PrintJob.printed_at))
            .join(PrintedBadge, PrintedBadge.job_id == PrintJob.id)
            .where(
                PrintedBadge.badge_id == Badge.id,
                PrintedBadge.generation == Badge.generation,
                PrintJob.undone_at.is_(None),
            )
            .scalar_subquery()
        )
        of_job = select(PrintedBadge.badge_id).where(PrintedBadge.job_id == job.id)
        taken = tx.db.execute(
            update(Badge)
            .where(Badge.id.in_(of_job))
            .values(printed_at=standing)
            .returning(Badge.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(taken)

    return int(ctx.transaction(work, op=op))


def listed(ctx: Context, meeting_id: MeetingId, *, most: int = SHOWN) -> tuple[Job, ...]:
    """The latest print jobs of a meeting that stand, the newest first. One statement."""
    question = (
        _of_meeting(meeting_id)
        .add_columns(func.count(PrintedBadge.id))
        .join(PrintedBadge, PrintedBadge.job_id == PrintJob.id)
        .where(PrintJob.undone_at.is_(None))
        .group_by(PrintJob.id)
        .order_by(PrintJob.printed_at.desc(), PrintJob.id.desc())
        .limit(most)
    )
    with ctx.reading() as db:
        return tuple(
            Job(Uid(job.uid), job.printed_at, job.stock, job.printer, job.at_door, int(number))
            for job, number in db.execute(question)
        )


def stocks_used(ctx: Context, group_id: GroupId) -> frozenset[str]:
    """The stocks on which a print of this group has come out well before. One statement."""
    question = select(PrintJob.stock).where(PrintJob.group_id == group_id, PrintJob.undone_at.is_(None)).distinct()
    with ctx.reading() as db:
        return frozenset(db.scalars(question))


def _of_meeting(meeting_id: MeetingId) -> Select[PrintJob]:
    """The jobs of a meeting, and those of its group that older programs have left without one."""
    group_id = select(Meeting.group_id).where(Meeting.id == meeting_id).scalar_subquery()
    return select(PrintJob).where(
        or_(
            PrintJob.meeting_id == meeting_id,
            PrintJob.meeting_id.is_(None) & (PrintJob.group_id == group_id),
        )
    )
