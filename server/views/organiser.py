"""The organiser's console: today, the meetings, the form of one, its doors."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from server.domain.access import Verb
from server.domain.meetings import NextStep
from server.domain.vocabulary import MeetingId, MeetingStatus, Standing
from server.services import agenda_templates, meetings, preparing, series, today
from server.services.attendance import RoomPerson
from server.services.today import PlannedItem, Today
from server.views import agenda_choice, calendars, forms, guards, meeting_form, pages
from server.views.guards import Visit

bp = Blueprint("organiser", __name__, url_prefix="/o")

SHOWN = 5
"""How many of those who are still expected stand on the first page."""

PLACES = (
    ("today", lazy_gettext("Today"), "home", "organiser.home", Verb.PREPARE_MEETING),
    ("people", lazy_gettext("People"), "people", "people.people", Verb.MANAGE_PEOPLE),
    ("care", lazy_gettext("Care"), "heart", "member.care", Verb.CARE_FOR_MEMBERS),
    ("rounds", lazy_gettext("Rounds"), "rounds", "organiser.rounds", Verb.RUN_ROUNDS),
    ("referrals", lazy_gettext("Referrals"), "slip", "member.board", Verb.USE_BOARD),
    ("numbers", lazy_gettext("Numbers"), "bars", "figures.numbers", Verb.SEE_NUMBERS),
)
"""The rail: key, label, icon, endpoint, and the verb without which the place is not shown."""


@bp.app_context_processor
def rail() -> dict[str, object]:
    """`console_rail()` for the console's layout: the places that whoever looks may enter."""

    def places() -> list[tuple[str, object, str, str]]:
        visit: Visit | None = g.get("visit")
        return [
            (key, label, icon, url_for(endpoint))
            for key, label, icon, endpoint, verb in PLACES
            if visit is not None and visit.may(verb)
        ]

    return {"console_rail": places, "initials": initials}


def initials(person: RoomPerson) -> str:
    """One letter of each name, for the disc beside it."""
    parts = (person.given_name, person.family_name)
    return "".join(next((letter for letter in part if letter.isalnum()), "") for part in parts).upper()


@bp.get("/")
@guards.needs(Verb.PREPARE_MEETING)
def home(visit: Visit) -> str:
    """The meeting that matters now, and the one next step."""
    uid = meetings.nearest(visit.ctx, visit.group_id, None)
    if uid is None:
        alone = agenda_templates.heads(visit.ctx, visit.group_id, None) <= 1
        return render_template("organiser/first.html", alone=alone)
    return _day(visit, meetings.find(visit.ctx, uid).id)


@bp.get("/<meeting>")
@guards.needs(Verb.PREPARE_MEETING)
def meeting(visit: Visit) -> str:
    """The same about any meeting."""
    return _day(visit, visit.meeting_id)


def _day(visit: Visit, meeting_id: MeetingId) -> str:
    day = today.of(visit.ctx, meeting_id)
    is_over = day.meeting.status is MeetingStatus.CLOSED
    return render_template(
        "organiser/home.html",
        day=day,
        steps=NextStep,
        agenda_rows=[_row(item, day) for item in day.agenda],
        places=[(_place(person, is_over), person.uid) for person in day.people],
        visitors=sum(1 for person in day.people if _place(person, is_over) == "bloom"),
        shown=SHOWN,
    )


def _place(person: RoomPerson, is_over: bool) -> str:
    """What the seedbed shows for somebody: who is here; afterwards, who came."""
    is_here = person.entered_at is not None if is_over else person.in_room
    if not is_here:
        return "seed"
    return "sprout" if person.standing is Standing.MEMBER else "bloom"


def _row(item: PlannedItem, day: Today) -> dict[str, object]:
    """A line of the agenda as the macro draws it."""
    return {
        "at": pages.local_time(item.starts_at, day.meeting.time_zone),
        "title": item.title,
        "sub": _below(item, day),
        "state": item.state,
        "planned": item.minutes,
        "real": item.passed,
        "drift": item.over,
    }


def _below(item: PlannedItem, day: Today) -> str:
    """What happens in a line of the agenda, where the program knows."""
    if item.kind == "open_networking" and day.counts.came:
        return str(gettext("Checked in: %(came)s", came=day.counts.came))
    if item.kind == "rounds" and day.rounds_held:
        return str(gettext("Rounds over: %(held)s of %(of)s", held=day.rounds_held, of=len(day.rounds)))
    if item.kind == "rounds":
        return meeting_form.said_rounds(day.meeting)
    return ""


