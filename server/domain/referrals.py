"""The referral slip: what makes it one, and who may move it where.

A slip has a giver, a receiver, a prospect who agreed, and a reason why the giver vouches. Without the
prospect's consent it is a lead: kept, never counted. The table of moves is whole; what is not in it is
refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.vocabulary import PersonId, ReferralKind, ReferralState


class Side(StrEnum):
    """The two people of a slip."""

    GIVER = "giver"
    RECEIVER = "receiver"


MOVES: Mapping[tuple[ReferralState, ReferralState], Side] = {
    (ReferralState.DRAFT, ReferralState.GIVEN): Side.GIVER,
    (ReferralState.GIVEN, ReferralState.ACCEPTED): Side.RECEIVER,
    (ReferralState.GIVEN, ReferralState.DECLINED): Side.RECEIVER,
    (ReferralState.ACCEPTED, ReferralState.CONTACTED): Side.RECEIVER,
    (ReferralState.ACCEPTED, ReferralState.NO_ANSWER): Side.RECEIVER,
    (ReferralState.CONTACTED, ReferralState.IN_PROGRESS): Side.RECEIVER,
    (ReferralState.CONTACTED, ReferralState.WON): Side.RECEIVER,
    (ReferralState.CONTACTED, ReferralState.LOST): Side.RECEIVER,
    (ReferralState.CONTACTED, ReferralState.NO_ANSWER): Side.RECEIVER,
    (ReferralState.CONTACTED, ReferralState.NOT_A_FIT): Side.RECEIVER,
    (ReferralState.IN_PROGRESS, ReferralState.WON): Side.RECEIVER,
    (ReferralState.IN_PROGRESS, ReferralState.LOST): Side.RECEIVER,
    (ReferralState.IN_PROGRESS, ReferralState.NO_ANSWER): Side.RECEIVER,
    (ReferralState.IN_PROGRESS, ReferralState.NOT_A_FIT): Side.RECEIVER,
    (ReferralState.NO_ANSWER, ReferralState.CONTACTED): Side.RECEIVER,
}
"""From, to, and who may: the giver gives, the receiver says what became of it."""

ANSWERS = frozenset({ReferralState.DECLINED, ReferralState.CONTACTED, ReferralState.NO_ANSWER})
"""The first of these is the answer that a referral waits for: that it was taken on says nothing to the prospect yet."""

REASON_CODES: Mapping[ReferralState, tuple[str, ...]] = {
    ReferralState.DECLINED: (
        "not_my_work",
        "no_capacity",
        "conflict_of_interest",
        "already_in_touch",
        "other",
    ),
    ReferralState.NOT_A_FIT: ("other_need", "wrong_area", "budget", "timing", "did_not_know", "other"),
}
"""The verdicts that need a reason, each with the reasons to choose from."""

INTRODUCTION_LEVELS: Mapping[int, str] = {
    1: "name_shared",
    2: "material_passed",
    3: "spoken_for",
    4: "introduction_arranged",
    5: "introduced_in_person",
}
"""How much effort the giver put into the introduction; not how likely the business is."""


class Served(StrEnum):
    """What the prospect answered when the giver asked, once: were you well served?"""

    YES = "yes"
    MIXED = "mixed"
    NO = "no"


WAYS = ("card_given", "told_you_call", "written", "call_arranged", "in_person")
"""How the giver introduced the two: any of them together."""

BURST = 3
"""More slips than this with one date and place are pointed out to their author before they go."""

VOUCH_REASONS = ("used_it", "saw_the_work", "heard_of_it")
"""Why the giver vouches for the receiver's work."""


@dataclass(frozen=True)
class Slip:
    """What stands on a slip. `reach` is one way to reach the prospect: a telephone number or an address."""

    giver: PersonId
    receiver: PersonId
    prospect_name: str
    reach: str
    need: str
    level: int
    vouch: str
    consent: bool


def ways_of(chosen: Iterable[str]) -> str:
    """The ways chosen as a slip keeps them: each once, in the order of the form.

    Raises RuleViolation("slip_way_unknown").
    """
    wanted = set(chosen)
    unknown = sorted(wanted - set(WAYS))
    if unknown:
        raise RuleViolation("slip_way_unknown", field="ways", way=unknown[0])
    return " ".join(way for way in WAYS if way in wanted)


def check_day(day: date, today: date, field: str = "given_on") -> None:
    """The day on something written down later: today or within the last year.

    Raises `slip_day_future` or `slip_day_far` for the field.
    """
    if day > today:
        raise RuleViolation("slip_day_future", field=field)
    if today - day > timedelta(days=366):
        raise RuleViolation("slip_day_far", field=field)


