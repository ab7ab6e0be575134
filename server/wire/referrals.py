"""Referral slips on the wire: for each of its two people what the board shows of it.

The prospect's name, how to reach them, comments, notes and reasons never travel this way: they stand on the slip's
own page, which knows whether the line is safe.
"""

from server.domain.vocabulary import PersonId, Uid
from server.services import slips as board
from server.services.context import Context, Json
from server.services.slips import SlipView, Someone
from server.wire.times import ms


def slips(ctx: Context, person_id: PersonId | None) -> Json:
    """The section `slips`: what one person has on the board, keyed by uid; empty for a screen that is nobody's."""
    return {} if person_id is None else {slip.uid: card(slip) for slip in board.board(ctx, person_id)}


def slip_patch(ctx: Context, person_id: PersonId, uid: Uid) -> Json:
    """A patch of the section for one slip; null takes away a slip that is no more, or not this person's."""
    slip = board.look(ctx, person_id, uid)
    return {uid: None if slip is None else card(slip)}


def card(slip: SlipView) -> Json:
    """One slip as its viewer's board shows it; `moves` is where this viewer may move it."""
    return {
        "kind": slip.kind.value,
        "state": slip.state.value,
        "side": slip.side.value,
        "giver": _someone(slip.giver),
        "receiver": _someone(slip.receiver),
        "need": slip.need,
        "level": slip.level,
        "version": slip.version,
        "changed_at": ms(slip.changed_at),
        "moves": [state.value for state in slip.moves],
    }


def _someone(person: Someone) -> Json:
    return {"person": person.uid, "name": person.name}
