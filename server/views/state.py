"""The snapshot over HTTP, for a screen that missed something or cannot use sockets."""

from typing import cast

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from server.domain.access import Verb, audiences
from server.views import guards
from server.wire.sections import Viewer
from server.wire.snapshots import Snapshots

bp = Blueprint("state", __name__)


@bp.get("/state/<meeting>")
@guards.needs(Verb.HEAR_NEWS)
def state(visit: guards.Visit) -> ResponseReturnValue:
    """The same body as the acknowledgement of `join`."""
    heard = audiences(visit.actor.roles(visit.scope, visit.now))
    snapshots = cast(Snapshots, current_app.extensions["coltiva_snapshots"])
    text = snapshots.text(visit.meeting_id, heard, Viewer(visit.actor.person_id, visit.secure))
    return Response(text, mimetype="application/json")
