"""The facilitator's answer when time was lost: leave it, or give it back to the round."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.vocabulary import Uid
from server.services import time_lost
from server.views import forms, guards
from server.views.guards import Visit
from server.wire import rounds as wire

bp = Blueprint("facilitator_time", __name__, url_prefix="/run")


@bp.post("/<meeting>/notices/<uid>")
@guards.needs(Verb.RUN_ROUNDS)
def answer(visit: Visit, uid: str) -> ResponseReturnValue:
    """What becomes of the lost time: `{choice}`, one of as_it_stands and give_back."""
    body = forms.json_body()
    time_lost.answer(
        visit.ctx,
        meeting_id=visit.meeting_id,
        uid=Uid(uid),
        choice=forms.json_text(body, "choice", limit=24),
        by=visit.actor.person_id,
        op=visit.op(f"answer_notice_{uid}", body),
    )
    return jsonify(ok=True, clock=wire.clock(visit.ctx, visit.meeting_id))
