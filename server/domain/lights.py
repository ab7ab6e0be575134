"""The traffic lights: a table of the group's own that turns the weeks of somebody into points and a colour.

The table is data, not a rule of the program: two are offered, every group edits its own, each decision is a version.
Points are for each metric by the highest step reached. Nothing is scored of somebody who had no week that counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from server.domain.errors import RuleViolation
from server.domain.weeks import Column, Line


class Metric(StrEnum):
    """What may be scored, in the order of the table."""

    ABSENCES = "absences"
    LATE = "late"
    REFERRALS = "referrals"
    VISITORS = "visitors"
    ONE_TO_ONES = "one_to_ones"
    TRAININGS = "trainings"
    TESTIMONIALS = "testimonials"
    THANKS = "thanks"


class Colour(StrEnum):
    """What a number of points is called; always written beside its colour."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


FEW = frozenset({Metric.ABSENCES, Metric.LATE})
"""Fewer of these is better: a step is reached by at most so many."""
BY_WEEK = frozenset({Metric.REFERRALS, Metric.VISITORS, Metric.ONE_TO_ONES, Metric.TESTIMONIALS})
"""Divided by the weeks that count; the others are counted over the whole window."""
COUNTS: Mapping[Metric, tuple[Column, ...]] = {
    Metric.ABSENCES: (Column.ABSENT,),
    Metric.LATE: (Column.LATE,),
    Metric.REFERRALS: (Column.GIVEN_INSIDE, Column.GIVEN_OUTSIDE),
    Metric.VISITORS: (Column.VISITORS,),
    Metric.ONE_TO_ONES: (Column.ONE_TO_ONES,),
    Metric.TRAININGS: (Column.TRAININGS,),
    Metric.TESTIMONIALS: (Column.TESTIMONIALS,),
    Metric.THANKS: (Column.THANKS,),
}
"""The columns of the attendance report that a metric adds up."""
WINDOWS = (4, 52)
STEPS_MOST = 6
POINTS_MOST = 100
THRESHOLD_MOST = 999_000
_STEP = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?\s*[:=]\s*(\d{1,3})")


@dataclass(frozen=True)
class Step:
    """So many points from (or, where fewer is better, up to) a threshold in thousandths."""

    threshold: int
    points: int


Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Table:
    """A whole table. `version` 0: one that is offered; `name` is a key for those and the group's word otherwise."""

    name: str
    window: int
    steps: Mapping[Metric, Steps]
    green: int = 70
    amber: int = 50
    red: int = 30
    version: int = 0


@dataclass(frozen=True)
class Point:
    """How one metric was scored. `more`: how many more (fewer, where that is better) would reach `next_points`."""

    metric: Metric
    number: int
    points: int
    most: int
    more: int = 0
    next_points: int = 0


@dataclass(frozen=True)
class Score:
    """Somebody's points and colour. `weeks` 0: nothing to score."""

    points: tuple[Point, ...]
    weeks: int
    colour: Colour

    @property
    def total(self) -> int:
        """All points together."""
        return sum(point.points for point in self.points)


def parse(text: str, metric: Metric) -> Steps:
    """The steps as people write them: "0.5:5 0.75:10 1:15"; an empty text leaves the metric out.

    Raises RuleViolation("light_steps", field=metric).
    """
    found = _STEP.findall(text)
    rest = _STEP.sub("", text).strip(" ,;\n\t")
    steps = tuple(
        Step(int(whole) * 1000 + int((part or "0").ljust(3, "0")), int(points)) for whole, part, points in found
    )
    in_order = all(
        one.threshold != other.threshold and one.points != other.points
        and (one.threshold < other.threshold) is ((one.points > other.points) is (metric in FEW))
        for one, other in pairwise(steps)
    )  # fmt: skip
    too_much = any(step.points > POINTS_MOST or step.threshold > THRESHOLD_MOST for step in steps)
    if rest or len(steps) > STEPS_MOST or not in_order or too_much:
        raise RuleViolation("light_steps", field=metric.value)
    return tuple(sorted(steps, key=lambda step: step.points))


def written(steps: Steps) -> str:
    """The same as a text that `parse` reads."""
    return " ".join(f"{_decimal(step.threshold)}:{step.points}" for step in steps)


def _decimal(thousandths: int) -> str:
    whole, part = divmod(thousandths, 1000)
    return f"{whole}.{part:03d}".rstrip("0").rstrip(".")


def check(table: Table) -> None:
    """Raises RuleViolation: light_window, light_bands, light_nothing, each with its `field`."""
    if not WINDOWS[0] <= table.window <= WINDOWS[1]:
        raise RuleViolation("light_window", field="window", least=WINDOWS[0], most=WINDOWS[1])
    if not 0 < table.red < table.amber < table.green:
        raise RuleViolation("light_bands", field="green")
    if table.green > sum(max((step.points for step in steps), default=0) for steps in table.steps.values()):
        raise RuleViolation("light_nothing", field="green")


def score(table: Table, line: Line, weeks: int) -> Score:
    """The points of somebody with these figures in so many weeks that count."""
    if not weeks:
        return Score((), 0, Colour.GREY)
    points = tuple(_point(metric, table.steps[metric], line, weeks) for metric in Metric if table.steps.get(metric))
    total = sum(point.points for point in points)
    bands = ((Colour.GREEN, table.green), (Colour.AMBER, table.amber), (Colour.RED, table.red))
    return Score(points, weeks, next((colour for colour, least in bands if total >= least), Colour.GREY))


def _point(metric: Metric, steps: Steps, line: Line, weeks: int) -> Point:
    number = sum(line.get(column, 0) for column in COUNTS[metric])
    over = weeks if metric in BY_WEEK else 1

    def reached(step: Step) -> bool:
        least = step.threshold * over
        return number * 1000 <= least if metric in FEW else number * 1000 >= least

    gained = max((step.points for step in steps if reached(step)), default=0)
    better = [step for step in steps if step.points > gained]
    most = max(step.points for step in steps)
    if not better:
        return Point(metric, number, gained, most)
    nearest = min(better, key=lambda step: step.points)
    wanted = nearest.threshold * over
    more = number - wanted // 1000 if metric in FEW else -(-wanted // 1000) - number
    return Point(metric, number, gained, most, more, nearest.points)


def _steps(**texts: str) -> Mapping[Metric, Steps]:
    return {Metric(name): parse(text, Metric(name)) for name, text in texts.items()}


PRESETS: Mapping[str, Table] = {
    "steady": Table(
        "steady",
        26,
        _steps(
            absences="0:15 1:10 2:5",
            late="0:5",
            referrals="0.5:5 0.75:10 1:15 1.2:20",
            visitors="0.1:5 0.25:10 0.5:15 0.75:20",
            trainings="1:5 2:10 3:15",
            testimonials="0.001:5 0.075:10",
            thanks="1:5 3:10 6:15",
        ),
    ),
    "brisk": Table(
        "brisk",
        26,
        _steps(
            absences="0:15 1:10 2:5",
            late="0:10 1:5",
            referrals="0.75:5 1:10 1.2:15 1.5:20",
            visitors="0.1:5 0.25:10 0.5:15 0.75:20",
            one_to_ones="0.5:5 1:10",
            trainings="1:5 2:10",
            thanks="2:5 4:10 8:15",
        ),
        green=70,
        amber=40,
        red=30,
    ),
}
"""Two tables to begin with; the first holds until the group decides."""
USUAL = PRESETS["steady"]
