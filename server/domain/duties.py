"""Who does what at a meeting: the door, the clock, the visitors' hosts, the speaker, the minutes. Suggested fairly.

Fair means: whoever has held least goes first, and among those who has rested longest; nobody does the same twice in a
row while somebody else can, and nobody has two duties at one meeting while somebody has none. The same people and
the same history give the same suggestion.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from server.domain.vocabulary import PersonId


class Duty(StrEnum):
    """What somebody does for the others at a meeting."""

    DOOR = "door"
    CLOCK = "clock"
    HOST = "host"
    """Receives the visitors and introduces them."""
    SPEAKER = "speaker"
    MINUTES = "minutes"


PLACES: Mapping[Duty, int] = {Duty.DOOR: 2, Duty.CLOCK: 1, Duty.HOST: 2, Duty.SPEAKER: 1, Duty.MINUTES: 1}
"""How many hold each duty at one meeting."""
TOO_OFTEN = 2
"""Whoever held so many duties more than a fair share has held them too often."""


@dataclass(frozen=True)
class Held:
    """Somebody held a duty on a day."""

    person: PersonId
    duty: Duty
    on: date


@dataclass(frozen=True)
class Place:
    """One place of the roster: the duty, which of its places (from 0), and who has it."""

    duty: Duty
    number: int
    person: PersonId | None = None


def empty_roster() -> tuple[Place, ...]:
    """Every place of a meeting, nobody on it."""
    return tuple(Place(duty, number) for duty, places in PLACES.items() for number in range(places))


def suggest(roster: Sequence[Place], people: Sequence[PersonId], history: Iterable[Held]) -> tuple[Place, ...]:
    """The roster with its empty places filled from `people` (in the order that decides between equals).

    Places that have somebody stay. With nobody to choose from, empty places stay empty.
    """
    held = list(history)
    total = Counter(each.person for each in held)
    same = Counter((each.person, each.duty) for each in held)
    last: dict[PersonId, date] = {}
    last_duty: dict[PersonId, tuple[date, Duty]] = {}
    for each in held:
        last[each.person] = max(each.on, last.get(each.person, each.on))
        last_duty[each.person] = max((each.on, each.duty), last_duty.get(each.person, (each.on, each.duty)))
    today = Counter(place.person for place in roster if place.person is not None)
    order = {person: at for at, person in enumerate(people)}

    def burden(person: PersonId, duty: Duty) -> tuple[object, ...]:
        again = person in last_duty and last_duty[person][1] is duty
        rested = last.get(person, date.min)
        return (today[person], again, total[person], same[person, duty], rested, order[person])

    filled = []
    for place in roster:
        if place.person is not None or not people:
            filled.append(place)
            continue
        chosen = min(people, key=lambda person, duty=place.duty: burden(person, duty))  # type: ignore[misc]  # one duty
        today[chosen] += 1
        filled.append(replace(place, person=chosen))
    return tuple(filled)


def too_often(people: Iterable[PersonId], history: Iterable[Held]) -> frozenset[PersonId]:
    """Of these people, who has held at least `TOO_OFTEN` duties more than a fair share of what they all held."""
    everybody = frozenset(people)
    times = Counter(each.person for each in history if each.person in everybody)
    if not everybody:
        return frozenset()
    share = sum(times.values()) / len(everybody)
    return frozenset(person for person, often in times.items() if often >= share + TOO_OFTEN)
