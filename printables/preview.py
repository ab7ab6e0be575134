"""A page of a finished document as SVG, to be looked at before it is printed.

It is drawn from the file itself, operator by operator, with the outlines of the letters that the file carries: what
is seen is what will be printed, on any screen. The picture holds no text, no script, no style and asks for nothing;
whoever shows it says beside it what it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from printables.draw import POINTS
from printables.outlines import Outlines
from printables.reading import Dictionary, File, Operator, Stream, Tokens
from printables.stocks import Rect

Matrix = tuple[float, float, float, float, float, float]
_STILL: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_CAPS = ("butt", "round", "square")
_JOINS = ("miter", "round", "bevel")
_PAINTED = {  # fills, strokes, closes first, by the even-odd rule
    "f": (True, False, False, False), "F": (True, False, False, False), "f*": (True, False, False, True),
    "S": (False, True, False, False), "s": (False, True, True, False), "B": (True, True, False, False),
    "B*": (True, True, False, True), "b": (True, True, True, False), "b*": (True, True, True, True),
}  # fmt: skip
_SAY_NOTHING = frozenset(["BMC", "BDC", "EMC", "MP", "DP", "BX", "EX", "ri", "i", "M"])


@dataclass(frozen=True, slots=True)
class Look:
    """A page as SVG, how many pages there are, and the operators that were left out because they are not known."""

    svg: str
    pages: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """How things are drawn from here on. None: as whoever uses this drawing says."""

    fill: str | None = None
    stroke: str | None = None
    width: float | None = None
    cap: int = 0
    join: int = 0
    dash: str = ""
    font: str = ""
    size: float = 1.0
    spacing: float = 0.0
    words: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    groups: int = 0
    """Groups opened since the last `q`."""


@dataclass
class _Letters:
    """An embedded font: its outlines, its widths, and the names of the letters that were drawn already."""

    outlines: Outlines
    widths: list[float]
    first: int
    names: dict[int, str] = field(default_factory=dict)

    def width(self, code: int) -> float:
        """Width of a letter in ems."""
        place = code - self.first
        return self.widths[place] / 1000 if 0 <= place < len(self.widths) else 0.0


def page(pdf: bytes, number: int = 1, *, prefix: str = "p", edges: Sequence[Rect] = ()) -> Look:
    """Page `number` (from 1) of a file of this package. `prefix` begins every id, so that pictures do not meet.

    `edges` are the edges of labels, drawn for the eye only. Raises IndexError for a page that there is not.
    """
    file = File(pdf)
    pages = [found for _, found in file.pages()]
    if not 1 <= number <= len(pages):
        raise IndexError(number)
    wanted = pages[number - 1]
    left, bottom, right, top = (float(edge) for edge in file.follow(wanted["MediaBox"]))
    width, height = right - left, top - bottom
    book = _Book(file, prefix)
    content = file.follow(wanted["Contents"])
    data = content.data() if isinstance(content, Stream) else b"\n".join(file.follow(c).data() for c in content)
    body = _Drawing(book, file.follow(wanted.get("Resources", {}))).draw(data)
    upright = f"matrix(1 0 0 -1 {_short(-left)} {_short(top)})"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_short(width)} {_short(height)}">'
        f"<defs>{''.join(book.defined)}</defs>"
        f'<rect width="100%" height="100%" fill="#fff"/><g transform="{upright}">{body}</g>'
        f"{''.join(map(_edge, edges))}</svg>"
    )
    return Look(svg, len(pages), tuple(dict.fromkeys(book.left_out)))


def _edge(label: Rect) -> str:
    x, y, width, height = (_short(part * POINTS) for part in label)
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="4"'
    return f'<rect {place} fill="none" stroke="#8a8a8a" stroke-width=".6" stroke-dasharray="3 2.4"/>'


class _Book:
    """What the drawings of one page share: fonts, forms, clips, and what could not be drawn."""

    def __init__(self, file: File, prefix: str) -> None:
        self.file = file
        self.defined: list[str] = []
        self.left_out: list[str] = []
        self._prefix = prefix
        self._made = 0
        self._fonts: dict[str, _Letters] = {}
        self._forms: dict[str, str] = {}

    def define(self, tag: str, inside: str = "", attributes: str = "") -> str:
        """Keep something under a new id."""
        self._made += 1
        name = f"{self._prefix}{self._made}"
        self.defined.append(f'<{tag} id="{name}"{attributes}>{inside}</{tag}>')
        return name

    def font(self, reference: Any) -> _Letters | None:
        """An embedded font; None for one that every reader brings along itself."""
        key = str(reference)
        if key not in self._fonts:
            font = self.file.follow(reference)
            about = self.file.follow(font.get("FontDescriptor"))
            if not about or "FontFile2" not in about:
                self.left_out.append(f"/{font.get('BaseFont', '')}")
                return None
            outlines = Outlines(self.file.follow(about["FontFile2"]).data())
            widths = [float(width) for width in self.file.follow(font["Widths"])]
            self._fonts[key] = _Letters(outlines, widths, int(font["FirstChar"]))
        return self._fonts[key]

    def letter(self, letters: _Letters, code: int) -> str:
        """The id of a letter's outline; empty for one without ink."""
        if code not in letters.names:
            path = letters.outlines.path(code)
            letters.names[code] = self.define("path", attributes=f' d="{path}"') if path else ""
        return letters.names[code]

    def form(self, reference: Any) -> str:
        """The id of a drawing that the file keeps once and uses often; empty for a picture of pixels."""
        key = str(reference)
        if key not in self._forms:
            form = self.file.follow(reference)
            if form.head.get("Subtype") != "Form":
                self.left_out.append("Do")
                return ""
            drawn = _Drawing(self, self.file.follow(form.head.get("Resources", {}))).draw(form.data())
            move = _matrix(form.head.get("Matrix", _STILL))
            self._forms[key] = self.define("g", drawn if move == _STILL else _group(move, drawn))
        return self._forms[key]


