"""What the member's pages and exports say of slips, follow-ups and stages, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import babel.dates
from flask_babel import gettext, ngettext

from server.domain.follow_ups import FollowUpState
from server.domain.referrals import COLUMNS as STATES_OF_COLUMNS
from server.domain.referrals import INTRODUCTION_LEVELS, Side
from server.domain.relationships import Stage, StageResult
from server.domain.vocabulary import FollowUpKind, ReferralState, StayInTouch
from server.services.owed import MetPerson, Owed
from server.services.slips import SlipView
from server.views import languages
from server.views.sentences.marking import N_

State = ReferralState

STATES: dict[ReferralState, tuple[str, str, str]] = {
    State.DRAFT: ("", N_("draft"), "note"),
    State.GIVEN: ("flower", N_("waits for an answer"), "clock"),
    State.ACCEPTED: ("leaf", N_("taken on"), "check"),
    State.CONTACTED: ("leaf", N_("in touch"), "message"),
    State.IN_PROGRESS: ("leaf", N_("in conversation"), "message"),
    State.NO_ANSWER: ("flower", N_("no answer so far"), "clock"),
    State.WON: ("leaf", N_("became business"), "heart"),
    State.LOST: ("", N_("did not come about"), "dash-ring"),
    State.NOT_A_FIT: ("", N_("not a fit"), "dash-ring"),
    State.DECLINED: ("", N_("not taken on"), "dash-ring"),
}
"""Meaning, words and shape of each state."""

OUTCOMES: Mapping[str, tuple[str, tuple[ReferralState, ...]]] = {
    "waiting": (N_("waiting for an answer"), (State.GIVEN,)),
    "under_way": (N_("on the way"), (State.ACCEPTED, State.CONTACTED, State.IN_PROGRESS)),
    "won": (N_("became business"), (State.WON,)),
    "lost": (N_("did not come about"), (State.LOST, State.NO_ANSWER)),
    "not_a_fit": (N_("not a fit"), (State.NOT_A_FIT, State.DECLINED)),
}
"""What became of slips, as one's numbers count them and the list of slips shows what they count."""

MOVES: dict[ReferralState, str] = {
    State.ACCEPTED: N_("Take it on"),
    State.DECLINED: N_("Not for me"),
    State.CONTACTED: N_("I got in touch"),
    State.IN_PROGRESS: N_("We are talking"),
    State.NO_ANSWER: N_("No answer"),
    State.WON: N_("It became business"),
    State.LOST: N_("It did not come about"),
    State.NOT_A_FIT: N_("Not a fit"),
}
"""What the receiver presses to move a slip there."""

LEVELS: dict[str, tuple[str, str]] = {
    "name_shared": (
        N_("Name and number"),
        N_("They know that I pass them on; without their yes it is a lead."),
    ),
    "material_passed": (N_("Your card or page"), N_("I gave them something to read about you.")),
    "spoken_for": (N_("A good word"), N_("I told them what you do well.")),
    "introduction_arranged": (N_("A call arranged"), N_("They expect you, the time is agreed.")),
    "introduced_in_person": (N_("Face to face"), N_("I bring the two of you to one table.")),
}
"""Each level of introduction by its effort: name, and the text at its step."""

VOUCHES: dict[str, str] = {
    "used_it": N_("I was a customer"),
    "saw_the_work": N_("I saw the work"),
    "heard_of_it": N_("I heard well of it"),
}

REASONS: dict[ReferralState, dict[str, str]] = {
    State.DECLINED: {
        "not_my_work": N_("This is not my work"),
        "no_capacity": N_("No time for it now"),
        "conflict_of_interest": N_("It conflicts with another client"),
        "already_in_touch": N_("We are in touch already"),
        "other": N_("Another reason"),
    },
    State.NOT_A_FIT: {
        "other_need": N_("They need something else"),
        "wrong_area": N_("Too far away"),
        "budget": N_("The budget does not fit"),
        "timing": N_("The time does not fit"),
        "did_not_know": N_("They did not know of it"),
        "other": N_("Another reason"),
    },
}

