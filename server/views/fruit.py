"""What kinds of seating bore fruit: a page and a PDF for those who lead, and suggestions an organiser decides on."""

from datetime import date
from typing import Any

import babel.dates
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, lazy_gettext, ngettext

from server.domain.access import Verb
from server.domain.fruit import SIZES, Fruit, Kind, Suggestion, Verdict, Yield
from server.domain.sectors import WEIGHTS
from server.services import fruit, print_setup, report_sheets
from server.services.fruit import Page, Suggested
from server.services.report_sheets import Column, Form, Plot, Row, Section, Series, Sheet, Table
from server.views import forms, guards, languages, sheet_files
from server.views.guards import Visit
from server.views.member_frame import sent

bp = Blueprint("fruit", __name__, url_prefix="/o")
KINDS = {
    Kind.FIRST: lazy_gettext("who had never sat together"),
    Kind.AGAIN: lazy_gettext("who had sat together before"),
    Kind.WISHED: lazy_gettext("one looks for the other's trade"),
    Kind.FITTING: lazy_gettext("trades that do each other good"),
    Kind.GUEST: lazy_gettext("one was a guest"),
    Kind.SAME: lazy_gettext("both of one trade"),
}


@bp.get("/fruit")
@guards.needs(Verb.SEE_NUMBERS)
def group(visit: Visit, **_refused: str) -> str:
    """What the tables of 52 weeks bore, suggestions, and what was decided."""
    found = fruit.of_group(visit.ctx, visit.group_id)
    sheet = _sheet(found)
    return render_template(
        "member/fruit.html",
        sheet=sheet,
        pictures=report_sheets.pictures(sheet.plots),
        suggestions=[(each, _reasons(each.why)) for each in found.suggestions],
        told=found.fruit.told,
        decided=[(each, _day(each.on)) for each in found.decided],
        may_decide=visit.may(Verb.MANAGE_PEOPLE),
        most=WEIGHTS[-1],
        nav="numbers",
    )


