"""Calendars to subscribe to: the meetings of a group, or those on whose list a member stands.

A calendar has a link that nobody can guess and that one press ends. It holds names, places and times of meetings and
nothing about people; a meeting from which a member has excused themselves is not in theirs.
"""

from datetime import timedelta

from sqlalchemy import Select, func, select

from server.domain import attendance as attendance_rules
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, PersonId, Standing
from server.formats import calendar
from server.persistence.models import AgendaItem, Attendance, CalendarFeed, Group, Meeting, Membership
from server.services import signed_links
from server.services.context import Context, Tx

PURPOSE = "calendar"
BEHIND = timedelta(days=180)
"""How long a meeting stays in a calendar afterwards."""
REFRESH = timedelta(hours=6)
"""How often a calendar program is asked to look again."""
_UNPLANNED = 90
"""Minutes of a meeting without an agenda."""


def link_of(ctx: Context, group_id: GroupId, person_id: PersonId | None) -> str:
    """The link of a calendar that was made; empty where there is none or it was stopped. One statement."""
    with ctx.reading() as db:
        feed = db.scalar(_of(group_id, person_id))
        return "" if feed is None or feed.stopped_at is not None else _link(ctx, feed)


def make(ctx: Context, *, group_id: GroupId, person_id: PersonId | None) -> str:
    """A link to a calendar of the group (`person_id` None) or of one member; the one there was ends. Gives the link."""

    def work(tx: Tx) -> str:
        tx.db.get_one(Group, group_id, with_for_update=True)
        feed = tx.db.scalar(_of(group_id, person_id))
        if feed is None:
            feed = CalendarFeed(group_id=group_id, person_id=person_id, generation=1, created_at=tx.now)
            tx.db.add(feed)
        else:
            feed.generation += 1
            feed.stopped_at = None
        tx.db.flush()
        return _link(ctx, feed)

    return str(ctx.transaction(work))


def stop(ctx: Context, *, group_id: GroupId, person_id: PersonId | None) -> None:
    """The link opens nothing any more. Twice is once."""

    def work(tx: Tx) -> None:
        feed = tx.db.scalar(_of(group_id, person_id).with_for_update())
        if feed is not None and feed.stopped_at is None:
            feed.generation += 1
            feed.stopped_at = tx.now

    ctx.transaction(work)


def read(ctx: Context, link: str) -> bytes:
    """The calendar behind a link as an `.ics` file. Four statements at most.

    Raises NotFound("calendar_unknown"); so it does for somebody who is no member any more.
    """
    with ctx.reading() as db:
        uid = signed_links.uid_of(link)
        feed = db.scalar(select(CalendarFeed).where(CalendarFeed.uid == uid))
        if (
            feed is None
            or feed.stopped_at is not None
            or not signed_links.opens(ctx, PURPOSE, link, uid, feed.generation)
        ):
            raise NotFound("calendar_unknown")
        minutes = select(func.sum(AgendaItem.minutes)).where(AgendaItem.meeting_id == Meeting.id).scalar_subquery()
        question = select(Meeting, minutes).where(
            Meeting.group_id == feed.group_id, Meeting.starts_at > ctx.now() - BEHIND
        )
        if feed.person_id is not None:
            member = db.scalar(
                select(Membership.id).where(
                    Membership.group_id == feed.group_id,
                    Membership.person_id == feed.person_id,
                    Membership.standing == Standing.MEMBER,
                )
            )
            if member is None:
                raise NotFound("calendar_unknown")
            question = question.join(Attendance, Attendance.meeting_id == Meeting.id).where(
                Attendance.person_id == feed.person_id, Attendance.status.not_in(attendance_rules.AWAY)
            )
        entries = [
            calendar.TimedEntry(
                uid=f"{meeting.uid}@coltiva",
                stamped_at=ctx.now(),
                starts_at=meeting.starts_at,
                ends_at=meeting.starts_at + timedelta(minutes=length or _UNPLANNED),
                zone=meeting.time_zone,
                summary=meeting.name,
                location=meeting.place,
                # Moves with every change of a meeting's plan, so that a newer entry takes the place of an older one.
                sequence=meeting.agenda_version,
            )
            for meeting, length in db.execute(question.order_by(Meeting.starts_at, Meeting.id))
        ]
        group = db.get_one(Group, feed.group_id)
    return calendar.write_calendar(entries, name=group.name, refresh=REFRESH)


def _of(group_id: GroupId, person_id: PersonId | None) -> Select[CalendarFeed]:
    same = CalendarFeed.person_id.is_(None) if person_id is None else CalendarFeed.person_id == person_id
    return select(CalendarFeed).where(CalendarFeed.group_id == group_id, same)


def _link(ctx: Context, feed: CalendarFeed) -> str:
    return signed_links.make(ctx, PURPOSE, feed.uid, feed.generation)
