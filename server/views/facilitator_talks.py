"""Presentations in turn on the facilitator's console: who speaks, who comes, the order, how long each."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.speaking import ADJUST_MOST_SECONDS, SECONDS, TalkPhase, Turn, TurnState
from server.services import meetings, speaking
from server.services.context import Json
from server.services.speaking import TalkView
from server.views import forms, guards
from server.views.guards import Visit
from server.wire import speaking as wire

bp = Blueprint("facilitator_talks", __name__, url_prefix="/run")
MOST_VERSIONS = 1_000_000
SECOND = timedelta(seconds=1)
Row = dict[str, Any]


def _main_button(phase: TalkPhase, *, last: bool) -> Json:
    """The one next press, by where the rota stands."""
    if phase is TalkPhase.READY:
        return {"act": "start", "icon": "play", "text": gettext("Start")}
    if phase is TalkPhase.DONE:
        return {"act": "away", "icon": "check", "text": gettext("Back to the agenda")}
    text = gettext("Everybody has spoken") if last else gettext("Next speaker")
    return {"act": "next", "icon": "check" if last else "next", "text": text}


def _clock(found: TalkView, visit: Visit) -> Json:
    """The ring at the moment of the page, as the console draws the round's."""
    clock, phase = found.rota.clock, found.rota.phase
    left, length = math.ceil(clock.left(visit.now) / SECOND), round(clock.length / SECOND)
    words = {
        TalkPhase.READY: gettext("ready"),
        TalkPhase.RUNNING: gettext("left"),
        TalkPhase.PAUSED: gettext("paused"),
        TalkPhase.DONE: gettext("done"),
    }
    if phase is TalkPhase.RUNNING and left == 0 and clock.ends_at is not None:
        over = -math.floor((visit.now - clock.ends_at) / SECOND) - 1
        return {"left": over, "length": length, "phase": "running", "word": gettext("over")}
    shown = {TalkPhase.RUNNING: "running", TalkPhase.PAUSED: "paused"}.get(phase, "ready")
    return {"left": 0 if phase is TalkPhase.DONE else left, "length": length, "phase": shown, "word": words[phase]}


def _row(found: TalkView, turn: Turn) -> Row:
    return {"turn": turn, "voice": found.voices[turn.who], "over": round(turn.over / SECOND)}


def _rows(found: TalkView, *states: TurnState) -> list[Row]:
    return [_row(found, turn) for turn in found.rota.turns if turn.state in states]


def _show(visit: Visit) -> str:
    found = speaking.read(visit.ctx, visit.meeting_id)
    if found is None:
        with visit.ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
        return render_template(
            "facilitator/talks.html",
            talk=None,
            meeting=meeting,
            prospect=speaking.prospect(visit.ctx, visit.meeting_id),
        )
    rota = found.rota
    return render_template(
        "facilitator/talks.html",
        talk=found,
        rota=rota,
        main=_main_button(rota.phase, last=not rota.waiting),
        clock=_clock(found, visit),
        now=None if rota.at is None else _row(found, rota.at),
        waiting=_rows(found, TurnState.WAITING),
        spoken=[_row(found, turn) for turn in rota.spoke],
        out=_rows(found, TurnState.SKIPPED, TurnState.AWAY),
        over=round(rota.over / SECOND),
        late=max(0, round((rota.ends_at(visit.now) - found.due_at) / timedelta(minutes=1))),
        each=rota.each // SECOND,
        fitting=rota.offered(visit.now, found.due_at),
    )


@bp.get("/<meeting>/talks")
@guards.needs(Verb.RUN_ROUNDS)
def talks(visit: Visit) -> ResponseReturnValue:
    """Presentations as they stand, or what they would be: `{html}`."""
    return jsonify(ok=True, html=_show(visit))


@bp.post("/<meeting>/talks/open")
@guards.needs(Verb.RUN_ROUNDS)
def open_rota(visit: Visit) -> ResponseReturnValue:
    """Everybody in the room gets a turn: `{minutes?}`."""
    body = forms.json_body()
    least, most = speaking.MINUTES
    minutes = forms.json_int(body, "minutes", least=least, most=most) if "minutes" in body else None
    speaking.begin(
        visit.ctx,
        meeting_id=visit.meeting_id,
        minutes=minutes,
        by=visit.actor.person_id,
        op=visit.op("talks_open", body),
    )
    return _told(visit)


