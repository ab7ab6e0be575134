"""A page that shows how far a printer is off: outlines of the labels, rulers, and scales to read off.

It is printed on plain paper and held against a label sheet. Each scale crosses an edge of a label: where the real
edge lies stands what has to be added. Where a label reaches to the edge of the paper, the scale lies 20 mm from it,
to be read under a ruler. `correction` makes offsets and scale out of what was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from printables import draw
from printables.colours import HAIR, SOFT
from printables.draw import WHITE, Document
from printables.errors import PrintRefused
from printables.model import BadgeOptions, Result
from printables.stocks import Stock, find
from printables.text import PT, FontSet, clean, fit, wrap

MOST_READ_MM = 5.0
FROM_EDGE_MM = 20.0
_MOST_OFFSET_MM, _SMALLEST, _LARGEST = 15.0, 0.95, 1.05
_NEAR_EDGE = 7.0  # printers leave so much of the paper white
_TICK = 0.5
_TEXT = 6.5
_STEPS = (10.0, 9.0, 8.0, 7.0)


@dataclass(frozen=True, slots=True)
class CalibrationWords:
    """What the page says, in one language."""

    title: str = "Calibration"
    steps: tuple[str, ...] = (
        "Print this page at actual size on plain paper and lay it on a label sheet, against the light.",
        "At A to D read the number at the label's edge.",
        "Where it says 20 mm, lay a ruler's 0 at the edge of the paper and read the number under its 20.",
        "Type what you have read, and print this page again: every number should be 0.",
    )
    set_now: str = "Set now"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read at A and B (across and down), and at C and D, mm; `None` where there is no such scale."""

    a: float
    b: float
    c: float | None = None
    d: float | None = None


class Correction(NamedTuple):
    """Offsets in mm and the scale that put a printer right."""

    dx: float
    dy: float
    scale: float


class Mark(NamedTuple):
    """A scale: its letter, whether it lies across, where its 0 is, and where it stands on the other axis."""

    letter: str
    is_across: bool
    at: float
    beside: float
    is_at_label: bool


def marks(stock: Stock) -> list[Mark]:
    """The scales of a stock: A and B at the first label, C and D at the last where it stands apart."""
    first, last = stock.cell(0), stock.cell(stock.labels - 1)
    found = []
    for letter, is_across, start, length, other, size in (
        ("A", True, first.x, first.width, first.y, first.height),
        ("B", False, first.y, first.height, first.x, first.width),
    ):
        page, count = (stock.page_w, stock.cols) if is_across else (stock.page_h, stock.rows)
        at, is_at_label = start, True
        if start < _NEAR_EDGE:  # the near edge cannot be seen, so the far one, or the paper's
            far = start + length
            at, is_at_label = (far, True) if count > 1 and far < page - _NEAR_EDGE else (_from_paper(page), False)
        share = 0.28 if is_at_label or (is_across and size >= 90) else 0.75  # apart from each other on small media
        found.append(Mark(letter, is_across, at, other + size * share, is_at_label))
    across, down = found
    if stock.cols > 1 and last.x > across.at:
        found.append(Mark("C", True, last.x, last.y + last.height * 0.72, True))
    if stock.rows > 1 and last.y > down.at:
        found.append(Mark("D", False, last.y, last.x + last.width * 0.86, True))
    return found


def _from_paper(page: float) -> float:
    return min(FROM_EDGE_MM, page / 2)


def correction(options: BadgeOptions, readings: Readings) -> Correction:
    """The settings that bring every scale to 0, from those the page was printed with.

    Raises `PrintRefused`: `unread_scale` for a number beyond the scale, `offset_outside` for a printer that is
    further off than any should be, and what `stocks.find` raises.
    """
    stock = find(options.stock, options.length_mm)
    read = {"A": readings.a, "B": readings.b, "C": readings.c, "D": readings.d}
    across: list[tuple[float, float]] = []
    down: list[tuple[float, float]] = []
    for mark in marks(stock):
        value = read[mark.letter]
        if value is None:
            continue
        if not abs(value) <= MOST_READ_MM:
            raise PrintRefused("unread_scale", letter=mark.letter, most=MOST_READ_MM)
        (across if mark.is_across else down).append((mark.at, value))
    stretch = _stretch(across, down)
    made = Correction(options.dx + _shift(across, stretch), options.dy + _shift(down, stretch), options.scale + stretch)
    if max(abs(made.dx), abs(made.dy)) > _MOST_OFFSET_MM or not _SMALLEST <= made.scale <= _LARGEST:
        raise PrintRefused("offset_outside", most=_MOST_OFFSET_MM)
    return Correction(round(made.dx, 2), round(made.dy, 2), round(made.scale, 4))


