"""Three plants as marks of a plot: a sprout has leaves alone, a bloom an open head, a fruit two full ones.

They differ in shape, so a grey print and an eye that sees no red tell them apart. Straight lines only, as a picture
holds them; a plant stands on `ground` with its stem at `x` and is `height` high, in the units of the picture.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from math import cos, pi, sin

from reportlab.graphics.shapes import Path, Rect


class Part(StrEnum):
    """What of a plant a shape is: green, the head of a bloom, a fruit."""

    GREEN = "green"
    HEAD = "head"
    FRUIT = "fruit"


Shapes = Iterator[tuple[Path | Rect, Part]]
Plant = Callable[[float, float, float], Shapes]
WIDTH = 0.75
"""How wide a plant is at most, of its height."""
_LEAF = ((0.0, 0.0), (0.05, 0.13), (0.14, 0.22), (0.34, 0.26), (0.3, 0.14), (0.2, 0.04))
"""A leaf to the right of the stem, from where it begins, for a plant of height 1."""


def sprout(x: float, ground: float, height: float) -> Shapes:
    """Two leaves on a stem."""
    yield _stem(x, ground, height * 0.62), Part.GREEN
    yield _leaf(x, ground + height * 0.55, height * 1.05, 1), Part.GREEN
    yield _leaf(x, ground + height * 0.45, height * 1.05, -1), Part.GREEN


def bloom(x: float, ground: float, height: float) -> Shapes:
    """An open head above one leaf."""
    yield _stem(x, ground, height * 0.55), Part.GREEN
    yield _leaf(x, ground + height * 0.15, height * 0.9, 1), Part.GREEN
    yield _round(x, ground + height * 0.76, height * 0.21), Part.HEAD


def fruit(x: float, ground: float, height: float) -> Shapes:
    """Two full heads, one higher than the other, above one leaf."""
    yield _stem(x, ground, height * 0.6), Part.GREEN
    yield _leaf(x, ground + height * 0.12, height * 0.9, -1), Part.GREEN
    yield _round(x, ground + height * 0.78, height * 0.22), Part.FRUIT
    yield _round(x + height * 0.24, ground + height * 0.4, height * 0.14), Part.FRUIT


def _stem(x: float, ground: float, height: float) -> Rect:
    wide = 1.6
    return Rect(x - wide / 2, ground, wide, height)


def _leaf(x: float, y: float, size: float, way: int) -> Path:
    return _shape([(x + way * dx * size, y + dy * size) for dx, dy in _LEAF])


def _round(x: float, y: float, radius: float) -> Path:
    corners = 16
    turns = [2 * pi * at / corners for at in range(corners)]
    return _shape([(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns])


def _shape(points: list[tuple[float, float]]) -> Path:
    path = Path()
    path.moveTo(*points[0])
    for point in [*points[1:], points[0]]:
        path.lineTo(*point)
    return path
