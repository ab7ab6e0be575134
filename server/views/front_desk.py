"""The door: scan, type, search, walk in, undo."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.vocabulary import DoorAnswer, Uid
from server.services import attendance, check_ins, meetings
from server.services.check_ins import Desk
from server.services.context import Json
from server.views import forms, guards
from server.views.guards import Visit
from server.views.sentences import SENTENCES

bp = Blueprint("front_desk", __name__, url_prefix="/desk")


@bp.get("/<meeting>")
@guards.needs(Verb.ADMIT)
def desk(visit: Visit) -> str:
    """The door's page."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    return render_template(
        "front_desk/desk.html", meeting=meeting, counts=attendance.counts(visit.ctx, visit.meeting_id)
    )


def _with_sentence(answer: Json) -> ResponseReturnValue:
    """A refusal carries its sentence; the answer itself stays as the first run stored it."""
    if answer["answer"] == DoorAnswer.REFUSED.value:
        answer = answer | {"text": gettext(SENTENCES[answer["reason"]])}
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/check-ins")
@guards.needs(Verb.ADMIT)
def create_check_in(visit: Visit) -> ResponseReturnValue:
    """A badge was scanned or its code typed: `{code}`."""
    body = forms.json_body()
    scanned = forms.json_text(body, "code", limit=8000)
    answer = check_ins.check_in(
        visit.ctx,
        meeting_id=visit.meeting_id,
        scanned=scanned,
        desk=Desk.of(visit.actor),
        op=visit.op("check_in", body),
    )
    return _with_sentence(answer)


@bp.post("/<meeting>/undos")
@guards.needs(Verb.UNDO_ADMISSION)
def create_undo(visit: Visit) -> ResponseReturnValue:
    """The last entry of somebody was a mistake: `{uid}`."""
    body = forms.json_body()
    answer = check_ins.undo(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=Uid(forms.json_text(body, "uid", limit=16)),
        desk=Desk.of(visit.actor),
        op=visit.op("undo", body),
    )
    return jsonify(ok=True, **answer)
