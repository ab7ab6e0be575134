"""The form of one meeting: its fields as text, the agenda line by line, and back into a plan.

Lines of the agenda are added, moved and taken out by buttons that send the whole form; nothing is stored by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g, request
from flask_babel import force_locale, gettext

from server.domain import meetings as rules
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId
from server.services import groups, preparing
from server.services.context import Context, Json
from server.services.meetings import AgendaLine, MeetingPlan, MeetingView
from server.views import forms
from server.views.agenda_words import OTHER, SCRIPTS, TITLES, script_of

FIELD_OF = {
    "title_missing": "name",
    "title_too_long": "name",
    "place_too_long": "place",
    "rounds_out_of_bounds": "rounds",
    "round_length_out_of_bounds": "round_minutes",
    "table_size_out_of_bounds": "table_size",
}
"""The field of a refusal that names none; those of an agenda line name its position."""

_MOVES = ("add", "remove", "up")


@dataclass(frozen=True)
class Line:
    """A line of the agenda as typed. `uid` names a line that is stored already."""

    kind: str = "other"
    title: str = ""
    minutes: str = ""
    script: str = ""
    uid: str = ""


@dataclass(frozen=True)
class MeetingForm:
    """Everything as it stands in the form."""

    name: str
    place: str
    date: str
    time: str
    rounds: str
    round_minutes: str
    table_size: str
    lines: tuple[Line, ...]
    before: str = ""
    """What stood there before a template was chosen, as `agenda_choice` wrote it."""

    @property
    def minutes(self) -> int:
        """The minutes of all lines together, as far as they are numbers."""
        return sum(int(line.minutes) for line in self.lines if line.minutes.isdecimal())

    @property
    def ends(self) -> str:
        """When the meeting ends by plan, as HH:MM; empty without a start."""
        try:
            start = datetime.combine(date.min, time.fromisoformat(self.time))
        except ValueError:
            return ""
        return f"{start + timedelta(minutes=self.minutes):%H:%M}"

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """What a line of the agenda can be, with its words."""
        return (*((key, str(words)) for key, words in TITLES.items()), ("other", str(OTHER)))

    def usual_script(self, kind: str) -> str:
        """What the facilitator says at a line where nobody wrote anything."""
        return script_of(kind, "")

    @property
    def wrong_field(self) -> str | None:
        """The field that the refusal is about, if there is one."""
        refused: RuleViolation | None = g.get("refused")
        if refused is None or self.wrong_line is not None:
            return None
        return str(refused.params.get("field") or FIELD_OF.get(refused.code) or "") or None

    @property
    def wrong_line(self) -> int | None:
        """The agenda line that the refusal is about, counted from 1."""
        refused: RuleViolation | None = g.get("refused")
        position = refused.params.get("position") if refused is not None else None
        return position if isinstance(position, int) else None


def is_refused() -> bool:
    """Whether the form comes back because a rule said no."""
    return g.get("refused") is not None


def said_rounds(meeting: MeetingView) -> str:
    """How many rounds of what kind: "4 rounds of 5 minutes, in pairs"."""
    minutes = said_minutes(meeting.round_seconds)
    if meeting.table_size == 2:
        return str(gettext("Rounds: %(n)s × %(minutes)s min, in pairs", n=meeting.rounds_wanted, minutes=minutes))
    return str(
        gettext(
            "Rounds: %(n)s × %(minutes)s min, tables of %(size)s",
            n=meeting.rounds_wanted,
            minutes=minutes,
            size=meeting.table_size,
        )
    )


def said_minutes(seconds: int) -> str:
    """Seconds as minutes without needless zeros: 300 → 5, 150 → 2.5."""
    return f"{seconds / 60:.2f}".rstrip("0").rstrip(".")


def typed(ctx: Context, group_id: GroupId, *, plan: MeetingPlan | None = None) -> MeetingForm:
    """What was typed when the form comes back, otherwise the plan, the last meeting's, or the usual breakfast."""
    if request.method == "POST":
        form = _moved(_sent())
        # A refusal counts the lines that say something; the form must count the same.
        return form if g.get("refused") is None else replace(form, lines=_filled(form.lines))
    plan = plan or preparing.suggested(ctx, group_id) or usual(ctx, group_id)
    return MeetingForm(
        name=plan.name,
        place=plan.place,
        date=plan.starts_local.date().isoformat(),
        time=f"{plan.starts_local:%H:%M}",
        rounds=str(plan.rounds),
        round_minutes=said_minutes(plan.round_seconds),
        table_size=str(plan.table_size),
        lines=tuple(Line(line.kind, line.title, str(line.minutes), line.script, line.uid) for line in plan.agenda),
    )


