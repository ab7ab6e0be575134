"""The demo's calendar: its newest meeting, and the move of a whole made-up history to another day.

Only a made-up group is ever moved. The move is one transaction: every moment keeps its wall-clock time, every date
its distance, so that last week's breakfast is last week's again. How people are signed in keeps its own time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from server.domain import meetings as rules
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Role, Standing, Uid
from server.persistence.base import Base, UtcDateTime
from server.persistence.models import GrantRow, Group, Meeting, Membership
from server.services.context import Context, Tx

KEEP_THEIR_TIME = frozenset({"sessions", "one_time_links", "grants", "operations"})
"""Tables about browsers of today, not about the story."""


@dataclass(frozen=True)
class DemoMeeting:
    """The newest meeting of the made-up group, and whom the console's links are for."""

    id: MeetingId
    uid: Uid
    name: str
    status: MeetingStatus
    local_start: datetime
    group_id: GroupId
    group_name: str
    organiser_id: PersonId
    members: int

    @property
    def day(self) -> date:
        """The day of the meeting at its place."""
        return self.local_start.date()


def newest(ctx: Context) -> DemoMeeting | None:
    """The newest meeting of a made-up group; None where there is none. Three statements."""
    with ctx.reading() as db:
        found = db.execute(
            select(Meeting, Group)
            .join(Group, Group.id == Meeting.group_id)
            .where(Meeting.is_demo.is_(True))
            .order_by(Meeting.starts_at.desc())
            .limit(1)
        ).one_or_none()
        if found is None:
            return None
        meeting, group = found
        organiser = db.scalar(
            select(GrantRow.person_id)
            .where(GrantRow.group_id == group.id, GrantRow.role == Role.ORGANISER, GrantRow.person_id.is_not(None))
            .order_by(GrantRow.id)
            .limit(1)
        )
        if organiser is None:
            raise NotFound("person_unknown")
        members = db.scalar(
            select(func.count()).where(Membership.group_id == group.id, Membership.standing == Standing.MEMBER)
        )
        return DemoMeeting(
            id=MeetingId(meeting.id),
            uid=Uid(meeting.uid),
            name=meeting.name,
            status=meeting.status,
            local_start=meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)),
            group_id=GroupId(group.id),
            group_name=group.name,
            organiser_id=PersonId(organiser),
            members=members or 0,
        )


def move(ctx: Context, *, meeting_id: MeetingId, starts_local: datetime) -> int:
    """Move everything so that this meeting is on the day of `starts_local`, and let it start then; days moved.

    Raises NotFound("meeting_unknown") unless the meeting is made up.
    """

    def work(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if not meeting.is_demo:
            raise NotFound("meeting_unknown")
        zone = ZoneInfo(meeting.time_zone)
        days = (starts_local.date() - meeting.starts_at.astimezone(zone).date()).days
        if days:
            for table in Base.metadata.sorted_tables:
                if table.name not in KEEP_THEIR_TIME:
                    _shift(tx.db, table, zone, days)
            tx.db.expire_all()
            _rename(tx.db, meeting.group_id, zone)
        meeting.starts_at = starts_local.replace(tzinfo=zone)
        return days

    return ctx.transaction(work)


def _shift(db: Session, table: Table, zone: ZoneInfo, days: int) -> None:
    """Every date and moment of a table, row by row. What is unique by day moves outwards first, into free days."""
    columns: list[Column[Any]] = [c for c in table.columns if isinstance(c.type, UtcDateTime | Date)]
    if not columns:
        return
    (key,) = table.primary_key.columns
    order = [column.desc() if days > 0 else column for column in columns if isinstance(column.type, Date)]
    rows = db.execute(select(key, *columns).order_by(*order, key)).all()
    names = [f"new_{column.name}" for column in columns]
    moved = [
        {"row_key": found} | {name: _moved(value, zone, days) for name, value in zip(names, values, strict=True)}
        for found, *values in rows
    ]
    if moved:
        new = {column: bindparam(f"new_{column.name}", type_=column.type) for column in columns}
        statement = update(table).where(key == bindparam("row_key")).values(new)
        db.connection().execute(statement, moved)


def _moved(value: date | datetime | None, zone: ZoneInfo, days: int) -> date | datetime | None:
    if isinstance(value, datetime):
        # By the wall clock: half past seven stays half past seven when the clocks change in between.
        return value.astimezone(zone) + timedelta(days=days)
    return None if value is None else value + timedelta(days=days)


def _rename(db: Session, group_id: int, zone: ZoneInfo) -> None:
    """Short names of meetings hold their day."""
    for meeting in db.scalars(select(Meeting).where(Meeting.group_id == group_id, Meeting.is_demo.is_(True))):
        meeting.slug = rules.slug_for(meeting.name, meeting.starts_at.astimezone(zone).date())
