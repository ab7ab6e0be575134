"""The organiser's people: the list and one person."""

from collections.abc import Iterable, Mapping
from datetime import date

import babel.dates
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Role, Standing
from server.formats.column_names import Field
from server.formats.records import Note, RowError
from server.services import countries, devices, known_people, people, people_bulk, people_out, roles, visits
from server.services.context import Json
from server.services.people import MISSING, Change, Order, PersonFields
from server.views import addresses, forms, guards, languages
from server.views.guards import Visit
from server.views.qr import qr_path
from server.views.sentences import SENTENCES

bp = Blueprint("people", __name__, url_prefix="/o/people")

LONGEST_FORM_TEXT = 2000
ASKED = ("q", "standing", "sector", "country", "without", "order")
"""What the address of the list may say."""


def standings() -> dict[str, str]:
    """What somebody may be to the group, in words."""
    return {
        Standing.MEMBER.value: _("Member"),
        Standing.VISITOR.value: _("Visitor"),
        Standing.FORMER.value: _("Former"),
    }


def field_labels() -> dict[str, str]:
    """What is kept about somebody, and what a column of a file may hold, in words."""
    return {
        Field.GIVEN_NAME.value: _("First name"),
        Field.FAMILY_NAME.value: _("Last name"),
        Field.FULL_NAME.value: _("Whole name"),
        Field.COMPANY.value: _("Company"),
        Field.SECTOR.value: _("Sector"),
        Field.EMAIL.value: _("E-mail"),
        Field.PHONE.value: _("Phone"),
        Field.COUNTRY.value: _("Country"),
        Field.REGION.value: _("Region"),
        Field.LANGUAGES.value: _("Languages"),
        Field.LOOKS_FOR.value: _("Looks for"),
        Field.OFFERS.value: _("Offers"),
        Field.WANTS_SECTOR.value: _("Looks for a sector"),
        Field.MARKETS.value: _("Knows these markets"),
        Field.INTERESTS.value: _("Interests"),
        Field.STORIES.value: _("Stories"),
        Field.STANDING.value: _("Member or visitor"),
        Field.INVITED_BY.value: _("Invited by"),
        Field.STATUS.value: _("Takes part or not"),
        Field.GUESTS.value: _("Unnamed guests"),
    }


@bp.app_template_global("pairs")
def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Texts as options of a choice that are what they say."""
    return [(value, value) for value in values]


@bp.app_template_global("words_of")
def words_of(fields: Iterable[str]) -> str:
    """Names of fields as one line in the reader's language."""
    labels = field_labels()
    return ", ".join(labels[name] for name in fields)


@bp.app_template_global("a_day")
def a_day(day: date) -> str:
    """A calendar day, written out in the page's language."""
    return babel.dates.format_date(day, "long", locale=languages.current())


bp.add_app_template_global(qr_path, "qr")


@bp.app_template_global("said")
def said(note: Note | RowError) -> str:
    """A note or the refusal of a row in the reader's language."""
    return str(_(SENTENCES[note.code], **note.params))


def _filter() -> people.Filter:
    """The filter in the address; a word it does not know narrows nothing."""
    standing = request.args.get("standing", "")
    return people.wanted(
        request.args.get("q", "")[:200],
        Standing(standing) if standing in tuple(Standing) else None,
        request.args.get("sector", "")[:120],
        country=request.args.get("country", "")[:2].upper(),
        without=without if (without := request.args.get("without", "")) in MISSING else "",
        order=Order(order) if (order := request.args.get("order", "")) in tuple(Order) else Order.NAME,
    )


def role_labels() -> dict[str, tuple[str, str]]:
    """The roles a group gives, and what each may do, in words."""
    return {
        Role.ORGANISER.value: (_("Organiser"), _("Runs the group: people, meetings, roles, settings.")),
        Role.SECRETARY.value: (_("Secretary"), _("Keeps people and lists, prepares meetings, prints, approves weeks.")),
        Role.FACILITATOR.value: (_("Facilitator"), _("Runs the rounds and the clock.")),
        Role.GREETER.value: (_("Door"), _("Checks people in and adds walk-ins.")),
        Role.CARE.value: (_("Care"), _("Sees who needs a hand, and nothing else of it is shown to others.")),
        Role.LEADER.value: (_("Leader"), _("Sees the group's figures and approves weeks.")),
    }