def usual(ctx: Context, group_id: GroupId) -> MeetingPlan:
    """A breakfast of 90 minutes a week from now, in the words of the group's language."""
    with ctx.reading() as db:
        group = groups.view(db, group_id).settings
    day = ctx.now().astimezone(ZoneInfo(group.time_zone)).date() + timedelta(days=7)
    with force_locale(group.language):
        agenda = tuple(
            AgendaLine(key, str(TITLES[key]), minutes, str(SCRIPTS[key])) for key, minutes in rules.DEFAULT_AGENDA
        )
    return MeetingPlan(group.name, "", datetime.combine(day, time(7, 0)), 4, 300, 2, agenda)


def lines_were_moved() -> bool:
    """Whether a button of the agenda was pressed rather than the one that saves."""
    return any(name in request.form for name in _MOVES)


def _moved(form: MeetingForm) -> MeetingForm:
    """The form with a line more, a line less, or a line one place up."""
    lines = list(form.lines)
    at = request.form.get("remove") or request.form.get("up") or ""
    number = int(at) if at.isdecimal() else -1
    if "add" in request.form and len(lines) < rules.AGENDA_ITEMS_MOST:
        lines.append(Line())
    elif "remove" in request.form and 0 <= number < len(lines):
        del lines[number]
    elif "up" in request.form and 0 < number < len(lines):
        lines[number - 1 : number + 1] = [lines[number], lines[number - 1]]
    return replace(form, lines=tuple(lines))


def _sent() -> MeetingForm:
    fields = {
        name: request.form.get(name, "").strip()
        for name in ("name", "place", "date", "time", "rounds", "round_minutes", "table_size")
    }
    columns: Sequence[Sequence[str]] = [request.form.getlist(name) for name in ("kind", "title", "minutes")]
    scripts, uids = (_column(name, len(columns[1])) for name in ("script", "line"))
    lines = tuple(
        Line(kind if kind in TITLES else "other", title.strip(), minutes.strip(), script.strip(), uid)
        for kind, title, minutes, script, uid in zip(*columns, scripts, uids, strict=False)
    )
    return MeetingForm(**fields, lines=lines, before=request.form.get("before", ""))


def _column(name: str, lines: int) -> list[str]:
    """A column of the agenda that may be missing."""
    return (request.form.getlist(name) + [""] * lines)[:lines]


def body() -> Json:
    """What an operation id stands for: everything sent but the tokens."""
    return {name: request.form.getlist(name) for name in sorted(request.form) if name not in ("csrf_token", "op")}


def read() -> MeetingPlan:
    """The plan that was sent; lines left empty are no lines.

    Raises RuleViolation naming the field or, as `position`, the line that cannot be read.
    """
    form = _sent()
    return MeetingPlan(
        name=form.name,
        place=form.place,
        starts_local=datetime.combine(forms.day("date"), _time(form.time)),
        rounds=forms.number("rounds", least=0, most=10**6),
        round_seconds=_seconds(form.round_minutes),
        table_size=forms.number("table_size", least=0, most=10**6),
        agenda=tuple(
            AgendaLine(line.kind, line.title, _minutes(line.minutes, position), line.script, line.uid)
            for position, line in enumerate(_filled(form.lines), start=1)
        ),
    )


def _filled(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.title or line.minutes)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise RuleViolation("time_needed", field="time") from None


def _seconds(text: str) -> int:
    """Minutes as people write them, with a point or a comma, as seconds."""
    whole, _, part = text.replace(",", ".").partition(".")
    if not whole.isdecimal() or len(whole) > 4 or (part and not part.isdecimal()) or len(part) > 3:
        raise RuleViolation("round_length_out_of_bounds", field="round_minutes")
    return round(float(f"{whole}.{part or 0}") * 60)


def _minutes(text: str, position: int) -> int:
    if not text.isdecimal() or len(text) > 5:
        raise RuleViolation("item_minutes_needed", position=position)
    return int(text)
