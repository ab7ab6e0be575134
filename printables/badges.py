"""Badges on label sheets, inserts, cards and rolls.

`render` prints everybody in the order given, one label each, from the label asked for. A folded stock
carries the same badge on every face. The code on a badge is `base_url` + `/B/` + the person's code.
"""

from collections.abc import Sequence

from qrcode.exceptions import DataOverflowError

from printables import address as addresses
from printables import draw, qr
from printables.address import Address
from printables.compose import Composer, Wording, wording
from printables.draw import BLACK, WHITE, Colour, Document, Place
from printables.errors import PrintRefused
from printables.frame import Frame, frame, is_turned
from printables.marks import SHAPES, WORDMARK
from printables.model import BadgeOptions, Person, Result, Role, Warning_
from printables.stocks import Rect, Stock, find
from printables.text import PT, FontSet, clean, fit

MOST_PEOPLE = 100_000
MOST_OFFSET_MM = 15.0
_SIZES = (21, 25, 29, 33, 37, 41)  # modules of versions 1 to 6
_USUAL_SIZE = 29  # holds any host of up to 31 characters; a label with no room for it has no code

BANDS: dict[Role, tuple[Colour, Colour]] = {  # ground and ink, at least 7.7 : 1
    Role.MEMBER: ((0x43, 0x18, 0x4A), WHITE),
    Role.VISITOR: ((0xF2, 0xA8, 0x1D), (0x2B, 0x16, 0x31)),
    Role.HOST: ((0x1F, 0x5F, 0x34), WHITE),
}


def render(people: Sequence[Person], options: BadgeOptions, fonts: FontSet) -> Result:
    """The badges of these people as one PDF.

    Raises `PrintRefused`, before anything is drawn, for an unknown or impossible stock, a base address
    that is missing, bare or too long, an empty or endless list, somebody without a name, a code that
    cannot be printed, and offsets or a first label outside the sheet.
    """
    stock = find(options.stock, options.length_mm)
    _check(people, options, stock)
    address = addresses.parse(options.base_url, force=options.force_address)
    texts = [_worded(position, person) for position, person in enumerate(people, start=1)]
    job = _Job(options, stock, address, fonts, {len(words.code) for words in texts})
    if address.is_local:
        job.warnings.append(Warning_("local_address", {"base_url": options.base_url}))
    for person, words in zip(people, texts, strict=True):
        job.add(person.role, words)
    return job.finish()


def _check(people: Sequence[Person], options: BadgeOptions, stock: Stock) -> None:
    if not people:
        raise PrintRefused("nobody")
    if len(people) > MOST_PEOPLE:
        raise PrintRefused("too_many", people=len(people), most=MOST_PEOPLE)
    if not 1 <= options.start_at <= stock.per_sheet:
        raise PrintRefused("start_at_outside", start_at=options.start_at, labels=stock.per_sheet)
    if max(abs(options.dx), abs(options.dy)) > MOST_OFFSET_MM or not 0.95 <= options.scale <= 1.05:
        raise PrintRefused("offset_outside", most=MOST_OFFSET_MM)
    if options.dots is not None and not 150 <= options.dots <= 2400:
        raise PrintRefused("bad_dots", dots=options.dots)


def _worded(position: int, person: Person) -> Wording:
    words = wording(person, addresses.clean_code(person.code))
    if not words.given:
        raise PrintRefused("nameless", position=position)
    if words.code and not addresses.CODE.fullmatch(words.code):
        raise PrintRefused("bad_code", name=words.name, typed=person.code)
    return words


