"""The paper seed packet: what somebody takes home from a meeting, one sheet folded twice into a small booklet.

Printed on one side only. The lower half is the cover and the back, the upper half stands on its head and comes to lie
inside. Each line has a box to tick and a short code: what is ticked is typed at the next door. Whoever met more people
than one sheet holds gets another sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from printables import checks, draw
from printables.draw import Document, Place
from printables.errors import PrintRefused
from printables.flow import broken
from printables.marks import SHAPES, WORDMARK
from printables.model import Result, Role, Warning_
from printables.stocks import Rect
from printables.text import LEADING, PT, Face, FontSet, clean, fit

_MARGIN = 9.0
_BOX = 4.2
_NAME, _SMALL, _CODE = 10.5, 8.0, 9.5
_RULED = 9.0
_COVER = "cover"
_BLANK_LINES = 4
"""Lines to write on, where nothing was written down before."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to tick: who or what it is about, what else is said of it, and its code."""

    name: str
    details: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """One person's packet: whom they met, and what they promised."""

    owner: str
    met: tuple[Line, ...]
    promised: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketWords:
    """Everything on the packets that is the same on all of them, in one language."""

    title: str
    occasion: str
    when: str
    met: str
    met_hint: str
    nobody: str
    promised: str
    promised_hint: str
    notes: str
    bring_back: str
    fold: str
    language: str = "en"


@dataclass(slots=True)
class _Panel:
    """A quarter of a sheet being filled from the top: its operators, and where the next line begins."""

    y: float
    parts: list[str] = field(default_factory=list)


def render(packets: Sequence[Packet], words: PacketWords, fonts: FontSet, *, paper: str = "a4") -> Result:
    """The packets as a PDF, in the order given. Raises `PrintRefused`: `nobody`, `nameless`, `unknown_paper`."""
    checks.crowd(packets)
    for position, packet in enumerate(packets, start=1):
        if not clean(packet.owner):
            raise PrintRefused("nameless", position=position)
    width, height = checks.paper(paper)
    document = Document(width, height, title=clean(words.title), language=words.language, fonts=fonts)
    document.define(_COVER, width / 2, height / 2, _cover(width / 2, height / 2))
    warnings: list[Warning_] = []
    for packet in packets:
        made = _Booklet(document, words)
        made.fill(packet)
        made.print()
        warnings += made.warnings
    return Result(document.finish(), document.pages, tuple(warnings))


def _cover(width: float, height: float) -> str:
    """What every cover shows: the wordmark, and a sprout out of the ground."""
    sprout, ground = 26.0, height - 62
    parts = (
        draw.filled(WORDMARK, _MARGIN, height - _MARGIN - 6, 6),
        draw.filled(SHAPES[Role.MEMBER], (width - sprout) / 2, ground, sprout),
        draw.line(width / 2 - 22, ground, width / 2 + 22, ground, 0.4),
    )
    return "\n".join(parts)


