"""What a report may say, from plain facts: acquaintances, promises, referrals, giving and receiving, sectors.

Quality and follow-up come first, counts second. Nobody's own numbers are in here, only how they spread, and what fewer
than five people contributed to is not broken down at all. There are no amounts and no counts of collected cards.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from statistics import median

from server.domain import referrals
from server.domain.folded import NOTHING, Gone
from server.domain.referrals import Served
from server.domain.vocabulary import PersonId, ReferralKind, ReferralState

LEAST_CONTRIBUTORS = 5
ANSWER_WITHIN = timedelta(hours=48)
MOST_OF_ONE = 5
"""From so many on, what one person gave or received is not told apart."""
Pair = tuple[PersonId, PersonId]


def may_tell(contributors: Iterable[Hashable], gone: int = 0) -> bool:
    """Whether enough people contributed for the figures to say nothing about one of them; `gone`: how many of those
    who are no longer here did.
    """
    return len(set(contributors)) + gone >= LEAST_CONTRIBUTORS


def pair(one: PersonId, other: PersonId) -> Pair:
    """Two people, whichever way round."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class Sat:
    """Who really sat at one table in one round."""

    round_number: int
    table: int
    people: tuple[PersonId, ...]


@dataclass(frozen=True)
class Acquaintances:
    """Whom people met: pairs who met for the first time and again, and how many people made how many acquaintances."""

    first_time: int
    again: int
    spread: tuple[tuple[int, int], ...]
    """(new acquaintances, by how many people), without a gap from the least to the most."""
    middle: float
    alone: tuple[PersonId, ...]
    """Those of the people asked about who sat with nobody."""


def acquaintances(tables: Iterable[Sat], earlier: Collection[Pair], came: Sequence[PersonId]) -> Acquaintances | None:
    """Whom those who came met at these tables; `earlier` are pairs who had met before. None: nobody met anybody."""
    met: dict[PersonId, set[PersonId]] = {person: set() for person in came}
    pairs: set[Pair] = set()
    for table in tables:
        for one, other in combinations(table.people, 2):
            pairs.add(pair(one, other))
            met.setdefault(one, set()).add(other)
            met.setdefault(other, set()).add(one)
    if not pairs:
        return None
    known = set(earlier)
    fresh = [sum(1 for other in others if pair(person, other) not in known) for person, others in met.items()]
    return Acquaintances(
        first_time=len(pairs - known),
        again=len(pairs & known),
        spread=without_gaps(fresh),
        middle=float(median(fresh)),
        alone=tuple(person for person, others in met.items() if not others),
    )


