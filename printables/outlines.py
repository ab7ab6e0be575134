"""Letters as shapes: the outlines of the TrueType subsets that our files carry, as SVG path data in ems.

A preview drawn from them looks like the print on every screen, whatever fonts that screen has.
"""

import struct
from typing import NamedTuple

_DEEPEST = 5
"""Levels of letters made of letters; a deeper font is broken."""


class _Point(NamedTuple):
    x: float
    y: float
    on: bool


_Contours = list[list[_Point]]
_Move = tuple[float, float, float, float, float, float]


class Outlines:
    """The letters of one embedded font, by the code with which the file writes them."""

    def __init__(self, font: bytes) -> None:
        """Read the tables of a TrueType font as reportlab embeds it."""
        count = struct.unpack_from(">H", font, 4)[0]
        records = (struct.unpack_from(">4s3I", font, 12 + 16 * place) for place in range(count))
        tables = {tag: font[offset : offset + length] for tag, _, offset, length in records}
        self._em: int = struct.unpack_from(">H", tables[b"head"], 18)[0]
        long_offsets = struct.unpack_from(">h", tables[b"head"], 50)[0]
        loca = tables[b"loca"]
        shape = f">{len(loca) // (4 if long_offsets else 2)}{'I' if long_offsets else 'H'}"
        self._offsets = [offset * (1 if long_offsets else 2) for offset in struct.unpack(shape, loca)]
        self._glyf = tables[b"glyf"]
        self._glyphs = _codes(tables[b"cmap"])

    def path(self, code: int) -> str:
        """The outline of a letter with y upwards; empty for a space or a code that the font does not know."""
        contours = self._contours(self._glyphs.get(code, 0), 0)
        return "".join(_drawn(contour, self._em) for contour in contours if contour)

    def _contours(self, glyph: int, depth: int) -> _Contours:
        start, end = self._offsets[glyph : glyph + 2]
        if start == end or depth > _DEEPEST:
            return []
        data = self._glyf[start:end]
        count = struct.unpack_from(">h", data)[0]
        return _simple(data, count) if count >= 0 else self._composed(data, depth)

    def _composed(self, data: bytes, depth: int) -> _Contours:
        """A letter made of others, each moved and scaled."""
        at, found = 10, []
        while True:
            flags, glyph = struct.unpack_from(">2H", data, at)
            words = flags & 1
            x, y = struct.unpack_from(">2h" if words else ">2b", data, at + 4)
            at += 8 if words else 6
            a, b, c, d = 1.0, 0.0, 0.0, 1.0
            if flags & 8:
                a = d = struct.unpack_from(">h", data, at)[0] / 16384
                at += 2
            elif flags & 64:
                a, d = (part / 16384 for part in struct.unpack_from(">2h", data, at))
                at += 4
            elif flags & 128:
                a, b, c, d = (part / 16384 for part in struct.unpack_from(">4h", data, at))
                at += 8
            found += _moved(self._contours(glyph, depth + 1), (a, b, c, d, float(x), float(y)))
            if not flags & 32:
                return found


def _codes(table: bytes) -> dict[int, int]:
    """Codes to glyphs, from the one table in the short form that reportlab writes."""
    (offset,) = struct.unpack_from(">I", table, 8)
    form, _, _, first, count = struct.unpack_from(">5H", table, offset)
    if form != 6:
        raise ValueError(f"a table of letters of the form {form}")
    return dict(enumerate(struct.unpack_from(f">{count}H", table, offset + 10), start=first))


def _moved(contours: _Contours, move: _Move) -> _Contours:
    a, b, c, d, x, y = move
    return [[_Point(a * p.x + c * p.y + x, b * p.x + d * p.y + y, p.on) for p in contour] for contour in contours]


def _simple(data: bytes, count: int) -> _Contours:
    """Contours as points, each on the curve or beside it."""
    ends = struct.unpack_from(f">{count}H", data, 10)
    at = 10 + 2 * count
    at += 2 + struct.unpack_from(">H", data, at)[0]
    wanted = ends[-1] + 1 if ends else 0
    flags: list[int] = []
    while len(flags) < wanted:
        flag = data[at]
        at += 1
        times = 1
        if flag & 8:
            times += data[at]
            at += 1
        flags += [flag] * times
    xs, at = _coordinates(data, at, flags, 2, 16)
    ys, _ = _coordinates(data, at, flags, 4, 32)
    points = [_Point(x, y, bool(flag & 1)) for x, y, flag in zip(xs, ys, flags, strict=False)]
    begins = [0, *(end + 1 for end in ends)]
    return [points[begin : end + 1] for begin, end in zip(begins, ends, strict=False)]


def _coordinates(data: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[float], int]:
    """One coordinate of every point, each told as the step from the one before."""
    found, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, at)[0]
            at += 2
        found.append(float(value))
    return found, at


def _middle(one: _Point, other: _Point) -> _Point:
    return _Point((one.x + other.x) / 2, (one.y + other.y) / 2, on=True)


def _drawn(contour: list[_Point], em: int) -> str:
    """One contour as path data. Between two points beside the curve lies one on it, half-way."""
    first = next((place for place, point in enumerate(contour) if point.on), None)
    points = [_middle(contour[-1], contour[0]), *contour] if first is None else contour[first:] + contour[:first]
    points.append(points[0])

    def at(point: _Point) -> str:
        return f"{point.x / em:.3f} {point.y / em:.3f}"

    parts = [f"M{at(points[0])}"]
    for place in range(1, len(points)):
        point, before = points[place], points[place - 1]
        if point.on and before.on:
            parts.append(f"L{at(point)}")
        elif point.on:
            parts.append(f"Q{at(before)} {at(point)}")
        elif not before.on:
            parts.append(f"Q{at(before)} {at(_middle(before, point))}")
    return "".join(parts) + "Z"
