"""A printer that misses the labels: the page to measure it by, what was read off it, and whether it hits now."""

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.services import print_setup, printing, stocks
from server.services.printing import Draft
from server.views import forms, guards, print_room
from server.views.guards import Visit
from server.views.paper_texts import calibration_words
from server.views.print_room import PRINTER_COOKIE
from server.views.print_setup import bp as bp
from server.views.print_setup import here

MOST_READ_MM = 5.0


@bp.get("/calibration")
@guards.needs(Verb.PRINT)
def calibration_page(visit: Visit) -> str:
    """The page of one printer and one stock, with the fields for what is read off it: `?printer=&stock=`."""
    with print_room.moment(visit) as now:
        view = print_room.meeting(now)
        found = stocks.stocks(now.ctx, visit.group_id)
        chosen = print_setup.setup(now.ctx, visit.group_id)
        known = print_setup.corrections(now.ctx, visit.group_id)
        asked = request.values.get("stock", "")
        stock_id = asked if asked in found else print_room.usual_stock(found, chosen.paper)
        measures = stocks.for_drawing(now.ctx, visit.group_id, stock_id)
        printer = request.values.get("printer", print_room.printer())[:60]
        by = print_setup.correction(now.ctx, visit.group_id, printer=printer, stock_id=stock_id)
    return render_template(
        "organiser/calibration.html",
        meeting=view,
        stock=stock_id,
        printer=printer,
        printers=sorted({corrected.printer for corrected in known}),
        by=by,
        stocks=print_room.stock_choice(found, chosen.paper),
        stock_name=found[stock_id].name,
        scales=print_setup.scales(measures),
        values=forms.typed({"for_all": "", **dict.fromkeys(("read_A", "read_B", "read_C", "read_D"), "")}),
    )


@bp.post("/calibration")
@guards.needs(Verb.PRINT)
@forms.or_show_again(calibration_page)
def calibration_file(visit: Visit) -> ResponseReturnValue:
    """The calibration page as a file, printed with the correction of today."""
    return print_room.file(printing.draw(_draft(visit)), "calibration")


@bp.post("/calibration/look")
@guards.needs(Verb.PRINT)
def look_at_calibration(visit: Visit) -> ResponseReturnValue:
    """The calibration page as a picture."""
    shown = printing.look(_draft(visit))
    return jsonify(ok=True, svg=shown.svg, pages=shown.pages, warnings=[])


@bp.post("/corrections")
@guards.needs(Verb.PRINT)
@forms.or_show_again(calibration_page)
def correct(visit: Visit) -> ResponseReturnValue:
    """What was read off the page moves and scales the print of this printer from now on."""
    printer = forms.text("printer", limit=60)
    read = {letter: _read(letter) for letter in "ABCD" if request.form.get(f"read_{letter}", "").strip()}
    if not {"A", "B"} <= read.keys():
        raise RuleViolation("print_measure_needed", field="read_B" if "A" in read else "read_A")
    print_setup.correct(
        visit.ctx,
        group_id=visit.group_id,
        printer=printer,
        stock_id=forms.text("stock", limit=40),
        read=read,
        for_all=forms.ticked("for_all"),
    )
    return print_room.remember(Response(status=303, headers={"Location": here()}), PRINTER_COOKIE, printer)


def _read(letter: str) -> float:
    """What was read at a scale, in mm, with a point or a comma. Raises print_measure_needed or print_unread_scale."""
    name = f"read_{letter}"
    try:
        found = float(request.form[name].strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise RuleViolation("print_measure_needed", field=name) from None
    if not abs(found) <= MOST_READ_MM:
        raise RuleViolation("print_unread_scale", letter=letter, most=f"{MOST_READ_MM:g}", field=name)
    return found


def _draft(visit: Visit) -> Draft:
    stock_id = forms.text("stock", limit=40)
    with print_room.moment(visit) as now:
        by = print_setup.correction(now.ctx, visit.group_id, printer=forms.text("printer", limit=60), stock_id=stock_id)
        measures = stocks.for_drawing(now.ctx, visit.group_id, stock_id)
        language = print_room.language(now)
    with print_room.in_language(language):
        words = calibration_words(gettext, language)
    return Draft("calibration", {"stock": measures, "dx": by.dx, "dy": by.dy, "scale": by.scale, "words": words})
