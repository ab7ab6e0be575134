"""Posters for the wall and the door, and a sheet of codes to test a door with.

A poster is one page with one large code that any phone reads from two metres, and everything it says in words
for those who do not scan. All texts are handed in, in the language of the meeting.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from qrcode.exceptions import DataOverflowError

from printables import address as addresses
from printables import checks, draw, qr
from printables.colours import BANDS, Pair
from printables.draw import Document
from printables.errors import Param, PrintRefused
from printables.marks import SHAPES, WORDMARK, Drawing
from printables.model import Result, Role, Warning_
from printables.paper import PaperWords
from printables.qr import Picture
from printables.text import LEADING, PT, Face, Fitted, FontSet, clean, fit, wrap
from printables.wifi import Network, payload

_MARGIN = 18.0
_BAND = 26.0
_MODULE = 4.0  # read from two metres
_SMALLEST_MODULE = 1.5
_EDGE = 7.0  # what printers leave white
_USUAL_SIDE = 125.0
_STEP, _NOTE = 17.0, 11.0
_FOOT = 10.0


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says: heading, what the code holds, the same to read (`link`), steps, a small note."""

    heading: str
    code: str
    link: str
    steps: tuple[str, ...] = ()
    note: str = ""
    language: str = "en"
    paper: str = "a4"


