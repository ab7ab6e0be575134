"""What a problem must fulfil before anybody plans it. Every refusal names the person, round or field."""

from collections import Counter
from collections.abc import Iterable

from server.domain.errors import RuleViolation

from .problem import MAX_PEOPLE, MAX_ROUNDS, MAX_TABLE, Pair, PersonId, Problem, Seating


def check(problem: Problem) -> None:
    """Refuse a problem that no plan can answer.

    Raises RuleViolation with one of the codes `plan_*`; its params name the person, round or field.
    """
    _check_numbers(problem)
    _check_people(problem)
    _check_pairs(problem)
    _check_seatings(problem, "held", problem.held)
    _check_seatings(problem, "previous", problem.previous)
    _check_locks(problem)
    for number in range(len(problem.held), problem.rounds):
        _check_round(problem, number)


def _check_numbers(problem: Problem) -> None:
    people, rounds = len(problem.people), problem.rounds
    if people < 2:
        raise RuleViolation("plan_needs_two_people", field="people", people=people)
    if people > MAX_PEOPLE:
        raise RuleViolation("plan_too_many_people", field="people", people=people, limit=MAX_PEOPLE)
    if rounds < 1:
        raise RuleViolation("plan_needs_a_round", field="rounds", rounds=rounds)
    if rounds > MAX_ROUNDS:
        raise RuleViolation("plan_too_many_rounds", field="rounds", rounds=rounds, limit=MAX_ROUNDS)
    for number, shape in enumerate(problem.shapes):
        if not 2 <= shape.size <= MAX_TABLE:
            raise RuleViolation("plan_table_size", field="table_size", size=shape.size, round=number)
        if shape.tables is not None and shape.tables < 1:
            raise RuleViolation("plan_table_count", field="tables", tables=shape.tables, round=number)


def _check_people(problem: Problem) -> None:
    for person_id, times in Counter(person.id for person in problem.people).items():
        if times > 1:
            raise RuleViolation("plan_person_twice", field="people", person=person_id)
    known = None if problem.sectors is None else set(problem.sectors)
    for person in problem.people:
        if person.fixed_table is not None and person.fixed_table < 0:
            raise RuleViolation(
                "plan_table_missing", field="fixed_table", person=person.id, table=person.fixed_table
            )
        if person.byes < 0:
            raise RuleViolation("plan_negative", field="byes", person=person.id, value=person.byes)
        for number in sorted(person.present or ()):
            if not 0 <= number < problem.rounds:
                raise RuleViolation("plan_round_missing", field="present", person=person.id, round=number)
        for sector in person.looks_for:
            if known is not None and sector not in known:
                raise RuleViolation(
                    "plan_unknown_sector", field="looks_for", person=person.id, sector=sector
                )


def _check_pairs(problem: Problem) -> None:
    for met in problem.history:
        _check_pair(problem, "history", (met.a, met.b))
        if met.times < 1:
            raise RuleViolation("plan_negative", field="history", person=met.a, value=met.times)
        if met.days_ago is not None and met.days_ago < 0:
            raise RuleViolation("plan_negative", field="history", person=met.a, value=met.days_ago)
    apart = {frozenset(_check_pair(problem, "forbidden", pair)) for pair in problem.forbidden}
    for pair in problem.must_meet:
        if frozenset(_check_pair(problem, "must_meet", pair)) in apart:
            raise RuleViolation("plan_pair_contradiction", field="must_meet", person=pair[0], other=pair[1])
    for affine in problem.affinity:
        if not 1 <= affine.weight <= 9:
            raise RuleViolation(
                "plan_affinity_weight", field="affinity", sector=affine.sector, weight=affine.weight
            )


def _check_pair(problem: Problem, field: str, pair: Pair) -> Pair:
    for person_id in pair:
        _check_known(problem, field, person_id)
    if pair[0] == pair[1]:
        raise RuleViolation("plan_pair_with_self", field=field, person=pair[0])
    return pair


def _check_known(problem: Problem, field: str, person_id: PersonId) -> None:
    if person_id not in problem.by_id:
        raise RuleViolation("plan_unknown_person", field=field, person=person_id)


def _check_seatings(problem: Problem, field: str, seatings: Iterable[Seating]) -> None:
    for number, seating in enumerate(seatings):
        if number >= problem.rounds:
            raise RuleViolation("plan_round_missing", field=field, round=number)
        seated: set[PersonId] = set()
        for table in seating:
            for person_id in table:
                _check_known(problem, field, person_id)
                if person_id in seated:
                    raise RuleViolation("plan_seated_twice", field=field, person=person_id, round=number)
                seated.add(person_id)


def _check_locks(problem: Problem) -> None:
    for lock in problem.locked:
        _check_known(problem, "locked", lock.person)
        if not 0 <= lock.number < problem.rounds:
            raise RuleViolation("plan_round_missing", field="locked", person=lock.person, round=lock.number)
        if lock.table < 0:
            raise RuleViolation("plan_table_missing", field="locked", person=lock.person, table=lock.table)


def _check_round(problem: Problem, number: int) -> None:
    shape = problem.shapes[number]
    heads = len(problem.present(number))
    if heads < 2:
        raise RuleViolation("plan_too_few_present", field="present", round=number, present=heads)
    if shape.sizes is not None:
        if sum(shape.sizes) != heads:
            raise RuleViolation(
                "plan_sizes_do_not_fit", field="sizes", round=number, seats=sum(shape.sizes), present=heads
            )
        if min(shape.sizes) < 2:
            raise RuleViolation("plan_table_of_one", field="sizes", round=number)
