"""The back of a sheet: where the back of each label lies when the sheet is turned over.

A printer turns the sheet about its long or its short edge. The back of a label lies mirrored at that edge, and is
turned so that its top is where the top of the front is; a part-used sheet keeps its empty places.
"""

from printables.draw import Place
from printables.errors import PrintRefused
from printables.model import Duplex
from printables.stocks import Stock

_ROLLS = ("roll", "endless")


def check(stock: Stock) -> None:
    """Raises `PrintRefused("no_back")` for rolls, which are printed on one side only."""
    if stock.kind in _ROLLS and not stock.fold:
        raise PrintRefused("no_back", stock=stock.id)


def back_place(stock: Stock, place: Place, edge: Duplex) -> Place:
    """Where the back of what lies at `place` on the front of the sheet is printed, on the sheet's other side."""
    rect = place.rect
    turns_sideways = (edge is Duplex.LONG) == (stock.page_h >= stock.page_w)  # about an upright edge, like a book
    if turns_sideways:
        mirrored = rect._replace(x=stock.page_w - rect.x - rect.width)
        return Place(mirrored, -place.turn % 360)
    mirrored = rect._replace(y=stock.page_h - rect.y - rect.height)
    return Place(mirrored, (180 - place.turn) % 360)


def is_back_face(stock: Stock, face: int) -> bool:
    """Whether a face of a folded sheet carries the back of the badge.

    Folded once, the upper half is the back. Folded twice, each face lies against the back of the other kind,
    whichever fold comes first.
    """
    row, col = divmod(face, stock.cols)
    return (row + col) % 2 == 0
