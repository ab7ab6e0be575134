"""What is on, for every screen: the item of the agenda, what comes, the break, and the drift at the last change.

Titles only: what the facilitator says, and what was left out, is on the console.
"""

from datetime import timedelta

from server.domain.vocabulary import MeetingId
from server.services import agenda_clock
from server.services.agenda_clock import Stage
from server.services.context import Context, Json
from server.wire.times import ms

_MILLISECOND = timedelta(milliseconds=1)


def stage(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `stage`."""
    return stage_of(agenda_clock.read(ctx, meeting_id))


def stage_of(found: Stage) -> Json:
    """The same of an agenda that was read already."""
    behind = found.course.behind
    return {
        "item": _item(found),
        "next": None if found.next is None else {"title": found.next.title, "minutes": found.next.line.today},
        "pause": _pause(found),
        "behind_ms": None if behind is None else round(behind / _MILLISECOND),
        "version": found.version,
    }


def _item(found: Stage) -> Json | None:
    item = found.on
    if item is None or found.course.on is None:
        return None
    return {
        "uid": item.uid,
        "position": found.course.on + 1,
        "of": len(found.items),
        "kind": item.kind,
        "title": item.title,
        "minutes": item.line.today,
        "began_at": ms(item.line.began_at),
        "due_at": ms(item.line.due_at),
    }


def _pause(found: Stage) -> Json | None:
    if found.pause is None:
        return None
    return {
        "uid": found.pause_uid,
        "began_at": ms(found.pause.began_at),
        "ends_at": ms(found.pause.ends_at),
        "label": found.pause.label,
    }
