"""Who asks and about which meeting, in one question: what every write of a door, a console or a phone begins with.

What was read in a lull (`services.lulls`) serves those who look. Whoever writes ends the lull, and in a queue at the
door somebody writes all the time; so their question is asked past it, of the database alone.
"""

from sqlalchemy import bindparam, select, true

from server.domain.access import NOBODY, Actor
from server.domain.vocabulary import GroupId, MeetingId
from server.persistence.lean import Lean
from server.persistence.models import Group, Meeting
from server.services import meetings, sessions
from server.services.context import Context
from server.services.meetings import MeetingRef

_MEETING = (
    select(Meeting.id, Meeting.group_id, Group.own_network)
    .join(Group, Group.id == Meeting.group_id)
    .where(Meeting.uid == bindparam("uid"))
    .subquery("meeting")
)
_BOTH = Lean(
    sessions.OF_TOKEN.add_columns(
        *(_MEETING.c.id.label("meeting"), _MEETING.c.group_id.label("meeting_group"), _MEETING.c.own_network)
    ).outerjoin(_MEETING, true())
)


def find(ctx: Context, token: str | None, meeting_uid: str) -> tuple[Actor, MeetingRef]:
    """The actor behind a cookie, NOBODY as in `sessions.actor_for`, and the meeting. Raises NotFound.

    One statement for a device of the door, two for a person.
    """
    asked = {"token": sessions.token_hash(token or ""), "uid": meeting_uid}
    rows = ctx.database.ask(_BOTH, asked)
    if rows and rows[0].person_id is not None:
        with ctx.reading() as db:
            known = sessions.known(db, rows, ctx.now())
    else:
        known = sessions.of_device(rows)
    if known is None or rows[0].meeting is None:
        ref = meetings.find(ctx, meeting_uid)
    else:
        ref = MeetingRef(MeetingId(rows[0].meeting), GroupId(rows[0].meeting_group), bool(rows[0].own_network))
    return (NOBODY if known is None or ctx.now() >= known.expires_at else known.actor), ref
