"""Slips from paper, entered by the secretary: a batch of lines, entered whole or shown again."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.referrals import INTRODUCTION_LEVELS, VOUCH_REASONS, WAYS
from server.domain.vocabulary import PersonId, Standing
from server.services import meetings, receivers, slip_paper
from server.services.slip_paper import PaperSlip
from server.views import forms, guards, slip_words
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import sent

bp = Blueprint("slip_paper", __name__, url_prefix="/o")
LINES = 6
TYPED = ("giver", "to", "prospect_name", "reach", "need", "given_on", "vouch", "comments", "home_group")


@bp.get("/<meeting>/slips")
@guards.needs(Verb.PREPARE_MEETING)
def batch(visit: Visit) -> str:
    """Six empty lines, or those that were refused."""
    with visit.ctx.reading() as db:
        shown = meetings.view(db, visit.meeting_id)
    people = receivers.listed(visit.ctx, visit.group_id, but=PersonId(0))
    refused: RuleViolation | None = g.get("refused")
    twice = refused.params.get("lines", []) if refused is not None and refused.code == "slips_twice" else []
    every = (*TYPED, "level", "consent", "inside", "sure")
    empty = {f"{name}-{number}": "" for name in every for number in range(LINES)}
    return render_template(
        "member/slip_paper.html",
        meeting=shown,
        people=people,
        members=receivers.listed(visit.ctx, visit.group_id, but=PersonId(0), standings=(Standing.MEMBER,)),
        lines=range(LINES),
        level_options=[(level, f"{level} {words.level(level)[0]}") for level in INTRODUCTION_LEVELS],
        vouch_options=[("", "–"), *((key, words.say(words.VOUCHES[key])) for key in VOUCH_REASONS)],
        ways=[(way, words.say(slip_words.WAYS[way])) for way in WAYS],
        values=forms.typed(empty)
        | {f"ways-{number}": request.form.getlist(f"ways-{number}") for number in range(LINES)},
        twice=twice,
        done=(request.args.get("given", 0, type=int), request.args.get("drafts", 0, type=int)),
    )


@bp.post("/<meeting>/slips")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(batch)
def enter_batch(visit: Visit) -> ResponseReturnValue:
    """The lines that say anything are entered, all of them or none."""
    answer = slip_paper.enter(
        visit.ctx,
        meeting_id=visit.meeting_id,
        group_id=visit.group_id,
        clerk=visit.person_id,
        lines=[_line(number) for number in range(LINES) if _says_anything(number)],
        op=visit.op("slips_from_paper", sent()),
    )
    address = url_for(
        "slip_paper.batch", meeting=(request.view_args or {})["meeting"], given=answer["given"], drafts=answer["drafts"]
    )
    return redirect(address, code=303)


def _says_anything(number: int) -> bool:
    return any(request.form.get(f"{name}-{number}", "").strip() for name in ("giver", "to", "prospect_name", "need"))


def _line(number: int) -> PaperSlip:
    day = f"given_on-{number}"
    return PaperSlip(
        number=number,
        giver=forms.text(f"giver-{number}", limit=200),
        to=forms.text(f"to-{number}", limit=200),
        prospect_name=forms.text(f"prospect_name-{number}", limit=160),
        reach=forms.text(f"reach-{number}", limit=200),
        need=forms.text(f"need-{number}", limit=300),
        level=forms.number(f"level-{number}", least=0, most=99),
        vouch=forms.text(f"vouch-{number}", limit=24),
        consent=forms.ticked(f"consent-{number}"),
        given_on=forms.day(day) if request.form.get(day, "").strip() else None,
        inside=forms.ticked(f"inside-{number}"),
        ways=tuple(request.form.getlist(f"ways-{number}")),
        comments=forms.text(f"comments-{number}", limit=300),
        sure=forms.ticked(f"sure-{number}"),
        home_group=forms.text(f"home_group-{number}", limit=160),
    )
