"""The band of a badge: the role's colour, shape and word, and the wordmark.

In black only the colour's place is taken by a pattern: members on black, visitors in a frame, hosts on hatching.
Word and shape say the role in any case.
"""

from typing import NamedTuple

from printables import draw
from printables.colours import BANDS
from printables.draw import BLACK, WHITE, Document
from printables.frame import Frame
from printables.marks import SHAPES, WORDMARK
from printables.model import Role
from printables.text import PT, Fitted, fit

_RULE = 0.5
_HATCH, _HATCH_LINE = 2.0, 0.4  # from line to line, and their width: 203 dots an inch keep them apart
_PLATE = 0.9  # white around letters on hatching


class Band(NamedTuple):
    """The operators of a band, and whether its word had to be cut."""

    operators: str
    is_cut: bool


class _Parts(NamedTuple):
    """Where things stand in a band, mm from the badge's bottom left corner."""

    bottom: float
    width: float
    height: float
    shape_x: float
    shape: float
    text_x: float
    word: Fitted
    mark_x: float | None
    mark: float


def drawn(document: Document, made: Frame, role: Role, word: str, *, black_only: bool) -> Band:
    """The band of this role on a badge of this frame."""
    parts = _placed(document, made, word)
    ink = BANDS[role].ink
    if black_only:
        ink = WHITE if role is Role.MEMBER else BLACK
        ground = {Role.MEMBER: _filled, Role.VISITOR: _framed, Role.HOST: _hatched}[role](document, parts)
    else:
        ground = f"{draw.colour(BANDS[role].ground)} {draw.box(0, parts.bottom, parts.width, parts.height)}"
    base = parts.bottom + parts.height / 2 - 0.357 * parts.word.size * PT
    pieces = [
        ground,
        draw.colour(ink),
        draw.filled(SHAPES[role], parts.shape_x, parts.bottom + (parts.height - parts.shape) / 2, parts.shape),
        *(document.text(document.fonts.bold, parts.word.size, parts.text_x, base, line) for line in parts.word.lines),
    ]
    if parts.mark_x is not None:
        pieces.append(draw.filled(WORDMARK, parts.mark_x, parts.bottom + (parts.height - parts.mark) / 2, parts.mark))
    return Band("q " + "\n".join(pieces) + " Q", parts.word.is_cut)


def _placed(document: Document, made: Frame, word: str) -> _Parts:
    band, margin = made.band, made.names.x
    mark = band.height * 0.57
    mark_width = mark * WORDMARK.width / WORDMARK.height
    shape = band.height * 0.5
    text_x = margin + shape * 1.3
    room = band.width - margin - text_x - mark_width - 2
    has_mark = room > 14  # on the narrowest band the word matters more
    fitted = fit(
        document.fonts,
        document.fonts.bold,
        word,
        room if has_mark else room + mark_width + 2,
        largest=band.height * 1.21,
        smallest=4,
    )
    return _Parts(
        bottom=made.height - band.height,
        width=band.width,
        height=band.height,
        shape_x=margin,
        shape=shape,
        text_x=text_x,
        word=fitted,
        mark_x=band.width - margin - mark_width if has_mark else None,
        mark=mark,
    )


def _filled(document: Document, parts: _Parts) -> str:
    return f"{draw.colour(BLACK)} {draw.box(0, parts.bottom, parts.width, parts.height)}"


def _framed(document: Document, parts: _Parts) -> str:
    half = _RULE / 2
    sides = (half, parts.bottom + half, parts.width - _RULE, parts.height - _RULE)
    return f"{_RULE} w {' '.join(draw.number(side) for side in sides)} re S"


def _hatched(document: Document, parts: _Parts) -> str:
    """Slanting lines, with white plates for shape and word and for the wordmark."""
    left, bottom, right, top = 0.0, parts.bottom, parts.width, parts.bottom + parts.height
    lines = []
    x = left - parts.height
    while x < right:
        lines.append(draw.line(x, bottom, x + parts.height, top, _HATCH_LINE))
        x += _HATCH
    words = max((document.fonts.width(document.fonts.bold, line) for line in parts.word.lines), default=0.0)
    to_x = parts.text_x + words * parts.word.size * PT
    plates = [(parts.shape_x - _PLATE, to_x + _PLATE)]
    if parts.mark_x is not None:
        mark_width = parts.mark * WORDMARK.width / WORDMARK.height
        plates.append((parts.mark_x - _PLATE, parts.mark_x + mark_width + _PLATE))
    clip = " ".join(draw.number(side) for side in (left, bottom, parts.width, parts.height))
    return "\n".join(
        (
            f"q {clip} re W n",
            *lines,
            draw.colour(WHITE),
            *(draw.box(start, bottom, end - start, parts.height) for start, end in plates),
            "Q",
            draw.line(left, bottom + _RULE / 2, right, bottom + _RULE / 2, _RULE),
        )
    )
