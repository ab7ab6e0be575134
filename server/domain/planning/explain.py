"""Why somebody sits where they sit, as (key, parameters): who is new, whose wish is met, who is met again and
since when, what pins the seat, why a bye or a table of three.

Asked of every plan, so it walks the seats once and looks for no alternatives; those are in `alternatives`.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .earlier import earlier_meetings
from .problem import Person, PersonId, Problem, Seating
from .result import Explanation

Met = dict[PersonId, dict[PersonId, tuple[int, ...]]]
"""Person, other person they have met this morning: the rounds in which they sat together."""
Told = Iterator[tuple[str, dict[str, Any]]]


def explain(problem: Problem, rounds: tuple[Seating, ...]) -> tuple[Explanation, ...]:
    """Explanations for every person and round, in the order of rounds, then tables, then seats."""
    return tuple(_Walk(problem).through(rounds))


class _Walk:
    """A walk through the rounds with what is known by then: who has met whom, who has sat out or in threes."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.earlier = earlier_meetings(problem)
        self.met: Met = {person.id: {} for person in problem.people}
        self.must: dict[PersonId, list[PersonId]] = {}
        for one, other in problem.must_meet:
            self.must.setdefault(one, []).append(other)
            self.must.setdefault(other, []).append(one)
        self.locked = {(lock.person, lock.number) for lock in problem.locked}
        self.byes = Counter({person.id: person.byes for person in problem.people})
        self.trios: Counter[PersonId] = Counter()

    def through(self, rounds: tuple[Seating, ...]) -> Iterator[Explanation]:
        """One round after the other."""
        for number, seating in enumerate(rounds):
            for table_number, table in enumerate(seating):
                yield from self._at_table(number, table_number, table)
            yield from self._sitting_out(number, seating)

    def _at_table(self, number: int, table_number: int, table: tuple[PersonId, ...]) -> Iterator[Explanation]:
        people = [self.problem.by_id[person_id] for person_id in table]
        trades = _Trades(people)
        now = dict.fromkeys(table, (number,))
        for person in people:
            known, before = self.met[person.id], self.earlier[person.id]
            again = [other for other in table if (other in known or other in before) and other != person.id]
            told = [
                *self._by_acquaintance(person, table, again),
                *_by_trade(person, trades),
                *self._by_place(number, table_number, person, len(table)),
            ]
            for key, params in told:
                yield Explanation(person.id, number, key, params)
            more = {other: (*known.get(other, ()), number) for other in again}
            known.update(now)
            known.update(more)

    def _by_acquaintance(self, person: Person, table: tuple[PersonId, ...], again: list[PersonId]) -> Told:
        if len(again) < len(table) - 1:
            new = [other for other in table if other not in again and other != person.id]
            yield "new_people", {"people": new, "count": len(new)}
        if again:
            yield "met_before", self._met_before(person.id, again)
        for other in self.must.get(person.id, ()):
            if other in table and other not in self.met[person.id]:
                yield "must_meet_kept", {"other": other}

    def _met_before(self, person: PersonId, again: list[PersonId]) -> dict[str, Any]:
        met = []
        for other in again:
            times, days = self.earlier[person].get(other, (0, None))
            met.append(
                {"other": other, "rounds": list(self.met[person].get(other, ())), "times": times, "days_ago": days}
            )
        return {"people": again, "count": len(again), "met": met}

    def _by_place(self, number: int, table: int, person: Person, size: int) -> Told:
        if size == 3 and self.problem.shapes[number].size == 2:
            self.trios[person.id] += 1
            yield "trio", {"table": table, "times": self.trios[person.id]}
        if number < len(self.problem.held):
            yield "round_held", {"table": table}
        elif (person.id, number) in self.locked:
            yield "seat_locked", {"table": table}
        elif person.host:
            yield "hosts_table", {"table": table}
        elif person.fixed_table is not None:
            yield "table_fixed", {"table": table}

    def _sitting_out(self, number: int, seating: Seating) -> Iterator[Explanation]:
        present = self.problem.present(number)
        if not self.problem.shapes[number].has_bye(len(present)):
            return
        seated = {person_id for table in seating for person_id in table}
        for person in present:
            if person.id not in seated:
                yield Explanation(person.id, number, "bye", {"before": self.byes[person.id]})
                self.byes[person.id] += 1


class _Trades:
    """Who at a table is of which sector, and who looks for which."""

    def __init__(self, people: list[Person]) -> None:
        self.of: dict[str, list[PersonId]] = {}
        self.seekers: dict[str, list[PersonId]] = {}
        for person in people:
            if person.sector is not None:
                self.of.setdefault(person.sector, []).append(person.id)
            for sector in person.looks_for:
                self.seekers.setdefault(sector, []).append(person.id)


def _by_trade(person: Person, trades: _Trades) -> Told:
    for sector in person.looks_for:
        for other in trades.of.get(sector, ()):
            if other != person.id:
                yield "wish_met", {"other": other, "sector": sector}
    if person.sector is None:
        return
    for other in trades.seekers.get(person.sector, ()):
        if other != person.id:
            yield "looked_for_by", {"other": other, "sector": person.sector}
    people = [other for other in trades.of[person.sector] if other != person.id]
    if people:
        yield "same_sector", {"people": people, "count": len(people), "sector": person.sector}
