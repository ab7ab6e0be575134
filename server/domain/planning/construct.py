"""Rounds in which nobody meets anybody twice, built by theorem instead of search.

A design is a list of rounds, a round a list of tables, a table a list of points. With g tables of p the point
i*g + x is "row i, number x". Every round built from a vector f puts {(i, t + f[i])} at table t, so row 0
never moves when f[0] is 0: people who keep their table sit on row 0. Theorems used:

* pairs: the circle method gives n-1 rounds (n even) or n rounds with one bye each (n odd);
* shift: f_r = r*i mod g is repeat-free for R rounds whenever (R-1)*(p-1) < g, for any g;
* fields: f_r = r*i in GF(g) is repeat-free for all g rounds when g is a prime power and p <= g;
* matrices: a difference matrix over any group of order g, from a table where there is no field;
* rows: when p divides g the rows themselves can be split into further rounds (g = p gives one more);
* ghosts: leaving out points of one row leaves tables whose sizes differ by at most one.
"""

import random
from collections.abc import Sequence

from .designs import developed
from .differences import addition
from .fields import Table, field
from .matrices import matrix_rows

Design = list[list[list[int]]]


def circle(n: int, rounds: int) -> Design:
    """Pairs of n points, n even, for up to n-1 rounds. The last point stays, the others go round."""
    turn = n - 1
    return [
        [[n - 1, r], *([(r + k) % turn, (r - k) % turn] for k in range(1, n // 2))] for r in range(min(rounds, turn))
    ]


def shift_multipliers(g: int, p: int, rounds: int) -> list[int]:
    """Multipliers r such that the vectors r*i mod g (i < p) never repeat a pair; 0, 1, 2, ... where it
    holds."""
    chosen: list[int] = []
    for r in range(g):
        if len(chosen) == rounds:
            break
        if all((r - s) * d % g for s in chosen for d in range(1, p)):
            chosen.append(r)
    return chosen


def vectors(g: int, p: int, rounds: int, seed: int = 0) -> tuple[Table, list[list[int]]]:
    """A group of order g (as its addition table) and as many repeat-free vectors (<= rounds) as can be
    had."""
    cyclic = [[(x + y) % g for y in range(g)] for x in range(g)]
    by_shift = [[r * i % g for i in range(p)] for r in shift_multipliers(g, p, rounds)]
    if len(by_shift) >= rounds:
        return cyclic, by_shift
    gf = field(g)
    if gf is not None:
        add, mul = gf
        return add, [[mul[r][i] for i in range(p)] for r in range(min(rounds, g))]
    orders, by_table = matrix_rows(g, p)
    if len(by_table) > len(by_shift):
        return addition(orders), by_table[:rounds]
    return cyclic, max(by_shift, _drawn_vectors(g, p, rounds, seed), key=len)


def _drawn_vectors(g: int, p: int, rounds: int, seed: int) -> list[list[int]]:
    """Vectors drawn at random and kept when every difference to the earlier ones hits each value at most
    once."""
    rng = random.Random(seed)
    best: list[list[int]] = []
    for _ in range(24 if g <= 30 else 4):
        rows = [[0] * p]
        for _ in range(120):
            candidate = [0, *rng.sample(range(1, g), p - 1)]
            if all(len({(a - b) % g for a, b in zip(candidate, row, strict=True)}) == p for row in rows):
                rows.append(candidate)
            if len(rows) == rounds:
                return rows
        best = max(best, rows, key=len)
    return best


def design(g: int, p: int, rounds: int) -> Design:
    """As many repeat-free rounds (<= rounds) of g tables of p as the theorems give; at least one."""
    if p == 2:
        return circle(2 * g, rounds)
    if p > g:
        return [[list(range(t * p, t * p + p)) for t in range(g)]]
    add, rows = vectors(g, p, rounds)
    made = [[[i * g + add[t][row[i]] for i in range(p)] for t in range(g)] for row in rows]
    if len(made) < rounds and g % p == 0:
        within = design(g // p, p, rounds - len(made))
        made += [[[i * g + x for x in table] for i in range(p) for table in part] for part in within]
    return made


def keeps_row_zero(this_round: Sequence[Sequence[int]], g: int) -> bool:
    """Whether every table has exactly one point of row 0, so that people there can keep their tables."""
    return all(sum(point < g for point in table) == 1 for table in this_round)


def seat_by_design(heads: int, tables: int, rounds: int, *, hosts: bool = False, loose: int = 0) -> Design:
    """Repeat-free rounds for `heads` people at `tables` tables, points renumbered 0..heads-1.

    With `hosts` only rounds in which the points 0..tables-1 sit at different tables are kept. The last `loose`
    points may come late or leave early: they are taken from points that never meet, as far as there are such.
    """
    p = -(-heads // tables)
    by_theorem = design(tables, p, rounds)
    if hosts:
        by_theorem = [part for part in by_theorem if keeps_row_zero(part, tables)]
    best = without_ghosts(by_theorem, heads)
    if len(best) >= rounds:
        return best
    for made in developed(tables, p):
        ordered = renumbered(made, tables, heads - loose, hosts=hosts)
        best = max(best, without_ghosts(ordered, heads)[:rounds], key=len)
    return best


def without_ghosts(made: Design, heads: int) -> Design:
    """The rounds without the points from `heads` on, as far as the sizes of their tables differ by one at
    most."""
    trimmed = [[[point for point in table if point < heads] for table in part] for part in made]
    return [part for part in trimmed if max(map(len, part)) - min(map(len, part)) <= 1]


def renumbered(made: Design, g: int, heads: int, *, hosts: bool) -> Design:
    """A design with its points in a new order: hosts first, ghosts last.

    Hosts are points that never meet, and so are ghosts if possible; else ghosts are taken from one table, which
    spoils one round only. Empty when no hosts are found.
    """
    points = sum(map(len, made[0]))
    met = [{point} for point in range(points)]
    for part in made:
        for table in part:
            for point in table:
                met[point].update(table)
    front = _apart(met, g if hosts else 0, set())
    if front is None:
        return []
    ghosts = _apart(met, points - heads, set(front))
    if ghosts is None:
        ghosts = [point for point in made[0][0] if point not in front][: points - heads]
    order = [*front, *(point for point in range(points) if point not in {*front, *ghosts}), *ghosts]
    number = {point: position for position, point in enumerate(order)}
    return [[[number[point] for point in table] for table in part] for part in made]


def _apart(met: list[set[int]], count: int, taken: set[int]) -> list[int] | None:
    """`count` points none of whom ever meets another, found greedily from every beginning."""
    for first in range(len(met)):
        chosen: list[int] = []
        for point in [*range(first, len(met)), *range(first)]:
            if len(chosen) == count:
                return chosen
            if point not in taken and not any(point in met[other] for other in chosen):
                chosen.append(point)
    return [] if count == 0 else None


def pairs_by_design(heads: int, rounds: int) -> tuple[Design, list[int]]:
    """Repeat-free rounds of pairs and, when `heads` is odd, the point left over in each of them."""
    if heads % 2 == 0:
        return circle(heads, rounds), []
    made = circle(heads + 1, rounds)
    over = [sum(pair) - heads for part in made for pair in part if heads in pair]
    return [[pair for pair in part if heads not in pair] for part in made], over
