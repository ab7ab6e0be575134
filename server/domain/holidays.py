"""Public holidays of Italy and Poland: days on which a group does not meet unless it says so.

The days are those of the law: Italy's of 1949 with its changes since (Saint Francis again from 2026), Poland's of 1951
with its changes since (Epiphany from 2011, Christmas Eve from 2025). Towns' patrons are not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Holiday(StrEnum):
    """What is kept on a day; whoever shows it finds the words."""

    NEW_YEAR = "new_year"
    EPIPHANY = "epiphany"
    EASTER = "easter"
    EASTER_MONDAY = "easter_monday"
    LIBERATION = "liberation"
    LABOUR = "labour"
    CONSTITUTION = "constitution"
    PENTECOST = "pentecost"
    CORPUS_CHRISTI = "corpus_christi"
    REPUBLIC = "republic"
    ASSUMPTION = "assumption"
    SAINT_FRANCIS = "saint_francis"
    ALL_SAINTS = "all_saints"
    INDEPENDENCE = "independence"
    IMMACULATE = "immaculate"
    CHRISTMAS_EVE = "christmas_eve"
    CHRISTMAS = "christmas"
    SAINT_STEPHEN = "saint_stephen"


@dataclass(frozen=True)
class _Fixed:
    """The same day every year, from the year on in which it became a holiday."""

    month: int
    day: int
    holiday: Holiday
    since: int = 0


_BOTH = (
    _Fixed(1, 1, Holiday.NEW_YEAR),
    _Fixed(5, 1, Holiday.LABOUR),
    _Fixed(8, 15, Holiday.ASSUMPTION),
    _Fixed(11, 1, Holiday.ALL_SAINTS),
    _Fixed(12, 25, Holiday.CHRISTMAS),
    _Fixed(12, 26, Holiday.SAINT_STEPHEN),
)
_FIXED = {
    "IT": (
        *_BOTH,
        _Fixed(1, 6, Holiday.EPIPHANY, since=1986),
        _Fixed(4, 25, Holiday.LIBERATION),
        _Fixed(6, 2, Holiday.REPUBLIC, since=2001),
        _Fixed(10, 4, Holiday.SAINT_FRANCIS, since=2026),
        _Fixed(12, 8, Holiday.IMMACULATE),
    ),
    "PL": (
        *_BOTH,
        _Fixed(1, 6, Holiday.EPIPHANY, since=2011),
        _Fixed(5, 3, Holiday.CONSTITUTION, since=1990),
        _Fixed(11, 11, Holiday.INDEPENDENCE, since=1989),
        _Fixed(12, 24, Holiday.CHRISTMAS_EVE, since=2025),
    ),
}
_AFTER_EASTER = {
    "IT": ((0, Holiday.EASTER), (1, Holiday.EASTER_MONDAY)),
    "PL": (
        (0, Holiday.EASTER),
        (1, Holiday.EASTER_MONDAY),
        (49, Holiday.PENTECOST),
        (60, Holiday.CORPUS_CHRISTI),
    ),
}
_COUNTRIES = {"Europe/Rome": "IT", "Europe/Warsaw": "PL"}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the rule without exceptions that Butcher published in 1876."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    day = (32 + 2 * odd + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * day) // 451
    month, before = divmod(moon + day - 7 * late + 114, 31)
    return date(year, month, before + 1)


def holidays(zone: str, years: Iterable[int]) -> dict[date, Holiday]:
    """The public holidays of these years where this time zone is; none are known outside Italy and Poland.

    Where two fall on one day (Easter Monday on 25 April), the one that is kept every year is named.
    """
    country = _COUNTRIES.get(zone)
    if country is None:
        return {}
    found: dict[date, Holiday] = {}
    for year in years:
        found |= {easter(year) + timedelta(after): holiday for after, holiday in _AFTER_EASTER[country]}
        found |= {date(year, day.month, day.day): day.holiday for day in _FIXED[country] if year >= day.since}
    return found
