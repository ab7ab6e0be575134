"""What is left of people who are no longer here: sums without a name.

Erasing somebody takes their rows away; what leaders read in sums must stay what it was, to the cent. So before the rows
go, what they added up to is written down by figure and by piece of time. A piece begins with each Monday and with each
first of a month: every span that a page or a file may ask for begins with one of the two, so no finer piece is needed
and none is kept. How many people stood behind it is kept only where a figure is withheld from fewer than enough.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from server.domain.vocabulary import PersonId

NOBODY = PersonId(0)
"""Stands for everybody who is no longer here, where figures are kept by person."""
ALWAYS = date(1900, 1, 1)
"""The piece of what has no first day, and the first day of everything."""
FOR_EVER = date(2999, 12, 31)
DEALS = "deals"
PEOPLE = "people"
"""How many people stand behind the figures of a kind, beside the figures themselves."""


class Kind(StrEnum):
    """What a folded figure belongs to. The first ones lie in time, the others at one meeting."""

    WEEK = "week"
    """The columns of the attendance report."""
    MONTH = "month"
    """People who contributed to a trend in a month; no sums."""
    THANKS = "thanks"
    SLIP = "slip"
    """What became of slips, by the moment they were given; at a meeting: of those given there."""
    QUALITY = "quality"
    """The same by the day on the slip."""
    PROMISE = "promise"
    ONE_TO_ONE = "one_to_one"
    VISITOR = "visitor"
    """The way of visitors to membership."""
    MEMBER = "member"
    """First and last days of memberships."""
    TURNOUT = "turnout"
    ARRIVAL = "arrival"
    EXCHANGE = "exchange"
    FOLLOW_UP = "follow_up"
    GIVEN = "given"
    """Referrals of a meeting by state, never leads."""
    PASSED = "passed"
    """What the display of a meeting shows."""
    GREW = "grew"
    FEE = "fee"


def piece(day: date) -> date:
    """The first day of the piece in which a day lies: its Monday, or the first of its month if that came later."""
    return max(day - timedelta(days=day.weekday()), day.replace(day=1))


@dataclass(frozen=True)
class Gone:
    """Figures of one kind over some pieces, or at one meeting: what, and how often. Nothing stands for 0."""

    tally: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, what: str) -> int:
        """How often; 0 where nothing was folded."""
        return self.tally.get(what, 0)

    @property
    def counter(self) -> Counter[str]:
        """The figures alone, to be added to those of people who are here."""
        return Counter({what: number for what, number in self.tally.items() if what != PEOPLE})

    @property
    def people(self) -> int:
        """How many people, at least, stood behind them who are no longer here."""
        return self[PEOPLE]


NOTHING = Gone()