def orders() -> dict[str, str]:
    """What the list may be sorted by, in words."""
    return {
        Order.NAME.value: _("Last name"),
        Order.COMPANY.value: _("Company"),
        Order.SECTOR.value: _("Sector"),
        Order.NEWEST.value: _("The newest first"),
    }


@bp.get("", endpoint="people")
@guards.needs(Verb.MANAGE_PEOPLE)
def listed(visit: Visit) -> str:
    """Everybody of the group, searched and narrowed by the address."""
    return _list_page(visit)


def _list_page(visit: Visit) -> str:
    page = request.args.get("page", "1")
    at = int(page) if page.isdecimal() and len(page) < 6 else 1
    asked = {name: request.args[name] for name in ASKED if request.args.get(name)}
    labels = field_labels()
    return render_template(
        "organiser/people.html",
        listing=people.listed(visit.ctx, visit.group_id, _filter(), page=at),
        asked=asked,
        standings=standings(),
        countries=countries.called(languages.current()),
        orders=orders(),
        missing={name: labels[name] for name in MISSING},
        bulk=[(f"field:{name}", labels[name]) for name in people_bulk.CHANGEABLE]
        + [(f"standing:{value}", word) for value, word in standings().items()],
    )


@bp.post("/bulk")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(_list_page)
def change_many(visit: Visit) -> ResponseReturnValue:
    """Several people are changed at once: those ticked, or everybody found by the filter in the address."""
    chosen = request.form.getlist("who")[: people.PAGE * 2]
    everybody = forms.ticked("everybody")
    kind, _mark, name = forms.text("what", limit=40).partition(":")
    value = forms.text("value", limit=LONGEST_FORM_TEXT)
    asked = {"who": chosen, "everybody": everybody, "what": f"{kind}:{name}", "value": value}
    changed = people_bulk.change(
        visit.ctx,
        group_id=visit.group_id,
        uids=() if everybody else chosen,
        which=_filter() if everybody else None,
        field=name if kind == "field" else "",
        value=value,
        standing=Standing(name) if kind == "standing" and name in tuple(Standing) else None,
        op=visit.op("bulk_people", asked | {"address": request.query_string.decode()}),
    )
    back = {name: request.args[name] for name in ASKED if request.args.get(name)}
    address = url_for("people.people", changed=changed, **back)  # type: ignore[arg-type]  # ASKED has none of Flask's own names
    return redirect(address, code=303)