def _told(visit: Visit) -> ResponseReturnValue:
    return jsonify(ok=True, talk=wire.talk(visit.ctx, visit.meeting_id))


def _press(visit: Visit, verb: Callable[..., Json], **more: object) -> ResponseReturnValue:
    """A press on the rota that the presser's screen shows: `{version}`."""
    body = forms.json_body()
    verb(
        visit.ctx,
        meeting_id=visit.meeting_id,
        version=forms.json_int(body, "version", least=0, most=MOST_VERSIONS),
        by=visit.actor.person_id,
        op=visit.op(f"talk_{verb.__name__}", body),
        **more,
    )
    return _told(visit)


def _who(body: Json) -> str:
    return forms.json_text(body, "who", limit=16)


@bp.post("/<meeting>/talks/start")
@guards.needs(Verb.RUN_ROUNDS)
def start(visit: Visit) -> ResponseReturnValue:
    """The first word, or the next after going back."""
    return _press(visit, speaking.start)


@bp.post("/<meeting>/talks/pause")
@guards.needs(Verb.RUN_ROUNDS)
def pause(visit: Visit) -> ResponseReturnValue:
    """The time left is set aside."""
    return _press(visit, speaking.pause)


@bp.post("/<meeting>/talks/resume")
@guards.needs(Verb.RUN_ROUNDS)
def resume(visit: Visit) -> ResponseReturnValue:
    """The time set aside runs again."""
    return _press(visit, speaking.resume)


@bp.post("/<meeting>/talks/adjust")
@guards.needs(Verb.RUN_ROUNDS)
def adjust(visit: Visit) -> ResponseReturnValue:
    """A little more or less: `{version, seconds}`."""
    most = ADJUST_MOST_SECONDS
    seconds = forms.json_int(forms.json_body(), "seconds", least=-most, most=most)
    return _press(visit, speaking.adjust, seconds=seconds)


@bp.post("/<meeting>/talks/next")
@guards.needs(Verb.RUN_ROUNDS)
def forward(visit: Visit) -> ResponseReturnValue:
    """The next one speaks."""
    return _press(visit, speaking.forward)


@bp.post("/<meeting>/talks/skip")
@guards.needs(Verb.RUN_ROUNDS)
def skip(visit: Visit) -> ResponseReturnValue:
    """Whoever's turn it is does not speak."""
    return _press(visit, speaking.skip)


@bp.post("/<meeting>/talks/back")
@guards.needs(Verb.RUN_ROUNDS)
def back(visit: Visit) -> ResponseReturnValue:
    """Whoever spoke last has their turn again."""
    return _press(visit, speaking.back)


@bp.post("/<meeting>/talks/pace")
@guards.needs(Verb.RUN_ROUNDS)
def pace(visit: Visit) -> ResponseReturnValue:
    """Those to come have so many seconds each: `{version, seconds}`."""
    least, most = SECONDS
    seconds = forms.json_int(forms.json_body(), "seconds", least=least, most=most)
    return _press(visit, speaking.pace, seconds=seconds)


@bp.post("/<meeting>/talks/move")
@guards.needs(Verb.RUN_ROUNDS)
def move(visit: Visit) -> ResponseReturnValue:
    """Somebody speaks before somebody else: `{version, who, before}`; without `before`, last."""
    body = forms.json_body()
    before = forms.json_text(body, "before", limit=16) or None
    return _press(visit, speaking.move, who=_who(body), before=before)


@bp.post("/<meeting>/talks/leave-out")
@guards.needs(Verb.RUN_ROUNDS)
def leave_out(visit: Visit) -> ResponseReturnValue:
    """Somebody does not speak today: `{version, who}`."""
    return _press(visit, speaking.leave_out, who=_who(forms.json_body()))


@bp.post("/<meeting>/talks/put-back")
@guards.needs(Verb.RUN_ROUNDS)
def put_back(visit: Visit) -> ResponseReturnValue:
    """Somebody who was left out speaks after all: `{version, who}`."""
    return _press(visit, speaking.put_back, who=_who(forms.json_body()))


@bp.post("/<meeting>/talks/away")
@guards.needs(Verb.RUN_ROUNDS)
def put_away(visit: Visit) -> ResponseReturnValue:
    """No more presentations."""
    return _press(visit, speaking.put_away)
