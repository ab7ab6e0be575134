"""The group's trades: the tree with its seats and gaps, and which trades do each other good."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.domain import sectors as rules
from server.domain.access import Verb
from server.services import sectors
from server.views import forms, guards
from server.views.guards import Visit
from server.views.organiser_imports import bp as bp


@bp.get("/sectors")
@guards.needs(Verb.MANAGE_PEOPLE)
def sector_tree(visit: Visit) -> str:
    """Who has which seat, what is missing, what goes well together."""
    return _page(visit)


def _page(visit: Visit, sector: str = "") -> str:
    return render_template(
        "organiser/people_sectors.html",
        tree=sectors.tree(visit.ctx, visit.group_id),
        weights=rules.WEIGHTS,
        open_one=sector,
        longest=sectors.LONGEST,
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("people.sector_tree"), code=303)


@bp.post("/sectors")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_page)
def add_sector(visit: Visit) -> ResponseReturnValue:
    """A new trade."""
    name, above = forms.text("name", limit=300), forms.text("above", limit=16)
    op = visit.op("add_sector", {"name": name, "above": above})
    sectors.add(visit.ctx, group_id=visit.group_id, name=name, above=above, op=op)
    return _back()


@bp.post("/sectors/take-over")
@guards.needs(Verb.MANAGE_PEOPLE)
def take_over_sectors(visit: Visit) -> ResponseReturnValue:
    """Every trade of the people stands in the tree."""
    sectors.take_over(visit.ctx, group_id=visit.group_id)
    return _back()


@bp.post("/sectors/<sector>")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_page)
def change_sector(visit: Visit, sector: str) -> ResponseReturnValue:
    """A trade is changed."""
    sectors.change(
        visit.ctx,
        group_id=visit.group_id,
        uid=sector,
        name=forms.text("name", limit=300),
        above=forms.text("above", limit=16),
        has_seat=forms.ticked("has_seat"),
    )
    return _back()


@bp.post("/sectors/<sector>/remove")
@guards.needs(Verb.MANAGE_PEOPLE)
def remove_sector(visit: Visit, sector: str) -> ResponseReturnValue:
    """A trade leaves the tree."""
    sectors.remove(visit.ctx, group_id=visit.group_id, uid=sector)
    return _back()


@bp.post("/affinities")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_page)
def relate_sectors(visit: Visit) -> ResponseReturnValue:
    """Two trades do each other good."""
    sectors.relate(
        visit.ctx,
        group_id=visit.group_id,
        one=forms.text("one", limit=16),
        other=forms.text("other", limit=16),
        weight=forms.number("weight", least=rules.WEIGHTS[0], most=rules.WEIGHTS[-1]),
    )
    return _back()


@bp.post("/affinities/<affinity>/remove")
@guards.needs(Verb.MANAGE_PEOPLE)
def part_sectors(visit: Visit, affinity: str) -> ResponseReturnValue:
    """They are nothing to each other any more."""
    sectors.part(visit.ctx, group_id=visit.group_id, uid=affinity)
    return _back()


@bp.get("/sectors/take-over", endpoint="take_over_again")
@bp.get("/affinities", endpoint="affinities_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_sectors(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("people.sector_tree"))


@bp.get("/sectors/<sector>", endpoint="sector_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_the_tree(visit: Visit, sector: str) -> ResponseReturnValue:
    """The address of a trade's form opened again."""
    return redirect(url_for("people.sector_tree"))
