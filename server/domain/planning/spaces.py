"""Lines and spreads of a projective space: the richest designs for tables of one more than a prime.

The points of the space of dimension 3 over GF(q) are the powers of a generator of GF(q**4), up to factors of
GF(q); every line has q+1 points, and a spread is a set of lines that holds every point once: a round. A packing
is a set of spreads that holds every line once, so that everybody meets everybody. This made an entry of `designs`.
"""

from itertools import combinations

from .fields import powers_of_a_generator

Line = tuple[int, ...]


def lines_of_space(q: int, turns: int) -> list[Line]:
    """All lines over the prime q, points numbered so that the turn of order `turns` moves them in blocks."""
    powers = powers_of_a_generator(q, 4)
    count = len(powers) // (q - 1)
    blocks = count // turns
    number = {vector: place % count % blocks * turns + place % count // blocks for place, vector in enumerate(powers)}
    points = powers[:count]
    lines = set()
    for a, b in combinations(points, 2):
        sums = (tuple((x + k * y) % q for x, y in zip(a, b, strict=True)) for k in range(1, q))
        lines.add(tuple(sorted({number[a], number[b], *(number[each] for each in sums)})))
    return sorted(lines)


def spreads(lines: list[Line]) -> list[tuple[int, ...]]:
    """All sets of lines (by their position) that hold every point once."""
    points = 1 + max(map(max, lines))
    masks = [sum(1 << point for point in line) for line in lines]
    through = [[at for at, line in enumerate(lines) if point in line] for point in range(points)]
    found: list[tuple[int, ...]] = []

    def extend(covered: int, chosen: tuple[int, ...]) -> None:
        point = (~covered & (covered + 1)).bit_length() - 1
        if point == points:
            found.append(chosen)
            return
        for at in through[point]:
            if not masks[at] & covered:
                extend(covered | masks[at], (*chosen, at))

    extend(0, ())
    return found


def packing(q: int, turns: int) -> list[list[Line]] | None:
    """Base spreads whose turns hold every line once, or None; some may be turned into themselves."""
    lines = lines_of_space(q, turns)
    at = {line: place for place, line in enumerate(lines)}
    orbit = [-1] * len(lines)
    orbits = 0
    for start in range(len(lines)):
        place, fresh = start, orbit[start] < 0
        while orbit[place] < 0:
            orbit[place] = orbits
            place = at[tuple(sorted(point // turns * turns + (point + 1) % turns for point in lines[place]))]
        orbits += fresh
    choices: dict[int, tuple[int, ...]] = {}
    for spread in spreads(lines):
        used = {orbit[place] for place in spread}
        # Its turns hold each line once: lines of different orbits, or whole orbits.
        if len(used) == len(spread) or len(used) * turns == len(spread):
            choices.setdefault(sum(1 << each for each in used), spread)
    chosen = _exact_cover(sorted(choices), orbits)
    return None if chosen is None else [[lines[place] for place in choices[mask]] for mask in chosen]


def _exact_cover(masks: list[int], bits: int) -> list[int] | None:
    """Masks that together have every bit once."""
    with_bit = [[mask for mask in masks if mask >> bit & 1] for bit in range(bits)]

    def extend(covered: int) -> list[int] | None:
        bit = (~covered & (covered + 1)).bit_length() - 1
        if bit == bits:
            return []
        for mask in with_bit[bit]:
            if not mask & covered:
                rest = extend(covered | mask)
                if rest is not None:
                    return [mask, *rest]
        return None

    return extend(0)
