"""What comes back: the plan, its cost beside a proven bound, and the words for it as (key, parameters)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .cost import Cost
from .problem import PersonId, Seating


@dataclass(frozen=True)
class Said:
    """One remark about a plan: a key for the words, and what goes into them (ids, never names)."""

    key: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a person sits where they sit in one round: a key for the words, and what goes into them."""

    person: PersonId
    number: int
    key: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far the planner is: the best cost so far, and the share of the budget spent (0 to 1)."""

    cost: Cost
    share: float
    seated: Callable[[], tuple[Seating, ...]]
    """Writes that plan out, for those who want to see it."""

    @property
    def best(self) -> tuple[Seating, ...]:
        """The plan of that cost."""
        return self.seated()


@dataclass(frozen=True)
class Plan:
    """Who sits with whom: `rounds[number][table]` are the ids at that table.

    `seed` and `steps` plan the same again. `cut_short` says that the clock or a cancel ended the search in
    the middle of a stretch, so that the same number of steps need not give the same plan. `optimal` says that
    every level of the cost is at its proven bound.
    """

    rounds: tuple[Seating, ...]
    cost: Cost
    bound: Cost
    seed: int
    steps: int
    explanations: tuple[Explanation, ...] = ()
    cut_short: bool = False

    @property
    def optimal(self) -> bool:
        """Nothing can be better at any level: all bounds are reached."""
        return all(have <= least for have, least in zip(self.cost, self.bound, strict=True))

    @property
    def repeats_optimal(self) -> bool:
        """No plan has fewer repeats."""
        return self.cost.repeats <= self.bound.repeats

    def byes(self, number: int, present: list[PersonId]) -> list[PersonId]:
        """Who of those present sits nowhere in round `number`."""
        seated = {person for table in self.rounds[number] for person in table}
        return [person for person in present if person not in seated]
