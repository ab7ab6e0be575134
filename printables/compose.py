"""One badge: which text stands where, how large, and what gives way when room is short.

The order of giving way: the trade first, then size, then the second line of the company, last the
company. A name is never left out; if it must be cut, the person is named in a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from printables import checks, draw
from printables.draw import Document
from printables.frame import Frame
from printables.model import Person, Warning_
from printables.stocks import Rect
from printables.text import LEADING, PT, Face, Fitted, FontSet, clean, fit

_ASCENT = 0.79  # from the top of a line to its base line, in ems
_SMALLEST_NAME = 7.0
_SMALLEST_TEXT = 6.5


class _Measures(NamedTuple):
    """How much is kept: the trade, the size of the names, and how many lines of the company."""

    trade: bool
    scale: float
    company_lines: int


_LADDER = (
    _Measures(True, 1.0, 2),
    _Measures(False, 1.0, 2),
    _Measures(False, 0.84, 2),
    _Measures(False, 0.84, 1),
    _Measures(False, 0.7, 1),
    _Measures(False, 0.56, 1),
    _Measures(False, 0.56, 0),
    _Measures(False, 0.42, 0),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What is printed of a person, cleaned."""

    name: str
    given: str
    family: str
    company: str
    trade: str
    table: str
    code: str


def wording(person: Person, code: str) -> Wording:
    """The texts of a badge. Somebody with one name only has it printed large."""
    given, family = clean(person.first_name), clean(person.last_name)
    return Wording(
        name=f"{given} {family}".strip(),
        given=given or family,
        family=family if given else "",
        company=clean(person.company),
        trade=clean(person.trade),
        table="" if person.table is None else str(person.table),
        code=code,
    )


@dataclass(frozen=True, slots=True)
class _Stack:
    """The texts of the names area, fitted."""

    given: Fitted
    family: Fitted
    company: Fitted
    trade: Fitted


_NOTHING = Fitted((), 0.0)


