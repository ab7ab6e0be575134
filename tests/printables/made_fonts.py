"""Fonts made for a test: a box for every letter asked for, so that no test depends on what a computer has installed."""

import io
from collections.abc import Iterable

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

EM = 1000
FREE, FORBIDDEN = 0, 2  # what its maker says of putting it into documents


def boxes(
    letters: Iterable[str],
    *,
    name: str = "Boxes",
    width: int = 600,
    more: Iterable[str] = (),
    features: str = "",
    permission: int = FREE,
) -> bytes:
    """A TrueType font with these letters, with further pictures that only its features can reach."""
    names = {letter: f"u{ord(letter):05X}" for letter in dict.fromkeys(letters)}
    order = [".notdef", "space", *(glyph for letter, glyph in names.items() if letter != " "), *more]
    pen = TTGlyphPen(None)
    _box(pen, width)
    box, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({32: "space"} | {ord(letter): glyph for letter, glyph in names.items() if letter != " "})
    builder.setupGlyf({glyph: nothing if glyph == "space" else box for glyph in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (width, 50)))
    _finish(builder, name, permission)
    if features:
        addOpenTypeFeaturesFromString(builder.font, features)
    return _bytes(builder.font)


def postscript(letters: str) -> bytes:
    """A font of the other kind of outlines, which a PDF library for TrueType cannot embed."""
    names = {ord(letter): f"u{ord(letter):05X}" for letter in letters}
    order = [".notdef", *names.values()]
    pen = T2CharStringPen(600, None)
    _box(pen, 600)
    picture = pen.getCharString()
    builder = FontBuilder(EM, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupCFF("Curves", {}, dict.fromkeys(order, picture), {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 50)))
    _finish(builder, "Curves", FREE)
    return _bytes(builder.font)


def collection(*fonts: bytes) -> bytes:
    """Several fonts in one file."""
    together = TTCollection()
    together.fonts = [TTFont(io.BytesIO(font)) for font in fonts]
    file = io.BytesIO()
    together.save(file)
    return file.getvalue()


def _box(pen: TTGlyphPen | T2CharStringPen, width: int) -> None:
    pen.moveTo((50, 0))
    for corner in ((50, 700), (width - 50, 700), (width - 50, 0)):
        pen.lineTo(corner)
    pen.closePath()


def _finish(builder: FontBuilder, name: str, permission: int) -> None:
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name, "fullName": name})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200, fsType=permission)
    builder.setupPost()


def _bytes(font: TTFont) -> bytes:
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
