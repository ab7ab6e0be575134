"""Which way a line is read: names in Arabic or Hebrew run from right to left, numbers in them do not.

`visual` cuts a line into pieces in the order in which they stand on paper. It follows the Unicode
bidirectional algorithm (UAX 9) without its embedding controls, which `text.clean` takes out of every
name, and without pairing brackets.
"""

import unicodedata
from itertools import groupby

_RIGHT = ("R", "AL")
_STRONG = ("L", "R", "AL")
_NEUTRAL = ("B", "S", "WS", "ON", "BN", "ES", "ET", "CS")


def visual(text: str) -> list[tuple[str, bool]]:
    """The pieces of a line from left to right, and whether each is read from right to left."""
    kinds = [unicodedata.bidirectional(letter) or "L" for letter in text]
    if not any(kind in ("R", "AL", "AN") for kind in kinds):
        return [(text, False)] if text else []
    base = int(next((kind for kind in kinds if kind in _STRONG), "L") in _RIGHT)
    levels = _levels(kinds, base)
    runs: list[tuple[str, int]] = []
    at = 0
    for level, same in groupby(levels):
        end = at + len(list(same))
        runs.append((text[at:end], level))
        at = end
    ordered: list[tuple[str, int]] = []
    for is_within, members in groupby(runs, lambda run: run[1] > 0):  # a number in a name keeps its own direction
        some = list(members)
        ordered += reversed(some) if is_within else some
    return [(piece, level % 2 == 1) for piece, level in ordered]


def _levels(kinds: list[str], base: int) -> list[int]:
    """0 from left to right, 1 from right to left, 2 a number or a foreign word within the latter."""
    kinds = _numbers(_marks(kinds, "RL"[1 - base]), "L" if base == 0 else "R")
    _neutrals(kinds, "R" if base else "L")
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def _marks(kinds: list[str], before: str) -> list[str]:
    """Marks are read with their letter (W1)."""
    found = []
    for kind in kinds:
        before = before if kind == "NSM" else kind
        found.append(before)
    return found


def _numbers(kinds: list[str], start: str) -> list[str]:
    """Numbers, and the signs in and around them, as the letters before them ask (W2 to W7)."""
    strong = start
    for at, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):
        before, kind, after = kinds[at - 1 : at + 2]
        if before == after and ((kind == "CS" and before in ("EN", "AN")) or (kind == "ES" and before == "EN")):
            kinds[at] = before
    at = 0
    for kind, members in groupby(list(kinds)):
        end = at + len(list(members))
        if kind == "ET" and "EN" in (kinds[at - 1 : at] + kinds[end : end + 1]):
            kinds[at:end] = ["EN"] * (end - at)
        at = end
    strong = start
    for at, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _neutrals(kinds: list[str], base: str) -> None:
    """Spaces and signs go with their neighbours where both agree, else with the line (N1 and N2)."""

    def side(at: int) -> str:
        if not 0 <= at < len(kinds):
            return base
        return "L" if kinds[at] == "L" else "R"

    at = 0
    for is_neutral, members in groupby([kind in _NEUTRAL for kind in kinds]):
        end = at + len(list(members))
        if is_neutral:
            before, after = side(at - 1), side(end)
            kinds[at:end] = [before if before == after else base] * (end - at)
        at = end
