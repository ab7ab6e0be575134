"""Badges from the door, one at a time: printed by this computer's printer or by the browser, and taken back."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.vocabulary import Uid
from server.services import door_prints, print_jobs
from server.services.badge_sheets import BadgeWords
from server.services.printing import Address
from server.views import forms, guards, print_room
from server.views.front_desk_people import bp as bp
from server.views.guards import Visit
from server.views.paper_texts import badge_words_of_meeting


@bp.post("/<meeting>/badge-prints")
@guards.needs(Verb.ADD_WALK_IN)
def create_badge_print(visit: Visit) -> ResponseReturnValue:
    """Somebody's badge: `{uid, again?, lost?}` → `{job, name, printer, file}`; a printed one first `{asks: moment}`."""
    body = forms.json_body()
    uid = Uid(forms.json_text(body, "uid", limit=16))
    words, to = _said(visit)
    made = door_prints.print_one(
        visit.ctx,
        group_id=visit.group_id,
        meeting_id=visit.meeting_id,
        attendance_uid=uid,
        words=words,
        to=to,
        again=body.get("again") is True,
        lost=body.get("lost") is True,
        op=visit.op("badge_print", body),
    )
    if made.asks is not None:
        return jsonify(ok=True, name=made.name, asks=made.asks.isoformat())
    return jsonify(
        ok=True,
        name=made.name,
        job=made.job,
        printer=made.printer,
        file=None if made.printer else url_for("front_desk.badge_file", meeting=_meeting(), uid=uid),
    )


@bp.get("/<meeting>/badge-prints/<uid>.pdf")
@guards.needs(Verb.ADD_WALK_IN)
def badge_file(visit: Visit, uid: str) -> ResponseReturnValue:
    """Somebody's badge, at its actual size; the browser's print dialog opens by itself where it can."""
    words, to = _said(visit)
    made = door_prints.file(
        visit.ctx,
        group_id=visit.group_id,
        meeting_id=visit.meeting_id,
        attendance_uid=Uid(uid),
        words=words,
        to=to,
    )
    return print_room.file(made, "badge")


@bp.post("/<meeting>/badge-print-undos")
@guards.needs(Verb.ADD_WALK_IN)
def create_badge_print_undo(visit: Visit) -> ResponseReturnValue:
    """That badge did not come out: `{job}`."""
    job = Uid(forms.json_text(forms.json_body(), "job", limit=16))
    print_jobs.take_back(visit.ctx, meeting_id=visit.meeting_id, job_uid=job)
    return jsonify(ok=True)


def _said(visit: Visit) -> tuple[BadgeWords, Address | None]:
    """The words on a badge and the address in its code."""
    with print_room.moment(visit) as now:
        language, to = print_room.language(now), print_room.address(now)
    with print_room.in_language(language):
        return BadgeWords(**badge_words_of_meeting(gettext, language)), to


def _meeting() -> str:
    assert request.view_args is not None, "the address names the meeting"
    return str(request.view_args["meeting"])
