"""The door: scan, type, search, walk in, undo, and the phones that join there."""

import hashlib

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import DoorAnswer, Standing, Uid
from server.services import attendance, check_ins, door_devices, door_known, meetings, phones
from server.services.attendance import RoomPerson
from server.services.check_ins import AWAY, Desk, Sent
from server.services.context import Json, Op
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
    """The door's page. A steward scans; search, walk-ins and undo are for whoever may.

    `?kept=1` is what a device keeps for the hours without a network: the same page without any name.
    """
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    kept = "kept" in request.args
    people = () if kept else attendance.everybody(visit.ctx, visit.meeting_id)
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
        may_print=visit.may(Verb.ADD_WALK_IN),
        hears=visit.may(Verb.HEAR_NEWS),
        kept=kept,
        device=door_devices.device(visit.ctx, visit.actor.session_uid),
    )


def _has_place(person: RoomPerson) -> bool:
    return person.status not in AWAY or person.in_room


def _place(person: RoomPerson) -> str:
    if not person.in_room:
        return "seed"
    return "bloom" if person.standing is Standing.VISITOR else "sprout"


def answered(visit: Visit, answer: Json) -> Json:
    """An answer for the screen: a refusal with its sentence, a fee without its amount on an open line.

    The answer itself stays as the first run stored it.
    """
    if answer.get("answer") == DoorAnswer.REFUSED.value:
        answer = answer | {"text": gettext(SENTENCES[answer["reason"]])}
    if "fee" in answer:
        answer = answer | {"fee": answer["fee"] if visit.secure else {}}
    return answer


def _with_sentence(visit: Visit, answer: Json) -> ResponseReturnValue:
    return jsonify(ok=True, **answered(visit, answer))


def op_of_device(visit: Visit, kind: str, body: Json) -> Op | None:
    """The operation of a scan. It belongs to the device, not to its session: a door that signed in again after its
    session had ended sends what it kept, and whatever was recorded already is not recorded twice.
    """
    sent = request.headers.get("X-Operation-Id", "")
    if not sent:
        return None
    return Op(id=hashlib.sha256(f"door:{visit.meeting_id}:{sent}".encode()).hexdigest()[:40], kind=kind, body=body)


def _sent(body: Json) -> Sent:
    """When the device scanned by its own clock (`at`), and in the headers when it sends and whether it had to wait."""
    scanned, sent = body.get("at"), request.headers.get("X-Scan-Sent", "")
    if not isinstance(scanned, int) or isinstance(scanned, bool) or not 0 <= scanned < 10**15:
        return Sent()
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 15):
        return Sent()
    return Sent(scanned, int(sent), saved=request.headers.get("X-Scan-Saved") == "1")


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
    """A badge was scanned or its code typed: `{code, at?: ms, otherwise?: [other readings of the same burst]}`."""
    body = forms.json_body()
    answer = check_ins.check_in(
        visit.ctx,
        meeting_id=visit.meeting_id,
        scanned=forms.json_text(body, "code", limit=8000),
        otherwise=_otherwise(body),
        desk=Desk.of(visit.actor),
        sent=_sent(body),
        op=op_of_device(visit, "check_in", body),
    )
    return _with_sentence(visit, answer)


@bp.get("/<meeting>/people")
@guards.needs(Verb.SEARCH_ROOM)
def people(visit: Visit) -> ResponseReturnValue:
    """People of the list by name or company, `?q=`; nobody before two characters are typed."""
    found = attendance.search(visit.ctx, visit.meeting_id, request.args.get("q", "")[:120])
    return jsonify(ok=True, people=wire.hits(visit.ctx, found))


@bp.get("/<meeting>/likely")
@guards.needs(Verb.ADD_WALK_IN)
def likely(visit: Visit) -> ResponseReturnValue:
    """Who may be the walk-in: people of the list, then of the group: `?given_name=&family_name=&company=`."""
    given, family, company = (request.args.get(name, "")[:160] for name in ("given_name", "family_name", "company"))
    found = attendance.likely(visit.ctx, visit.meeting_id, given_name=given, family_name=family, company=company)
    known = door_known.likely(
        visit.ctx, visit.group_id, visit.meeting_id, given_name=given, family_name=family, company=company
    )
    return jsonify(ok=True, people=[*wire.hits(visit.ctx, found), *wire.known(known)])


@bp.post("/<meeting>/admissions")
@guards.needs(Verb.ADD_WALK_IN)
def create_admission(visit: Visit) -> ResponseReturnValue:
    """Somebody of the list without a badge: `{uid, at?: ms}`."""
    body = forms.json_body()
    answer = check_ins.admit_by_name(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=_uid(body),
        desk=Desk.of(visit.actor),
        sent=_sent(body),
        op=op_of_device(visit, "admission", body),
    )
    return _with_sentence(visit, answer)


@bp.post("/<meeting>/walk-ins")
@guards.needs(Verb.ADD_WALK_IN)
def create_walk_in(visit: Visit) -> ResponseReturnValue:
    """Somebody nobody expected: `{given_name, family_name?, company?}`, or `{person}` of the group."""
    body = forms.json_body()
    if person := forms.json_text(body, "person", limit=16):
        answer = check_ins.add_known(
            visit.ctx,
            meeting_id=visit.meeting_id,
            person_uid=Uid(person),
            desk=Desk.of(visit.actor),
            op=op_of_device(visit, "walk_in", body),
        )
        return _with_sentence(visit, answer)
    answer = check_ins.add_walk_in(
        visit.ctx,
        meeting_id=visit.meeting_id,
        given_name=forms.json_text(body, "given_name", limit=300),
        family_name=forms.json_text(body, "family_name", limit=300),
        company=forms.json_text(body, "company", limit=300),
        desk=Desk.of(visit.actor),
        op=op_of_device(visit, "walk_in", body),
    )
    return _with_sentence(visit, answer)


@bp.post("/<meeting>/undos")
@guards.needs(Verb.UNDO_ADMISSION)
def create_undo(visit: Visit) -> ResponseReturnValue:
    """The last entry of somebody was a mistake: `{uid, reason?}`; after a quarter of an hour with a reason."""
    body = forms.json_body()
    answer = check_ins.undo(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=_uid(body),
        desk=Desk.of(visit.actor),
        reason=forms.json_text(body, "reason", limit=120),
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
