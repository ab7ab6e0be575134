"""The agenda on the facilitator's console: from item to item, one proposed cut, the break."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.agenda import PAUSE_MINUTES
from server.domain.errors import RuleViolation
from server.services import agenda_board, agenda_clock
from server.services.agenda_board import AgendaBoard
from server.services.context import Json
from server.views import agenda_words, forms, guards, pages
from server.views.guards import Visit
from server.wire import stage as wire

bp = Blueprint("facilitator_agenda", __name__, url_prefix="/run")
MOST_VERSIONS = 1_000_000
MOST_MINUTES = 10_000
MOST_PARTS = 40


def part(board: AgendaBoard) -> dict[str, Any]:
    """What `facilitator/agenda.html` needs, for every page that includes it."""
    return {
        "running": board,
        "script_of": agenda_words.script_of,
        "agenda_rows": [
            {
                "at": pages.local_time(row.at, board.meeting.time_zone),
                "title": row.title,
                "sub": "",
                "state": row.state,
                "planned": row.planned,
                "real": row.real,
                "drift": row.over,
                "left_out": row.left_out,
                "uid": row.uid,
            }
            for row in board.rows
        ],
    }


@bp.get("/<meeting>/agenda")
@guards.needs(Verb.RUN_ROUNDS)
def agenda(visit: Visit) -> ResponseReturnValue:
    """The agenda as it stands, anew: `{html}`."""
    board = agenda_board.read(visit.ctx, visit.meeting_id)
    return jsonify(ok=True, html=render_template("facilitator/agenda_alone.html", **part(board)))


def _press(visit: Visit, verb: Callable[..., Json], **more: object) -> ResponseReturnValue:
    """A press on the agenda that the presser's screen shows: `{version}`."""
    body = forms.json_body()
    verb(
        visit.ctx,
        meeting_id=visit.meeting_id,
        version=forms.json_int(body, "version", least=0, most=MOST_VERSIONS),
        by=visit.actor.person_id,
        op=visit.op(f"agenda_{verb.__name__}", body),
        **more,
    )
    return jsonify(ok=True, stage=wire.stage(visit.ctx, visit.meeting_id))


@bp.post("/<meeting>/agenda/forward")
@guards.needs(Verb.RUN_ROUNDS)
def forward(visit: Visit) -> ResponseReturnValue:
    """The next item begins."""
    return _press(visit, agenda_clock.forward)


@bp.post("/<meeting>/agenda/back")
@guards.needs(Verb.RUN_ROUNDS)
def back(visit: Visit) -> ResponseReturnValue:
    """The item before goes on."""
    return _press(visit, agenda_clock.back)


@bp.post("/<meeting>/agenda/skip")
@guards.needs(Verb.RUN_ROUNDS)
def skip(visit: Visit) -> ResponseReturnValue:
    """The next item is left out."""
    return _press(visit, agenda_clock.skip)


@bp.post("/<meeting>/agenda/cut")
@guards.needs(Verb.RUN_ROUNDS)
def cut(visit: Visit) -> ResponseReturnValue:
    """The proposed cut is made: `{version, parts: [{item, before, after}]}`."""
    parts = forms.json_body().get("parts")
    if not isinstance(parts, list) or len(parts) > MOST_PARTS or not all(isinstance(each, dict) for each in parts):
        raise RuleViolation("json_needed")
    found = [
        (
            forms.json_text(each, "item", limit=16),
            forms.json_int(each, "before", least=1, most=MOST_MINUTES),
            forms.json_int(each, "after", least=1, most=MOST_MINUTES),
        )
        for each in parts
    ]
    return _press(visit, agenda_clock.cut, parts=found)


@bp.post("/<meeting>/agenda/refuse")
@guards.needs(Verb.RUN_ROUNDS)
def refuse_cut(visit: Visit) -> ResponseReturnValue:
    """Nothing is shortened for this drift: `{version, late}`."""
    late = forms.json_int(forms.json_body(), "late", least=0, most=MOST_MINUTES)
    return _press(visit, agenda_clock.refuse_cut, late=late)


@bp.post("/<meeting>/pause/start")
@guards.needs(Verb.RUN_ROUNDS)
def start_pause(visit: Visit) -> ResponseReturnValue:
    """A break for everybody: `{version, minutes, label?}`."""
    body = forms.json_body()
    minutes = forms.json_int(body, "minutes", least=PAUSE_MINUTES[0], most=PAUSE_MINUTES[1])
    label = forms.json_text(body, "label", limit=agenda_clock.LABEL_MOST)
    return _press(visit, agenda_clock.start_pause, minutes=minutes, label=label)


@bp.post("/<meeting>/pause/adjust")
@guards.needs(Verb.RUN_ROUNDS)
def adjust_pause(visit: Visit) -> ResponseReturnValue:
    """The break is longer or shorter: `{version, minutes}`."""
    most = PAUSE_MINUTES[1]
    minutes = forms.json_int(forms.json_body(), "minutes", least=-most, most=most)
    return _press(visit, agenda_clock.adjust_pause, minutes=minutes)


@bp.post("/<meeting>/pause/end")
@guards.needs(Verb.RUN_ROUNDS)
def end_pause(visit: Visit) -> ResponseReturnValue:
    """Everybody is back."""
    return _press(visit, agenda_clock.end_pause)