@bp.get("/fruit.pdf")
@guards.needs(Verb.SEE_NUMBERS)
def paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper."""
    with visit.ctx.one_moment() as ctx:
        found = fruit.of_group(ctx, visit.group_id)
        size = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(_sheet(found, on_paper=True), size, "fruit")


@bp.post("/fruit/<any(adopted, declined):verdict>")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(group)
def decide(visit: Visit, verdict: str) -> ResponseReturnValue:
    """A suggestion is adopted or declined."""
    fruit.decide(
        visit.ctx,
        group_id=visit.group_id,
        one=forms.text("one", limit=16),
        other=forms.text("other", limit=16),
        after=forms.number("after", least=0, most=WEIGHTS[-1]),
        verdict=Verdict(verdict),
        by=visit.person_id,
        op=visit.op(f"fruit_{verdict}", sent()),
    )
    return redirect(url_for("fruit.group"), code=303)


@bp.post("/fruit/<decision>/back")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(group)
def take_back(visit: Visit, decision: str) -> ResponseReturnValue:
    """A decision is taken back."""
    fruit.take_back(visit.ctx, group_id=visit.group_id, uid=decision)
    return redirect(url_for("fruit.group"), code=303)


@bp.get("/fruit/<any(adopted, declined):verdict>", endpoint="decide_again")
@bp.get("/fruit/<decision>/back", endpoint="take_back_again")
@guards.needs(Verb.SEE_NUMBERS)
def back_to_the_page(visit: Visit, **_parts: str) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("fruit.group"))


def _sheet(found: Page, *, on_paper: bool = False) -> Sheet:
    span = gettext("%(since)s to %(until)s", since=_day(found.since), until=_day(found.until))
    sections = [_borne(found.fruit, span)]
    if on_paper and found.suggestions:
        texts = tuple(f"{_named(each)}: {' '.join(_reasons(each.why))}" for each in found.suggestions)
        sections.append(Section(gettext("Suggestions for the planner"), texts))
    return Sheet(
        title=gettext("What kinds of seating bore fruit"),
        subtitle=f"{found.group} · {span}",
        sections=tuple(sections),
        foot=" · ".join((found.group, span, gettext("for those who lead the group"))),
        language=languages.current(),
    )


def _day(day: date) -> str:
    return str(babel.dates.format_date(day, "d MMM y", locale=languages.current()))


def _named(each: Suggested) -> str:
    return str(
        gettext(
            "%(one)s and %(other)s, weight %(before)s → %(after)s",
            one=each.one_name,
            other=each.other_name,
            before=each.why.before,
            after=each.why.after,
        )
    )


def _borne(found: Fruit, span: str) -> Section:
    rule = gettext(
        "Each referral that became business belongs to the last table at which the two sat before it. Trades are those "
        "of today. Nobody is named, and nothing is told of fewer than five people."
    )
    if not found.told:
        texts = (rule, gettext("Fewer than five people have had business from a table so far. It takes its time."))
        return Section(gettext("From table to business"), texts)
    lines = [(str(KINDS[kind]), part) for kind, part in found.kinds.items()]
    lines += [(size_words(span_), part) for span_, part in found.sizes.items()]
    counted: list[dict[str, Any]] = [{}, *({"kind": kind.value} for kind in found.kinds)]
    counted += [{"size": least} for least, _ in found.sizes]
    shown = [(name, part) for name, part in lines if part.told]
    best = max(shown, key=lambda line: line[1].of_thousand, default=None)
    plot = Plot(
        key="fruit",
        form=Form.BARS,
        title=gettext("Business for each thousand times that two sat so"),
        period=span,
        finding=gettext(
            "%(whole)s on the average; most where it says: %(name)s.",
            whole=format_decimal(round(found.whole.of_thousand, 1)),
            name=best[0] if best else "–",
        ),
        name_word=gettext("Kind of seating"),
        series=(Series(gettext("Of a thousand")),),
        rows=tuple(Row(name, (round(part.of_thousand),)) for name, part in shown),
    )
    columns = (
        Column(gettext("Kind of seating"), 0.49),
        Column(gettext("Times"), 0.17, is_number=True),
        Column(gettext("Became business"), 0.17, is_number=True),
        Column(gettext("Of a thousand"), 0.17, is_number=True),
    )
    rows = tuple(_cells(name, part) for name, part in [(gettext("all tables"), found.whole), *lines])
    links = {(at, 1): _rows("seated", **asked) for at, asked in enumerate(counted)} | {(0, 2): _rows("bore")}
    table = Table(gettext("How often two sat so, and what came of it"), columns, rows, links)
    return Section(gettext("From table to business"), (rule,), (plot,) if shown else (), (table,))


def _rows(what: str, **asked: Any) -> str:
    """Where the rows stand that a figure counts. Which kind of seating a single deal came from is told nowhere."""
    return url_for("counted.of_group", what=what, **asked)


def _cells(name: str, part: Yield) -> tuple[str, str, str, str]:
    if not part.told:
        return (name, str(part.sat), "–", "–")
    return (name, str(part.sat), str(part.won), format_decimal(round(part.of_thousand, 1)))


def size_words(span: tuple[int, int]) -> str:
    """Tables of a size: so many people, from and to."""
    least, most = span
    if span == SIZES[-1]:
        return str(gettext("tables of %(least)s or more", least=least))
    if least == most:
        return str(gettext("tables of %(n)s", n=least))
    return str(gettext("tables of %(least)s or %(most)s", least=least, most=most))


def _reasons(why: Suggestion) -> tuple[str, ...]:
    """Why, with the numbers it stands on, and that they are small where they are."""
    reasons = [
        gettext("Rule “from table to business”."),
        ngettext(
            "Sat together %(sat)s times; %(num)s time became business, %(usual)s would be usual.",
            "Sat together %(sat)s times; %(num)s times became business, %(usual)s would be usual.",
            why.won,
            sat=why.sat,
            usual=format_decimal(round(why.usual, 1)),
        ),
        ngettext("%(num)s person took part.", "%(num)s people took part.", why.people),
    ]
    if why.few:
        reasons.append(gettext("Small numbers: chance may be part of it."))
    return tuple(map(str, reasons))
