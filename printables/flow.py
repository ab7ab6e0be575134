"""A document that runs over as many pages as it needs: headings, paragraphs, tables, pictures, one below the other.

Nothing is cut off. A text that is too wide is broken, at spaces where it has any; a table that is too long goes on
overleaf under the same heads; a row higher than a page is divided. A heading stands with what it belongs to.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from printables import checks, draw, plots
from printables.draw import Document
from printables.marks import WORDMARK
from printables.model import Warning_
from printables.plots import Form, Plot
from printables.text import LEADING, PT, Face, FontSet, clean, fit, wrap

MARGIN = 16.0
_FOOT = 17.0
_GUTTER = 9.0
_TITLE, _HEADING, _TEXT, _CELL, _SMALL = 21.0, 13.0, 10.0, 9.0, 8.0
_PAD, _GAP = 1.3, 4.0
"""White above and below the words of a cell, and beside them."""
_MOST_OF_A_PAGE = 0.55
"""How high beds may be, of the page."""
_INK_2 = (0x5F, 0x4F, 0x66)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its share of the table's width (all together at most 1), and whether it holds numbers."""

    head: str
    share: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it holds, its columns, its rows as texts. The first cell of a row names it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_short(self) -> bool:
        """Whether it holds figures by name, and may stand beside something else."""
        return len(self.columns) == 2


def broken(fonts: FontSet, face: Face, text: str, width: float, size: float) -> tuple[str, ...]:
    """The text in lines of `width` mm, broken at spaces, and within a word only where the word alone is too wide."""
    room = width / (size * PT)
    lines: list[str] = []
    for line in wrap(fonts, face, text, width, size):
        rest = line
        while fonts.width(face, rest) > room and len(rest) > 1:
            kept = _most(fonts, face, rest, room)
            lines.append(rest[:kept])
            rest = rest[kept:]
        lines.append(rest)
    return tuple(lines)


def _most(fonts: FontSet, face: Face, line: str, room: float) -> int:
    """How many letters go into the room, at least one; an accent stays with its letter."""
    kept = 1
    while kept < len(line) and fonts.width(face, line[: kept + 1]) <= room:
        kept += 1
    while kept > 1 and unicodedata.combining(line[kept]):
        kept -= 1
    return kept


