"""Table cards: the number in its colour, seen from across the room, and who sits here round by round.

Two cards a page where everybody has room, else one; rounds that not even a whole page has room for go on a further
card of the same table. All cards of a print are arranged alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from printables import draw
from printables.colours import HAIR, SOFT, TableLook, table_look
from printables.errors import PrintRefused
from printables.marks import WORDMARK
from printables.model import Result
from printables.names import hanging, has_width
from printables.paper import Grid, Paper, Sheet, cards
from printables.seatplan import SeatPlan, Seats
from printables.stocks import Rect
from printables.text import PT, FontSet, clean, fit, wrap

_PAD = 9.0
_GAP = 6.0
_LEADING = 1.22
_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0)
_LEAST_ON_HALF = 9.0  # below it a whole page is worth its paper
_MOST_COLUMNS = 5
_NOBODY = "–"


@dataclass(frozen=True, slots=True)
class TableOptions:
    """`names`: whether it says who sits here, or the number only; `only`: the tables whose cards are wanted."""

    names: bool = True
    only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """One round at one table: its heading, its question, its people, each in as many lines as they need."""

    heading: str
    starts: str
    prompt: tuple[str, ...]
    lines: tuple[str, ...]

    def height(self, size: float) -> float:
        """Height in mm with the gap below."""
        prompt = len(self.prompt) * _small(size) * PT * _LEADING
        return (size * 1.15 + len(self.lines) * size * _LEADING) * PT + prompt + 5.5


def _small(size: float) -> float:
    return max(6.5, size * 0.72)


def render(plan: SeatPlan, paper: Paper, fonts: FontSet, options: TableOptions | None = None) -> Result:
    """A card for each table of the plan, by number.

    Raises `PrintRefused` for an unusable plan (see `seatplan.Seats`), where nobody sits at the tables asked for, and
    for a round that no page has room for.
    """
    options = options or TableOptions()
    seats = Seats(plan)
    numbers = [number for number in seats.numbers() if not options.only or number in options.only]
    if not numbers:
        raise PrintRefused("nobody")
    sheet = Sheet(paper, fonts)
    if not options.names:
        grid = Grid(1, 2, sheet.width, sheet.height)
        cards(sheet, grid, (_number_only(sheet, grid, number) for number in numbers))
        return sheet.finish()
    for person in plan.people:
        sheet.note_letters(person)
    made = _fitting(sheet, seats, numbers)
    cards(sheet, made.grid, (card for number in numbers for card in made.cards(number)))
    return sheet.finish()


def _fitting(sheet: Sheet, seats: Seats, numbers: Sequence[int]) -> "_Cards":
    """The first arrangement that has room for every table: on half a page, on a page, on several."""
    rounds = len(seats.rounds)
    half, whole = Grid(1, 2, sheet.width, sheet.height), Grid(1, 1, sheet.width, sheet.height)
    parts = sorted({-(-rounds // cards) for cards in range(1, rounds + 1)}, reverse=True)
    for grid, per_card in ((half, rounds), *((whole, part) for part in parts)):
        for size in _SIZES:
            if grid is half and size < _LEAST_ON_HALF:
                break
            for columns in range(1, min(_MOST_COLUMNS, per_card) + 1):
                made = _Cards(sheet, seats, grid, size, columns, per_card)
                if all(made.has_room(number) for number in numbers):
                    return made
    raise PrintRefused("no_room", text=f"{clean(sheet.words.table)} {numbers[0]}")


class _Cards:
    """Cards in one arrangement: the number's panel, and the rounds in columns beside or below it."""

    def __init__(self, sheet: Sheet, seats: Seats, grid: Grid, size: float, columns: int, per_card: int) -> None:
        self.grid = grid
        self._sheet, self._seats = sheet, seats
        self._size, self._columns, self._per_card = size, columns, per_card
        is_lying = grid.width > grid.height
        panel_w = 54.0 if is_lying else grid.width - 2 * _PAD
        panel_h = grid.height - 2 * _PAD if is_lying else 46.0
        self._panel = Rect(_PAD, _PAD, panel_w, panel_h)
        left = 2 * _PAD + panel_w if is_lying else _PAD
        top = _PAD if is_lying else _PAD + panel_h + 8
        self._area = Rect(left, top, grid.width - _PAD - left, grid.height - _PAD - 6 - top)
        self._column = (self._area.width - (columns - 1) * _GAP) / columns
        self._known: dict[int, tuple[str, ...]] = {}

    def has_room(self, number: int) -> bool:
        """Whether everybody at this table has room, and every word its width."""
        fonts, blocks = self._sheet.fonts, self._blocks(number)
        prompts = (line for block in blocks for line in block.prompt)
        if not has_width(fonts, prompts, self._column, _small(self._size)):
            return False
        names = (line for block in blocks for line in block.lines)
        is_smallest = self._size == _SIZES[-1] and self._columns == 1  # there an endless word is shortened
        if not (is_smallest or has_width(fonts, names, self._column, self._size)):
            return False
        starts = range(0, len(blocks), self._per_card)
        return all(self._height(blocks[at : at + self._per_card]) <= self._area.height for at in starts)

    def cards(self, number: int) -> Iterator[str]:
        """The operators of this table's cards."""
        blocks = self._blocks(number)
        for first in range(0, len(blocks), self._per_card):
            yield "\n".join(self._card(number, blocks[first : first + self._per_card]))

    def _card(self, number: int, blocks: Sequence[_Block]) -> Iterator[str]:
        sheet, area, height = self._sheet, self._area, self.grid.height
        yield _panel(sheet, self.grid, self._panel, number)
        rows = self._rows(blocks)
        spare = max(0.0, area.height - self._height(blocks)) / len(rows)
        top = area.y
        for row in rows:
            for column, block in enumerate(row):
                x = area.x + column * (self._column + _GAP)
                yield from self._block(block, x, height - top)
            top += max(block.height(self._size) for block in row) + min(spare, 6.0)
        yield _foot(sheet, self.grid, area.x)

    def _block(self, block: _Block, x: float, top: float) -> Iterator[str]:
        sheet, fonts, size = self._sheet, self._sheet.fonts, self._size
        document, step = sheet.document, size * PT * _LEADING
        base = top - size * PT * 0.9
        yield document.text(fonts.bold, size, x, base, block.heading)
        after = x + (fonts.width(fonts.bold, block.heading) + 0.45) * size * PT
        yield document.text(fonts.regular, size * 0.86, after, base, block.starts)
        yield f"q {draw.stroke(HAIR)} {draw.line(x, base - 1.5, x + self._column, base - 1.5, 0.25)} Q"
        base -= 1.7
        small = _small(size)
        for line in block.prompt:
            base -= small * PT * _LEADING
            yield f"q {draw.colour(SOFT)} {document.text(fonts.regular, small, x, base, line)} Q"
        for line in block.lines:
            base -= step
            fitted = sheet.fitted(
                fonts.regular, line, self._column, largest=size, smallest=6.0, name=line.strip(), part="name"
            )
            yield sheet.lines(fonts.regular, fitted, x, base)

    def _blocks(self, number: int) -> list[_Block]:
        words, found = self._sheet.words, []
        for at, time in enumerate(self._seats.rounds):
            people = self._seats.tables(at).get(number, [])
            lines = tuple(line for position in people for line in self._name(position))
            prompt = wrap(
                self._sheet.fonts, self._sheet.fonts.regular, clean(time.prompt), self._column, _small(self._size)
            )
            heading = f"{clean(words.round)} {time.number}".strip()
            found.append(_Block(heading, clean(time.starts), prompt, lines or (_NOBODY,)))
        return found

    def _name(self, position: int) -> tuple[str, ...]:
        if position not in self._known:
            name = self._seats.names[position]
            self._known[position] = hanging(self._sheet.fonts, name, self._column, self._size)
        return self._known[position]

    def _rows(self, blocks: Sequence[_Block]) -> list[Sequence[_Block]]:
        return [blocks[at : at + self._columns] for at in range(0, len(blocks), self._columns)]

    def _height(self, blocks: Sequence[_Block]) -> float:
        return sum(max(block.height(self._size) for block in row) for row in self._rows(blocks)) - 5.5


