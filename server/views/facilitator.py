"""The facilitator's console: the clock and its buttons, the plan, the room, one line to all screens."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.vocabulary import MeetingStatus, RoundPhase
from server.services import announcements, console, plan_runs, plan_summaries, rounds
from server.services.console import Board
from server.services.context import Json, breathe
from server.views import facilitator_agenda, facilitator_live, forms, guards, plan_words
from server.views.guards import Visit
from server.views.sentences import remarks
from server.wire import log as log_wire
from server.wire import plans as plan_wire
from server.wire import rounds as wire
from server.wire.times import ms

bp = Blueprint("facilitator", __name__, url_prefix="/run")
MOST_VERSIONS = 1_000_000
SECOND = timedelta(seconds=1)


def _page(visit: Visit) -> dict[str, Any]:
    """What the console shows of the room: all that changes with the seats and the door."""
    board = console.board(visit.ctx, visit.meeting_id)
    return {
        "board": board,
        "plan": plan_summaries.summary(visit.ctx, visit.meeting_id),
        "run": plan_runs.latest(visit.ctx, visit.meeting_id),
        "plan_words": plan_words,
        **facilitator_agenda.part(board.agenda),
    }


def _main_button(board: Board) -> Json:
    """The one next press, by where the round stands; the script knows the same."""
    now = board.current
    if now is None:
        return {"act": "plan", "icon": "swap", "text": gettext("Plan rounds"), "why": None}
    if now.phase is RoundPhase.RUNNING and now.clock.is_over(board.now):
        return {"act": "end", "icon": "next", "text": gettext("End round"), "why": None}
    if now.phase is RoundPhase.RUNNING:
        return {"act": "pause", "icon": "pause", "text": gettext("Pause"), "why": None}
    if now.phase is RoundPhase.PAUSED:
        return {"act": "resume", "icon": "play", "text": gettext("Go on"), "why": None}
    text = gettext("Start round %(number)s", number=now.number)
    if now.phase is not RoundPhase.PLANNED:
        return {"act": "start", "icon": "play", "text": text, "why": gettext("All rounds are over")}
    shut = board.meeting.status is not MeetingStatus.OPEN
    return {"act": "start", "icon": "play", "text": text, "why": gettext("The doors are shut") if shut else None}


def _clock(visit: Visit, board: Board) -> Json:
    """The ring at the moment of the page: seconds left (below zero: over), and the word under them."""
    now = board.current
    if now is None:
        length = board.meeting.round_seconds
        return {"left": length, "length": length, "phase": "ready", "word": gettext("no seats yet")}
    left = math.ceil(now.clock.left(visit.now) / SECOND)
    length = round(now.clock.length / SECOND)
    phase, word = "running", gettext("left")
    if now.phase is RoundPhase.PLANNED:
        phase, word = "ready", gettext("ready")
    elif now.phase is RoundPhase.PAUSED:
        phase, word = "paused", gettext("paused")
    elif now.phase is RoundPhase.ENDED:
        phase, word = "ready", gettext("done")
    elif left == 0 and now.clock.ends_at is not None:
        left, word = -math.floor((visit.now - now.clock.ends_at) / SECOND) - 1, gettext("over")
    return {"left": left, "length": length, "phase": phase, "word": word}


@bp.get("/<meeting>")
@guards.needs(Verb.RUN_ROUNDS)
def run(visit: Visit) -> str:
    """The console, complete from the start; scripts keep it alive."""
    page = _page(visit)
    board: Board = page["board"]
    return render_template(
        "facilitator/run.html",
        **page,
        main=_main_button(board),
        clock=_clock(visit, board),
        log_lines=None,
        state={
            "clock": wire.clock_of(board.current),
            "rounds": board.meeting.rounds_wanted,
            "length_ms": board.meeting.round_seconds * 1000,
            "server_now": ms(visit.now),
            "plan": {"run": plan_wire.run_of(page["run"])},
        },
    )


@bp.get("/<meeting>/room")
@guards.needs(Verb.RUN_ROUNDS)
def room(visit: Visit) -> ResponseReturnValue:
    """The parts of the console that change with the seats and the door, anew: `{html}`."""
    html = render_template("facilitator/room.html", **_page(visit), **facilitator_live.log_part(visit))
    return jsonify(ok=True, html=html)


@bp.get("/<meeting>/outlook")
@guards.needs(Verb.RUN_ROUNDS)
def outlook(visit: Visit) -> ResponseReturnValue:
    """What is possible with the people who are here, before anybody plans: `{html}`."""
    found = plan_summaries.outlook(visit.ctx, visit.meeting_id)
    lines = [remarks.worded(told["key"], told["params"], found.name, gettext) for told in found.said]
    return jsonify(ok=True, html=render_template("facilitator/outlook.html", lines=lines))


def _told(visit: Visit) -> ResponseReturnValue:
    """What a press answers: the clock, and what can be taken back now, so that the next key means this press."""
    ctx, meeting_id = visit.ctx, visit.meeting_id
    return jsonify(ok=True, clock=wire.clock(ctx, meeting_id), log=log_wire.log(ctx, meeting_id))


@bp.post("/<meeting>/plan")
@guards.needs(Verb.RUN_ROUNDS)
def make_plan(visit: Visit) -> ResponseReturnValue:
    """Plan the rounds that have not begun, for the people who are here: begun at once, told as it goes."""
    op = visit.op("plan", forms.json_body())
    answer = plan_runs.begin(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op)
    return jsonify(ok=True, **answer), 202


@bp.post("/<meeting>/plan/enough")
@guards.needs(Verb.RUN_ROUNDS)
def enough(visit: Visit) -> ResponseReturnValue:
    """The planner stops, and the best so far is kept."""
    plan_runs.stop(visit.ctx, meeting_id=visit.meeting_id, op=visit.op("enough", forms.json_body()))
    return jsonify(ok=True)


@bp.post("/<meeting>/message")
@guards.needs(Verb.RUN_ROUNDS)
def say(visit: Visit) -> ResponseReturnValue:
    """One line on all screens: `{message}`; an empty one takes it away."""
    body = forms.json_body()
    announcements.say(
        visit.ctx,
        meeting_id=visit.meeting_id,
        message=forms.json_text(body, "message", limit=announcements.MOST),
        by=visit.actor.person_id,
        op=visit.op("say", body),
    )
    return jsonify(ok=True)


def _press(visit: Visit, verb: Callable[..., Json], number: int, **more: object) -> ResponseReturnValue:
    """One press on the round that the presser's screen shows: `{version}`; others get their turn around the write."""
    body = forms.json_body()
    breathe()
    verb(
        visit.ctx,
        meeting_id=visit.meeting_id,
        number=number,
        version=forms.json_int(body, "version", least=0, most=MOST_VERSIONS),
        by=visit.actor.person_id,
        op=visit.op(f"{verb.__name__}_round_{number}", body),
        **more,
    )
    breathe()
    return _told(visit)


