"""The organiser's people: the list, one person, and the way in from a spreadsheet."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import babel.dates
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.errors import NotAllowed, RuleViolation
from server.domain.vocabulary import Standing, Uid
from server.formats.column_names import Field
from server.formats.records import Note, RowError
from server.services import countries, devices, imports, people, people_out, uploads
from server.services.context import Json
from server.services.imports import Choices
from server.services.people import Change, PersonFields
from server.services.uploads import Upload
from server.views import addresses, forms, guards, languages
from server.views.guards import Visit
from server.views.qr import qr_path
from server.views.sentences import SENTENCES

bp = Blueprint("people", __name__, url_prefix="/o/people")

LONGEST_FORM_TEXT = 2000


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
    )


@bp.get("", endpoint="people")
@guards.needs(Verb.MANAGE_PEOPLE)
def listed(visit: Visit) -> str:
    """Everybody of the group, searched and narrowed by the address."""
    page = request.args.get("page", "1")
    listing = people.listed(visit.ctx, visit.group_id, _filter(), page=int(page) if page.isdecimal() else 1)
    asked = {name: request.args[name] for name in ("q", "standing", "sector") if request.args.get(name)}
    return render_template(
        "organiser/people.html",
        listing=listing,
        asked=asked,
        standings=standings(),
        countries=countries.called(languages.current()),
    )


@bp.get("/export.csv")
@guards.needs(Verb.MANAGE_PEOPLE)
def exported(visit: Visit) -> Response:
    """The people found, as a file for the spreadsheet."""
    data = people_out.as_csv(visit.ctx, visit.group_id, _filter(), language=languages.current())
    return _attached(data, _("people") + ".csv")


def _attached(data: bytes, name: str) -> Response:
    response = Response(data, mimetype="text/csv")
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
        inviters=people.inviters(visit.ctx, visit.group_id),
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
        person=card.person,
        labels=field_labels(),
        standings=standings(),
        countries=countries.called(languages.current()),
        link=link,
        shown_link=addresses.for_phones(visit, "public.look_at_link", token=link.token) if link else None,
    )


@bp.get("/<person>/edit")
@guards.needs(Verb.MANAGE_PEOPLE)
def editing(visit: Visit, person: str) -> str:
    """The form of one person."""
    found = people.card(visit.ctx, visit.group_id, person).person
    labels = {known.id: known.label for known in people.inviters(visit.ctx, visit.group_id)}
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


@bp.get("/<person>/link", endpoint="link_again")
@bp.get("/<person>/remove", endpoint="remove_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_person(visit: Visit, person: str) -> ResponseReturnValue:
    """The address of a form's answer opened again, as the switch of languages does."""
    return redirect(url_for("people.shown", person=person))


@bp.get("/import")
@guards.needs(Verb.MANAGE_PEOPLE)
def import_form(visit: Visit) -> str:
    """Which file?"""
    return render_template("organiser/import.html", choices=Choices())


@bp.get("/import/preview", endpoint="preview_again")
@bp.get("/import/run", endpoint="run_again")
@bp.get("/import/rejected", endpoint="rejected_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_import(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again: the file has to be chosen once more."""
    return redirect(url_for("people.import_form"))


def _choices() -> Choices:
    """What a human decided, out of the form; nothing where the file has just come."""
    columns: dict[int, Field | None] = {}
    for name, value in request.form.items():
        position = name.removeprefix("column_")
        if position != name and position.isdecimal() and len(position) < 4:
            columns[int(position)] = Field(value) if value in tuple(Field) else None
    encoding, standing = forms.text("encoding", limit=20), forms.text("standing", limit=20)
    return Choices(
        columns=columns or None,
        encoding=encoding if encoding in imports.ENCODINGS else None,
        standing=Standing(standing) if standing in (Standing.MEMBER, Standing.VISITOR) else None,
        everybody=forms.ticked("everybody"),
    )


def _session_uid(visit: Visit) -> Uid:
    if visit.actor.session_uid is None:
        raise NotAllowed("sign_in_needed")
    return visit.actor.session_uid


def _kept(visit: Visit) -> tuple[str, Upload]:
    """The file that has just come, or the one kept under the form's token."""
    file = request.files.get("file")
    if file is None or not file.filename:
        token = forms.text("token", limit=80)
        if not token:
            raise RuleViolation("upload_missing", field="file")
        return token, uploads.fetch(visit.ctx, session_uid=_session_uid(visit), token=token)
    upload = Upload(file.filename.replace("\\", "/").rpartition("/")[2][:120], file.read())
    return uploads.keep(visit.ctx, session_uid=_session_uid(visit), upload=upload), upload


@bp.post("/import/preview")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(import_form)
def preview(visit: Visit) -> ResponseReturnValue:
    """What the import would do. Nothing is written."""
    token, upload = _kept(visit)
    choices = _choices()
    looked = imports.preview(visit.ctx, visit.group_id, upload.data, upload.name, choices)
    return render_template(
        "organiser/import_preview.html",
        token=token,
        name=upload.name,
        choices=replace(choices, columns={column.position: column.field for column in looked.columns}),
        preview=looked,
        labels=field_labels(),
        standings=standings(),
        encodings=imports.ENCODINGS,
    )


@bp.post("/import/run")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(import_form)
def run(visit: Visit) -> ResponseReturnValue:
    """The good rows come in. The file goes, unless refused rows are still to be handed back."""
    token, upload = _kept(visit)
    choices = _choices()
    result = imports.run(
        visit.ctx,
        group_id=visit.group_id,
        data=upload.data,
        name=upload.name,
        choices=choices,
        op=visit.op("import", {"token": token}),
    )
    if not result.refused:
        uploads.drop(visit.ctx, session_uid=_session_uid(visit), token=token)
    return render_template(
        "organiser/import_result.html", token=token, name=upload.name, choices=choices, result=result
    )


@bp.post("/import/rejected")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(import_form)
def rejected(visit: Visit) -> ResponseReturnValue:
    """The refused rows as a file, with the reasons in the reader's language."""
    _token, upload = _kept(visit)
    data = imports.rejected(upload.data, upload.name, _choices(), reason=said, line=_("Line"), why=_("Reason"))
    return _attached(data, f"{upload.name.rpartition('.')[0] or upload.name}.rejected.csv")