class _Job:
    """One print job: the document, its frames (one a length of code) and its bands (one a role)."""

    def __init__(
        self, options: BadgeOptions, stock: Stock, address: Address, fonts: FontSet, lengths: set[int]
    ) -> None:
        self.warnings: list[Warning_] = []
        self._options = options
        self._stock = stock
        self._address = address
        first = stock.cell(0)
        self._turn = 90 if is_turned(first.width, first.height) else 0
        self._document = Document(
            stock.page_w,
            stock.page_h,
            title=options.words.title,
            language=options.words.language,
            fonts=fonts,
        )
        self._layouts = {length: self._layout(length) for length in sorted(lengths) if length}
        frames = {length: self._frame(length) for length in sorted(lengths)}
        self._composers = {
            length: Composer(self._document, made, options.words.table) for length, made in frames.items()
        }
        for length, made in self._layouts.items():
            self._document.define(f"f{length}", made.size, made.size, made.finders() + "\nf")
        self._bands: dict[tuple[Role, Rect], str] = {}
        self._seen: dict[str, str] = {}
        self._without_room = 0
        self._slot = options.start_at - 1
        self._is_page_open = False
        if stock.kind == "cut":
            self._document.define("c", stock.page_w, stock.page_h, _cut_marks(stock))

    def add(self, role: Role, words: Wording) -> None:
        """The next label."""
        self._note_code(words)
        composer = self._composers[len(words.code)]
        made = composer.frame
        band = self._band(role, made)
        text = composer.badge(words, addresses.grouped(words.code))
        code = ""
        if words.code and made.code:
            bottom = made.height - made.code.y - made.code.height
            rectangles = self._layouts[len(words.code)].operators(words.code)
            code = draw.open_code(rectangles, made.code.x, bottom, made.module)
        for place in self._places():
            with self._document.placed(
                place, dx=self._options.dx, dy=self._options.dy, scale=self._options.scale
            ):
                self._document.use(band)
                self._document.put(text)
                if code:
                    self._document.put(code)
                    self._document.use(f"f{len(words.code)}")
                    self._document.put("Q")

    def finish(self) -> Result:
        """Close the last page."""
        self._close_page()
        if self._without_room:
            params: dict[str, str | int | float] = {"stock": self._stock.id, "people": self._without_room}
            self.warnings.append(Warning_("no_room_for_code", params))
        for composer in self._composers.values():
            self.warnings += composer.warnings
        return Result(self._document.finish(), self._document.pages, tuple(self.warnings))

    def _layout(self, length: int) -> qr.Layout:
        try:
            return qr.layout(self._address, length)
        except DataOverflowError as wrong:
            raise self._host_too_long(length, _SIZES[-1]) from wrong

    def _frame(self, length: int) -> Frame:
        first = self._stock.cell(0)
        width, height = (first.height, first.width) if self._turn else (first.width, first.height)
        modules = self._layouts[length].size if length else 0
        made = frame(width, height, modules, dots=self._options.dots)
        if modules and not made.code:
            fitting = [size for size in _SIZES if frame(width, height, size, dots=self._options.dots).code]
            if fitting and fitting[-1] >= _USUAL_SIZE:
                raise self._host_too_long(length, fitting[-1])
        return made

    def _host_too_long(self, length: int, highest_size: int) -> PrintRefused:
        host = self._address.host
        longest = qr.longest_host(self._address, length, highest_size)
        return PrintRefused("host_too_long", host=host.lower(), length=len(host), longest=longest)

    def _note_code(self, words: Wording) -> None:
        if not words.code:
            self.warnings.append(Warning_("no_code", {"name": words.name}))
            return
        if words.code in self._seen:
            other = self._seen[words.code]
            self.warnings.append(Warning_("same_code", {"name": words.name, "other": other}))
        self._seen.setdefault(words.code, words.name)
        if not self._composers[len(words.code)].frame.code:
            self._without_room += 1

    def _band(self, role: Role, made: Frame) -> str:
        key = role, made.band
        if key not in self._bands:
            name = self._bands[key] = f"b{len(self._bands)}"  # short: it stands on every page
            word = clean(self._options.words.for_role(role))
            operators, is_cut = _band(self._document, made, role, word, self._options.black_only)
            self._document.define(name, made.width, made.height, operators)
            if is_cut:
                self.warnings.append(Warning_("shortened", {"name": word, "field": "role"}))
        return self._bands[key]

    def _places(self) -> list[Place]:
        if self._slot == self._stock.per_sheet:
            self._close_page()
            self._slot = 0
        if not self._is_page_open and self._stock.kind == "cut":
            with self._document.placed(self._document.whole_page()):
                self._document.use("c")
        self._is_page_open = True
        cells = range(self._stock.labels) if self._stock.fold else (self._slot,)
        self._slot += 1
        return [
            Place(self._stock.cell(cell), 180 if self._stock.is_turned(cell) else self._turn)
            for cell in cells
        ]

    def _close_page(self) -> None:
        if self._is_page_open:
            self._document.next_page()
        self._is_page_open = False


def _band(document: Document, made: Frame, role: Role, word: str, black_only: bool) -> tuple[str, bool]:
    """The band: ground, shape, word, wordmark; and whether the word was cut. In black only a rule below."""
    band = made.band
    bottom = made.height - band.height
    ground, ink = (WHITE, BLACK) if black_only else BANDS[role]
    mark = band.height * 0.57
    mark_width = mark * WORDMARK.width / WORDMARK.height
    margin = made.names.x
    shape = band.height * 0.5
    text_x = margin + shape * 1.3
    fonts = document.fonts
    room = band.width - margin - text_x - mark_width - 2
    has_mark = room > 14  # on the narrowest band the word matters more
    fitted = fit(
        fonts,
        fonts.bold,
        word,
        room if has_mark else room + mark_width + 2,
        largest=band.height * 1.21,
        smallest=4,
    )
    base = bottom + band.height / 2 - 0.357 * fitted.size * PT
    parts = [
        draw.line(0, bottom, band.width, bottom, 0.5)
        if black_only
        else f"{draw.colour(ground)} {draw.box(0, bottom, band.width, band.height)}",
        draw.colour(ink),
        draw.filled(SHAPES[role], margin, bottom + (band.height - shape) / 2, shape),
        *(document.text(fonts.bold, fitted.size, text_x, base, line) for line in fitted.lines),
    ]
    if has_mark:
        right = band.width - margin - mark_width
        parts.append(draw.filled(WORDMARK, right, bottom + (band.height - mark) / 2, mark))
    return "q " + "\n".join(parts) + " Q", fitted.is_cut


def _cut_marks(stock: Stock) -> str:
    """Small crosses where four labels meet, and ticks at the page's edge."""
    marks = []
    xs = {round(edge, 3) for cell in _cells(stock) for edge in (cell.x, cell.x + cell.width)}
    ys = {round(edge, 3) for cell in _cells(stock) for edge in (cell.y, cell.y + cell.height)}
    for x in sorted(xs):
        for y in sorted(ys):
            up = stock.page_h - y
            marks += [draw.line(x - 1.5, up, x + 1.5, up, 0.09), draw.line(x, up - 1.5, x, up + 1.5, 0.09)]
    return "\n".join(marks)


def _cells(stock: Stock) -> list[Rect]:
    return [stock.cell(index) for index in range(stock.labels)]
