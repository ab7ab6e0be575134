"""The snapshot over HTTP, for a screen that missed something or cannot use sockets."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from server.domain.access import Verb, audiences
from server.views import guards
from server.wire import state as wire
from server.wire.sections import Viewer

bp = Blueprint("state", __name__)


@bp.get("/state/<meeting>")
@guards.needs(Verb.HEAR_NEWS)
def state(visit: guards.Visit) -> ResponseReturnValue:
    """The same body as the acknowledgement of `join`."""
    heard = audiences(visit.actor.roles(visit.scope, visit.now))
    return jsonify(
        wire.state(visit.ctx, visit.meeting_id, heard, Viewer(visit.actor.person_id, visit.secure))
    )
