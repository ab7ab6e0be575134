"""How soon the planner answers when a thousand people wait: the first valid plan, and the best so far on a cancel.

    python -m tests.benchmarks.answers [--people 1000] [--cancels 20]

Processor seconds of one thread; goals: the first plan within 0.3, an answer within 0.1 of a cancel, whenever it comes.
Exit code 1 when one is missed.
"""

import argparse
import random
import sys
import time

from server.domain.planning import PastMeeting, Person, Problem, Shape, plan
from tests.benchmarks.rounds import Seconds

FIRST, CANCELLED = 0.3, 0.1


def kinds(count: int) -> dict[str, Problem]:
    """Four big meetings that keep the planner busy: wishes, latecomers, pairs with a past, uneven tables."""
    dice = random.Random(3)
    sectors = [f"sector {number}" for number in range(40)]

    def crowd(late: int, rounds: int) -> tuple[Person, ...]:
        return tuple(
            Person(
                number,
                dice.choice(sectors),
                tuple(dice.sample(sectors, 2)),
                present=frozenset(range(1, rounds)) if number < late else None,
            )
            for number in range(count)
        )

    past = tuple(PastMeeting(*dice.sample(range(count), 2)) for _ in range(5 * count))
    return {
        "tables of 8, wishes": Problem(crowd(0, 6), (Shape(8),) * 6),
        "tables of 8, latecomers": Problem(crowd(count // 6, 6), (Shape(8),) * 6),
        "pairs with a past": Problem(crowd(0, 8), (Shape(2),) * 8, past),
        "tables of 10, uneven": Problem(crowd(3, 5)[3:], (Shape(10),) * 5),
    }


def first_plan(problem: Problem) -> float:
    """Seconds until the first valid plan is told."""
    began = time.thread_time()
    heard: list[float] = []
    plan(problem, Seconds(0), 1, lambda _: heard.append(time.thread_time() - began))
    return heard[0]


def answer_to_a_cancel(problem: Problem, after: float) -> float:
    """Seconds from a cancel `after` that many seconds until the plan is there."""
    began = time.thread_time()
    plan(problem, Seconds(60), 1, None, lambda: time.thread_time() - began > after)
    return time.thread_time() - began - after


def main() -> int:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--cancels", type=int, default=20)
    chosen = parser.parse_args()
    out = sys.stdout
    out.write(f"| {chosen.people} people | first plan, s | answer to a cancel, slowest of {chosen.cancels}, s |\n")
    out.write("| --- | --- | --- |\n")
    missed = False
    moments = random.Random(1)
    for name, problem in kinds(chosen.people).items():
        first = first_plan(problem)
        slowest = max(answer_to_a_cancel(problem, moments.uniform(first, 3)) for _ in range(chosen.cancels))
        missed = missed or first > FIRST or slowest > CANCELLED
        out.write(f"| {name} | {first:.3f} | {slowest:.3f} |\n")
        out.flush()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
