"""A thin layer over reportlab: pages in millimetres, text, drawings and codes as short PDF operators.

The functions return operators as text, for a coordinate system in mm with its origin at the bottom
left; a `Document` puts them on its pages and hands back the file. Nothing depends on the clock or on
the order of a set, so equal input gives equal bytes. "Actual size" is set for the print dialog.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from reportlab import rl_config
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from printables.marks import RING, Drawing
from printables.qr import QUIET
from printables.stocks import Rect
from printables.text import PT, Face, FontSet, Placed, Run

POINTS = 72 / 25.4  # points in a mm
Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


class Place(NamedTuple):
    """Where a drawing lies on the page: its rectangle, and by how many quarters it is turned, in degrees."""

    rect: Rect
    turn: int = 0


def number(value: float) -> str:
    """A number as short as 0.01 allows."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text if text != "-0" else "0"


def filled(drawing: Drawing, x: float, y: float, height: float) -> str:
    """A drawing `height` mm high, its bottom left corner at x, y, in the current colour."""
    scale = f"{height / drawing.height:.4f}"
    return f"q {scale} 0 0 {scale} {number(x)} {number(y)} cm\n{drawing.operators}\nf Q"


def ring(x: float, y: float, radius: float, line: float) -> str:
    """A circle around x, y."""
    scale = f"{radius:.4f}"
    corner = f"{number(x - radius)} {number(y - radius)}"
    return f"q {scale} 0 0 {scale} {corner} cm {line / radius:.3f} w\n{RING.operators}\nS Q"


def box(x: float, y: float, width: float, height: float) -> str:
    """A filled rectangle."""
    return f"{number(x)} {number(y)} {number(width)} {number(height)} re f"


def line(x: float, y: float, to_x: float, to_y: float, width: float) -> str:
    """A straight line."""
    return f"{number(width)} w {number(x)} {number(y)} m {number(to_x)} {number(to_y)} l S"


def colour(red_green_blue: Colour) -> str:
    """From here on, fill with this colour."""
    return " ".join(number(part / 255) for part in red_green_blue) + " rg"


def stroke(red_green_blue: Colour) -> str:
    """From here on, draw lines in this colour."""
    return " ".join(number(part / 255) for part in red_green_blue) + " RG"


def cut_marks(cells: Iterable[Rect], page_height: float) -> str:
    """Small crosses where four pieces meet, and ticks at the page's edge; pieces count from the top left."""
    pieces = list(cells)
    xs = {round(edge, 3) for cell in pieces for edge in (cell.x, cell.x + cell.width)}
    ys = {round(edge, 3) for cell in pieces for edge in (cell.y, cell.y + cell.height)}
    marks = []
    for x in sorted(xs):
        for y in sorted(ys):
            up = page_height - y
            marks += [line(x - 1.5, up, x + 1.5, up, 0.09), line(x, up - 1.5, x, up + 1.5, 0.09)]
    return "\n".join(marks)


def outlines(cells: Iterable[Rect], page_height: float, radius: float = 0.0) -> str:
    """The edges of labels as hairlines; pieces count from the top left."""
    return "\n".join(
        f"0.1 w {rounded(cell.x, page_height - cell.y - cell.height, cell.width, cell.height, radius)} S"
        for cell in cells
    )


def rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """The path of a rectangle with round corners, still to be filled or stroked."""
    if radius <= 0:
        return f"{number(x)} {number(y)} {number(width)} {number(height)} re"
    radius = min(radius, width / 2, height / 2)
    bow = radius * 0.448  # of a quarter circle: how far the handles are from the corner
    to_x, to_y = x + width, y + height
    steps: tuple[tuple[str, tuple[float, ...]], ...] = (
        ("m", (x + radius, y)),
        ("l", (to_x - radius, y)),
        ("c", (to_x - bow, y, to_x, y + bow, to_x, y + radius)),
        ("l", (to_x, to_y - radius)),
        ("c", (to_x, to_y - bow, to_x - bow, to_y, to_x - radius, to_y)),
        ("l", (x + radius, to_y)),
        ("c", (x + bow, to_y, x, to_y - bow, x, to_y - radius)),
        ("l", (x, y + radius)),
        ("c", (x, y + bow, x + bow, y, x + radius, y)),
    )
    return " ".join(f"{' '.join(number(at) for at in points)} {step}" for step, points in steps) + " h"


def open_code(rectangles: str, x: float, y: float, module: float) -> str:
    """A QR code with the bottom left corner of its quiet zone at x, y; to be closed with `Q`.

    Until then one unit is a module, for the finder patterns that are drawn once and used in every code.
    """
    inset = QUIET * module
    return f"q {module:.4f} 0 0 {module:.4f} {x + inset:.3f} {y + inset:.3f} cm\n{rectangles}\nf"


class _Letters(dict[str, tuple[str, str]]):
    """For each letter the name of the embedded font that has it, and how to write it in a PDF string."""

    def __init__(self, face: Face, canvas: Canvas) -> None:
        self._font = face.font
        self._document = canvas._doc  # type: ignore[attr-defined]  # fonts are kept by document
        # Codes from 33 on are printable, so most letters need no escape in the file.
        state = self._font.state[self._document] = TTFont.State(False, self._font)
        state.nextCode = 33
        self.names: list[str] = []

    def __missing__(self, letter: str) -> tuple[str, str]:
        ((subset, data),) = self._font.splitString(letter, self._document)
        name = self._font.getSubsetInternalName(subset, self._document)
        if name not in self.names:
            self.names.append(name)
        byte = data[0]
        written = chr(byte) if 31 < byte < 127 and byte not in b"()\\" else f"\\{byte:03o}"
        self[letter] = name, written
        return name, written


