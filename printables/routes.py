"""Route cards: for each attendee, table by table through the rounds, whom they meet, and room for promises.

With them a meeting runs without any phone. All cards of a print are of one size: the smallest on which the
fullest card finds room with letters that can be read at a table.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from printables import checks, draw
from printables.colours import HAIR
from printables.errors import PrintRefused
from printables.marks import SHAPES, WORDMARK
from printables.model import Person, Result, Warning_
from printables.names import has_width
from printables.paper import Grid, Paper, Sheet, cards
from printables.seatplan import SeatPlan, Seats
from printables.text import PT, Fitted, FontSet, clean, fit, wrap

_PAD = 8.0
_TOP = 10.2
_CAPTIONS = 4.6
_LEAST_ROW = 6.8
_DISC = 2.9
_LEADING = 1.22
_FEWEST_PROMISES, _MOST_PROMISES = 3, 6
_LINE = 7.0  # to write on
_BOTTOM = 5.0
# Columns, rows, and the size of the partners' names: from many small cards to one large one.
_LADDER = (
    (2, 4, 8.5), (2, 3, 8.5), (2, 3, 7.5), (2, 2, 8.5), (2, 2, 7.0), (1, 2, 8.5), (1, 2, 7.0), (1, 1, 8.5), (1, 1, 6.5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RouteOptions:
    """Whether partners are named and promises have room; `only`: the uids of those whose cards are wanted."""

    partners: bool = True
    promises: bool = True
    only: tuple[str, ...] = ()


def render(plan: SeatPlan, paper: Paper, fonts: FontSet, options: RouteOptions | None = None) -> Result:
    """The route cards of a plan, in the order of its people, several a page with marks where to cut.

    Somebody without seats gets a card with empty rings to write in, and is named in a warning. Raises
    `PrintRefused` for an unusable plan (see `seatplan.Seats`) and for a card that no page has room for.
    """
    options = options or RouteOptions()
    seats = Seats(plan)
    wanted = [at for at, one in enumerate(plan.people) if not options.only or one.uid in options.only]
    checks.crowd(wanted)
    sheet = Sheet(paper, fonts)
    made = _fitting(sheet, seats, wanted, options)
    for at in wanted:
        sheet.note_letters(plan.people[at])
        if not plan.people[at].seats:
            sheet.warnings.append(Warning_("no_seats", {"name": plan.people[at].name}))
    made.fill(wanted)
    made.define("route")
    cards(sheet, made.grid, (made.card(at) for at in wanted), form="route")
    made.note_cuts()
    return sheet.finish()


def _fitting(sheet: Sheet, seats: Seats, wanted: list[int], options: RouteOptions) -> "_Cards":
    """The densest arrangement in which every card fits."""
    for cols, rows, size in _LADDER:
        grid = Grid(cols, rows, sheet.width, sheet.height)
        made = _Cards(sheet, seats, grid, size, options)
        if all(made.need(at) <= grid.height for at in wanted):
            return made
    fullest = max(wanted, key=made.need)
    raise PrintRefused("no_room", text=seats.people[fullest].name)


class _Heading(NamedTuple):
    name: Fitted
    company: Fitted

    @property
    def height(self) -> float:
        """From the card's top to the rule."""
        return _TOP + self.name.height + self.company.height + 2.6


