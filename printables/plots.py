"""Plots: a picture of a few numbers, drawn once, given out for the page (SVG) and for paper (PDF operators).

Four forms carry every picture of the reports. Columns stand side by side in the order of time or number;
bars lie below each other under their names; sides set two counts of the same thing against each other; in beds each
thing that is counted is a plant of its own. Values are whole numbers from zero up and stand on the marks; in columns
one may be not told, and has a dash and no mark. At most three series are told apart by how they are filled and not by
colour alone: plain, hatched, open; in beds by their plant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from reportlab.graphics.shapes import Line, Path, Rect, String

from printables import plants, vector
from printables.draw import Document
from printables.plants import Part
from printables.text import ELLIPSIS, Face, FontSet, clean
from printables.vector import Ink, Picture

WIDTH = 400.0
SIZE = 14.0
LARGEST = 18.5
"""Letters on a small phone (17 in these units) and a face wider than ours: what must not touch is measured so."""
_LEFT, _RIGHT = 8.0, 392.0
_LINE = 22.0
_HEIGHT = 132.0
_NOT_TOLD = "–"


class Form(StrEnum):
    """How a plot is laid out; see the module."""

    COLUMNS = "columns"
    BARS = "bars"
    SIDES = "sides"
    BEDS = "beds"


class Fill(StrEnum):
    """How the marks of a series are filled."""

    PLAIN = "plain"
    HATCHED = "hatched"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted, in a word or two, and how its marks are filled."""

    word: str
    fill: Fill = Fill.PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """One name and its values, one for each series. None, in columns: not told, which is something else than 0."""

    name: str
    values: tuple[int | None, ...]

    @property
    def is_told(self) -> bool:
        """Whether all its values are."""
        return None not in self.values

    @property
    def numbers(self) -> tuple[int, ...]:
        """The values as lengths of marks: what is not told has none."""
        return tuple(value or 0 for value in self.values)


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot. `key` is alone on its page and made of letters; `finding` says in a sentence what there is to see.

    `title` and `period` stand above the picture, on the page and on paper; they are no part of it.
    """

    key: str
    form: Form
    title: str
    period: str
    finding: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]


# The classes of `components/plot.css`, with the light colours of the tokens for paper.
_PLAIN = Ink("p1", fill="#5c2260")
_HATCHED = Ink("p2", fill="#347a41")
_CUTS = Ink("cuts", stroke="#ffffff", width=1.6)
_OPEN = Ink("none", stroke="#837a86", width=1.5, dashes=(4, 2))
_AXIS = Ink("axis", stroke="#837a86", width=1.25)
_WORD = Ink("", fill="#5f4f66")
_VALUE = Ink("val", fill="#2b1631", bold=True)
_HEAD = Ink("none", stroke="#837a86", width=1.5)
_PLANTS = (plants.sprout, plants.bloom, plants.fruit)
_PARTS = {Part.GREEN: _HATCHED, Part.HEAD: _HEAD, Part.FRUIT: _PLAIN}
_PLANT, _APART, _PLANT_ROW = 24.0, 20.0, 32.0
_A_LINE = int((_RIGHT - _LEFT) // _APART)
_MOST_LINES = 3
"""How high a plant is, how far from the next, how high their line; how many stand in it, how many lines a bed has."""


def picture(plot: Plot, fonts: FontSet) -> Picture:
    """The plot as a drawing, 400 units wide.

    Raises ValueError for no rows, more than three series, values that are missing or below zero, or not told but in
    columns.
    """
    wanted = len(plot.series)
    whole = all(len(row.values) == wanted and min(row.numbers) >= 0 for row in plot.rows)
    whole = whole and (plot.form is Form.COLUMNS or all(row.is_told for row in plot.rows))
    if not plot.rows or not 1 <= wanted <= 3 or not whole or (plot.form is Form.SIDES and wanted != 2):
        raise ValueError(f"plot {plot.key}")
    return _FORMS[plot.form](plot, _Pen(fonts))


def svg(plot: Plot, fonts: FontSet) -> str:
    """The plot as an SVG element for a page. Raises as `picture`."""
    drawn = picture(plot, fonts)
    return vector.svg(drawn, key=plot.key, title=clean(plot.title), says=clean(plot.finding))


def operators(plot: Plot, document: Document, x: float, y: float, width: float) -> str:
    """The plot as PDF operators, `width` mm wide, its bottom left corner at x, y. Raises as `picture`."""
    return vector.operators(document, picture(plot, document.fonts), x, y, width)


def height(plot: Plot, fonts: FontSet, width: float) -> float:
    """How high the plot is when it is `width` mm wide. Raises as `picture`."""
    drawn = picture(plot, fonts)
    return float(drawn.height * width / drawn.width)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Measures texts as the largest letters need them, and puts marks into a picture."""

    fonts: FontSet

    def width(self, text: str, face: Face | None = None) -> float:
        return self.fonts.width(face or self.fonts.regular, text) * LARGEST

    def fitted(self, text: str, room: float) -> str:
        """The text, or as much of it as there is room for; the whole of it stands in the table."""
        text = clean(text)
        if self.width(text) <= room:
            return text
        while text and self.width(text + ELLIPSIS) > room:
            text = text[:-1]
        return text.rstrip() + ELLIPSIS

    def word(self, into: Picture, x: float, y: float, text: str, ink: Ink = _WORD, anchor: str = "start") -> None:
        into.mark(String(x, y, text, fontSize=SIZE, textAnchor=anchor), ink)  # type: ignore[arg-type]

    def box(self, into: Picture, fill: Fill, x: float, y: float, width: float, height: float) -> None:
        """A mark. An open one lies within its outline, so that all are equally large."""
        if fill is Fill.OPEN:
            inset = _OPEN.width / 2
            if width > _OPEN.width and height > _OPEN.width:
                into.mark(Rect(x + inset, y + inset, width - 2 * inset, height - 2 * inset), _OPEN)
            else:
                into.mark(Line(x, y + height / 2, x + width, y + height / 2), _OPEN)
            return
        into.mark(Rect(x, y, width, height), _PLAIN if fill is Fill.PLAIN else _HATCHED)
        if fill is Fill.HATCHED:
            cuts = _cuts(x, y, width, height)
            if cuts.points:
                into.mark(cuts, _CUTS)

    def legend(self, into: Picture, series: Iterable[Series], top: float) -> None:
        """What the fills mean, in lines from the top."""
        for line, entries in enumerate(self.legend_lines(tuple(series))):
            x, base = _LEFT, top - line * _LINE - 15
            for one in entries:
                self.box(into, one.fill, x, base, 11, 11)
                self.word(into, x + 17, base, self.fitted(one.word, _RIGHT - _LEFT - 17))
                x += self.entry(one)

    def legend_lines(self, series: tuple[Series, ...]) -> list[list[Series]]:
        if len(series) == 1:
            return []
        lines: list[list[Series]] = [[]]
        x = _LEFT
        for one in series:
            if lines[-1] and x + self.entry(one) > _RIGHT:
                lines.append([])
                x = _LEFT
            lines[-1].append(one)
            x += self.entry(one)
        return lines

    def entry(self, one: Series) -> float:
        """How wide a word of the legend is with its mark."""
        return 17 + self.width(clean(one.word)) + 16


