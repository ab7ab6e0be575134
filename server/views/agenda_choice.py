"""The templates in the form of a meeting: chosen into the form, put back, kept under a name, taken away.

Choosing stores nothing: the form holds what stood in it before, so that one press puts it back.
"""

import json
from dataclasses import replace
from typing import Any

from flask import g, request
from flask_babel import force_locale, gettext, lazy_gettext

from server.domain import agenda_templates as rules
from server.domain.agenda_templates import SHAPES, Usual
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, MeetingId
from server.services import agenda_templates, groups
from server.services.agenda_templates import Saved
from server.services.context import Context
from server.views import forms, meeting_form
from server.views.agenda_words import SCRIPTS, TITLES
from server.views.guards import Visit
from server.views.meeting_form import Line, MeetingForm, said_minutes

USUAL = {
    Usual.BREAKFAST_60: lazy_gettext("Breakfast, 60 minutes"),
    Usual.BREAKFAST_90: lazy_gettext("Breakfast, 90 minutes"),
    Usual.LUNCH: lazy_gettext("Lunch"),
    Usual.LECTURE: lazy_gettext("Lecture with short rounds"),
    Usual.GALA: lazy_gettext("Gala evening"),
}
PRESSES = ("template_use", "template_back", "template_save", "template_remove", "template_restore")
_BEFORE_MOST = 40_000


def pressed() -> bool:
    """Whether a button of the templates was pressed rather than the one that saves the meeting."""
    return any(name in request.form for name in PRESSES)


def answered(visit: Visit, form: MeetingForm) -> MeetingForm:
    """What the press makes of the form. Raises what keeping a template raises, NotFound("template_unknown")."""
    if "template_use" in request.form:
        return applied(visit.ctx, visit.group_id, form, forms.text("template", limit=24))
    if "template_back" in request.form:
        return put_back(form)
    if "template_remove" in request.form:
        uid = forms.text("template", limit=24)
        op = visit.op("remove_template", meeting_form.body())
        g.template_removed = agenda_templates.remove(visit.ctx, group_id=visit.group_id, uid=uid, op=op)
        return form
    if "template_restore" in request.form:
        entry = forms.text("template_restore", limit=16)
        op = visit.op("restore_template", meeting_form.body())
        g.template_restored = agenda_templates.put_back(visit.ctx, group_id=visit.group_id, entry=entry, op=op)
        return form
    agenda_templates.save(
        visit.ctx,
        group_id=visit.group_id,
        name=forms.text("template_name", limit=200),
        plan=meeting_form.read(),
        op=visit.op("save_template", meeting_form.body()),
    )
    return form


def around(visit: Visit, form: MeetingForm, meeting_id: MeetingId | None = None) -> dict[str, Any]:
    """What the form shows of templates: those to choose from, how many are expected, how long each of them speaks."""
    saved = agenda_templates.saved(visit.ctx, visit.group_id)
    heads = agenda_templates.heads(visit.ctx, visit.group_id, meeting_id)
    return {
        "templates": options(saved),
        "own_templates": len(saved),
        "chosen_template": request.form.get("template", ""),
        "template_name": request.form.get("template_name", "") if meeting_form.is_refused() else "",
        "template_kept": request.form.get("template_name", "").strip()
        if "template_save" in request.form and not meeting_form.is_refused()
        else "",
        "template_removed": g.get("template_removed"),
        "template_restored": g.get("template_restored", ""),
        "heads": heads,
        "speaking_seconds": speaking(form, heads),
    }


def options(saved: tuple[Saved, ...]) -> list[tuple[str, str]]:
    """Every template to choose from, the group's own first, each with its minutes."""
    own = [(each.uid, each.name, sum(line.minutes for line in each.lines)) for each in saved]
    usual = [(key.value, str(words), SHAPES[key].minutes) for key, words in USUAL.items()]
    return [
        (key, str(gettext("%(name)s (%(minutes)s min)", name=name, minutes=minutes)))
        for key, name, minutes in (*own, *usual)
    ]


def applied(ctx: Context, group_id: GroupId, form: MeetingForm, key: str) -> MeetingForm:
    """The form with agenda and rounds of a template; what stood there goes along as `before`.

    Raises NotFound("template_unknown").
    """
    before = json.dumps(
        [form.rounds, form.round_minutes, form.table_size, [list(vars(line).values()) for line in form.lines]]
    )
    if key in set(Usual):
        shape = SHAPES[Usual(key)]
        with ctx.reading() as db:
            language = groups.view(db, group_id).settings.language
        with force_locale(language):
            lines = tuple(
                Line(kind, str(TITLES[kind]), str(minutes), str(SCRIPTS.get(kind, ""))) for kind, minutes in shape.lines
            )
        rounds, seconds, size = shape.rounds, shape.round_seconds, shape.table_size
    else:
        found = next((one for one in agenda_templates.saved(ctx, group_id) if one.uid == key), None)
        if found is None:
            raise NotFound("template_unknown")
        lines = tuple(Line(line.kind, line.title, str(line.minutes), line.script) for line in found.lines)
        rounds, seconds, size = found.rounds, found.round_seconds, found.table_size
    return replace(
        form,
        lines=lines,
        rounds=str(rounds),
        round_minutes=said_minutes(seconds),
        table_size=str(size),
        before=before,
    )


def put_back(form: MeetingForm) -> MeetingForm:
    """The form as it was before a template was chosen; as it is when nothing was."""
    try:
        rounds, minutes, size, lines = json.loads(request.form.get("before", "")[:_BEFORE_MOST])
        were = tuple(Line(*map(str, line)) for line in lines)
    except (ValueError, TypeError):
        # Nothing was chosen, or somebody wrote this field by hand: the form stays as it stands.
        return form
    return replace(form, rounds=str(rounds), round_minutes=str(minutes), table_size=str(size), lines=were, before="")


def speaking(form: MeetingForm, people: int) -> int | None:
    """Seconds of everybody's turn in the line of presentations, for so many people."""
    lines = [
        (line.kind, int(line.minutes)) for line in form.lines if line.minutes.isdecimal() and len(line.minutes) < 5
    ]
    return rules.seconds_each(lines, people)
