"""Who sits where in which round, as cards, tables and plans on the wall show it.

Everything is derived from each person's `seats`. At a table people stand in the order of their last names, on
every paper alike. Somebody without seats (a walk-in after the plan) is at no table.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from printables import checks
from printables.errors import PrintRefused
from printables.model import Person
from printables.model import RoundTime as RoundTime
from printables.text import clean, sort_key

MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """The people in the order in which they are printed, and the rounds."""

    people: tuple[Person, ...]
    rounds: tuple[RoundTime, ...]


class Seats:
    """A checked plan, with everybody's place in the alphabet and the people of each table."""

    def __init__(self, plan: SeatPlan) -> None:
        """Raises `PrintRefused`: an empty or endless list, no or too many rounds, a name or a seat missing."""
        checks.crowd(plan.people)
        if not plan.rounds:
            raise PrintRefused("no_rounds")
        if len(plan.rounds) > MOST_ROUNDS:
            raise PrintRefused("too_many_rounds", rounds=len(plan.rounds), most=MOST_ROUNDS)
        self.names = [clean(person.name) for person in plan.people]
        for at, person in enumerate(plan.people):
            if not self.names[at]:
                raise PrintRefused("nameless", position=at + 1)
            if person.seats and len(person.seats) != len(plan.rounds):
                raise PrintRefused("seats_missing", name=person.name, seats=len(person.seats), rounds=len(plan.rounds))
        self.people = plan.people
        self.rounds = plan.rounds
        self.order = alphabetical(plan.people)
        self._at = [self._tables_of(number) for number in range(len(plan.rounds))]

    def tables(self, this_round: int) -> dict[int, list[int]]:
        """The tables of a round (from 0) in the order of their numbers, each with its people's positions."""
        return self._at[this_round]

    def numbers(self) -> list[int]:
        """All tables that anybody sits at."""
        return sorted({table for tables in self._at for table in tables})

    def partners(self, position: int, this_round: int) -> list[int]:
        """Whom somebody meets in a round, by their positions; nobody while they sit out."""
        seats = self.people[position].seats
        table = seats[this_round] if seats else None
        return [] if table is None else [other for other in self._at[this_round][table] if other != position]

    def _tables_of(self, this_round: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for position in self.order:
            seats = self.people[position].seats
            table = seats[this_round] if seats else None
            if table is not None:
                found[table].append(position)
        return dict(sorted(found.items()))


def alphabetical(people: Sequence[Person]) -> list[int]:
    """The positions of these people by last name, then first name."""
    keys = [
        (sort_key(clean(one.last_name) or clean(one.first_name)), sort_key(clean(one.first_name))) for one in people
    ]
    return sorted(range(len(people)), key=keys.__getitem__)
