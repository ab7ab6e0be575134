"""Checking oneself in: the kiosk at the door, and the page that the poster opens on one's own phone."""

import hashlib

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import NotFound
from server.domain.vocabulary import MeetingId
from server.services import meetings, self_check_in
from server.services.check_ins import Desk
from server.services.context import Json, Op
from server.views import forms, guards
from server.views.front_desk import op_of_device
from server.views.guards import Visit
from server.views.sentences import SENTENCES

bp = Blueprint("kiosk", __name__)


def _said(answer: Json) -> ResponseReturnValue:
    if "reason" in answer:
        answer = answer | {"text": gettext(SENTENCES[answer["reason"]])}
    return jsonify(ok=True, **answer)


@bp.get("/kiosk/<meeting>")
@guards.needs(Verb.CHECK_SELF_IN)
def page(visit: Visit) -> str:
    """The kiosk: a camera, a scanner or the typed code of one's own badge. No list, no numbers, no undo."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    return render_template("front_desk/kiosk.html", meeting=meeting)


@bp.post("/kiosk/<meeting>/check-ins")
@guards.needs(Verb.CHECK_SELF_IN)
def check_in(visit: Visit) -> ResponseReturnValue:
    """Somebody shows their own badge: `{code}` → `{answer, name?, table?}`."""
    body = forms.json_body()
    answer = self_check_in.by_badge(
        visit.ctx,
        meeting_id=visit.meeting_id,
        scanned=forms.json_text(body, "code", limit=8000),
        desk=Desk(visit.actor.session_uid, visit.actor.name, by_self=True),
        op=op_of_device(visit, "self_check_in", body),
    )
    return _said(answer)


def _of_poster(visit: Visit, poster: str) -> tuple[MeetingId, str]:
    found = self_check_in.meeting_of(visit.ctx, poster)
    if found is None:
        raise NotFound("self_check_in_off")
    return found


@bp.get("/here/<poster>")
@guards.anyone
def here(visit: Visit, poster: str) -> str:
    """What the poster opens: one press for whoever is signed in, else the own name or the code of the own badge."""
    _, name = _of_poster(visit, poster)
    signed_in = visit.actor.name if visit.actor.person_id is not None else ""
    return render_template("public/here.html", meeting_name=name, poster=poster, signed_in=signed_in, said=None)


@bp.post("/here/<poster>")
@guards.anyone
@forms.or_show_again(here)
def come_in(visit: Visit, poster: str) -> ResponseReturnValue:
    """Somebody checks themselves in from the poster."""
    meeting_id, name = _of_poster(visit, poster)
    desk = Desk(visit.actor.session_uid, gettext("Poster"), by_self=True)
    typed = forms.text("who", limit=200)
    code = forms.text("code", limit=600)
    op = _op(meeting_id, {"who": typed, "code": code, "me": forms.ticked("me")})
    if visit.actor.person_id is not None and forms.ticked("me"):
        answer = self_check_in.by_person(
            visit.ctx, meeting_id=meeting_id, person_id=visit.actor.person_id, desk=desk, op=op
        )
    elif code:
        answer = self_check_in.by_badge(visit.ctx, meeting_id=meeting_id, scanned=code, desk=desk, op=op)
    else:
        device = hashlib.sha256(guards.csrf_token().encode()).hexdigest()
        answer = self_check_in.by_name(visit.ctx, meeting_id=meeting_id, name=typed, device=device, desk=desk, op=op)
    return render_template("public/here.html", meeting_name=name, poster=poster, signed_in="", said=answer)


def _op(meeting_id: MeetingId, body: Json) -> Op | None:
    sent = request.form.get("op", "")
    if not sent:
        return None
    return Op(
        id=hashlib.sha256(f"poster:{meeting_id}:{guards.csrf_token()}:{sent}".encode()).hexdigest()[:40],
        kind="poster",
        body=body,
    )
