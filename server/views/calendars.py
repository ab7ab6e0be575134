"""Calendars to subscribe to: the file itself for calendar programs, and the buttons that make and end its link."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.vocabulary import PersonId
from server.services import calendar_feeds
from server.views import addresses, guards
from server.views.guards import Visit
from server.views.member_frame import FILES

bp = Blueprint("calendars", __name__)


def address(visit: Visit, person_id: PersonId | None) -> str:
    """The whole address of a calendar, empty where there is none."""
    link = calendar_feeds.link_of(visit.ctx, visit.group_id, person_id)
    return addresses.for_phones(visit, "calendars.feed", link=link) if link else ""


@bp.get("/calendar/<link>.ics")
@guards.anyone
def feed(visit: Visit, link: str) -> Response:
    """The calendar, for a program that has the link."""
    response = Response(calendar_feeds.read(visit.ctx, link), content_type=FILES["ics"])
    response.headers["Content-Disposition"] = 'inline; filename="meetings.ics"'
    return response


@bp.post("/meetings/calendar")
@guards.needs(Verb.USE_BOARD)
def change_own(visit: Visit) -> ResponseReturnValue:
    """A member's own calendar gets a link, or the link ends."""
    _change(visit, visit.person_id)
    return redirect(url_for("member.meetings", _anchor="calendar"), code=303)


@bp.post("/o/meetings/calendar")
@guards.needs(Verb.PREPARE_MEETING)
def change_of_group(visit: Visit) -> ResponseReturnValue:
    """The same for the calendar of the group."""
    _change(visit, None)
    return redirect(url_for("organiser.all_meetings", _anchor="calendar"), code=303)


def _change(visit: Visit, person_id: PersonId | None) -> None:
    act = calendar_feeds.stop if "stop" in request.form else calendar_feeds.make
    act(visit.ctx, group_id=visit.group_id, person_id=person_id)
