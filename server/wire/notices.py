"""The section `notices`: time that was lost, as the facilitators are told of it. Moments and spans in milliseconds."""

from datetime import timedelta

from server.domain.vocabulary import MeetingId
from server.services import time_lost
from server.services.context import Context, Json
from server.wire.times import ms

_MILLI = timedelta(milliseconds=1)


def notices(ctx: Context, meeting_id: MeetingId) -> list[Json]:
    """What waits for an answer, the oldest first."""
    return [
        {
            "uid": each.uid,
            "kind": each.kind.value,
            "at": ms(each.at),
            "away_ms": None if each.away is None else round(each.away / _MILLI),
            "lost_ms": round(each.lost / _MILLI),
            "by_ms": round(each.by / _MILLI),
            "round": each.number,
            "may_give_back": each.may_give_back,
        }
        for each in time_lost.pending(ctx, meeting_id)
    ]
