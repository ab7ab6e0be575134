"""What was passed at a meeting, for the projector: how many slips, thanks and visitors, and the last of them.

First name and initial only; no prospect, no need, no sum, and leads are not among them.
"""

from server.domain.vocabulary import MeetingId
from server.services import passed
from server.services.context import Context, Json
from server.wire.times import ms


def section(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `passed`. `recent` is newest first; `kind` of each is `referral`, `thanks` or `visitor`."""
    found = passed.at(ctx, meeting_id)
    return {
        "slips": found.slips,
        "inside": found.inside,
        "thanks": found.thanks,
        "givers": found.givers,
        "visitors": found.visitors,
        "recent": [
            {"kind": each.kind, "from": each.giver, "to": each.receiver, "level": each.level, "at": ms(each.at)}
            for each in found.recent
        ],
    }