@bp.get("/bulk", endpoint="bulk_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_list(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("people.people"))


@bp.get("/export.<any(csv, xlsx, vcf):kind>")
@guards.needs(Verb.MANAGE_PEOPLE)
def exported(visit: Visit, kind: str) -> Response:
    """The people found, as a file for the spreadsheet or as contact cards."""
    data = people_out.written(visit.ctx, visit.group_id, _filter(), kind=kind, language=languages.current())
    return attached(data, f"{_('people')}.{kind}", people_out.KINDS[kind])


def attached(data: bytes, name: str, kind: str = "text/csv") -> Response:
    """A file to keep."""
    response = Response(data, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _form(visit: Visit, values: Mapping[str, object], person: people.PersonView | None) -> str:
    return render_template(
        "organiser/person_form.html",
        person=person,
        values=forms.typed(values),
        labels=field_labels(),
        standings=standings(),
        countries=countries.called(languages.current()),
        sectors=people.sectors(visit.ctx, visit.group_id),
        inviters=known_people.inviters(visit.ctx, visit.group_id),
        longest=people.LONGEST,
    )


def _change(values: Json) -> Change:
    """What was typed into the form of a person. Raises RuleViolation for a standing that there is not."""
    if values["standing"] not in tuple(Standing):
        raise RuleViolation("standing_missing", field="standing")
    fields = PersonFields(**{name: values[name] for name in people.FIELDS})
    return Change(fields, Standing(values["standing"]), values["invited_by"])


def _typed() -> Json:
    names = (*people.FIELDS, "standing", "invited_by")
    return {name: forms.text(name, limit=LONGEST_FORM_TEXT) for name in names}


@bp.get("/new")
@guards.needs(Verb.MANAGE_PEOPLE)
def new(visit: Visit) -> str:
    """An empty form."""
    empty = dict.fromkeys((*people.FIELDS, "invited_by"), "")
    return _form(visit, empty | {"standing": Standing.MEMBER.value}, None)


@bp.post("")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(new)
def create(visit: Visit) -> ResponseReturnValue:
    """Somebody new."""
    values = _typed()
    uid = people.create(
        visit.ctx, group_id=visit.group_id, change=_change(values), op=visit.op("create_person", values)
    )
    return redirect(url_for("people.shown", person=uid), code=303)


@bp.get("/<person>")
@guards.needs(Verb.MANAGE_PEOPLE)
def shown(visit: Visit, person: str) -> str:
    """One person."""
    return _person_page(visit, person)


def _person_page(visit: Visit, person: str, link: devices.Link | None = None) -> str:
    card = people.card(visit.ctx, visit.group_id, person)
    return render_template(
        "organiser/person.html",
        card=card,
        visited=visits.of(visit.ctx, visit.group_id, card.person.id),
        person=card.person,
        labels=field_labels(),
        standings=standings(),
        countries=countries.called(languages.current()),
        role_labels=role_labels(),
        roles_changed=roles.last_change(visit.ctx, visit.group_id, card.person.id)
        if visit.may(Verb.MANAGE_GROUP)
        else None,
        link=link,
        shown_link=addresses.for_phones(visit, "public.look_at_link", token=link.token) if link else None,
    )


@bp.get("/<person>/edit")
@guards.needs(Verb.MANAGE_PEOPLE)
def editing(visit: Visit, person: str) -> str:
    """The form of one person."""
    found = people.card(visit.ctx, visit.group_id, person).person
    labels = {known.id: known.label for known in known_people.inviters(visit.ctx, visit.group_id)}
    values = vars(found.fields) | {
        "standing": found.standing.value,
        "invited_by": labels.get(found.inviter_id, found.inviter) if found.inviter_id else "",
    }
    return _form(visit, values, found)


@bp.post("/<person>")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(editing)
def change(visit: Visit, person: str) -> ResponseReturnValue:
    """One person is changed."""
    people.edit(visit.ctx, group_id=visit.group_id, uid=person, change=_change(_typed()))
    return redirect(url_for("people.shown", person=person), code=303)


@bp.post("/<person>/visits")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(shown)
def allow_visits(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody may visit more or less often than everybody; an empty field: as often."""
    times = forms.number("visits_allowed", least=0, most=visits.MOST) if forms.text("visits_allowed") else None
    visits.allow(visit.ctx, group_id=visit.group_id, uid=person, times=times)
    return redirect(url_for("people.shown", person=person), code=303)


@bp.post("/<person>/remove")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(shown)
def remove(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody leaves the group."""
    people.remove(visit.ctx, group_id=visit.group_id, uid=person)
    return redirect(url_for("people.shown", person=person), code=303)


@bp.post("/<person>/link")
@guards.needs(Verb.MANAGE_GROUP)
def create_link(visit: Visit, person: str) -> str:
    """A personal link, shown once. It signs in as that person, so only who manages the group may make one."""
    return _person_page(visit, person, devices.link_for_person(visit.ctx, group_id=visit.group_id, person_uid=person))


@bp.post("/<person>/roles")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(shown)
def give_roles(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody holds the roles that are ticked, and no other."""
    ticked = sorted(set(request.form.getlist("role")))
    if not set(ticked) <= set(Role):
        raise RuleViolation("group_role_unknown")
    roles.give(
        visit.ctx,
        group_id=visit.group_id,
        uid=person,
        roles=[Role(name) for name in ticked],
        op=visit.op("give_roles", {"person": person, "roles": ticked}),
    )
    return redirect(url_for("people.shown", person=person), code=303)


@bp.post("/<person>/roles/take-back")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(shown)
def take_roles_back(visit: Visit, person: str) -> ResponseReturnValue:
    """The last change of somebody's roles is undone."""
    entry = forms.text("entry", limit=16)
    roles.take_back(
        visit.ctx,
        group_id=visit.group_id,
        uid=person,
        entry=entry,
        op=visit.op("take_roles_back", {"person": person, "entry": entry}),
    )
    return redirect(url_for("people.shown", person=person), code=303)


@bp.get("/<person>/roles", endpoint="roles_again")
@bp.get("/<person>/roles/take-back", endpoint="roles_back_again")
@bp.get("/<person>/link", endpoint="link_again")
@bp.get("/<person>/remove", endpoint="remove_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_person(visit: Visit, person: str) -> ResponseReturnValue:
    """The address of a form's answer opened again, as the switch of languages does."""
    return redirect(url_for("people.shown", person=person))
