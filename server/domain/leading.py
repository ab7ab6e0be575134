"""What those who lead a group read: months in a row, who is tied to whom, visitors who stay, members who stay, drift.

Nothing is told of fewer than five contributors. There is no ranking, and there are no amounts.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntFlag

from server.domain import reports, weeks
from server.domain.folded import NOBODY, NOTHING, Gone
from server.domain.vocabulary import PersonId, Standing


@dataclass(frozen=True, order=True)
class Month:
    """A month of the group's own calendar."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.back(-1).first - timedelta(days=1)

    def back(self, months: int) -> "Month":
        """So many months before."""
        count = self.year * 12 + self.number - 1 - months
        return Month(count // 12, count % 12 + 1)


def month_of(day: date) -> Month:
    """The month of a day."""
    return Month(day.year, day.month)


def months(today: date, many: int) -> tuple[Month, ...]:
    """The last months, this one last."""
    return tuple(month_of(today).back(back) for back in range(many - 1, -1, -1))


_NONE: Mapping[Month, int] = {}


@dataclass(frozen=True)
class Told:
    """A number of a month. None: fewer than five people contributed to it."""

    month: Month
    number: int | None


def trend(
    done: Iterable[tuple[PersonId, date, int]], shown: Sequence[Month], gone: Mapping[Month, int] = _NONE
) -> tuple[Told, ...]:
    """How much was done in each month: by whom, on which day, how much of it. What people did who are no longer here
    is `NOBODY`'s; `gone`: how many of them, at least, stand behind a month.
    """
    numbers: dict[int, int] = defaultdict(int)
    people: dict[int, set[PersonId]] = defaultdict(set)
    for who, day, number in done:
        # A plain number: this goes through every slip of a year.
        month = day.year * 12 + day.month
        numbers[month] += number
        if who != NOBODY:
            people[month].add(who)
    found = []
    for shown_month in shown:
        month = shown_month.year * 12 + shown_month.number
        told = not numbers[month] or reports.may_tell(people[month], gone.get(shown_month, 0))
        found.append(Told(shown_month, numbers[month] if told else None))
    return tuple(found)


class Tie(IntFlag):
    """What ties one member to another. GAVE goes from the row to the column of a matrix."""

    MET = 1
    ONE_TO_ONE = 2
    GAVE = 4


ALL_THREE = Tie.MET | Tie.ONE_TO_ONE | Tie.GAVE


@dataclass(frozen=True)
class Matrix:
    """Who is tied to whom. `rows`: for each member, the value of the tie to each member in the same order."""

    members: tuple[PersonId, ...]
    rows: tuple[tuple[int, ...], ...]


def matrix(
    members: Sequence[PersonId],
    met: Iterable[tuple[int, int]],
    held: Iterable[tuple[int, int]],
    gave: Iterable[tuple[int, int]],
) -> Matrix:
    """The members in the order given, each against each; pairs whichever way round, slips from giver to receiver."""
    place: dict[int, int] = {member: at for at, member in enumerate(members)}
    rows = [[0] * len(members) for _ in members]
    for pairs, tie in ((met, Tie.MET.value), (held, Tie.ONE_TO_ONE.value)):
        for one, other in pairs:
            at, there = place.get(one), place.get(other)
            if at is not None and there is not None:
                rows[at][there] |= tie
                rows[there][at] |= tie
    for giver, receiver in gave:
        at, there = place.get(giver), place.get(receiver)
        if at is not None and there is not None:
            rows[at][there] |= Tie.GAVE.value
    return Matrix(tuple(members), tuple(map(tuple, rows)))


def to_do(found: Matrix, wanted: Tie, *, most: int) -> tuple[tuple[int, int], ...]:
    """The pairs that lack what is wanted, as places in the matrix: those first who have the fewest ties of that kind.

    For slips either direction is enough.
    """
    many, kind = len(found.members), wanted.value
    empty = [
        (one, other)
        for one, row in enumerate(found.rows)
        for other in range(one + 1, many)
        if not (row[other] | found.rows[other][one]) & kind
    ]
    lacks = [0] * many
    for one, other in empty:
        lacks[one] += 1
        lacks[other] += 1
    empty.sort(key=lambda pair: (-lacks[pair[0]] - lacks[pair[1]], pair))
    return tuple(empty[:most])


@dataclass(frozen=True)
class Visitor:
    """Somebody who came as a visitor: how often, and what they are today."""

    person: PersonId
    visits: int
    standing: Standing | None


@dataclass(frozen=True)
class Funnel:
    """Visitors on their way. `told` False: fewer than five came."""

    told: bool
    came: int = 0
    again: int = 0
    joined: int = 0


STEPS: Mapping[str, Callable[[Visitor], bool]] = {
    "came": lambda visitor: True,
    "again": lambda visitor: visitor.visits > 1 or visitor.standing is Standing.MEMBER,
    "joined": lambda visitor: visitor.standing is Standing.MEMBER,
}
"""Which visitors each step of the funnel counts."""


def funnel(visitors: Collection[Visitor], gone: Gone = NOTHING) -> Funnel:
    """How many came, came again, and are members today, or were when they were last here (`gone`)."""
    if not reports.may_tell((visitor.person for visitor in visitors), gone["came"]):
        return Funnel(told=False)
    again, joined = (sum(map(is_at, visitors)) for is_at in (STEPS["again"], STEPS["joined"]))
    return Funnel(
        told=True, came=len(visitors) + gone["came"], again=again + gone["again"], joined=joined + gone["joined"]
    )


@dataclass(frozen=True)
class Belongs:
    """Since when somebody was a member, and until when if they are no longer."""

    person: PersonId
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Retention:
    """Members of a year ago, and how many of them are members today. `told` False: fewer than five."""

    told: bool
    then: int = 0
    still: int = 0


YEAR = timedelta(days=365)


def year_ago(today: date) -> date:
    """The day whose members are asked about: the last one before the week of a year ago."""
    return weeks.monday(today - YEAR) - timedelta(days=1)


def members_then(members: Iterable[Belongs], day: date) -> list[Belongs]:
    """Those who were members on a day. Whoever has no first day has been there always."""
    return [
        each
        for each in members
        if (each.since is None or each.since <= day) and (each.until is None or each.until > day)
    ]


def retention(members: Iterable[Belongs], today: date, gone: Gone = NOTHING) -> Retention:
    """Of the members of a year ago: how many stayed. Whoever has no first day has been there always.

    `gone`: first and last days of those who are no longer here, up to that day. They were members and are none.
    """
    then = members_then(members, year_ago(today))
    left = gone["since"] - gone["until"]
    if not reports.may_tell((each.person for each in then), left):
        return Retention(told=False)
    return Retention(told=True, then=len(then) + left, still=sum(1 for each in then if each.until is None))


@dataclass(frozen=True)
class Held:
    """One item of an agenda as it was: its kind, minutes planned, minutes it took."""

    kind: str
    planned: int
    took: float


@dataclass(frozen=True)
class Drift:
    """How far items of a kind run over in the middle of several meetings; below 0 they are shorter than planned."""

    kind: str
    times: int
    planned: float
    over: float


def drift(items: Iterable[Held]) -> tuple[Drift, ...]:
    """By kind, those that run over most first."""
    by_kind: dict[str, list[Held]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item)
    found = [
        Drift(
            kind,
            len(every),
            sum(item.planned for item in every) / len(every),
            sum(item.took - item.planned for item in every) / len(every),
        )
        for kind, every in by_kind.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.over, each.kind)))
