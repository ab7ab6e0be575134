"""Why somebody sits where they sit, as (key, parameters): new people, wishes met, repeats, what pins the
seat."""

from collections.abc import Iterator

from .problem import Person, PersonId, Problem, Seating
from .result import Explanation


def explain(problem: Problem, rounds: tuple[Seating, ...]) -> tuple[Explanation, ...]:
    """Explanations for every person and round, in the order of rounds, then tables, then seats."""
    met: dict[PersonId, set[PersonId]] = {person.id: set() for person in problem.people}
    for past in problem.history:
        met[past.a].add(past.b)
        met[past.b].add(past.a)
    locked = {(lock.person, lock.number) for lock in problem.locked}
    found: list[Explanation] = []
    for number, seating in enumerate(rounds):
        for table_number, table in enumerate(seating):
            for person_id in table:
                others = [other for other in table if other != person_id]
                found.extend(_at_table(problem, number, person_id, others, met[person_id]))
                found.extend(_pinned(problem, number, table_number, problem.by_id[person_id], locked))
        for table in seating:
            for person_id in table:
                met[person_id].update(other for other in table if other != person_id)
        found.extend(_sitting_out(problem, number, seating))
    return tuple(found)


def _at_table(
    problem: Problem, number: int, person_id: PersonId, others: list[PersonId], met: set[PersonId]
) -> Iterator[Explanation]:
    new = [other for other in others if other not in met]
    again = [other for other in others if other in met]
    if new:
        yield Explanation(person_id, number, "new_people", {"people": new, "count": len(new)})
    if again:
        yield Explanation(person_id, number, "met_before", {"people": again, "count": len(again)})
    wishes = problem.by_id[person_id].looks_for
    if wishes:
        for other in others:
            sector = problem.by_id[other].sector
            if sector is not None and sector in wishes:
                yield Explanation(person_id, number, "wish_met", {"other": other, "sector": sector})


def _pinned(
    problem: Problem, number: int, table: int, person: Person, locked: set[tuple[PersonId, int]]
) -> Iterator[Explanation]:
    key = None
    if number < len(problem.held):
        key = "round_held"
    elif (person.id, number) in locked:
        key = "seat_locked"
    elif person.host:
        key = "hosts_table"
    elif person.fixed_table is not None:
        key = "table_fixed"
    if key is not None:
        yield Explanation(person.id, number, key, {"table": table})


def _sitting_out(problem: Problem, number: int, seating: Seating) -> Iterator[Explanation]:
    seated = {person_id for table in seating for person_id in table}
    present = problem.present(number)
    if problem.shapes[number].has_bye(len(present)):
        for person in present:
            if person.id not in seated:
                yield Explanation(person.id, number, "bye", {})
