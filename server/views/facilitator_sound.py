"""The facilitator's sound test: how loud the bells are, which ring, and whether the back of the room hears them."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.sound import LAST_SECONDS, LEVELS
from server.services import sound
from server.services.context import Json
from server.views import forms, guards
from server.views.guards import Visit

bp = Blueprint("facilitator_sound", __name__, url_prefix="/run")


def _number(body: Json, name: str, most: int) -> int | None:
    return forms.json_int(body, name, least=0, most=most) if name in body else None


@bp.post("/<meeting>/sound")
@guards.needs(Verb.RUN_ROUNDS)
def change(visit: Visit) -> ResponseReturnValue:
    """Set the bells: any of `{level, half_time (0 or 1), last_seconds}`."""
    body = forms.json_body()
    answer = sound.change(
        visit.ctx,
        meeting_id=visit.meeting_id,
        level=_number(body, "level", LEVELS[1]),
        half_time=None if (flag := _number(body, "half_time", 1)) is None else bool(flag),
        last_seconds=_number(body, "last_seconds", max(LAST_SECONDS)),
        by=visit.actor.person_id,
        op=visit.op("sound", body),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/sound/test")
@guards.needs(Verb.RUN_ROUNDS)
def try_out(visit: Visit) -> ResponseReturnValue:
    """Every display rings once."""
    op = visit.op("sound_test", forms.json_body())
    answer = sound.try_out(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op)
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/sound/heard")
@guards.needs(Verb.RUN_ROUNDS)
def heard(visit: Visit) -> ResponseReturnValue:
    """The bell was heard at the back."""
    op = visit.op("sound_heard", forms.json_body())
    answer = sound.heard(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op)
    return jsonify(ok=True, **answer)
