"""The way in for people from a spreadsheet or cards: look, decide, bring in, watch, stop."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.errors import NotAllowed, RuleViolation
from server.domain.vocabulary import Standing, Uid
from server.formats.column_names import Field
from server.services import import_runs, imports, uploads
from server.services.import_reading import Decision
from server.services.imports import Choices
from server.services.uploads import Upload
from server.views import forms, guards
from server.views.guards import Visit
from server.views.organiser_duplicates import bp as bp
from server.views.organiser_people import attached, field_labels, said, standings


def decisions() -> dict[Decision, str]:
    """What may be decided about somebody who may be here already, in words."""
    return {Decision.UPDATE: _("Update"), Decision.SKIP: _("Skip"), Decision.NEW: _("New person")}


def stages() -> dict[str, str]:
    """What an import is at, in words."""
    return {"reading": _("Reading the file"), "matching": _("Looking who is here already"), "writing": _("Writing")}


@bp.get("/import")
@guards.needs(Verb.MANAGE_PEOPLE)
def import_form(visit: Visit) -> str:
    """Which file?"""
    return render_template("organiser/import.html", choices=Choices())


@bp.get("/import/preview", endpoint="preview_again")
@bp.get("/import/rejected", endpoint="rejected_again")
@bp.get("/import/cancel", endpoint="cancel_again")
@guards.needs(Verb.MANAGE_PEOPLE)
def back_to_import(visit: Visit) -> ResponseReturnValue:
    """The address of a form's answer opened again: the file has to be chosen once more."""
    return redirect(url_for("people.import_form"))


def _choices() -> Choices:
    """What a human decided, out of the form; nothing where the file has just come."""
    columns: dict[int, Field | None] = {}
    rows: dict[int, Decision] = {}
    for name, value in request.form.items():
        kind, _mark, number = name.partition("_")
        if not number.isdecimal() or len(number) > 7:
            continue
        if kind == "column":
            columns[int(number)] = Field(value) if value in tuple(Field) else None
        elif kind == "row" and value in tuple(Decision):
            rows[int(number)] = Decision(value)
    encoding, standing = forms.text("encoding", limit=20), forms.text("standing", limit=20)
    return Choices(
        columns=columns or None,
        encoding=encoding if encoding in imports.ENCODINGS else None,
        standing=Standing(standing) if standing in (Standing.MEMBER, Standing.VISITOR) else None,
        everybody=forms.ticked("everybody"),
        rows=rows,
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
    look = import_runs.look(visit.ctx, visit.group_id, upload, choices)
    settle = forms.text("settle", limit=10)
    if settle:
        settled = choices if settle == "keep" else None
        imports.settle_columns(visit.ctx, group_id=visit.group_id, headers=look.preview.table.headers, choices=settled)
        look = import_runs.look(visit.ctx, visit.group_id, upload, choices)
    looked = look.preview
    return render_template(
        "organiser/import_preview.html",
        token=token,
        name=upload.name,
        choices=replace(choices, columns={column.position: column.field for column in looked.columns}),
        look=look,
        preview=looked,
        labels=field_labels(),
        standings=standings(),
        encodings=imports.ENCODINGS,
        decisions=decisions(),
    )


@bp.post("/import/run")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(import_form)
def run(visit: Visit) -> ResponseReturnValue:
    """The good rows come in. The file goes, unless refused rows are still to be handed back."""
    token = forms.text("token", limit=80)
    import_runs.begin(
        visit.ctx,
        session_uid=_session_uid(visit),
        group_id=visit.group_id,
        token=token,
        choices=_choices(),
        op=visit.op("import", {"token": token}),
    )
    return redirect(url_for("people.import_run"), code=303)


@bp.get("/import/run")
@guards.needs(Verb.MANAGE_PEOPLE)
def import_run(visit: Visit) -> ResponseReturnValue:
    """How far the import of this session is, and then what it did."""
    found = import_runs.view(visit.ctx, session_uid=_session_uid(visit))
    if found is None:
        return redirect(url_for("people.import_form"))
    return render_template("organiser/import_result.html", run=found, stages=stages())


@bp.post("/import/cancel")
@guards.needs(Verb.MANAGE_PEOPLE)
def cancel_import(visit: Visit) -> ResponseReturnValue:
    """Stop it; nothing is changed."""
    import_runs.cancel(visit.ctx, session_uid=_session_uid(visit))
    return redirect(url_for("people.import_run"), code=303)


@bp.post("/import/rejected")
@guards.needs(Verb.MANAGE_PEOPLE)
@forms.or_show_again(import_form)
def rejected(visit: Visit) -> ResponseReturnValue:
    """The refused rows as a file, with the reasons in the reader's language."""
    _token, upload = _kept(visit)
    data = imports.rejected(upload.data, upload.name, _choices(), reason=said, line=_("Line"), why=_("Reason"))
    return attached(data, f"{upload.name.rpartition('.')[0] or upload.name}.rejected.csv")
