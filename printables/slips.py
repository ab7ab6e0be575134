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
_NEXT_LINE = 6.2
"""From the first line of the need to the second."""
_LABEL = 40.0
"""Room for a question before its answers."""
_CONSENT = 0.42
"""The consent's part of its row; who buys has the rest."""


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
            "receiver": _Field(words.slip_to, _PAD, second - _GAP / 2, top - 25),
            "giver": _Field(words.slip_from, second + _GAP / 2, date_x - _GAP, top - 25),
            "date": _Field(words.slip_date, date_x, self._end, top - 25),
            "prospect": _Field(words.slip_prospect, _PAD, middle - _GAP / 2, top - 34.2),
            "contact": _Field(words.slip_contact, middle + _GAP / 2, self._end, top - 34.2),
            "need": _Field(words.slip_need, _PAD, self._end, top - 43.4),
        }

    def drawn(self) -> Iterator[str]:
        """The form without what is filled in."""
        sheet, grid = self._sheet, self._grid
        yield from self._head()
        for field in self._fields.values():
            word = self._word(field.word, field.to_x - field.x)
            yield sheet.small(field.x, field.y + 6.0, word.lines[0], word.size)
            yield sheet.hair(field.x, field.y, field.to_x)
        words, top = sheet.words, grid.height
        yield sheet.hair(_PAD, top - 43.4 - _NEXT_LINE, self._end)
        yield from self._levels(top - 53.6)
        yield from self._choices(top - 66.4, words.slip_vouch, (words.slip_used, words.slip_saw, words.slip_heard))
        yield from self._choices(top - 73.4, words.slip_how, words.slip_ways)
        yield from self._tick(_PAD, top - 80.4, words.slip_consent, _CONSENT * (self._end - _PAD))
        buys = _PAD + _CONSENT * (self._end - _PAD)
        yield from self._choices(top - 80.4, words.slip_buys, (words.slip_outside, words.slip_inside), x=buys, label=20)
        comments = self._word(words.slip_comments, _LABEL - 2)
        yield sheet.small(_PAD, top - 86.6, comments.lines[0], comments.size)
        yield sheet.hair(_PAD + _LABEL, top - 86.6, self._end)

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
                sheet.document.text(sheet.fonts.regular, fitted.size, field.x, field.y + 1.3 - _NEXT_LINE * row, line)
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

    def _choices(
        self, y: float, asked: str, answers: Sequence[str], *, x: float = _PAD, label: float = _LABEL
    ) -> Iterator[str]:
        """A question and a box to tick for each of its answers, in a row up to the edge."""
        word = self._word(asked, label - 2)
        yield self._sheet.small(x, y + 1.0, word.lines[0], word.size)
        step = (self._end - x - label) / len(answers)
        for at, text in enumerate(answers):
            yield from self._tick(x + label + at * step, y, text, step)

    def _tick(self, x: float, y: float, text: str, room: float) -> Iterator[str]:
        """A box to tick and what it means, in two lines where one has no room."""
        word = self._word(text, room - _BOX - 3.5, size=9, lines=2)
        yield f"0.3 w {draw.number(x)} {draw.number(y)} {_BOX} {_BOX} re S"
        step = word.size * PT * 1.05
        base = y + _BOX / 2 + (len(word.lines) - 1) * step / 2 - 0.357 * word.size * PT
        for row, line in enumerate(word.lines):
            yield self._sheet.document.text(
                self._sheet.fonts.regular, word.size, x + _BOX + 1.6, base - step * row, line
            )

    def _word(self, text: str, room: float, *, size: float = 7.0, bold: bool = False, lines: int = 1) -> Fitted:
        """A word of the form, smaller where it is long; one that has no room at all is refused."""
        fonts = self._sheet.fonts
        face = fonts.bold if bold else fonts.regular
        said = fit(fonts, face, clean(text) or " ", room, largest=size, smallest=_SMALLEST, lines=lines)
        if said.is_cut:
            raise PrintRefused("no_room", text=text)
        return said
