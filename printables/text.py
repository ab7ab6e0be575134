"""Letters: which font has them, how wide they are, and how a name is made to fit.

Names are printed as typed: no mark-up is ever read into them. A text is brought to Unicode's composed form,
invisible control characters go and any white space becomes one space; nothing else is changed. Widths and heights
are in ems until a size is known; sizes are in points, lengths in mm.
"""

import re
import struct
import unicodedata
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from printables import direction, shaping
from printables.errors import PrintRefused
from printables.shaping import FIRST_PRIVATE, JOINERS, Font, Shaper
from printables.shaping import Placed as Placed

PT = 25.4 / 72  # mm in a point
LEADING = 1.12
ELLIPSIS = "…"
_BREAK = re.compile(r" |(?<=\w[-‐–])(?=\w)")
_DROPPED = ("Cc", "Cf")
# Blank, though Unicode calls them letters or marks: fillers, and what picks a variant of the letter before.
_BLANK = frozenset(map(chr, (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_UNREADABLE = "\ufffd"


def clean(text: str) -> str:
    """A text as it is printed: composed, without control characters, white space as single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    letters: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if letter.isspace():
            letters.append(" ")
        elif category == "Cs":
            letters.append(_UNREADABLE)  # half a character, from broken input: shown as unreadable
        elif (category not in _DROPPED and letter not in _BLANK) or (
            letter in JOINERS and letters and shaping.is_shaped(letters[-1])
        ):
            letters.append(letter)
    return " ".join("".join(letters).split())


def needs_shaping(text: str) -> bool:
    """Whether the text is in a script that can here only be printed letter by letter."""
    return shaping.needs_help(text)


def sort_key(text: str) -> tuple[str, str]:
    """Alphabetical order without regard to capitals and accents, `Ł` beside `L`."""
    folded = text.casefold().translate(_FOLDS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return plain, text


_FOLDS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "þ": "th"})


class _Widths(dict[str, float]):
    def __init__(self, font: TTFont) -> None:
        self._known = font.face.charWidths
        self._default = font.face.defaultWidth

    def __missing__(self, letter: str) -> float:
        width: float = self._known.get(ord(letter), self._default) / 1000
        self[letter] = width
        return width


class Face:
    """One TrueType font. It is known by a digest of its bytes, so loading it twice is the same font."""

    def __init__(self, data: bytes, *, kind: str) -> None:
        """Read a font, the first one of a collection; raises `PrintRefused("unreadable_font")`."""
        self.name = f"{kind}-{sha256(data).hexdigest()[:16]}"
        try:
            self.font = Font(self.name, BytesIO(data))
            self.may_be_embedded = _may_be_embedded(self.font)
        except (TTFError, struct.error, ValueError, KeyError, IndexError) as wrong:
            raise PrintRefused("unreadable_font", font=kind) from wrong
        pdfmetrics.registerFont(self.font)
        pictures = self.font.face.charToGlyph.items()
        self.letters = frozenset(chr(code) for code, picture in pictures if picture and 31 < code < FIRST_PRIVATE)
        # Set one after the other, without a look at their neighbours: nearly every name, and four times as fast.
        self.plain = frozenset(letter for letter in self.letters if not shaping.is_shaped(letter))
        self._data = data
        self._widths = _Widths(self.font)
        self._extents: dict[str, tuple[float, float]] = {}

    @cached_property
    def shaper(self) -> Shaper:
        """HarfBuzz with this font."""
        return Shaper(self.font, self._data)

    def width(self, text: str) -> float:
        """Width in ems of letters set one after the other."""
        widths = self._widths
        return sum([widths[letter] for letter in text])

    def extent(self, text: str) -> tuple[float, float]:
        """How far the ink of letters reaches above and below the base line, in ems."""
        extents = [self._extents.get(letter) or self._extent(letter) for letter in text] or [(0.0, 0.0)]
        return max(above for above, _ in extents), max(below for _, below in extents)

    def _extent(self, letter: str) -> tuple[float, float]:
        face = self.font.face
        glyph = face.charToGlyph.get(ord(letter), 0)
        start, end = face.glyphPos[glyph], face.glyphPos[glyph + 1]
        if start == end:
            above = below = 0.0
        else:
            header = face.get_chunk(face.get_table_pos("glyf")[0] + start, 10)
            _, _, lowest, _, highest = struct.unpack(">5h", header)
            above, below = highest / face.unitsPerEm, -lowest / face.unitsPerEm
        self._extents[letter] = above, below
        return above, below


def _may_be_embedded(font: TTFont) -> bool:
    """Whether the maker allows a part of the font in a document (`fsType` of its table OS/2)."""
    table: bytes = font.face.get_table("OS/2")  # type: ignore[no-untyped-call]  # as the stubs have it
    (permission,) = struct.unpack(">H", table[8:10])
    is_restricted = permission & 0xF == 2
    no_part_of_it = permission & 0x300
    return not (is_restricted or no_part_of_it)


class Run(NamedTuple):
    """A piece of a line in one font, from left to right; `placed` where its letters had to be shaped."""

    face: Face
    letters: str
    placed: Placed | None = None

    @property
    def width(self) -> float:
        """Width in ems."""
        return self.placed.width if self.placed else self.face.width(self.letters)

    @property
    def extent(self) -> tuple[float, float]:
        """How far the ink reaches above and below the base line, in ems."""
        above, below = self.face.extent(self.letters)
        rises = self.placed.rises if self.placed else ()
        return above + max(rises, default=0.0), below - min(rises, default=0.0)


Pair = tuple[Face, Face]
Finder = Callable[[str], Pair | None]
"""Knows a regular and a bold font that have a letter, or that there are none."""


def among(pairs: Sequence[Pair]) -> Finder:
    """Finds letters in these pairs of fonts, the first one first."""

    def find(letter: str) -> Pair | None:
        return next((pair for pair in pairs if all(letter in face.letters for face in pair)), None)

    return find


class FontSet:
    """A regular and a bold font, and whom to ask for letters that these lack. Load it once."""

    def __init__(self, regular: bytes, bold: bytes, more: Finder | None = None) -> None:
        """Read the fonts (TrueType bytes); raises `PrintRefused("unreadable_font")`."""
        self.regular = Face(regular, kind="regular")
        self.bold = Face(bold, kind="bold")
        self._letters = self.regular.letters.intersection(self.bold.letters).union(JOINERS)
        self._more = more or among(())
        self._found: dict[str, Pair | None] = {}

    def with_more(self, more: Finder) -> "FontSet":
        """The same two fonts, and somebody else to ask."""
        asking = copy(self)
        asking._more, asking._found = more, {}
        return asking

    def missing(self, text: str) -> str:
        """The letters no font has, each once, in their order."""
        if self._letters.issuperset(text):
            return ""
        unknown = dict.fromkeys(letter for letter in text if letter not in self._letters)
        return "".join(letter for letter in unknown if self._pair(letter) is None)

    def _pair(self, letter: str) -> Pair | None:
        if letter not in self._found:
            self._found[letter] = self._more(letter)
        return self._found[letter]

    def runs(self, face: Face, text: str) -> list[Run]:
        """A line in pieces of one font each, from left to right, in `face` wherever it has the letters.

        A letter that no font has becomes U+FFFD; `missing` tells which they are.
        """
        if face.plain.issuperset(text):
            return [Run(face, text)] if text else []
        if not (shaping.is_ready() and shaping.is_shaped(text)):
            return [self._plain(face, one, piece) for (one, _), piece in self._pieces(face, text)]
        runs = []
        for stretch, is_leftward in direction.visual(text):
            pieces = self._pieces(face, stretch)
            for (one, script), piece in reversed(pieces) if is_leftward else pieces:
                if is_leftward or script:
                    placed = one.shaper.place(piece, is_leftward=is_leftward)
                    runs.append(Run(one, placed.letters, placed))
                else:
                    runs.append(self._plain(face, one, piece))
        return runs

    def _plain(self, wanted: Face, face: Face, piece: str) -> Run:
        if face.letters.issuperset(piece):
            return Run(face, piece)
        return Run(face, "".join(letter if letter in face.letters else _UNREADABLE for letter in piece))

    def _pieces(self, face: Face, text: str) -> list[tuple[tuple[Face, str], str]]:
        """The text in pieces of one font and one script; marks, joiners and spaces go with the letter before."""
        keys: list[tuple[Face, str]] = []
        for letter in text:
            if keys and self._follows(letter, keys[-1][0]):
                keys.append(keys[-1])
            else:
                keys.append((self._face(face, letter), shaping.script(letter)))
        letters = iter(text)
        return [(key, "".join(next(letters) for _ in same)) for key, same in groupby(keys)]

    @staticmethod
    def _follows(letter: str, face: Face) -> bool:
        if letter in JOINERS:
            return True
        return letter in face.letters and (letter == " " or unicodedata.category(letter) in ("Mn", "Mc"))

    def _face(self, face: Face, letter: str) -> Face:
        if letter in face.letters:
            return face
        pair = self._pair(letter)
        return pair[face is self.bold] if pair else face

    def width(self, face: Face, text: str) -> float:
        """Width of a line in ems, fallback fonts included."""
        if face.plain.issuperset(text):
            return face.width(text)
        return sum(run.width for run in self.runs(face, text))

    def extent(self, face: Face, text: str) -> tuple[float, float]:
        """How far the ink of a line reaches above and below the base line, in ems."""
        if face.plain.issuperset(text):
            return face.extent(text)
        extents = [run.extent for run in self.runs(face, text)]
        return max(above for above, _ in extents), max(below for _, below in extents)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text made to fit: its lines, their size, and whether letters had to go."""

    lines: tuple[str, ...]
    size: float
    is_cut: bool = False

    @property
    def height(self) -> float:
        """Height of the lines in mm."""
        return len(self.lines) * self.size * PT * LEADING


def fit(
    fonts: FontSet, face: Face, text: str, width: float, *, largest: float, smallest: float, lines: int = 1
) -> Fitted:
    """The text in at most two lines of `width` mm, as large as it goes.

    One line at full size where it fits; else two balanced lines, broken at a space or behind a hyphen;
    then the letters shrink; below `smallest` the text is cut with an ellipsis and marked as cut.
    """
    if not text:
        return Fitted((), largest)
    whole = fonts.width(face, text)
    best: Sequence[str] = (text,)
    widest = whole
    if lines > 1 and whole * largest * PT > width:
        for pair in _splits(text):
            longer = max(fonts.width(face, pair[0]), fonts.width(face, pair[1]))
            if longer < widest:
                best, widest = pair, longer
    if widest * largest * PT <= width:
        return Fitted(tuple(best), largest)
    size = width / (widest * PT)
    if size >= smallest:
        return Fitted(tuple(best), size)
    room = width / (smallest * PT)
    return Fitted(tuple(_cut(fonts, face, line, room) for line in best), smallest, is_cut=True)


def wrap(fonts: FontSet, face: Face, text: str, width: float, size: float) -> tuple[str, ...]:
    """The text in as many lines of `width` mm as it needs, broken at spaces."""
    room = width / (size * PT)
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fonts.width(face, longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _splits(text: str) -> list[tuple[str, str]]:
    return [(text[: at.start()], text[at.end() :]) for at in _BREAK.finditer(text)]


def _cut(fonts: FontSet, face: Face, line: str, room: float) -> str:
    if fonts.width(face, line) <= room:
        return line
    room -= fonts.width(face, ELLIPSIS)
    shortest, longest = 0, len(line) - 1
    while shortest < longest:  # the whole is measured each time: shaped letters have no width of their own
        middle = (shortest + longest + 1) // 2
        if fonts.width(face, line[:middle]) <= room:
            shortest = middle
        else:
            longest = middle - 1
    while shortest and unicodedata.combining(line[shortest]):  # no letter without its marks
        shortest -= 1
    return line[:shortest].rstrip() + ELLIPSIS