def _placed(written: list[tuple[str, str]], placed: Placed, size: float) -> str:
    """Pictures of a shaped text, each moved to its place: in thousandths of an em along the line, in mm above it."""
    shows: list[str] = []
    line: list[str] = []
    name, height = "", 0.0
    for (wanted, letter), gap, rise in zip(written, placed.gaps, placed.rises, strict=True):
        if wanted != name or rise != height:
            shows += _shift(line)
            line = []
            if wanted != name:
                shows.append(f" {wanted} {number(size)} Tf")
            if rise != height:
                shows.append(f" {number(rise * size)} Ts")
            name, height = wanted, rise
        line.append(f"{number(-1000 * gap)}({letter})" if gap else f"({letter})")
    if placed.rest:
        line.append(number(-1000 * placed.rest))
    shows += _shift(line)
    return "".join(shows) + (" 0 Ts" if height else "")


def _shift(line: list[str]) -> list[str]:
    return [f" [{''.join(line)}] TJ"] if line else []


class Document:
    """A PDF being made, page by page."""

    def __init__(self, width: float, height: float, *, title: str, language: str, fonts: FontSet) -> None:
        """Begin a document with pages of `width` x `height` mm."""
        self.width, self.height = width, height
        self.fonts = fonts
        self.pages = 0
        self._file = BytesIO()
        self._canvas = Canvas(
            self._file,
            pagesize=(width * POINTS, height * POINTS),
            pageCompression=1,
            invariant=1,
            # Else an unembedded Helvetica is named in the file; the stubs take the name for a number.
            initialFontName=fonts.regular.name,  # type: ignore[arg-type]
            lang=language,
        )
        self._canvas.setTitle(title)
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._letters: dict[Face, _Letters] = {}
        self._parts: list[str] = []

    def text(self, face: Face, size: float, x: float, y: float, text: str) -> str:
        """Operators of a line of text, `size` in points, its base line beginning at x, y."""
        shows = "".join([self._shown(run, size * PT) for run in self.fonts.runs(face, text)])
        return f"BT {number(x)} {number(y)} Td{shows} ET" if shows else ""

    def centred(self, face: Face, size: float, x: float, y: float, text: str) -> str:
        """As `text`, centred on x."""
        return self.text(face, size, x - self.fonts.width(face, text) * size * PT / 2, y, text)

    def _shown(self, run: Run, size: float) -> str:
        letters = self._letters.get(run.face)
        if letters is None:
            letters = self._letters[run.face] = _Letters(run.face, self._canvas)
        written = [letters[letter] for letter in run.letters]
        if run.placed:
            return _placed(written, run.placed, size)
        if len(letters.names) == 1:
            return f" {letters.names[0]} {number(size)} Tf ({''.join([w for _, w in written])}) Tj"
        shows, name = [], ""
        for wanted, letter in written:
            if wanted != name:
                shows.append(f"{') Tj' if name else ''} {wanted} {number(size)} Tf (")
                name = wanted
            shows.append(letter)
        return "".join(shows) + ") Tj"

    def define(self, name: str, width: float, height: float, operators: str) -> None:
        """Keep operators under a name, to be used many times at the cost of one."""
        self._canvas.beginForm(name, 0, 0, width, height)
        self._canvas.addLiteral(operators)
        self._canvas.endForm()

    def use(self, name: str) -> None:
        """Draw what was kept under that name."""
        self._canvas.doForm(name)

    def put(self, operators: str) -> None:
        """Add operators to the page."""
        self._canvas.addLiteral(operators)

    @contextmanager
    def placed(self, place: Place, *, dx: float = 0.0, dy: float = 0.0, scale: float = 1.0) -> Iterator[None]:
        """Draw in mm within a rectangle of the page, shifted and scaled for one printer."""
        (x, y, width, height), turn = place
        unit = scale * POINTS
        left = (scale * x + dx) * POINTS
        bottom = (self.height - scale * (y + height) - dy) * POINTS
        if turn == 90:
            matrix = (0.0, unit, -unit, 0.0, left + unit * width, bottom)
        elif turn == 270:
            matrix = (0.0, -unit, unit, 0.0, left, bottom + unit * height)
        elif turn == 180:
            matrix = (-unit, 0.0, 0.0, -unit, left + unit * width, bottom + unit * height)
        else:
            matrix = (unit, 0.0, 0.0, unit, left, bottom)
        self._canvas.addLiteral(f"q {' '.join(_precise(part) for part in matrix)} cm")
        yield
        self._canvas.addLiteral("Q")

    def whole_page(self) -> Place:
        """The whole page as a place."""
        return Place(Rect(0, 0, self.width, self.height))

    def next_page(self) -> None:
        """Close the page."""
        self._canvas.showPage()
        self.pages += 1

    def finish(self) -> bytes:
        """The file. The last page must have been closed."""
        with _binary_streams():
            self._canvas.save()
        return self._file.getvalue()


def _precise(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Without reportlab's ASCII coding of compressed streams, which makes them a quarter larger."""
    before = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = before
