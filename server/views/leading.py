"""The leaders' numbers as a page and a PDF, and the matrices with their work list."""

from typing import Any

import babel.dates
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, lazy_gettext

from server.domain.access import Verb
from server.domain.leading import ALL_THREE, STEPS, Drift, Month, Tie, Told
from server.services import leading, print_setup, report_sheets
from server.services.leading import Leading, Member, Ties
from server.services.report_sheets import Column, Form, Plot, Row, Section, Series, Sheet, Table
from server.views import agenda_words, guards, languages, sheet_files
from server.views.guards import Visit
from server.views.member_frame import frame

bp = Blueprint("leading", __name__, url_prefix="/o")
SHOWN = {"all": ALL_THREE, "met": Tie.MET, "one_to_one": Tie.ONE_TO_ONE, "referral": Tie.GAVE}
WORDS = {
    "all": lazy_gettext("All three"),
    "met": lazy_gettext("Sat together"),
    "one_to_one": lazy_gettext("One-to-one"),
    "referral": lazy_gettext("Referral"),
}
MISSING = {
    "all": lazy_gettext("nothing so far"),
    "met": lazy_gettext("never sat together"),
    "one_to_one": lazy_gettext("no one-to-one"),
    "referral": lazy_gettext("no referral either way"),
}
TRENDS = {
    "referrals": lazy_gettext("Referrals given"),
    "one_to_ones": lazy_gettext("One-to-ones"),
    "visitors": lazy_gettext("Visitors for the first time"),
}


@bp.get("/leaders")
@guards.needs(Verb.SEE_NUMBERS)
def group(visit: Visit) -> str:
    """The group over twelve months."""
    sheet = _sheet(leading.of_group(visit.ctx, visit.group_id))
    return render_template(
        "member/leaders.html",
        sheet=sheet,
        pictures=report_sheets.pictures(sheet.plots),
        nav="numbers",
    )


