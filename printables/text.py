"""Letters: which font has them, how wide they are, and how a name is made to fit.

Names are printed as typed, letter by letter: no mark-up is ever read into them. A text is brought to
Unicode's composed form, invisible control characters go and any white space becomes one space; nothing
else is changed. Widths and heights are in ems until a size is known; sizes are in points, lengths in
mm.
"""

import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from printables.errors import PrintRefused

PT = 25.4 / 72  # mm in a point
LEADING = 1.12
ELLIPSIS = "…"
# Scripts whose letters change shape or direction with their neighbours; we set letters one by one.
_SHAPED = re.compile(
    "[\u0590-\u0dff\u0f00-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff]"
)
_BREAK = re.compile(r" |(?<=\w[-‐–])(?=\w)")
_DROPPED = ("Cc", "Cf")


def clean(text: str) -> str:
    """A text as it is printed: composed, without control characters, white space as single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if letter.isspace():
            letters.append(" ")
        elif category == "Cs":
            letters.append("\ufffd")  # half a character, from broken input: shown as unreadable
        elif category not in _DROPPED:
            letters.append(letter)
    return " ".join("".join(letters).split())


def needs_shaping(text: str) -> bool:
    """Whether the text is in a script that this package can only print letter by letter."""
    return not text.isascii() and _SHAPED.search(text) is not None


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
        """Read a font; raises `PrintRefused("unreadable_font")`."""
        self.name = f"{kind}-{sha256(data).hexdigest()[:16]}"
        try:
            # Only the letters in use are embedded, not all of ASCII: a single badge stays small.
            self.font = TTFont(self.name, BytesIO(data), asciiReadable=False)
        except (TTFError, struct.error, ValueError, KeyError, IndexError) as wrong:
            raise PrintRefused("unreadable_font", font=kind) from wrong
        pdfmetrics.registerFont(self.font)
        self.letters = frozenset(chr(code) for code in self.font.face.charToGlyph if code > 31)
        self._widths = _Widths(self.font)
        self._extents: dict[str, tuple[float, float]] = {}

    def covers(self, text: str) -> bool:
        """Whether the font has every letter of the text."""
        return self.letters.issuperset(text)

    def width(self, text: str) -> float:
        """Width in ems."""
        widths = self._widths
        return sum([widths[letter] for letter in text])

    def extent(self, text: str) -> tuple[float, float]:
        """How far the ink reaches above and below the base line, in ems."""
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


class FontSet:
    """A regular and a bold font, and fonts for letters that these lack. Load it once."""

    def __init__(self, regular: bytes, bold: bytes, fallbacks: Iterable[bytes] = ()) -> None:
        """Read the fonts (TrueType bytes); raises `PrintRefused("unreadable_font")`."""
        self.regular = Face(regular, kind="regular")
        self.bold = Face(bold, kind="bold")
        self.fallbacks = tuple(Face(data, kind="fallback") for data in fallbacks)
        self._letters = self.regular.letters.intersection(self.bold.letters)
        for face in self.fallbacks:
            self._letters |= face.letters

    def missing(self, text: str) -> str:
        """The letters no font has, each once, in their order."""
        if self._letters.issuperset(text):
            return ""
        return "".join(dict.fromkeys(letter for letter in text if letter not in self._letters))

    def runs(self, face: Face, text: str) -> list[tuple[Face, str]]:
        """The text in pieces of one font each, `face` wherever it has the letters."""
        if face.covers(text):
            return [(face, text)] if text else []
        return [(one, "".join(letters)) for one, letters in groupby(text, lambda c: self._face(face, c))]

    def _face(self, face: Face, letter: str) -> Face:
        if letter in face.letters:
            return face
        return next((one for one in self.fallbacks if letter in one.letters), face)

    def width(self, face: Face, text: str) -> float:
        """Width in ems, fallback fonts included."""
        if face.covers(text):
            return face.width(text)
        return sum(one.width(piece) for one, piece in self.runs(face, text))


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
    kept = ""
    for letter in line:
        room -= fonts.width(face, letter)
        if room < 0:
            break
        kept += letter
    return kept.rstrip() + ELLIPSIS