def _number_only(sheet: Sheet, grid: Grid, number: int) -> str:
    """A card that is all number."""
    panel = Rect(_PAD, _PAD, grid.width - 2 * _PAD, grid.height - 2 * _PAD - 5)
    return "\n".join((_panel(sheet, grid, panel, number), _foot(sheet, grid, _PAD)))


def _panel(sheet: Sheet, grid: Grid, panel: Rect, number: int) -> str:
    """The table's number as large as it goes, on its colour or within a rim of it."""
    look = table_look(number)
    bold, text, word = sheet.fonts.bold, str(number), clean(sheet.words.table)
    bottom = grid.height - panel.y - panel.height
    middle = panel.x + panel.width / 2
    size = min(panel.height * 0.62 / PT / 0.75, (panel.width - 12) / (bold.width(text) * PT), 300.0)
    caption = fit(sheet.fonts, bold, word, panel.width - 10, largest=min(30.0, panel.height * 0.28), smallest=6)
    high = 0.714 * size * PT
    caption_high = 0.714 * caption.size * PT if caption.lines else 0.0
    gap = min(7.0, panel.height * 0.1) if caption.lines else 0.0
    base = bottom + (panel.height - high - gap - caption_high) / 2
    caption_base = base + high + gap
    if panel.width > 2 * panel.height:  # beside each other where the panel is flat
        return "\n".join(
            (
                "q",
                _ground(look, panel, bottom),
                draw.colour(look.pair.ink),
                _flat(sheet, panel, bottom, word, text),
                "Q",
            )
        )
    return "\n".join(
        (
            "q",
            _ground(look, panel, bottom),
            draw.colour(look.pair.ink),
            *(sheet.document.centred(bold, caption.size, middle, caption_base, line) for line in caption.lines),
            sheet.document.centred(bold, size, middle, base, text),
            "Q",
        )
    )


