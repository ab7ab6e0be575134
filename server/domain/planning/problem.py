"""What is to be planned: people, rounds, earlier meetings, and what must hold. Values only.

A round is numbered from 0, a table from 0; an id is whatever the caller uses (integers or texts, even mixed).
Everything here is frozen, so one problem can be planned again with another seed and give the same plan.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

PersonId = int | str
Pair = tuple[PersonId, PersonId]
Seating = tuple[tuple[PersonId, ...], ...]
"""One round: its tables in the order of their numbers, each with the people at it."""

MAX_PEOPLE = 2000
MAX_ROUNDS = 60
MAX_TABLE = 50


class Odd(Enum):
    """What happens in pairs when the number is odd: three sit together, or one has a bye."""

    TRIO = "trio"
    BYE = "bye"


class SizeRule(Enum):
    """Whether a table size is a ceiling (never more than k) or an aim (as near to k as possible)."""

    MAX = "max"
    ROUND = "round"


class Mode(Enum):
    """What counts as a good mix: as many different people as possible, or nobody a third time."""

    DISTINCT = "distinct"
    NEVER_THRICE = "never_thrice"


@dataclass(frozen=True)
class Person:
    """One attendee as the planner sees them.

    `present` holds the rounds (from 0) they are there for; None means all. `fixed_table` is hard. A `host`
    without a fixed table is given one and keeps it. `byes` counts the byes they had at earlier meetings. The
    planner pays no heed to `region`; it says where a guest who is missing should come from.
    """

    id: PersonId
    sector: str | None = None
    looks_for: tuple[str, ...] = ()
    visitor: bool = False
    host: bool = False
    fixed_table: int | None = None
    present: frozenset[int] | None = None
    byes: int = 0
    region: str | None = None

    def is_there(self, number: int) -> bool:
        """Whether the person takes part in round `number`."""
        return self.present is None or number in self.present


@dataclass(frozen=True)
class Shape:
    """How one round seats people: pairs (`size` 2) or tables of `size`, sizes differing by at most one.

    `tables` asks for that many tables whatever the head count (fewer when a table would have one person);
    `sizes` names every table's size outright.
    """

    size: int
    tables: int | None = None
    odd: Odd = Odd.TRIO
    size_rule: SizeRule = SizeRule.MAX
    sizes: tuple[int, ...] | None = None

    def has_bye(self, heads: int) -> bool:
        """Whether one of `heads` people sits this round out."""
        return self.size == 2 and self.odd is Odd.BYE and heads % 2 == 1 and self.sizes is None

    def table_count(self, heads: int) -> int:
        """How many tables `heads` people sit at; at least one."""
        if self.sizes is not None:
            return len(self.sizes)
        most = max(1, heads // 2)
        if self.tables is not None:
            return min(self.tables, most)
        if self.size == 2:
            return most
        if self.size_rule is SizeRule.ROUND:
            return min(most, max(1, round(heads / self.size)))
        return min(most, max(1, -(-heads // self.size)))


@dataclass(frozen=True)
class PastMeeting:
    """`a` and `b` sat together `times` times at earlier meetings, the last time `days_ago` days ago.

    Without an age a past meeting counts as one of this morning.
    """

    a: PersonId
    b: PersonId
    times: int = 1
    days_ago: int | None = None


@dataclass(frozen=True)
class Affinity:
    """Two sectors that do each other good; `weight` from 1 (a little) to 9 (very much)."""

    sector: str
    other: str
    weight: int = 1


@dataclass(frozen=True)
class Lock:
    """`person` sits at `table` in round `number`, whatever it costs."""

    person: PersonId
    number: int
    table: int


@dataclass(frozen=True)
class Problem:
    """Everything the planner is told. `shapes` has one entry per round.

    `held` are the first rounds, held or running: constants. `previous` is the announced plan, round by round;
    changing an announced seat costs. `sectors`, when given, lists the sectors that exist at all.
    """

    people: tuple[Person, ...]
    shapes: tuple[Shape, ...]
    history: tuple[PastMeeting, ...] = ()
    held: tuple[Seating, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    must_meet: tuple[Pair, ...] = ()
    affinity: tuple[Affinity, ...] = ()
    mode: Mode = Mode.DISTINCT
    sector_first: bool = False
    previous: tuple[Seating, ...] = ()
    locked: tuple[Lock, ...] = ()
    sectors: tuple[str, ...] | None = None

    @property
    def rounds(self) -> int:
        """How many rounds the meeting has, held ones included."""
        return len(self.shapes)

    @cached_property
    def by_id(self) -> dict[PersonId, Person]:
        """The people by their id."""
        return {person.id: person for person in self.people}

    def present(self, number: int) -> list[Person]:
        """Who takes part in round `number`, in the order given."""
        return [person for person in self.people if person.is_there(number)]


def canonical(person_id: PersonId) -> tuple[bool, int, str]:
    """A sort key that orders integers before texts, so that ids of both kinds have one order."""
    if isinstance(person_id, int):
        return (False, person_id, "")
    return (True, 0, person_id)
