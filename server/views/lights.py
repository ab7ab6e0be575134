"""The traffic lights: one's own points and what would change them, the group by name, the table and its trial.

Each number leads to the rows it counts, for oneself and for those who lead.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.domain import lights as rules
from server.domain.access import Verb
from server.domain.errors import NotFound
from server.domain.lights import BY_WEEK, FEW, PRESETS, Colour, Metric, Point, Table
from server.domain.vocabulary import Uid
from server.services import lights
from server.services.lights import Lights, Lit, Trial
from server.views import forms, guards
from server.views.counted_page import day_words, lines, page
from server.views.guards import Visit
from server.views.member_frame import frame, sent
from server.views.sentences.marking import N_

bp = Blueprint("lights", __name__)

METRICS: Mapping[Metric, str] = {
    Metric.ABSENCES: N_("Absences"),
    Metric.LATE: N_("Times late"),
    Metric.REFERRALS: N_("Referrals given"),
    Metric.VISITORS: N_("Visitors for the first time"),
    Metric.ONE_TO_ONES: N_("One-to-ones"),
    Metric.TRAININGS: N_("Trainings"),
    Metric.TESTIMONIALS: N_("Testimonials"),
    Metric.THANKS: N_("Deals thanked for"),
}
COLOURS: Mapping[Colour, tuple[str, str, str]] = {
    Colour.GREEN: ("leaf", N_("green"), "check"),
    Colour.AMBER: ("flower", N_("amber"), "diamond"),
    Colour.RED: ("beet", N_("red"), "octagon"),
    Colour.GREY: ("", N_("grey"), "dash-ring"),
}
NAMES: Mapping[str, str] = {"steady": N_("Steady"), "brisk": N_("Brisk")}
WORDS = {"metrics": METRICS, "colours": COLOURS, "names": NAMES}


@bp.get("/referrals/lights")
@guards.needs(Verb.USE_BOARD)
def own(visit: Visit) -> str:
    """One's own points: how each came about, what would change it."""
    found, mine = lights.of_person(visit.ctx, visit.group_id, visit.person_id)
    return _points(visit, found, mine, "referrals", lambda metric: url_for("lights.own_rows", metric=metric))


@bp.get("/referrals/lights/<metric>")
@guards.needs(Verb.USE_BOARD)
def own_rows(visit: Visit, metric: str) -> str:
    """What one of one's own numbers counts."""
    found, mine = lights.of_person(visit.ctx, visit.group_id, visit.person_id)
    return _rows(visit, found, mine, metric, "referrals", url_for("lights.own"))


@bp.get("/o/lights")
@guards.needs(Verb.SEE_NUMBERS)
def group(visit: Visit) -> str:
    """Everybody by name, for those who lead; no ranking."""
    found = lights.of_group(visit.ctx, visit.group_id)
    return render_template(
        "member/lights_group.html",
        found=found,
        may_decide=visit.may(Verb.MANAGE_GROUP),
        **WORDS,
        **frame(visit, "numbers"),
    )


@bp.get("/o/lights/<person>")
@guards.needs(Verb.SEE_NUMBERS)
def member(visit: Visit, person: str) -> str:
    """One member's points, for those who lead."""
    found, one = lights.of_member(visit.ctx, visit.group_id, Uid(person))
    return _points(
        visit, found, one, "numbers", lambda metric: url_for("lights.member_rows", person=person, metric=metric)
    )


@bp.get("/o/lights/<person>/<metric>")
@guards.needs(Verb.SEE_NUMBERS)
def member_rows(visit: Visit, person: str, metric: str) -> str:
    """What one of a member's numbers counts."""
    found, one = lights.of_member(visit.ctx, visit.group_id, Uid(person))
    return _rows(visit, found, one, metric, "numbers", url_for("lights.member", person=person))


