"""One's own numbers in words: what is weighed, what became of referrals, the months as a plot, the whole as a sheet."""

from collections.abc import Mapping
from datetime import date

import babel.dates
from flask_babel import gettext, ngettext

from server.domain.balance import WEIGHTS, Band, Gift, Rule
from server.services.mine import Mine, Step
from server.services.report_sheets import Column, Fill, Form, Plot, Row, Section, Series, Sheet, Table
from server.views import languages, member_figures
from server.views.member_words import OUTCOMES
from server.views.sentences.marking import N_

GIFTS: Mapping[Gift, str] = {
    Gift.REFERRAL: N_("referrals"),
    Gift.INTRODUCTION: N_("of these introduced (levels 4 and 5)"),
    Gift.VISITOR: N_("visitors brought"),
    Gift.TESTIMONIAL: N_("testimonials"),
    Gift.ADVICE: N_("advice"),
    Gift.PURCHASE: N_("needed purchases"),
    Gift.DUTY: N_("duties held"),
}
BANDS: Mapping[Band, tuple[str, str]] = {
    Band.UNTOLD: (N_("Too little to say yet"), N_("From five gifts on, given and received together.")),
    Band.BALANCED: (N_("In balance"), N_("You give about as much as you receive.")),
    Band.TAKES: (N_("You receive more than you give"), N_("Below stand a few things that somebody could use.")),
    Band.GIVES: (N_("You give a lot"), N_("Nobody asks you for more. It is your turn to ask.")),
}
RULES: Mapping[Rule, tuple[str, str]] = {
    Rule.ANSWER_WAITS: (N_("Answer the slip of %(name)s"), N_("Rule: a first word within the group's hours.")),
    Rule.WORD_WAITS: (N_("Tell %(name)s how it stands"), N_("Rule: a word now and then, within the group's days.")),
    Rule.ASK_SERVED: (
        N_("Ask whether %(name)s served your prospect well"),
        N_("Rule: asked once, after it became business."),
    ),
    Rule.SAT_TOGETHER: (
        N_("Plan a one-to-one with %(name)s"),
        N_("Rule: you sat together, and had no one-to-one for a year."),
    ),
    Rule.CAN_GIVE: (N_("%(name)s looks for: %(looks_for)s"), N_("Rule: you receive more than you give.")),
    Rule.REST: (N_("Ask somebody for a referral this time"), N_("Rule: you give more than twice what you receive.")),
}


def outcomes(found: Mine) -> list[tuple[str, str, int, int]]:
    """What became of referrals: key, word not yet translated, given, received."""
    return [
        (
            key,
            word,
            sum(found.given.get(state, 0) for state in states),
            sum(found.received.get(state, 0) for state in states),
        )
        for key, (word, states) in OUTCOMES.items()
    ]


def advice(step: Step) -> tuple[str, str]:
    """What is worth doing, and the rule that says so."""
    what, why = RULES[step.rule]
    return gettext(what, name=step.name, looks_for=step.params.get("looks_for", "")), gettext(why)


def trend(found: Mine, months: int, *, own: bool) -> Plot:
    """Given and received month by month; `own`: each number leads to its rows."""
    shown = found.months[-months:]
    gave, got = sum(given for _, given, _ in shown), sum(received for *_, received in shown)
    return Plot(
        key="mine",
        form=Form.COLUMNS,
        title=gettext("Month by month"),
        period=gettext("the last %(n)s months; seen by you and by those who care for members", n=months),
        finding=gettext("Given: %(gave)s. Received: %(got)s.", gave=gave, got=got),
        name_word=gettext("Month"),
        series=(Series(gettext("Given")), Series(gettext("Received"), Fill.HATCHED)),
        rows=tuple(
            Row(babel.dates.format_date(month.first, "LLL yy", locale=languages.current()), (given, received))
            for month, given, received in shown
        ),
        links={
            (at, side): member_figures.of_month(show, month)
            for at, (month, *_) in enumerate(shown)
            for side, show in enumerate(("given", "received"))
        }
        if own
        else {},
    )


