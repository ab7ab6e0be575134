"""Label stocks: what is on a sheet and where.

`stocks.csv` holds one stock a line, lengths in millimetres. Its columns: `id` (the name used
everywhere), `brand`, `part`, `region` and `use` for people; `kind` is `sheet` (die-cut labels), `cut`
(plain paper, cut by hand), `page` (one label is the page), `roll` or `endless` (a roll whose length is
chosen, page and label height 0); `page_w`, `page_h`; `cols` x `rows` labels of `label_w` x `label_h`,
the first one `left` and `top` from the corner, `gap_x` and `gap_y` between them; `radius` of the
corners; `fold` is `half` or `quarter` where all labels of a sheet are the faces of one badge;
`confidence` A (published template), B (several tables agree), C (tables disagree, the centred value), X
(fails the arithmetic, known but refused), O (somebody's own, measured with a ruler or imported).
"""

import csv
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import NamedTuple

from printables.errors import PrintRefused

TOLERANCE_MM = 0.6
SHORTEST_MM, LONGEST_MM = 25.0, 300.0
LARGEST_MM = 1000.0
MOST_ACROSS = 100
OWN = "O"


class Rect(NamedTuple):
    """A rectangle in mm; x and y are its left and top edge, counted from the page's top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Stock:
    """One label stock. All lengths in mm; see the module for the meaning of each field."""

    id: str
    page_w: float
    page_h: float
    cols: int
    rows: int
    label_w: float
    label_h: float
    left: float = 0.0
    top: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0
    radius: float = 0.0
    kind: str = "sheet"
    fold: str = ""
    brand: str = ""
    part: str = ""
    region: str = ""
    use: str = ""
    confidence: str = ""
    note: str = ""

    @property
    def labels(self) -> int:
        """How many labels a sheet holds."""
        return self.cols * self.rows

    @property
    def per_sheet(self) -> int:
        """How many people a sheet holds: a folded sheet is one person's."""
        return 1 if self.fold else self.labels

    def cell(self, index: int) -> Rect:
        """The rectangle of label `index` (from 0, row by row)."""
        if not 0 <= index < self.labels:
            raise IndexError(index)
        row, col = divmod(index, self.cols)
        x = self.left + col * (self.label_w + self.gap_x)
        y = self.top + row * (self.label_h + self.gap_y)
        return Rect(x, y, self.label_w, self.label_h)

    def is_turned(self, index: int) -> bool:
        """Whether label `index` stands on its head, so that it is upright once the sheet is folded."""
        return bool(self.fold) and index < self.cols

    def problem(self) -> str:
        """What is wrong with the measures, in a few English words; empty when the labels fit the page."""
        if self.cols < 1 or self.rows < 1 or self.page_w <= 0 or self.label_w <= 0 or self.label_h <= 0:
            return "it has no labels or no size"
        if (self.cols > 1 and self.gap_x < -TOLERANCE_MM) or (self.rows > 1 and self.gap_y < -TOLERANCE_MM):
            return "its labels overlap"
        if self.left < -TOLERANCE_MM or self.top < -TOLERANCE_MM:
            return "its labels begin outside the page"
        last = self.cell(self.labels - 1)
        across, down = last.x + last.width, last.y + last.height
        if across > self.page_w + TOLERANCE_MM:
            return f"its labels are {across:g} mm across and the page is {self.page_w:g} mm wide"
        if down > self.page_h + TOLERANCE_MM:
            return f"its labels are {down:g} mm down and the page is {self.page_h:g} mm high"
        return ""

    def cut_to(self, length: float) -> "Stock":
        """An endless roll cut to `length` mm; any other stock as it is."""
        if self.kind != "endless":
            return self
        return replace(self, page_h=length, label_h=length - 2 * self.top)


@cache
def all_stocks() -> tuple[Stock, ...]:
    """Every stock of the table, in its order, those that fail the arithmetic included."""
    text = resources.files("printables").joinpath("stocks.csv").read_text(encoding="utf-8")
    return tuple(_stock(row) for row in csv.DictReader(text.splitlines()))


def _stock(row: dict[str, str]) -> Stock:
    counts = {key: int(row.pop(key)) for key in ("cols", "rows")}
    lengths = {
        key: float(row.pop(key))
        for key in ("page_w", "page_h", "label_w", "label_h", "left", "top", "gap_x", "gap_y", "radius")
    }
    return Stock(**counts, **lengths, **row)  # type: ignore[arg-type]  # one dict per type, checked by a test


def find(wanted: str | Stock, length_mm: float = 100.0) -> Stock:
    """The stock of that id (or the one handed in), cut to length where it is endless.

    Raises `PrintRefused`: `unknown_stock`, `length_outside`, `stock_does_not_fit`.
    """
    if isinstance(wanted, str):
        known = {one.id: one for one in all_stocks()}
        if wanted not in known:
            raise PrintRefused("unknown_stock", stock=wanted)
        wanted = known[wanted]
    if wanted.kind == "endless" and not SHORTEST_MM <= length_mm <= LONGEST_MM:
        raise PrintRefused("length_outside", length=length_mm, shortest=SHORTEST_MM, longest=LONGEST_MM)
    stock = wanted.cut_to(length_mm)
    reason = stock.problem()
    if reason:
        raise PrintRefused("stock_does_not_fit", stock=stock.id, reason=reason)
    return stock


def own(
    name: str, *, page_w: float, page_h: float, cols: int, rows: int, label_w: float, label_h: float,
    left: float = 0.0, top: float = 0.0, gap_x: float = 0.0, gap_y: float = 0.0, radius: float = 0.0,
    kind: str = "sheet", note: str = "",
) -> Stock:  # fmt: skip
    """A stock somebody measured with a ruler; its id is made of the name.

    Raises `PrintRefused`: `bad_measure` (not a number, below nothing or larger than any paper),
    `stock_does_not_fit`.
    """
    lengths = {
        "page_w": page_w, "page_h": page_h, "label_w": label_w, "label_h": label_h, "left": left, "top": top,
        "gap_x": gap_x, "gap_y": gap_y, "radius": radius,
    }  # fmt: skip
    for measure, value in lengths.items():
        least = 0.0 if measure in ("page_w", "page_h", "label_w", "label_h", "radius") else -LARGEST_MM
        if not (math.isfinite(value) and least <= value <= LARGEST_MM):
            raise PrintRefused("bad_measure", measure=measure, value=f"{value:g}")
    for measure, count in (("cols", cols), ("rows", rows)):
        if not 1 <= count <= MOST_ACROSS:
            raise PrintRefused("bad_measure", measure=measure, value=str(count))
    stock = Stock(
        f"own-{_slug(name)}", page_w, page_h, cols, rows, label_w, label_h, left, top, gap_x, gap_y, radius, kind,
        part=name.strip(), confidence=OWN, note=note,
    )  # fmt: skip
    find(stock)
    return stock


def _slug(name: str) -> str:
    """A name as an id: plain small letters and digits with hyphens."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:60] or "labels"
