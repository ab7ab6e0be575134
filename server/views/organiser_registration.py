"""The organiser's page of registering: link and square, places and time, who waits, who came from it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.services import meetings, registration_desk
from server.views import addresses, forms, guards
from server.views.guards import Visit
from server.views.organiser import bp as bp


@bp.get("/<meeting>/registration")
@guards.needs(Verb.PREPARE_MEETING)
def registration(visit: Visit, uid: str = "") -> str:
    """The link, the settings, the lists. `uid`: of a button that was refused."""
    with visit.ctx.one_moment() as ctx:
        meeting, _agenda = meetings.show(ctx, visit.meeting_id)
        desk = registration_desk.view(ctx, visit.meeting_id)
    closes = desk.closes_at.astimezone(meeting.local_start.tzinfo)
    return render_template(
        "organiser/registration.html",
        meeting=meeting,
        desk=desk,
        address=addresses.for_phones(visit, "registration.page", link=desk.link),
        values=forms.typed(
            {"is_on": "1" if desk.is_on else "", "places": desk.places or "", "closes_at": f"{closes:%Y-%m-%dT%H:%M}"}
        ),
    )


@bp.post("/<meeting>/registration")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(registration)
def change_registration(visit: Visit) -> ResponseReturnValue:
    """Switched on or off, with its places and its time."""
    registration_desk.change(
        visit.ctx,
        meeting_id=visit.meeting_id,
        is_on=forms.ticked("is_on"),
        limit=forms.number("places", least=0, most=10**6) if request.form.get("places", "").strip() else 0,
        closes_local=forms.local_time("closes_at") if request.form.get("closes_at", "").strip() else None,
    )
    return _back("page")


@bp.post("/<meeting>/registration/link")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(registration)
def new_registration_link(visit: Visit) -> ResponseReturnValue:
    """The old public link opens nothing any more."""
    registration_desk.new_link(visit.ctx, meeting_id=visit.meeting_id)
    return _back("link")


@bp.post("/<meeting>/registration/<uid>/in")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(registration)
def let_in(visit: Visit, uid: str) -> ResponseReturnValue:
    """Somebody who waits gets a place, whatever the limit says."""
    registration_desk.let_in(visit.ctx, meeting_id=visit.meeting_id, uid=uid)
    return _back("waiting")


@bp.post("/<meeting>/registration/<uid>/off")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(registration)
def take_off(visit: Visit, uid: str) -> ResponseReturnValue:
    """Somebody who waits no longer does."""
    registration_desk.take_off(visit.ctx, meeting_id=visit.meeting_id, uid=uid)
    return _back("waiting")


def _back(part: str) -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    meeting = request.view_args["meeting"]
    return redirect(url_for("organiser.registration", meeting=meeting, _anchor=part), code=303)
