"""What says which meeting a paper belongs to: the head of a full page, and the small line on cards."""

from printables import draw
from printables.draw import Document
from printables.errors import PrintRefused
from printables.marks import WORDMARK
from printables.text import LEADING, PT, Fitted, FontSet, fit

MARGIN = 15.0
HEAD = 34.0  # what a head takes of the page
_MARK = 8.0


def head(document: Document, title: str, subtitle: str, page: str = "") -> str:
    """Title, place and date, wordmark; and at the foot of the page its number.

    A long title or subtitle takes a second line. Raises `PrintRefused("text_too_long")`.
    """
    fonts, top = document.fonts, document.height
    end = document.width - MARGIN
    mark_x = end - _MARK * WORDMARK.width / WORDMARK.height
    room = mark_x - MARGIN - 6
    main = _fitted(fonts, title, room, ((20.0, 13.0, 1), (13.0, 8.0, 2)), is_bold=True)
    below = _fitted(fonts, subtitle, room, ((11.0, 8.0, 1), (8.0, 6.5, 2)), is_bold=False)
    base = top - 19 + (len(main.lines) - 1) * main.size * PT * LEADING
    parts = [
        *(
            document.text(fonts.bold, main.size, MARGIN, base - at * main.size * PT * LEADING, line)
            for at, line in enumerate(main.lines)
        ),
        *(
            document.text(fonts.regular, below.size, MARGIN, top - 25 - at * below.size * PT * LEADING, line)
            for at, line in enumerate(below.lines)
        ),
        draw.filled(WORDMARK, mark_x, top - 20, _MARK),
        document.centred(fonts.regular, 9, document.width / 2, 9, page) if page else "",
    ]
    return "\n".join(part for part in parts if part)


def caption(fonts: FontSet, title: str, subtitle: str, room: float, largest: float = 8.0) -> Fitted:
    """Title, place and date for the corner of a card; where that is too long, the title alone, on two lines at most.

    Raises `PrintRefused("text_too_long")` for a title that has no room by itself.
    """
    whole = fit(fonts, fonts.regular, f"{title} · {subtitle}" if subtitle else title, room, largest=largest, smallest=6)
    if not whole.is_cut:
        return whole
    return _fitted(fonts, title, room, ((largest, 6.0, 1), (6.5, 4.5, 2)), is_bold=False)


def _fitted(
    fonts: FontSet, text: str, room: float, steps: tuple[tuple[float, float, int], ...], *, is_bold: bool
) -> Fitted:
    face = fonts.bold if is_bold else fonts.regular
    for largest, smallest, lines in steps:
        made = fit(fonts, face, text, room, largest=largest, smallest=smallest, lines=lines)
        if not made.is_cut:
            return made
    raise PrintRefused("text_too_long", text=text)