@bp.get("/leaders.pdf")
@guards.needs(Verb.SEE_NUMBERS)
def group_paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper."""
    with visit.ctx.one_moment() as ctx:
        found = leading.of_group(ctx, visit.group_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(_sheet(found), paper, "leaders")


@bp.get("/matrix")
@guards.needs(Verb.SEE_NUMBERS)
def matrix(visit: Visit) -> str:
    """Who is tied to whom, and whom to bring together next."""
    show = request.args.get("show", "")
    show = show if show in SHOWN else "all"
    asked = request.args.get("weeks", "")
    weeks = int(asked) if asked in {str(each) for each in leading.PERIODS} else leading.PERIODS[1]
    found = leading.ties(visit.ctx, visit.group_id, wanted=SHOWN[show], weeks=weeks)
    return render_template(
        "member/matrix.html",
        found=found,
        rows=_members(found),
        show=show,
        weeks=weeks,
        words=WORDS,
        missing=MISSING[show],
        periods=leading.PERIODS,
        **frame(visit, "numbers"),
    )


def _rows(what: str, **asked: Any) -> str:
    """Where the rows stand that a figure of the group counts."""
    return url_for("counted.of_group", what=what, **asked)


def _members(found: Ties) -> list[tuple[Member, list[str]]]:
    """Each member with the letters of their cells: empty where what is looked for is missing, a dash for themselves."""
    if found.matrix is None:
        return []
    letters = _letters(found.wanted)
    rows = []
    for at, (member, ties) in enumerate(zip(found.members, found.matrix.rows, strict=True)):
        cells = [letters[tie] for tie in ties]
        cells[at] = "–"
        rows.append((member, cells))
    return rows


def _letters(wanted: Tie) -> list[str]:
    """What stands for each value of a tie: S sat together, O one-to-one, R referral given."""
    signs = ((Tie.MET, gettext("S")), (Tie.ONE_TO_ONE, gettext("O")), (Tie.GAVE, gettext("R")))
    shown = [(kind.value, sign) for kind, sign in signs if kind & wanted]
    return ["".join(sign for kind, sign in shown if kind & tie) for tie in range(ALL_THREE.value + 1)]


def _sheet(found: Leading) -> Sheet:
    span = gettext("%(since)s to %(until)s", since=_month(found.trends["referrals"][0].month), until=_last(found))
    return Sheet(
        title=gettext("Numbers for those who lead"),
        subtitle=f"{found.group} · {span}",
        sections=(
            _trends(found, span),
            _people(found),
            _seats(found),
            *((_drift(found.drift),) if found.drift else ()),
        ),
        foot=" · ".join((found.group, span, gettext("for those who lead the group"))),
        language=languages.current(),
    )


def _trends(found: Leading, span: str) -> Section:
    plots = [
        _trend(name, numbers, span) for name, numbers in found.trends.items() if any(each.number for each in numbers)
    ]
    hidden = any(each.number is None for numbers in found.trends.values() for each in numbers)
    texts = (gettext("A month to which fewer than five people contributed is not told."),) if hidden else ()
    if not plots:
        texts = (gettext("Months are told when five people or more contributed to them."),)
    return Section(gettext("Month by month"), texts, tuple(plots))


def _trend(name: str, numbers: tuple[Told, ...], span: str) -> Plot:
    best = max(numbers, key=lambda each: each.number or 0)
    return Plot(
        key=name,
        form=Form.COLUMNS,
        title=str(TRENDS[name]),
        period=span,
        finding=gettext("Most in %(month)s: %(n)s.", month=_month(best.month), n=best.number or 0),
        name_word=gettext("Month"),
        series=(Series(str(TRENDS[name])),),
        rows=tuple(Row(_short(each.month), (each.number,)) for each in numbers),
        links={
            (at, 0): _rows(name.replace("_", "-"), month=f"{each.month.first:%Y-%m}")
            for at, each in enumerate(numbers)
            if each.number is not None
        },
    )


def _people(found: Leading) -> Section:
    texts, plots, rows = [], [], []
    if found.funnel.told:
        steps = (
            (gettext("came as visitors"), found.funnel.came),
            (gettext("came again or joined"), found.funnel.again),
            (gettext("are members today"), found.funnel.joined),
        )
        plots.append(
            Plot(
                key="funnel",
                form=Form.BARS,
                title=gettext("From visitor to member"),
                period=gettext("visitors of twelve months"),
                finding=gettext(
                    "Of %(came)s visitors %(joined)s are members today.",
                    came=found.funnel.came,
                    joined=found.funnel.joined,
                ),
                name_word=gettext("Step"),
                series=(Series(gettext("People")),),
                rows=tuple(Row(name, (number,)) for name, number in steps),
                links={(at, 0): _rows(f"visitors-{step}") for at, step in enumerate(STEPS)},
            )
        )
    else:
        texts.append(gettext("The way from visitor to member is told of five visitors or more."))
    if found.retention.told:
        rows.append(
            (
                gettext("Members of a year ago who are members today"),
                str(found.retention.still),
            )
        )
        rows.append((gettext("Members of a year ago"), str(found.retention.then)))
    else:
        texts.append(gettext("How many stay is told when there were five members or more a year ago."))
    columns = (Column(gettext("What"), 0.66), Column(gettext("Number"), 0.34, is_number=True))
    links = {(0, 1): _rows("members-still"), (1, 1): _rows("members-then")}
    tables = (Table(gettext("Members who stay"), columns, tuple(rows), links),) if rows else ()
    return Section(gettext("Visitors and members"), tuple(texts), tuple(plots), tables)


def _seats(found: Leading) -> Section:
    if not found.sectors:
        return Section(gettext("Seats by sector"), (gettext("Nobody has said their sector."),))
    gaps = [one.name for one in found.sectors if one.is_missing]
    texts = [gettext("Gaps: %(sectors)s.", sectors=", ".join(gaps)) if gaps else gettext("No gap that members name.")]
    empty = [one.name for one in found.sectors if one.is_empty]
    if empty:
        texts.append(gettext("Empty seats of the group's own list: %(sectors)s.", sectors=", ".join(empty)))
    columns = (
        Column(gettext("Sector"), 0.6),
        Column(gettext("In the group"), 0.2, is_number=True),
        Column(gettext("Looked for by"), 0.2, is_number=True),
    )
    rows = tuple((one.name, str(one.there), str(one.wished)) for one in found.sectors)
    links = {
        (at, column): _rows(what, name=one.name)
        for at, one in enumerate(found.sectors)
        for column, what in ((1, "sector-there"), (2, "sector-wanted"))
    }
    table = Table(gettext("Sectors, gaps first"), columns, rows, links)
    return Section(gettext("Seats by sector"), tuple(texts), tables=(table,))


def _drift(found: tuple[Drift, ...]) -> Section:
    columns = (
        Column(gettext("Item"), 0.4),
        Column(gettext("How often"), 0.2, is_number=True),
        Column(gettext("Minutes planned"), 0.2, is_number=True),
        Column(gettext("Minutes over"), 0.2, is_number=True),
    )
    rows = tuple(
        (
            str(agenda_words.TITLES.get(each.kind, agenda_words.OTHER)),
            str(each.times),
            format_decimal(round(each.planned, 1)),
            format_decimal(round(each.over, 1)),
        )
        for each in found
    )
    links = {(at, 1): _rows("item", kind=each.kind) for at, each in enumerate(found)}
    table = Table(gettext("On average, those that run over most first"), columns, rows, links)
    return Section(gettext("How the agenda drifts"), tables=(table,))


def _month(month: Month) -> str:
    return babel.dates.format_date(month.first, "LLLL y", locale=languages.current())


def _short(month: Month) -> str:
    return babel.dates.format_date(month.first, "LLL yy", locale=languages.current())


def _last(found: Leading) -> str:
    return _month(found.trends["referrals"][-1].month)