class Flow:
    """Pages being filled from top to bottom. `finish` numbers them and puts them into the document."""

    def __init__(self, document: Document, title: str, foot: str = "") -> None:
        self.warnings: list[Warning_] = []
        self._document = document
        self._fonts = document.fonts
        self._foot = clean(foot or title)
        self._left, self._width = MARGIN, document.width - 2 * MARGIN
        self._pages: list[list[str]] = []
        self._y = 0.0
        self._warned: set[str] = set()
        self._next_page()

    def head(self, title: str, subtitle: str) -> None:
        """The top of the first page, beside the wordmark."""
        mark = 9.0
        mark_width = mark * WORDMARK.width / WORDMARK.height
        self._put(draw.filled(WORDMARK, self._document.width - MARGIN - mark_width, self._y - mark, mark))
        for text, face, size in ((title, self._fonts.bold, _TITLE), (subtitle, self._fonts.regular, _TEXT)):
            self._lines(text, face, size, self._width - mark_width - 8)
        self._y -= 3

    def heading(self, text: str, room: float = 0.0) -> None:
        """The heading of a section, and `room` mm below it on the same page."""
        height = len(self._broken(text, self._fonts.bold, self._width, _HEADING)) * _HEADING * PT * LEADING
        self._need(7 + height + 3 + room)
        self._y -= 7
        self._lines(text, self._fonts.bold, _HEADING, self._width)
        self._put(draw.line(MARGIN, self._y - 0.4, self._document.width - MARGIN, self._y - 0.4, 0.3))
        self._y -= 2.6

    def paragraph(self, text: str) -> None:
        """Running text."""
        self._lines(text, self._fonts.regular, _TEXT, self._width)
        self._y -= 1.5

    def table(self, table: Table) -> None:
        """A table under its caption; the heads stand on every page."""
        if table.caption:
            self._need(18)
            self._y -= 2
            self._lines(table.caption, self._fonts.bold, _TEXT, self._width)
            self._y -= 1
        self._heads(table.columns)
        for row in table.rows:
            self._row(table.columns, [clean(cell) for cell in row])
        self._y -= 2

    def halves(self, items: Sequence[Plot | Table]) -> None:
        """Plots and short tables, two beside each other; beds and a table that is no short one take the whole width."""
        pair: list[Plot | Table] = []
        for item in items:
            if isinstance(item, Table) and self.height(item) > self._document.height / 2:
                self._pair(pair)
                pair = []
                self.table(item)
                continue
            if isinstance(item, Plot) and item.form is Form.BEDS:
                self._pair(pair)
                pair = []
                self._need(self.height(item))
                self._picture(item, self._share(item))
                continue
            pair.append(item)
            if len(pair) == 2:
                self._pair(pair)
                pair = []
        self._pair(pair)

    def text_height(self, text: str) -> float:
        """How much room a paragraph takes."""
        return self._high(text, self._fonts.regular, self._width, _TEXT) + 1.5

    def height(self, item: Plot | Table) -> float:
        """How much room a plot or a table takes at half the width, beds at all of it."""
        half = (self._width - _GUTTER) / 2
        if isinstance(item, Plot):
            wide, share = (self._width, self._share(item)) if item.form is Form.BEDS else (half, 1.0)
            texts = sum(self._high(text, face, wide, size) for text, face, size in self._words(item))
            return texts + plots.height(item, self._fonts, wide * share) + 10
        heads = max(self._high(one.head, self._fonts.bold, self._room(one, half), _SMALL) for one in item.columns)
        rows = sum(
            max(
                self._high(cell, self._face(at), self._room(column, half), _CELL)
                for at, (column, cell) in enumerate(zip(item.columns, row, strict=True))
            )
            + 2 * _PAD
            for row in item.rows
        )
        return self._high(item.caption, self._fonts.bold, half, _TEXT) + heads + rows + 12

    def _pair(self, pair: Sequence[Plot | Table]) -> None:
        if not pair:
            return
        self._need(max(map(self.height, pair)))
        whole, top, ends = self._width, self._y, []
        self._width = (whole - _GUTTER) / 2
        for side, item in enumerate(pair):
            self._left, self._y = MARGIN + side * (self._width + _GUTTER), top
            if isinstance(item, Plot):
                self._picture(item)
            else:
                self.table(item)
            ends.append(self._y)
        self._left, self._width, self._y = MARGIN, whole, min(ends)

    def _share(self, plot: Plot) -> float:
        """How much of the width a picture has that is looked at from a little away: all that the height allows."""
        return min(1.0, self._document.height * _MOST_OF_A_PAGE / plots.height(plot, self._fonts, self._width))

    def _picture(self, plot: Plot, share: float = 1.0) -> None:
        """A plot with its title, what period it is about, and its finding below; `share` of the width is the plot's."""
        self._y -= 2
        title, period, finding = self._words(plot)
        for text, face, size in (title, period):
            self._lines(text, face, size, self._width)
        wide = self._width * share
        self._y -= 2 + plots.height(plot, self._fonts, wide)
        self._put(plots.operators(plot, self._document, self._left, self._y, wide))
        self._y -= 1
        self._lines(*finding, self._width)
        self._y -= 3

    def _words(self, plot: Plot) -> tuple[tuple[str, Face, float], ...]:
        regular = self._fonts.regular
        return (plot.title, self._fonts.bold, _TEXT), (plot.period, regular, _SMALL), (plot.finding, regular, _SMALL)

    def _high(self, text: str, face: Face, width: float, size: float) -> float:
        return len(self._broken(text, face, width, size)) * size * PT * LEADING

    def finish(self) -> None:
        """Number the pages and put them into the document."""
        document, fonts = self._document, self._fonts
        foot = fit(fonts, fonts.regular, self._foot, self._width - 25, largest=_SMALL, smallest=4, lines=2)
        for number, page in enumerate(self._pages, start=1):
            count = f"{number} / {len(self._pages)}"
            right = document.width - MARGIN - fonts.width(fonts.regular, count) * _SMALL * PT
            with document.placed(document.whole_page()):
                for part in page:
                    document.put(part)
                document.put(draw.colour(_INK_2))
                for line, text in enumerate(reversed(foot.lines)):
                    base = 9 + line * foot.size * PT * LEADING
                    document.put(document.text(fonts.regular, foot.size, MARGIN, base, text))
                document.put(document.text(fonts.regular, _SMALL, right, 9, count))
            document.next_page()

    def _row(self, columns: Sequence[Column], cells: Sequence[str]) -> None:
        """One row, over the page's end where it does not fit on any page."""
        line = _CELL * PT * LEADING
        parts = [
            list(self._broken(cell, self._face(at), self._room(column), _CELL))
            for at, (column, cell) in enumerate(zip(columns, cells, strict=True))
        ]
        self._note(cells)
        while True:
            most = max(map(len, parts), default=0) or 1
            height = most * line + 2 * _PAD
            if height > self._y - _FOOT and (height <= self._whole_page(columns) or self._y - _FOOT < 4 * line):
                self._next_page()
                self._heads(columns)
                continue
            fitting = min(most, int((self._y - _FOOT - 2 * _PAD) / line))
            self._cells(columns, [part[:fitting] for part in parts], fitting * line + 2 * _PAD)
            parts = [part[fitting:] for part in parts]
            if not any(parts):
                return

    def _cells(self, columns: Sequence[Column], parts: Sequence[Sequence[str]], height: float) -> None:
        x = self._left
        for at, (column, part) in enumerate(zip(columns, parts, strict=True)):
            face, wide = self._face(at), column.share * self._width
            self._at(x, self._y - _PAD, part, face, _CELL, right=x + wide - _GAP if column.is_number else None)
            x += wide
        self._y -= height
        self._put(draw.line(self._left, self._y, x, self._y, 0.1))

    def _heads(self, columns: Sequence[Column]) -> None:
        line = _SMALL * PT * LEADING
        heads = [self._broken(one.head, self._fonts.bold, self._room(one), _SMALL) for one in columns]
        height = max(map(len, heads)) * line
        self._need(height + 3 * _CELL * PT * LEADING)
        x = self._left
        for column, head in zip(columns, heads, strict=True):
            wide = column.share * self._width
            top = self._y - height + len(head) * line
            right = x + wide - _GAP if column.is_number else None
            self._at(x, top, head, self._fonts.bold, _SMALL, right=right)
            x += wide
        self._y -= height + 1
        self._put(draw.line(self._left, self._y, x, self._y, 0.3))

    def _whole_page(self, columns: Sequence[Column]) -> float:
        """The height that the rows of a table have on a page of their own, a little less to be safe."""
        heads = max(len(self._broken(one.head, self._fonts.bold, self._room(one), _SMALL)) for one in columns)
        return self._document.height - MARGIN - _FOOT - heads * _SMALL * PT * LEADING - 2

    def _room(self, column: Column, width: float = 0.0) -> float:
        """The width that the words of a column have."""
        return column.share * (width or self._width) - _GAP

    def _face(self, column: int) -> Face:
        """The first column names its row."""
        return self._fonts.bold if column == 0 else self._fonts.regular

    def _lines(self, text: str, face: Face, size: float, width: float) -> None:
        """A text from here downwards, over the page's end where it must."""
        text = clean(text)
        self._note((text,))
        for line in self._broken(text, face, width, size):
            self._need(size * PT * LEADING)
            self._y = self._at(self._left, self._y, (line,), face, size)

    def _at(
        self, x: float, top: float, lines: Sequence[str], face: Face, size: float, *, right: float | None = None
    ) -> float:
        """Lines at a place, set to the right where `right` says up to where; gives where they end."""
        for line in lines:
            start = x if right is None else right - self._fonts.width(face, line) * size * PT
            base = top - size * PT * 0.86
            self._put(self._document.text(face, size, start, base, line))
            top -= size * PT * LEADING
        return top

    def _broken(self, text: str, face: Face, width: float, size: float) -> tuple[str, ...]:
        return broken(self._fonts, face, clean(text), width, size)

    def _note(self, texts: Sequence[str]) -> None:
        """What deserves a look, once for each text."""
        for text in texts:
            if text not in self._warned:
                self._warned.add(text)
                self.warnings += checks.letters(self._fonts, text, text)

    def _need(self, height: float) -> None:
        if self._y - height < _FOOT and self._pages[-1]:
            self._next_page()

    def _next_page(self) -> None:
        self._pages.append([])
        self._y = self._document.height - MARGIN

    def _put(self, operators: str) -> None:
        if operators:
            self._pages[-1].append(operators)
