"""The projector: one page for the whole morning, and the form where a screen shows the display code.

Whoever opens it, it hears and shows what a display may: first names and initials, tables, numbers, the clock.
"""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import ROLE_VERBS, Verb
from server.domain.vocabulary import Audience
from server.services import displays, groups, meetings
from server.services.context import Json
from server.views import forms, guards, public, wall
from server.views.gate import host_name, is_loopback, own_addresses
from server.views.guards import Visit
from server.views.qr import qr_path
from server.wire import state as wire
from server.wire.sections import Viewer

bp = Blueprint("display", __name__, url_prefix="/display")
HEARD = (Audience.EVERYONE, Audience.DISPLAYS)


@bp.get("")
@guards.anyone
def code_form(visit: Visit) -> ResponseReturnValue:
    """Where a screen becomes a display by its code; whoever may see one already is led to it."""
    for grant in visit.actor.grants:
        if Verb.SEE_DISPLAY in ROLE_VERBS[grant.role]:
            found = meetings.nearest(visit.ctx, grant.group_id, grant.meeting_id)
            if found is not None:
                return redirect(url_for("display.screen", meeting=found))
    return render_template("display/code.html", values=forms.typed())


@bp.post("")
@guards.anyone
@forms.or_show_again(code_form)
def enter(visit: Visit) -> ResponseReturnValue:
    """The code was typed: this browser is a display of its meeting for a day."""
    opened, meeting = displays.sign_in(
        visit.ctx, code=forms.text("code", limit=40), label=f"Display, {public.device_label()}"
    )
    return public.signed_in(opened, url_for("display.screen", meeting=meeting))


def _state(visit: Visit) -> Json:
    return wire.state(visit.ctx, visit.meeting_id, HEARD, Viewer())


@bp.get("/<meeting>")
@guards.needs(Verb.SEE_DISPLAY)
def screen(visit: Visit) -> str:
    """The wall as it is now; its script keeps it alive."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    state = _state(visit)
    snapshot, now = state["snapshot"], state["server_now"]
    clock = snapshot["clock"]
    scene = wall.scene_of(snapshot)
    seating = wall.seated(snapshot) if scene in ("break", "round") else {}
    tables, moves = wall.tables_of(seating), wall.moves_of(seating)
    address = join_address(visit)
    return render_template(
        "display/screen.html",
        wall=wall,
        meeting=meeting,
        state=state,
        scene=scene,
        ripe=scene == "round" and wall.is_ripe(clock, now),
        clock=clock,
        counts=snapshot["counts"],
        ring_now=wall.ring_of(clock if scene == "round" else None, now),
        tables=tables,
        moves=moves,
        prompts=[str(prompt) for prompt in wall.PROMPTS],
        minutes=max(0, -(-(state["snapshot"]["meeting"]["starts_at"] - now) // 60_000)),
        message=snapshot["meeting"]["message"],
        address=address.split("://", 1)[-1],
        qr=qr_path(f"{address}/"),
    )


@bp.get("/<meeting>/state")
@guards.needs(Verb.SEE_DISPLAY)
def state(visit: Visit) -> ResponseReturnValue:
    """The snapshot of a display, whoever asks: the same as `join {screen: "display"}` acknowledges."""
    return jsonify(_state(visit))


def join_address(visit: Visit) -> str:
    """The address that phones use: the group's, the one of the command line, else the one of this network."""
    with visit.ctx.reading() as db:
        own = groups.view(db, visit.group_id).settings.base_url
    if own or visit.ctx.settings.base_url:
        return (own or visit.ctx.settings.base_url).rstrip("/")
    name = host_name(request.host)
    port = f":{request.host.rsplit(':', 1)[1]}" if request.host.rsplit(":", 1)[-1].isdigit() else ""
    if name == "localhost" or is_loopback(name):
        name = next((address for address in own_addresses() if ":" not in address), name)
    return f"{request.scheme}://{name}{port}"