def _stretch(*axes: list[tuple[float, float]]) -> float:
    """By how much longer a mm must be: the best answer to both axes at once."""
    both = [(axis[1][0] - axis[0][0], axis[1][1] - axis[0][1]) for axis in axes if len(axis) == 2]
    lengths = sum(length * length for length, _ in both)
    return sum(length * more for length, more in both) / lengths if lengths else 0.0


def _shift(axis: list[tuple[float, float]], stretch: float) -> float:
    return sum(read - stretch * at for at, read in axis) / len(axis)


def render(options: BadgeOptions, fonts: FontSet, words: CalibrationWords | None = None) -> Result:
    """The calibration page of a stock, with the offsets and the scale of these options.

    Only `stock`, `length_mm`, `dx`, `dy` and `scale` are used. Raises `PrintRefused` for an impossible stock and
    for offsets beyond 15 mm.
    """
    words = words or CalibrationWords()
    stock = find(options.stock, options.length_mm)
    offset = max(abs(options.dx), abs(options.dy))
    if offset > _MOST_OFFSET_MM or not _SMALLEST <= options.scale <= _LARGEST:
        raise PrintRefused("offset_outside", most=_MOST_OFFSET_MM)
    name = f"{stock.brand} {stock.part}".strip() or stock.id
    title = f"{clean(words.title)} · {clean(name)}"
    document = Document(stock.page_w, stock.page_h, title=title, language=words.language, fonts=fonts)
    page = _Page(document, stock)
    with document.placed(document.whole_page(), dx=options.dx, dy=options.dy, scale=options.scale):
        for part in page.drawn(title, words, options):
            document.put(part)
    document.next_page()
    return Result(document.finish(), document.pages)


