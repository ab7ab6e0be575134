"""Problems by the dozen for the planner's tests, and a budget that counts steps and knows no clock."""

import math
from dataclasses import dataclass

from hypothesis import strategies as st

from server.domain.planning import Mode, Odd, PastMeeting, Person, Problem, Shape


@dataclass
class Steps:
    """A budget of steps alone."""

    steps: int | None = 200

    def left(self) -> float:
        """No clock: there is always time."""
        return math.inf


def people(count: int, **same: object) -> tuple[Person, ...]:
    """`count` people with ids 0, 1, 2, … who share everything else."""
    return tuple(Person(number, **same) for number in range(count))  # type: ignore[arg-type]


def a_problem(count: int, size: int, rounds: int, **more: object) -> Problem:
    """`count` plain people in `rounds` rounds at tables of `size`."""
    return Problem(people(count), (Shape(size),) * rounds, **more)  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn, *, most: int = 60) -> Problem:
    """Random meetings: pairs or tables of 3 to 8, people who come late or leave early, wishes, history."""
    count = draw(st.integers(5, most))
    rounds = draw(st.integers(1, 5))
    size = draw(st.integers(2, 8))
    dice = draw(st.randoms(use_true_random=False))
    odd = draw(st.sampled_from(Odd))
    sectors = [f"sector {number}" for number in range(draw(st.integers(1, 12)))]
    coming = []
    for number in range(count):
        present = None
        if number >= 3 and dice.random() < 0.2:
            first = dice.randrange(rounds)
            present = frozenset(range(first, dice.randrange(first, rounds) + 1))
        coming.append(
            Person(
                id=f"p{number:03d}" if number % 2 else number,
                sector=dice.choice([None, *sectors]),
                looks_for=tuple(dice.sample(sectors, min(len(sectors), dice.randrange(3)))),
                visitor=dice.random() < 0.2,
                present=present,
            )
        )
    ids = [person.id for person in coming]
    past = [dice.sample(ids, 2) for _ in range(dice.choice([0, 0, 10, 60]))]
    return Problem(
        people=tuple(coming),
        shapes=(Shape(size, odd=odd),) * rounds,
        history=tuple(
            PastMeeting(a, b, dice.randrange(1, 3), dice.choice([None, 7, 200, 900])) for a, b in past
        ),
        mode=draw(st.sampled_from(Mode)),
    )
