"""What members do for each other beside referrals, and what of it counts.

Whoever helped writes it down; where somebody was helped, it counts once they say so too. Amounts and rankings are no
part of it.
"""

from enum import StrEnum

from server.domain.errors import RuleViolation
from server.domain.vocabulary import PersonId


class ActivityKind(StrEnum):
    """A testimonial given, advice, a purchase that one needed anyway, a training attended, a duty held."""

    TESTIMONIAL = "testimonial"
    ADVICE = "advice"
    PURCHASE = "purchase"
    TRAINING = "training"
    DUTY = "duty"


BETWEEN_TWO = frozenset({ActivityKind.TESTIMONIAL, ActivityKind.ADVICE, ActivityKind.PURCHASE})
"""The kinds that name somebody else, who confirms them."""
MINUTES_MOST = 24 * 60


def check(kind: ActivityKind, who: PersonId, other: PersonId | None, minutes: int) -> None:
    """Whether an activity can be written down.

    Raises RuleViolation: activity_needs_other, activity_with_self (both `field` to), activity_minutes.
    """
    if kind in BETWEEN_TWO and other is None:
        raise RuleViolation("activity_needs_other", field="to")
    if kind in BETWEEN_TWO and other == who:
        raise RuleViolation("activity_with_self", field="to")
    if not 0 <= minutes <= MINUTES_MOST:
        raise RuleViolation("activity_minutes", field="minutes", most=MINUTES_MOST)


def counts(kind: ActivityKind, *, confirmed: bool) -> bool:
    """What two people shared counts once both say so; a training or a duty is one's own word."""
    return kind not in BETWEEN_TWO or confirmed
