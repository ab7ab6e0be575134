"""The bells on the wire: what every screen rings, and for the facilitator which displays can be heard."""

from server.domain.vocabulary import MeetingId
from server.services import sound as service
from server.services.context import Context, Json
from server.wire.times import ms


def sound(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `sound`: level in per cent, half-time, last seconds, the last test, when it was heard."""
    found = service.of_meeting(ctx, meeting_id)
    test = None if found.test_uid is None else {"uid": found.test_uid, "at": ms(found.test_at)}
    return vars(found.sound) | {"test": test, "heard_at": ms(found.heard_at)}


def walls(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `walls`: each display that has spoken, whether it can be heard, and when it said so."""
    return {screen: {"on": is_on, "at": ms(at)} for screen, (is_on, at) in service.walls(ctx, meeting_id).items()}


def walls_patch(ctx: Context, meeting_id: MeetingId, gone: tuple[str, ...]) -> Json:
    """The same as a patch: displays that were forgotten go away."""
    return dict.fromkeys(gone) | walls(ctx, meeting_id)
