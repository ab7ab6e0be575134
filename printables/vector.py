"""A drawing of `reportlab.graphics` given out twice: as PDF operators and as clean SVG.

The SVG is small on purpose: a title, a description, and shapes with a class each, which the page's style sheet
colours in light and dark; without one they keep the colours of the paper. It holds no style, no script and no address.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from reportlab.graphics.shapes import Drawing, Line, Path, Rect, Shape, String
from reportlab.lib.colors import Color

from printables import draw
from printables.draw import Document
from printables.text import PT

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


class Ink(NamedTuple):
    """How a shape is drawn: its class in the page's style sheet, its colours and the width of its line on paper."""

    name: str
    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    bold: bool = False
    dashes: tuple[float, ...] = ()


class Picture(Drawing):
    """A drawing whose shapes remember their ink. One unit is 1/72 inch for reportlab and whatever fits for us."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(width, height)
        self._inks: list[Ink] = []

    def mark(self, shape: Shape, ink: Ink) -> None:
        """Add a shape: a rectangle, a line, a path of straight lines or a text."""
        for attribute, colour in (("fillColor", ink.fill), ("strokeColor", ink.stroke)):
            if hasattr(shape, attribute):
                setattr(shape, attribute, _colour(colour))
        if not isinstance(shape, String):
            shape.strokeWidth = ink.width  # type: ignore[attr-defined]  # every other kind has one
        self.add(shape)
        self._inks.append(ink)

    def marks(self) -> Iterator[tuple[Shape, Ink]]:
        """The shapes in the order of drawing, each with its ink."""
        return zip(self.contents, self._inks, strict=True)


def operators(document: Document, picture: Picture, x: float, y: float, width: float) -> str:
    """The picture as PDF operators, `width` mm wide, its bottom left corner at x, y."""
    scale = f"{width / picture.width:.5f}"
    drawn = "\n".join(_on_paper(document, shape, ink) for shape, ink in picture.marks())
    return f"q {scale} 0 0 {scale} {draw.number(x)} {draw.number(y)} cm\n{drawn}\nQ"


def _on_paper(document: Document, shape: Shape, ink: Ink) -> str:
    fonts = document.fonts
    if isinstance(shape, String):
        face = fonts.bold if ink.bold else fonts.regular
        size = shape.fontSize
        x = shape.x - fonts.width(face, shape.text) * size * _ANCHORS[shape.textAnchor]
        return f"{_paint(ink)} {document.text(face, size / PT, x, shape.y, shape.text)}"
    return f"q {_paint(ink)} {_path(shape)} {'f' if ink.fill else 'S'} Q"


def _paint(ink: Ink) -> str:
    parts = []
    if ink.fill:
        parts.append(f"{_shares(ink.fill)} rg")
    if ink.stroke:
        dashes = f" [{' '.join(draw.number(each) for each in ink.dashes)}] 0 d" if ink.dashes else ""
        parts.append(f"{_shares(ink.stroke)} RG {draw.number(ink.width)} w{dashes}")
    return " ".join(parts)


def _path(shape: Shape) -> str:
    n = draw.number
    if isinstance(shape, Rect):
        return f"{n(shape.x)} {n(shape.y)} {n(shape.width)} {n(shape.height)} re"
    return " ".join(f"{n(x)} {n(y)} {'l' if at else 'm'}" for line in _lines(shape) for at, (x, y) in enumerate(line))


def _lines(shape: Shape) -> list[list[tuple[float, float]]]:
    """The pieces of a line or of a path of straight lines."""
    if isinstance(shape, Line):
        return [[(shape.x1, shape.y1), (shape.x2, shape.y2)]]
    assert isinstance(shape, Path), "a picture holds rectangles, lines, paths and texts"
    pieces: list[list[tuple[float, float]]] = []
    points = zip(shape.points[::2], shape.points[1::2], strict=True)
    for operator, point in zip(shape.operators, points, strict=True):
        if operator == 0:  # reportlab's number for "move to"
            pieces.append([])
        pieces[-1].append(point)
    return pieces


def svg(picture: Picture, *, key: str, title: str, says: str) -> str:
    """The picture as an SVG element that can stand in a page.

    `key` begins the ids of title and description and must be alone on its page; `says` is the finding in a sentence,
    for whoever cannot see the picture.
    """
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {draw.number(picture.width)} {draw.number(picture.height)}",
            "role": "img",
            "aria-labelledby": f"{key}-name {key}-says",
        },
    )
    ET.SubElement(root, "title", {"id": f"{key}-name"}).text = _NOT_XML.sub("", title)
    ET.SubElement(root, "desc", {"id": f"{key}-says"}).text = _NOT_XML.sub("", says)
    for shape, ink in picture.marks():
        tag, place = _placed(shape, picture.height)
        element = ET.SubElement(root, tag, place | _look(shape, ink))
        if ink.name:
            element.set("class", ink.name)
        if isinstance(shape, String):
            element.text = _NOT_XML.sub("", shape.text)
    return ET.tostring(root, encoding="unicode")


def _placed(shape: Shape, height: float) -> tuple[str, dict[str, str]]:
    """The element of a shape and where it lies, counted from the top."""
    n = draw.number
    if isinstance(shape, Rect):
        top = height - shape.y - shape.height
        return "rect", {"x": n(shape.x), "y": n(top), "width": n(shape.width), "height": n(shape.height)}
    if isinstance(shape, String):
        return "text", {"x": n(shape.x), "y": n(height - shape.y)}
    path = "".join(
        f"{'L' if at else 'M'}{n(x)} {n(height - y)}" for line in _lines(shape) for at, (x, y) in enumerate(line)
    )
    return "path", {"d": path}


def _look(shape: Shape, ink: Ink) -> dict[str, str]:
    """The colours of the paper as plain attributes, over which any style sheet wins; words take the page's colour."""
    if isinstance(shape, String):
        look = {"fill": "currentColor", "font-size": draw.number(shape.fontSize)}
        if ink.bold:
            look["font-weight"] = "600"
        return look if shape.textAnchor == "start" else look | {"text-anchor": shape.textAnchor}
    look = {"fill": ink.fill or "none"}
    if ink.stroke:
        look |= {"stroke": ink.stroke, "stroke-width": draw.number(ink.width)}
    if ink.dashes:
        look["stroke-dasharray"] = " ".join(draw.number(each) for each in ink.dashes)
    return look


def _shares(colour: str) -> str:
    return " ".join(draw.number(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))


def _colour(colour: str) -> Color | None:
    return Color(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))) if colour else None