def _cuts(x: float, y: float, width: float, height: float) -> Path:
    """Slanted lines across a box, cut off at its edges."""
    path = Path()
    step = 6.0
    start = x - height + step / 2
    while start < x + width:
        low = max(0.0, x - start)
        high = min(height, x + width - start)
        if high - low > 0.5:
            path.moveTo(start + low, y + low)
            path.lineTo(start + high, y + high)
        start += step
    return path


def _columns(plot: Plot, pen: _Pen) -> Picture:
    """Columns from left to right, the series of each on top of each other, the sum above; a dash where one of them is
    not told.
    """
    legend = _LINE * len(pen.legend_lines(plot.series))
    drawn = Picture(WIDTH, legend + _LINE + _HEIGHT + 36)
    pen.legend(drawn, plot.series, drawn.height)
    step = (_RIGHT - _LEFT) / len(plot.rows)
    wide = min(step * 0.72, 44.0)
    most = max(sum(row.numbers) for row in plot.rows) or 1
    names = [pen.fitted(row.name, 90) for row in plot.rows]
    sums = [str(sum(row.numbers)) if row.is_told else _NOT_TOLD for row in plot.rows]
    every_name = _skip(max(map(pen.width, names)) + 8, step)
    every_sum = _skip(max(pen.width(text, pen.fonts.bold) for text in sums) + 3, step)
    every_dash = _skip(pen.width(_NOT_TOLD, pen.fonts.bold) + 3, step)
    ground = 32.0
    for at, row in enumerate(plot.rows):
        middle, top = _LEFT + step * (at + 0.5), ground
        for one, value in zip(plot.series, row.numbers, strict=True):
            high = value / most * _HEIGHT
            if value:
                pen.box(drawn, one.fill, middle - wide / 2, top, wide, high)
            top += high
        last = len(plot.rows) - 1 - at
        if last % (every_sum if row.is_told else every_dash) == 0:
            # Where only some have room, they stand in one line above all, else a neighbour might cover them. A dash is
            # narrow and stays on the ground: without it the place would look like 0.
            base = top if every_sum == 1 or not row.is_told else ground + _HEIGHT
            pen.word(drawn, middle, base + 6, sums[at], _VALUE, "middle")
        if last % every_name == 0:
            room = pen.width(names[at]) / 2
            pen.word(drawn, min(max(middle, room), WIDTH - room), 9, names[at], anchor="middle")
    drawn.mark(Line(_LEFT, ground, _RIGHT, ground), _AXIS)
    return drawn


