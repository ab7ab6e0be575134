"""Names in columns: broken with a hanging indent, or last name first, one above the other where they are long."""

from collections.abc import Iterable

from printables.model import Person
from printables.paper import Sheet
from printables.text import PT, FontSet, clean, wrap

_INDENT = "\u2003"
_SMALLEST = 6.0


def hanging(fonts: FontSet, name: str, room: float, size: float) -> tuple[str, ...]:
    """A name in lines of `room` mm, those after the first set in; only a single word may be wider."""
    if fonts.width(fonts.regular, name) * size * PT <= room:
        return (name,)
    indent = fonts.width(fonts.regular, _INDENT) * size * PT
    first, *rest = wrap(fonts, fonts.regular, name, room - indent, size)
    return first, *(_INDENT + line for line in rest)


def has_width(fonts: FontSet, lines: Iterable[str], room: float, size: float) -> bool:
    """Whether none of these lines is wider than `room` mm."""
    return all(fonts.width(fonts.regular, line) * size * PT <= room for line in lines)


def has_room(fonts: FontSet, person: Person, room: float) -> bool:
    """Whether `family_first` has room for this name in `room` mm without shortening it."""
    widest = room / (_SMALLEST * PT)
    given, family = clean(person.first_name), clean(person.last_name)
    return fonts.width(fonts.bold, family or given) <= widest and fonts.width(fonts.regular, given) <= widest


def family_first(sheet: Sheet, person: Person, x: float, base: float, room: float, size: float) -> str:
    """Last name in bold, then the first name, on one line or one above the other around it."""
    fonts, document = sheet.fonts, sheet.document
    family, given = clean(person.last_name) or clean(person.first_name), clean(person.first_name)
    if not clean(person.last_name):
        given = ""
    after = (fonts.width(fonts.bold, family) + 0.28) * size * PT
    if after + fonts.width(fonts.regular, given) * size * PT <= room:
        first = document.text(fonts.regular, size, x + after, base, given)
        return f"{document.text(fonts.bold, size, x, base, family)}\n{first}"
    small = size * 0.8
    shift = 0.42 * small * PT * 1.15 if given else 0.0
    parts = []
    for face, text, part, y in (
        (fonts.bold, family, "last name", base + shift),
        (fonts.regular, given, "first name", base - shift * 1.1),
    ):
        fitted = sheet.fitted(face, text, room, largest=small, smallest=_SMALLEST, name=person.name, part=part)
        parts += [document.text(face, fitted.size, x, y, line) for line in fitted.lines]
    return "\n".join(parts)
