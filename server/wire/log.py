"""The log on the wire: how many lines there are, and which one can be taken back. The words are fetched."""

from server.domain.vocabulary import MeetingId
from server.services import action_log
from server.services.context import Context, Json
from server.wire.times import ms


def log(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `log`: `{lines, undoable, until}`: a number, a uid, epoch milliseconds."""
    found = action_log.last(ctx, meeting_id)
    return {"lines": found.lines, "undoable": found.undoable, "until": ms(found.until)}
