"""Tents to stand on a table: a name on both faces, and the empty chair that says whom the room is waiting for.

A sheet is folded so that one face stands upright and the other, printed on its head, is upright from across the
table. Ticks at the edges, outside all text, say where to fold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from printables import checks, draw
from printables.colours import BANDS, HAIR
from printables.draw import Place
from printables.errors import PrintRefused
from printables.marks import SHAPES, WORDMARK
from printables.model import Person, Result, Role
from printables.paper import Paper, Sheet
from printables.stocks import Rect, find
from printables.text import PT, Fitted, FontSet, clean, fit, wrap

_PAD = 14.0
_BAND = 8.5
_NEAR_FOLD = 8.0  # letters keep away from the fold, where they would lean back
_TENT_CARD = "avery-5305"
_SCALES = (1.0, 0.9, 0.8, 0.7, 0.62, 0.54, 0.46, 0.4, 0.34)
_SMALLEST = 9.0


@dataclass(frozen=True, slots=True)
class TentOptions:
    """`per_page` 2: folded once and cut apart; 1: folded three times, with a foot. `card`: ready-made tent cards."""

    per_page: int = 2
    card: bool = False


@dataclass(frozen=True, slots=True)
class EmptyChair:
    """A chair kept free: for which sector, what the guest would meet, how to invite them; `heading` stands above."""

    sector: str
    lines: tuple[str, ...] = ()
    invitation: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class _Tent:
    """The two faces of one tent on its page."""

    front: Rect
    back: Rect


@dataclass(frozen=True, slots=True)
class _Layout:
    """The tents of a page, where it is folded, and where it is cut (mm from the top)."""

    tents: tuple[_Tent, ...]
    folds: tuple[float, ...]
    cuts: tuple[float, ...] = ()


def render(people: Sequence[Person], paper: Paper, fonts: FontSet, options: TentOptions | None = None) -> Result:
    """A tent for each of these people, with their name on both faces.

    Raises `PrintRefused` for an empty or endless list and for somebody without a name.
    """
    checks.crowd(people)
    for position, person in enumerate(people, start=1):
        if not clean(person.name):
            raise PrintRefused("nameless", position=position)
    sheet, layout = _begin(paper, fonts, options or TentOptions())
    face = layout.tents[0].front
    for person in people:
        sheet.note_letters(person)
    _put(sheet, layout, ("\n".join(_name_face(sheet, person, face)) for person in people))
    return sheet.finish()


def empty_chair(
    chairs: Sequence[EmptyChair], paper: Paper, fonts: FontSet, options: TentOptions | None = None
) -> Result:
    """A tent for each empty chair, the same on both faces.

    Raises `PrintRefused` for an empty list, a chair without a sector and texts that do not fit.
    """
    checks.crowd(chairs)
    for position, chair in enumerate(chairs, start=1):
        if not clean(chair.sector):
            raise PrintRefused("nameless", position=position)
    sheet, layout = _begin(paper, fonts, options or TentOptions(per_page=1))
    face = layout.tents[0].front
    for chair in chairs:
        said = clean(" ".join((chair.sector, chair.heading, *chair.lines, chair.invitation)))
        sheet.warnings += checks.letters(fonts, chair.sector, said)
    _put(sheet, layout, ("\n".join(_chair_face(sheet, chair, face)) for chair in chairs))
    return sheet.finish()


def _begin(paper: Paper, fonts: FontSet, options: TentOptions) -> tuple[Sheet, _Layout]:
    if options.card:
        sheet = Sheet(replace(paper, size="letter"), fonts)
        stock = find(_TENT_CARD)
        fronts = [stock.cell(index) for index in range(stock.labels)]
        tents = tuple(_Tent(front, front._replace(y=front.y - front.height)) for front in fronts)
        return sheet, _Layout(tents, tuple(front.y for front in fronts))
    sheet = Sheet(paper, fonts)
    quarter = sheet.height / 4
    faces = [Rect(0, at * quarter, sheet.width, quarter) for at in range(4)]
    if options.per_page == 1:
        return sheet, _Layout((_Tent(faces[2], faces[1]),), (quarter, 2 * quarter, 3 * quarter))
    if options.per_page == 2:
        tents = _Tent(faces[1], faces[0]), _Tent(faces[3], faces[2])
        return sheet, _Layout(tents, (quarter, 3 * quarter), (2 * quarter,))
    raise PrintRefused("tents_per_page", tents=options.per_page)


def _put(sheet: Sheet, layout: _Layout, faces: Iterator[str]) -> None:
    """Each face twice, the back one on its head, with the ticks once a page."""
    document = sheet.document
    document.define("ticks", sheet.width, sheet.height, _ticks(sheet, layout))
    slot = 0
    for face in faces:
        if slot == len(layout.tents):
            document.next_page()
            slot = 0
        if slot == 0:
            with document.placed(document.whole_page()):
                document.use("ticks")
        tent = layout.tents[slot]
        for place in (Place(tent.back, 180), Place(tent.front)):
            with document.placed(place):
                document.put(face)
        slot += 1
    document.next_page()


def _ticks(sheet: Sheet, layout: _Layout) -> str:
    """Dashes where to fold, crosses where to cut."""
    parts = [f"q {draw.stroke(HAIR)} [1 0.8] 0 d"]
    for fold in layout.folds:
        y = sheet.height - fold
        parts += [draw.line(3, y, 9, y, 0.25), draw.line(sheet.width - 9, y, sheet.width - 3, y, 0.25)]
    parts.append("Q")
    parts += [draw.cut_marks([Rect(0, cut, sheet.width, 0)], sheet.height) for cut in layout.cuts]
    return "\n".join(parts)


def _name_face(sheet: Sheet, person: Person, face: Rect) -> Iterator[str]:
    """First name as large as it goes, last name below it, company, and the band of the role at the foot."""
    fonts = sheet.fonts
    given, family = clean(person.first_name), clean(person.last_name)
    if not given:
        given, family = family, ""
    company = clean(person.company)
    bottom = 6.0 + _BAND
    room, height = face.width - 2 * _PAD, face.height - bottom - _NEAR_FOLD - 2
    texts = ((fonts.bold, given, 76.0, 2), (fonts.bold, family, 46.0, 2), (fonts.regular, company, 20.0, 1))
    for scale in _SCALES:
        fitted = [
            fit(
                fonts,
                font,
                text,
                room,
                largest=max(size * (scale if lines > 1 else max(scale, 0.7)), _SMALLEST),
                smallest=_SMALLEST,
                lines=lines,
            )
            for font, text, size, lines in texts
        ]
        if sum(_high(one) for one in fitted) <= height:
            break
    for part, one in zip(("first name", "last name", "company"), fitted, strict=True):
        if one.is_cut:
            sheet.note_cut(person.name, part)
    top = face.height - _NEAR_FOLD - max(0.0, height - sum(_high(one) for one in fitted)) / 2
    for (font, *_), one in zip(texts, fitted, strict=True):
        yield sheet.lines(font, one, _PAD, top - 0.86 * one.size * PT)
        top -= _high(one)
    yield _band(sheet, face, person.role, sheet.words.for_role(person.role))


def _high(fitted: Fitted) -> float:
    return fitted.height * 1.02


def _chair_face(sheet: Sheet, chair: EmptyChair, face: Rect) -> Iterator[str]:
    """The sector on the left, what the guest would meet on the right, the invitation in the band."""
    fonts = sheet.fonts
    left = (face.width - 2 * _PAD - 8) * 0.5
    top, bottom = face.height - _NEAR_FOLD - 2, 6.0 + _BAND + 4
    heading = sheet.fitted(
        fonts.regular, clean(chair.heading), left, largest=13, smallest=8, name=chair.sector, part="name", lines=2
    )
    yield sheet.lines(fonts.regular, heading, _PAD, top - 13 * PT)
    room = top - bottom - heading.height - 3
    sector = _within(fit(fonts, fonts.bold, clean(chair.sector), left - 2, largest=54, smallest=15, lines=2), room)
    if sector.is_cut:
        raise PrintRefused("no_room", text=chair.sector)
    base = top - heading.height - 3 - sector.size * PT
    yield sheet.lines(fonts.bold, sector, _PAD, base)
    right = _PAD + left + 8
    yield draw.line(right - 5, bottom, right - 5, top, 0.3)
    yield from _bulleted(sheet, chair, right, top, face.width - _PAD - right, top - bottom)
    yield _band(sheet, face, Role.VISITOR, chair.invitation)


def _within(fitted: Fitted, height: float) -> Fitted:
    """Smaller letters where the lines are higher than the room."""
    return replace(fitted, size=fitted.size * min(1.0, height / max(fitted.height, 0.1)))


def _bulleted(sheet: Sheet, chair: EmptyChair, x: float, top: float, room: float, height: float) -> Iterator[str]:
    fonts = sheet.fonts
    texts = [clean(line) for line in chair.lines if clean(line)]
    for size in (14.0, 12.5, 11.0, 10.0, 9.0, 8.0):
        step, mark = size * PT * 1.3, size * PT * 0.75
        items = [wrap(fonts, fonts.regular, text, room - 1.8 * mark, size) for text in texts]
        widest = max((fonts.width(fonts.regular, line) for lines in items for line in lines), default=0.0)
        gap = step * 0.35
        total = sum(len(lines) * step + gap for lines in items) - gap
        if total <= height and widest * size * PT <= room - 1.8 * mark:
            break
    else:
        raise PrintRefused("no_room", text=chair.sector)
    top -= (height - total) / 2
    for lines in items:
        yield draw.filled(SHAPES[Role.MEMBER], x, top - 0.86 * step, mark)
        for line in lines:
            yield sheet.document.text(fonts.regular, size, x + 1.8 * mark, top - 0.78 * step, line)
            top -= step
        top -= gap


def _band(sheet: Sheet, face: Rect, role: Role, text: str) -> str:
    """The band at the foot of a face: shape, word, wordmark."""
    ground, ink = BANDS[role]
    x, width = _PAD - 4, face.width - 2 * (_PAD - 4)
    mark, shape = _BAND * 0.55, _BAND * 0.5
    mark_width = mark * WORDMARK.width / WORDMARK.height
    word = fit(sheet.fonts, sheet.fonts.bold, clean(text), width - mark_width - shape - 16, largest=12, smallest=7)
    if word.is_cut:
        raise PrintRefused("no_room", text=text)
    base = 6.0 + _BAND / 2 - 0.357 * word.size * PT
    return "\n".join(
        (
            f"q {draw.colour(ground)} {draw.box(x, 6.0, width, _BAND)}",
            draw.colour(ink),
            draw.filled(SHAPES[role], x + 4, 6.0 + (_BAND - shape) / 2, shape),
            sheet.lines(sheet.fonts.bold, word, x + 4 + shape * 1.6, base),
            draw.filled(WORDMARK, x + width - 4 - mark_width, 6.0 + (_BAND - mark) / 2, mark),
            "Q",
        )
    )
