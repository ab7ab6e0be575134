"""How good a referral was: one table, and the weighted mean of what is known of it so far.

Consent is the gate: without it there is no referral and nothing to score. A part that nobody can know yet does not
pull the mean down. The table says what each word is worth and the weights what each part is; both are the group's to
decide on, with a version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from statistics import median

from server.domain.errors import RuleViolation
from server.domain.referrals import Served
from server.domain.vocabulary import ReferralKind, ReferralState


class Part(StrEnum):
    """What quality is made of, in the order in which it becomes known."""

    INTRODUCTION = "introduction"
    COMPLETENESS = "completeness"
    VERDICT = "verdict"
    OUTCOME = "outcome"
    SERVICE = "service"


Points = Mapping[Part, Mapping[str, int]]
"""Points of 100 for each thing that can be said of a part."""
TABLE: Points = {
    Part.INTRODUCTION: {"1": 20, "2": 40, "3": 60, "4": 80, "5": 100},
    Part.COMPLETENESS: {"0": 0, "1": 20, "2": 40, "3": 60, "4": 80, "5": 100},
    Part.VERDICT: {"taken_on": 100, "no_fault": 50, "not_wanted": 0},
    Part.OUTCOME: {"won": 100, "in_progress": 60, "lost": 50, "no_answer": 20, "not_a_fit": 0},
    Part.SERVICE: {"yes": 100, "mixed": 50, "no": 0},
}
"""Ours, until a group decides on others."""
DECIDED = tuple(part for part in Part if part is not Part.COMPLETENESS)
"""Parts whose points a group decides on. Completeness is a share of what there is to fill in, and stays one."""
POINTS_MOST = 100

NO_FAULT = frozenset({"no_capacity", "conflict_of_interest", "timing"})
"""Reasons of a receiver that say nothing against the referral."""
WEIGHT_MOST = 10


@dataclass(frozen=True)
class Weights:
    """How much each part weighs, and the points of what can be said of it; the version says which decision of the group
    it was, 0 for ours.
    """

    introduction: int = 3
    completeness: int = 1
    verdict: int = 2
    outcome: int = 2
    service: int = 2
    version: int = 0
    points: Points = field(default_factory=lambda: TABLE, hash=False)

    def of(self, part: Part) -> int:
        """The weight of one part."""
        return int(getattr(self, part.value))


USUAL = Weights()


@dataclass(frozen=True)
class Reminders:
    """After how long silence is pointed out: hours for a first answer, days for a word later."""

    answer_hours: int = 48
    word_days: int = 14


USUAL_REMINDERS = Reminders()


@dataclass(frozen=True)
class Scored:
    """What is known of one slip. `filled`: how many of its five descriptions are there."""

    kind: ReferralKind
    state: ReferralState
    level: int
    filled: int
    reason: str = ""
    served: Served | None = None


@dataclass(frozen=True)
class Point:
    """One part of a referral's quality: the word it stands on, its points of 100, its weight."""

    part: Part
    word: str
    points: int
    weight: int


@dataclass(frozen=True)
class Quality:
    """A referral's quality, 0 to 100, and how it came about."""

    value: int
    points: tuple[Point, ...]
    version: int


def check(weights: Weights, reminders: Reminders) -> None:
    """Raises RuleViolation naming the field: weight_range, points_range, weights_nothing, reminder_range.

    Points have to be there for each word of `TABLE`; their field is named by `points_field`.
    """
    for part in Part:
        if not 0 <= weights.of(part) <= WEIGHT_MOST:
            raise RuleViolation("weight_range", field=part.value, most=WEIGHT_MOST)
    for part in DECIDED:
        for word in TABLE[part]:
            if not 0 <= weights.points[part][word] <= POINTS_MOST:
                raise RuleViolation("points_range", field=points_field(part, word), most=POINTS_MOST)
    # These two are known of every referral from the first day: without them some would have no quality at all.
    if not weights.introduction + weights.completeness:
        raise RuleViolation("weights_nothing", field=Part.INTRODUCTION.value)
    for each in fields(reminders):
        if not 1 <= getattr(reminders, each.name) <= {"answer_hours": 336, "word_days": 90}[each.name]:
            raise RuleViolation("reminder_range", field=each.name)


def points_field(part: Part, word: str) -> str:
    """What the points of one word are called where they are asked for."""
    return f"{part.value}-{word}"


def points_written(points: Points) -> str:
    """The points a group decided on as a text, a line for each part; `points_read` reads it."""
    return "\n".join(
        f"{part.value} " + " ".join(f"{word}:{points[part][word]}" for word in TABLE[part]) for part in DECIDED
    )


@lru_cache(maxsize=64)
def points_read(text: str) -> Points:
    """The table with the points of such a text; ours for each word of which it says nothing. Remembered: it is asked
    for with every slip.
    """
    said = {line.split()[0]: dict(each.split(":") for each in line.split()[1:]) for line in text.splitlines()}
    return {
        part: {word: int(said.get(part.value, {}).get(word, ours)) for word, ours in words.items()}
        for part, words in TABLE.items()
    }


def quality(slip: Scored, weights: Weights = USUAL) -> Quality | None:
    """The quality of a slip as far as it is known; None for a draft and for a lead, which are no referrals."""
    if slip.kind is ReferralKind.LEAD or slip.state is ReferralState.DRAFT:
        return None
    words = {
        Part.INTRODUCTION: str(slip.level),
        Part.COMPLETENESS: str(slip.filled),
        Part.VERDICT: _verdict(slip),
        Part.OUTCOME: slip.state.value if slip.state.value in TABLE[Part.OUTCOME] else "",
        Part.SERVICE: slip.served.value if slip.served else "",
    }
    points = tuple(
        Point(part, word, weights.points[part][word], weights.of(part)) for part, word in words.items() if word
    )
    whole = sum(point.weight for point in points)
    gained = sum(point.weight * point.points for point in points)
    # Half points go up: 62.5 is 63 for everybody.
    return Quality((2 * gained + whole) // (2 * whole), points, weights.version)


def _verdict(slip: Scored) -> str:
    """What the receiver thought of it, as far as they said."""
    if slip.state is ReferralState.GIVEN:
        return ""
    if slip.state in (ReferralState.DECLINED, ReferralState.NOT_A_FIT):
        return "no_fault" if slip.reason in NO_FAULT else "not_wanted"
    return "taken_on"


def middle(every: Iterable[Quality | None]) -> float | None:
    """The median quality of those that have one."""
    known = [each.value for each in every if each is not None]
    return float(median(known)) if known else None