class Composer:
    """Lays out badges of one frame into a document and collects what deserves a look."""

    def __init__(self, document: Document, frame: Frame, table_word: str) -> None:
        """Compose for this document and frame; `table_word` stands before the table's number."""
        self.frame = frame
        self.warnings: list[Warning_] = []
        self._document = document
        self._fonts: FontSet = document.fonts
        self._table_word = clean(table_word)
        self._ring = 1.9 if frame.kind == "bare" else 3.0 * min(frame.unit, 1.8)

    def badge(self, words: Wording, code_text: str) -> str:
        """The operators of one badge, without its band and its QR code."""
        self.warnings += checks.letters(self._fonts, words.name, words.name + words.company + words.trade)
        parts: list[str] = []
        if self.frame.given:
            parts += self._given_row(words, self.frame.given)
        stack = self._stack(words)
        parts += self._top(stack)
        parts += self._bottom(words, stack)
        if code_text:
            parts.append(self._code_text(code_text))
        return "\n".join(parts)

    def _given_row(self, words: Wording, row: Rect) -> list[str]:
        bold, unit = self._fonts.bold, self.frame.unit
        fitted = fit(self._fonts, bold, words.given, row.width, largest=self.frame.given_size, smallest=15 * unit)
        if fitted.is_cut:
            fitted = fit(
                self._fonts,
                bold,
                words.given,
                row.width,
                largest=13 * unit,
                smallest=_SMALLEST_NAME,
                lines=2,
            )
        self._note_cut(words, "first name", fitted)
        step = fitted.size * PT * LEADING
        extra = step * (len(fitted.lines) - 1)
        above, below = self._fonts.extent(bold, words.given)
        room = row.height + 1.1 * unit - extra  # tails may hang a little below the row
        size = min(fitted.size, room / (max(above + below, 0.1) * PT))
        bottom = row.y + row.height - extra
        highest = row.y + above * size * PT
        base = max(highest, bottom - 0.9 * unit)
        base = min(base, bottom + 1.1 * unit - below * size * PT)
        base = min(base, bottom - self._tails_over_code(fitted.lines[-1], size, row.x))
        base = max(base, highest)
        return list(self._lines(bold, size, row.x, base, fitted.lines, step))

    def _tails_over_code(self, line: str, size: float, x: float) -> float:
        """How far a line hangs down where it reaches over the code, whose quiet zone must stay white."""
        if not self.frame.code:
            return 0.0
        fonts, bold = self._fonts, self._fonts.bold
        if x + fonts.width(bold, line) * size * PT <= self.frame.code.x:
            return 0.0
        if not bold.plain.issuperset(line):  # shaped letters stand where their neighbours say
            return fonts.extent(bold, line)[1] * size * PT
        for at, letter in enumerate(line):
            x += bold.width(letter) * size * PT
            if x > self.frame.code.x:
                return bold.extent(line[at:])[1] * size * PT
        return 0.0

    def _stack(self, words: Wording) -> _Stack:
        for measures in _LADDER:
            stack = self._fitted(words, measures)
            if self._height(stack, words) <= self.frame.names.height:
                break
        for field, fitted in (("first name", stack.given), ("last name", stack.family)):
            self._note_cut(words, field, fitted)
        self._note_cut(words, "company", stack.company)
        for field, text, fitted in (
            ("company", words.company, stack.company),
            ("trade", words.trade, stack.trade),
        ):
            if text and not fitted.lines:
                self.warnings.append(Warning_("left_out", {"name": words.name, "field": field}))
        return stack

    def _fitted(self, words: Wording, measures: _Measures) -> _Stack:
        fonts, frame = self._fonts, self.frame
        width, scale = frame.names.width, measures.scale
        unit = frame.unit * (1.4 if frame.kind == "tall" else 1.0)
        return _Stack(
            given=_NOTHING if frame.given else self._name(words.given, frame.given_size * scale),
            family=self._name(words.family, frame.family_size * scale),
            company=fit(
                fonts,
                fonts.bold,
                words.company,
                width,
                largest=10 * unit * max(scale, 0.8),
                smallest=_SMALLEST_TEXT,
                lines=measures.company_lines,
            )
            if measures.company_lines
            else _NOTHING,
            trade=fit(fonts, fonts.regular, words.trade, width, largest=9 * unit, smallest=_SMALLEST_TEXT)
            if measures.trade
            else _NOTHING,
        )

    def _name(self, text: str, size: float) -> Fitted:
        return fit(
            self._fonts,
            self._fonts.bold,
            text,
            self.frame.names.width,
            largest=max(size, _SMALLEST_NAME),
            smallest=_SMALLEST_NAME,
            lines=2,
        )

    def _height(self, stack: _Stack, words: Wording) -> float:
        table = self._table_height if words.table and not self.frame.table else 0.0
        texts = stack.given.height + stack.family.height + stack.company.height + stack.trade.height
        gap = 0.8 if stack.company.lines or table else 0.0
        return texts + gap + table

    @property
    def _table_height(self) -> float:
        return 2 * self._ring + 1.2

    def _top(self, stack: _Stack) -> list[str]:
        """The names from the top down; on a tall badge the company follows them."""
        parts: list[str] = []
        top = self.frame.names.y
        blocks = [(self._fonts.bold, stack.given), (self._fonts.bold, stack.family)]
        for face, fitted in blocks:
            parts += self._block(face, fitted, top)
            top += fitted.height
        if self.frame.kind == "tall":
            top += 2.5 * self.frame.unit
            parts += self._block(self._fonts.bold, stack.company, top)
            parts += self._block(self._fonts.regular, stack.trade, top + stack.company.height)
        return parts

    def _bottom(self, words: Wording, stack: _Stack) -> list[str]:
        """The table's ring and the company from the bottom up."""
        if self.frame.kind == "tall":
            area = self.frame.table
            return self._large_table(words.table, area) if words.table and area else []
        names = self.frame.names
        bottom = names.y + names.height
        table: list[str] = []
        if words.table and self.frame.table:
            table = self._small_table(words.table, names.x, self.frame.table.y + self._ring)
        elif words.table:
            table = self._small_table(words.table, names.x, bottom - self._ring)
            bottom -= self._table_height
        bottom -= stack.trade.height
        company = self._block(self._fonts.bold, stack.company, bottom - stack.company.height)
        trade = self._block(self._fonts.regular, stack.trade, bottom)
        return [*company, *trade, *table]  # as it is read aloud

    def _small_table(self, table: str, x: float, y: float) -> list[str]:
        size = 3 * self._ring
        word = self._table_word
        after = x + (self._fonts.width(self._fonts.bold, word) * size * PT + 1.4 if word else 0.0)
        base = self._up(y + 0.36 * size * PT)
        return [
            self._document.text(self._fonts.bold, size, x, base, word),
            *self._ringed(table, after + self._ring, y, self._ring, size),
        ]

    def _large_table(self, table: str, area: Rect) -> list[str]:
        radius = min(area.width * 0.3, 9 * self.frame.unit, area.height * 0.36)
        bottom = area.y + area.height
        size = min(11 * self.frame.unit, radius * 1.6)
        word = fit(
            self._fonts,
            self._fonts.bold,
            self._table_word,
            area.width,
            largest=size,
            smallest=_SMALLEST_TEXT,
        )
        return [
            *self._block(self._fonts.bold, word, bottom - 2 * radius - word.height - 0.8),
            *self._ringed(table, area.x + radius, bottom - radius, radius, radius * 3.1),
        ]

    def _ringed(self, number: str, x: float, y: float, radius: float, size: float) -> list[str]:
        widest = 1.55 * radius
        size = min(size, widest / (self._fonts.width(self._fonts.bold, number) * PT))
        base = self._up(y + 0.357 * size * PT)
        return [
            draw.ring(x, self._up(y), radius, max(0.4, radius * 0.1)),
            self._document.centred(self._fonts.bold, size, x, base, number),
        ]

    def _code_text(self, text: str) -> str:
        frame, face = self.frame, self._fonts.bold
        base = self._up(frame.code_text)
        size = 6.5 * min(max(frame.unit, 1.0), 1.5)
        if frame.code:
            middle = frame.code.x + frame.code.width / 2
            return self._document.centred(face, size, middle, base, text)
        right = frame.width - frame.names.x - self._fonts.width(face, text) * size * PT
        return self._document.text(face, size, right, base, text)

    def _block(self, face: Face, fitted: Fitted, top: float) -> Iterator[str]:
        base = top + _ASCENT * fitted.size * PT * LEADING
        return self._lines(face, fitted.size, self.frame.names.x, base, fitted.lines, fitted.size * PT * LEADING)

    def _lines(
        self, face: Face, size: float, x: float, base: float, lines: tuple[str, ...], step: float
    ) -> Iterator[str]:
        for line in lines:
            yield self._document.text(face, size, x, self._up(base), line)
            base += step

    def _up(self, y: float) -> float:
        return self.frame.height - y

    def _note_cut(self, words: Wording, field: str, fitted: Fitted) -> None:
        if fitted.is_cut:
            self.warnings.append(Warning_("shortened", {"name": words.name, "field": field}))
