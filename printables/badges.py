"""Badges on label sheets, inserts, cards and rolls.

`render` prints everybody in the order given, one label each, from the label asked for. A folded stock
carries the same badge on every face, or its back on some. The code on a badge is `base_url` + `/B/` + the
person's code.
"""

from collections.abc import Sequence

from qrcode.exceptions import DataOverflowError

from printables import address as addresses
from printables import bands, checks, draw, duplex, qr
from printables.address import Address
from printables.backs import Backs
from printables.compose import Composer, Wording, wording
from printables.draw import Document
from printables.errors import PrintRefused
from printables.frame import Frame, frame, is_turned
from printables.imposition import Art, Pages
from printables.model import Back, BadgeOptions, Person, Result, Role, Warning_
from printables.stocks import Rect, Stock, find
from printables.text import FontSet, clean

MOST_OFFSET_MM = 15.0
_SIZES = (21, 25, 29, 33, 37, 41)  # modules of versions 1 to 6
_USUAL_SIZE = 29  # holds any host of up to 31 characters; a label with no room for it has no code


def render(people: Sequence[Person], options: BadgeOptions, fonts: FontSet) -> Result:
    """The badges of these people as one PDF.

    Raises `PrintRefused`, before anything is drawn, for an unknown or impossible stock, a base address
    that is missing, bare or too long, an empty or endless list, somebody without a name, a code that
    cannot be printed, and offsets or a first label outside the sheet.
    """
    return _rendered(people, options, fonts, outlined=False)


def trial(people: Sequence[Person], options: BadgeOptions, fonts: FontSet) -> Result:
    """A test page before the first batch: the longest name of these people, the shortest, and the most accents.

    The edges of all labels are drawn, to see whether the print fits the sheet. Refused as `render`.
    """
    checks.crowd(people)
    return _rendered(_hardest(people, fonts), options, fonts, outlined=True)


def _hardest(people: Sequence[Person], fonts: FontSet) -> list[Person]:
    """Up to three people, each once."""
    left = list(people)
    found = []
    for measure in (
        lambda name: fonts.width(fonts.bold, name),
        lambda name: -fonts.width(fonts.bold, name),
        lambda name: sum(not letter.isascii() for letter in name),
    ):
        if left:
            found.append(max(left, key=lambda one: measure(clean(one.name))))
            left.remove(found[-1])
    return found


def _rendered(people: Sequence[Person], options: BadgeOptions, fonts: FontSet, *, outlined: bool) -> Result:
    stock = find(options.stock, options.length_mm)
    _check(people, options, stock)
    address = addresses.parse(options.base_url, force=options.force_address)
    texts = [_worded(position, person) for position, person in enumerate(people, start=1)]
    job = _Job(options, stock, address, fonts, {len(words.code) for words in texts}, outlined=outlined)
    if address.is_local:
        job.warnings.append(Warning_("local_address", {"base_url": options.base_url}))
    for person, words in zip(people, texts, strict=True):
        job.add(person, words)
    return job.finish()


def _check(people: Sequence[Person], options: BadgeOptions, stock: Stock) -> None:
    checks.crowd(people)
    if not 1 <= options.start_at <= stock.per_sheet:
        raise PrintRefused("start_at_outside", start_at=options.start_at, labels=stock.per_sheet)
    if (
        max(abs(options.dx), abs(options.dy), abs(options.back_dx), abs(options.back_dy)) > MOST_OFFSET_MM
        or not 0.95 <= options.scale <= 1.05
    ):
        raise PrintRefused("offset_outside", most=MOST_OFFSET_MM)
    if options.dots is not None and not 150 <= options.dots <= 2400:
        raise PrintRefused("bad_dots", dots=options.dots)
    if options.back:
        _check_backs(people, options.back, stock)


def _check_backs(people: Sequence[Person], back: Back, stock: Stock) -> None:
    duplex.check(stock)
    for person in people:
        if back.rounds and person.seats and len(person.seats) != len(back.rounds):
            raise PrintRefused("seats_missing", name=person.name, seats=len(person.seats), rounds=len(back.rounds))


