"""A table's number in its colour, in a disc: the same on route cards, plans and the backs of badges."""

from printables import draw
from printables.colours import table_look
from printables.draw import BLACK, Document
from printables.marks import RING
from printables.text import PT


def table_disc(document: Document, number: int, x: float, y: float, radius: float, *, black_only: bool = False) -> str:
    """The number in a disc around x, y: filled with the table's colour or with a rim of it; in black a ring."""
    look = table_look(number)
    text = str(number)
    bold = document.fonts.bold
    size = min(radius * 3.0, 1.5 * radius / (bold.width(text) * PT))
    if look.is_filled and not black_only:
        ground = f"{draw.colour(look.pair.ground)}\n{draw.filled(RING, x - radius, y - radius, 2 * radius)}"
    else:
        rim = BLACK if black_only else look.rim
        ground = f"{draw.stroke(rim)}\n{draw.ring(x, y, radius * 0.91, radius * 0.18)}"
    ink = draw.colour(BLACK if black_only else look.pair.ink)
    return f"q {ground}\n{ink}\n{document.centred(bold, size, x, y - 0.357 * size * PT, text)}\nQ"
