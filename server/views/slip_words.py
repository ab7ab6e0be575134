"""What the member's pages say of a slip's parts, its quality, thanks and other activity, in the reader's language."""

from collections.abc import Mapping
from decimal import Decimal

import babel.numbers
from flask_babel import gettext

from server.domain.activities import ActivityKind
from server.domain.referrals import REASON_CODES, Served, column
from server.domain.scoring import Part, Point
from server.domain.vocabulary import ReferralKind, ReferralState
from server.services.slips import SlipView
from server.views import languages
from server.views.member_words import MOVES, STATES, VOUCHES, level, say
from server.views.sentences.marking import N_

WAYS: dict[str, str] = {
    "card_given": N_("gave them your card"),
    "told_you_call": N_("told them you would call"),
    "written": N_("wrote to them"),
    "call_arranged": N_("arranged the call"),
    "in_person": N_("brought you together"),
}
"""How the giver introduced the two."""

SERVED: dict[Served, tuple[str, str, str]] = {
    Served.YES: ("leaf", N_("well served"), "check"),
    Served.MIXED: ("flower", N_("half and half"), "diamond"),
    Served.NO: ("beet", N_("not well served"), "octagon"),
}
"""What the prospect answered: meaning, words and shape."""

PARTS: dict[Part, str] = {
    Part.INTRODUCTION: N_("Introduction"),
    Part.COMPLETENESS: N_("Completeness"),
    Part.VERDICT: N_("The receiver's verdict"),
    Part.OUTCOME: N_("Outcome"),
    Part.SERVICE: N_("Well served?"),
}
"""The parts of a referral's quality."""

VERDICTS = {
    "taken_on": N_("taken on"),
    "no_fault": N_("refused for a reason of the receiver's own"),
    "not_wanted": N_("refused"),
}

KINDS: dict[ActivityKind, str] = {
    ActivityKind.TESTIMONIAL: N_("testimonial"),
    ActivityKind.ADVICE: N_("advice"),
    ActivityKind.PURCHASE: N_("needed purchase"),
    ActivityKind.TRAINING: N_("training"),
    ActivityKind.DUTY: N_("duty"),
}
KINDS_MANY: dict[ActivityKind, str] = {
    ActivityKind.TESTIMONIAL: N_("Testimonials given"),
    ActivityKind.ADVICE: N_("Advice given"),
    ActivityKind.PURCHASE: N_("Needed purchases"),
    ActivityKind.TRAINING: N_("Trainings attended"),
    ActivityKind.DUTY: N_("Duties held"),
}
"""Other activity, one and many."""


def money(cents: int, currency: str) -> str:
    """A sum as it is written in the reader's language."""
    return babel.numbers.format_currency(Decimal(cents) / 100, currency, locale=languages.current())


def number(value: float) -> str:
    """A number as it is written in the reader's language."""
    return babel.numbers.format_decimal(value, locale=languages.current())


def percent(some: int, of: int) -> str:
    """A share in whole percent."""
    return babel.numbers.format_percent(some / of, locale=languages.current())


def drops(slip: SlipView) -> list[dict[str, object]]:
    """Into which columns a slip may be dropped, as which state; `asks`: a reason is chosen on its own page."""
    return [
        {"to": state.value, "column": column(state), "text": say(MOVES[state]), "asks": state in REASON_CODES}
        for state in slip.moves
    ]


def point_words(point: Point) -> str:
    """What a part of the quality stands on."""
    return point_word(point.part, point.word)


def point_word(part: Part, word: str) -> str:
    """What one word of the quality table means."""
    match part:
        case Part.INTRODUCTION:
            return level(int(word))[0]
        case Part.COMPLETENESS:
            return str(gettext("%(n)s of 5 filled in: name, way to reach, need, why, how", n=word))
        case Part.VERDICT:
            return say(VERDICTS[word])
        case Part.OUTCOME:
            return say(STATES[ReferralState(word)][1])
    return say(SERVED[Served(word)][1])


def slip_cells(slip: SlipView) -> Mapping[str, str]:
    """The words of a slip in the export."""
    return {
        "kind": say(N_("referral") if slip.kind is ReferralKind.REFERRAL else N_("lead")),
        "state": say(STATES[slip.state][1]),
        "level": f"{slip.level} {level(slip.level)[0]}",
        "side": say(N_("inside") if slip.inside else N_("outside")),
        "ways": ", ".join(say(WAYS[way]) for way in slip.ways),
        "served": say(SERVED[slip.served][1]) if slip.served else "",
        "vouch": say(VOUCHES[slip.vouch]) if slip.vouch else "",
        "consent": say(N_("yes") if slip.consent else N_("no")),
    }


WORDS = {
    "drops": drops,
    "money_words": money,
    "number_words": number,
    "percent_words": percent,
    "point_words": point_words,
    "point_word": point_word,
    "KINDS": KINDS,
    "KINDS_MANY": KINDS_MANY,
    "PARTS": PARTS,
    "SERVED": SERVED,
    "WAYS": WAYS,
}
"""For the templates."""
