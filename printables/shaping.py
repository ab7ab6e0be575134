"""Scripts whose letters change shape or place with their neighbours: Arabic, Hebrew, the scripts of India and more.

HarfBuzz decides which pictures of a font stand for such a text and where; a PDF is then given each picture under a
letter of private use, together with the text it stands for, so that the name can be copied out of the file as it
was typed. Where HarfBuzz is not installed (there is none ready for every processor) these scripts are printed
letter by letter, and `needs_help` says so.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Any, NamedTuple

from reportlab.pdfbase.ttfonts import TTFont

try:
    import uharfbuzz as harfbuzz
except ImportError:  # pragma: no cover - where there is no wheel for the processor
    harfbuzz = None

FIRST_PRIVATE = 0xF0000  # two planes of letters that mean nothing to anybody else
JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner: invisible, but letters of these scripts look different beside them."""
_SHAPED = re.compile(
    "[\u0590-\u0fff\u1000-\u109f\u1700-\u17ff\u1800-\u18af\u1900-\u1cff\ua800-\ua8ff\ua900-\uaaff\uabc0-\uabff"
    "\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001efff]"
)
_PER_BLOCK = 100  # the PDF standard allows no more entries in one block of a table of letters


def is_ready() -> bool:
    """Whether HarfBuzz is installed."""
    return harfbuzz is not None


def is_shaped(text: str) -> bool:
    """Whether the text has letters of such a script."""
    return not text.isascii() and _SHAPED.search(text) is not None


def needs_help(text: str) -> bool:
    """Whether the text is in a script that can here only be printed letter by letter."""
    return not is_ready() and is_shaped(text)


def script(letter: str) -> str:
    """The script of a letter that is shaped, as Unicode names it; empty for every other letter."""
    if not _SHAPED.match(letter):
        return ""
    return unicodedata.name(letter, "OTHER").split()[0]


class Placed(NamedTuple):
    """A shaped text: one private letter a picture, from left to right, and where each stands, in ems."""

    letters: str
    gaps: tuple[float, ...]  # room to leave before each picture, beyond where the last one ended
    rises: tuple[float, ...]  # how far each stands above the base line
    rest: float  # room to leave after the last one
    width: float


class Font(TTFont):
    """A TrueType font that can embed pictures which no letter stands for, and that says what each means."""

    def __init__(self, name: str, file: Any) -> None:
        """Read a font; only the letters in use will be embedded, which keeps a single badge small."""
        super().__init__(name, file, asciiReadable=False)
        self._texts: dict[int, str] = {}
        self._private: dict[tuple[int, str], str] = {}

    def letter(self, picture: int, text: str, width: float) -> str:
        """The private letter of a picture (a glyph's number) that stands for this text; `width` in ems."""
        known = self._private.get((picture, text))
        if known is None:
            code = FIRST_PRIVATE + len(self._private)
            known = self._private[picture, text] = chr(code)
            self._texts[code] = text
            self.face.charToGlyph[code] = picture
            self.face.charWidths[code] = width * 1000
        return known

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab calls it by this name
        """As reportlab does, but with a table of letters that also holds private ones and rare ones."""
        subsets = self.state[doc].subsets
        names = [self.getSubsetInternalName(at, doc)[1:] for at in range(len(subsets))]
        super().addObjects(doc)
        for name, subset in zip(names, subsets, strict=True):
            embedded = doc.idToObject["BasicFonts"].dict[name].BaseFont
            doc.idToObject[f"toUnicodeCMap:{embedded}"].content = self._table(embedded, subset)

    def _table(self, name: str, codes: list[int]) -> str:
        """The text of each byte. reportlab's own spoils letters beyond U+FFFF and overfills its blocks."""
        entries = [
            f"<{at:02X}> <{self._texts.get(code, chr(code)).encode('utf-16-be').hex().upper()}>"
            for at, code in enumerate(codes)
            if code and (code != 32 or at == 32)
        ]
        blocks = [entries[at : at + _PER_BLOCK] for at in range(0, len(entries), _PER_BLOCK)]
        lines = [
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def\n/CMapType 2 def",
            "1 begincodespacerange\n<00> <FF>\nendcodespacerange",
            *("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks),
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend",
        ]
        return "\n".join(lines)


class Shaper:
    """HarfBuzz with one font."""

    def __init__(self, font: Font, data: bytes) -> None:
        """Shape with this font, whose file is `data`."""
        self._font = font
        self._shaped: dict[tuple[str, bool], Placed] = {}
        self._engine: Any = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob(data)))
        self._em: float = self._engine.face.upem

    def place(self, text: str, *, is_leftward: bool) -> Placed:
        """The pictures of a text in one script and one direction."""
        known = self._shaped.get((text, is_leftward))
        if known is None:
            if len(self._shaped) > 20_000:  # a child process lives for weeks
                self._shaped.clear()
            known = self._shaped[text, is_leftward] = self._place(text, is_leftward)
        return known

    def _place(self, text: str, is_leftward: bool) -> Placed:
        buffer = harfbuzz.Buffer()
        buffer.cluster_level = harfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_leftward else "ltr"
        harfbuzz.shape(self._engine, buffer)
        texts = _texts(text, [info.cluster for info in buffer.glyph_infos], is_leftward)
        letters, gaps, rises = [], [], []
        pending = total = 0.0
        for info, at, meaning in zip(buffer.glyph_infos, buffer.glyph_positions, texts, strict=True):
            own = self._engine.get_glyph_h_advance(info.codepoint) / self._em
            letters.append(self._font.letter(info.codepoint, meaning, own))
            gaps.append(pending + at.x_offset / self._em)
            rises.append(at.y_offset / self._em)
            pending = (at.x_advance - at.x_offset) / self._em - own
            total += at.x_advance / self._em
        return Placed("".join(letters), tuple(gaps), tuple(rises), pending, total)


def _texts(text: str, clusters: list[int], is_leftward: bool) -> list[str]:
    """What each picture stands for, in the order of the pictures.

    Pictures and letters that HarfBuzz keeps together are matched one to one where there are as many of each;
    else the first picture stands for all the letters and the others for none.
    """
    order = range(len(clusters) - 1, -1, -1) if is_leftward else range(len(clusters))
    starts = [*sorted(set(clusters)), len(text)]
    ends = dict(pairwise(starts))
    members: dict[int, list[int]] = {}
    for at in order:
        members.setdefault(clusters[at], []).append(at)
    found = [""] * len(clusters)
    for start, pictures in members.items():
        letters = text[start : ends[start]]
        if len(letters) == len(pictures):
            for at, letter in zip(pictures, letters, strict=True):
                found[at] = letter
        else:
            found[pictures[0]] = letters
    return found