def _worded(position: int, person: Person) -> Wording:
    words = wording(person, addresses.clean_code(person.code))
    if not words.given:
        raise PrintRefused("nameless", position=position)
    if words.code and not addresses.CODE.fullmatch(words.code):
        raise PrintRefused("bad_code", name=words.name, typed=person.code)
    return words


class _Job:
    """One print job: its frames (one a length of code), bands (one a role and frame), backs, and pages."""

    def __init__(
        self,
        options: BadgeOptions,
        stock: Stock,
        address: Address,
        fonts: FontSet,
        lengths: set[int],
        *,
        outlined: bool,
    ) -> None:
        self.warnings: list[Warning_] = []
        self._options, self._stock, self._address = options, stock, address
        cell = stock.cell(0)
        turn = 90 if is_turned(cell.width, cell.height) else 0
        self._width, self._height = (cell.height, cell.width) if turn else (cell.width, cell.height)
        words = options.words
        self._document = Document(stock.page_w, stock.page_h, title=words.title, language=words.language, fonts=fonts)
        self._layouts = {length: self._layout(length) for length in sorted(lengths) if length}
        frames = {length: self._frame(length) for length in sorted(lengths)}
        self._composers = {length: Composer(self._document, made, words.table) for length, made in frames.items()}
        for length, layout in self._layouts.items():
            self._document.define(f"f{length}", layout.size, layout.size, layout.finders() + "\nf")
        self._bands: dict[tuple[Role, Rect], str] = {}
        self._seen: dict[str, str] = {}
        self._without_room = 0
        self._backs = self._made_backs(options.back) if options.back else None
        self._pages = Pages(self._document, stock, options, turn, outlined=outlined)

    def add(self, person: Person, words: Wording) -> None:
        """The next label."""
        self._note_code(words)
        composer = self._composers[len(words.code)]
        made = composer.frame
        band = self._band(person.role, made)
        text = composer.badge(words, addresses.grouped(words.code))
        code = ""
        if words.code and made.code:
            bottom = made.height - made.code.y - made.code.height
            rectangles = self._layouts[len(words.code)].operators(words.code)
            code = draw.open_code(rectangles, made.code.x, bottom, made.module)

        def front() -> None:
            self._document.use(band)
            self._document.put(text)
            if code:
                self._document.put(code)
                self._document.use(f"f{len(words.code)}")
                self._document.put("Q")

        self._pages.add(front, self._back(person))

    def finish(self) -> Result:
        """Close the last page."""
        self._pages.close()
        if self._without_room:
            params: dict[str, str | int | float] = {"stock": self._stock.id, "people": self._without_room}
            self.warnings.append(Warning_("no_room_for_code", params))
        for composer in self._composers.values():
            self.warnings += composer.warnings
        return Result(self._document.finish(), self._document.pages, tuple(self.warnings))

    def _made_backs(self, back: Back) -> Backs:
        made = Backs(self._document, back, self._width, self._height, black_only=self._options.black_only)
        said = " ".join((back.heading, *(part for line in back.agenda for part in line)))
        self.warnings += checks.letters(self._document.fonts, clean(back.heading), clean(said))
        if not back.rounds:  # the same for everybody: drawn once
            self._document.define("k", self._width, self._height, made.back(()))
        return made

    def _back(self, person: Person) -> Art | None:
        if not self._backs or not self._options.back:
            return None
        if not self._options.back.rounds:
            return lambda: self._document.use("k")
        if not person.seats:
            self.warnings.append(Warning_("no_seats", {"name": person.name}))
        text = self._backs.back(person.seats)
        return lambda: self._document.put(text)

    def _layout(self, length: int) -> qr.Layout:
        try:
            return qr.layout(self._address, length)
        except DataOverflowError as wrong:
            raise self._host_too_long(length, _SIZES[-1]) from wrong

    def _frame(self, length: int) -> Frame:
        width, height = self._width, self._height
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
            band = bands.drawn(self._document, made, role, word, black_only=self._options.black_only)
            self._document.define(name, made.width, made.height, band.operators)
            if band.is_cut:
                self.warnings.append(Warning_("shortened", {"name": word, "field": "role"}))
        return self._bands[key]
