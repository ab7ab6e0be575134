"""The colours of paper: a ground and its ink belong together and stand out from each other.

A pair of less than 4.5 : 1 cannot be made at all. A colour never says anything alone: on badges a word and a
shape say the same, on tables the number does, so that a grey print still tells them apart.
"""

from typing import NamedTuple

from printables.draw import BLACK, WHITE, Colour
from printables.model import Role

LEAST_CONTRAST = 4.5
AUBERGINE: Colour = (0x43, 0x18, 0x4A)
FLOWER: Colour = (0xF2, 0xA8, 0x1D)
LEAF: Colour = (0x1F, 0x5F, 0x34)
BEET: Colour = (0x9C, 0x12, 0x40)
INK: Colour = (0x2B, 0x16, 0x31)
FLOWER_LINE: Colour = (0xB0, 0x68, 0x00)  # yellow as a line on white, where the flower's own would be lost
SOFT: Colour = (0x5F, 0x4F, 0x66)
HAIR: Colour = (0x90, 0x84, 0x94)


class Pair(NamedTuple):
    """A ground and the ink on it."""

    ground: Colour
    ink: Colour


class TableLook(NamedTuple):
    """How a table's number is shown: filled with its colour, or with a rim of it."""

    pair: Pair
    rim: Colour
    is_filled: bool


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of two colours as WCAG reckons it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pair(ground: Colour, ink: Colour) -> Pair:
    """A ground and its ink. Raises `ValueError` below 4.5 : 1."""
    found = contrast(ground, ink)
    if found < LEAST_CONTRAST:
        raise ValueError(f"{ink} on {ground} is only {found:.1f} : 1")
    return Pair(ground, ink)


BANDS: dict[Role, Pair] = {
    Role.MEMBER: pair(AUBERGINE, WHITE),
    Role.VISITOR: pair(FLOWER, INK),
    Role.HOST: pair(LEAF, WHITE),
}

_FILLED = (pair(AUBERGINE, WHITE), pair(FLOWER, INK), pair(LEAF, WHITE), pair(BEET, WHITE))
_RIMS = (AUBERGINE, FLOWER_LINE, LEAF, BEET)
_LOOKS = tuple(
    TableLook(_FILLED[at], _RIMS[at], is_filled=True)
    if is_filled
    else TableLook(pair(WHITE, BLACK), _RIMS[at], is_filled=False)
    for is_filled in (True, False)
    for at in range(4)
)


def table_look(number: int) -> TableLook:
    """The look of a table: four colours filled, the same four as rims, and from the beginning again."""
    return _LOOKS[(number - 1) % len(_LOOKS)]