class _Booklet:
    """One person's sheets."""

    def __init__(self, document: Document, words: PacketWords) -> None:
        self.warnings: list[Warning_] = []
        self._document = document
        self._words = words
        self._width, self._height = document.width / 2, document.height / 2
        self._room = self._width - 2 * _MARGIN
        self._owner = ""
        self._insides: list[_Panel] = []
        self._backs: list[_Panel] = []

    def fill(self, packet: Packet) -> None:
        """Lay everything out; nothing is left out."""
        words = self._words
        self._owner = clean(packet.owner)
        self._note(self._owner)
        self._open(self._insides, words.met, words.met_hint if packet.met else words.nobody)
        for line in packet.met:
            self._line(self._insides, words.met, line)
        if len(self._insides) % 2:
            self._notes()
        self._open(self._backs, words.promised, words.promised_hint)
        for line in packet.promised:
            self._line(self._backs, words.promised, line)
        if not packet.promised:
            for _ in range(_BLANK_LINES):
                self._blank(self._backs[-1])
        self._bring_back()

    def print(self) -> None:
        """Put the panels on as many sheets as they need."""
        sheets = max(-(-len(self._insides) // 2), len(self._backs))
        for sheet in range(sheets):
            places = (
                (self._insides[2 * sheet : 2 * sheet + 1], Rect(self._width, 0, self._width, self._height), 180),
                (self._insides[2 * sheet + 1 : 2 * sheet + 2], Rect(0, 0, self._width, self._height), 180),
                (self._backs[sheet : sheet + 1], Rect(0, self._height, self._width, self._height), 0),
            )
            for panels, rect, turn in places:
                for panel in panels:
                    self._put(panel.parts, Place(rect, turn))
            cover = Rect(self._width, self._height, self._width, self._height)
            with self._document.placed(Place(cover)):
                self._document.use(_COVER)
            self._put(self._cover(f"{sheet + 1} / {sheets}" if sheets > 1 else ""), Place(cover))
            self._put(self._fold_marks(), self._document.whole_page())
            self._document.next_page()

    def _put(self, parts: Sequence[str], place: Place) -> None:
        with self._document.placed(place):
            for part in parts:
                self._document.put(part)

    def _cover(self, count: str) -> list[str]:
        """Whose packet it is, of which morning, and how it is folded."""
        document, fonts, words = self._document, self._document.fonts, self._words
        middle, top = self._width / 2, self._height
        parts = []
        y = top - 70
        for text, face, largest in (
            (words.title, fonts.regular, 12.0),
            (self._owner, fonts.bold, 20.0),
            (words.occasion, fonts.regular, 11.0),
            (words.when, fonts.regular, 9.0),
        ):
            fitted = fit(fonts, face, clean(text), self._room, largest=largest, smallest=8, lines=2)
            lines = broken(fonts, face, clean(text), self._room, 8) if fitted.is_cut else fitted.lines
            for line in lines:
                y -= fitted.size * PT * LEADING
                parts.append(document.centred(face, fitted.size, middle, y, line))
            y -= 2.5
        small = (line for line in broken(fonts, fonts.regular, clean(words.fold), self._room, 7))
        base = _MARGIN + 3 * 7 * PT * LEADING
        parts += [
            document.centred(fonts.regular, 7, middle, base - at * 7 * PT * LEADING, line)
            for at, line in enumerate(small)
        ]
        if count:
            parts.append(document.text(fonts.regular, _SMALL, self._width - _MARGIN - 9, top - _MARGIN - 4, count))
        return parts

    def _fold_marks(self) -> list[str]:
        """Ticks at the edges, where it is folded."""
        across, down = self._document.width, self._document.height
        return [
            draw.line(across / 2, 0, across / 2, 3, 0.1),
            draw.line(across / 2, down - 3, across / 2, down, 0.1),
            draw.line(0, down / 2, 3, down / 2, 0.1),
            draw.line(across - 3, down / 2, across, down / 2, 0.1),
        ]

    def _open(self, panels: list[_Panel], heading: str, hint: str = "") -> None:
        """Begin a panel under its heading."""
        fonts = self._document.fonts
        panel = _Panel(self._height - _MARGIN)
        panels.append(panel)
        self._write(panel, _MARGIN, broken(fonts, fonts.bold, clean(heading), self._room, 13), fonts.bold, 13)
        panel.y -= 1
        if hint:
            lines = broken(fonts, fonts.regular, clean(hint), self._room, _SMALL)
            self._write(panel, _MARGIN, lines, fonts.regular, _SMALL)
        panel.y -= 3

    def _line(self, panels: list[_Panel], heading: str, line: Line) -> None:
        """One line with its box and its code, on the next panel where it does not fit on this one."""
        fonts = self._document.fonts
        code = f"{line.code[:3]} {line.code[3:]}" if line.code else ""
        code_width = fonts.width(fonts.bold, code) * _CODE * PT
        indent = _MARGIN + _BOX + 2.4
        room = self._width - _MARGIN - indent - (code_width + 3 if code else 0)
        name = broken(fonts, fonts.bold, clean(line.name), room, _NAME)
        rest = [
            text
            for detail in line.details
            for text in broken(fonts, fonts.regular, clean(detail), self._width - _MARGIN - indent, _SMALL)
        ]
        self._note(line.name, *line.details)
        height = (len(name) * _NAME + len(rest) * _SMALL) * PT * LEADING + 2.6
        if height > panels[-1].y - _MARGIN:
            self._open(panels, heading)
        panel = panels[-1]
        base = panel.y - _NAME * PT * 0.86
        panel.parts += [
            f"0.35 w {draw.number(_MARGIN)} {draw.number(base - 0.7)} {_BOX} {_BOX} re S",
            self._document.text(fonts.bold, _CODE, self._width - _MARGIN - code_width, base, code),
        ]
        for texts, face, size in ((name, fonts.bold, _NAME), (rest, fonts.regular, _SMALL)):
            for text in texts:
                if panels[-1].y - size * PT * LEADING < _MARGIN:
                    self._open(panels, heading)
                self._write(panels[-1], indent, (text,), face, size)
        panels[-1].y -= 2.6

    def _blank(self, panel: _Panel) -> None:
        """A line to write on, with its box."""
        base = panel.y - 6
        panel.parts += [
            f"0.35 w {draw.number(_MARGIN)} {draw.number(base)} {_BOX} {_BOX} re S",
            draw.line(_MARGIN + _BOX + 2.4, base, self._width - _MARGIN, base, 0.12),
        ]
        panel.y = base - 4.5

    def _notes(self) -> None:
        """The free half of the inside is for the pen."""
        self._open(self._insides, self._words.notes)
        panel = self._insides[-1]
        while panel.y - _RULED > _MARGIN:
            panel.y -= _RULED
            panel.parts.append(draw.line(_MARGIN, panel.y, self._width - _MARGIN, panel.y, 0.12))

    def _bring_back(self) -> None:
        """What to do with the ticks, at the foot of the last back."""
        fonts = self._document.fonts
        lines = broken(fonts, fonts.regular, clean(self._words.bring_back), self._room, _SMALL)
        height = len(lines) * _SMALL * PT * LEADING
        if self._backs[-1].y - height - 4 < _MARGIN:
            self._open(self._backs, self._words.promised)
        panel = self._backs[-1]
        panel.y = _MARGIN + height
        panel.parts.append(draw.line(_MARGIN, panel.y + 2, self._width - _MARGIN, panel.y + 2, 0.3))
        self._write(panel, _MARGIN, lines, fonts.regular, _SMALL)

    def _write(self, panel: _Panel, x: float, lines: Sequence[str], face: Face, size: float) -> None:
        for line in lines:
            panel.parts.append(self._document.text(face, size, x, panel.y - size * PT * 0.86, line))
            panel.y -= size * PT * LEADING

    def _note(self, *texts: str) -> None:
        for text in texts:
            self.warnings += checks.letters(self._document.fonts, self._owner, clean(text))