class _Page:
    """The parts of the page, in mm from its bottom left corner."""

    def __init__(self, document: Document, stock: Stock) -> None:
        self._document, self._stock, self._fonts = document, stock, document.fonts
        self._width, self._height = stock.page_w, stock.page_h

    def drawn(self, title: str, words: CalibrationWords, options: BadgeOptions) -> Iterator[str]:
        """Outlines and numbers of the labels, rulers, text, and the scales on top."""
        cells = [self._stock.cell(index) for index in range(self._stock.labels)]
        yield draw.outlines(cells, self._height, self._stock.radius)
        yield from self._numbers()
        if self._width >= 100:
            yield from self._rulers()
        set_now = f"{clean(words.set_now)}: dx {options.dx:g}, dy {options.dy:g}, {options.scale:g}"
        if self._width >= 100 and self._height >= 120:  # smaller media have the scales only
            yield from self._text(title, set_now, words.steps)
        for mark in marks(self._stock):
            yield from self._scale(mark)

    def _numbers(self) -> Iterator[str]:
        """The number of each label in its lower left corner, as "start at label" counts."""
        for index in range(self._stock.labels):
            cell = self._stock.cell(index)
            x, y = cell.x + 3, self._height - cell.y - cell.height + 3
            yield f"q {draw.colour(SOFT)} {self._document.text(self._fonts.regular, 8, x, y, str(index + 1))} Q"

    def _rulers(self) -> Iterator[str]:
        """A cross in the middle of the page, with millimetres."""
        middle_x, middle_y = self._width / 2, self._height / 2
        across = min(80, int((self._width / 2 - 8) / 10) * 10)
        down = min(100, int((self._height / 2 - 8) / 10) * 10)
        yield draw.ring(middle_x, middle_y, 4, 0.15)
        yield draw.line(middle_x - across, middle_y, middle_x + across, middle_y, 0.15)
        yield draw.line(middle_x, middle_y - down, middle_x, middle_y + down, 0.15)
        for at in range(-across, across + 1):
            yield draw.line(middle_x + at, middle_y, middle_x + at, middle_y + _length(at), 0.1)
            if at % 20 == 0 and at:
                yield self._small(middle_x + at, middle_y + 4.2, str(abs(at)))
        for at in range(-down, down + 1):
            yield draw.line(middle_x, middle_y + at, middle_x + _length(at), middle_y + at, 0.1)
            if at % 20 == 0 and at:
                yield self._small(middle_x + 5.5, middle_y + at - 0.8, str(abs(at)))

    def _scale(self, mark: Mark) -> Iterator[str]:
        """Half millimetres to both sides of an edge, with numbers, on white."""
        zero = mark.at if mark.is_across else self._height - mark.at
        beside = self._height - mark.beside if mark.is_across else mark.beside
        corner = (zero - 6.5, beside - 1.2) if mark.is_across else (beside - 1.2, zero - 6.5)
        sides = (13.0, 7.2) if mark.is_across else (9.2, 13.0)
        yield f"q {draw.colour(WHITE)} {draw.box(*corner, *sides)} Q"
        for step in range(-10, 11):
            at = step * _TICK
            length = 3.2 if step % 10 == 0 else 2.2 if step % 2 == 0 else 1.3
            if mark.is_across:
                yield draw.line(zero + at, beside, zero + at, beside + length, 0.12)
            else:
                yield draw.line(beside, zero - at, beside + length, zero - at, 0.12)
        for value in (-4, 0, 4):
            text = f"{value:+d}".replace("-", "−") if value else "0"
            if mark.is_across:
                yield self._small(zero + value, beside + 3.8, text)
            else:
                yield self._small(beside + 5.6, zero - value - 0.8, text)
        yield from self._letter(mark, zero, beside)

    def _letter(self, mark: Mark, zero: float, beside: float) -> Iterator[str]:
        x, y = (zero, beside - 4.5) if mark.is_across else (beside - 4.5, zero)
        yield f"q {draw.colour(WHITE)} {draw.box(x - 2.6, y - 2.6, 5.2, 5.2)} Q"
        yield draw.ring(x, y, 2.4, 0.25)
        yield self._document.centred(self._fonts.bold, 9, x, y - 0.357 * 9 * PT, mark.letter)
        if not mark.is_at_label:
            yield self._small(x, y - 5.2, f"{FROM_EDGE_MM:g} mm")

    def _text(self, title: str, set_now: str, steps: tuple[str, ...]) -> Iterator[str]:
        """Title and steps below the cross, on white."""
        room = min(136.0, self._width - 16)
        left, top = (self._width - room) / 2, self._height / 2 - 14
        heading = fit(self._fonts, self._fonts.bold, title, room - 8, largest=14, smallest=7)
        shown = fit(self._fonts, self._fonts.regular, set_now, room - 8, largest=9, smallest=6)
        for size in _STEPS:
            wrapped = [wrap(self._fonts, self._fonts.regular, clean(text), room - 14, size) for text in steps]
            step = size * PT * 1.3
            height = 16 + sum(len(lines) * step + 1 for lines in wrapped)
            if top - height >= 5:
                break
        else:
            raise PrintRefused("no_room", text=title)
        if heading.is_cut or shown.is_cut:
            raise PrintRefused("no_room", text=title)
        yield f"q {draw.colour(WHITE)} {draw.box(left, top - height, room, height)} Q"
        yield f"q {draw.stroke(HAIR)} 0.2 w {draw.rounded(left, top - height, room, height, 2)} S Q"
        yield self._document.text(self._fonts.bold, heading.size, left + 4, top - 7, heading.lines[0])
        yield self._document.text(self._fonts.regular, shown.size, left + 4, top - 12, shown.lines[0])
        top -= 14
        for number, lines in enumerate(wrapped, start=1):
            yield self._document.text(self._fonts.bold, size, left + 4, top - step * 0.8, str(number))
            for line in lines:
                yield self._document.text(self._fonts.regular, size, left + 10, top - step * 0.8, line)
                top -= step
            top -= 1

    def _small(self, x: float, y: float, text: str) -> str:
        return self._document.centred(self._fonts.regular, _TEXT, x, y, text)


def _length(at: int) -> float:
    """The length of a ruler's tick."""
    return 3.6 if at % 10 == 0 else 2.4 if at % 5 == 0 else 1.5