def _skip(needed: float, step: float) -> int:
    """Every how many columns there is room for something so wide."""
    return max(1, -int(-needed // step))


def _bars(plot: Plot, pen: _Pen) -> Picture:
    """A bar under each name, its series one after the other, the sum at the end of the line."""
    legend = _LINE * len(pen.legend_lines(plot.series))
    row_height = 40.0
    drawn = Picture(WIDTH, legend + row_height * len(plot.rows) + 4)
    pen.legend(drawn, plot.series, drawn.height)
    most = max(sum(row.numbers) for row in plot.rows) or 1
    for at, row in enumerate(plot.rows):
        top = drawn.height - legend - at * row_height
        total = str(sum(row.numbers))
        room = _RIGHT - _LEFT - pen.width(total, pen.fonts.bold) - 12
        pen.word(drawn, _LEFT, top - 17, pen.fitted(row.name, room))
        pen.word(drawn, _RIGHT, top - 17, total, _VALUE, "end")
        x = _LEFT
        for one, value in zip(plot.series, row.numbers, strict=True):
            wide = value / most * (_RIGHT - _LEFT)
            if value:
                pen.box(drawn, one.fill, x, top - 35, wide, 11)
            x += wide
    return drawn


def _sides(plot: Plot, pen: _Pen) -> Picture:
    """One count to the left, the other to the right, their common names in the middle."""
    row_height = 26.0
    drawn = Picture(WIDTH, 30 + row_height * len(plot.rows))
    left, right = plot.series
    names = [pen.fitted(row.name, 84) for row in plot.rows]
    gap = max(map(pen.width, names)) / 2 + 8
    values = [str(value) for row in plot.rows for value in row.numbers]
    room = WIDTH / 2 - gap - _LEFT - max(pen.width(text, pen.fonts.bold) for text in values) - 6
    most = max(value for row in plot.rows for value in row.numbers) or 1
    head = drawn.height - 15
    half = WIDTH / 2 - gap - 4
    pen.word(drawn, WIDTH / 2 - gap, head, pen.fitted(left.word, half), anchor="end")
    pen.word(drawn, WIDTH / 2 + gap, head, pen.fitted(right.word, half))
    for at, row in enumerate(plot.rows):
        base = head - row_height * (at + 1) + 2
        pen.word(drawn, WIDTH / 2, base, names[at], anchor="middle")
        for one, value, way in ((left, row.numbers[0], -1), (right, row.numbers[1], 1)):
            wide = value / most * room
            start = WIDTH / 2 + way * gap
            if value:
                pen.box(drawn, one.fill, min(start, start + way * wide), base - 3, wide, 16)
                anchor = "end" if way < 0 else "start"
                pen.word(drawn, start + way * (wide + 6), base, str(value), _VALUE, anchor)
    for way in (-1, 1):
        drawn.mark(Line(WIDTH / 2 + way * gap, 0, WIDTH / 2 + way * gap, head - 8), _AXIS)
    return drawn


def _beds(plot: Plot, pen: _Pen) -> Picture:
    """A bed under each name, a plant for each thing counted, the values at the end of the line.

    Where there are too many, a plant stands for 2, 5, 10 and so on, as the legend says then.
    """
    unit = next(
        step * 10**power
        for power in count()
        for step in (1, 2, 5)
        if all(_planted(row, step * 10**power) <= _A_LINE * _MOST_LINES for row in plot.rows)
    )
    lines = [max(1, -(-_planted(row, unit) // _A_LINE)) for row in plot.rows]
    legend = _LINE * (len(pen.legend_lines(plot.series)) + (unit > 1))
    drawn = Picture(WIDTH, legend + sum(_LINE + 4 + each * _PLANT_ROW + 6 for each in lines))
    _plant_legend(drawn, plot, pen, unit)
    top = drawn.height - legend
    for row, high in zip(plot.rows, lines, strict=True):
        values = " · ".join(map(str, row.numbers))
        room = _RIGHT - _LEFT - pen.width(values, pen.fonts.bold) - 12
        pen.word(drawn, _LEFT, top - 17, pen.fitted(row.name, room))
        pen.word(drawn, _RIGHT, top - 17, values, _VALUE, "end")
        top -= _LINE + 4
        grown = [which for which, value in enumerate(row.numbers) for _ in range(-(-value // unit))]
        for line in range(high):
            ground = top - (line + 1) * _PLANT_ROW + 2
            for at, which in enumerate(grown[line * _A_LINE : (line + 1) * _A_LINE]):
                _plant(drawn, which, _LEFT + (at + 0.5) * _APART, ground, _PLANT)
            drawn.mark(Line(_LEFT, ground, _RIGHT, ground), _AXIS)
        top -= high * _PLANT_ROW + 6
    return drawn


def _planted(row: Row, unit: int) -> int:
    return sum(-(-value // unit) for value in row.numbers)


def _plant(drawn: Picture, which: int, x: float, ground: float, high: float) -> None:
    for shape, part in _PLANTS[which](x, ground, high):
        drawn.mark(shape, _PARTS[part])


def _plant_legend(drawn: Picture, plot: Plot, pen: _Pen, unit: int) -> None:
    """Which plant is what, and of how many one stands."""
    lines = pen.legend_lines(plot.series)
    which = count()
    for line, entries in enumerate(lines):
        x, base = _LEFT, drawn.height - line * _LINE - 15
        for one in entries:
            _plant(drawn, next(which), x + 6, base - 2, 16.0)
            pen.word(drawn, x + 17, base, pen.fitted(one.word, _RIGHT - _LEFT - 17))
            x += pen.entry(one)
    if unit > 1:
        base = drawn.height - len(lines) * _LINE - 15
        _plant(drawn, 0, _LEFT + 6, base - 2, 16.0)
        pen.word(drawn, _LEFT + 17, base, f"= {unit}")


_FORMS = {Form.COLUMNS: _columns, Form.BARS: _bars, Form.SIDES: _sides, Form.BEDS: _beds}