_COLUMN_WORDS = {
    "offered": (N_("Offered"), "seed"),
    "agreed": (N_("Taken on"), "sprout"),
    "talking": (N_("In conversation"), "sprout"),
    "outcome": (N_("Outcome"), "fruit"),
}
COLUMNS: tuple[tuple[str, str, str, tuple[ReferralState, ...]], ...] = tuple(
    (key, *_COLUMN_WORDS[key], states) for key, states in STATES_OF_COLUMNS.items()
)
"""The columns of the board: key, heading, drawing, states."""

MISSING: dict[str, str] = {
    "prospect_name": N_("Who should be called?"),
    "reach": N_("A phone number or an address is missing."),
    "need": N_("What do they need? One sentence."),
    "consent": N_("Ask them first: from the second level on they know that somebody will call."),
    "vouch": N_("Choose why you vouch."),
}
"""What a draft still lacks, at its field."""

ANSWERS: dict[StayInTouch, str] = {
    StayInTouch.YES: N_("stay in touch"),
    StayInTouch.MAYBE: N_("maybe stay in touch"),
    StayInTouch.NO: N_("not again soon"),
}

DEBTS: dict[FollowUpState, str] = {
    FollowUpState.OPEN: N_("open"),
    FollowUpState.DONE: N_("done"),
    FollowUpState.DROPPED: N_("let go"),
}

STAGE_LEVELS: dict[Stage, int] = {Stage.VISIBLE: 1, Stage.CREDIBLE: 2, Stage.PROFITABLE: 3}
"""The drawing of each stage; a stranger has none."""

