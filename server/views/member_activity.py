"""Other activity: testimonials, advice, needed purchases, trainings, duties; one-to-ones and visitors beside them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.activities import BETWEEN_TWO, ActivityKind
from server.domain.errors import NotFound
from server.domain.vocabulary import Standing
from server.services import activities, receivers
from server.services.activities import ActivityFields
from server.views import forms, guards
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame, sent

__all__ = ["bp"]


@bp.get("/activity", endpoint="activity")
@guards.needs(Verb.USE_BOARD)
def activity_page(visit: Visit, uid: str = "") -> str:
    """What one did for others and others for oneself, private to oneself. `only`, `show`: what a figure counts."""
    page = activities.page(visit.ctx, visit.group_id, visit.person_id)
    only, gave = request.args.get("only", ""), request.args.get("show") != "received"
    counted = [each for each in page.entries if each.kind == only and each.counts and each.mine is gave]
    return render_template(
        "member/activity.html",
        page=page,
        only=only in set(ActivityKind),
        asked=url_for("member.activity", only=only or None, show=None if gave else "received"),
        entries=counted if only in set(ActivityKind) else [each for each in page.entries if not each.waits_for_me],
        people=receivers.listed(visit.ctx, visit.group_id, but=visit.person_id, standings=(Standing.MEMBER,)),
        kinds=list(ActivityKind),
        between=BETWEEN_TWO,
        wrong=uid,
        values=forms.typed({"kind": "testimonial", "to": "", "held_on": "", "minutes": "", "text": ""}),
        **frame(visit, "referrals"),
    )


@bp.post("/activity")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(activity_page)
def write_activity(visit: Visit) -> ResponseReturnValue:
    """Something done is written down."""
    kind = request.form.get("kind", "")
    if kind not in set(ActivityKind):
        raise NotFound("page_unknown")
    minutes = request.form.get("minutes", "").strip()
    answer = activities.write(
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        fields=ActivityFields(
            kind=ActivityKind(kind),
            to=forms.text("to", limit=200),
            held_on=forms.day("held_on") if request.form.get("held_on", "").strip() else None,
            minutes=forms.number("minutes", least=0, most=24 * 60) if minutes else 0,
            text=forms.text("text", limit=300),
        ),
        op=visit.op("activity", sent()),
    )
    return redirect(url_for("member.activity", _anchor=f"a-{answer['uid']}"), code=303)


@bp.post("/activity/<uid>/confirmed")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(activity_page)
def confirm_activity(visit: Visit, uid: str) -> ResponseReturnValue:
    """The other one says that it was so."""
    activities.confirm(
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        uid=uid,
        op=visit.op("activity_yes", {"uid": uid}),
    )
    return redirect(url_for("member.activity", _anchor=f"a-{uid}"), code=303)


@bp.post("/activity/<uid>/taken-away")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(activity_page)
def take_activity_away(visit: Visit, uid: str) -> ResponseReturnValue:
    """Its author takes it back, or the other one says that it was not so."""
    activities.take_away(
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        uid=uid,
        op=visit.op("activity_away", {"uid": uid}),
    )
    return redirect(url_for("member.activity"), code=303)
