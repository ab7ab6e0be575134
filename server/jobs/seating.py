"""Plans for a meeting under way: made, improved behind the next round, and summed up in what they mean.

Rounds and tables count from 0, people are the ids of the problem. What somebody settled by hand is kept where it
can be; what cannot be kept (its table is no longer laid) is let go and named in `released`.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from server.domain import planning
from server.domain.errors import RuleViolation
from server.domain.planning.bounds import lower_bound
from server.domain.planning.checks import check
from server.domain.planning.cost import evaluate, ranked
from server.domain.planning.layout import lay_out
from server.domain.planning.model import Model
from server.jobs import Job, Json, Tell
from server.jobs.plans import CpuBudget

PATIENCE = 1.25
"""On a busy computer nobody waits longer than this many times the CPU seconds."""
NAMED_MOST = 200
"""Pairs that meet again are counted all, and this many of them named."""
_NO_SEAT = frozenset(
    {"plan_table_missing", "plan_table_overfull", "plan_lock_contradiction", "plan_more_hosts_than_tables"}
)
Released = list[list[object]]


def plan(arguments: Json, tell: Tell) -> Json:
    """`{problem, begun, seconds, seed, steps?}` → `{plan, digest, finished}`, with progress: share and cost so far.

    The digest tells of the rounds after the first `begun`, also of those that are told as held.
    """
    problem, released = _seatable(planning.problem_from_json(arguments["problem"]))
    made = _searched(problem, arguments, tell)
    return _told(problem, made, arguments["begun"], released)


def improve(arguments: Json, tell: Tell) -> Json:
    """`{problem, begun, rounds, seconds, seed, steps?}` → `{better}`, and what `plan` answers when it is True.

    `rounds` are the seats as they are; nothing is better that only moves people about.
    """
    problem, released = _seatable(planning.problem_from_json(arguments["problem"]))
    made = _searched(problem, arguments, tell)
    model = Model(problem)
    rounds = tuple(tuple(tuple(table) for table in seating) for seating in arguments["rounds"])
    before = evaluate(model, model.tables_of(rounds))
    if ranked(_worth(made.cost), problem) >= ranked(_worth(before), problem):
        return {"better": False}
    return {"better": True} | _told(problem, made, arguments["begun"], released)


def _worth(cost: planning.Cost) -> planning.Cost:
    """A cost without what nobody in the room would be sent to another table for."""
    return cost._replace(walks=0, most_repeats=0)


def digest(arguments: Json, tell: Tell) -> Json:
    """`{problem, begun, rounds, partly?}` → `{digest}` of the seats as they are.

    `partly`: some who could have a seat have none in a round to come, so nothing is proven of them.
    """
    problem, released = _seatable(planning.problem_from_json(arguments["problem"]))
    rounds = tuple(tuple(tuple(table) for table in seating) for seating in arguments["rounds"])
    model = Model(problem)
    bound = planning.Cost() if arguments.get("partly") else lower_bound(model)
    seated = planning.Plan(rounds, evaluate(model, model.tables_of(rounds)), bound, seed=0, steps=0)
    return {"digest": _told(problem, seated, arguments["begun"], released)["digest"]}


def _searched(problem: planning.Problem, arguments: Json, tell: Tell) -> planning.Plan:
    def on_progress(progress: planning.Progress) -> None:
        tell({"share": progress.share, "cost": progress.cost._asdict()})

    budget = CpuBudget(arguments["seconds"], arguments.get("steps"), PATIENCE)
    return planning.plan(problem, budget, int(arguments["seed"]), on_progress, tell.enough, explained=False)


def _seatable(problem: planning.Problem) -> tuple[planning.Problem, Released]:
    """The problem without the kept seats that there are no more, and those seats as `[person, round or null]`."""
    check(problem)
    released: Released = []
    while True:
        try:
            lay_out(problem)
        except RuleViolation as refused:
            person, number = refused.params.get("person"), refused.params.get("round")
            if refused.code not in _NO_SEAT or [person, number] in released or [person, None] in released:
                raise
            locks = tuple(lock for lock in problem.locked if (lock.person, lock.number) != (person, number))
            if len(locks) < len(problem.locked):
                released.append([person, number])
                problem = replace(problem, locked=locks)
                continue
            released.append([person, None])
            problem = replace(problem, people=tuple(_without_table(each, person) for each in problem.people))
        else:
            return problem, released


def _without_table(each: planning.Person, person: object) -> planning.Person:
    return replace(each, host=False, fixed_table=None) if each.id == person else each


def _told(problem: planning.Problem, made: planning.Plan, begun: int, released: Released) -> Json:
    told = planning.plan_to_json(made)
    del told["explanations"]  # there are none: why somebody sits somewhere is asked for on a tap
    worth = {name: told[name] for name in ("cost", "bound", "optimal", "repeats_optimal")} | _words(problem, made)
    told_of = _digest(problem, made, begun, released) | worth
    return {"plan": told, "digest": told_of, "finished": _worth(made.cost) == _worth(made.bound)}


def _words(problem: planning.Problem, made: planning.Plan) -> Json:
    """What is proven about the plan, and why what cannot be avoided cannot, as remarks."""
    reason = planning.reason_for(problem, made) if made.bound.repeats else None
    said = (planning.in_words(made), reason)
    return {"words": [planning.said_to_json(each) for each in said if each is not None]}


def _digest(problem: planning.Problem, made: planning.Plan, begun: int, released: Released) -> Json:
    """What the rounds still to come mean to the people in them."""
    again = _again(problem, made.rounds, begun) if made.cost.repeats else []
    trios = [
        [number, list(table)]
        for number, seating in enumerate(made.rounds)
        for table in seating
        if number >= begun and problem.shapes[number].size == 2 and len(table) == 3
    ]
    return {
        "rounds": len(made.rounds) - begun,
        "people": len(problem.people),
        "again": again[:NAMED_MOST],
        "again_count": len(again),
        "trios": trios,
        "released": released,
    }


def _again(problem: planning.Problem, rounds: Sequence[planning.Seating], begun: int) -> list[list[object]]:
    """Round and two people, for those who sit together though they met before."""
    met = {frozenset((past.a, past.b)) for past in problem.history}
    again: list[list[object]] = []
    for number, seating in enumerate(rounds):
        pairs = {frozenset(pair): pair for table in seating for pair in combinations(table, 2)}
        if number >= begun:
            again += [[number, *both] for pair, both in pairs.items() if pair in met]
        met |= pairs.keys()
    return again


JOBS: dict[str, Job] = {"plan": plan, "improve": improve, "digest": digest}