@bp.get("/o/lights/table")
@guards.needs(Verb.MANAGE_GROUP)
def table(visit: Visit, tried: Trial | None = None) -> str:
    """The table, to be edited; another one may be tried on the past first."""
    held = lights.current(visit.ctx, visit.group_id)
    shown = PRESETS.get(request.args.get("from", ""), held.table)
    values: dict[str, object] = {metric.value: rules.written(shown.steps.get(metric, ())) for metric in Metric}
    values |= {name: str(getattr(shown, name)) for name in ("window", "green", "amber", "red")}
    values["name"] = gettext(NAMES[shown.name]) if shown.name in NAMES else shown.name
    return render_template(
        "member/lights_table.html",
        held=held,
        versions=lights.versions(visit.ctx, visit.group_id),
        values=forms.typed(values) | (sent() if tried else {}),
        tried=tried,
        hints={metric: _hint(metric) for metric in Metric},
        **WORDS,
        **frame(visit, "numbers"),
    )


@bp.post("/o/lights/table")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(table)
def decide(visit: Visit) -> ResponseReturnValue:
    """Another table is tried on the past, or adopted."""
    wanted = _typed()
    if request.form.get("do") == "try":
        return str(_shown(visit, lights.simulate(visit.ctx, visit.group_id, wanted)))
    lights.adopt(
        visit.ctx,
        group_id=visit.group_id,
        table=wanted,
        seen=forms.number("seen", least=0, most=1_000_000),
        author=visit.person_id,
        op=visit.op("lights", sent()),
    )
    return redirect(url_for("lights.table"), code=303)


def _points(visit: Visit, found: Lights, one: Lit, nav: str, leads_to: Callable[[Metric], str]) -> str:
    return render_template(
        "member/lights.html",
        found=found,
        one=one,
        rows=[(each, _how(each, one.score.weeks), _more(each), leads_to(each.metric)) for each in one.score.points],
        **WORDS,
        **frame(visit, nav),
    )


def _rows(visit: Visit, found: Lights, one: Lit, metric: str, nav: str, back: str) -> str:
    scored = {each.metric for each in one.score.points}
    if metric not in scored:
        raise NotFound("page_unknown")
    asked = Metric(metric)
    counted = lights.rows(visit.ctx, visit.group_id, found, one.uid, asked)
    over = f"{one.name} · {day_words(found.since)} – {day_words(found.until)}"
    return page(lines(counted, gettext(METRICS[asked]), back, over), visit, nav)


def _shown(visit: Visit, tried: Trial) -> Any:
    form: Any = table
    return form.__wrapped__(visit, tried)


def _typed() -> Table:
    steps = {metric: rules.parse(forms.text(metric.value, limit=100), metric) for metric in Metric}
    return Table(
        name=forms.text("name", limit=60),
        window=forms.number("window", least=rules.WINDOWS[0], most=rules.WINDOWS[1]),
        steps={metric: found for metric, found in steps.items() if found},
        green=forms.number("green", least=1, most=1000),
        amber=forms.number("amber", least=1, most=1000),
        red=forms.number("red", least=1, most=1000),
    )


def _hint(metric: Metric) -> str:
    if metric in FEW:
        return str(gettext("up to so many in the window: points"))
    if metric in BY_WEEK:
        return str(gettext("from so many for each week that counts: points"))
    return str(gettext("from so many in the window: points"))


def _how(point: Point, weeks: int) -> str:
    if point.metric in BY_WEEK:
        return str(
            ngettext("%(n)s in %(num)s week that counts", "%(n)s in %(num)s weeks that count", weeks, n=point.number)
        )
    return str(point.number)


def _more(point: Point) -> str:
    """What would change the points; empty where there is no more to reach."""
    if not point.more:
        return ""
    if point.metric in FEW:
        return str(
            ngettext("%(num)s fewer: %(points)s points", "%(num)s fewer: %(points)s points", point.more,
                     points=point.next_points)
        )  # fmt: skip
    return str(
        ngettext("%(num)s more: %(points)s points", "%(num)s more: %(points)s points", point.more,
                 points=point.next_points)
    )  # fmt: skip
