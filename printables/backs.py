"""The back of a badge: the agenda, and the bearer's own way through the rounds.

Letters are as large as the label allows. What would have to be cut is refused: a back is made before the evening,
when there is still time to shorten it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from printables import draw
from printables.colours import HAIR
from printables.discs import table_disc
from printables.draw import Document
from printables.errors import PrintRefused
from printables.model import Back
from printables.text import PT, Fitted, clean, fit, wrap

_SIZES = (16.0, 14.0, 12.5, 11.0, 10.0, 9.0, 8.0, 7.2, 6.5)
_LEADING = 1.24
_ROW = 1.75  # height of a round, in letters
_MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class _Rows:
    """The texts of a back at one size; heights in mm."""

    size: float
    heading: Fitted
    times: float  # width of the column of times
    agenda: tuple[tuple[str, tuple[str, ...]], ...]
    columns: int
    item: float  # width of one round

    @property
    def step(self) -> float:
        """From line to line."""
        return self.size * PT * _LEADING

    @property
    def row(self) -> float:
        """Height of a round."""
        return self.size * PT * _ROW


class Backs:
    """The backs of one print: one size of letters for all of them."""

    def __init__(self, document: Document, back: Back, width: float, height: float, *, black_only: bool) -> None:
        """Fit the texts to a label of this size. Raises `PrintRefused("back_too_long")`."""
        self._document, self._fonts, self._back = document, document.fonts, back
        self._width, self._height = width, height
        self._black_only = black_only
        self._pad = min(5.0, max(3.0, min(width, height) * 0.08))
        self._room = width - 2 * self._pad
        self._rows = self._fitted()

    def back(self, seats: tuple[int | None, ...]) -> str:
        """The operators of one back; `seats` are its bearer's, empty leaves the rounds to be written in."""
        rows, top = self._rows, self._height - self._pad
        parts = []
        for line in rows.heading.lines:
            top -= rows.heading.size * PT * 1.1
            parts.append(self._document.text(self._fonts.bold, rows.heading.size, self._pad, top, line))
        if rows.heading.lines:
            top -= 0.3 * rows.heading.size * PT + 0.5
            parts.append(draw.line(self._pad, top, self._width - self._pad, top, 0.3))
            top -= 1.0
        for at in range(len(self._back.rounds)):
            line_no, column = divmod(at, rows.columns)
            middle = top - (line_no + 0.5) * rows.row
            parts += self._round(at, seats, self._pad + column * self._pitch(rows), middle)
        top -= self._rounds_height(rows)
        parts += self._agenda(rows, top)
        return "\n".join(parts)

    def _agenda(self, rows: _Rows, top: float) -> Iterator[str]:
        for time, lines in rows.agenda:
            first = top - rows.size * PT
            yield self._document.text(self._fonts.bold, rows.size, self._pad, first, time)
            for at, line in enumerate(lines):
                x = self._pad + rows.times
                yield self._document.text(self._fonts.regular, rows.size, x, first - at * rows.step, line)
            top -= max(len(lines), 1) * rows.step

    def _round(self, at: int, seats: tuple[int | None, ...], x: float, middle: float) -> Iterator[str]:
        """One round: its number, its time, the table."""
        rows, fonts, time = self._rows, self._fonts, self._back.rounds[at]
        base = middle - 0.357 * rows.size * PT
        number = str(time.number)
        yield self._document.text(fonts.bold, rows.size, x, base, number)
        after = x + self._number_width(rows.size)
        yield self._document.text(fonts.regular, rows.size * 0.9, after, base, clean(time.starts))
        radius = rows.row * 0.43
        disc_x = x + rows.item - radius - rows.size * PT * 0.8
        table = seats[at] if seats else None
        if table is not None:
            yield table_disc(self._document, table, disc_x, middle, radius, black_only=self._black_only)
        elif seats:
            yield self._document.centred(fonts.regular, rows.size, disc_x, base, clean(self._back.out_word))
        else:
            yield f"q {draw.stroke(HAIR)} {draw.ring(disc_x, middle, radius * 0.93, 0.25)} Q"

    def _fitted(self) -> _Rows:
        for size in _SIZES:
            for columns in range(1, min(_MOST_COLUMNS, max(len(self._back.rounds), 1)) + 1):
                rows = self._at(size, columns)
                if self._has_room(rows):
                    return rows
        raise PrintRefused("back_too_long")

    def _at(self, size: float, columns: int) -> _Rows:
        fonts = self._fonts
        widths = [fonts.width(fonts.bold, clean(time)) for time, _ in self._back.agenda]
        times = (max(widths) + 0.7) * size * PT if any(widths) else 0.0
        agenda = tuple(
            (clean(time), wrap(fonts, fonts.regular, clean(text), self._room - times, size))
            for time, text in self._back.agenda
        )
        heading = fit(
            fonts, fonts.bold, clean(self._back.heading), self._room, largest=size * 1.15, smallest=6.5, lines=2
        )
        return _Rows(size, heading, times, agenda, columns, self._item(size))

    def _number_width(self, size: float) -> float:
        widest = max(self._fonts.bold.width(str(one.number)) for one in self._back.rounds)
        return (widest + 0.5) * size * PT

    def _item(self, size: float) -> float:
        """How wide a round is: number, time, disc and the gap to the next."""
        fonts, rounds = self._fonts, self._back.rounds
        if not rounds:
            return 0.0
        times = max(fonts.width(fonts.regular, clean(one.starts)) for one in rounds) * 0.9 * size * PT
        gap = 0.8 * size * PT
        return self._number_width(size) + times + (gap if times else 0.0) + 0.86 * size * PT * _ROW + gap

    def _pitch(self, rows: _Rows) -> float:
        """From round to round on one line."""
        return max(rows.item, min(self._room / rows.columns, 1.4 * rows.item))

    def _rounds_height(self, rows: _Rows) -> float:
        count = len(self._back.rounds)
        return -(-count // rows.columns) * rows.row + (1.5 if count and rows.agenda else 0.0)

    def _has_room(self, rows: _Rows) -> bool:
        fonts = self._fonts
        heading = len(rows.heading.lines) * rows.heading.size * PT * 1.1
        if rows.heading.lines:
            heading += 0.3 * rows.heading.size * PT + 1.5
        agenda = sum(max(len(lines), 1) for _, lines in rows.agenda) * rows.step
        texts = [line for _, lines in rows.agenda for line in lines]
        widest = max((fonts.width(fonts.regular, line) for line in texts), default=0.0) * rows.size * PT
        rounds = rows.columns * rows.item - (0.8 * rows.size * PT if rows.item else 0.0)
        return (
            not rows.heading.is_cut
            and widest <= self._room - rows.times
            and rounds <= self._room
            and heading + self._rounds_height(rows) + agenda <= self._height - 2 * self._pad
        )
