"""An independent judge of plans: it reads a problem and a plan and shares no code with the planner.

It counts pairs with dictionaries and sets, the slow and plain way, so that a mistake in the planner's arrays
cannot hide in the judge.
"""

from collections import Counter
from itertools import combinations

from server.domain.planning import Odd, PersonId, Plan, Problem, Seating, Shape, SizeRule


def tables_wanted(shape: Shape, heads: int) -> int:
    """How many tables the organiser's rule asks for, written down once more from its description."""
    if shape.sizes is not None:
        return len(shape.sizes)
    if shape.tables is not None:
        wanted = shape.tables
    elif shape.size == 2:
        wanted = heads // 2
    elif shape.size_rule is SizeRule.ROUND:
        wanted = round(heads / shape.size)
    else:
        wanted = (heads + shape.size - 1) // shape.size
    return max(1, min(wanted, heads // 2))


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Every hard rule the plan breaks, as sentences for the failing test; empty when it is valid."""
    found = [] if len(plan.rounds) == problem.rounds else ["wrong number of rounds"]
    for number, seating in enumerate(plan.rounds):
        if number < len(problem.held):
            if seating != problem.held[number]:
                found.append(f"round {number}: a held round was changed")
            continue
        found += [f"round {number}: {fault}" for fault in _round_faults(problem, number, seating)]
    return found + _bye_faults(problem, plan)


def _round_faults(problem: Problem, number: int, seating: Seating) -> list[str]:
    there = {p.id for p in problem.people if p.present is None or number in p.present}
    return [
        *_presence_faults(problem.shapes[number], there, seating),
        *_size_faults(problem, number, len(there), [len(table) for table in seating]),
        *_promise_faults(problem, number, seating),
    ]


def _presence_faults(shape: Shape, there: set[PersonId], seating: Seating) -> list[str]:
    found = []
    seats = Counter(person for table in seating for person in table)
    if any(times > 1 for times in seats.values()):
        found.append("somebody is seated twice")
    if set(seats) - there:
        found.append("somebody absent is seated")
    byes = shape.size == 2 and shape.odd is Odd.BYE and shape.sizes is None and len(there) % 2 == 1
    if len(there - set(seats)) != byes:
        found.append(f"{len(there - set(seats))} people sit nowhere")
    return found


def _size_faults(problem: Problem, number: int, heads: int, sizes: list[int]) -> list[str]:
    shape = problem.shapes[number]
    if shape.sizes is not None:
        return [] if sizes == list(shape.sizes) else [f"sizes {sizes}"]
    least = tables_wanted(shape, heads)
    # A hosted table stays open when people leave.
    settled = problem.locked or any(p.host or p.fixed_table is not None for p in problem.people)
    most = max(least, tables_wanted(shape, len(problem.people))) if settled else least
    fine = max(sizes) - min(sizes) <= 1 and min(sizes) >= 2 and least <= len(sizes) <= most
    return [] if fine else [f"sizes {sizes}"]


def _promise_faults(problem: Problem, number: int, seating: Seating) -> list[str]:
    table_of = {person: table for table, people in enumerate(seating) for person in people}
    promised = [(p.id, p.fixed_table) for p in problem.people if p.fixed_table is not None]
    promised += [(lock.person, lock.table) for lock in problem.locked if lock.number == number]
    found = [
        f"{person} is not at table {table}"
        for person, table in promised
        if table_of.get(person, table) != table
    ]
    found += [
        f"{one} and {other} sit together"
        for one, other in problem.forbidden
        if one in table_of and table_of[one] == table_of.get(other)
    ]
    return found


def _bye_faults(problem: Problem, plan: Plan) -> list[str]:
    """Nobody has a second bye while somebody there has had none; no visitor's first round is a bye."""
    found = []
    count = Counter({person.id: person.byes for person in problem.people})
    begun: set[object] = set()
    for number, seating in enumerate(plan.rounds):
        shape = problem.shapes[number]
        there = [p for p in problem.people if p.present is None or number in p.present]
        if shape.size == 2 and shape.odd is Odd.BYE and len(there) % 2 == 1:
            seated = {person for table in seating for person in table}
            able = [p for p in there if not (p.visitor and p.id not in begun)] or there
            for person in there:
                if person.id in seated:
                    continue
                if number >= len(problem.held):
                    if person not in able:
                        found.append(f"round {number}: the visitor {person.id} begins with a bye")
                    if count[person.id] > min(count[p.id] for p in able):
                        found.append(f"round {number}: {person.id} has a bye out of turn")
                count[person.id] += 1
        begun.update(p.id for p in there)
    return found


def meetings(problem: Problem, plan: Plan) -> Counter[frozenset[object]]:
    """How often each pair sits together in the plan."""
    return Counter(
        frozenset(pair) for seating in plan.rounds for table in seating for pair in combinations(table, 2)
    )


def repeats(problem: Problem, plan: Plan) -> int:
    """Meetings of two people who had met before, at this meeting or an earlier one."""
    known = {frozenset((met.a, met.b)) for met in problem.history}
    return sum(times - (pair not in known) for pair, times in meetings(problem, plan).items())


def same_sector(problem: Problem, plan: Plan) -> int:
    """Meetings of two people of one sector."""
    sector = {person.id: person.sector for person in problem.people}
    return sum(
        times
        for pair, times in meetings(problem, plan).items()
        if len({sector[person] for person in pair}) == 1 and None not in {sector[person] for person in pair}
    )


def wishes_missed(problem: Problem, plan: Plan) -> int:
    """Pairs of whom one looks for the other's sector and who never sit together."""
    wanted = {
        frozenset((one.id, other.id))
        for one in problem.people
        for other in problem.people
        if one.id != other.id and other.sector is not None and other.sector in one.looks_for
    }
    return len(wanted - set(meetings(problem, plan)))


def seats_changed(problem: Problem, plan: Plan) -> int:
    """People who were announced at one table and sit at another."""
    changed = 0
    for number in range(len(problem.held), len(problem.previous)):
        before = {p: t for t, table in enumerate(problem.previous[number]) for p in table}
        now = {p: t for t, table in enumerate(plan.rounds[number]) for p in table}
        changed += sum(1 for person in before if person in now and now[person] != before[person])
    return changed
