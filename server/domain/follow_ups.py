"""What one owes after a meeting: when it is due, when it is done, which few one-to-ones are worth planning.

Proposals are few on purpose and come the same way every time: no chance, no pile of cards.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from server.domain.errors import WrongPhase
from server.domain.vocabulary import FollowUpKind, PersonId, StayInTouch

PROPOSALS_MOST = 5
PACE = timedelta(days=7)
"""One more one-to-one a week is what a calendar bears."""

_TERMS: Mapping[FollowUpKind, timedelta] = {
    FollowUpKind.STAY_IN_TOUCH: timedelta(days=2),
    FollowUpKind.PROMISE: timedelta(days=7),
    FollowUpKind.ONE_TO_ONE: timedelta(days=14),
}


class FollowUpState(StrEnum):
    """Where a follow-up stands; derived from its two dates."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class FollowUpCommand(StrEnum):
    """What its owner does to it."""

    DO = "do"
    DROP = "drop"
    REOPEN = "reopen"


TRANSITIONS: Mapping[tuple[FollowUpState, FollowUpCommand], FollowUpState] = {
    (FollowUpState.OPEN, FollowUpCommand.DO): FollowUpState.DONE,
    (FollowUpState.OPEN, FollowUpCommand.DROP): FollowUpState.DROPPED,
    (FollowUpState.DONE, FollowUpCommand.REOPEN): FollowUpState.OPEN,
    (FollowUpState.DROPPED, FollowUpCommand.REOPEN): FollowUpState.OPEN,
}


def move(state: FollowUpState, command: FollowUpCommand) -> FollowUpState:
    """Tick a follow-up off, drop it, or take that back. Raises `WrongPhase("follow_up_wrong_phase")`."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise WrongPhase("follow_up_wrong_phase", state=state.value, command=command.value)
    return after


def due_for(kind: FollowUpKind, meeting_date: date) -> date:
    """The day by which it should be done: a greeting in 2 days, a promise in 7, a one-to-one in 14."""
    return meeting_date + _TERMS[kind]


def is_overdue(due_on: date, today: date, state: FollowUpState = FollowUpState.OPEN) -> bool:
    """Whether it should have been done by now. On its day it is not late yet."""
    return state is FollowUpState.OPEN and due_on < today


@dataclass(frozen=True)
class Met:
    """Somebody met at the meeting, in which round (None: outside the rounds), of which sector."""

    person: PersonId
    sector: str = ""
    round_number: int | None = None


@dataclass(frozen=True)
class Proposal:
    """A one-to-one worth planning: with whom, by when, and why as key and parameters.

    Keys: `both_want_to`, `you_want_to`, `you_met` (round, if it was in one), `sectors_help_each_other`
    (sector).
    """

    person: PersonId
    due_on: date
    key: str
    params: Mapping[str, object] = field(default_factory=dict)


def propose_one_to_ones(
    met: Sequence[Met],
    mine: Mapping[PersonId, StayInTouch],
    theirs: Mapping[PersonId, StayInTouch],
    *,
    already: Collection[PersonId] = (),
    affine: Mapping[str, int],
    meeting_date: date,
    limit: int = PROPOSALS_MOST,
) -> tuple[Proposal, ...]:
    """At most five one-to-ones for one person after one meeting, one a week.

    First those with whom both said yes to staying in touch, then those where one did, then people of affine
    sectors (`affine`: other sector → strength for this person's). A no by either side ends it, and so does a
    one-to-one already planned or held (`already`). That only the other said yes is never given away.
    """
    ranked: dict[PersonId, tuple[tuple[int, int, int, int], Met]] = {}
    for other in met:
        rank = _rank(other, mine.get(other.person), theirs.get(other.person), affine)
        if rank is None or other.person in already:
            continue
        order = (rank, -affine.get(other.sector, 0), other.round_number or 0, other.person)
        if other.person not in ranked or order < ranked[other.person][0]:
            ranked[other.person] = (order, other)
    best = sorted(ranked.values(), key=lambda entry: entry[0])[: max(0, min(limit, PROPOSALS_MOST))]
    first = due_for(FollowUpKind.ONE_TO_ONE, meeting_date)
    return tuple(
        Proposal(other.person, first + PACE * week, *_why(other, order[0]))
        for week, (order, other) in enumerate(best)
    )


_BOTH, _I, _THEY, _AFFINE = 0, 1, 2, 3


def _rank(
    other: Met, mine: StayInTouch | None, theirs: StayInTouch | None, affine: Mapping[str, int]
) -> int | None:
    if StayInTouch.NO in (mine, theirs):
        return None
    if mine is StayInTouch.YES:
        return _BOTH if theirs is StayInTouch.YES else _I
    if theirs is StayInTouch.YES:
        return _THEY
    return _AFFINE if affine.get(other.sector, 0) > 0 else None


def _why(other: Met, rank: int) -> tuple[str, dict[str, object]]:
    if rank == _BOTH:
        return "both_want_to", {}
    if rank == _I:
        return "you_want_to", {}
    if rank == _THEY:
        # Their answer is theirs: the reason says only what both know.
        return "you_met", {} if other.round_number is None else {"round": other.round_number}
    return "sectors_help_each_other", {"sector": other.sector}