class _Cards:
    """Cards of one size: how high they must be, and what is drawn on them."""

    def __init__(self, sheet: Sheet, seats: Seats, grid: Grid, size: float, options: RouteOptions) -> None:
        self.grid = grid
        self._sheet, self._seats = sheet, seats
        self._fonts = sheet.fonts
        self._size = size
        self._step = size * PT * _LEADING
        times = max(sheet.fonts.width(sheet.fonts.regular, clean(one.starts)) for one in seats.rounds) * 9 * PT
        numbers = max(sheet.fonts.bold.width(str(one.number)) for one in seats.rounds) * 11 * PT
        self._time_x = _PAD + numbers + 2.0
        self._disc_x = max(self._time_x + (times + 2.5 if times else 0), _PAD + 9) + _DISC
        self._text_x = self._disc_x + _DISC + 2.6
        room = grid.width - self._text_x - _PAD
        prompts = [wrap(self._fonts, self._fonts.regular, clean(one.prompt), room, size) for one in seats.rounds]
        self._prompts = None if options.partners else prompts
        self._cuts: dict[int, str] = {}
        self._is_wide_enough = all(has_width(self._fonts, lines, room, size) for lines in prompts)
        self._flow = _Flow(sheet.fonts, seats.names, room / (size * PT), self._cuts)
        self._promised = _FEWEST_PROMISES if options.promises else 0
        self._headings: dict[int, _Heading] = {}
        self._beside: dict[int, list[list[str]]] = {}

    def need(self, at: int) -> float:
        """How high the card of this person must be; no card is high enough for a question that is too wide."""
        if self._prompts is not None and not self._is_wide_enough:
            return math.inf
        rows = sum(self._row(lines) for lines in self._lines(at))
        return self._heading(at).height + _CAPTIONS + rows + self._strip + _BOTTOM

    @property
    def _strip(self) -> float:
        return 11.0 + self._promised * _LINE if self._promised else 0.0

    def fill(self, wanted: Sequence[int]) -> None:
        """More lines for promises where even the fullest card leaves room."""
        spare = self.grid.height - max(self.need(at) for at in wanted) - 8.0
        if self._promised and spare > 0:
            self._promised = min(_MOST_PROMISES, self._promised + int(spare / _LINE))

    def define(self, name: str) -> None:
        """Draw once what every card has: title, wordmark, the strip for promises."""
        sheet, grid = self._sheet, self.grid
        mark = 4.4
        mark_x = grid.width - _PAD - mark * WORDMARK.width / WORDMARK.height
        parts = [
            sheet.caption(_PAD, grid.height - 8.2, mark_x - _PAD - 3),
            draw.filled(WORDMARK, mark_x, grid.height - 9.0, mark),
        ]
        if self._promised:
            parts += self._promises()
        sheet.document.define(name, grid.width, grid.height, "\n".join(parts))

    def card(self, at: int) -> str:
        """The operators of one card."""
        lines = self._lines(at)
        spare = min(3.0, max(0.0, (self.grid.height - self.need(at)) / len(lines)))
        parts = list(self._head(at))
        top = self.grid.height - self._heading(at).height - _CAPTIONS
        for this_round, texts in enumerate(lines):
            height = self._row(texts) + spare
            parts += self._round(at, this_round, texts, top - height / 2)
            top -= height
            if this_round < len(lines) - 1:
                parts.append(self._sheet.hair(_PAD, top, self.grid.width - _PAD))
        return "\n".join(parts)

    def note_cuts(self) -> None:
        """Name everybody whose name had to be shortened beside a partner's table."""
        for at, part in self._cuts.items():
            self._sheet.note_cut(self._seats.people[at].name, part)

    def _row(self, lines: Sequence[str]) -> float:
        return max(_LEAST_ROW, len(lines) * self._step + 1.8)

    def _lines(self, at: int) -> Sequence[Sequence[str]]:
        """What stands beside the table, round by round: the partners, or the question of the round."""
        rounds = range(len(self._seats.rounds))
        if not self._seats.people[at].seats:
            return [()] * len(rounds)
        if self._prompts is not None:
            return self._prompts
        if at not in self._beside:  # asked for when it is measured and when it is drawn
            self._beside[at] = [self._flow.lines(self._seats.partners(at, this_round)) for this_round in rounds]
        return self._beside[at]

    def _heading(self, at: int) -> _Heading:
        if at not in self._headings:
            self._headings[at] = self._fitted_heading(self._seats.people[at], self._seats.names[at])
        return self._headings[at]

    def _fitted_heading(self, person: Person, name: str) -> _Heading:
        fonts, room = self._fonts, self.grid.width - 2 * _PAD
        return _Heading(
            fit(fonts, fonts.bold, name, room - 6.0, largest=16, smallest=9, lines=2),
            fit(fonts, fonts.regular, clean(person.company), room, largest=9, smallest=6.5),
        )

    def _head(self, at: int) -> Iterator[str]:
        """Name with the shape of the role, company, a rule, and the words over the columns."""
        sheet, fonts, grid = self._sheet, self._fonts, self.grid
        person, (name, company) = self._seats.people[at], self._heading(at)
        for part, fitted in (("name", name), ("company", company)):
            if fitted.is_cut:
                sheet.note_cut(person.name, part)
        base = grid.height - _TOP - 0.79 * name.size * PT * 1.12
        yield draw.filled(SHAPES[person.role], grid.width - _PAD - 4.4, base - 0.4, 4.4)
        yield sheet.lines(fonts.bold, name, _PAD, base)
        if company.lines:
            yield sheet.lines(fonts.regular, company, _PAD, grid.height - _TOP - name.height - 3.0)
        rule = grid.height - self._heading(at).height
        yield draw.line(_PAD, rule, grid.width - _PAD, rule, 0.4)
        yield sheet.small(_PAD, rule - 3.4, sheet.words.round)
        table = clean(sheet.words.table)
        yield sheet.small(self._disc_x - fonts.width(fonts.regular, table) * 7 * PT / 2, rule - 3.4, table)
        if self._prompts is None and person.seats:
            yield sheet.small(self._text_x, rule - 3.4, sheet.words.meets)

    def _round(self, at: int, this_round: int, texts: Sequence[str], middle: float) -> Iterator[str]:
        """One round, centred on a line: number, time, the table in its colour, what stands beside it."""
        sheet, fonts = self._sheet, self._fonts
        time, seats = self._seats.rounds[this_round], self._seats.people[at].seats
        yield sheet.document.text(fonts.bold, 11, _PAD, middle - 0.357 * 11 * PT, str(time.number))
        if time.starts:
            yield sheet.document.text(fonts.regular, 9, self._time_x, middle - 0.357 * 9 * PT, clean(time.starts))
        table = seats[this_round] if seats else None
        if table is not None:
            yield sheet.table_disc(table, self._disc_x, middle, _DISC)
        elif not seats:
            yield f"q {draw.stroke(HAIR)} {draw.ring(self._disc_x, middle, _DISC - 0.2, 0.3)} Q"
        else:
            size = self._out.size
            yield sheet.document.text(
                fonts.regular, size, self._disc_x - _DISC, middle - 0.357 * size * PT, self._out.lines[0]
            )
            return
        base = middle + (len(texts) - 1) * self._step / 2 - 0.357 * self._size * PT
        for text in texts:
            yield sheet.document.text(fonts.regular, self._size, self._text_x, base, text)
            base -= self._step

    @cached_property
    def _out(self) -> Fitted:
        room = self.grid.width - _PAD - self._disc_x + _DISC
        words = clean(self._sheet.words.sits_out)
        return self._sheet.fitted(self._fonts.regular, words, room, largest=9, smallest=6, name=words, part="name")

    def _promises(self) -> Iterator[str]:
        """The strip for promises: whom, and what until when."""
        sheet, words, end = self._sheet, self._sheet.words, self.grid.width - _PAD
        what_x = _PAD + (end - _PAD) * 0.36
        top = self._strip + _BOTTOM - 2.0
        yield f"q {draw.stroke(HAIR)} [1.2 1] 0 d {draw.line(_PAD, top, end, top, 0.3)} Q"
        yield sheet.document.text(self._fonts.bold, 9, _PAD, top - 5.2, clean(words.promises))
        yield sheet.small(_PAD, top - 9.0, words.promise_to)
        yield sheet.small(what_x, top - 9.0, words.promise_what)
        for row in range(self._promised):
            y = _BOTTOM + row * _LINE
            yield sheet.hair(_PAD, y, what_x - 3)
            yield sheet.hair(what_x, y, end)


