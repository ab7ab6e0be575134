"""Registering for a meeting: the page behind the public link or a member's own, and what became of it.

Nobody is signed in here and nothing is told about anybody else. Who registered comes back with a link of their own.
"""

import hashlib

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.vocabulary import ContactField
from server.services import people, registrations
from server.services.context import Json, Op
from server.services.people import PersonFields
from server.services.registrations import Entrance, Newcomer
from server.views import forms, guards, languages
from server.views.guards import Visit

bp = Blueprint("registration", __name__)
FIELDS = ("given_name", "family_name", "company", "sector", "email", "phone")


def _is_private(visit: Visit, entrance: Entrance) -> bool:
    """Whether e-mail and phone may travel this way."""
    return visit.secure or entrance.own_network


@bp.get("/r/<link>")
@guards.anyone
def page(visit: Visit, link: str) -> str:
    """The form; a sentence where nobody may register any more."""
    entrance = registrations.entrance(visit.ctx, link)
    return render_template(
        "public/register.html",
        entrance=entrance,
        link=link,
        private=_is_private(visit, entrance),
        values=forms.typed(dict.fromkeys(FIELDS, "") | {"open_email": "", "open_phone": ""}),
        longest=people.LONGEST,
    )


@bp.post("/r/<link>")
@guards.anyone
@forms.or_show_again(page)
def register(visit: Visit, link: str) -> ResponseReturnValue:
    """Somebody registers, and is led to their own page."""
    entrance = registrations.entrance(visit.ctx, link)
    body: Json = {name: forms.text(name, limit=people.LONGEST[name]) for name in FIELDS}
    opened = frozenset(field for field in registrations.OPENED if forms.ticked(f"open_{field.value}"))
    answer = registrations.register(
        visit.ctx,
        link=link,
        newcomer=Newcomer(PersonFields(**body), opened, languages.current(), guards.csrf_token()),
        private=_is_private(visit, entrance),
        op=_op(link, body, opened),
    )
    return redirect(url_for("registration.own", link=answer["link"]), code=303)


def _op(link: str, body: Json, opened: frozenset[ContactField]) -> Op | None:
    """The operation of this browser; nobody is signed in, so its token stands for it."""
    sent = request.form.get("op", "")
    if not sent:
        return None
    mark = hashlib.sha256(f"register:{link}:{guards.csrf_token()}:{sent}".encode()).hexdigest()[:40]
    return Op(id=mark, kind="register", body=body | {"opened": sorted(opened)})


@bp.get("/registered/<link>")
@guards.anyone
def own(visit: Visit, link: str) -> str:
    """Whether one is on the list or waits, and the way to withdraw."""
    return render_template("public/registered.html", own=registrations.own(visit.ctx, link), link=link)


@bp.post("/registered/<link>/withdrawn")
@guards.anyone
@forms.or_show_again(own)
def withdraw(visit: Visit, link: str) -> ResponseReturnValue:
    """Not coming after all."""
    registrations.withdraw(visit.ctx, link=link)
    return redirect(url_for("registration.own", link=link), code=303)


@bp.post("/registered/<link>/coming")
@guards.anyone
@forms.or_show_again(own)
def come_after_all(visit: Visit, link: str) -> ResponseReturnValue:
    """A withdrawal is taken back."""
    registrations.come_after_all(visit.ctx, link=link)
    return redirect(url_for("registration.own", link=link), code=303)
