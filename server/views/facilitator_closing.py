"""Closing on the facilitator's console: one list of what is open, a press for each, then the close."""

from dataclasses import dataclass, field

from flask import Blueprint, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.domain.access import Verb
from server.services import closing
from server.services.closing import Checklist
from server.services.context import Json
from server.services.door_book import Desk
from server.views import forms, guards
from server.views.guards import Visit

bp = Blueprint("facilitator_closing", __name__, url_prefix="/run")


@dataclass(frozen=True)
class Point:
    """Something that is open: in words, and the press that settles it (a write to `url`, or a page to go to)."""

    key: str
    text: str
    press: str
    url: str
    body: Json = field(default_factory=dict)
    link: bool = False
    must: bool = False
    """Without it the meeting cannot be closed."""


def _points(visit: Visit, found: Checklist) -> list[Point]:
    run = url_for("facilitator.run", meeting=found.meeting.uid)
    return [*_running(run, found), *_people(run, found), *_unanswered(run, found), *_papers(visit, found)]


def _running(run: str, found: Checklist) -> list[Point]:
    """What still goes on in the room."""
    points, now = [], found.open
    if now.round_on is not None:
        text = gettext("Round %(number)s is still on", number=now.round_on)
        url, body = f"{run}/rounds/{now.round_on}/end", {"version": now.round_version}
        points.append(Point("round", text, gettext("End the round"), url, body, must=True))
    if now.talk_version is not None:
        body = {"version": now.talk_version}
        text = gettext("Presentations are not put away")
        points.append(Point("talk", text, gettext("Put them away"), f"{run}/talks/away", body))
    if found.on_break:
        body = {"version": found.agenda_version}
        points.append(Point("pause", gettext("A break is on"), gettext("Break over"), f"{run}/pause/end", body))
    if found.meeting.message:
        text = gettext("On all screens: %(text)s", text=found.meeting.message)
        points.append(Point("message", text, gettext("Take it away"), f"{run}/message", {"message": ""}))
    return points


def _people(run: str, found: Checklist) -> list[Point]:
    """Who is still in the room, who never came, which devices are joined."""
    points, now = [], found.open
    if now.in_room:
        text = ngettext("%(num)s person is not checked out", "%(num)s people are not checked out", now.in_room)
        points.append(Point("in_room", text, gettext("Check everybody out"), f"{run}/closing/check-out"))
    if now.never_came:
        text = ngettext("%(num)s expected person never came", "%(num)s expected people never came", now.never_came)
        points.append(Point("never_came", text, gettext("Mark as absent"), f"{run}/closing/absent"))
    if now.devices:
        text = ngettext("%(num)s device is still joined", "%(num)s devices are still joined", now.devices)
        points.append(Point("devices", text, gettext("Sign them out"), f"{run}/closing/devices"))
    return points


def _unanswered(run: str, found: Checklist) -> list[Point]:
    """What people have not answered or finished: nobody can for them, but they can be asked."""
    ask = gettext("Ask on all screens")
    counted = (
        (
            "exchanges",
            found.open.exchanges,
            ngettext(
                "%(num)s request for contacts is unanswered",
                "%(num)s requests for contacts are unanswered",
                found.open.exchanges,
            ),
            gettext("Somebody waits for your contact. Please answer on your phone."),
        ),
        (
            "unanswered",
            found.open.unanswered,
            ngettext(
                "%(num)s times “stay in touch?” is unanswered",
                "%(num)s times “stay in touch?” is unanswered",
                found.open.unanswered,
            ),
            gettext("With whom do you stay in touch? Please tick it on your phone."),
        ),
        (
            "drafts",
            found.open.drafts,
            ngettext("%(num)s referral slip is a draft", "%(num)s referral slips are drafts", found.open.drafts),
            gettext("A referral not handed over yet? Please finish it on your phone."),
        ),
    )
    return [
        Point(key, text, ask, f"{run}/message", {"message": said})
        for key, count, text, said in counted
        if count and found.meeting.message != said
    ]


def _papers(visit: Visit, found: Checklist) -> list[Point]:
    """The papers of afterwards, for whoever may see them."""
    if not visit.may(Verb.SEE_NUMBERS):
        return []
    url = url_for("reports.meeting", meeting=found.meeting.uid)
    return [Point("report", gettext("The report can be printed"), gettext("Look at the report"), url, link=True)]


@bp.get("/<meeting>/closing")
@guards.needs(Verb.RUN_ROUNDS)
def checklist(visit: Visit) -> ResponseReturnValue:
    """What is still open: `{html}`."""
    found = closing.look(visit.ctx, visit.meeting_id, asker=visit.actor.session_uid)
    html = render_template("facilitator/closing.html", found=found, points=_points(visit, found))
    return jsonify(ok=True, html=html)


@bp.post("/<meeting>/closing/check-out")
@guards.needs(Verb.RUN_ROUNDS)
def check_out(visit: Visit) -> ResponseReturnValue:
    """Everybody who is still in the room has left."""
    answer = closing.check_everybody_out(
        visit.ctx,
        meeting_id=visit.meeting_id,
        desk=Desk.of(visit.actor),
        by=visit.actor.person_id,
        op=visit.op("check_out", forms.json_body()),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/closing/absent")
@guards.needs(Verb.RUN_ROUNDS)
def absent(visit: Visit) -> ResponseReturnValue:
    """Whoever never came is absent."""
    op = visit.op("mark_absent", forms.json_body())
    return jsonify(
        ok=True, **closing.mark_absent(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op)
    )


@bp.post("/<meeting>/closing/devices")
@guards.needs(Verb.RUN_ROUNDS)
def devices(visit: Visit) -> ResponseReturnValue:
    """The other devices of this meeting are signed out."""
    answer = closing.sign_devices_out(
        visit.ctx,
        meeting_id=visit.meeting_id,
        asker=visit.actor.session_uid,
        by=visit.actor.person_id,
        op=visit.op("devices_out", forms.json_body()),
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/closing/close")
@guards.needs(Verb.RUN_ROUNDS)
def close(visit: Visit) -> ResponseReturnValue:
    """The morning is over."""
    op = visit.op("close_meeting", forms.json_body())
    return jsonify(ok=True, **closing.close(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op))


@bp.post("/<meeting>/closing/reopen")
@guards.needs(Verb.RUN_ROUNDS)
def reopen(visit: Visit) -> ResponseReturnValue:
    """It was closed too early."""
    op = visit.op("reopen_meeting", forms.json_body())
    return jsonify(ok=True, **closing.reopen(visit.ctx, meeting_id=visit.meeting_id, by=visit.actor.person_id, op=op))
