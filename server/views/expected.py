"""Who is expected at a meeting: the list, people of the group put on it, visitors, apologies."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.vocabulary import Standing, Uid
from server.services import apologies, attendance, expected, meetings
from server.services.attendance import RoomPerson
from server.services.check_ins import AWAY
from server.services.expected import Visitor
from server.views import forms, guards
from server.views.guards import Visit

bp = Blueprint("expected", __name__, url_prefix="/o/<meeting>/people")


@bp.get("")
@guards.needs(Verb.PREPARE_MEETING)
def people(visit: Visit, **line: str) -> str:
    """Everybody on the list with where they stand; `q` looks for people of the group to add.

    `line` is of the address of a button that was refused, after which this page is shown again.
    """
    looked_for = request.values.get("q", "").strip()[:80]
    with visit.ctx.one_moment() as ctx:
        with ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
        listed = attendance.everybody(ctx, visit.meeting_id)
        comes_for = apologies.substitutes(ctx, visit.meeting_id)
        found = expected.candidates(ctx, visit.meeting_id, looked_for)
        inviters = expected.inviters(ctx, visit.meeting_id)
    return render_template(
        "organiser/meeting_people.html",
        meeting=meeting,
        came=[person for person in listed if person.entered_at is not None],
        awaited=[person for person in listed if person.entered_at is None and person.status not in AWAY],
        away=[person for person in listed if person.entered_at is None and person.status in AWAY],
        comes_for=comes_for,
        visitors=sum(1 for person in listed if _counts_as_visitor(person)),
        looked_for=looked_for,
        found=found,
        inviters=[
            ("", gettext("nobody in particular")),
            *((each.uid, each.name) for each in inviters),
        ],
        values=forms.typed({"given_name": "", "family_name": "", "company": "", "invited_by": ""}),
    )


def _counts_as_visitor(person: RoomPerson) -> bool:
    return person.standing is not Standing.MEMBER and person.status not in AWAY


@bp.post("")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(people)
def add(visit: Visit) -> ResponseReturnValue:
    """Somebody of the group is expected."""
    uid = Uid(forms.text("person", limit=16))
    expected.add(visit.ctx, meeting_id=visit.meeting_id, person_uid=uid)
    return _back("add")


@bp.post("/visitors")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(people)
def add_visitor(visit: Visit) -> ResponseReturnValue:
    """Somebody new is expected as a visitor."""
    visitor = Visitor(
        given_name=forms.text("given_name", limit=120),
        family_name=forms.text("family_name", limit=120),
        company=forms.text("company", limit=160),
        invited_by=forms.text("invited_by", limit=16),
        somebody_else=forms.ticked("somebody_else"),
    )
    expected.add_visitor(
        visit.ctx,
        meeting_id=visit.meeting_id,
        visitor=visitor,
        op=visit.op("add_visitor", dict(vars(visitor))),
    )
    return _back("visitor")


@bp.post("/<attendance_uid>/apology")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(people)
def apologise(visit: Visit, attendance_uid: str) -> ResponseReturnValue:
    """Somebody is not coming."""
    expected.apologise(
        visit.ctx, meeting_id=visit.meeting_id, attendance_uid=Uid(attendance_uid), by=visit.actor.person_id
    )
    return _back("awaited")


@bp.post("/<attendance_uid>/coming")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(people)
def expect_again(visit: Visit, attendance_uid: str) -> ResponseReturnValue:
    """Somebody is coming after all."""
    expected.expect_again(
        visit.ctx, meeting_id=visit.meeting_id, attendance_uid=Uid(attendance_uid), by=visit.actor.person_id
    )
    return _back("away")


def _back(part: str) -> ResponseReturnValue:
    """To the list again, where the button was."""
    assert request.view_args is not None, "the address names the meeting"
    meeting = request.view_args["meeting"]
    return redirect(url_for("expected.people", meeting=meeting, _anchor=part), code=303)
