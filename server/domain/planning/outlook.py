"""What can be said before anybody plans: rounds in which nobody meets again, repeats nobody can avoid and whose
they are, byes, tables of three. What is proven is told as "at least" and "at most", never as a guess."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .bounds import lower_bound
from .checks import check
from .construct import seat_by_design
from .cost import Cost, Tables, count_meetings
from .layout import RoundLayout, even_sizes
from .model import Bools, Model
from .planner import plan
from .problem import MAX_ROUNDS, Problem, Seating
from .reasons import ForcedPair, because, forced_pairs, least_repeats
from .result import Said
from .starts import empty_tables

KNOWN_MOST = {(4, 3): 4, (5, 4): 5, (6, 5): 6, (6, 6): 3}
"""Tables and people at each: the most repeat-free rounds where that is proven and less than counting says.

The numbers of mutually different rounds are listed as OEIS A107431; 6 tables of 6 are Euler's officers.
"""


TRIAL_STEPS = 400
TRIAL_WORK = 60_000
"""At most so many steps times people for the short search: some tenths of a second."""


@dataclass(frozen=True)
class Trial:
    """A budget of a few steps and no clock, for a plan that only shows what is possible."""

    steps: int | None

    def left(self) -> float:
        """There is always time."""
        return math.inf


@dataclass(frozen=True)
class Share:
    """Something nobody is keen on, shared out: in which rounds, how often in all, at least and at most a person."""

    rounds: tuple[int, ...]
    total: int
    least: int
    most: int


Range = tuple[int, int | None]
"""At least and at most; None where nothing is proven."""


@dataclass(frozen=True)
class Outlook:
    """What is known before the start.

    `repeat_free` is how many rounds, from now on, can go by without anybody sitting with the same person twice at
    this meeting; `all_new` the same with earlier meetings counted too (None where there are none).
    """

    people: int
    rounds: int
    repeat_free: Range
    all_new: Range | None
    least_repeats: int
    reason: Said | None
    forced: tuple[ForcedPair, ...]
    byes: Share | None
    trios: Share | None
    bound: Cost

    @property
    def told(self) -> tuple[Said, ...]:
        """All of it as remarks, in the order to be read."""
        return tuple(self._told())

    def _told(self) -> Iterator[Said]:
        yield from _told_of("repeat_free", self.repeat_free)
        if self.all_new is not None:
            yield from _told_of("all_new", self.all_new)
        if self.least_repeats:
            yield Said("repeats_unavoidable", {"n": self.least_repeats})
        if self.reason is not None:
            yield self.reason
        for pair in self.forced:
            couple = {"one": pair.one, "other": pair.other, "times": pair.times, "table": pair.table}
            yield Said("forced_pair" if pair.table is not None else "forced_pair_anywhere", couple)
        for key, share in (("byes_ahead", self.byes), ("trios_ahead", self.trios)):
            if share is not None:
                yield Said(key, {"total": share.total, "least": share.least, "most": share.most})


def outlook(problem: Problem, rounds: Sequence[Seating] | None = None) -> Outlook:
    """What is known of a problem before it is planned; with `rounds`, also what that plan shows to be possible.

    Where no theorem says how many rounds can do without repeats, a short search shows some. Raises RuleViolation
    (codes `plan_*`) when the problem cannot be planned at all.
    """
    check(problem)
    model = Model(problem)
    bound = lower_bound(model)
    repeats = least_repeats(model, bound)
    never = count_meetings(model, empty_tables(model)) == 0
    np.fill_diagonal(never, False)
    known = model.times > 0
    ways = [never] if not known.any() else [never, never & ~known]
    ranges = [(_at_least(model, fresh), _at_most(model, fresh)) for fresh in ways]
    if rounds is None and any(not least and most != 0 for least, most in ranges) and not problem.forbidden:
        rounds = plan(problem, Trial(min(TRIAL_STEPS, TRIAL_WORK // model.n)), 1).rounds
    if rounds is not None:
        tables = model.tables_of(tuple(rounds))
        ranges = [
            (max(each[0], _shown(model, fresh, tables)), each[1]) for each, fresh in zip(ranges, ways, strict=True)
        ]
    return Outlook(
        people=model.n,
        rounds=len(model.free_rounds),
        repeat_free=ranges[0],
        all_new=ranges[1] if len(ranges) > 1 else None,
        least_repeats=repeats,
        reason=because(model, repeats),
        forced=forced_pairs(model),
        byes=_byes(model),
        trios=_trios(model),
        bound=bound,
    )


def _told_of(key: str, known: Range) -> Iterator[Said]:
    least, most = known
    if least == most:
        yield Said(f"{key}_exactly", {"n": most})
        return
    if least:
        yield Said(f"{key}_at_least", {"n": least})
    if most is not None:
        yield Said(f"{key}_at_most", {"n": most})


def _next(model: Model) -> RoundLayout | None:
    """The round that stands for all that are still to come; None when they differ, or nothing is to come."""
    layouts = list(model.layout.rounds.values())
    first = layouts[0] if layouts else None
    for here in layouts[1:]:
        assert first is not None
        if (here.present, sorted(here.sizes), here.fixed) != (first.present, sorted(first.sizes), first.fixed):
            return None
    return first


def _at_least(model: Model, fresh: Bools) -> int:
    """Rounds a theorem or our table of designs gives, where everybody is new to everybody and free to sit."""
    here = _next(model)
    if here is None or model.problem.forbidden:
        return 0
    among = fresh[np.ix_(here.present, here.present)]
    heads, tables = len(here.present) - here.has_bye, len(here.sizes)
    settled = len(set(here.fixed.values())) < len(here.fixed)
    even = sorted(here.sizes, reverse=True) == even_sizes(heads, tables)
    if int(among.sum()) < len(here.present) * (len(here.present) - 1):
        return 0
    if settled or not even:
        return 1
    if max(here.sizes) == 2:
        return 1 if here.fixed else heads - 1 + 2 * here.has_bye
    return len(seat_by_design(heads, tables, MAX_ROUNDS, hosts=bool(here.fixed)))


def _at_most(model: Model, fresh: Bools) -> int | None:
    """More repeat-free rounds than this there cannot be: by all pairs, by each person's, by pigeonholes."""
    here = _next(model)
    if here is None:
        return None
    new = fresh[np.ix_(here.present, here.present)].sum(axis=1)
    limits = [int(new.sum()) // 2 // sum(size * (size - 1) // 2 for size in here.sizes)]
    if not here.has_bye:
        limits.append(int(new.min()) // (min(here.sizes) - 1))
    if max(here.sizes) > len(here.sizes) or len(set(here.fixed.values())) < len(here.fixed):
        limits.append(1)
    if len(set(here.sizes)) == 1:
        limits.append(KNOWN_MOST.get((len(here.sizes), here.sizes[0]), limits[0]))
    return min(limits)


def _shown(model: Model, fresh: Bools, tables: Tables) -> int:
    """How many rounds of a plan go by without repeats, taken in their order and leaving out the others."""
    met = ~fresh
    np.fill_diagonal(met, False)
    shown = 0
    for number in model.free_rounds:
        row = tables[number]
        together = (row[:, None] == row[None, :]) & (row >= 0)[:, None]
        np.fill_diagonal(together, False)
        if not (together & met).any():
            shown += 1
            met |= together
    return shown


def _byes(model: Model) -> Share | None:
    rounds = tuple(number for number in model.free_rounds if model.layout.rounds[number].has_bye)
    return _shared(model, rounds, len(rounds))


def _trios(model: Model) -> Share | None:
    rounds = tuple(
        number
        for number in model.free_rounds
        if model.problem.shapes[number].size == 2 and 3 in model.layout.rounds[number].sizes
    )
    return _shared(model, rounds, sum(3 * model.layout.rounds[number].sizes.count(3) for number in rounds))


def _shared(model: Model, rounds: tuple[int, ...], total: int) -> Share | None:
    """Shared out fairly among those who are there in any of the rounds."""
    if not rounds:
        return None
    people = len({index for number in rounds for index in model.layout.rounds[number].present})
    return Share(rounds, total, total // people, -(-total // people))