@dataclass(frozen=True, slots=True)
class TrialCode:
    """A code to try a door with, and the name it belongs to."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class TrialSheet:
    """Codes to try scanners and a door with, each marked with `word`, lest they be taken for badges."""

    title: str
    codes: tuple[TrialCode, ...]
    base_url: str
    word: str = "TEST"
    force_address: bool = False
    language: str = "en"
    paper: str = "a4"


class _Said(NamedTuple):
    """What stands below the code, for those who do not scan: the text, and a word before it (or none)."""

    text: str
    word: str = ""


class _Look(NamedTuple):
    """The shape and the colours of the band."""

    shape: Drawing
    band: Pair


_JOIN = _Look(SHAPES[Role.MEMBER], BANDS[Role.MEMBER])
_DOOR = _Look(SHAPES[Role.VISITOR], BANDS[Role.VISITOR])
_WIFI = _Look(SHAPES[Role.HOST], BANDS[Role.HOST])


def join_poster(poster: Poster, fonts: FontSet) -> Result:
    """The poster by which phones join the meeting. Raises `PrintRefused` where the texts do not fit."""
    return _Poster(poster, fonts, _JOIN, poster.code, (_Said(poster.link),)).drawn()


def door_poster(poster: Poster, fonts: FontSet) -> Result:
    """The poster for checking in at the door. Raises `PrintRefused` where the texts do not fit."""
    return _Poster(poster, fonts, _DOOR, poster.code, (_Said(poster.link),)).drawn()


def wifi_poster(poster: Poster, network: Network, fonts: FontSet, words: PaperWords | None = None) -> Result:
    """The poster by which phones join the venue's network; its name and password stand below in letters.

    The poster's own `code` and `link` are not used. Raises `PrintRefused` for a network that cannot be, and where
    the texts do not fit.
    """
    words = words or PaperWords()
    password = _Said(network.password, words.password) if network.password else _Said(words.open_network)
    said = _Said(network.name, words.network), password
    return _Poster(poster, fonts, _WIFI, payload(network), said).drawn()


def trial_sheet(sheet: TrialSheet, fonts: FontSet) -> Result:
    """Codes as on badges, twelve a page. Raises `PrintRefused` for an empty list, a bad address or code, and a title
    that two lines do not hold.
    """
    checks.crowd(sheet.codes)
    width, height = checks.paper(sheet.paper)
    address = addresses.parse(sheet.base_url, force=sheet.force_address)
    title = clean(sheet.title)
    heading = fit(fonts, fonts.bold, title, width - 2 * _MARGIN, largest=18, smallest=11, lines=2)
    if heading.is_cut:
        raise PrintRefused("text_too_long", text=title)
    step = heading.size * PT * LEADING
    document = Document(width, height, title=title, language=sheet.language, fonts=fonts)
    warnings: list[Warning_] = []
    for first in range(0, len(sheet.codes), 12):
        with document.placed(document.whole_page()):
            for at, line in enumerate(heading.lines):
                document.put(document.text(fonts.bold, heading.size, _MARGIN, height - 15 - at * step, line))
            for slot, entry in enumerate(sheet.codes[first : first + 12]):
                row, column = divmod(slot, 3)
                corner = 12 + column * (width - 24) / 3, height - 88 - row * 62
                warnings += checks.letters(fonts, entry.name, clean(entry.name))
                name = fit(fonts, fonts.regular, clean(entry.name), 56, largest=11, smallest=7)
                if name.is_cut:
                    warnings.append(Warning_("shortened", {"name": entry.name, "field": "name"}))
                document.put(_trial_code(document, entry, name, address, clean(sheet.word), corner))
        document.next_page()
    return Result(document.finish(), document.pages, tuple(warnings))


def _trial_code(
    document: Document, entry: TrialCode, name: Fitted, address: addresses.Address, word: str,
    corner: tuple[float, float],
) -> str:  # fmt: skip
    """A code with its mark above and its letters and name below."""
    x, y = corner
    fonts = document.fonts
    code = addresses.clean_code(entry.code)
    if not addresses.CODE.fullmatch(code):
        raise PrintRefused("bad_code", name=entry.name, typed=entry.code)
    picture = qr.generic(address.payload(code), "Q")
    module = 44.0 / (picture.size + 2 * qr.QUIET)
    parts = [
        draw.open_code(picture.operators(), x, y + 12, module) + "\nQ",
        document.text(fonts.bold, 14, x + 3.5, y + 57, word),
        document.text(fonts.bold, 9, x + 3.5, y + 9.5, addresses.grouped(code)),
        *(document.text(fonts.regular, name.size, x + 3.5, y + 4.5, line) for line in name.lines),
    ]
    return "\n".join(parts)


class _Piece(NamedTuple):
    """A line of text at x (`None`: in the middle), its base line `down` below the top of its row."""

    face: Face
    size: float
    x: float | None
    down: float
    text: str


class _Row(NamedTuple):
    """Pieces that stand together, and how high they are."""

    height: float
    pieces: tuple[_Piece, ...]


class _Poster:
    """One poster: band, heading, code, what is said below it, steps, note. The code gets what room is left."""

    def __init__(self, poster: Poster, fonts: FontSet, look: _Look, code: str, said: tuple[_Said, ...]) -> None:
        self._width, self._height = checks.paper(poster.paper)
        self._room = self._width - 2 * _MARGIN
        self._poster, self._fonts, self._look, self._code = poster, fonts, look, code
        self._said = [_Said(clean(one.text), clean(one.word)) for one in said]
        self._heading = clean(poster.heading)
        self._document = Document(self._width, self._height, title=self._heading, language=poster.language, fonts=fonts)
        texts = [self._heading, poster.note, *poster.steps, *(part for one in self._said for part in one)]
        self._warnings = [one for text in texts for one in checks.letters(fonts, self._heading, clean(text))]

    def drawn(self) -> Result:
        """The finished poster."""
        below = [*self._spoken(), *self._steps(), *self._note()]
        room = self._height - _BAND - 12 - sum(row.height for row in below) - _FOOT
        title, picture, side = self._titled(room)
        top = self._height - _BAND - 12
        heading = _lines(self._document, self._fonts.bold, title.size, title.lines, top)
        top -= title.height + 2
        module = side / (picture.size + 2 * qr.QUIET)
        code = draw.open_code(picture.operators(), (self._width - side) / 2, top - side, module) + "\nQ"
        with self._document.placed(self._document.whole_page()):
            for part in (self._band(), heading, code, *self._rows(below, top - side)):
                self._document.put(part)
        self._document.next_page()
        return Result(self._document.finish(), self._document.pages, tuple(self._warnings))

    def _band(self) -> str:
        ground, ink = self._look.band
        bottom = self._height - _BAND
        mark = 13.0
        mark_x = self._width - _MARGIN - mark * WORDMARK.width / WORDMARK.height
        parts = [
            "q " + draw.colour(ground),
            draw.box(0, bottom, self._width, _BAND),
            draw.colour(ink),
            draw.filled(self._look.shape, _MARGIN, bottom + 7, 12),
            draw.filled(WORDMARK, mark_x, bottom + 6, mark),
            "Q",
        ]
        return "\n".join(parts)

    def _titled(self, room: float) -> tuple[Fitted, Picture, float]:
        """Heading, code and its side: the heading gives way where modules of 4 mm need the room."""
        for largest, lines in ((46.0, 2), (46.0, 1), (30.0, 1)):
            title = fit(
                self._fonts, self._fonts.bold, self._heading, self._room, largest=largest, smallest=20, lines=lines
            )
            picture, side = self._picture(room - title.height - 2)
            if not title.is_cut and side / (picture.size + 2 * qr.QUIET) >= _MODULE:
                return title, picture, side
        title = fit(self._fonts, self._fonts.bold, self._heading, self._room, largest=46, smallest=20, lines=2)
        if title.is_cut:
            raise PrintRefused("text_too_long", text=self._heading)
        picture, side = self._picture(room - title.height - 2)
        module = side / (picture.size + 2 * qr.QUIET)
        if module < _SMALLEST_MODULE:
            raise PrintRefused("text_too_long", text=self._heading)
        smallest: dict[str, Param] = {"name": self._heading, "module": round(module, 1)}
        self._warnings.append(Warning_("small_code", smallest))
        return title, picture, side

    def _picture(self, room: float) -> tuple[Picture, float]:
        """The code and its side: modules of 4 mm where it can have them, rather with less correction than smaller."""
        widest = min(room, self._width - 2 * _EDGE)
        for level in ("M", "L"):
            picture = self._encoded(level)
            modules = picture.size + 2 * qr.QUIET
            if widest / modules >= _MODULE:
                return picture, min(widest, max(_MODULE * modules, _USUAL_SIDE))
        return picture, widest

    def _encoded(self, level: str) -> Picture:
        try:
            return qr.generic(self._code, level)
        except (DataOverflowError, ValueError) as wrong:  # more than any code holds
            raise PrintRefused("text_too_long", text=self._code) from wrong

    def _rows(self, rows: Iterable[_Row], top: float) -> Iterator[str]:
        for row in rows:
            for face, size, x, down, text in row.pieces:
                if x is None:
                    yield self._document.centred(face, size, self._width / 2, top - down, text)
                else:
                    yield self._document.text(face, size, x, top - down, text)
            top -= row.height

    def _spoken(self) -> list[_Row]:
        """What the code says, in letters: alone in the middle, or each with its word before it."""
        fonts, rows = self._fonts, []
        wide = max(fonts.width(fonts.regular, one.word) for one in self._said) * 12 * PT + 5
        for one in self._said:
            is_alone = len(self._said) == 1
            x = None if is_alone else _MARGIN + wide
            room = self._room - (0 if is_alone else wide)
            fitted = fit(fonts, fonts.bold, one.text, room, largest=26, smallest=9)
            if fitted.is_cut or not fitted.lines:
                raise PrintRefused("text_too_long", text=one.text)
            word = _Piece(fonts.regular, 12, _MARGIN, 8, one.word)
            rows.append(_Row(16 if is_alone else 12.5, (word, _Piece(fonts.bold, fitted.size, x, 8, fitted.lines[0]))))
        return [*rows, _Row(3, ())]

    def _steps(self) -> list[_Row]:
        fonts, rows = self._fonts, []
        for number, step in enumerate(self._poster.steps, start=1):
            lines = self._wrapped(step, _STEP, self._room - 9)
            mark = _Piece(fonts.bold, _STEP, _MARGIN, _STEP * PT, f"{number}")
            texts = [
                _Piece(fonts.regular, _STEP, _MARGIN + 9, (1 + 1.3 * at) * _STEP * PT, line)
                for at, line in enumerate(lines)
            ]
            rows.append(_Row(len(lines) * _STEP * PT * 1.3 + 1.5, (mark, *texts)))
        return rows

    def _note(self) -> list[_Row]:
        step, lines = _NOTE * PT * LEADING, self._wrapped(self._poster.note, _NOTE, self._room)
        rows = [_Row(step, (_Piece(self._fonts.regular, _NOTE, _MARGIN, step, line),)) for line in lines]
        return [_Row(2, ()), *rows] if rows else []

    def _wrapped(self, text: str, size: float, room: float) -> tuple[str, ...]:
        lines = wrap(self._fonts, self._fonts.regular, clean(text), room, size)
        for line in lines:
            if self._fonts.width(self._fonts.regular, line) * size * PT > room:
                raise PrintRefused("text_too_long", text=line)
        return lines


def _lines(document: Document, face: Face, size: float, lines: Iterable[str], top: float) -> str:
    step = size * PT * LEADING
    first = top - size * PT
    return "\n".join(document.text(face, size, _MARGIN, first - at * step, line) for at, line in enumerate(lines))
