"""One's own numbers, private to oneself and to the care role: outcomes, balance, who refers one, what to do next.

On paper they are for oneself alone.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.balance import WEIGHTS, Gift, Rule
from server.domain.vocabulary import AttendanceStatus, PersonId
from server.services import mine, print_setup, report_sheets
from server.services.mine import Attended, Mine, Step
from server.views import counted_page, guards, member_figures, sheet_files
from server.views import member_numbers_sheet as numbers
from server.views.figures import STATUSES
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame

__all__ = ["bp"]


@bp.get("/referrals/mine", endpoint="mine")
@guards.needs(Verb.USE_BOARD)
def mine_page(visit: Visit) -> str:
    """One's own numbers."""
    return _page(visit, visit.person_id, own=True)


@bp.get("/referrals/mine.pdf", endpoint="mine_paper")
@guards.needs(Verb.USE_BOARD)
def mine_paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper, for oneself."""
    with visit.ctx.one_moment() as ctx:
        found = mine.of_person(ctx, visit.group_id, visit.person_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(numbers.sheet(found, _months()), paper, "numbers")


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


@bp.get("/referrals/mine/contacts")
@guards.needs(Verb.USE_BOARD)
def contacts_of_mine(visit: Visit) -> str:
    """The contacts made at meetings whose two weeks are over, and which of them one followed up in time."""
    rows = tuple(
        (each.name, counted_page.day_words(each.on), gettext("yes") if each.in_time else gettext("no"))
        for each in mine.contacts(visit.ctx, visit.group_id, visit.person_id)
    )
    heads = counted_page.heads(gettext("Name"), gettext("Met on"), gettext("Followed up within two weeks"))
    shown = counted_page.Shown(gettext("Contacts made at meetings"), heads, rows, url_for("member.mine"))
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
    months = _months()
    plot = numbers.trend(found, months, own=own)
    return render_template(
        "member/mine.html",
        found=found,
        own=own,
        months=months,
        trends=mine.TRENDS,
        gifts=numbers.GIFTS,
        weights=WEIGHTS,
        band=numbers.BANDS[found.balance.band],
        outcomes=numbers.outcomes(found),
        led=_led,
        referred=lambda each: member_figures.address("received", since=found.since, who=each.uid),
        balanced=_balanced(found) if own else {},
        steps=[_step(step, own=own) for step in found.steps],
        plot=plot,
        picture=report_sheets.pictures([plot])[plot.key],
        **frame(visit, "referrals" if own else "care"),
    )


def _months() -> int:
    return 6 if request.args.get("months") == "6" else 12


def _step(step: Step, *, own: bool) -> dict[str, Any]:
    what, why = numbers.advice(step)
    places = {Rule.ANSWER_WAITS: "member.board", Rule.WORD_WAITS: "member.board", Rule.ASK_SERVED: "member.board",
              Rule.SAT_TOGETHER: "member.follow_ups"}  # fmt: skip
    return {
        "what": what,
        "why": why,
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
