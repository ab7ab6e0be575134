"""Papers as jobs: drawn as a file, looked at as a picture of one page, bound into one file; and the labels there are.

A drawing gives `{pdf, pages, warnings}`, a look `{svg, pages, warnings}`. What cannot be printed is refused with the
code `print_…`.
"""

import base64
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from printables import binding, calibration, glabels, preview
from printables.errors import PrintRefused
from printables.model import Result
from printables.stocks import Rect, Stock, all_stocks, find, own
from printables.text import FontSet
from server.domain.errors import RuleViolation
from server.jobs import Job, Json, Tell
from server.jobs.drawings import DRAWN, calibration_options, stock_of
from server.jobs.fonts import for_paper

Draw = Callable[[], Any]


def fonts() -> FontSet:
    """The fonts of all papers, loaded once."""
    return for_paper()


def printed(draw: Draw) -> Json:
    """A drawn paper as `{pdf, pages, warnings}`. What cannot be printed is refused with the code `print_…`."""
    made = _drawn(draw)
    return {"pdf": base64.b64encode(made.pdf).decode(), "pages": made.pages, "warnings": _warnings(made.warnings)}


def drawing(kind: str, arguments: Json, tell: Tell) -> Json:
    """One paper of a kind of `DRAWN`."""
    return printed(lambda: DRAWN[kind](arguments, fonts()))


def kit(arguments: Json, tell: Tell) -> Json:
    """`{parts: [{title, job, arguments}], title, language, print_at_once?}` → `{pdf, pages, begins, warnings}`.

    Tells the share that is drawn, and of what.
    """
    made, bound = _bound(arguments, tell)
    return {
        "pdf": base64.b64encode(bound.pdf).decode(),
        "pages": bound.pages,
        "begins": list(bound.begins),
        "warnings": _warnings([warning for result in made for warning in result.warnings]),
    }


def look(arguments: Json, tell: Tell) -> Json:
    """`{job, arguments, page?}` → `{svg, pages, warnings, begins?}`; a page behind the last shows the last."""
    kind, wanted = arguments["job"], arguments["arguments"]
    begins: tuple[int, ...] = ()
    if kind == "kit":
        made, bound = _bound(wanted, tell)
        pdf, pages, begins = bound.pdf, bound.pages, bound.begins
        warnings = [warning for result in made for warning in result.warnings]
    else:
        result = _drawn(lambda: DRAWN[kind](wanted, fonts()))
        pdf, pages, warnings = result.pdf, result.pages, list(result.warnings)
    number = min(max(1, int(arguments.get("page", 1))), pages)
    edges = _edges(wanted) if "stock" in wanted else ()
    shown = preview.page(pdf, number, edges=edges)
    return {"svg": shown.svg, "pages": pages, "begins": list(begins), "warnings": _warnings(warnings)}


def stocks(arguments: Json, tell: Tell) -> Json:
    """The label stocks that can be printed on → `{stocks: [{id, name, use, region, kind, page, label, labels}]}`."""
    known = (each.cut_to(100.0) for each in all_stocks())
    return {"stocks": [_listed(stock) for stock in known if not stock.problem()]}


def own_stock(arguments: Json, tell: Tell) -> Json:
    """Measures of labels as somebody typed them → `{measures}`, once they are found to fit their page."""
    return {"measures": _measures(_made(lambda: own(**arguments)))}


def template(arguments: Json, tell: Tell) -> Json:
    """`{file}`, a glabels file in base 64 → `{stocks: [measures]}`."""
    found: list[Stock] = _made(lambda: glabels.read(base64.b64decode(arguments["file"])))
    return {"stocks": [_measures(stock) for stock in found]}


def scales(arguments: Json, tell: Tell) -> Json:
    """`{stock}` → `{scales: [{letter, is_at_label}]}`: what is to be read off its calibration page."""
    stock: Stock = _made(lambda: find(stock_of(arguments["stock"])))
    marks = calibration.marks(stock)
    return {"scales": [{"letter": mark.letter, "is_at_label": mark.is_at_label} for mark in marks]}


def correction(arguments: Json, tell: Tell) -> Json:
    """`{stock, dx, dy, scale, read: {a, b, c?, d?}}` → `{dx, dy, scale}`: what puts the printer right."""
    readings = calibration.Readings(**arguments["read"])
    made = _made(lambda: calibration.correction(calibration_options(arguments), readings))
    return {"dx": made.dx, "dy": made.dy, "scale": made.scale}


def _made(make: Draw) -> Any:
    """What somebody's values give; what cannot be is refused with the code `print_…`."""
    try:
        return make()
    except PrintRefused as refused:
        raise RuleViolation(f"print_{refused.code}", **refused.params) from refused


def _measures(stock: Stock) -> Json:
    lengths = ("page_w", "page_h", "label_w", "label_h", "left", "top", "gap_x", "gap_y", "radius")
    return {
        "name": stock.part,
        "kind": stock.kind,
        "cols": stock.cols,
        "rows": stock.rows,
        **{length: getattr(stock, length) for length in lengths},
    }


def _drawn(draw: Draw) -> Result:
    made: Result = _made(draw)
    return made


def _bound(arguments: Json, tell: Tell) -> tuple[list[Result], binding.Bound]:
    made: list[Result] = []
    for place, part in enumerate(arguments["parts"]):
        tell({"share": place / len(arguments["parts"]), "title": part["title"]})
        made.append(_drawn(partial(DRAWN[part["job"]], part["arguments"], fonts())))
    titled = [binding.Part(part["title"], result.pdf) for part, result in zip(arguments["parts"], made, strict=True)]
    how = {key: arguments[key] for key in ("title", "language")}
    return made, binding.bind(titled, **how, print_at_once=arguments.get("print_at_once", False))


def _edges(arguments: Json) -> Sequence[Rect]:
    """The labels of a sheet, so that the eye sees where each badge will lie."""
    stock = find(stock_of(arguments["stock"]), arguments.get("length", 100.0))
    return [stock.cell(place) for place in range(stock.labels)]


def _warnings(warnings: Sequence[Any]) -> list[Json]:
    return [{"key": warning.key, "params": warning.params} for warning in warnings]


def _listed(stock: Stock) -> Json:
    return {
        "id": stock.id,
        "name": f"{stock.brand} {stock.part}".strip(),
        "use": stock.use,
        "region": stock.region,
        "kind": stock.kind,
        "page": [stock.page_w, stock.page_h],
        "label": [stock.label_w, stock.label_h],
        "labels": stock.per_sheet,
    }


JOBS: dict[str, Job] = {
    **{kind: partial(drawing, kind) for kind in DRAWN},
    "kit": kit,
    "look": look,
    "stocks": stocks,
    "own_stock": own_stock,
    "template": template,
    "scales": scales,
    "correction": correction,
}
