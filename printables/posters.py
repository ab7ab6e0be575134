"""Posters for the wall and the door, and a sheet of codes to test a door with.

A poster is one page with one large code that any phone reads from two metres, and everything it says in words
for those who do not scan. All texts are handed in, in the language of the meeting.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from printables import address as addresses
from printables import checks, draw, qr
from printables.badges import BANDS
from printables.draw import Colour, Document
from printables.errors import PrintRefused
from printables.marks import SHAPES, WORDMARK, Drawing
from printables.model import Result, Role, Warning_
from printables.text import LEADING, PT, Face, Fitted, FontSet, clean, fit, wrap

_MARGIN = 18.0
_BAND = 26.0


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


def join_poster(poster: Poster, fonts: FontSet) -> Result:
    """The poster by which phones join the meeting. Raises `PrintRefused` where the texts do not fit."""
    return _poster(poster, fonts, SHAPES[Role.MEMBER], BANDS[Role.MEMBER])


def door_poster(poster: Poster, fonts: FontSet) -> Result:
    """The poster for checking in at the door. Raises `PrintRefused` where the texts do not fit."""
    return _poster(poster, fonts, SHAPES[Role.VISITOR], BANDS[Role.VISITOR])


def trial_sheet(sheet: TrialSheet, fonts: FontSet) -> Result:
    """Codes as on badges, twelve a page. Raises `PrintRefused` for an empty list, a bad address or code."""
    if not sheet.codes:
        raise PrintRefused("nobody")
    width, height = checks.paper(sheet.paper)
    address = addresses.parse(sheet.base_url, force=sheet.force_address)
    title = clean(sheet.title)
    document = Document(width, height, title=title, language=sheet.language, fonts=fonts)
    warnings: list[Warning_] = []
    for first in range(0, len(sheet.codes), 12):
        with document.placed(document.whole_page()):
            document.put(document.text(fonts.bold, 18, _MARGIN, height - 15, title))
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


def _poster(poster: Poster, fonts: FontSet, shape: Drawing, band: tuple[Colour, Colour]) -> Result:
    width, height = checks.paper(poster.paper)
    heading = clean(poster.heading)
    document = Document(width, height, title=heading, language=poster.language, fonts=fonts)
    texts = [heading, poster.link, poster.note, *poster.steps]
    warnings = [one for text in texts for one in checks.letters(fonts, heading, clean(text))]
    with document.placed(document.whole_page()):
        document.put(_poster_band(document, shape, band))
        top = height - _BAND - 12
        for part, used in _poster_parts(document, poster, heading, top):
            document.put(part)
            top -= used
    document.next_page()
    if top < 10:
        raise PrintRefused("text_too_long", text=heading)
    return Result(document.finish(), document.pages, tuple(warnings))


def _poster_band(document: Document, shape: Drawing, band: tuple[Colour, Colour]) -> str:
    ground, ink = band
    bottom = document.height - _BAND
    mark = 13.0
    mark_x = document.width - _MARGIN - mark * WORDMARK.width / WORDMARK.height
    parts = [
        "q " + draw.colour(ground),
        draw.box(0, bottom, document.width, _BAND),
        draw.colour(ink),
        draw.filled(shape, _MARGIN, bottom + 7, 12),
        draw.filled(WORDMARK, mark_x, bottom + 6, mark),
        "Q",
    ]
    return "\n".join(parts)


def _poster_parts(
    document: Document, poster: Poster, heading: str, top: float
) -> Iterator[tuple[str, float]]:
    """Operators of each part, from the top down, with the height it takes."""
    fonts, middle = document.fonts, document.width / 2
    room = document.width - 2 * _MARGIN
    title = fit(fonts, fonts.bold, heading, room, largest=46, smallest=20, lines=2)
    if title.is_cut:
        raise PrintRefused("text_too_long", text=heading)
    yield _lines(document, fonts.bold, title.size, title.lines, top), title.height + 2
    top -= title.height + 2
    picture = qr.generic(poster.code)
    taken = sum(len(lines) for lines in _step_lines(document, poster)) * 17 * PT * 1.3
    side = min(125.0, top - 30 - taken - (12 if poster.note else 0))
    if side < 60:
        raise PrintRefused("text_too_long", text=heading)
    module = side / (picture.size + 2 * qr.QUIET)
    code = draw.open_code(picture.operators(), middle - side / 2, top - side, module) + "\nQ"
    yield code, side
    top -= side
    link = fit(fonts, fonts.bold, clean(poster.link), room, largest=26, smallest=9)
    if link.is_cut:
        raise PrintRefused("text_too_long", text=poster.link)
    base = top - 8
    yield "\n".join(document.centred(fonts.bold, link.size, middle, base, line) for line in link.lines), 20
    top -= 20
    for number, lines in enumerate(_step_lines(document, poster), start=1):
        height = len(lines) * 17 * PT * 1.3 + 1.5
        mark = document.text(fonts.bold, 17, _MARGIN, top, f"{number}")
        text = _lines(document, fonts.regular, 17, lines, top + 17 * PT, x=_MARGIN + 9, leading=1.3)
        yield f"{mark}\n{text}", height
        top -= height
    if poster.note:
        note = wrap(fonts, fonts.regular, clean(poster.note), room, 11)
        yield _lines(document, fonts.regular, 11, note, top - 1), len(note) * 11 * PT * LEADING + 1


def _step_lines(document: Document, poster: Poster) -> list[tuple[str, ...]]:
    room = document.width - 2 * _MARGIN - 9
    fonts = document.fonts
    steps = [wrap(fonts, fonts.regular, clean(step), room, 17) for step in poster.steps]
    for step in steps:
        for line in step:
            if fonts.width(fonts.regular, line) * 17 * PT > room:
                raise PrintRefused("text_too_long", text=line)
    return steps


def _lines(
    document: Document, face: Face, size: float, lines: tuple[str, ...], top: float, *,
    x: float = _MARGIN, leading: float = LEADING,
) -> str:  # fmt: skip
    step = size * PT * leading
    first = top - size * PT
    return "\n".join(document.text(face, size, x, first - row * step, line) for row, line in enumerate(lines))
