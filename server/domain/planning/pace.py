"""How a search spends its budget: in stretches whose lengths are known beforehand.

A search of K steps is a warm-up of fixed length, twice, followed by stretches of falling length, the binary
digits of the rest. When the clock decides, it only chooses how many of them there is time for, so a plan made
by the clock is made again from its seed and its number of steps.
"""

import math
from collections.abc import Callable, Iterator
from typing import Protocol

WARM_UP = 100
UNIT = 16
LONGEST = 1 << 40
KEPT_BACK = 0.05
REPORT_EVERY = 0.1


class Budget(Protocol):
    """How long to search. The planner has no clock: the budget brings its own."""

    @property
    def steps(self) -> int | None:
        """The number of steps to take, or None to go by the clock alone."""

    def left(self) -> float:
        """Seconds left, of whatever clock the caller trusts; infinite when only steps count."""


class Pace:
    """Steps taken, time spent, and whether somebody wants the search to end."""

    def __init__(
        self, budget: Budget, cancel: Callable[[], bool] | None, report: Callable[[float], None] | None
    ) -> None:
        self.budget = budget
        self.cancel = cancel
        self.report = report
        self.steps = 0
        self.cut_short = False
        self.began = budget.left()
        self.reported = self.began
        self.measured_from = (self.began, 0)

    def stretches(self) -> Iterator[int]:
        """Lengths of the stretches: the warm-up twice, then the binary digits of the rest, the largest
        first."""
        limit = self.budget.steps
        yield WARM_UP if limit is None else min(WARM_UP, limit)
        self.measured_from = (self.budget.left(), self.steps)
        yield WARM_UP if limit is None else max(0, min(WARM_UP, limit - self.steps))
        digit = LONGEST
        while True:
            room = self._room() if limit is None else limit - self.steps
            if room < UNIT or digit == UNIT:
                break
            digit = min(digit // 2, 1 << (room.bit_length() - 1))
            yield digit
        if limit is not None and limit > self.steps:
            yield limit - self.steps

    def _room(self) -> int:
        """Steps there is time for, at the speed seen since the first warm-up."""
        left = self.budget.left()
        before, steps = self.measured_from
        spent = before - left
        if not 0 < spent < math.inf:
            return WARM_UP
        return int((left - KEPT_BACK * self.began) * (self.steps - steps) / spent)

    def tick(self, steps: int) -> bool:
        """Count steps; True when the clock or somebody says stop in the middle of a stretch."""
        self.steps += steps
        if self.over():
            self.cut_short = True
        elif self.report is not None and self.reported - self.budget.left() >= REPORT_EVERY:
            self.tell()
        return self.cut_short

    def over(self) -> bool:
        """Whether time is up or the search was cancelled."""
        return self.cut_short or self.budget.left() <= 0 or (self.cancel is not None and self.cancel())

    def tell(self) -> None:
        """Report progress now: the share of the budget that is spent."""
        if self.report is None:
            return
        self.reported = self.budget.left()
        if self.budget.steps:
            share = self.steps / self.budget.steps
        else:
            share = 1 - self.reported / self.began if 0 < self.began < math.inf else 0.0
        self.report(min(1.0, max(0.0, share)))
