"""Referral slips to fill in by hand: the same questions, in the same order, as the form on a screen.

Three a page with marks where to cut. What is known already, such as the giver's name, may be printed in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from printables import checks, draw
from printables.colours import HAIR
from printables.errors import PrintRefused
from printables.marks import WORDMARK
from printables.model import Result
from printables.paper import Grid, Paper, Sheet, cards
from printables.text import PT, Fitted, FontSet, clean, fit

MOST_PAGES = 500
_PAD = 9.0
_BOX = 3.8
_GAP = 6.0
_SMALLEST = 5.5


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed in beforehand; an empty text leaves the line to write on."""

    receiver: str = ""
    giver: str = ""
    date: str = ""
    prospect: str = ""
    contact: str = ""
    need: str = ""


def render(paper: Paper, fonts: FontSet, *, pages: int = 1, slips: Sequence[Slip] = ()) -> Result:
    """Pages of empty slips, or one slip for each of `slips`.

    Raises `PrintRefused` for no page or more than 500, and for words that have no room.
    """
    sheet = Sheet(paper, fonts)
    grid = Grid(1, 3, sheet.width, sheet.height)
    if not slips and not 1 <= pages <= MOST_PAGES:
        raise PrintRefused("pages_outside", pages=pages, most=MOST_PAGES)
    wanted = slips or (Slip(),) * (pages * grid.per_page)
    checks.crowd(wanted)
    form = _Form(sheet, grid)
    sheet.document.define("slip", grid.width, grid.height, "\n".join(form.drawn()))
    cards(sheet, grid, (form.filled_in(slip) for slip in wanted), form="slip")
    return sheet.finish()


@dataclass(frozen=True, slots=True)
class _Field:
    """A line to write on: its word, where it begins and ends, and its height above the foot."""

    word: str
    x: float
    to_x: float
    y: float


