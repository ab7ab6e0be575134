"""The door's device itself: the worker that keeps its page, its pulse, what became of its session, its rest."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from server import assets
from server.domain.access import Verb
from server.services import door_devices
from server.views import forms, guards
from server.views.front_desk import bp as bp
from server.views.guards import Visit


@bp.get("/<meeting>/worker.js")
@guards.unguarded
def worker(meeting: str) -> Response:
    """The service worker of this one page, which browsers take on https and localhost only."""
    source = assets.web("static", "js", "front_desk", "worker.js").read_bytes()
    response = Response(source, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = f"/desk/{meeting}"
    return response


@bp.get("/<meeting>/pulse")
@guards.unguarded
def pulse(meeting: str) -> Response:
    """Somebody is there: asked every second by an open door, so that it knows within two that nobody is."""
    return Response(status=204)


@bp.get("/<meeting>/standing")
@guards.unguarded
def standing(meeting: str) -> ResponseReturnValue:
    """What became of this browser's session: `in`, `expired`, `revoked` (then it wipes itself) or `unknown`."""
    token = request.cookies.get(guards.cookie_name())
    return jsonify(ok=True, standing=door_devices.standing(guards.context(), token))


@bp.post("/<meeting>/rests")
@guards.needs(Verb.ADMIT)
def create_rest(visit: Visit) -> ResponseReturnValue:
    """Nobody touches this door: it hides its names and only scans → `{rests}`."""
    return jsonify(ok=True, rests=door_devices.rest(visit.ctx, session_uid=visit.actor.session_uid))


@bp.post("/<meeting>/wakings")
@guards.needs(Verb.ADMIT)
def create_waking(visit: Visit) -> ResponseReturnValue:
    """Somebody is back: `{pin}`."""
    pin = forms.json_text(forms.json_body(), "pin", limit=12)
    door_devices.wake(visit.ctx, session_uid=visit.actor.session_uid, pin=pin)
    return jsonify(ok=True)
