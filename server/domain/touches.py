"""How many contacts made at meetings were followed up: any touch within two weeks. It stands where cards were counted.

Contacts count once their two weeks are over; then nobody can improve them any more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from server.domain.vocabulary import PersonId

WITHIN = timedelta(days=14)
LOW = 30
"""Below so much of a hundred, fewer rounds would leave more time to follow up."""


class Touch(NamedTuple):
    """What one person did about another on a day; or the day on which they exchanged contacts."""

    owner: PersonId
    other: PersonId
    on: date


class Made(NamedTuple):
    """A contact whose two weeks are over, and whether it was followed up in them."""

    contact: Touch
    touched: bool


@dataclass(frozen=True)
class Rate:
    """Contacts made, how many of them were followed up in time, and by how many people they were made."""

    made: int = 0
    touched: int = 0
    people: int = 0

    @property
    def is_low(self) -> bool:
        """Whether most of what was begun was left lying."""
        return self.made > 0 and 100 * self.touched < LOW * self.made


def made(contacts: Iterable[Touch], touches: Iterable[Touch], today: date) -> list[Made]:
    """The contacts whose two weeks are over. Who exchanged twice made two contacts."""
    days: dict[tuple[PersonId, PersonId], list[date]] = defaultdict(list)
    for touch in touches:
        days[touch.owner, touch.other].append(touch.on)
    return [
        Made(each, any(each.on <= on <= each.on + WITHIN for on in days.get((each.owner, each.other), ())))
        for each in contacts
        if each.on + WITHIN < today
    ]


def rate(contacts: Iterable[Touch], touches: Iterable[Touch], today: date) -> Rate:
    """The rate of all contacts whose two weeks are over."""
    found = made(contacts, touches, today)
    return Rate(len(found), sum(each.touched for each in found), len({each.contact.owner for each in found}))