class _Form:
    """What every slip has, and what is printed on its lines."""

    def __init__(self, sheet: Sheet, grid: Grid) -> None:
        self._sheet, self._grid = sheet, grid
        self._end = grid.width - _PAD
        words, top = sheet.words, grid.height
        width = self._end - _PAD
        date_x, middle = self._end - 34, _PAD + width / 2
        second = _PAD + (date_x - _PAD) / 2
        self._fields = {
            "receiver": _Field(words.slip_to, _PAD, second - _GAP / 2, top - 27),
            "giver": _Field(words.slip_from, second + _GAP / 2, date_x - _GAP, top - 27),
            "date": _Field(words.slip_date, date_x, self._end, top - 27),
            "prospect": _Field(words.slip_prospect, _PAD, middle - _GAP / 2, top - 38),
            "contact": _Field(words.slip_contact, middle + _GAP / 2, self._end, top - 38),
            "need": _Field(words.slip_need, _PAD, self._end, top - 49),
        }

    def drawn(self) -> Iterator[str]:
        """The form without what is filled in."""
        sheet, grid = self._sheet, self._grid
        yield from self._head()
        for field in self._fields.values():
            word = self._word(field.word, field.to_x - field.x)
            yield sheet.small(field.x, field.y + 6.3, word.lines[0], word.size)
            yield sheet.hair(field.x, field.y, field.to_x)
        yield sheet.hair(_PAD, grid.height - 56, self._end)
        yield from self._levels(grid.height - 62)
        yield from self._vouches(grid.height - 78)
        yield from self._tick(_PAD, grid.height - 86.5, sheet.words.slip_consent, self._end - _PAD)

    def filled_in(self, slip: Slip) -> str:
        """What is known of one slip, on its lines."""
        sheet, parts = self._sheet, []
        for name, field in self._fields.items():
            text = clean(getattr(slip, name))
            if not text:
                continue
            whose = slip.prospect or slip.receiver or slip.giver or text
            sheet.warnings += checks.letters(sheet.fonts, whose, text)
            room = field.to_x - field.x
            lines = 2 if name == "need" else 1
            fitted = sheet.fitted(
                sheet.fonts.regular, text, room, largest=11, smallest=6.5, name=whose, part=name, lines=lines
            )
            parts += [
                sheet.document.text(sheet.fonts.regular, fitted.size, field.x, field.y + 1.3 - 7 * row, line)
                for row, line in enumerate(fitted.lines)
            ]
        return "\n".join(parts)

    def _head(self) -> Iterator[str]:
        sheet, grid = self._sheet, self._grid
        mark = 5.4
        mark_x = self._end - mark * WORDMARK.width / WORDMARK.height
        heading = self._word(sheet.words.slip, mark_x - _PAD - 60, size=14, bold=True)
        yield sheet.lines(sheet.fonts.bold, heading, _PAD, grid.height - 12.6)
        after = _PAD + sheet.fonts.width(sheet.fonts.bold, heading.lines[0]) * heading.size * PT + 4
        yield sheet.caption(after, grid.height - 12.6, mark_x - after - 4, largest=9)
        yield draw.filled(WORDMARK, mark_x, grid.height - 13.2, mark)
        yield draw.line(_PAD, grid.height - 15.6, self._end, grid.height - 15.6, 0.4)

    def _levels(self, y: float) -> Iterator[str]:
        """The five levels, each a number in a ring with its words beside it."""
        sheet, fonts = self._sheet, self._sheet.fonts
        label = self._word(sheet.words.slip_level, self._end - _PAD)
        yield sheet.small(_PAD, y, label.lines[0], label.size)
        step, radius = (self._end - _PAD) / 5, 2.7
        middle = y - 5.2
        for number, words in enumerate(sheet.words.slip_levels, start=1):
            x = _PAD + (number - 1) * step
            yield f"q {draw.stroke(HAIR)} {draw.ring(x + radius, middle, radius, 0.35)} Q"
            base = middle - 0.357 * 9 * PT
            yield sheet.document.centred(fonts.bold, 9, x + radius, base, str(number))
            room = step - 2 * radius - 3.5
            said = fit(fonts, fonts.regular, clean(words), room, largest=7.5, smallest=_SMALLEST, lines=2)
            if said.is_cut:
                raise PrintRefused("no_room", text=words)
            base = middle + (len(said.lines) - 1) * 1.7 - 0.357 * said.size * PT
            for row, line in enumerate(said.lines):
                yield sheet.document.text(fonts.regular, said.size, x + 2 * radius + 1.6, base - 3.4 * row, line)

    def _vouches(self, y: float) -> Iterator[str]:
        """Why the giver vouches: three boxes to tick."""
        sheet, words = self._sheet, self._sheet.words
        label = self._word(words.slip_vouch, 38)
        yield sheet.small(_PAD, y + 1.0, label.lines[0], label.size)
        x = _PAD + 40
        step = (self._end - x) / 3
        for text in (words.slip_used, words.slip_saw, words.slip_heard):
            yield from self._tick(x, y, text, step)
            x += step

    def _tick(self, x: float, y: float, text: str, room: float) -> Iterator[str]:
        """A box to tick and what it means."""
        word = self._word(text, room - _BOX - 4, size=9)
        yield f"0.3 w {draw.number(x)} {draw.number(y)} {_BOX} {_BOX} re S"
        yield self._sheet.lines(self._sheet.fonts.regular, word, x + _BOX + 2, y + 0.8)

    def _word(self, text: str, room: float, *, size: float = 7.0, bold: bool = False) -> Fitted:
        """A word of the form, smaller where it is long; one that has no room at all is refused."""
        fonts = self._sheet.fonts
        face = fonts.bold if bold else fonts.regular
        said = fit(fonts, face, clean(text) or " ", room, largest=size, smallest=_SMALLEST)
        if said.is_cut:
            raise PrintRefused("no_room", text=text)
        return said