def is_burst(already: int) -> bool:
    """Whether one more slip of the same author, date and place makes more than `BURST` of them."""
    return already >= BURST


def check_served(state: ReferralState, side: Side, before: Served | None) -> None:
    """The giver may say once, after *won*, how the prospect was served.

    Raises WrongPhase `served_too_early` or `served_already`, NotAllowed `served_not_yours`.
    """
    if side is not Side.GIVER:
        raise NotAllowed("served_not_yours")
    if state is not ReferralState.WON:
        raise WrongPhase("served_too_early")
    if before is not None:
        raise WrongPhase("served_already")


def kind_of(consent: bool) -> ReferralKind:
    """A referral has the prospect's consent; without it the slip is a lead."""
    return ReferralKind.REFERRAL if consent else ReferralKind.LEAD


def check_not_self(giver: PersonId, receiver: PersonId) -> None:
    """Nobody gives a slip to themselves; raises `RuleViolation("referral_to_self")`."""
    if giver == receiver:
        raise RuleViolation("referral_to_self")


def check_submittable(slip: Slip) -> None:
    """Whether the slip can be given; a draft may lack anything.

    Raises `RuleViolation`: `referral_to_self`, `slip_level_unknown`, `slip_vouch_unknown`, or
    `slip_incomplete` with `field` naming what is missing: prospect_name, reach, need, consent, vouch. From
    level 2 on the giver has spoken with the prospect, so there the consent is missing; at level 1 the slip is
    a lead and needs none.
    """
    check_not_self(slip.giver, slip.receiver)
    if slip.level not in INTRODUCTION_LEVELS:
        raise RuleViolation("slip_level_unknown", field="level", level=slip.level)
    if slip.vouch and slip.vouch not in VOUCH_REASONS:
        raise RuleViolation("slip_vouch_unknown", field="vouch", vouch=slip.vouch)
    missing = missing_fields(slip)
    if missing:
        raise RuleViolation("slip_incomplete", field=missing[0])


def missing_fields(slip: Slip) -> tuple[str, ...]:
    """What the slip still lacks to be given, in the order of the form."""
    is_lead = not slip.consent and slip.level == 1
    wanted = {
        "prospect_name": bool(slip.prospect_name.strip()),
        "reach": bool(slip.reach.strip()),
        "need": bool(slip.need.strip()),
        "consent": slip.consent or is_lead,
        "vouch": bool(slip.vouch) or is_lead,
    }
    return tuple(field for field, there in wanted.items() if not there)


def counts(kind: ReferralKind, state: ReferralState) -> bool:
    """Whether the slip stands in the group's figures: a referral that left its giver's desk, never a lead."""
    return kind is ReferralKind.REFERRAL and state is not ReferralState.DRAFT


COLUMNS: Mapping[str, tuple[ReferralState, ...]] = {
    "offered": (ReferralState.DRAFT, ReferralState.GIVEN),
    "agreed": (ReferralState.ACCEPTED,),
    "talking": (ReferralState.CONTACTED, ReferralState.IN_PROGRESS, ReferralState.NO_ANSWER),
    "outcome": (ReferralState.WON, ReferralState.LOST, ReferralState.NOT_A_FIT, ReferralState.DECLINED),
}
"""The columns of the board, each with its states."""


def column(state: ReferralState) -> str:
    """The column of the board in which a slip stands."""
    return next(name for name, states in COLUMNS.items() if state in states)


def is_open(state: ReferralState) -> bool:
    """Whether somebody still has something to do about the slip."""
    return any(before is state for before, _ in MOVES)


def moves_for(state: ReferralState, side: Side) -> tuple[ReferralState, ...]:
    """The states to which this side may move a slip now, in the order of the table."""
    return tuple(to for (before, to), who in MOVES.items() if before is state and who is side)


def move(state: ReferralState, to: ReferralState, side: Side, reason: str | None = None) -> ReferralState:
    """Move a slip and return its new state. `reason` is a code, needed for a verdict in `REASON_CODES` only.

    Raises `WrongPhase("referral_wrong_phase")` for a move outside the table,
    `NotAllowed("referral_not_yours")` for the other side's move, `RuleViolation` `referral_reason_missing` or
    `referral_reason_unknown`.
    """
    who = MOVES.get((state, to))
    if who is None:
        raise WrongPhase("referral_wrong_phase", state=state.value, to=to.value)
    if who is not side:
        raise NotAllowed("referral_not_yours", state=state.value, to=to.value)
    if to in REASON_CODES:
        if not reason:
            raise RuleViolation("referral_reason_missing", to=to.value)
        if reason not in REASON_CODES[to]:
            raise RuleViolation("referral_reason_unknown", to=to.value)
    return to
