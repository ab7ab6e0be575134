"""The empty chair: whom to invite. One imagined guest after another sits down at the meeting, one for every sector
(and the region that wants it most), and is ranked by what they would bring to whom.

First every guest is weighed against the plan as it is, by seating them where they bring most; then the planner
really plans with the best few, beside a plan without any guest made with the same effort.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from server.domain.errors import RuleViolation

from .board import Board
from .outlook import Trial
from .planner import plan
from .problem import Person, PersonId, Problem, Seating, Shape
from .result import Plan, Said

TOP = 3
MOST_STEPS = 1000
MOST_WORK = 100_000
"""At most so many steps times people for one real plan: some tenths of a second."""
Company = tuple[PersonId, ...]


@dataclass(frozen=True)
class Chair:
    """One imagined guest, and what they would bring to whom.

    `wishes` are people who look for the sector, meet nobody of it as planned, and would sit with the guest;
    `open` all who look for it and meet nobody of it; `near` are those of them who live in `region`. `affine` are
    people at the guest's tables whose sector goes well with theirs, with its weight, `rivals` all people of the
    same sector. `seats` says with whom the guest would sit, round by round. The `saved` figures are known of
    guests the planner really planned with: repeats, byes and seats in tables of three that would fall away (below
    zero: that would be added).
    """

    sector: str
    region: str | None
    wishes: Company
    open: Company
    near: Company
    affine: tuple[tuple[PersonId, int], ...]
    rivals: Company
    seats: tuple[Company, ...]
    planned: bool = False
    repeats_saved: int = 0
    byes_saved: int = 0
    trios_saved: int = 0

    @property
    def told(self) -> tuple[Said, ...]:
        """What there is to say, the most important first."""
        return tuple(self._told())

    def _told(self) -> Iterator[Said]:
        missed = tuple(person for person in self.open if person not in self.wishes)
        affine = tuple(person for person, _ in self.affine)
        for key, people in (
            ("chair_wishes", self.wishes), ("chair_out_of_reach", missed), ("chair_near", self.near),
            ("chair_affine", affine), ("chair_rivals", self.rivals),
        ):  # fmt: skip
            if people:
                more = {"sector": self.sector, "region": self.region}
                yield Said(key, {"people": list(people), "count": len(people), **more})
        for key, saved in (
            ("repeats", self.repeats_saved), ("byes", self.byes_saved), ("trios", self.trios_saved),
        ):  # fmt: skip
            if saved:
                yield Said(f"chair_{key}_{'saved' if saved > 0 else 'added'}", {"n": abs(saved)})


def empty_chairs(
    problem: Problem,
    rounds: Sequence[Seating] | None = None,
    *,
    top: int = TOP,
    steps: int | None = None,
    seed: int = 1,
    on_progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> tuple[Chair, ...]:
    """Every sector somebody would gain by, as a guest, the best first; really planned with are the `top` few.

    `rounds` is the plan as it stands; without it one is made. Each real plan takes `steps` steps (None: as many as a
    room that waits has time for). `on_progress` hears the share of the work that is done; after `cancel` answers True
    the guests come as they are by then.
    Raises RuleViolation (codes `plan_*`) when the problem cannot be planned.
    """
    if steps is None:
        steps = min(MOST_STEPS, MOST_WORK // max(1, len(problem.people)))
    tell = on_progress if on_progress is not None else _nobody_listens
    without = plan(problem, Trial(steps), seed, None, cancel)
    tell(1 / (top + 1))
    room = _Room(problem, Board(problem, without.rounds if rounds is None else rounds).rounds)
    chairs = sorted((chair for chair in map(room.seated, room.sectors()) if chair.open or chair.affine), key=_rank)
    for place in range(min(top, len(chairs))):
        if cancel is not None and cancel():
            break
        chairs[place] = _planned(room, chairs[place], without, steps, seed, cancel)
        tell((place + 2) / (top + 1))
    tell(1.0)
    return tuple(sorted(chairs, key=_rank))


def _nobody_listens(share: float) -> None:
    """Progress that nobody asked for."""


def _rank(chair: Chair) -> tuple[int, int, int, int, int, str]:
    weight = sum(weight for _, weight in chair.affine)
    return (-len(chair.wishes), -len(chair.open), -weight, -len(chair.near), len(chair.rivals), chair.sector)


class _Room:
    """The people and their plan, ready to weigh one guest after another."""

    def __init__(self, problem: Problem, rounds: tuple[Seating, ...]) -> None:
        self.problem, self.rounds = problem, rounds
        self.coming = range(len(problem.held), problem.rounds)
        self.met: dict[PersonId, set[str | None]] = {person.id: set() for person in problem.people}
        for table in (table for seating in rounds for table in seating):
            for person_id in table:
                self.met[person_id].update(problem.by_id[other].sector for other in table if other != person_id)
        self.weights: dict[str, dict[str, int]] = {}
        for affine in problem.affinity:
            for one, other in ((affine.sector, affine.other), (affine.other, affine.sector)):
                weights = self.weights.setdefault(one, {})
                weights[other] = max(affine.weight, weights.get(other, 0))

    def sectors(self) -> list[str]:
        """Every sector anybody names, in the order of the alphabet."""
        named = set(self.problem.sectors or ()) | set(self.weights)
        for person in self.problem.people:
            named.update(person.looks_for)
            named.update(() if person.sector is None else (person.sector,))
        return sorted(named)

    def seated(self, sector: str) -> Chair:
        """A guest of this sector at the tables where they bring most, all seats staying as they are."""
        waiting = set(self.open_to(sector))
        weights = self.weights.get(sector, {})
        new = {person.id for person in self.problem.people}

        def worth(table: Company) -> tuple[int, int, int]:
            fresh = [self.problem.by_id[person_id] for person_id in table if person_id in new]
            gain = sum(weights.get(person.sector, 0) for person in fresh if person.sector is not None)
            alike = sum(self.problem.by_id[person_id].sector == sector for person_id in table)
            return sum(person.id in waiting for person in fresh), gain, -alike

        seats = []
        for number in self.coming:
            best = max(self._places(number), key=worth)
            seats.append(best)
            new.difference_update(best)
        return self.chair(sector, tuple(seats))

    def _places(self, number: int) -> tuple[Company, ...]:
        """Tables a guest could join; somebody who would sit out is glad of company."""
        present = self.problem.present(number)
        if self.problem.shapes[number].has_bye(len(present)):
            seated = {person_id for table in self.rounds[number] for person_id in table}
            return (tuple(person.id for person in present if person.id not in seated),)
        return self.rounds[number]

    def open_to(self, sector: str) -> Company:
        """Who looks for a sector, is there in a round still to come, and meets nobody of it."""
        return tuple(
            person.id
            for person in self.problem.people
            if sector in person.looks_for
            and sector not in self.met[person.id]
            and any(person.is_there(number) for number in self.coming)
        )

    def chair(self, sector: str, seats: tuple[Company, ...]) -> Chair:
        """What the guest brings to whom, sitting there."""
        people = self.problem.by_id
        meets = dict.fromkeys(person_id for company in seats for person_id in company)
        open_ = self.open_to(sector)
        homes = Counter(people[person_id].region for person_id in open_ if people[person_id].region is not None)
        region = min(homes, key=lambda name: (-homes[name], name), default=None)
        weights = self.weights.get(sector, {})
        return Chair(
            sector=sector,
            region=region,
            wishes=tuple(person_id for person_id in open_ if person_id in meets),
            open=open_,
            near=tuple(person_id for person_id in open_ if region is not None and people[person_id].region == region),
            affine=tuple(
                (person_id, weights[own])
                for person_id in meets
                if (own := people[person_id].sector) is not None and own in weights
            ),
            rivals=tuple(person.id for person in self.problem.people if person.sector == sector),
            seats=seats,
        )


def _planned(
    room: _Room, chair: Chair, without: Plan, steps: int, seed: int, cancel: Callable[[], bool] | None
) -> Chair:
    """The same guest in a plan made with them."""
    guest = _guest(room, chair.sector)
    shapes = tuple(map(_with_a_seat_more, room.problem.shapes))
    crowd = replace(room.problem, people=(*room.problem.people, guest), shapes=shapes)
    try:
        made = plan(crowd, Trial(steps), seed, None, cancel)
    except RuleViolation:
        # One more would undo the tables people are fixed to; what the guest means to people still stands.
        return chair
    seats = tuple(
        tuple(person_id for table in seating if guest.id in table for person_id in table if person_id != guest.id)
        for seating in made.rounds[len(room.problem.held) :]
    )
    return replace(
        room.chair(chair.sector, seats),
        planned=True,
        repeats_saved=without.cost.repeats - made.cost.repeats,
        byes_saved=_byes(room.problem, without) - _byes(crowd, made),
        trios_saved=_in_threes(room.problem, without) - _in_threes(crowd, made),
    )


def _guest(room: _Room, sector: str) -> Person:
    name = "guest"
    while name in room.problem.by_id:
        name += "'"
    late = frozenset(room.coming) if room.problem.held else None
    return Person(name, sector=sector, visitor=True, present=late)


def _with_a_seat_more(shape: Shape) -> Shape:
    """Where the organiser names every size, the smallest table gets a chair."""
    if shape.sizes is None:
        return shape
    sizes = list(shape.sizes)
    sizes[sizes.index(min(sizes))] += 1
    return replace(shape, sizes=tuple(sizes))


def _byes(problem: Problem, made: Plan) -> int:
    return sum(
        len(made.byes(number, [person.id for person in problem.present(number)]))
        for number in range(len(problem.held), problem.rounds)
    )


def _in_threes(problem: Problem, made: Plan) -> int:
    return sum(
        3
        for number in range(len(problem.held), problem.rounds)
        for table in made.rounds[number]
        if len(table) == 3 and problem.shapes[number].size == 2
    )
