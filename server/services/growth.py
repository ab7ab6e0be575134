"""What grew from one meeting, for a page and a poster: counts by round, and the way each piece of business took."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from server.domain import growth as rules
from server.domain.folded import Kind
from server.domain.growth import Grown
from server.domain.vocabulary import MeetingId
from server.persistence.queries import folded
from server.persistence.queries import growth as queries
from server.services import meetings
from server.services.context import Context
from server.services.meetings import MeetingView


@dataclass(frozen=True)
class Growth:
    """The meeting, its day at its place, its group, and what grew."""

    meeting: MeetingView
    day: date
    group: str
    grown: Grown


def of_meeting(ctx: Context, meeting_id: MeetingId) -> Growth:
    """What grew from one meeting so far. Seven statements."""
    with ctx.reading() as db:
        meeting, group, gone = folded.meeting_and_gone(db, meeting_id, Kind.GREW)
        day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
        grown = rules.grown(
            day,
            queries.sat(db, meeting),
            queries.again(db, meeting, day),
            queries.links(db, meeting, day),
            queries.slips(db, meeting, day),
            gone[Kind.GREW],
        )
        return Growth(meetings.as_view(meeting), day, group.name, grown)
