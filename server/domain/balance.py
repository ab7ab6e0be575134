"""Giving and receiving of one member, and what to do next: private to the person and the care role.

Not only referrals count: visitors, testimonials, advice, needed purchases and duties do too. Being there is shown
beside them and weighs nothing: who comes gives and receives alike. Whoever gives much is asked for nothing more, and
whoever takes much is told, once and in private, what they could give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.vocabulary import PersonId


class Gift(StrEnum):
    """What members give each other."""

    REFERRAL = "referral"
    INTRODUCTION = "introduction"
    VISITOR = "visitor"
    TESTIMONIAL = "testimonial"
    ADVICE = "advice"
    PURCHASE = "purchase"
    DUTY = "duty"


INTRODUCED_FROM = 4
"""From this level of introduction on a referral is an introduction beside."""
WEIGHTS: Mapping[Gift, int] = {
    Gift.REFERRAL: 3,
    Gift.INTRODUCTION: 1,
    Gift.VISITOR: 2,
    Gift.TESTIMONIAL: 1,
    Gift.ADVICE: 1,
    Gift.PURCHASE: 1,
    Gift.DUTY: 1,
}
"""An introduction is a referral of level 4 or 5 and counts beside it: it took more effort. A duty is given to all and
received by all, so it stands on the giving side alone.
"""
LEAST_ITEMS = 5
"""Fewer gifts than this, given and received together, say nothing about anybody."""
STEPS_MOST = 5


class Band(StrEnum):
    """How giving stands to receiving."""

    UNTOLD = "untold"
    TAKES = "takes"
    BALANCED = "balanced"
    GIVES = "gives"


@dataclass(frozen=True)
class Balance:
    """What was given and received, in numbers of gifts, and how the two weigh against each other."""

    given: Mapping[Gift, int]
    received: Mapping[Gift, int]

    @property
    def gave(self) -> int:
        """The weight of everything given."""
        return sum(WEIGHTS[gift] * number for gift, number in self.given.items())

    @property
    def got(self) -> int:
        """The weight of everything received."""
        return sum(WEIGHTS[gift] * number for gift, number in self.received.items())

    @property
    def band(self) -> Band:
        """A third less than the other side is out of balance."""
        if sum(self.given.values()) + sum(self.received.values()) < LEAST_ITEMS:
            return Band.UNTOLD
        if 2 * self.gave < self.got:
            return Band.TAKES
        return Band.GIVES if 2 * self.got < self.gave else Band.BALANCED


class Rule(StrEnum):
    """Why a step is proposed; every step names its rule."""

    ANSWER_WAITS = "answer_waits"
    WORD_WAITS = "word_waits"
    ASK_SERVED = "ask_served"
    SAT_TOGETHER = "sat_together"
    CAN_GIVE = "can_give"
    REST = "rest"


@dataclass(frozen=True)
class Step:
    """One thing worth doing, with whom it is about, and what the sentence needs."""

    rule: Rule
    person: PersonId | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Other:
    """Another member as the steps look at them."""

    person: PersonId
    sector: str = ""
    looks_for: str = ""


@dataclass(frozen=True)
class Situation:
    """What the steps are found from. People in the order in which they matter."""

    band: Band
    unanswered: Sequence[PersonId] = ()
    """Givers whose slip waits for a first answer longer than the group's rule allows."""
    quiet: Sequence[PersonId] = ()
    """Givers who have heard nothing for longer than the rule allows."""
    unasked: Sequence[PersonId] = ()
    """Receivers whose business the prospect was not asked about yet."""
    sat_with: Sequence[Other] = ()
    """Members sat with and not met one-to-one since."""
    members: Sequence[Other] = ()
    wants: str = ""
    """The sector the person looks for."""


def next_steps(found: Situation) -> tuple[Step, ...]:
    """At most five steps, duties before ideas. Who gives much gets no idea what else to give."""
    steps = [Step(Rule.ANSWER_WAITS, person) for person in _once(found.unanswered)]
    steps += [Step(Rule.WORD_WAITS, person) for person in _once(found.quiet)]
    steps += [Step(Rule.ASK_SERVED, person) for person in _once(found.unasked)]
    wanted = found.wants.casefold()
    near = sorted(found.sat_with, key=lambda each: not wanted or each.sector.casefold() != wanted)
    steps += [Step(Rule.SAT_TOGETHER, each.person, {"sector": each.sector}) for each in near[:2]]
    if found.band is Band.TAKES:
        looking = [each for each in found.members if each.looks_for][:3]
        ideas = [Step(Rule.CAN_GIVE, each.person, {"looks_for": each.looks_for}) for each in looking]
        # The hint must not fall off the end of a long list of duties.
        return (*steps[: STEPS_MOST - len(ideas)], *ideas)
    if found.band is Band.GIVES:
        return (*steps[: STEPS_MOST - 1], Step(Rule.REST))
    return tuple(steps[:STEPS_MOST])


def _once(people: Iterable[PersonId]) -> Iterable[PersonId]:
    return dict.fromkeys(people)
