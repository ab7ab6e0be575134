"""Somebody is erased: what goes and what stays is read first; the press is for good."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.services import erasure
from server.views import forms, guards
from server.views.guards import Visit
from server.views.organiser_people import bp as bp


def kinds() -> dict[str, str]:
    """What is counted on the page before, in words."""
    return {
        "meetings": _("Meetings they were on the list of"),
        "badges": _("Badges, which no door knows afterwards"),
        "cards": _("Cards they keep of others"),
        "cards_of_others": _("Cards others keep of them"),
        "promises": _("Promises and follow-ups of theirs"),
        "promises_of_others": _("Promises and follow-ups of others to them"),
        "one_to_ones": _("One-to-ones"),
        "slips": _("Referral slips they gave or received"),
        "thanks": _("Thanks for business"),
        "duties": _("Duties"),
        "signed_in": _("Phones and browsers, signed out at once"),
    }


@bp.get("/<person>/erase")
@guards.needs(Verb.MANAGE_GROUP)
def erasing(visit: Visit, person: str) -> str:
    """What would go with this person, and what stays."""
    found = erasure.what_goes(visit.ctx, visit.group_id, person)
    return render_template("organiser/person_erase.html", found=found, person=found.person, kinds=kinds())


@bp.post("/<person>/erase")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(erasing)
def erase(visit: Visit, person: str) -> ResponseReturnValue:
    """They are erased, if the box was ticked."""
    if not forms.ticked("sure"):
        raise RuleViolation("erase_not_sure", field="sure")
    elsewhere = erasure.erase(
        visit.ctx, group_id=visit.group_id, uid=person, op=visit.op("erase_person", {"person": person})
    )
    return redirect(url_for("people.people", erased="here" if elsewhere else "whole"), code=303)
