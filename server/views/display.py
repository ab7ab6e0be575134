"""The projector: one page for the whole morning, and the form where a screen shows the display code.

Whoever opens it, it hears and shows what a display may: first names and initials, tables, numbers, the clock.
"""

from datetime import UTC, datetime

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import ROLE_VERBS, Verb
from server.domain.vocabulary import Audience
from server.services import displays, groups, meetings, sound
from server.services.context import Context
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


@bp.get("/<meeting>")
@guards.needs(Verb.SEE_DISPLAY)
def screen(visit: Visit) -> str:
    """The wall as it is now; its script keeps it alive."""
    with visit.ctx.one_moment() as ctx:
        state = wire.state(ctx, visit.meeting_id, HEARD, Viewer(), leave_out=("passed",))
        with ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
        address = join_address(visit, ctx)
    snapshot, now = state["snapshot"], state["server_now"]
    clock = snapshot["clock"]
    scene = wall.scene_of(snapshot)
    timer = wall.timer_of(snapshot, scene)
    seating = wall.seated(snapshot) if scene in ("break", "round") else {}
    tables, moves = wall.tables_of(seating), wall.moves_of(seating)
    return render_template(
        "display/screen.html",
        wall=wall,
        meeting=meeting,
        state=state,
        snapshot=snapshot,
        scene=scene,
        stage=snapshot.get("stage") or {},
        talk=snapshot.get("talk"),
        timer=timer,
        ripe=scene == "round" and wall.is_ripe(clock, now, timer.last),
        half=scene == "round" and wall.is_half(clock, now, snapshot.get("sound")),
        clock=clock,
        counts=snapshot["counts"],
        ring_now=wall.ring_of(timer, now, wall.word_of(snapshot, scene, now)),
        tables=tables,
        moves=moves,
        prompts=[str(prompt) for prompt in wall.PROMPTS],
        minutes=max(0, -(-(state["snapshot"]["meeting"]["starts_at"] - now) // 60_000)),
        moment=lambda at: datetime.fromtimestamp(at / 1000, UTC),
        message=snapshot["meeting"]["message"],
        address=address.split("://", 1)[-1],
        qr=qr_path(f"{address}/"),
    )


@bp.get("/<meeting>/state")
@guards.needs(Verb.SEE_DISPLAY)
def state(visit: Visit) -> ResponseReturnValue:
    """The snapshot of a display, whoever asks: the same as `join {screen: "display"}` acknowledges."""
    return jsonify(wire.state(visit.ctx, visit.meeting_id, HEARD, Viewer()))


@bp.post("/<meeting>/sound")
@guards.needs(Verb.SEE_DISPLAY)
def tell_sound(visit: Visit) -> ResponseReturnValue:
    """An open display says whether it can be heard: `{screen, on (0 or 1)}`; `screen` is a word it made up."""
    body = forms.json_body()
    screen = forms.json_text(body, "screen", limit=32)
    is_on = bool(forms.json_int(body, "on", least=0, most=1))
    sound.tell(visit.ctx, meeting_id=visit.meeting_id, screen=screen, is_on=is_on, op=visit.op("tell_sound", body))
    return jsonify(ok=True)


def join_address(visit: Visit, ctx: Context) -> str:
    """The address that phones use: the group's, the one of the command line, else the one of this network."""
    with ctx.reading() as db:
        own = groups.view(db, visit.group_id).settings.base_url
    if own or visit.ctx.settings.base_url:
        return (own or visit.ctx.settings.base_url).rstrip("/")
    name = host_name(request.host)
    port = f":{request.host.rsplit(':', 1)[1]}" if request.host.rsplit(":", 1)[-1].isdigit() else ""
    if name == "localhost" or is_loopback(name):
        name = next((address for address in own_addresses() if ":" not in address), name)
    return f"{request.scheme}://{name}{port}"
