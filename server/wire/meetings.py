"""A meeting as every screen sees it."""

from server.domain.vocabulary import MeetingId
from server.services import meetings
from server.services.context import Context, Json
from server.wire.times import ms


def meeting(ctx: Context, meeting_id: MeetingId) -> Json:
    """Name, place, status and the message on all screens. Names nobody."""
    with ctx.reading() as db:
        view = meetings.view(db, meeting_id)
    return {
        "uid": view.uid,
        "name": view.name,
        "place": view.place,
        "status": view.status.value,
        "starts_at": ms(view.starts_at),
        "message": view.message,
        "rounds": view.rounds_wanted,
        "round_seconds": view.round_seconds,
        "table_size": view.table_size,
    }
