"""Label stocks out of a template file of gLabels that somebody has: of version 3 (2 and 4 write the same words).

A file is XML, packed with gzip or not, and holds many templates or, as a document, one. Lengths carry their unit; a
bare number is points. Rectangles become stocks as they are; of ovals and discs the largest upright rectangle within
is taken, so that nothing is printed beside them. Rings, outlines and what fails the arithmetic are left out.
"""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from printables import stocks
from printables.errors import PrintRefused
from printables.stocks import Stock

MOST_BYTES = 8_000_000  # unpacked; the whole public collection is an eighth of it
_GZIP = b"\x1f\x8b"
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(pt|in|mm|cm|pc)?\s*")
_MM = {"pt": 25.4 / 72, "in": 25.4, "mm": 1.0, "cm": 10.0, "pc": 25.4 / 6}
_INSCRIBED = 0.5**0.5  # of an oval: the side of the largest rectangle within, as a share of its width and height
_PAGES = {
    "A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0), "A6": (105.0, 148.0), "A7": (74.0, 105.0),
    "B4": (250.0, 353.0), "B5": (176.0, 250.0), "B6": (125.0, 176.0), "US-Letter": (215.9, 279.4),
    "US-Legal": (215.9, 355.6), "US-Executive": (184.15, 266.7), "SRA3": (320.0, 450.0), "SRA4": (225.0, 320.0),
}  # fmt: skip
_ENDLESS_MM = 100.0


class _Label(NamedTuple):
    """A label's rectangle within what the template calls the label, in mm."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    note: str = ""


class _Grid(NamedTuple):
    """Where labels lie: their number, the first one's corner and the steps, in mm."""

    cols: int
    rows: int
    x: float
    y: float
    dx: float
    dy: float


class _Unusable(Exception):
    """A template this program cannot print on; it is left out."""


def read(data: bytes) -> list[Stock]:
    """The label stocks of a template file, in its order.

    Raises `PrintRefused`: `glabels_too_large`, `glabels_unsafe` (entities and the like), `glabels_unreadable`,
    `glabels_empty` (nothing that can be printed on).
    """
    root = _parsed(_unpacked(data))
    if _tag(root) not in ("Glabels-templates", "Glabels-document"):
        raise PrintRefused("glabels_unreadable")
    templates = [child for child in root if _tag(child) in ("Template", "Sheet")]
    found: dict[tuple[str, str], Element] = {_names(one): one for one in templates if "equiv" not in one.attrib}
    made: dict[str, Stock] = {}
    for template in templates:
        brand, part = _names(template)
        like = found.get((brand, template.get("equiv", ""))) if "equiv" in template.attrib else template
        if like is None:
            continue
        try:
            stock = _stock(like, f"{brand} {part}".strip())
        except (_Unusable, PrintRefused):
            continue
        made.setdefault(stock.id, stock)
    if not made:
        raise PrintRefused("glabels_empty")
    return list(made.values())


