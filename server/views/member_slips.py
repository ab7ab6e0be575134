"""Writing a slip: a new one, a draft gone on with, a draft thrown away. The pages belong to the member's blueprint."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.services import referrals
from server.views import forms, guards, slip_form
from server.views.guards import Visit
from server.views.member import bp, slip
from server.views.member_frame import sent

__all__ = ["bp"]


@bp.get("/referrals/new")
@guards.needs(Verb.USE_BOARD)
def new_slip(visit: Visit) -> str:
    """An empty slip; `to` may name the member's uid."""
    return slip_form.empty(visit)


@bp.post("/referrals")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(new_slip)
def create_slip(visit: Visit) -> ResponseReturnValue:
    """A slip is given, or kept as a draft when it lacks something or its giver wants to go on later."""
    answer = referrals.write(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        to=forms.text("to", limit=200),
        fields=slip_form.fields(visit),
        give=slip_form.wants_to_give(),
        op=visit.op("slip", sent()),
    )
    return slip_form.after(answer)


@bp.post("/referrals/<uid>")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def rewrite_slip(visit: Visit, uid: str) -> ResponseReturnValue:
    """The giver goes on with a draft, and may give it now."""
    answer = referrals.rewrite(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        to=forms.text("to", limit=200),
        fields=slip_form.fields(visit),
        give=slip_form.wants_to_give(),
        op=visit.op("rewrite_slip", sent() | {"uid": uid}),
    )
    return slip_form.after(answer)


@bp.post("/referrals/<uid>/thrown-away")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def throw_slip_away(visit: Visit, uid: str) -> ResponseReturnValue:
    """A draft goes; nobody else ever saw it."""
    referrals.throw_away(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        op=visit.op("throw_slip_away", {"uid": uid}),
    )
    return redirect(url_for("member.board"), code=303)
