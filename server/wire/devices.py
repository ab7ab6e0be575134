"""The screens online on the wire: counted by kind, never named."""

from server.domain.vocabulary import MeetingId
from server.services import online
from server.services.context import Context, Json


def devices(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `devices`: `{phones, displays, desks, consoles}`."""
    return dict(vars(online.online(ctx, meeting_id)))