class _Flow:
    """Names one after the other in lines of `room` ems, broken between names where it can be."""

    def __init__(self, fonts: FontSet, names: Sequence[str], room: float, cuts: dict[int, str]) -> None:
        self._fonts, self._names, self._cuts = fonts, names, cuts
        self._gaps = {", ": fonts.regular.width(", "), " ": fonts.regular.width(" ")}
        self._room = room - fonts.regular.width(",")
        self._known: dict[int, list[tuple[str, str, float]]] = {}

    def lines(self, people: Sequence[int]) -> list[str]:
        """The names of these people, a comma between them."""
        lines: list[str] = []
        line, left = "", 0.0
        for at in people:
            for gap, piece, width in self._known.get(at) or self._pieces(at):
                if line and self._gaps[gap] + width <= left:
                    line += gap + piece
                    left -= self._gaps[gap] + width
                    continue
                if line:
                    lines.append(line + gap.rstrip())
                line, left = piece, self._room - width
        return [*lines, line] if line else lines

    def _pieces(self, at: int) -> list[tuple[str, str, float]]:
        """A name as it may be broken: whole where it has room on a line."""
        fonts, name = self._fonts, self._names[at]
        width = fonts.width(fonts.regular, name)
        pieces = [(", ", name, width)]
        if width > self._room:
            pieces = []
            for word in name.split():
                kept = fit(fonts, fonts.regular, word, self._room * PT, largest=1, smallest=1)
                if kept.is_cut:
                    self._cuts[at] = "name"
                shown = kept.lines[0]
                pieces.append((" " if pieces else ", ", shown, fonts.width(fonts.regular, shown)))
        self._known[at] = pieces
        return pieces
