"""The meeting report and the group report: a page to read, and the same as a PDF with the same plots."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.services import print_setup, report_sheets, reports
from server.views import guards, report_words, sheet_files
from server.views.guards import Visit

bp = Blueprint("reports", __name__, url_prefix="/o")
USUAL_WEEKS = 26


@bp.get("/<meeting>/report")
@guards.needs(Verb.SEE_NUMBERS)
def meeting(visit: Visit) -> str:
    """One meeting: what grew from it, who came, who sat with whom, what is missing."""
    found = reports.of_meeting(visit.ctx, visit.meeting_id)
    sheet = report_words.meeting_sheet(found)
    return render_template(
        "organiser/report.html", meeting=found.meeting, sheet=sheet, pictures=report_sheets.pictures(sheet.plots)
    )


@bp.get("/<meeting>/report.pdf")
@guards.needs(Verb.SEE_NUMBERS)
def meeting_paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper."""
    with visit.ctx.one_moment() as ctx:
        found = reports.of_meeting(ctx, visit.meeting_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(report_words.meeting_sheet(found), paper, f"{found.meeting.slug}-report")


@bp.get("/report")
@guards.needs(Verb.SEE_NUMBERS)
def group(visit: Visit) -> str:
    """The group over the last weeks: quality and follow-up, meetings, sectors, members."""
    found = reports.of_group(visit.ctx, visit.group_id, weeks=_weeks())
    sheet = report_words.group_sheet(found)
    return render_template(
        "organiser/report_group.html",
        sheet=sheet,
        pictures=report_sheets.pictures(sheet.plots),
        weeks=found.weeks,
        periods=reports.PERIODS,
        held=bool(found.turnout),
    )


@bp.get("/report.pdf")
@guards.needs(Verb.SEE_NUMBERS)
def group_paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper."""
    with visit.ctx.one_moment() as ctx:
        found = reports.of_group(ctx, visit.group_id, weeks=_weeks())
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(report_words.group_sheet(found), paper, "group-report")


def _weeks() -> int:
    wanted = request.args.get("weeks", "")
    return int(wanted) if wanted in {str(weeks) for weeks in reports.PERIODS} else USUAL_WEEKS
