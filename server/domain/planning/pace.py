"""How a search spends its budget: in stretches whose lengths are known beforehand.

A search of K steps is a warm-up of fixed length, twice, followed by stretches of falling length, the binary
digits of the rest. When the clock decides, it only chooses how many of them there is time for, so a plan made
by the clock is made again from its seed and its number of steps. Where all digits are used up and there is time
left, because the later steps were faster, it begins again below the first one, and adds how often it did so to the
number of steps.
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


def digits_of(steps: int) -> tuple[list[int], int]:
    """The stretches that a number of steps stands for, and how often they began again (steps that are not taken).

    A series that was used up, from its first digit down to `UNIT`, lacks one `UNIT` to the next power of two: with it
    added, every series is one binary digit of the whole. A number no clock has made is taken digit by digit.
    """
    beginnings = steps % UNIT
    whole = steps + beginnings * (UNIT - 1)
    bits = [bit for bit in _halves(LONGEST) if whole & bit]
    series = [part for bit in bits[:beginnings] for part in _halves(bit)] + bits[beginnings:]
    if sum(series) + beginnings == steps:
        return series, beginnings
    return [*(bit for bit in _halves(LONGEST) if steps & bit), beginnings], 0


def _halves(bit: int) -> list[int]:
    """The powers of two below `bit`, down to `UNIT`."""
    return [1 << place for place in range(bit.bit_length() - 2, UNIT.bit_length() - 2, -1)]


class Pace:
    """Steps taken, time spent, and whether somebody wants the search to end."""

    def __init__(
        self, budget: Budget, cancel: Callable[[], bool] | None, report: Callable[[float], None] | None
    ) -> None:
        self.budget = budget
        self.cancel = cancel
        self.report = report
        self.steps = 0
        self.beginnings = 0
        self.cut_short = False
        self.cancelled = False
        self.began = budget.left()
        self.reported = self.began
        self.measured_from = (self.began, 0)

    @property
    def number(self) -> int:
        """What makes the same plan again: the steps, and how often the clock began again."""
        return self.steps + self.beginnings

    def stretches(self) -> Iterator[int]:
        """Lengths of the stretches: the warm-up twice, then the binary digits of the rest, the largest first.

        A stretch counts in full, also where there was nothing left to do in it.
        """
        for length in self._lengths():
            before = self.steps
            yield length
            if not self.cut_short:
                self.steps = before + length

    def _lengths(self) -> Iterator[int]:
        limit = self.budget.steps
        if limit is not None:
            yield min(WARM_UP, limit)
            yield max(0, min(WARM_UP, limit - WARM_UP))
            series, self.beginnings = digits_of(max(0, limit - 2 * WARM_UP))
            yield from series
            return
        yield WARM_UP
        self.measured_from = (self.budget.left(), self.steps)
        yield WARM_UP
        yield from self._while_there_is_time()

    def _while_there_is_time(self) -> Iterator[int]:
        highest, digit, spent = LONGEST, LONGEST, 0
        while (room := self._room()) >= UNIT:
            if digit == UNIT:
                if spent != 2 * highest - UNIT or highest == UNIT or self.beginnings == UNIT - 1:
                    break
                digit, spent = highest, 0
                self.beginnings += 1
            digit = min(digit // 2, 1 << (room.bit_length() - 1))
            highest = highest if spent else digit
            spent += digit
            yield digit

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
        if self.cancel is not None and not self.cancelled:
            self.cancelled = self.cancel()
        return self.cut_short or self.cancelled or self.budget.left() <= 0

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
