"""A meeting planned many times at once: which days it would take, the meetings themselves, and taking them back.

The meetings of a series have nothing in common but a name for it: each is changed, held and closed by itself, and the
later ones follow a change of an earlier one only when the organiser says so.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from server.domain import meetings as meeting_rules
from server.domain import series as rules
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import MeetingChanged
from server.domain.holidays import Holiday, holidays
from server.domain.series import Rhythm
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus, Standing, Uid
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Group, JournalEntry, Meeting, Registration, Round
from server.services import journal, meeting_plans, preparing
from server.services.context import Context, Json, Op, Tx
from server.services.meetings import MeetingPlan

KIND = "series"
"""The journal's word for meetings planned at once."""


@dataclass(frozen=True)
class Day:
    """A day that the rhythm falls on."""

    on: date
    holiday: Holiday | None
    taken: bool
    """Whether the group has a meeting on it already."""

    @property
    def free(self) -> bool:
        """Whether most groups would meet on it."""
        return self.holiday is None and not self.taken


@dataclass(frozen=True)
class Planned:
    """Meetings that were planned at once and can still be taken back."""

    change: Uid
    meetings: int


def days(ctx: Context, meeting_id: MeetingId, rhythm: Rhythm, until: date) -> tuple[Day, ...]:
    """The days after a meeting's own on which it would be held again. Raises what `rules.days_after` refuses."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        return _days(db, meeting, rhythm, until)


def repeat(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    rhythm: Rhythm,
    until: date,
    on: Collection[date],
    op: Op | None = None,
) -> Json:
    """Plan the meeting again on the days chosen, with every member expected. Answers `{change, meetings}`.

    A number in the name goes up by one from meeting to meeting. Raises RuleViolation: `series_day_needed` without a
    day, `series_day_elsewhere` for one that the rhythm does not fall on, `series_day_taken` with the day.
    """

    def work(tx: Tx) -> Json:
        first = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        possible = {day.on: day for day in _days(tx.db, first, rhythm, until)}
        _check(possible, on)
        first.series = first.series or new_uid()
        group = tx.db.get_one(Group, first.group_id)
        plan = preparing.plan_of_row(tx.db, first)
        made = []
        for day in sorted(on):
            starts = datetime.combine(day, plan.starts_local.time())
            plan = replace(plan, name=meeting_rules.name_after(plan.name), starts_local=starts)
            made.append(meeting_plans.add(tx, group, plan, is_demo=first.is_demo, series=Uid(first.series)))
        body = {"meetings": [meeting.id for meeting in made]}
        return {"change": journal.write(tx, KIND, body, group_id=group.id), "meetings": len(made)}

    return ctx.transaction(work, op=op)


def _check(possible: Mapping[date, Day], on: Collection[date]) -> None:
    if not on:
        raise RuleViolation("series_day_needed")
    for day in sorted(on):
        if day not in possible:
            raise RuleViolation("series_day_elsewhere", day=day)
        if possible[day].taken:
            raise RuleViolation("series_day_taken", day=day)


def latest(ctx: Context, group_id: GroupId, change: str) -> Planned | None:
    """Meetings planned at once that nobody has taken back yet."""
    with ctx.reading() as db:
        entry = _entry(db, group_id, change)
        return None if entry is None else Planned(Uid(entry.uid), len(json.loads(entry.body)["meetings"]))


def take_back(ctx: Context, *, group_id: GroupId, change: str) -> int:
    """The meetings planned at once go again; gives how many.

    Those stay in which something has happened: doors opened, somebody excused, a round planned. Taking back twice does
    nothing the second time. Raises NotFound("series_unknown"), and WrongPhase("series_was_used") when none may go.
    """

    def work(tx: Tx) -> int:
        entry = tx.db.scalar(
            select(JournalEntry)
            .where(JournalEntry.uid == change, JournalEntry.group_id == group_id, JournalEntry.kind == KIND)
            .with_for_update()
        )
        if entry is None:
            raise NotFound("series_unknown")
        if entry.undone_at is not None:
            return 0
        planned = json.loads(entry.body)["meetings"]
        going = tx.db.scalars(select(Meeting.id).where(Meeting.id.in_(planned), *_untouched())).all()
        if not going:
            raise WrongPhase("series_was_used")
        tx.db.execute(delete(Meeting).where(Meeting.id.in_(going)))
        entry.undone_at = tx.now
        return len(going)

    return int(ctx.transaction(work))


def later(ctx: Context, meeting_id: MeetingId) -> int:
    """How many later meetings of its series a change of this one may reach: those that are not open yet."""
    with ctx.reading() as db:
        return len(_later(db, db.get_one(Meeting, meeting_id)))


def change(ctx: Context, *, meeting_id: MeetingId, plan: MeetingPlan) -> int:
    """Change a meeting and let the later ones of its series follow; gives how many did.

    They keep their day and their name, and take over place, time of day, rounds and agenda. Raises as
    `meetings.change`.
    """

    def work(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        following = _later(tx.db, meeting)
        meeting_plans.fill(meeting, plan)
        tx.record(MeetingChanged(meeting_id))
        for other in following:
            day = other.starts_at.astimezone(ZoneInfo(other.time_zone)).date()
            starts = datetime.combine(day, plan.starts_local.time())
            meeting_plans.fill(other, replace(plan, name=other.name, starts_local=starts))
            tx.record(MeetingChanged(MeetingId(other.id)))
        return len(following)

    return int(ctx.transaction(work))


def _days(db: Session, meeting: Meeting, rhythm: Rhythm, until: date) -> tuple[Day, ...]:
    zone = ZoneInfo(meeting.time_zone)
    found = rules.days_after(meeting.starts_at.astimezone(zone).date(), rhythm, until)
    kept = holidays(meeting.time_zone, range(found[0].year, found[-1].year + 1))
    others = db.scalars(select(Meeting.starts_at).where(Meeting.group_id == meeting.group_id))
    taken = {starts.astimezone(zone).date() for starts in others}
    return tuple(Day(day, kept.get(day), day in taken) for day in found)


def _later(db: Session, meeting: Meeting) -> list[Meeting]:
    if meeting.series is None:
        return []
    return list(
        db.scalars(
            select(Meeting).where(
                Meeting.series == meeting.series,
                Meeting.group_id == meeting.group_id,
                Meeting.starts_at > meeting.starts_at,
                Meeting.status == MeetingStatus.DRAFT,
            )
        )
    )


def _entry(db: Session, group_id: GroupId, change: str) -> JournalEntry | None:
    return db.scalar(
        select(JournalEntry).where(
            JournalEntry.uid == change,
            JournalEntry.group_id == group_id,
            JournalEntry.kind == KIND,
            JournalEntry.undone_at.is_(None),
        )
    )


def _untouched() -> tuple[ColumnElement[bool], ...]:
    """What is true of a meeting in which nothing has happened yet: everybody on its list is a member and expected."""
    happened = or_(Attendance.status != AttendanceStatus.EXPECTED, Attendance.standing != Standing.MEMBER)
    return (
        Meeting.status == MeetingStatus.DRAFT,
        ~exists().where(Attendance.meeting_id == Meeting.id, happened),
        ~exists().where(Round.meeting_id == Meeting.id),
        ~exists().where(Registration.meeting_id == Meeting.id),
    )
