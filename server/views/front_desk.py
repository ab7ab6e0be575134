"""The door: scan, type, search, walk in, undo, and the phones that join there."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import DoorAnswer, Standing, Uid
from server.services import attendance, check_ins, meetings, phones
from server.services.attendance import RoomPerson
from server.services.check_ins import AWAY, Desk
from server.services.context import Json
from server.views import forms, guards
from server.views.guards import Visit
from server.views.sentences import SENTENCES
from server.wire import attendance as wire

bp = Blueprint("front_desk", __name__, url_prefix="/desk")

SHOWN = 8
"""Lines of the last scans."""
READINGS = 4
"""How many ways one burst of a scanner may be read."""


@bp.get("/<meeting>")
@guards.needs(Verb.ADMIT)
def desk(visit: Visit) -> str:
    """The door's page. A steward scans; search, walk-ins and undo are for whoever may."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    people = attendance.everybody(visit.ctx, visit.meeting_id)
    came = sorted((p for p in people if p.in_room), key=lambda p: str(p.entered_at), reverse=True)
    return render_template(
        "front_desk/desk.html",
        meeting=meeting,
        counts=attendance.counts(visit.ctx, visit.meeting_id),
        bed=[(_place(person), person.uid) for person in people if _has_place(person)],
        arrivals=came[:SHOWN],
        may_search=visit.may(Verb.SEARCH_ROOM),
        may_add=visit.may(Verb.ADD_WALK_IN),
        may_undo=visit.may(Verb.UNDO_ADMISSION),
        hears=visit.may(Verb.HEAR_NEWS),
    )


def _has_place(person: RoomPerson) -> bool:
    return person.status not in AWAY or person.in_room


def _place(person: RoomPerson) -> str:
    if not person.in_room:
        return "seed"
    return "bloom" if person.standing is Standing.VISITOR else "sprout"


def _with_sentence(answer: Json) -> ResponseReturnValue:
    """A refusal carries its sentence; the answer itself stays as the first run stored it."""
    if answer["answer"] == DoorAnswer.REFUSED.value:
        answer = answer | {"text": gettext(SENTENCES[answer["reason"]])}
    return jsonify(ok=True, **answer)


def _uid(body: Json) -> Uid:
    return Uid(forms.json_text(body, "uid", limit=16))


def _otherwise(body: Json) -> list[str]:
    found = body.get("otherwise", [])
    readable = isinstance(found, list) and all(isinstance(text, str) and len(text) <= 40 for text in found)
    if not readable or len(found) > READINGS:
        raise RuleViolation("text_needed", field="otherwise")
    return list(found)


@bp.post("/<meeting>/check-ins")
@guards.needs(Verb.ADMIT)
def create_check_in(visit: Visit) -> ResponseReturnValue:
    """A badge was scanned or its code typed: `{code, otherwise?: [other readings of the same burst]}`."""
    body = forms.json_body()
    answer = check_ins.check_in(
        visit.ctx,
        meeting_id=visit.meeting_id,
        scanned=forms.json_text(body, "code", limit=8000),
        otherwise=_otherwise(body),
        desk=Desk.of(visit.actor),
        op=visit.op("check_in", body),
    )
    return _with_sentence(answer)


@bp.get("/<meeting>/people")
@guards.needs(Verb.SEARCH_ROOM)
def people(visit: Visit) -> ResponseReturnValue:
    """People of the list by name or company, `?q=`; nobody before two characters are typed."""
    found = attendance.search(visit.ctx, visit.meeting_id, request.args.get("q", "")[:120])
    return jsonify(ok=True, people=wire.hits(visit.ctx, found))


@bp.get("/<meeting>/likely")
@guards.needs(Verb.ADD_WALK_IN)
def likely(visit: Visit) -> ResponseReturnValue:
    """People of the list who may be the walk-in: `?given_name=&family_name=&company=`."""
    given, family, company = (request.args.get(name, "")[:160] for name in ("given_name", "family_name", "company"))
    found = attendance.likely(visit.ctx, visit.meeting_id, given_name=given, family_name=family, company=company)
    return jsonify(ok=True, people=wire.hits(visit.ctx, found))


@bp.post("/<meeting>/admissions")
@guards.needs(Verb.ADD_WALK_IN)
def create_admission(visit: Visit) -> ResponseReturnValue:
    """Somebody of the list without a badge: `{uid}`."""
    body = forms.json_body()
    answer = check_ins.admit_by_name(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=_uid(body),
        desk=Desk.of(visit.actor),
        op=visit.op("admission", body),
    )
    return _with_sentence(answer)


@bp.post("/<meeting>/walk-ins")
@guards.needs(Verb.ADD_WALK_IN)
def create_walk_in(visit: Visit) -> ResponseReturnValue:
    """Somebody nobody expected: `{given_name, family_name?, company?}`."""
    body = forms.json_body()
    answer = check_ins.add_walk_in(
        visit.ctx,
        meeting_id=visit.meeting_id,
        given_name=forms.json_text(body, "given_name", limit=300),
        family_name=forms.json_text(body, "family_name", limit=300),
        company=forms.json_text(body, "company", limit=300),
        desk=Desk.of(visit.actor),
        op=visit.op("walk_in", body),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/undos")
@guards.needs(Verb.UNDO_ADMISSION)
def create_undo(visit: Visit) -> ResponseReturnValue:
    """The last entry of somebody was a mistake: `{uid}`."""
    body = forms.json_body()
    answer = check_ins.undo(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=_uid(body),
        desk=Desk.of(visit.actor),
        op=visit.op("undo", body),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/exits")
@guards.needs(Verb.UNDO_ADMISSION)
def create_exit(visit: Visit) -> ResponseReturnValue:
    """Somebody goes before the end: `{uid}`."""
    body = forms.json_body()
    answer = check_ins.leave(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=_uid(body),
        desk=Desk.of(visit.actor),
        op=visit.op("exit", body),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/phone-codes")
@guards.needs(Verb.SEARCH_ROOM)
def create_phone_code(visit: Visit) -> ResponseReturnValue:
    """Six digits with which somebody's phone joins, for the screen of the door or the facilitator: `{uid}`."""
    code = phones.make_code(visit.ctx, meeting_id=visit.meeting_id, attendance_uid=_uid(forms.json_body()))
    return jsonify(ok=True, code=code)


@bp.post("/<meeting>/phone-undos")
@guards.needs(Verb.UNDO_ADMISSION)
def create_phone_undo(visit: Visit) -> ResponseReturnValue:
    """The wrong phone joined for somebody: `{uid}`."""
    phones.release(visit.ctx, meeting_id=visit.meeting_id, attendance_uid=_uid(forms.json_body()))
    return jsonify(ok=True)
