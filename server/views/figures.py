"""Figures of a meeting and of the group's meetings: pictures with their tables, and the list as a spreadsheet."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, lazy_gettext

from server.domain.access import Verb
from server.domain.vocabulary import AttendanceStatus, ReferralState, Standing
from server.services import figures, meetings, report_sheets
from server.services.figures import Arrivals, Figures, ListWords, MeetingRow
from server.services.meetings import MeetingView
from server.services.report_sheets import Fill, Form, Links, Plot, Row, Series
from server.views import guards, languages, pages
from server.views.guards import Visit

bp = Blueprint("figures", __name__, url_prefix="/o")

STATUSES = {
    AttendanceStatus.EXPECTED: lazy_gettext("expected"),
    AttendanceStatus.PRESENT: lazy_gettext("was here"),
    AttendanceStatus.SUBSTITUTED: lazy_gettext("sent a substitute"),
    AttendanceStatus.APOLOGISED: lazy_gettext("sent apologies"),
    AttendanceStatus.MEDICAL: lazy_gettext("medical"),
    AttendanceStatus.ABSENT: lazy_gettext("was absent"),
}
"""What a list says of one person, whoever they are."""
STANDINGS = {
    Standing.MEMBER: lazy_gettext("member"),
    Standing.VISITOR: lazy_gettext("visitor"),
    Standing.FORMER: lazy_gettext("former member"),
}
STATES = {
    ReferralState.DRAFT: lazy_gettext("draft"),
    ReferralState.GIVEN: lazy_gettext("given"),
    ReferralState.ACCEPTED: lazy_gettext("accepted"),
    ReferralState.CONTACTED: lazy_gettext("contacted"),
    ReferralState.IN_PROGRESS: lazy_gettext("in progress"),
    ReferralState.WON: lazy_gettext("won"),
    ReferralState.LOST: lazy_gettext("lost"),
    ReferralState.NO_ANSWER: lazy_gettext("no answer"),
    ReferralState.NOT_A_FIT: lazy_gettext("not a fit"),
    ReferralState.DECLINED: lazy_gettext("declined"),
}
BARS = 26
"""More bars than this cannot be told apart on a phone."""


@bp.get("/<meeting>/figures")
@guards.needs(Verb.SEE_NUMBERS)
def meeting(visit: Visit) -> str:
    """One meeting in figures."""
    found = figures.of_meeting(visit.ctx, visit.meeting_id)
    plots = [plot for plot in (arrivals(found.meeting, found.arrivals), _met(found)) if plot]
    return render_template(
        "organiser/figures.html",
        meeting=found.meeting,
        figures=found,
        middle=format_decimal(found.met.middle) if found.met else None,
        plots=plots,
        pictures=report_sheets.pictures(plots),
        referrals=[(STATES[state], number) for state, number in found.referrals] if found.told else [],
        given=sum(number for _, number in found.referrals),
    )


def arrivals(meeting: MeetingView, slots: Sequence[Arrivals]) -> Plot | None:
    """When people came to a meeting, from its beginning on; None while nobody has."""
    if not slots:
        return None
    busiest = max(slots, key=lambda slot: slot.came)
    start = pages.local_time(meeting.starts_at, meeting.time_zone)
    return Plot(
        key="arrivals",
        form=Form.COLUMNS,
        title=gettext("When people came"),
        period=gettext("in pieces of ten minutes; the start was at %(time)s", time=start),
        finding=gettext(
            "Most came in the ten minutes from %(time)s: %(n)s.", time=f"{busiest.begins:%H:%M}", n=busiest.came
        ),
        name_word=gettext("From"),
        series=(Series(gettext("People")),),
        rows=tuple(Row(f"{slot.begins:%H:%M}", (slot.came,)) for slot in slots),
        links={
            (at, 0): rows_of(meeting, "arrived", at=slot.begins.isoformat())
            for at, slot in enumerate(slots)
        },
    )


def rows_of(meeting: MeetingView, what: str, **asked: Any) -> str:
    """Where the rows stand that a figure of a meeting counts."""
    return url_for("counted.of_meeting", meeting=meeting.uid, what=what, **asked)


def turnout_links(meetings: Sequence[MeetingView]) -> Links:
    """The same for a plot of members and visitors by meeting."""
    sides = ("members", "visitors")
    return {(at, side): rows_of(one, what) for at, one in enumerate(meetings) for side, what in enumerate(sides)}


def _met(found: Figures) -> Plot | None:
    if found.met is None:
        return None
    spread = dict(found.met.spread)
    numbers = range(found.met.least, found.met.most + 1)
    return Plot(
        key="met",
        form=Form.COLUMNS,
        title=gettext("Whom people met in the rounds"),
        period=gettext("how many people met how many others; rounds held: %(n)s", n=found.rounds_held),
        finding=gettext(
            "Between %(least)s and %(most)s people, in the middle %(middle)s.",
            least=found.met.least,
            most=found.met.most,
            middle=format_decimal(found.met.middle),
        ),
        name_word=gettext("People met"),
        series=(Series(gettext("By how many")),),
        rows=tuple(Row(str(number), (spread.get(number, 0),)) for number in numbers),
    )


@bp.get("/<meeting>/attendance.csv")
@guards.needs(Verb.SEE_NUMBERS)
def attendance_list(visit: Visit) -> ResponseReturnValue:
    """Everybody on the list with their times, for the spreadsheet."""
    view, _ = meetings.show(visit.ctx, visit.meeting_id)
    headers = (
        gettext("Name"),
        gettext("Company"),
        gettext("Standing"),
        gettext("Status"),
        gettext("Came at"),
        gettext("Left at"),
        gettext("Late"),
        gettext("Left early"),
        gettext("Walk-in"),
        gettext("Guest of"),
    )
    words = ListWords(
        headers=headers,
        statuses={status: str(word) for status, word in STATUSES.items()},
        standings={standing: str(word) for standing, word in STANDINGS.items()},
        yes=gettext("yes"),
        language=languages.current(),
    )
    response = Response(figures.attendance_list(visit.ctx, visit.meeting_id, words), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.slug}.csv"'
    return response


@bp.get("/numbers")
@guards.needs(Verb.SEE_NUMBERS)
def numbers(visit: Visit) -> str:
    """The group's meetings in a row: how many came, how many of them visitors, what was given."""
    rows = figures.of_group(visit.ctx, visit.group_id, limit=BARS)
    held = [row for row in rows if row.came]
    plots = [_came(held[:12])] if held else []
    return render_template(
        "organiser/figures_group.html", rows=rows, plots=plots, pictures=report_sheets.pictures(plots)
    )


def _came(held: Sequence[MeetingRow]) -> Plot:
    return Plot(
        key="came",
        form=Form.COLUMNS,
        title=gettext("How many came"),
        period=gettext("the last twelve meetings"),
        finding=gettext("Last time %(n)s people came.", n=held[0].came),
        name_word=gettext("Meeting"),
        series=(Series(gettext("Members")), Series(gettext("Visitors"), Fill.HATCHED)),
        rows=tuple(
            Row(
                pages.local_time(row.meeting.starts_at, row.meeting.time_zone, "d MMM"),
                (row.came - row.visitors, row.visitors),
            )
            for row in reversed(held)
        ),
        links=turnout_links([row.meeting for row in reversed(held)]),
    )
