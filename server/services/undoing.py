"""Taking back the last action: one use-case, and a table of what each action's undoing is.

What an action needs to be taken back stands in its line of the log (`action_log.note(…, undo={"verb": …})`). The
function registered under that verb puts things as they were, in the same transaction, or refuses with a Conflict
because something that came later is in the way. It gets what was noted, and `meeting_id`.
"""

import json
from collections.abc import Callable

from sqlalchemy import select

from server.domain import meetings as meeting_rules
from server.domain import undo as rules
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.models import Action, Meeting
from server.services import (
    action_log,
    agenda_clock,
    announcements,
    closing,
    placements,
    plan_undo,
    room_seats,
    round_undo,
    seat_log,
    sound,
    table_states,
    talk_undo,
)
from server.services.context import Context, Json, Op, Tx

Undoing = Callable[[Tx, Json], None]

UNDO: dict[str, Undoing] = {
    round_undo.VERB: round_undo.clock,
    table_states.VERB: table_states.put_back,
    placements.VERB: placements.put_back,
    plan_undo.VERB: plan_undo.put_back,
    seat_log.SEATS: seat_log.put_seats_back,
    seat_log.PINS: seat_log.put_pins_back,
    announcements.VERB: announcements.put_back,
    sound.UNDO_VERB: sound.undo_change,
    agenda_clock.UNDO_VERB: agenda_clock.restore,
    closing.UNDO_VERB: closing.undo_absent,
    talk_undo.UNDO_VERB: talk_undo.restore,
}
"""Verb → what takes it back. Every part of the product that notes an `undo` adds its line here."""
_MET_AFTER_ALL = frozenset({"round_void", "table_void", "table_skipped"})
"""Lines of the log after which people have met again, once they are taken back: who meets a second time changes."""


def take_back(
    ctx: Context, *, meeting_id: MeetingId, action: Uid, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The last action is taken back; `action` is the one that the presser's screen offered. Answers `{key}`.

    Raises Conflict("nothing_to_take_back"), Conflict("undo_moved_on"), Conflict("too_late_to_take_back"),
    WrongPhase("meeting_is_closed"), and what the action's own undoing refuses.
    """

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        rules.check(action, action_log.undoable(tx.db, meeting_id), tx.now)
        row = tx.db.scalars(select(Action).where(Action.meeting_id == meeting_id, Action.uid == action)).one()
        asked = json.loads(row.undo)
        UNDO[asked["verb"]](tx, asked | {"meeting_id": meeting_id})
        row.undone_at = tx.now
        what = {"key": row.key, "params": json.loads(row.params)}
        action_log.note(tx, meeting_id=meeting_id, key=action_log.TAKEN_BACK, params=what, by=by)
        return {"key": row.key}

    answer = ctx.transaction(work, op=op)
    if answer["key"] in _MET_AFTER_ALL:
        room_seats.sum_up(ctx, meeting_id, by_hand=False)
    return answer
