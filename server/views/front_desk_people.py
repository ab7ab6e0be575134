"""More than one person at the door: groups, substitutes, fees, badges that two desks let in."""

from typing import cast

from flask import jsonify
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Uid
from server.services import check_ins, conflicts, walk_ins
from server.services.check_ins import MOST_TOGETHER, Desk
from server.services.context import Json
from server.services.walk_ins import Newcomer
from server.views import forms, guards
from server.views.front_desk import answered, op_of_device
from server.views.front_desk_device import bp as bp
from server.views.guards import Visit


def _uids(body: Json) -> list[Uid]:
    found = body.get("uids", [])
    if not isinstance(found, list) or not all(isinstance(uid, str) and len(uid) <= 16 for uid in found):
        raise RuleViolation("text_needed", field="uids")
    if len(found) > MOST_TOGETHER:
        raise RuleViolation("too_many_together", most=MOST_TOGETHER)
    return cast(list[Uid], found)


@bp.post("/<meeting>/group-admissions")
@guards.needs(Verb.ADD_WALK_IN)
def create_group_admission(visit: Visit) -> ResponseReturnValue:
    """All four from one firm: `{uids}` → `{people: [answer of each], counts}`."""
    body = forms.json_body()
    answer = check_ins.admit_together(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uids=_uids(body),
        desk=Desk.of(visit.actor),
        op=op_of_device(visit, "group_admission", body),
    )
    people = [answered(visit, each) for each in answer["people"]]
    return jsonify(ok=True, counts=answer["counts"], people=people)


@bp.post("/<meeting>/substitutes")
@guards.needs(Verb.ADD_WALK_IN)
def create_substitute(visit: Visit) -> ResponseReturnValue:
    """Somebody comes for somebody else: `{uid, given_name, family_name?, company?}`, `{uid, known}` of the list, or
    `{uid, person}` of the group.
    """
    body = forms.json_body()
    known, person = (forms.json_text(body, name, limit=16) for name in ("known", "person"))
    given, family, company = (
        forms.json_text(body, name, limit=300) for name in ("given_name", "family_name", "company")
    )
    answer = walk_ins.come_for(
        visit.ctx,
        meeting_id=visit.meeting_id,
        absent_uid=Uid(forms.json_text(body, "uid", limit=16)),
        who=None if known or person else Newcomer(given, family, company),
        known_uid=Uid(known) if known else None,
        person_uid=Uid(person) if person else None,
        desk=Desk.of(visit.actor),
        op=op_of_device(visit, "substitute", body),
    )
    return jsonify(ok=True, **answered(visit, answer))


@bp.post("/<meeting>/payments")
@guards.needs(Verb.ADD_WALK_IN)
def create_payment(visit: Visit) -> ResponseReturnValue:
    """The fee was paid: `{uid}`; or was not after all: `{uid, paid: false}`."""
    body = forms.json_body()
    answer = check_ins.pay(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=Uid(forms.json_text(body, "uid", limit=16)),
        paid=body.get("paid") is not False,
        op=visit.op("payment", body),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/conflicts/<conflict>/settled")
@guards.needs(Verb.UNDO_ADMISSION)
def settle_conflict(visit: Visit, conflict: str) -> ResponseReturnValue:
    """Two desks let one badge in: `{verdict: same|other}`."""
    body = forms.json_body()
    conflicts.settle(
        visit.ctx,
        meeting_id=visit.meeting_id,
        conflict_uid=Uid(conflict),
        verdict=forms.json_text(body, "verdict", limit=16),
        desk=Desk.of(visit.actor),
    )
    return jsonify(ok=True)