HEADINGS: dict[str, str] = {
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "company": N_("Company"),
    "sector": N_("Sector"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "meeting": N_("Meeting"),
    "met_on": N_("Met on"),
    "rounds": N_("Rounds"),
    "stay": N_("Stay in touch"),
    "note": N_("Note"),
    "what": N_("What to do"),
    "text": N_("Promise"),
    "due_on": N_("Due on"),
    "state": N_("State"),
    "written_on": N_("Written on"),
    "giver": N_("From"),
    "receiver": N_("For"),
    "kind": N_("Kind"),
    "prospect_name": N_("Prospect"),
    "reach": N_("How to reach them"),
    "need": N_("Need"),
    "level": N_("Introduction"),
    "ways": N_("How introduced"),
    "side": N_("Inside or outside"),
    "given_on": N_("Given on"),
    "served": N_("Well served?"),
    "vouch": N_("Why they vouch"),
    "consent": N_("Prospect agreed"),
    "comments": N_("Comments"),
    "changed_on": N_("Changed on"),
}


def say(text: str) -> str:
    """A marked text in the reader's language."""
    return str(gettext(text))


def headings() -> Mapping[str, str]:
    """The headings of all exported columns."""
    return {name: say(text) for name, text in HEADINGS.items()}


def day(which: date, today: date) -> str:
    """A day as people say it: today, yesterday, tomorrow, "12 March", with its year when it is another one."""
    near = {0: N_("today"), -1: N_("yesterday"), 1: N_("tomorrow")}.get((which - today).days)
    if near is not None:
        return say(near)
    pattern = "d MMMM" if which.year == today.year else "d MMMM y"
    return babel.dates.format_date(which, pattern, locale=languages.current())


def moment(at: datetime, zone: str) -> str:
    """A moment in a zone: day and time."""
    return babel.dates.format_datetime(
        at.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm", tzinfo=ZoneInfo(zone), locale=languages.current()
    )


def slip_title(slip: SlipView) -> str:
    """For whom the slip is."""
    if slip.side is Side.RECEIVER:
        return str(gettext("For you"))
    return str(gettext("For %(name)s", name=slip.receiver.name))


def slip_line(slip: SlipView, today: date, zone: str) -> str:
    """From whom, and when."""
    when = day(slip.created_at.astimezone(ZoneInfo(zone)).date(), today)
    if slip.side is Side.GIVER:
        return str(gettext("from you, %(day)s", day=when))
    return str(gettext("from %(name)s, %(day)s", name=slip.giver.name, day=when))


def slip_chip(slip: SlipView, now: datetime) -> tuple[str, str, str]:
    """Meaning, words and shape of how a slip stands; long silence goes before the state."""
    quiet = slip.quiet_days(now)
    if quiet and slip.state in (State.GIVEN, State.ACCEPTED):
        return "flower", str(ngettext("waits for %(num)s day", "waits for %(num)s days", quiet)), "clock"
    if quiet:
        return "flower", str(ngettext("quiet for %(num)s day", "quiet for %(num)s days", quiet)), "diamond"
    meaning, words, shape = STATES[slip.state]
    return meaning, say(words), shape


def slip_said(slip: SlipView) -> str:
    """One line for whoever does not see the board move."""
    return f"{slip_title(slip)}: {say(STATES[slip.state][1])}"


def level(number: int) -> tuple[str, str]:
    """Name and text of a level of introduction."""
    name, text = LEVELS[INTRODUCTION_LEVELS[number]]
    return say(name), say(text)


def owed_what(owed: Owed) -> str:
    """What is to do, with whom, as one line: the title of a calendar's entry."""
    if owed.kind is FollowUpKind.PROMISE:
        return str(gettext("Promised to %(name)s: %(text)s", name=owed.about.name, text=owed.text))
    if owed.kind is FollowUpKind.ONE_TO_ONE:
        return str(gettext("One-to-one with %(name)s", name=owed.about.name))
    return str(gettext("A word to %(name)s", name=owed.about.name))


def owed_title(owed: Owed) -> str:
    """What kind of thing is owed; the promise itself stands beside it."""
    kinds = {
        FollowUpKind.PROMISE: N_("Promise"),
        FollowUpKind.ONE_TO_ONE: N_("One-to-one"),
        FollowUpKind.STAY_IN_TOUCH: N_("A word"),
    }
    return say(kinds[owed.kind])


def owed_why(owed: Owed) -> str:
    """Why a one-to-one is worth it; a promise is its own reason."""
    match owed.reason:
        case "both_want_to":
            return str(gettext("You both want to stay in touch."))
        case "you_want_to":
            return str(gettext("You wanted to stay in touch."))
        case "sectors_help_each_other":
            return str(gettext("Your work and theirs help each other."))
        case "you_met" if owed.round_number:
            return str(gettext("You sat together in round %(number)s.", number=owed.round_number))
        case "you_met":
            return str(gettext("You met there."))
    return ""


def due(owed: Owed, today: date) -> str:
    """When it is due, or how late it is."""
    if owed.state is not FollowUpState.OPEN:
        return say(DEBTS[owed.state])
    late = (today - owed.due_on).days
    if late > 0:
        return str(ngettext("%(num)s day late", "%(num)s days late", late))
    if owed.due_on - today <= timedelta(days=1):
        return str(gettext("due %(day)s", day=day(owed.due_on, today)))
    return str(gettext("by %(day)s", day=day(owed.due_on, today)))


def met_where(met: MetPerson) -> str:
    """In which rounds two people met, or that they exchanged contacts."""
    if not met.rounds:
        return str(gettext("Exchanged contacts"))
    numbers = ", ".join(map(str, met.rounds))
    return str(ngettext("Round %(list)s", "Rounds %(list)s", len(met.rounds), list=numbers))


def next_step(stage: StageResult) -> str:
    """The cheapest next step between two people."""
    match stage.next_step:
        case "settle_promise":
            return str(gettext("Settle the promise first."))
        case "meet_in_round":
            return str(gettext("Meet at a table."))
        case "plan_one_to_one":
            return str(gettext("Next: a one-to-one that both confirm."))
        case "keep_promise":
            return str(gettext("Next: promise something, and keep it."))
        case "give_it_time":
            days = int(str(stage.next_params.get("days", 0)))
            return str(ngettext("Give it %(num)s more day.", "Give it %(num)s more days.", days))
        case "ask_for_referral":
            return str(gettext("Close enough to ask for a referral."))
    return str(gettext("Keep in touch."))


WORDS = {
    "say": say,
    "day_words": day,
    "moment_words": moment,
    "slip_title": slip_title,
    "slip_line": slip_line,
    "slip_chip": slip_chip,
    "slip_said": slip_said,
    "level_words": level,
    "owed_title": owed_title,
    "owed_why": owed_why,
    "due_words": due,
    "met_where": met_where,
    "next_step": next_step,
    "STATES": STATES,
    "MOVES": MOVES,
    "VOUCHES": VOUCHES,
    "REASONS": REASONS,
    "COLUMNS": COLUMNS,
    "ANSWERS": ANSWERS,
    "STAGE_LEVELS": STAGE_LEVELS,
}
"""For the templates."""
