"""A meeting that is held again and again: on which days.

The rhythm starts from the first meeting's day: its weekday every week or every second one, or its place in the month
("the second Thursday", "the last Thursday"). Days are those of the group's wall calendar, so a change of the clocks
moves nothing.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from server.domain.errors import RuleViolation

MEETINGS_MOST = 60
"""A year of weeks and a little."""
_WEEK = timedelta(weeks=1)


class Rhythm(StrEnum):
    """How often."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    MONTHLY_LAST = "monthly_last"


def place_in_month(day: date) -> int:
    """Which of its weekday in the month a day is: 1 for the first Thursday, at most 5."""
    return (day.day - 1) // 7 + 1


def is_last(day: date) -> bool:
    """Whether the same weekday does not come again in this month."""
    return day.day + 7 > monthrange(day.year, day.month)[1]


def rhythms_of(first: date) -> tuple[Rhythm, ...]:
    """The rhythms that start with this day. A fifth Thursday is only ever "the last": few months have one."""
    monthly = [Rhythm.MONTHLY] if place_in_month(first) < 5 else []
    last = [Rhythm.MONTHLY_LAST] if is_last(first) else []
    return (Rhythm.WEEKLY, Rhythm.FORTNIGHTLY, *monthly, *last)


def days_after(first: date, rhythm: Rhythm, until: date) -> tuple[date, ...]:
    """The days after the first one, up to and with `until`.

    Raises RuleViolation: `series_rhythm_not_from_here`, `series_ends_too_soon` when no day is left, and
    `series_too_long` with `most`.
    """
    if rhythm not in rhythms_of(first):
        raise RuleViolation("series_rhythm_not_from_here", field="rhythm")
    found: list[date] = []
    for day in _days(first, rhythm):
        if day > until:
            break
        found.append(day)
        if len(found) > MEETINGS_MOST:
            raise RuleViolation("series_too_long", field="until", most=MEETINGS_MOST)
    if not found:
        raise RuleViolation("series_ends_too_soon", field="until")
    return tuple(found)


def _days(first: date, rhythm: Rhythm) -> Iterator[date]:
    """Week by week, what the rhythm takes; the calendar's last days are out of reach of every meeting."""
    step = 2 * _WEEK if rhythm is Rhythm.FORTNIGHTLY else _WEEK
    place = place_in_month(first)
    day = first
    while day <= date.max - 2 * step:
        day += step
        if rhythm is Rhythm.MONTHLY and place_in_month(day) != place:
            continue
        if rhythm is Rhythm.MONTHLY_LAST and not is_last(day):
            continue
        yield day
