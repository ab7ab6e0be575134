"""The duties of a meeting on the organiser's pages: a fair suggestion, a choice for each place, the way back."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain import duties as rules
from server.domain.access import Verb
from server.services import duties, meetings
from server.views import duty_words, forms, guards
from server.views.guards import Visit
from server.views.organiser import bp as bp


@bp.get("/<meeting>/duties", endpoint="duties")
@guards.needs(Verb.PREPARE_MEETING)
def roster(visit: Visit) -> str:
    """Who does what, and who did it too often."""
    meeting, _agenda = meetings.show(visit.ctx, visit.meeting_id)
    return render_template(
        "organiser/duties.html",
        meeting=meeting,
        roster=duties.roster(visit.ctx, visit.meeting_id),
        title=duty_words.title,
        hints=duty_words.HINTS,
    )


@bp.post("/<meeting>/duties")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(roster)
def settle_duties(visit: Visit) -> ResponseReturnValue:
    """Every place gets whoever was chosen."""
    fields = {f"{place.duty.value}-{place.number}": (place.duty, place.number) for place in rules.empty_roster()}
    chosen = {name: forms.text(name, limit=16) for name in fields if name in request.form}
    duties.settle(
        visit.ctx,
        meeting_id=visit.meeting_id,
        holders={fields[name]: uid for name, uid in chosen.items()},
        op=visit.op("settle_duties", chosen),
    )
    return _back()


@bp.post("/<meeting>/duties/suggest")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(roster)
def suggest_duties(visit: Visit) -> ResponseReturnValue:
    """The empty places are filled fairly."""
    duties.suggest(visit.ctx, meeting_id=visit.meeting_id, op=visit.op("suggest_duties", {}))
    return _back()


@bp.post("/<meeting>/duties/take-back")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(roster)
def take_back_duties(visit: Visit) -> ResponseReturnValue:
    """The last change of the roster is undone."""
    entry = forms.text("entry", limit=16)
    duties.take_back(
        visit.ctx, meeting_id=visit.meeting_id, entry=entry, op=visit.op("take_back_duties", {"entry": entry})
    )
    return _back()


@bp.get("/<meeting>/duties/suggest", endpoint="suggest_duties_again")
@bp.get("/<meeting>/duties/take-back", endpoint="take_back_duties_again")
@guards.needs(Verb.PREPARE_MEETING)
def back_to_roster(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return _back()


def _back() -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("organiser.duties", meeting=request.view_args["meeting"]), code=303)
