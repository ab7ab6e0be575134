"""The seating plan on the wall: for each round everybody by name with their table, and every table with its people.

Letters are as large as one page allows; only a list that is too long for a page at a readable size goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from printables import draw
from printables.colours import HAIR, SOFT
from printables.errors import PrintRefused
from printables.heads import HEAD
from printables.model import Result
from printables.names import family_first, hanging, has_room, has_width
from printables.paper import MARGIN, Paper, Sheet
from printables.seatplan import SeatPlan, Seats
from printables.text import PT, FontSet, clean, fit, wrap

_FOOT = 16.0
_GAP = 8.0
_LEADING = 1.24
_BY_NAME = ((2, 9.4, 15.0), (2, 7.4, 13.0), (3, 7.0, 11.5), (3, 6.0, 10.0), (4, 5.6, 9.0))  # columns, row, size
_LONG_LIST = ((3, 7.0, 11.5), (2, 7.0, 11.5))
_BY_TABLE_SIZES = (15.0, 13.5, 12.0, 11.0, 10.0, 9.0)
_LONG_TABLES = (3, 10.0)
_SMALLEST = 6.5
_MOST_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class SeatingOptions:
    """The numbers of the rounds wanted (empty: all), and which of the two views."""

    rounds: tuple[int, ...] = ()
    by_name: bool = True
    by_table: bool = True


@dataclass(frozen=True, slots=True)
class _Group:
    """A table of one round, or those who sit out (no number)."""

    number: int | None
    lines: tuple[str, ...]


def render(plan: SeatPlan, paper: Paper, fonts: FontSet, options: SeatingOptions | None = None) -> Result:
    """The seating plan, round by round.

    Raises `PrintRefused` for an unusable plan (see `seatplan.Seats`), for rounds that are not in it, and for a table
    that no page has room for.
    """
    options = options or SeatingOptions()
    seats = Seats(plan)
    wanted = [at for at, one in enumerate(seats.rounds) if not options.rounds or one.number in options.rounds]
    if not wanted:
        raise PrintRefused("no_rounds")
    sheet = Sheet(paper, fonts)
    for person in plan.people:
        sheet.note_letters(person)
    for at in wanted:
        for view, is_wanted in ((_ByName, options.by_name), (_ByTable, options.by_table)):
            if is_wanted:
                view(sheet, seats, at).draw()
    if not sheet.document.pages:
        raise PrintRefused("nobody")
    return sheet.finish()


class _View:
    """One view of a round: its heading, and the room below it."""

    def __init__(self, sheet: Sheet, seats: Seats, this_round: int, view: str) -> None:
        self.sheet, self.seats, self.this_round = sheet, seats, this_round
        self._view = clean(view)
        time = seats.rounds[this_round]
        self._prompt = wrap(sheet.fonts, sheet.fonts.regular, clean(time.prompt), sheet.width - 2 * MARGIN, 11)
        if not has_width(sheet.fonts, self._prompt, sheet.width - 2 * MARGIN, 11):
            raise PrintRefused("no_room", text=time.prompt)
        self.top = sheet.height - HEAD - 17.0 - len(self._prompt) * 5.2
        self.height = self.top - _FOOT
        self.width = sheet.width - 2 * MARGIN

    def pages(self, contents: Sequence[Sequence[str]]) -> None:
        """Put each content on a page of its own below the heading."""
        for number, parts in enumerate(contents, start=1):
            page = f"{number} / {len(contents)}" if len(contents) > 1 else ""
            self.sheet.page([self.sheet.head(page), *self._heading(), *parts])

    def _heading(self) -> Iterator[str]:
        sheet, fonts = self.sheet, self.sheet.fonts
        time = self.seats.rounds[self.this_round]
        rule = sheet.height - HEAD
        yield draw.line(MARGIN, rule, sheet.width - MARGIN, rule, 0.4)
        text = f"{clean(sheet.words.round)} {time.number}".strip()
        view_width = fonts.width(fonts.regular, self._view) * 12 * PT
        heading = f"{text} · {clean(time.starts)}" if time.starts else text
        fitted = fit(fonts, fonts.bold, heading, self.width - view_width - 8, largest=28, smallest=10)
        if fitted.is_cut:
            raise PrintRefused("text_too_long", text=heading)
        yield sheet.lines(fonts.bold, fitted, MARGIN, rule - 11.5)
        yield sheet.document.text(fonts.regular, 12, sheet.width - MARGIN - view_width, rule - 11.5, self._view)
        for row, line in enumerate(self._prompt):
            ink = draw.colour(SOFT)
            yield f"q {ink} {sheet.document.text(fonts.regular, 11, MARGIN, rule - 17.5 - row * 5.2, line)} Q"

    def rooms(self, columns: int) -> float:
        """The width of one of so many columns."""
        return (self.width - (columns - 1) * _GAP) / columns


class _ByName(_View):
    """Everybody in the order of the alphabet, down the columns, with the number of their table."""

    def __init__(self, sheet: Sheet, seats: Seats, this_round: int) -> None:
        super().__init__(sheet, seats, this_round, sheet.words.by_name)

    def draw(self) -> None:
        """Put this view on its pages."""
        people = [at for at in self.seats.order if self.seats.people[at].seats]
        columns, row, size = self._arrangement(people)
        per_column = max(1, int(self.height / row))
        per_page = columns * per_column
        if len(people) <= per_page:  # stretch to fill the page, and fill the columns evenly
            per_column = -(-len(people) // columns)
            row = min(self.height / max(per_column, 1), row * 1.35)
        contents = []
        for first in range(0, len(people), per_page):
            parts: list[str] = []
            for slot, at in enumerate(people[first : first + per_page]):
                column, line = divmod(slot, per_column)
                x = MARGIN + column * (self.rooms(columns) + _GAP)
                parts += self._row(at, x, self.top - (line + 0.5) * row, self.rooms(columns), row, size)
            contents.append(parts)
        self.pages(contents)

    def _arrangement(self, people: Sequence[int]) -> tuple[int, float, float]:
        for columns, row, size in _BY_NAME:
            if -(-len(people) // columns) * row <= self.height and self._has_room(people, columns, row):
                return columns, row, size
        return next((one for one in _LONG_LIST if self._has_room(people, one[0], one[1])), _LONG_LIST[-1])

    def _has_room(self, people: Sequence[int], columns: int, row: float) -> bool:
        room = self.rooms(columns) - _after(row)
        return all(has_room(self.sheet.fonts, self.seats.people[at], room) for at in people)

    def _row(self, at: int, x: float, middle: float, room: float, row: float, size: float) -> Iterator[str]:
        """The table in its disc, the name beside it, a hair below."""
        sheet, person = self.sheet, self.seats.people[at]
        table = person.seats[self.this_round]
        radius = _radius(row)
        if table is None:
            base = middle - 0.357 * size * PT
            yield sheet.document.centred(sheet.fonts.regular, size, x + radius, base, "–")
        else:
            yield sheet.table_disc(table, x + radius, middle, radius)
        after = _after(row)
        yield family_first(sheet, person, x + after, middle - 0.357 * size * PT, room - after, size)
        yield f"q {draw.stroke(HAIR)} {draw.line(x, middle - row / 2, x + room, middle - row / 2, 0.1)} Q"


def _radius(row: float) -> float:
    return min(row * 0.43, 4.2)


def _after(row: float) -> float:
    """Where a name begins behind the disc of its table."""
    return 2 * _radius(row) + 2.2


class _ByTable(_View):
    """Every table with its people, in as many columns as give the largest letters."""

    def __init__(self, sheet: Sheet, seats: Seats, this_round: int) -> None:
        super().__init__(sheet, seats, this_round, sheet.words.by_table)

    def draw(self) -> None:
        """Put this view on its pages."""
        for size in _BY_TABLE_SIZES:
            for columns in range(2, _MOST_COLUMNS + 1):
                groups = self._groups(columns, size)
                rows = _rows(groups, columns)
                spare = self.height - sum(self._high(row, size) for row in rows)
                if groups and spare >= 0 and self._is_narrow_enough(groups, columns, size):
                    self.pages([self._page(rows, columns, size, min(8.0, spare / len(rows)))])
                    return
        columns, size = _LONG_TABLES
        self.pages([self._page(rows, columns, size, 0.0) for rows in self._paged(columns, size)])

    def _groups(self, columns: int, size: float) -> list[_Group]:
        sheet, room = self.sheet, self.rooms(columns)
        tables = self.seats.tables(self.this_round)
        resting = [
            at for at in self.seats.order if (seats := self.seats.people[at].seats) and seats[self.this_round] is None
        ]
        return [
            _Group(
                number, tuple(line for at in people for line in hanging(sheet.fonts, self.seats.names[at], room, size))
            )
            for number, people in [*tables.items(), *([(None, resting)] if resting else [])]
        ]

    def _is_narrow_enough(self, groups: Sequence[_Group], columns: int, size: float) -> bool:
        is_last = columns == 2 and size == _BY_TABLE_SIZES[-1]
        lines = (line for group in groups for line in group.lines)
        return is_last or has_width(self.sheet.fonts, lines, self.rooms(columns), size)

    def _paged(self, columns: int, size: float) -> Iterator[list[list[_Group]]]:
        """Rows of tables, a page at a time."""
        page: list[list[_Group]] = []
        left = self.height
        for row in _rows(self._groups(columns, size), columns):
            high = self._high(row, size)
            if high > self.height:
                raise PrintRefused("no_room", text=f"{clean(self.sheet.words.table)} {row[0].number}")
            if high > left:
                yield page
                page, left = [], self.height
            page.append(row)
            left -= high
        if page:
            yield page

    def _high(self, row: Sequence[_Group], size: float) -> float:
        return 13.0 + max(len(group.lines) for group in row) * size * PT * _LEADING + 5.0

    def _page(self, rows: Sequence[Sequence[_Group]], columns: int, size: float, spare: float) -> list[str]:
        parts: list[str] = []
        top = self.top
        for row in rows:
            for column, group in enumerate(row):
                parts += self._group(
                    group, MARGIN + column * (self.rooms(columns) + _GAP), top, self.rooms(columns), size
                )
            top -= self._high(row, size) + spare
        return parts

    def _group(self, group: _Group, x: float, top: float, room: float, size: float) -> Iterator[str]:
        sheet, fonts, radius = self.sheet, self.sheet.fonts, 5.0
        if group.number is None:
            words = clean(sheet.words.sits_out)
            fitted = sheet.fitted(fonts.bold, words, room, largest=12, smallest=6, name=words, part="name")
            yield sheet.lines(fonts.bold, fitted, x, top - radius - 0.357 * fitted.size * PT)
        else:
            yield sheet.table_disc(group.number, x + radius, top - radius, radius)
        yield f"q {draw.stroke(HAIR)} {draw.line(x, top - 2 * radius - 1.6, x + room, top - 2 * radius - 1.6, 0.25)} Q"
        base = top - 2 * radius - 2.2
        for line in group.lines:
            base -= size * PT * _LEADING
            fitted = sheet.fitted(
                fonts.regular, line, room, largest=size, smallest=_SMALLEST, name=line.strip(), part="name"
            )
            yield sheet.lines(fonts.regular, fitted, x, base)


def _rows(groups: Sequence[_Group], columns: int) -> list[list[_Group]]:
    return [list(groups[at : at + columns]) for at in range(0, len(groups), columns)]
