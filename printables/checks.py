"""What is checked before anything is drawn: the length of a list, the paper, and the letters of a text."""

from collections.abc import Sequence

from printables.errors import PrintRefused
from printables.model import Warning_
from printables.text import FontSet, needs_shaping

MOST_PEOPLE = 100_000
PAPERS: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


def crowd(people: Sequence[object]) -> None:
    """Raises `PrintRefused`: `nobody` for an empty list, `too_many` for an endless one."""
    if not people:
        raise PrintRefused("nobody")
    if len(people) > MOST_PEOPLE:
        raise PrintRefused("too_many", people=len(people), most=MOST_PEOPLE)


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
    """Width and height in mm of `a4` or `letter`. Raises `PrintRefused("unknown_paper")`."""
    if name not in PAPERS:
        raise PrintRefused("unknown_paper", size=name)
    return PAPERS[name]