@bp.post("/<meeting>/rounds/<int:number>/start")
@guards.needs(Verb.RUN_ROUNDS)
def start(visit: Visit, number: int) -> ResponseReturnValue:
    """Everybody talks, from a second after now."""
    return _press(visit, rounds.start, number)


@bp.post("/<meeting>/rounds/<int:number>/pause")
@guards.needs(Verb.RUN_ROUNDS)
def pause(visit: Visit, number: int) -> ResponseReturnValue:
    """The time left is set aside."""
    return _press(visit, rounds.pause, number)


@bp.post("/<meeting>/rounds/<int:number>/resume")
@guards.needs(Verb.RUN_ROUNDS)
def resume(visit: Visit, number: int) -> ResponseReturnValue:
    """The time set aside runs again."""
    return _press(visit, rounds.resume, number)


@bp.post("/<meeting>/rounds/<int:number>/adjust")
@guards.needs(Verb.RUN_ROUNDS)
def adjust(visit: Visit, number: int) -> ResponseReturnValue:
    """More time or less: `{version, seconds}`."""
    most = rounds.ADJUST_MOST_SECONDS
    seconds = forms.json_int(forms.json_body(), "seconds", least=-most, most=most)
    return _press(visit, rounds.adjust, number, seconds=seconds)


@bp.post("/<meeting>/rounds/<int:number>/end")
@guards.needs(Verb.RUN_ROUNDS)
def end(visit: Visit, number: int) -> ResponseReturnValue:
    """The round is over; the next one is announced."""
    return _press(visit, rounds.end, number)


@bp.post("/<meeting>/rounds/<int:number>/void")
@guards.needs(Verb.RUN_ROUNDS)
def void(visit: Visit, number: int) -> ResponseReturnValue:
    """The round does not count."""
    return _press(visit, rounds.void, number)
