"""The slip as it is written: an empty one, a draft with what it lacks, what was typed read into fields."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.errors import NotAllowed
from server.domain.referrals import INTRODUCTION_LEVELS, VOUCH_REASONS, WAYS
from server.domain.vocabulary import ReferralState
from server.services import receivers
from server.services.referrals import SlipFields
from server.services.slips import SlipView
from server.views import forms
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import frame

PRIVATE_FIELDS = ("prospect_name", "reach", "comments")
VERSIONS_MOST = 1_000_000
EMPTY: dict[str, object] = dict.fromkeys((*PRIVATE_FIELDS, "need", "vouch", "given_on", "home_group"), "") | {
    "level": 1,
    "consent": False,
    "inside": "",
    "ways": (),
}


def empty(visit: Visit) -> str:
    """An empty slip; `to` in the address may name the member's uid."""
    people = receivers.listed(visit.ctx, visit.group_id, but=visit.person_id)
    wanted = request.args.get("to", "")
    label = next((each.label for each in people if each.uid == wanted), "")
    return _form(visit, forms.typed(EMPTY | {"to": label}), people, slip=None)


def draft(visit: Visit, view: SlipView) -> str:
    """A draft to go on with."""
    people = receivers.listed(visit.ctx, visit.group_id, but=visit.person_id)
    values = forms.typed(
        {
            "to": next((each.label for each in people if each.uid == view.receiver.uid), view.receiver.name),
            "level": view.level,
            "vouch": view.vouch,
            "consent": view.consent,
            "need": view.need,
            "prospect_name": view.prospect_name,
            "reach": view.reach,
            "comments": view.comments,
            "inside": "1" if view.inside else "",
            "ways": view.ways,
            "given_on": view.given_on.isoformat() if view.given_on else "",
            "home_group": "",
        }
    )
    return _form(visit, values, people, slip=view)


def _form(
    visit: Visit, values: dict[str, object], people: tuple[receivers.Receiver, ...], slip: SlipView | None
) -> str:
    """The form with what was typed, and at each field what is wrong or missing."""
    errors: dict[str, str] = {}
    if slip is not None and "give" in request.args and "refused" not in g:
        errors = {field: words.say(words.MISSING[field]) for field in slip.missing}
    if "refused" in g:
        # A box that is not ticked is not sent at all.
        values |= {"consent": forms.ticked("consent"), "ways": request.form.getlist("ways")}
    return render_template(
        "member/slip_form.html",
        slip=slip,
        values=values,
        errors=errors,
        burst=request.args.get("burst", 0, type=int),
        people=people,
        levels=list(INTRODUCTION_LEVELS),
        vouches=VOUCH_REASONS,
        ways=WAYS,
        **frame(visit, "referrals"),
    )


def fields(visit: Visit) -> SlipFields:
    """The form's fields; over an open line the private ones are refused, and a draft keeps its own."""
    private: dict[str, str | None] = dict.fromkeys(PRIVATE_FIELDS)
    if visit.secure:
        private = {
            "prospect_name": forms.text("prospect_name", limit=160),
            "reach": forms.text("reach", limit=200),
            "comments": forms.text("comments", limit=1000),
        }
    else:
        for name in PRIVATE_FIELDS:
            if request.form.get(name, "").strip():
                raise NotAllowed("slip_line_open", field=name)
    return SlipFields(
        need=forms.text("need", limit=300),
        level=forms.number("level", least=0, most=99),
        vouch=forms.text("vouch", limit=24),
        consent=forms.ticked("consent"),
        inside=forms.ticked("inside"),
        ways=tuple(request.form.getlist("ways")),
        given_on=_day(),
        sure=forms.ticked("sure"),
        home_group=forms.text("home_group", limit=160),
        **private,
    )


def _day() -> date | None:
    """The day on the slip, when it is another one than today."""
    return forms.day("given_on") if request.form.get("given_on", "").strip() else None


def version() -> int:
    """The version of the slip that the page showed."""
    return forms.number("version", least=0, most=VERSIONS_MOST)


def wants_to_give() -> bool:
    """Whether the slip is to be given, and not only kept."""
    return request.form.get("do", "give") == "give"


def after(answer: Mapping[str, Any]) -> ResponseReturnValue:
    """Given: how it stands now. Kept as a draft although it should be given: the form says why."""
    uid = answer["uid"]
    if answer["missing"]:
        return redirect(url_for("member.slip", uid=uid, give=1), code=303)
    if answer["burst"]:
        return redirect(url_for("member.slip", uid=uid, burst=answer["burst"]), code=303)
    if answer["state"] == ReferralState.DRAFT.value:
        return redirect(url_for("member.board", _anchor=f"slip-{uid}"), code=303)
    return redirect(url_for("member.slip", uid=uid, said="given"), code=303)