class _Drawing:
    """Turns the operators of one page or form into elements."""

    def __init__(self, book: _Book, resources: Dictionary) -> None:
        self._book = book
        self._fonts: Dictionary = book.file.follow(resources.get("Font", {}))
        self._forms: Dictionary = book.file.follow(resources.get("XObject", {}))
        self._state = _State()
        self._kept: list[_State] = []
        self._parts: list[str] = []
        self._path: list[str] = []
        self._clip = ""
        self._text: Matrix = _STILL
        self._line: Matrix = _STILL
        self._operators: dict[str, Callable[..., None]] = {
            "q": self._keep, "Q": self._restore, "cm": self._move, "Do": self._use,
            "w": lambda width: self._set(width=width), "J": lambda cap: self._set(cap=int(cap)),
            "j": lambda join: self._set(join=int(join)), "d": self._dashed,
            "rg": lambda *rgb: self._set(fill=_colour(rgb)), "RG": lambda *rgb: self._set(stroke=_colour(rgb)),
            "g": lambda grey: self._set(fill=_colour((grey,) * 3)),
            "G": lambda grey: self._set(stroke=_colour((grey,) * 3)),
            "k": lambda *cmyk: self._set(fill=_colour(_light(cmyk))),
            "K": lambda *cmyk: self._set(stroke=_colour(_light(cmyk))),
            "m": lambda x, y: self._add("M", x, y), "l": lambda x, y: self._add("L", x, y),
            "c": lambda *points: self._add("C", *points), "h": lambda: self._add("Z"),
            "v": self._curve_from_here, "y": lambda x, y, *end: self._add("C", x, y, *end, *end),
            "re": self._rectangle, "n": self._paint_nothing,
            "W": lambda: self._clip_to("nonzero"), "W*": lambda: self._clip_to("evenodd"),
            "BT": self._begin_text, "ET": lambda: None, "Tf": self._font, "Td": self._next, "TD": self._next_led,
            "Tm": self._text_matrix, "T*": self._next_line, "TL": lambda led: self._set(leading=led),
            "Tc": lambda space: self._set(spacing=space), "Tw": lambda space: self._set(words=space),
            "Ts": lambda rise: self._set(rise=rise),
            "Tz": lambda percent: self._set(stretch=percent / 100),
            "Tj": self._show, "TJ": self._show_spaced, "'": self._show_next,
        }  # fmt: skip

    def draw(self, data: bytes) -> str:
        """The elements of these operators."""
        operands: list[Any] = []
        for value in Tokens(data):
            if not isinstance(value, Operator):
                operands.append(value)
                continue
            self._do(str(value), operands)
            operands = []
        self._close(self._state.groups + sum(state.groups for state in self._kept))
        return "".join(self._parts)

    def _do(self, operator: str, operands: list[Any]) -> None:
        if operator in _PAINTED:
            self._paint(*_PAINTED[operator])
        elif operator in self._operators:
            self._operators[operator](*operands)
        elif operator not in _SAY_NOTHING:
            self._book.left_out.append(operator)

    def _set(self, **values: Any) -> None:
        self._state = replace(self._state, **values)

    def _keep(self) -> None:
        self._kept.append(self._state)
        self._set(groups=0)

    def _restore(self) -> None:
        self._close(self._state.groups)
        self._state = self._kept.pop()

    def _close(self, groups: int) -> None:
        self._parts.append("</g>" * groups)

    def _open(self, attribute: str) -> None:
        self._parts.append(f"<g {attribute}>")
        self._set(groups=self._state.groups + 1)

    def _move(self, *matrix: float) -> None:
        if matrix != _STILL:
            self._open(f'transform="{_said(_matrix(matrix))}"')

    def _dashed(self, lengths: list[float], _phase: float) -> None:
        self._set(dash=" ".join(_short(length) for length in lengths))

    def _add(self, verb: str, *numbers: float) -> None:
        self._path.append(verb + " ".join(_short(number) for number in numbers))

    def _curve_from_here(self, *points: float) -> None:
        here = self._path[-1].lstrip("MLC").split()[-2:]
        self._add("C", float(here[0]), float(here[1]), *points)

    def _rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self._path.append(f"M{_short(x)} {_short(y)}h{_short(width)}v{_short(height)}h{_short(-width)}z")

    def _clip_to(self, rule: str) -> None:
        self._clip = rule

    def _paint_nothing(self) -> None:
        self._paint(False, False, False, False)

    def _paint(self, fills: bool, strokes: bool, closes: bool, even_odd: bool) -> None:
        if closes:
            self._add("Z")
        path, self._path = "".join(self._path), []
        if path and (fills or strokes):
            self._parts.append(f'<path d="{path}"{self._looks(fills, strokes, even_odd)}/>')
        if self._clip:
            name = self._book.define("clipPath", f'<path d="{path}" clip-rule="{self._clip}"/>')
            self._open(f'clip-path="url(#{name})"')
            self._clip = ""

    def _looks(self, fills: bool, strokes: bool, even_odd: bool = False) -> str:
        """How a path is painted; what is not said is as whoever uses the drawing says."""
        state = self._state
        found = [("fill", state.fill if fills else "none"), ("fill-rule", "evenodd" if fills and even_odd else None)]
        if strokes:
            found += [
                ("stroke", state.stroke or "#000"),
                ("stroke-width", _short(state.width if state.width is not None else 1.0)),
                ("stroke-linecap", _CAPS[state.cap] if state.cap else None),
                ("stroke-linejoin", _JOINS[state.join] if state.join else None),
                ("stroke-dasharray", state.dash or None),
            ]
        return "".join(f' {name}="{value}"' for name, value in found if value is not None)

    def _use(self, name: str) -> None:
        form = self._book.form(self._forms[name])
        if form:
            self._parts.append(f'<use href="#{form}"{self._looks(True, False)}/>')

    def _begin_text(self) -> None:
        self._text = self._line = _STILL

    def _font(self, name: str, size: float) -> None:
        self._set(font=str(name), size=size)

    def _next(self, x: float, y: float) -> None:
        self._text = self._line = _times((1.0, 0.0, 0.0, 1.0, x, y), self._line)

    def _next_led(self, x: float, y: float) -> None:
        self._set(leading=-y)
        self._next(x, y)

    def _next_line(self) -> None:
        self._next(0.0, -self._state.leading)

    def _text_matrix(self, *matrix: float) -> None:
        self._text = self._line = _matrix(matrix)

    def _show_next(self, text: bytes) -> None:
        self._next_line()
        self._show(text)

    def _show_spaced(self, parts: list[Any]) -> None:
        for part in parts:
            if isinstance(part, bytes):
                self._show(part)
            else:
                self._advance(-part / 1000 * self._state.size * self._state.stretch)

    def _show(self, text: bytes) -> None:
        state = self._state
        letters = self._book.font(self._fonts[state.font])
        if letters is None:
            return
        for code in text:
            name = self._book.letter(letters, code)
            if name:
                place = _times((state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise), self._text)
                fill = f' fill="{state.fill}"' if state.fill else ""
                self._parts.append(f'<use href="#{name}" transform="{_said(place)}"{fill}/>')
            space = state.spacing + (state.words if code == 32 else 0.0)
            self._advance((letters.width(code) * state.size + space) * state.stretch)

    def _advance(self, x: float) -> None:
        self._text = _times((1.0, 0.0, 0.0, 1.0, x, 0.0), self._text)


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First `one`, then `other`."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _matrix(values: Any) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in values)
    return a, b, c, d, e, f


def _group(move: Matrix, inside: str) -> str:
    return f'<g transform="{_said(move)}">{inside}</g>'


def _said(move: Matrix) -> str:
    a, b, c, d, e, f = move
    if not b and not c:
        return f"matrix({a:.5g} 0 0 {d:.5g} {_short(e)} {_short(f)})"
    return f"matrix({a:.5g} {b:.5g} {c:.5g} {d:.5g} {_short(e)} {_short(f)})"


def _short(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text if text != "-0" else "0"


def _colour(parts: Any) -> str:
    return "#" + "".join(f"{round(min(max(float(part), 0.0), 1.0) * 255):02x}" for part in parts)


def _light(cmyk: Any) -> tuple[float, float, float]:
    """Red, green and blue of inks."""
    c, m, y, k = (float(part) for part in cmyk)
    return (1 - min(1.0, c + k), 1 - min(1.0, m + k), 1 - min(1.0, y + k))
