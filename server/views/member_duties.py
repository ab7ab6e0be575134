"""Duties on a member's page of meetings: what one holds, asking for somebody else, taking over from somebody."""

import inspect

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.services import duties
from server.views import duty_words, forms, guards
from server.views.guards import Visit
from server.views.member_meetings import bp as bp
from server.views.member_meetings import coming_meetings


@bp.app_template_global("my_duties")
def my_duties(visit: Visit) -> dict[str, tuple[duties.MyDuty, ...]]:
    """By uid of the meeting: one's own duties and those that others offer."""
    if visit.actor.person_id is None or not visit.may(Verb.USE_BOARD):
        return {}
    return {str(uid): each for uid, each in duties.of_member(visit.ctx, visit.group_id, visit.person_id).items()}


bp.add_app_template_global(duty_words.title, "duty_title")


def _shown_again(visit: Visit, duty: str, what: str) -> ResponseReturnValue:
    """The page of meetings with what refused."""
    page: str = inspect.unwrap(coming_meetings)(visit)
    return page


@bp.post("/meetings/duties/<duty>/<any(offer, keep, take):what>")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(_shown_again)
def change_duty(visit: Visit, duty: str, what: str) -> ResponseReturnValue:
    """I cannot do it; I can after all; I do it instead."""
    op = visit.op("change_duty", {"duty": duty, "what": what})
    group, person = visit.group_id, visit.person_id
    if what == "take":
        duties.take_over(visit.ctx, group_id=group, person=person, uid=duty, op=op)
    else:
        duties.offer(visit.ctx, group_id=group, person=person, uid=duty, offered=what == "offer", op=op)
    return redirect(url_for("member.meetings"), code=303)


@bp.get("/meetings/duties/<duty>/<any(offer, keep, take):what>", endpoint="duty_again")
@guards.needs(Verb.USE_BOARD)
def back_to_meetings(visit: Visit, duty: str, what: str) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("member.meetings"))
