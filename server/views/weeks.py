"""The group's weeks: the attendance report in the field's letters, drafts, approvals, corrections, files."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from server.domain.access import Verb
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import Uid
from server.domain.weeks import COUNTABLE, MOST, Column
from server.services import week_files, weeks
from server.services.weeks import Wanted
from server.views import forms, guards, languages
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import file_of, frame, sent

bp = Blueprint("weeks", __name__, url_prefix="/o")
COLUMNS = {
    Column.PRESENT: lazy_gettext("present"),
    Column.ABSENT: lazy_gettext("absent"),
    Column.LATE: lazy_gettext("late, beside any letter"),
    Column.MEDICAL: lazy_gettext("ill"),
    Column.SUBSTITUTE: lazy_gettext("sent a substitute"),
    Column.GIVEN_INSIDE: lazy_gettext("referrals given, inside"),
    Column.GIVEN_OUTSIDE: lazy_gettext("referrals given, outside"),
    Column.RECEIVED_INSIDE: lazy_gettext("referrals received, inside"),
    Column.RECEIVED_OUTSIDE: lazy_gettext("referrals received, outside"),
    Column.VISITORS: lazy_gettext("visitors who came for the first time"),
    Column.ONE_TO_ONES: lazy_gettext("one-to-ones both confirmed"),
    Column.THANKS: lazy_gettext("deals thanked for, without sums"),
    Column.TRAININGS: lazy_gettext("trainings"),
    Column.TESTIMONIALS: lazy_gettext("testimonials confirmed"),
}


@bp.get("/weeks")
@guards.needs(Verb.SEE_NUMBERS)
def listed(visit: Visit) -> str:
    """The last weeks and how each stands, and which letters count."""
    return render_template(
        "member/weeks.html",
        rows=weeks.listed(visit.ctx, visit.group_id),
        letters=weeks.letters(visit.ctx, visit.group_id),
        every_letter=COUNTABLE,
        columns=COLUMNS,
        periods=weeks.PERIODS,
        may_approve=visit.may(Verb.APPROVE_WEEKS),
        **frame(visit, "numbers"),
    )


@bp.post("/weeks")
@guards.needs(Verb.APPROVE_WEEKS)
@forms.or_show_again(listed)
def count_letters(visit: Visit) -> ResponseReturnValue:
    """The group decides which letters count as a week."""
    wanted = "P" + "".join(request.form.getlist("letters"))
    weeks.count_letters(
        visit.ctx,
        group_id=visit.group_id,
        letters=wanted,
        by=visit.person_id,
        op=visit.op("week_letters", {"letters": wanted}),
    )
    return redirect(url_for("weeks.listed"), code=303)


@bp.get("/weeks/sum")
@guards.needs(Verb.SEE_NUMBERS)
def report(visit: Visit) -> str:
    """Several weeks added up, member by member."""
    back = _back()
    return render_template(
        "member/week_sum.html",
        found=weeks.report(visit.ctx, visit.group_id, back=back),
        columns=COLUMNS,
        periods=weeks.PERIODS,
        back=back,
        **frame(visit, "numbers"),
    )


@bp.get("/weeks/sum.<any(csv,xlsx):kind>")
@guards.needs(Verb.SEE_NUMBERS)
def report_file(visit: Visit, kind: str) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    found = weeks.report(visit.ctx, visit.group_id, back=_back())
    return file_of(_written(found, kind), kind, f"{found.since}-{found.until}")


@bp.get("/weeks/<monday>")
@guards.needs(Verb.SEE_NUMBERS)
def week(visit: Visit, monday: str) -> str:
    """One week, member by member, with what was put right."""
    found = weeks.show(visit.ctx, visit.group_id, _day(monday))
    return render_template(
        "member/week.html",
        found=found,
        columns=COLUMNS,
        columns_named=[(column.value, f"{column.value}, {word}") for column, word in COLUMNS.items()],
        people=[("", "–"), *((line.person.uid, line.person.name) for line in found.lines)],
        may_approve=visit.may(Verb.APPROVE_WEEKS),
        values=forms.typed({"person": "", "column": "", "number": "", "reason": ""}),
        nav="numbers",
        today=found.today,
        zone=found.zone,
        **words.WORDS,
    )


@bp.get("/weeks/<monday>.<any(csv,xlsx):kind>")
@guards.needs(Verb.SEE_NUMBERS)
def week_file(visit: Visit, monday: str, kind: str) -> ResponseReturnValue:
    """One week for a spreadsheet; put right there, it can come back."""
    found = weeks.show(visit.ctx, visit.group_id, _day(monday))
    return file_of(_written(found, kind), kind, found.monday.isoformat())


@bp.post("/weeks/<monday>/approved")
@guards.needs(Verb.APPROVE_WEEKS)
@forms.or_show_again(week)
def approve(visit: Visit, monday: str) -> ResponseReturnValue:
    """A leader approves the week."""
    weeks.approve(
        visit.ctx,
        group_id=visit.group_id,
        monday=_day(monday),
        by=visit.person_id,
        op=visit.op("week_approved", {"monday": monday}),
    )
    return redirect(url_for("weeks.week", monday=monday), code=303)


@bp.post("/weeks/<monday>/corrections")
@guards.needs(Verb.APPROVE_WEEKS)
@forms.or_show_again(week)
def correct(visit: Visit, monday: str) -> ResponseReturnValue:
    """One figure of an approved week is put right."""
    column = request.form.get("column", "")
    if column not in set(Column):
        raise NotFound("page_unknown")
    number = forms.number("number", least=0, most=MOST)
    weeks.correct(
        visit.ctx,
        group_id=visit.group_id,
        monday=_day(monday),
        version=_version(),
        wanted=[Wanted(Uid(forms.text("person", limit=16)), {Column(column): number})],
        reason=request.form.get("reason", ""),
        by=visit.person_id,
        op=visit.op("week_correction", sent() | {"monday": monday}),
    )
    return redirect(url_for("weeks.week", monday=monday, _anchor="corrections"), code=303)


@bp.post("/weeks/<monday>/file")
@guards.needs(Verb.APPROVE_WEEKS)
@forms.or_show_again(week)
def bring_back(visit: Visit, monday: str) -> ResponseReturnValue:
    """The week's spreadsheet comes back; what differs is put right."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise RuleViolation("week_file", field="file")
    week_files.bring_back(
        visit.ctx,
        group_id=visit.group_id,
        monday=_day(monday),
        version=_version(),
        name=file.filename,
        data=file.read(),
        reason=request.form.get("reason", ""),
        by=visit.person_id,
        op=visit.op("week_file", sent() | {"monday": monday, "name": file.filename}),
    )
    return redirect(url_for("weeks.week", monday=monday, _anchor="corrections"), code=303)


def _written(found: weeks.Report | weeks.WeekView, kind: str) -> bytes:
    """The lines, and what stands beside them, so that they add up to the total."""
    beside = (
        (gettext("Former members and guests"), found.beside.others),
        (gettext("People no longer here"), found.beside.gone),
    )
    return week_files.written(found.lines, kind, languages.current(), beside=beside)


def _day(text: str) -> date:
    return forms.as_day(text, "monday")


def _version() -> int:
    return forms.number("version", least=0, most=1_000_000)


def _back() -> int:
    wanted = request.args.get("weeks", "")
    return int(wanted) if wanted in {str(each) for each in weeks.PERIODS} else weeks.PERIODS[1]
