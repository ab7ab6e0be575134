"""People who may be here twice, side by side; making one of two; and what was done to many, taken back."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.duplicates import Because
from server.services import countries, duplicates, merging, people, takebacks
from server.services.people import PersonFields
from server.views import forms, guards, languages
from server.views.guards import Visit
from server.views.organiser_erasure import bp as bp
from server.views.organiser_people import LONGEST_FORM_TEXT, field_labels, standings


def owned_labels() -> dict[str, str]:
    """What hangs on a person, in words; what is not named here is counted as anything else."""
    return {
        "attendances": _("Meetings"),
        "encounters": _("Met at a table"),
        "exchanges": _("Contacts exchanged"),
        "contacts": _("Cards"),
        "follow_ups": _("Promises"),
        "one_to_ones": _("One-to-ones"),
        "referrals": _("Referral slips"),
        "badges": _("Badges"),
        "sessions": _("Phones and browsers"),
        "consents": _("Consents"),
    }


def reasons() -> dict[Because, str]:
    """Why two people are shown beside each other."""
    return {
        Because.EMAIL: _("The same e-mail address"),
        Because.NAME_AND_COMPANY: _("Name and company nearly the same"),
        Because.NAME: _("The same name"),
    }


def kinds() -> dict[str, str]:
    """What can be taken back, in words."""
    return {
        "people_merge": _("Two made one"),
        "people_import": _("A file brought in"),
        "people_bulk": _("Several changed at once"),
    }


@bp.get("/duplicates")
@guards.needs(Verb.MANAGE_PEOPLE)
def suspects(visit: Visit) -> str:
    """Pairs that may be one person."""
    return render_template(
        "organiser/people_duplicates.html",
        found=duplicates.found(visit.ctx, visit.group_id),
        reasons=reasons(),
        standings=standings(),
    )


@bp.get("/pair")
@guards.needs(Verb.MANAGE_PEOPLE)
def pair(visit: Visit) -> str:
    """Two people beside each other, with what each has."""
    return _pair_page(visit, request.args.get("one", ""), request.args.get("other", ""))


def _pair_page(visit: Visit, one: str, other: str) -> str:
    return render_template(
        "organiser/people_pair.html",
        pair=merging.pair(visit.ctx, visit.group_id, one[:16], other[:16]),
        fields=people.FIELDS,
        labels=field_labels(),
        owned=owned_labels(),
        standings=standings(),
        countries=countries.called(languages.current()),
    )


def _refused_pair(visit: Visit) -> str:
    """The same two again, with what refused."""
    return _pair_page(visit, forms.text("stays", limit=16), forms.text("goes", limit=16))


@bp.post("/merge")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_refused_pair)
def merge(visit: Visit) -> ResponseReturnValue:
    """Make one of two."""
    stays, goes = forms.text("stays", limit=16), forms.text("goes", limit=16)
    values = {name: forms.text(f"value_{name}", limit=LONGEST_FORM_TEXT) for name in people.FIELDS}
    merging.merge(
        visit.ctx,
        group_id=visit.group_id,
        stays=stays,
        goes=goes,
        fields=PersonFields(**values),
        op=visit.op("merge_people", {"stays": stays, "goes": goes, **values}),
    )
    return redirect(url_for("people.shown", person=stays, merged=1), code=303)


@bp.post("/two")
@guards.needs(Verb.MANAGE_PEOPLE)
def are_two(visit: Visit) -> ResponseReturnValue:
    """They are two people and are not shown again."""
    duplicates.are_two(
        visit.ctx, group_id=visit.group_id, one=forms.text("one", limit=16), other=forms.text("other", limit=16)
    )
    return redirect(url_for("people.suspects"), code=303)


@bp.get("/merge", endpoint="merge_again")
@bp.get("/two", endpoint="two_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_suspects(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again, as the switch of languages does."""
    return redirect(url_for("people.suspects"))


@bp.get("/changes")
@guards.needs(Verb.MANAGE_PEOPLE)
def changes(visit: Visit) -> str:
    """What was done to many people at once, and the way back."""
    return _changes_page(visit)


def _changes_page(visit: Visit, entry: str = "") -> str:
    return render_template(
        "organiser/people_changes.html", entries=takebacks.listed(visit.ctx, visit.group_id), kinds=kinds()
    )


@bp.post("/changes/<entry>/take-back")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_changes_page)
def take_back(visit: Visit, entry: str) -> ResponseReturnValue:
    """One of them is taken back."""
    kept = takebacks.take_back(
        visit.ctx, group_id=visit.group_id, entry=entry, op=visit.op("take_back_people", {"entry": entry})
    )
    return redirect(url_for("people.changes", done=1, fields=kept.fields, rows=kept.rows), code=303)


@bp.get("/changes/<entry>/take-back", endpoint="take_back_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_changes(visit: Visit, entry: str) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("people.changes"))
