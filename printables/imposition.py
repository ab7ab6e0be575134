"""Which face lies where: labels one after the other on their sheets, fronts and mirrored backs, folds, cut marks.

A part-used sheet keeps its empty places on both sides.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from printables import draw, duplex
from printables.draw import Document, Place
from printables.model import BadgeOptions
from printables.stocks import Stock

Art = Callable[[], None]  # draws one face, in mm from its bottom left corner


class Pages:
    """The pages of one print job, filled label by label."""

    def __init__(self, document: Document, stock: Stock, options: BadgeOptions, turn: int, *, outlined: bool) -> None:
        """Begin at the first free label; `outlined` draws the edges of all labels, to see whether the print fits."""
        self._document, self._stock, self._options, self._turn = document, stock, options, turn
        self._slot = options.start_at - 1
        self._backs: list[tuple[Place, Art]] = []
        self._is_open = False
        cells = [stock.cell(index) for index in range(stock.labels)]
        self._marks = draw.cut_marks(cells, stock.page_h) if stock.kind == "cut" else ""
        if outlined:
            self._marks += "\n" + draw.outlines(cells, stock.page_h, stock.radius)
        if self._marks:
            document.define("c", stock.page_w, stock.page_h, self._marks)

    def add(self, front: Art, back: Art | None) -> None:
        """The next label, with its back or without."""
        if self._slot == self._stock.per_sheet:
            self.close()
            self._slot = 0
        if self._marks and not self._is_open:
            with self._placed(self._document.whole_page()):
                self._document.use("c")
        self._is_open = True
        if self._stock.fold:
            self._folded(front, back)
        else:
            place = Place(self._stock.cell(self._slot), self._turn)
            with self._placed(place):
                front()
            if back:
                self._backs.append((duplex.back_place(self._stock, place, self._options.duplex), back))
        self._slot += 1

    def close(self) -> None:
        """End the sheet: its front, and its other side where there are backs."""
        if not self._is_open:
            return
        self._document.next_page()
        if self._backs:
            for place, back in self._backs:
                with self._placed(place, self._options.back_dx, self._options.back_dy):
                    back()
            self._document.next_page()
        self._backs = []
        self._is_open = False

    def _folded(self, front: Art, back: Art | None) -> None:
        """All faces of the one badge on this sheet."""
        for face in range(self._stock.labels):
            with self._placed(Place(self._stock.cell(face), 180 if self._stock.is_turned(face) else self._turn)):
                (back if back and duplex.is_back_face(self._stock, face) else front)()

    def _placed(self, place: Place, dx: float = 0.0, dy: float = 0.0) -> AbstractContextManager[None]:
        """Draw at this place, shifted and scaled for one printer."""
        options = self._options
        return self._document.placed(place, dx=options.dx + dx, dy=options.dy + dy, scale=options.scale)
