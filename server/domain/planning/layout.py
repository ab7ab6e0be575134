"""Which tables a round has, how many sit at each, and whose seat is settled before the search begins."""

from collections import Counter
from dataclasses import dataclass, field

from server.domain.errors import RuleViolation

from .problem import PersonId, Problem, canonical


@dataclass
class RoundLayout:
    """One free round: who is there (indices), the size of each table, and the seats that are settled."""

    number: int
    present: list[int]
    sizes: list[int]
    has_bye: bool
    fixed: dict[int, int] = field(default_factory=dict)


@dataclass
class Layout:
    """All free rounds, and the order of the people."""

    ids: list[PersonId]
    index: dict[PersonId, int]
    rounds: dict[int, RoundLayout]


def even_sizes(heads: int, tables: int) -> list[int]:
    """`heads` people at `tables` tables, sizes differing by at most one, the larger ones first."""
    small, larger = divmod(heads, tables)
    return [small + 1] * larger + [small] * (tables - larger)


def lay_out(problem: Problem) -> Layout:
    """Settle tables, sizes and fixed seats of every free round; refuse what cannot be seated."""
    ids = sorted((person.id for person in problem.people), key=canonical)
    layout = Layout(ids, {person_id: index for index, person_id in enumerate(ids)}, {})
    assigned = _tables_of_hosts(problem, ids)
    for number in range(len(problem.held), problem.rounds):
        layout.rounds[number] = _lay_out_round(problem, layout, assigned, number)
    return layout


def _tables_of_hosts(problem: Problem, ids: list[PersonId]) -> dict[PersonId, int]:
    """Hosts without a table of their own get the lowest free numbers, in the order of their ids."""
    hosts = [person_id for person_id in ids if problem.by_id[person_id].host]
    taken = {problem.by_id[person_id].fixed_table for person_id in hosts}
    unassigned = [person_id for person_id in hosts if problem.by_id[person_id].fixed_table is None]
    free = [table for table in range(len(ids)) if table not in taken]
    return dict(zip(unassigned, free, strict=False))


def _lay_out_round(
    problem: Problem, layout: Layout, assigned: dict[PersonId, int], number: int
) -> RoundLayout:
    shape = problem.shapes[number]
    people = problem.present(number)
    present = sorted(layout.index[person.id] for person in people)
    wishes = _fixed_seats(problem, layout, number)
    tables = _table_count(problem, number, wishes, assigned)
    hosts = [person.id for person in people if person.host]
    if len(hosts) > tables:
        raise RuleViolation(
            "plan_more_hosts_than_tables",
            field="host", person=max(hosts, key=canonical), round=number, hosts=len(hosts), tables=tables,
        )
    for index, table in wishes.items():
        if table >= tables:
            raise RuleViolation(
                "plan_table_missing",
                field="fixed_table", person=layout.ids[index], table=table, round=number, tables=tables,
            )
    for person_id in hosts:
        if assigned.get(person_id, tables) < tables:
            wishes.setdefault(layout.index[person_id], assigned[person_id])
    has_bye = shape.has_bye(len(people))
    sizes = list(shape.sizes) if shape.sizes is not None else _sizes(
        problem, layout, number, wishes, even_sizes(len(people) - has_bye, tables)
    )
    _check_room(layout, number, wishes, sizes)
    _check_apart(problem, layout, number, wishes, tables)
    return RoundLayout(number, present, sizes, has_bye, wishes)


def _fixed_seats(problem: Problem, layout: Layout, number: int) -> dict[int, int]:
    fixed = {
        layout.index[person.id]: person.fixed_table
        for person in problem.present(number)
        if person.fixed_table is not None
    }
    for lock in problem.locked:
        if lock.number == number and problem.by_id[lock.person].is_there(number):
            index = layout.index[lock.person]
            if fixed.setdefault(index, lock.table) != lock.table:
                raise RuleViolation(
                    "plan_lock_contradiction", field="locked", person=lock.person, round=number
                )
    return fixed


def _table_count(
    problem: Problem, number: int, fixed: dict[int, int], assigned: dict[PersonId, int]
) -> int:
    """Tables of the round. A hosted table stays open when people leave, as long as two sit at every table."""
    shape, heads = problem.shapes[number], len(problem.present(number))
    tables = shape.table_count(heads)
    if shape.sizes is not None:
        return tables
    there = [table for person, table in assigned.items() if problem.by_id[person].is_there(number)]
    wanted = max([*fixed.values(), *there], default=-1) + 1
    at_most = min(shape.table_count(len(problem.people)), heads // 2)
    return max(tables, min(wanted, at_most))


def _sizes(
    problem: Problem, layout: Layout, number: int, fixed: dict[int, int], even: list[int]
) -> list[int]:
    """The larger tables are those where more people are fixed or have been announced; else the first ones."""
    settled = Counter(fixed.values())
    announced: Counter[int] = Counter()
    if number < len(problem.previous):
        for table, people in enumerate(problem.previous[number]):
            announced[table] = sum(problem.by_id[person_id].is_there(number) for person_id in people)
    order = sorted(range(len(even)), key=lambda table: (-settled[table], -announced[table], table))
    sizes = [0] * len(even)
    for size, table in zip(even, order, strict=True):
        sizes[table] = size
    return sizes


def _check_room(layout: Layout, number: int, fixed: dict[int, int], sizes: list[int]) -> None:
    taken: Counter[int] = Counter()
    for index, table in sorted(fixed.items()):
        taken[table] += 1
        if taken[table] > sizes[table]:
            raise RuleViolation(
                "plan_table_overfull",
                field="fixed_table", person=layout.ids[index], table=table, round=number, size=sizes[table],
            )


def _check_apart(
    problem: Problem, layout: Layout, number: int, fixed: dict[int, int], tables: int
) -> None:
    for one, other in problem.forbidden:
        together = problem.by_id[one].is_there(number) and problem.by_id[other].is_there(number)
        table = fixed.get(layout.index[one], -1)
        if together and (tables == 1 or (table >= 0 and table == fixed.get(layout.index[other]))):
            raise RuleViolation(
                "plan_forbidden_unavoidable", field="forbidden", person=one, other=other, round=number
            )
