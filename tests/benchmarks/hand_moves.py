"""How long it takes to learn what a change by hand would do, for 60 and for 1,000 people.

    python -m tests.benchmarks.hand_moves [--people 60,1000] [--history 20]

A morning of six rounds at tables of eight, sixty sectors, two wishes each, a past. Every figure is processor
milliseconds, the middle one and the slowest of a hundred (fewer where nobody waits), of the whole job of the child:
from decoded JSON to the answer, the board already laid open. The goal is 50 ms for 1,000 people.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable

from server.domain import planning
from server.jobs import Json, Tell
from server.jobs.plans import JOBS
from tests.domain.planning.problems import Steps

ROUNDS, SIZE, SECTORS = 6, 8, 60


class Nobody(Tell):
    """Nobody waits for news."""

    def __call__(self, news: Json) -> None:
        """Say nothing."""

    def enough(self) -> bool:
        """Never."""
        return False


def problem(people: int, history: int) -> Json:
    """A large morning with a past, the same every time."""
    dice = random.Random(people)
    sectors = [f"sector {number}" for number in range(SECTORS)]
    return {
        "people": [
            {
                "id": number,
                "sector": dice.choice(sectors),
                "looks_for": dice.sample(sectors, 2),
                "visitor": number % 10 == 0,
            }
            for number in range(people)
        ],
        "table_size": SIZE,
        "rounds": ROUNDS,
        "history": [[*dice.sample(range(people), 2), 1, dice.randrange(400)] for _ in range(history)],
    }


def slowest(work: Callable[[], object], times: int = 100) -> str:
    """Processor milliseconds: the middle one and the slowest of so many times."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append(1000 * (time.process_time() - began))
    return f"{statistics.median(took):.1f}, {max(took):.1f}"


def measured(people: int, history: int) -> list[tuple[str, str]]:
    """What is asked while somebody drags a name over the tables, and how long it takes."""
    told = problem(people, history)
    made = planning.plan(planning.problem_from_json(told), Steps(0), 1)
    rounds = [[list(table) for table in seating] for seating in made.rounds]
    dice = random.Random(1)

    def ask(job: str, **arguments: object) -> Json:
        return JOBS[job]({"board": f"{people} people", **arguments}, Nobody())

    def anybody() -> int:
        return dice.randrange(people)

    def pair() -> Json:
        one, other = dice.sample(range(people), 2)
        return {"one": one, "other": other}

    def lay_open() -> None:
        planning.Board(planning.problem_from_json(told), planning.seatings_from_json(rounds))

    def other_seats() -> Json:
        return ask("explain", person=anybody(), alternatives=True)

    def explain() -> object:
        return planning.explain(asked, made.rounds)

    asked = planning.problem_from_json(told)
    ask("options", problem=told, rounds=rounds, round=0, one=0)
    return [
        ("lay the board open (once)", slowest(lay_open, 3)),
        ("exchange of two", slowest(lambda: ask("weigh", round=dice.randrange(ROUNDS), **pair()))),
        ("every seat of one person", slowest(lambda: ask("options", round=2, one=anybody()))),
        ("lock to a table", slowest(lambda: ask("lock", round=1, one=anybody(), table=0))),
        ("bring two together", slowest(lambda: ask("together", **pair()))),
        ("keep two apart", slowest(lambda: ask("forbid", **pair()))),
        ("why not with B?", slowest(lambda: ask("why_not", **pair()))),
        ("why here, cheapest other seat in every round", slowest(other_seats, 20)),
        ("explain every seat of the plan", slowest(explain, 5)),
    ]


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="What a change by hand would do, and how soon it is known.")
    parser.add_argument("--people", default="60,1000", help="how many people, separated by commas")
    parser.add_argument("--history", type=int, default=20, help="earlier meetings for every person")
    options = parser.parse_args()
    counts = [int(count) for count in options.people.split(",")]
    columns = [measured(count, options.history * count) for count in counts]
    print("| milliseconds (middle, slowest) | " + " | ".join(f"{count} people" for count in counts) + " |")
    print("| --- |" + " ---: |" * len(counts))
    for line in zip(*columns, strict=True):
        print(f"| {line[0][0]} | " + " | ".join(took for _, took in line) + " |")


if __name__ == "__main__":
    main()
