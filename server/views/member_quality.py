"""How quality is counted and how the group stands: for every member to read, for the organiser to decide on."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.domain import scoring
from server.domain.access import Verb
from server.domain.scoring import DECIDED, Part, Points, Reminders, Weights, points_field
from server.services import counted, mine, quality, referral_rules, slip_reminders, slips
from server.views import counted_page, forms, guards, message_words
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame, sent
from server.views.member_thanks import money_may_travel

__all__ = ["bp"]


@bp.get("/referrals/quality", endpoint="quality")
@guards.needs(Verb.USE_BOARD)
def quality_page(visit: Visit) -> str:
    """Median quality and follow-up first, counts after; and the table behind them."""
    found = quality.of_group(visit.ctx, visit.group_id, money=money_may_travel(visit))
    return render_template(
        "member/quality.html",
        found=found,
        table=found.agreed.weights.points,
        may_decide=visit.may(Verb.MANAGE_GROUP),
        **frame(visit, "referrals"),
    )


@bp.get("/referrals/quality/given", endpoint="given")
@guards.needs(Verb.USE_BOARD)
def given(visit: Visit) -> str:
    """The referrals that the figures of quality count: from whom to whom, and when."""
    found = counted.slips_of(visit.ctx, visit.group_id, "given", weeks=quality.WEEKS, by_day=True)
    shown = counted_page.given(found, "given", url_for("member.quality"))
    return counted_page.page(shown, visit, "referrals")


@bp.get("/o/care", endpoint="care")
@guards.needs(Verb.CARE_FOR_MEMBERS)
def care_page(visit: Visit) -> str:
    """How prospects were served, for those who care for the members and for nobody else."""
    return render_template(
        "member/care.html",
        served=slips.served_in(visit.ctx, visit.group_id),
        members=mine.listed(visit.ctx, visit.group_id),
        **frame(visit, "care"),
    )


@bp.get("/o/referral-rules", endpoint="rules")
@guards.needs(Verb.MANAGE_GROUP)
def rules_form(visit: Visit) -> str:
    """The weights and the reminders, by mail as well or not, with every version there was."""
    versions = referral_rules.versions(visit.ctx, visit.group_id)
    mails = slip_reminders.page(visit.ctx, visit.group_id)
    now = versions[0]
    values = {part.value: now.weights.of(part) for part in Part} | {
        "answer_hours": now.reminders.answer_hours,
        "word_days": now.reminders.word_days,
    }
    points = {part: {word: points_field(part, word) for word in scoring.TABLE[part]} for part in DECIDED}
    for part, words in points.items():
        values |= {name: now.weights.points[part][word] for word, name in words.items()}
    return render_template(
        "member/rules.html",
        versions=versions,
        values=forms.typed(values),
        parts=list(Part),
        points=points,
        ours=scoring.TABLE,
        most=scoring.WEIGHT_MOST,
        points_most=scoring.POINTS_MOST,
        mails=mails,
        not_sent=[message_words.problem(code) for code in mails.problems],
        **frame(visit, "referrals"),
    )


@bp.post("/o/referral-rules")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(rules_form)
def decide_rules(visit: Visit) -> ResponseReturnValue:
    """The group decides on another version; earlier ones stay."""
    weights = {part.value: _typed(part.value) for part in Part}
    referral_rules.decide(
        visit.ctx,
        group_id=visit.group_id,
        author=visit.person_id,
        seen=forms.number("seen", least=0, most=1_000_000),
        weights=Weights(**weights, points=_points()),
        reminders=Reminders(
            answer_hours=forms.number("answer_hours", least=1, most=336),
            word_days=forms.number("word_days", least=1, most=90),
        ),
        op=visit.op("referral_rules", sent()),
    )
    return redirect(url_for("member.rules"), code=303)


def _points() -> Points:
    """The whole table as it was typed. Raises RuleViolation for the field that holds no number."""
    points = dict(scoring.TABLE)
    for part in DECIDED:
        points[part] = {word: _typed(points_field(part, word)) for word in points[part]}
    return points


def _typed(name: str) -> int:
    """What fits into the field; the rule says in its own words what makes sense."""
    return forms.number(name, least=-999, most=999)
