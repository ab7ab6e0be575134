"""What to say about letters that a font lacks or that need more than being set one after the other."""

from printables.errors import PrintRefused
from printables.model import Warning_
from printables.text import FontSet, needs_shaping

PAPERS: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


def letters(fonts: FontSet, name: str, text: str) -> list[Warning_]:
    """Warnings about the letters of a text that belongs to `name`."""
    if text.isascii():
        return []
    found = []
    missing = fonts.missing(text)
    if missing:
        found.append(Warning_("missing_glyphs", {"name": name, "characters": missing}))
    if needs_shaping(text):
        found.append(Warning_("needs_shaping", {"name": name}))
    return found


def paper(name: str) -> tuple[float, float]:
    """Width and height in mm of `a4` or `letter`. Raises `PrintRefused("unknown_stock")`."""
    if name not in PAPERS:
        raise PrintRefused("unknown_stock", stock=name)
    return PAPERS[name]
