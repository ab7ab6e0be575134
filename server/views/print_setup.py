"""Labels and printers of a group: what the door prints on, how a printer is put right, labels of one's own.

What is chosen belongs to the group; the page is reached from a meeting's papers and leads back there.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Uid
from server.services import local_printers, print_setup, stocks
from server.services.door_prints import USUAL_STOCK
from server.services.print_setup import DoorSetup, Setup
from server.services.stocks import Measures, Stock
from server.views import forms, guards, print_room
from server.views.guards import Visit
from server.views.print_room import PRINTER_COOKIE

bp = Blueprint("print_setup", __name__, url_prefix="/o/<meeting>/printing")
MOST_TEMPLATE = 2 * 1024 * 1024
"""Bytes of a template file."""
LENGTHS = ("page_w", "page_h", "label_w", "label_h", "left", "top", "gap_x", "gap_y", "radius")
LONGEST_MM = 2000.0


@bp.get("")
@guards.needs(Verb.PRINT)
def page(visit: Visit) -> str:
    """What the group prints on and with."""
    with visit.ctx.one_moment() as ctx:
        view = print_room.meeting(visit)
        chosen = print_setup.setup(ctx, visit.group_id)
        found = stocks.stocks(ctx, visit.group_id)
        corrections = print_setup.corrections(ctx, visit.group_id)
    rolls = {key: stock for key, stock in found.items() if stock.is_roll}
    others = {key: stock for key, stock in found.items() if not stock.is_roll}
    return render_template(
        "organiser/printing.html",
        meeting=view,
        setup=chosen,
        own=[stock for stock in found.values() if stock.id.startswith(stocks.OWN)],
        said_stock=print_room.said_stock,
        stocks=print_room.stock_choice(found, chosen.paper),
        door_stocks=_in_turn(rolls, others, chosen.paper),
        endless=[stock.id for stock in rolls.values() if stock.kind == "endless"],
        stock_names={key: stock.name for key, stock in found.items()},
        corrections=corrections,
        printers=local_printers.names(),
        templates=g.get("templates", ()),
        values=forms.typed(_values(chosen, print_room.usual_stock(found, chosen.paper))),
    )


@bp.post("/paper")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def choose_paper(visit: Visit) -> ResponseReturnValue:
    """A4 or Letter."""
    print_setup.choose_paper(visit.ctx, group_id=visit.group_id, paper=forms.text("paper", limit=8))
    return _back()


@bp.post("/door")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def choose_door(visit: Visit) -> ResponseReturnValue:
    """What the door prints on."""
    stock = forms.text("door_stock", limit=40)
    door = DoorSetup(
        stock=stock,
        length=_measure("door_length", most=300) or DoorSetup.length,
        printer=forms.text("door_printer", limit=120),
        black_only=forms.ticked("door_black_only"),
        dots=forms.number("door_dots", least=150, most=2400),
    )
    print_setup.choose_door(visit.ctx, group_id=visit.group_id, door=door)
    return _back()


@bp.post("/corrections/forget")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def forget_correction(visit: Visit) -> ResponseReturnValue:
    """The printer prints as it comes again."""
    print_setup.forget_correction(visit.ctx, group_id=visit.group_id, uid=Uid(forms.text("uid", limit=16)))
    return _back()


@bp.post("/printer")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def choose_printer(visit: Visit) -> ResponseReturnValue:
    """Which of the measured printers stands at this computer."""
    return print_room.remember(
        Response(status=303, headers={"Location": here()}), PRINTER_COOKIE, forms.text("printer", limit=60)
    )


@bp.post("/stocks")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def add_stock(visit: Visit) -> ResponseReturnValue:
    """Labels of one's own, measured with a ruler or taken from a template."""
    measures = Measures(
        name=forms.text("name", limit=80),
        cols=forms.number("cols", least=1, most=50),
        rows=forms.number("rows", least=1, most=100),
        kind=_kind(),
        **{name: _measure(name) for name in LENGTHS},
    )
    stocks.add_stock(visit.ctx, group_id=visit.group_id, measures=measures)
    return _back()


@bp.post("/stocks/remove")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def remove_stock(visit: Visit) -> ResponseReturnValue:
    """The group has these labels no more."""
    stocks.remove_stock(visit.ctx, group_id=visit.group_id, stock_id=forms.text("stock", limit=40))
    return _back()


@bp.post("/stocks/template")
@guards.needs(Verb.PRINT)
@forms.or_show_again(page)
def read_template(visit: Visit) -> ResponseReturnValue:
    """The labels in a glabels template file, each with a button that takes it over."""
    sent = request.files.get("template")
    data = b""
    if sent is not None:
        with closing(sent):
            data = sent.read(MOST_TEMPLATE + 1)
    if len(data) > MOST_TEMPLATE:
        raise RuleViolation("print_glabels_too_large", most=2, field="template")
    g.templates = stocks.read_template(data)
    return page.__wrapped__(visit)  # type: ignore[no-any-return,attr-defined]  # this request is judged already


def _values(chosen: Setup, stock: str) -> dict[str, object]:
    """What the forms say before anybody types."""
    door = {f"door_{name}": value for name, value in asdict(chosen.door).items()}
    door |= {"door_stock": chosen.door.stock or USUAL_STOCK, "door_length": f"{chosen.door.length:g}"}
    sheet = dict.fromkeys(LENGTHS, "") | {"name": "", "cols": "2", "rows": "5", "page_w": "210", "page_h": "297"}
    measured = {"stock": stock, "printer": print_room.printer()}
    return {**door, **sheet, **measured, "paper": chosen.paper if chosen.paper_chosen else ""}


def _in_turn(first: Mapping[str, Stock], then: Mapping[str, Stock], paper: str) -> list[tuple[str, str]]:
    return [*print_room.stock_choice(first, paper), *print_room.stock_choice(then, paper)]


def _kind() -> str:
    kind = forms.text("kind", limit=8)
    return kind if kind in ("sheet", "roll") else "sheet"


def _measure(name: str, *, least: float = 0.0, most: float = LONGEST_MM) -> float:
    """A length of a form, with a point or a comma; nothing is 0.

    Raises print_measure_needed or print_measure_outside naming the field.
    """
    typed = request.form.get(name, "").strip().replace(",", ".") or "0"
    try:
        found = float(typed)
    except ValueError:
        raise RuleViolation("print_measure_needed", field=name) from None
    if not least <= found <= most:
        raise RuleViolation("print_measure_outside", field=name, least=f"{least:g}", most=f"{most:g}")
    return found


def here() -> str:
    """The address of the page of labels and printers."""
    assert request.view_args is not None, "the address names the meeting"
    return url_for("print_setup.page", meeting=request.view_args["meeting"])


def _back() -> ResponseReturnValue:
    return redirect(here(), code=303)