@bp.get("/rounds")
@guards.needs(Verb.RUN_ROUNDS)
def rounds(visit: Visit) -> ResponseReturnValue:
    """To the facilitator's console of the meeting that matters now."""
    uid = meetings.nearest(visit.ctx, visit.scope.group_id, visit.scope.meeting_id)
    if uid is None:
        return redirect(url_for("organiser.home"))
    return redirect(url_for("facilitator.run", meeting=uid))


@bp.get("/meetings")
@guards.needs(Verb.PREPARE_MEETING)
def all_meetings(visit: Visit) -> str:
    """The group's meetings: what comes first, then what was."""
    rows = meetings.listed(visit.ctx, visit.group_id, limit=60)
    coming = [row for row in rows if row[0].status is not MeetingStatus.CLOSED]
    held = [row for row in rows if row[0].status is MeetingStatus.CLOSED]
    planned = series.latest(visit.ctx, visit.group_id, request.args.get("planned", ""))
    return render_template(
        "organiser/meetings.html",
        coming=coming[::-1],
        held=held,
        planned=planned,
        calendar_address=calendars.address(visit, None),
    )


@bp.get("/meetings/new")
@guards.needs(Verb.PREPARE_MEETING)
def new_meeting(visit: Visit) -> str:
    """The form for a meeting, filled with what the last one was like."""
    return _show_new(visit, meeting_form.typed(visit.ctx, visit.group_id))


def _show_new(visit: Visit, form: meeting_form.MeetingForm) -> str:
    return render_template("organiser/meeting_form.html", form=form, meeting=None, **agenda_choice.around(visit, form))


@bp.post("/meetings/new")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(new_meeting)
def create_meeting(visit: Visit) -> ResponseReturnValue:
    """A new meeting with every member expected; or the form again with a line of the agenda more or less."""
    if meeting_form.lines_were_moved():
        return _show_new(visit, meeting_form.typed(visit.ctx, visit.group_id))
    if agenda_choice.pressed():
        return _show_new(visit, agenda_choice.answered(visit, meeting_form.typed(visit.ctx, visit.group_id)))
    uid = meetings.create(
        visit.ctx,
        group_id=visit.group_id,
        plan=meeting_form.read(),
        op=visit.op("create_meeting", meeting_form.body()),
    )
    return redirect(url_for("expected.people", meeting=uid), code=303)


@bp.get("/<meeting>/edit")
@guards.needs(Verb.PREPARE_MEETING)
def edit_meeting(visit: Visit) -> str:
    """The form of a meeting as it stands."""
    return _show_edit(visit)


def _show_edit(visit: Visit) -> str:
    view, _ = meetings.show(visit.ctx, visit.meeting_id)
    form = meeting_form.typed(visit.ctx, visit.group_id, plan=preparing.plan_of(visit.ctx, visit.meeting_id))
    if agenda_choice.pressed() and not meeting_form.is_refused():
        form = agenda_choice.answered(visit, form)
    later = series.later(visit.ctx, visit.meeting_id)
    around = agenda_choice.around(visit, form, visit.meeting_id)
    return render_template("organiser/meeting_form.html", form=form, meeting=view, later=later, **around)


@bp.post("/<meeting>/edit")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(edit_meeting)
def change_meeting(visit: Visit) -> ResponseReturnValue:
    """The meeting is changed; or the form again with a line of the agenda more or less."""
    if meeting_form.lines_were_moved() or agenda_choice.pressed():
        return _show_edit(visit)
    change = series.change if forms.ticked("later") else meetings.change
    change(visit.ctx, meeting_id=visit.meeting_id, plan=meeting_form.read())
    return _back(visit)


@bp.post("/<meeting>/open")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(meeting)
def open_doors(visit: Visit) -> ResponseReturnValue:
    """From now on the door admits people."""
    meetings.open_doors(visit.ctx, meeting_id=visit.meeting_id)
    return _back(visit)


@bp.post("/<meeting>/take-back")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(meeting)
def take_back_opening(visit: Visit) -> ResponseReturnValue:
    """The doors were opened by mistake."""
    meetings.take_back_opening(visit.ctx, meeting_id=visit.meeting_id)
    return _back(visit)


@bp.post("/<meeting>/close")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(meeting)
def close(visit: Visit) -> ResponseReturnValue:
    """The morning is over."""
    meetings.close(visit.ctx, meeting_id=visit.meeting_id)
    return _back(visit)


@bp.post("/<meeting>/reopen")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(meeting)
def reopen(visit: Visit) -> ResponseReturnValue:
    """The meeting was closed too early."""
    meetings.reopen(visit.ctx, meeting_id=visit.meeting_id)
    return _back(visit)


def _back(visit: Visit) -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("organiser.meeting", meeting=request.view_args["meeting"]), code=303)