def without_gaps(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """How often each number occurs, from the least to the most, those that never occur included."""
    counted = Counter(numbers)
    return tuple((number, counted[number]) for number in range(min(counted, default=0), max(counted, default=-1) + 1))


@dataclass(frozen=True)
class Known:
    """How many pairs of members have sat together: ever, and for the first time since a day."""

    pairs: int
    possible: int
    fresh: int
    spread: tuple[tuple[int, int], ...]
    """(other members somebody has sat with, by how many members)."""


def known(first_met: Mapping[Pair, date], members: Collection[PersonId], since: date) -> Known | None:
    """Who of the members knows whom, from the day on which each pair first sat together. None: nobody does."""
    own = set(members)
    days = {pair: day for pair, day in first_met.items() if own.issuperset(pair)}
    if not days:
        return None
    others = dict.fromkeys(own, 0)
    for one, other in days:
        others[one] += 1
        others[other] += 1
    fresh = sum(1 for day in days.values() if day >= since)
    return Known(len(days), len(own) * (len(own) - 1) // 2, fresh, without_gaps(others.values()))


@dataclass(frozen=True)
class Promised:
    """One promise: whose, by when, and the days on which it was kept or let go."""

    owner: PersonId
    due_on: date
    kept_on: date | None = None
    dropped_on: date | None = None


@dataclass(frozen=True)
class Promises:
    """What became of promises. `told` False: too few people for more than their number."""

    made: int
    told: bool
    kept_in_time: int = 0
    kept_late: int = 0
    let_go: int = 0
    waiting: int = 0
    overdue: int = 0

    @property
    def settled(self) -> int:
        """Those of which one knows: kept, let go or overdue."""
        return self.kept_in_time + self.kept_late + self.let_go + self.overdue


def promises_tallied(made: Iterable[Promised], today: date) -> Counter[str]:
    """How many promises became what by today."""
    return Counter(_became(one, today) for one in made)


def promises(made: Sequence[Promised], today: date, gone: Gone = NOTHING) -> Promises:
    """What became of these promises by today, and of those of people who are no longer here (`gone`)."""
    found = promises_tallied(made, today) + gone.counter
    if not may_tell((one.owner for one in made), gone.people):
        return Promises(found.total(), told=False)
    return Promises(found.total(), told=True, **found)


def _became(one: Promised, today: date) -> str:
    if one.kept_on is not None:
        return "kept_in_time" if one.kept_on <= one.due_on else "kept_late"
    if one.dropped_on is not None:
        return "let_go"
    return "overdue" if one.due_on < today else "waiting"


@dataclass(frozen=True)
class Given:
    """One slip that left its giver's desk: who, whom, where it stands, when it was given and first answered."""

    giver: PersonId
    receiver: PersonId
    kind: ReferralKind
    state: ReferralState
    level: int
    given_at: datetime
    answered_at: datetime | None = None


STEPS = ((4, 5), (3, 3), (1, 2))
"""Introduction levels as the flow tells them apart: introduced, spoken for, name or material only."""
OUTCOMES = frozenset({ReferralState.WON, ReferralState.LOST, ReferralState.NOT_A_FIT, ReferralState.NO_ANSWER})


@dataclass(frozen=True)
class Referred:
    """What became of referrals. `told` False: too few givers for more than their number."""

    given: int
    leads: int
    told: bool
    level: float = 0.0
    """Median introduction level."""
    answerable: int = 0
    in_time: int = 0
    """Answered within 48 hours, of those that were answered or had that long."""
    ended: int = 0
    won: int = 0
    flow: tuple[tuple[ReferralState, tuple[int, ...]], ...] = ()
    """How many stand where, by introduction level as in STEPS; states in which none stands are left out."""


LEADS, IN_TIME, DUE, ASKED, WELL = "leads", "in_time", "due", "asked", "well"
"""What is tallied of slips beside their states and levels."""


def slips_tallied(slips: Iterable[Given], now: datetime) -> Counter[str]:
    """What slips add up to: `leads`; of all others `due` and `in_time` of the first answer, `level:` and its number,
    and the state with the place of its level in STEPS, as `won:0`.
    """
    found: Counter[str] = Counter()
    for slip in slips:
        if slip.kind is ReferralKind.LEAD:
            found[LEADS] += 1
        if not referrals.counts(slip.kind, slip.state):
            continue
        step = next(at for at, (low, high) in enumerate(STEPS) if low <= slip.level <= high)
        found[f"{slip.state.value}:{step}"] += 1
        found[f"level:{slip.level}"] += 1
        if slip.answered_at or now - slip.given_at >= ANSWER_WITHIN:
            found[DUE] += 1
        if slip.answered_at and slip.answered_at - slip.given_at <= ANSWER_WITHIN:
            found[IN_TIME] += 1
    return found


def served_tallied(answers: Iterable[Served | None]) -> Counter[str]:
    """Of business that was passed on: how many said how they were served (`asked`), and how many well (`well`)."""
    found: Counter[str] = Counter()
    for answer in answers:
        if answer is not None:
            found[ASKED] += 1
        if answer is Served.YES:
            found[WELL] += 1
    return found


def referred(slips: Iterable[Given], now: datetime, gone: Gone = NOTHING) -> Referred:
    """What became of these slips by now, and of those of people who are no longer here (`gone`). Leads are kept apart
    and never counted.
    """
    every = list(slips)
    tally = slips_tallied(every, now) + gone.counter
    flow = tuple(
        (state, tuple(tally[f"{state.value}:{step}"] for step in range(len(STEPS))))
        for state in ReferralState
        if any(tally[f"{state.value}:{step}"] for step in range(len(STEPS)))
    )
    stands = {state: sum(steps) for state, steps in flow}
    given = sum(stands.values())
    givers = (slip.giver for slip in every if referrals.counts(slip.kind, slip.state))
    if not may_tell(givers, gone.people):
        return Referred(given, tally[LEADS], told=False)
    levels = [level for low, high in STEPS for level in range(low, high + 1)]
    return Referred(
        given=given,
        leads=tally[LEADS],
        told=True,
        level=float(median(level for level in levels for _ in range(tally[f"level:{level}"]))),
        answerable=tally[DUE],
        in_time=tally[IN_TIME],
        ended=sum(stands.get(state, 0) for state in OUTCOMES),
        won=stands.get(ReferralState.WON, 0),
        flow=flow,
    )


@dataclass(frozen=True)
class Exchanged:
    """How giving and receiving spread: so many people gave `number` referrals, so many received that many."""

    number: int
    gave: int
    received: int


def give_and_receive(slips: Iterable[Given], members: Collection[PersonId]) -> tuple[Exchanged, ...]:
    """How giving and receiving spread over the members; nothing where too few gave. The last is "so many or more"."""
    counted = [slip for slip in slips if referrals.counts(slip.kind, slip.state)]
    if not may_tell(slip.giver for slip in counted if slip.giver in members):
        return ()
    gave = Counter(slip.giver for slip in counted)
    received = Counter(slip.receiver for slip in counted)
    given = Counter(min(gave[person], MOST_OF_ONE) for person in members)
    got = Counter(min(received[person], MOST_OF_ONE) for person in members)
    most = max(*given, *got)
    return tuple(Exchanged(number, given[number], got[number]) for number in range(most + 1))


@dataclass(frozen=True)
class Sector:
    """A sector as it was first written: how many people look for it, and how many of it are there; `has_seat`: the
    group's own list keeps one for it.
    """

    name: str
    wished: int
    there: int
    has_seat: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether somebody looks for it and nobody is there."""
        return self.wished > 0 and not self.there

    @property
    def is_empty(self) -> bool:
        """Whether a seat is kept for it and nobody has it."""
        return self.has_seat and not self.there


def sectors(wanted: Iterable[str], there: Iterable[str], seats: Iterable[str] = ()) -> tuple[Sector, ...]:
    """Every sector that is there, looked for, or has a seat: missing ones first, then empty seats, the most wished
    first, then by name.

    Writing is compared without regard to case and spaces.
    """
    looked_for, present, kept = list(wanted), list(there), list(seats)
    written: dict[str, str] = {}
    for sector in (*present, *kept, *looked_for):
        written.setdefault(_fold(sector), " ".join(sector.split()))
    wished, counted = Counter(map(_fold, looked_for)), Counter(map(_fold, present))
    seated = set(map(_fold, kept))
    found = [Sector(name, wished[key], counted[key], key in seated) for key, name in written.items() if key]
    return tuple(
        sorted(found, key=lambda one: (not one.is_missing, not one.is_empty, -one.wished, _fold(one.name)))
    )


def same_sector(one: str, other: str) -> bool:
    """Whether two people wrote the same sector, whatever its case and spaces."""
    return _fold(one) == _fold(other)


def _fold(sector: str) -> str:
    return " ".join(sector.split()).casefold()
