"""One's own numbers, private to oneself and to the care role: outcomes, balance, who refers one, what to do next."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
from flask import render_template, request, url_for
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.balance import WEIGHTS, Band, Gift, Rule
from server.domain.vocabulary import AttendanceStatus, PersonId
from server.services import mine, report_sheets
from server.services.mine import Attended, Mine, Step
from server.services.report_sheets import Fill, Form, Plot, Row, Series
from server.views import counted_page, guards, languages, member_figures
from server.views.figures import STATUSES
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame
from server.views.member_words import OUTCOMES
from server.views.sentences.marking import N_

__all__ = ["bp"]

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


@bp.get("/referrals/mine", endpoint="mine")
@guards.needs(Verb.USE_BOARD)
def mine_page(visit: Visit) -> str:
    """One's own numbers."""
    return _page(visit, visit.person_id, own=True)


@bp.get("/referrals/mine/meetings")
@guards.needs(Verb.USE_BOARD)
def meetings_of_mine(visit: Visit) -> str:
    """The meetings at which one was expected, and to which one came."""
    found = mine.attended(visit.ctx, visit.group_id, visit.person_id)
    came = "came" in request.args
    rows = tuple(
        (each.name, counted_page.day_words(each.starts_at.astimezone(ZoneInfo(each.time_zone)).date()), _was(each))
        for each in found
        if each.came or not came
    )
    heads = counted_page.heads(gettext("Meeting"), gettext("When"), gettext("Status"))
    title = gettext("Meetings to which you came") if came else gettext("Meetings at which you were expected")
    shown = counted_page.Shown(title, heads, rows, url_for("member.mine"))
    return counted_page.page(shown, visit, "referrals")


def _was(each: Attended) -> str:
    return str(STATUSES[AttendanceStatus.PRESENT if each.came else each.status])


@bp.get("/o/care/<uid>", endpoint="cared_for")
@guards.needs(Verb.CARE_FOR_MEMBERS)
def care_for(visit: Visit, uid: str) -> str:
    """The same of one member, for those who care for them and for nobody else."""
    return _page(visit, mine.of_uid(visit.ctx, visit.group_id, uid), own=False)


def _page(visit: Visit, person: PersonId, *, own: bool) -> str:
    found = mine.of_person(visit.ctx, visit.group_id, person)
    months = 6 if request.args.get("months") == "6" else 12
    plot = _trend(found, months, own=own)
    return render_template(
        "member/mine.html",
        found=found,
        own=own,
        months=months,
        trends=mine.TRENDS,
        gifts=GIFTS,
        weights=WEIGHTS,
        band=BANDS[found.balance.band],
        outcomes=[
            (
                key,
                word,
                sum(found.given.get(state, 0) for state in states),
                sum(found.received.get(state, 0) for state in states),
            )
            for key, (word, states) in OUTCOMES.items()
        ],
        led=_led,
        referred=lambda each: member_figures.address("received", since=found.since, who=each.uid),
        balanced=_balanced(found) if own else {},
        steps=[_step(visit, step, own=own) for step in found.steps],
        plot=plot,
        picture=report_sheets.pictures([plot])[plot.key],
        **frame(visit, "referrals" if own else "care"),
    )


def _step(visit: Visit, step: Step, *, own: bool) -> dict[str, Any]:
    what, why = RULES[step.rule]
    places = {Rule.ANSWER_WAITS: "member.board", Rule.WORD_WAITS: "member.board", Rule.ASK_SERVED: "member.board",
              Rule.SAT_TOGETHER: "member.follow_ups"}  # fmt: skip
    return {
        "what": gettext(what, name=step.name, looks_for=step.params.get("looks_for", "")),
        "why": gettext(why),
        "href": url_for(places[step.rule]) if own and step.rule in places else "",
    }


def _led(show: str, outcome: str, since: date) -> str:
    """Where the slips of a figure of these weeks stand."""
    return member_figures.address(show, outcome, since=since)


def _balanced(found: Mine) -> dict[tuple[Gift, str], str]:
    """Where the rows of the balance stand."""
    led = {
        (Gift.VISITOR, "given"): url_for("member.activity", _anchor="brought"),
        (Gift.DUTY, "given"): url_for("member.activity", only=Gift.DUTY.value, show="given", _anchor="entries"),
    }
    for show in ("given", "received"):
        led[Gift.REFERRAL, show] = _led(show, member_figures.ANY, found.since)
        led[Gift.INTRODUCTION, show] = _led(show, member_figures.INTRODUCED, found.since)
        for gift in (Gift.TESTIMONIAL, Gift.ADVICE, Gift.PURCHASE):
            led[gift, show] = url_for("member.activity", only=gift.value, show=show, _anchor="entries")
    return led


def _trend(found: Mine, months: int, *, own: bool) -> Plot:
    shown = found.months[-months:]
    gave, got = sum(given for _, given, _ in shown), sum(received for *_, received in shown)
    return Plot(
        key="mine",
        form=Form.COLUMNS,
        title=gettext("Month by month"),
        period=gettext("the last %(n)s months; seen by you and by those who care for members", n=months),
        finding=gettext("Given: %(gave)s. Received: %(got)s.", gave=gave, got=got),
        name_word=gettext("Month"),
        series=(Series(gettext("given")), Series(gettext("received"), Fill.HATCHED)),
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
