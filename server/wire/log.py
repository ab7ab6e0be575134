"""The log on the wire: which line is the newest, and which one can be taken back. The words are fetched."""

from server.domain.vocabulary import MeetingId
from server.services import action_log
from server.services.context import Context, Json
from server.wire.times import ms


def log(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `log`: `{newest, undoable, until}`, uids and epoch milliseconds."""
    found = action_log.last(ctx, meeting_id)
    return {"newest": found.newest, "undoable": found.undoable, "until": ms(found.until)}
