"""Birthdays as other programs write them, as ISO text: `1988-06-15`, or `--06-15` where the year is not told.

Whether 03/04/1980 is in March or in April cannot be known from the cell. It is decided for the whole
column by any value above twelve; where no value tells, a human is asked.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum


class DateOrder(StrEnum):
    """Which of the first two numbers is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOTHING = re.compile(r"[\s0/.\-]*")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_WITHOUT_YEAR = re.compile(r"--(\d{2})-?(\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[T ].*)?")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})")
_MONTH_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_YEAR_UNKNOWN = 1604
"""Address books of phones write this year for a birthday without one."""


def guess_date_order(values: Iterable[str]) -> DateOrder | None:
    """The order used in a column; None when no value tells, or when values contradict each other."""
    day_first = month_first = False
    for value in values:
        found = _NUMBERS.fullmatch(value.strip())
        if found is not None and found.group(2) != ".":
            day_first |= int(found.group(1)) > 12
            month_first |= int(found.group(3)) > 12
    if day_first == month_first:
        return None
    return DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST


def needs_date_order(value: str) -> bool:
    """Whether the cell can only be read by somebody who knows the order."""
    found = _NUMBERS.fullmatch(value.strip())
    if found is None or found.group(2) == ".":
        return False
    first, second = int(found.group(1)), int(found.group(3))
    return first <= 12 and second <= 12 and first != second


def read_birthday(value: str, order: DateOrder | None) -> str | None:
    """ISO text of a birthday, empty for none; None when it cannot be understood."""
    text = value.strip()
    if _NOTHING.fullmatch(text):
        return ""
    if found := _WITHOUT_YEAR.fullmatch(text):
        return _iso(_YEAR_UNKNOWN, int(found.group(1)), int(found.group(2)))
    if found := _ISO.fullmatch(text):
        return _iso(int(found.group(1)), int(found.group(3)), int(found.group(4)))
    if found := _NUMBERS.fullmatch(text):
        return _by_order(int(found.group(1)), int(found.group(3)), int(found.group(4)), found.group(2), order)
    if found := _DAY_MONTH_NAME.fullmatch(text):
        return _by_name(found.group(2), int(found.group(1)), int(found.group(3)))
    if found := _MONTH_NAME_DAY.fullmatch(text):
        return _by_name(found.group(1), int(found.group(2)), int(found.group(3)))
    return None


def _by_order(first: int, second: int, year: int, separator: str, order: DateOrder | None) -> str | None:
    if separator == "." or first > 12 or first == second:
        return _iso(year, second, first)
    if second > 12:
        return _iso(year, first, second)
    match order:
        case DateOrder.DAY_FIRST:
            return _iso(year, second, first)
        case DateOrder.MONTH_FIRST:
            return _iso(year, first, second)
        case None:
            return None


def _by_name(month: str, day: int, year: int) -> str | None:
    short = month[:3].casefold()
    return _iso(year, _MONTHS.index(short) + 1, day) if short in _MONTHS else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        day_of_birth = date(year, month, day)
    except ValueError:
        return None
    return day_of_birth.strftime("--%m-%d") if year == _YEAR_UNKNOWN else day_of_birth.isoformat()
