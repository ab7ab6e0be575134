"""How far one person has come with another, computed from dated evidence and never typed.

A stage has a direction: what A has of B is not what B has of A. Each stage stands on the one before; taking
evidence away lowers it. A broken promise that is not settled freezes the stage at what it was on that day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

Line = tuple[str, Mapping[str, object]]
"""A key and its parameters; whoever shows it finds the words."""


class Stage(StrEnum):
    """How well somebody is known."""

    STRANGER = "stranger"
    VISIBLE = "visible"
    CREDIBLE = "credible"
    PROFITABLE = "profitable"


class EvidenceKind(StrEnum):
    """What counts: one-to-ones that both confirmed, promises kept on time, outcomes that were confirmed."""

    MET_IN_ROUND = "met_in_round"
    MUTUAL_SCAN = "mutual_scan"
    ONE_TO_ONE = "one_to_one"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    REFERRAL_OUTCOME = "referral_outcome"


ENCOUNTERS = frozenset({EvidenceKind.MET_IN_ROUND, EvidenceKind.MUTUAL_SCAN})


@dataclass(frozen=True)
class Evidence:
    """One dated fact of A with B. `params` say what it was (meeting, round, text) to whoever lists it.

    `settled_at`, for a broken promise only: when both agreed that it is out of the world.
    """

    kind: EvidenceKind
    at: datetime
    settled_at: datetime | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Thresholds:
    """What each stage asks for; a group's setting."""

    encounters: int = 1
    one_to_ones: int = 1
    promises_kept: int = 1
    known_for: timedelta = timedelta(days=21)
    referral_outcomes: int = 1


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class StageResult:
    """The stage, the evidence it stands on (oldest first), and the cheapest next step as key and parameters.

    `missing` are the keys of everything that the next stage still lacks, the cheapest first.
    """

    stage: Stage
    evidence: tuple[Evidence, ...]
    next_step: str
    next_params: Mapping[str, object]
    missing: tuple[str, ...]


def stage(
    evidence: Iterable[Evidence], now: datetime, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> StageResult:
    """The stage of A towards B at a moment. What is dated later than that does not count yet.

    Next steps: `settle_promise`, `meet_in_round`, `plan_one_to_one`, `keep_promise`, `give_it_time` (with
    `days`), `ask_for_referral`, `keep_in_touch`.
    """
    known = sorted((fact for fact in evidence if fact.at <= now), key=lambda fact: fact.at)
    broken = next((fact for fact in known if _is_open_break(fact, now)), None)
    as_of = now if broken is None else broken.at
    counted = [fact for fact in known if fact.at <= as_of and fact.kind is not EvidenceKind.PROMISE_BROKEN]
    reached, used, missing = _climb(counted, as_of, thresholds)
    if broken is not None:
        missing = (("settle_promise", broken.params), *missing)
    next_step, params = missing[0] if missing else ("keep_in_touch", {})
    return StageResult(reached, used, next_step, params, tuple(key for key, _ in missing))


@dataclass(frozen=True)
class Encounter:
    """The last time two people met: the day, the meeting's name, the round if it was in one."""

    on: date
    meeting: str
    round_number: int | None = None


def met_before_line(met: Encounter | None, promise: str | None = None) -> Line:
    """What to say when two people stand in front of each other: first time or again, and what was promised.

    Keys: `met_first_time`, `met_at_meeting` (on, meeting), `met_in_round` (on, meeting, round); each with
    `promise` if one is open, to be shown under a label of its own.
    """
    params: dict[str, object] = {"promise": promise} if promise else {}
    if met is None:
        return "met_first_time", params
    params |= {"on": met.on, "meeting": met.meeting}
    if met.round_number is None:
        return "met_at_meeting", params
    return "met_in_round", params | {"round": met.round_number}


def _is_open_break(fact: Evidence, now: datetime) -> bool:
    unsettled = fact.settled_at is None or fact.settled_at > now
    return fact.kind is EvidenceKind.PROMISE_BROKEN and unsettled


def _climb(
    counted: list[Evidence], as_of: datetime, thresholds: Thresholds
) -> tuple[Stage, tuple[Evidence, ...], tuple[Line, ...]]:
    """Go up while nothing is missing; `counted` is oldest first."""
    reached, wanted_kinds = Stage.STRANGER, frozenset[EvidenceKind]()
    for above, kinds, gaps in _STEPS:
        missing = gaps(counted, as_of, thresholds)
        if missing:
            return reached, _of(counted, wanted_kinds), missing
        reached, wanted_kinds = above, wanted_kinds | kinds
    return reached, _of(counted, wanted_kinds), ()


def _of(counted: list[Evidence], kinds: frozenset[EvidenceKind]) -> tuple[Evidence, ...]:
    return tuple(fact for fact in counted if fact.kind in kinds)


def _lacks_encounter(counted: list[Evidence], as_of: datetime, thresholds: Thresholds) -> tuple[Line, ...]:
    return _lacks(counted, ENCOUNTERS, thresholds.encounters, "meet_in_round")


def _lacks_trust(counted: list[Evidence], as_of: datetime, thresholds: Thresholds) -> tuple[Line, ...]:
    one_to_one = _lacks(
        counted, frozenset({EvidenceKind.ONE_TO_ONE}), thresholds.one_to_ones, "plan_one_to_one"
    )
    promise = _lacks(
        counted, frozenset({EvidenceKind.PROMISE_KEPT}), thresholds.promises_kept, "keep_promise"
    )
    first = min((fact.at for fact in counted), default=as_of)
    lacking = thresholds.known_for - (as_of - first)
    time: tuple[Line, ...] = ()
    if lacking > timedelta(0):
        # Whole days, rounded up: on the day named, the wait is over.
        time = (("give_it_time", {"days": -(-lacking // timedelta(days=1))}),)
    return (*one_to_one, *promise, *time)


def _lacks_outcome(counted: list[Evidence], as_of: datetime, thresholds: Thresholds) -> tuple[Line, ...]:
    kinds = frozenset({EvidenceKind.REFERRAL_OUTCOME})
    return _lacks(counted, kinds, thresholds.referral_outcomes, "ask_for_referral")


def _lacks(
    counted: list[Evidence], kinds: frozenset[EvidenceKind], wanted: int, step: str
) -> tuple[Line, ...]:
    return () if len(_of(counted, kinds)) >= wanted else ((step, {}),)


_STEPS: tuple[
    tuple[
        Stage,
        frozenset[EvidenceKind],
        Callable[[list[Evidence], datetime, Thresholds], tuple[Line, ...]],
    ],
    ...,
] = (
    (Stage.VISIBLE, ENCOUNTERS, _lacks_encounter),
    (Stage.CREDIBLE, frozenset({EvidenceKind.ONE_TO_ONE, EvidenceKind.PROMISE_KEPT}), _lacks_trust),
    (Stage.PROFITABLE, frozenset({EvidenceKind.REFERRAL_OUTCOME}), _lacks_outcome),
)