def sheet(found: Mine, months: int) -> Sheet:
    """All of it on paper, for the person alone."""
    weeks = gettext("%(since)s to %(until)s", since=_day(found.since), until=_day(found.until))
    return Sheet(
        title=gettext("My numbers"),
        subtitle=f"{found.name} · {weeks}",
        sections=(
            Section(gettext("What to do next"), _next(found)),
            Section(
                gettext("What became of referrals"),
                _followed_up(found),
                (trend(found, months, own=False),),
                (_outcomes(found),),
            ),
            Section(
                gettext("Giving and receiving"),
                tuple(map(gettext, BANDS[found.balance.band])),
                tables=(_balance(found),),
            ),
            Section(gettext("Who refers me"), *_referrers(found)),
            *_reached(found),
        ),
        foot=" · ".join((found.name, gettext("for you alone"))),
        language=languages.current(),
    )


def _next(found: Mine) -> tuple[str, ...]:
    said = tuple(f"{what}. {why}" for what, why in map(advice, found.steps))
    return said or (gettext("Nothing waits. Someone you have not seen for long?"),)


def _followed_up(found: Mine) -> tuple[str, ...]:
    if not found.rate.made:
        return ()
    said = ngettext(
        "%(num)s of %(made)s was followed up within two weeks.",
        "%(num)s of %(made)s were followed up within two weeks.",
        found.rate.touched,
        made=found.rate.made,
    )
    return (gettext("Contacts made at meetings: %(said)s", said=said),)


def _columns(*words: str) -> tuple[Column, ...]:
    """Something by name, and its numbers."""
    share = 0.55 / (len(words) - 1)
    return Column(words[0], 0.45), *(Column(word, share, is_number=True) for word in words[1:])


def _outcomes(found: Mine) -> Table:
    return Table(
        gettext("What became of referrals"),
        _columns(gettext("State"), gettext("Given"), gettext("Received")),
        tuple((gettext(word), str(gave), str(got)) for _, word, gave, got in outcomes(found)),
    )


def _balance(found: Mine) -> Table:
    given, received = found.balance.given, found.balance.received
    rows = [
        (gettext(word), str(given.get(gift, 0)), str(received.get(gift, 0)), str(WEIGHTS[gift]))
        for gift, word in GIFTS.items()
    ]
    if found.expected:
        rows.append((gettext("meetings expected at"), str(found.expected), "", ""))
        rows.append((gettext("of these attended"), str(found.came), str(found.came), "0"))
    rows.append((gettext("by weight"), str(found.balance.gave), str(found.balance.got), ""))
    columns = _columns(gettext("What"), gettext("Given"), gettext("Received"), gettext("Weight"))
    return Table(gettext("Giving and receiving"), columns, tuple(rows))


def _referrers(found: Mine) -> tuple[tuple[str, ...], tuple[Plot, ...], tuple[Table, ...]]:
    """Texts, plots and tables of who refers one."""
    if not found.referrers:
        return (gettext("Nobody in these weeks."),), (), ()
    columns = (
        Column(gettext("Name"), 0.35),
        Column(gettext("Sector"), 0.3),
        Column(gettext("Referrals"), 0.15, is_number=True),
        Column(gettext("became business"), 0.2, is_number=True),
    )
    rows = tuple((each.name, each.sector, str(each.slips), str(each.won)) for each in found.referrers)
    return (), (), (Table(gettext("Who refers me"), columns, rows),)


def _reached(found: Mine) -> tuple[Section, ...]:
    reach = found.reach
    if reach is None:
        return ()
    texts = (
        gettext("In the group: %(names)s.", names=", ".join(reach.there))
        if reach.there
        else gettext("Nobody in the group is of this sector."),
        gettext("Know this market: %(names)s.", names=", ".join(reach.informed))
        if reach.informed
        else gettext("Nobody says that they know this market. Bring a visitor from there?"),
    )
    return (Section(gettext("Looked for: %(sector)s", sector=reach.sector), texts),)


def _day(day: date) -> str:
    return babel.dates.format_date(day, "long", locale=languages.current())