def _flat(sheet: Sheet, panel: Rect, bottom: float, word: str, number: str) -> str:
    """Word and number on one line."""
    text = f"{word} {number}".strip()
    fitted = fit(
        sheet.fonts, sheet.fonts.bold, text, panel.width - 16, largest=panel.height * 0.62 / PT / 0.75, smallest=8
    )
    base = bottom + panel.height / 2 - 0.357 * fitted.size * PT
    return sheet.document.centred(sheet.fonts.bold, fitted.size, panel.x + panel.width / 2, base, fitted.lines[0])


def _ground(look: TableLook, panel: Rect, bottom: float) -> str:
    if look.is_filled:
        return f"{draw.colour(look.pair.ground)} {draw.box(panel.x, bottom, panel.width, panel.height)}"
    rim = 4.0
    sides = (panel.x + rim / 2, bottom + rim / 2, panel.width - rim, panel.height - rim)
    return f"{draw.stroke(look.rim)} {rim} w {' '.join(draw.number(side) for side in sides)} re S"


def _foot(sheet: Sheet, grid: Grid, x: float) -> str:
    """Meeting, place and date, and the wordmark."""
    mark = 4.4
    mark_x = grid.width - _PAD - mark * WORDMARK.width / WORDMARK.height
    return "\n".join(
        (
            sheet.caption(x, _PAD, mark_x - x - 4),
            draw.filled(WORDMARK, mark_x, _PAD - 0.6, mark),
        )
    )