def _unpacked(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise PrintRefused("glabels_too_large", most=MOST_BYTES // 1_000_000)
    if not data.startswith(_GZIP):
        return data
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        text = unpacking.decompress(data, MOST_BYTES)
    except zlib.error as wrong:
        raise PrintRefused("glabels_unreadable") from wrong
    if len(text) >= MOST_BYTES:
        raise PrintRefused("glabels_too_large", most=MOST_BYTES // 1_000_000)
    if not unpacking.eof:  # it ends before it is over
        raise PrintRefused("glabels_unreadable")
    return text


def _parsed(text: bytes) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as unsafe:
        raise PrintRefused("glabels_unsafe") from unsafe
    except (ParseError, ValueError, LookupError) as wrong:
        raise PrintRefused("glabels_unreadable") from wrong
    return root


def _tag(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _names(template: Element) -> tuple[str, str]:
    """Brand and part; old files have one name for both."""
    brand, part = template.get("brand", ""), template.get("part", "")
    if brand and part:
        return brand, part
    first, _, rest = template.get("name", "").strip().partition(" ")
    return (first, rest.strip()) if rest else ("", first)


def _stock(template: Element, name: str) -> Stock:
    frame = next((child for child in template if _tag(child).startswith("Label-")), None)
    if frame is None:
        raise _Unusable
    label = _label(frame)
    grid = _grid(frame)
    page_w, page_h = _page(template)
    kind = "sheet"
    if template.get("size") == "roll":
        kind = "endless" if _tag(frame) == "Label-continuous" else "roll"
        label = _within_margin(frame, label)
    if kind == "endless":  # its length is chosen when it is printed
        page_h, label = 0.0, label._replace(height=0.0)
    return stocks.own(
        name,
        page_w=page_w,
        page_h=page_h,
        cols=grid.cols,
        rows=grid.rows,
        label_w=label.width,
        label_h=label.height,
        left=grid.x + label.x,
        top=grid.y + label.y,
        gap_x=grid.dx - label.width if grid.cols > 1 else 0.0,
        gap_y=grid.dy - label.height if grid.rows > 1 else 0.0,
        radius=label.radius,
        kind=kind,
        note=label.note,
    )


def _page(template: Element) -> tuple[float, float]:
    size = template.get("size", "")
    if size in _PAGES:
        return _PAGES[size]
    return _length(template, "width"), _length(template, "height")


def _label(frame: Element) -> _Label:
    kind = _tag(frame)
    if kind == "Label-rectangle":
        return _Label(0.0, 0.0, _length(frame, "width"), _length(frame, "height"), _length(frame, "round"))
    if kind == "Label-ellipse":
        return _inscribed(_length(frame, "width"), _length(frame, "height"))
    if kind == "Label-round":
        across = 2 * _length(frame, "radius")
        return _inscribed(across, across)
    if kind == "Label-continuous":
        return _Label(0.0, 0.0, _length(frame, "width"), _length(frame, "default_height") or _ENDLESS_MM)
    raise _Unusable


def _inscribed(width: float, height: float) -> _Label:
    inner_w, inner_h = width * _INSCRIBED, height * _INSCRIBED
    note = f"the rectangle within an oval of {width:g} x {height:g} mm"
    return _Label((width - inner_w) / 2, (height - inner_h) / 2, inner_w, inner_h, note=note)


def _within_margin(frame: Element, label: _Label) -> _Label:
    """On a roll the margin is what the printer cannot reach."""
    margin = next((child for child in frame if _tag(child) == "Markup-margin"), None)
    if margin is None:
        return label
    both = _length(margin, "size")
    across, down = both or _length(margin, "x_size"), both or _length(margin, "y_size")
    return label._replace(
        x=label.x + across, y=label.y + down, width=label.width - 2 * across, height=label.height - 2 * down
    )


def _grid(frame: Element) -> _Grid:
    """The labels as one grid, though a template may write it in several pieces."""
    corners = {(round(x, 3), round(y, 3)) for child in frame if _tag(child) == "Layout" for x, y in _corners(child)}
    xs, ys = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    if not corners or len(corners) != len(xs) * len(ys):
        raise _Unusable
    return _Grid(len(xs), len(ys), xs[0], ys[0], _step(xs), _step(ys))


def _corners(layout: Element) -> Iterator[tuple[float, float]]:
    cols, rows = _count(layout, "nx"), _count(layout, "ny")
    x, y, dx, dy = (_length(layout, name) for name in ("x0", "y0", "dx", "dy"))
    return ((x + col * dx, y + row * dy) for row in range(rows) for col in range(cols))


def _step(corners: list[float]) -> float:
    """The step of evenly spaced corners."""
    if len(corners) < 2:
        return 0.0
    step = (corners[-1] - corners[0]) / (len(corners) - 1)
    if any(abs(corners[0] + at * step - corner) > 0.05 for at, corner in enumerate(corners)):
        raise _Unusable
    return step


def _length(element: Element, name: str) -> float:
    """A length in mm; none is 0."""
    text = element.get(name, "")
    if not text.strip():
        return 0.0
    found = _LENGTH.fullmatch(text)
    if not found:
        raise _Unusable
    return float(found[1]) * _MM[found[2] or "pt"]


def _count(element: Element, name: str) -> int:
    text = element.get(name, "1").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= stocks.MOST_ACROSS):
        raise _Unusable
    return int(text)
