"""What a meeting is going to be, before anything is decided: the plan in force, and the next one of a series."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import meetings as rules
from server.domain.vocabulary import GroupId, MeetingId
from server.persistence.models import AgendaItem, Meeting
from server.services.context import Context
from server.services.meetings import AgendaLine, MeetingPlan


def suggested(ctx: Context, group_id: GroupId) -> MeetingPlan | None:
    """The plan of the group's last meeting, moved by whole weeks to a day that is not over; None for the first.

    A name with a number gets the next number.
    """
    with ctx.reading() as db:
        last = db.scalar(
            select(Meeting).where(Meeting.group_id == group_id).order_by(Meeting.starts_at.desc()).limit(1)
        )
        if last is None:
            return None
        plan = plan_of_row(db, last)
        today = ctx.now().astimezone(ZoneInfo(last.time_zone)).date()
    starts = plan.starts_local + timedelta(weeks=1)
    while starts.date() < today:
        starts += timedelta(weeks=1)
    return replace(plan, name=rules.name_after(plan.name), starts_local=starts)


def plan_of(ctx: Context, meeting_id: MeetingId) -> MeetingPlan:
    """What the organiser has decided so far, to be changed in a form."""
    with ctx.reading() as db:
        return plan_of_row(db, db.get_one(Meeting, meeting_id))


def plan_of_row(db: Session, meeting: Meeting) -> MeetingPlan:
    """The same of a loaded meeting. One statement for its agenda."""
    items = db.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position))
    return MeetingPlan(
        name=meeting.name,
        place=meeting.place,
        starts_local=meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).replace(tzinfo=None),
        rounds=meeting.rounds_wanted,
        round_seconds=meeting.round_seconds,
        table_size=meeting.table_size,
        agenda=tuple(AgendaLine(item.kind, item.title, item.minutes, item.script, item.uid) for item in items),
    )
