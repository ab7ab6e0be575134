"""A meeting planned many times at once, on the days that the organiser ticks, and taken back in one press."""

from datetime import date, timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from server.domain import series as rules
from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.series import Rhythm
from server.services import meetings, series
from server.services.meetings import MeetingView
from server.views import forms, guards, meeting_form
from server.views.guards import Visit
from server.views.holiday_words import HOLIDAYS
from server.views.organiser import bp as bp

AHEAD = timedelta(weeks=12)
"""How far the days are shown before anybody says until when."""


def said_rhythm(rhythm: Rhythm, first: date) -> str:
    """A rhythm in words, with the weekday that it starts from."""
    weekday = format_date(first, "EEEE")
    if rhythm is Rhythm.WEEKLY:
        return str(gettext("Every week"))
    if rhythm is Rhythm.FORTNIGHTLY:
        return str(gettext("Every second week"))
    if rhythm is Rhythm.MONTHLY:
        return str(gettext("Every month, %(weekday)s no. %(n)s", weekday=weekday, n=rules.place_in_month(first)))
    return str(gettext("Every month, at its end: %(weekday)s", weekday=weekday))


def _typed(name: str, meeting: MeetingView) -> str:
    """What was typed, or what most groups want: every week, for a quarter of a year."""
    usual = {"rhythm": Rhythm.WEEKLY.value, "until": (meeting.local_start.date() + AHEAD).isoformat()}
    return (request.form if request.method == "POST" else request.args).get(name, usual[name])


def _page(visit: Visit, *, with_days: bool = True) -> str:
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    first = meeting.local_start.date()
    rhythm, until = _typed("rhythm", meeting), _typed("until", meeting)
    days: tuple[series.Day, ...] = ()
    if with_days:
        days = series.days(visit.ctx, visit.meeting_id, _rhythm(rhythm), forms.as_day(until, "until"))
    ticked = request.form.getlist("day") if request.method == "POST" else None
    return render_template(
        "organiser/series.html",
        meeting=meeting,
        rhythms=[(each.value, said_rhythm(each, first)) for each in rules.rhythms_of(first)],
        rhythm=rhythm,
        until=until,
        days=days,
        said_day=lambda day: format_date(day, "full"),
        holidays=HOLIDAYS,
        is_ticked=lambda day: day.free if ticked is None else day.on.isoformat() in ticked,
    )


def shown_again(visit: Visit) -> str:
    """The page with what was refused; without days where it is the rhythm that cannot be."""
    refused: RuleViolation = g.refused
    return _page(visit, with_days=refused.params.get("field") not in {"rhythm", "until"})


@bp.get("/<meeting>/repeat")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(shown_again)
def repeat(visit: Visit) -> ResponseReturnValue:
    """The days of a rhythm, to be ticked."""
    return _page(visit)


@bp.post("/<meeting>/repeat")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(shown_again)
def repeat_meeting(visit: Visit) -> ResponseReturnValue:
    """The meeting is planned on every day that was ticked."""
    answer = series.repeat(
        visit.ctx,
        meeting_id=visit.meeting_id,
        rhythm=_rhythm(request.form.get("rhythm", "")),
        until=forms.day("until"),
        on={forms.as_day(text, "day") for text in request.form.getlist("day")},
        op=visit.op("repeat_meeting", meeting_form.body()),
    )
    return redirect(url_for("organiser.all_meetings", planned=answer["change"]), code=303)


@bp.post("/meetings/take-back")
@guards.needs(Verb.PREPARE_MEETING)
def take_back_series(visit: Visit) -> ResponseReturnValue:
    """Meetings that were planned at once go again."""
    series.take_back(visit.ctx, group_id=visit.group_id, change=forms.text("change", limit=16))
    return redirect(url_for("organiser.all_meetings"), code=303)


def _rhythm(text: str) -> Rhythm:
    if text not in set(Rhythm):
        raise RuleViolation("series_rhythm_not_from_here", field="rhythm")
    return Rhythm(text)
