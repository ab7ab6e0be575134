"""Agendas that a group keeps under a name, to begin other meetings with. A name saved again replaces what it held."""

import json
from dataclasses import dataclass

from sqlalchemy import func, select

from server.domain import agenda_templates as rules
from server.domain import meetings as meeting_rules
from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Standing, Uid
from server.persistence.models import AgendaTemplate, Attendance, Group, JournalEntry, Membership
from server.services import journal
from server.services.context import Context, Json, Op, Tx
from server.services.meetings import AgendaLine, MeetingPlan

KIND = "agenda_template"
"""The journal's word for a template that was taken away."""
_COMING = ("expected", "present")
_KEPT = ("uid", "name", "rounds", "round_seconds", "table_size", "lines")


@dataclass(frozen=True)
class Saved:
    """A template of the group: its name, the agenda, the rounds."""

    uid: Uid
    name: str
    rounds: int
    round_seconds: int
    table_size: int
    lines: tuple[AgendaLine, ...]


@dataclass(frozen=True)
class Removed:
    """A template that was taken away, and the entry of the journal by which it comes back."""

    entry: Uid
    name: str


def saved(ctx: Context, group_id: GroupId) -> tuple[Saved, ...]:
    """The group's own templates, by name. One statement."""
    with ctx.reading() as db:
        rows = db.scalars(select(AgendaTemplate).where(AgendaTemplate.group_id == group_id))
        return tuple(sorted(map(_view, rows), key=lambda one: (one.name.casefold(), one.uid)))


def _view(row: AgendaTemplate) -> Saved:
    lines = tuple(AgendaLine(kind, title, minutes, script) for kind, title, minutes, script in json.loads(row.lines))
    return Saved(Uid(row.uid), row.name, row.rounds, row.round_seconds, row.table_size, lines)


def save(ctx: Context, *, group_id: GroupId, name: str, plan: MeetingPlan, op: Op | None = None) -> Uid:
    """Keep the agenda and the rounds of a plan under a name; what was kept under it goes.

    Raises what a meeting's plan raises, RuleViolation("template_name") and ("templates_many").
    """
    called = rules.check_name(name)
    meeting_rules.check_plan(rounds=plan.rounds, seconds=plan.round_seconds, table_size=plan.table_size)
    agenda = meeting_rules.check_agenda(
        meeting_rules.AgendaItem(line.kind, line.title, line.minutes) for line in plan.agenda
    )
    lines = [
        [item.kind, item.title, item.minutes, line.script] for item, line in zip(agenda.items, plan.agenda, strict=True)
    ]

    def work(tx: Tx) -> Uid:
        # Two who save under one name take turns.
        tx.db.get_one(Group, group_id, with_for_update=True)
        mine = select(AgendaTemplate).where(AgendaTemplate.group_id == group_id)
        row = tx.db.scalars(mine.where(AgendaTemplate.name == called)).one_or_none()
        if row is None:
            if len(tx.db.scalars(mine).all()) >= rules.SAVED_MOST:
                raise RuleViolation("templates_many", most=rules.SAVED_MOST)
            row = AgendaTemplate(group_id=group_id, name=called)
            tx.db.add(row)
        row.rounds, row.round_seconds, row.table_size = plan.rounds, plan.round_seconds, plan.table_size
        row.lines, row.saved_at = json.dumps(lines), tx.now
        tx.db.flush()
        return Uid(row.uid)

    return Uid(ctx.transaction(work, op=op))


def remove(ctx: Context, *, group_id: GroupId, uid: str, op: Op | None = None) -> Removed:
    """A template is kept no longer. Meetings made from it stay. Raises NotFound("template_unknown")."""

    def work(tx: Tx) -> Json:
        row = tx.db.scalars(
            select(AgendaTemplate).where(AgendaTemplate.group_id == group_id, AgendaTemplate.uid == uid)
        ).one_or_none()
        if row is None:
            raise NotFound("template_unknown")
        body = {name: getattr(row, name) for name in _KEPT}
        tx.db.delete(row)
        return {"entry": journal.write(tx, KIND, body, group_id=group_id), "name": row.name}

    return Removed(**ctx.transaction(work, op=op))


def put_back(ctx: Context, *, group_id: GroupId, entry: str, op: Op | None = None) -> str:
    """A template that was taken away is kept again, as it was. Answers with its name; twice is once.

    Raises NotFound("template_unknown") when its term is over, Conflict("template_name_taken") when another one is
    kept under its name by now, RuleViolation("templates_many").
    """

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = tx.db.scalars(
            select(JournalEntry).where(
                JournalEntry.group_id == group_id, JournalEntry.uid == entry, JournalEntry.kind == KIND
            )
        ).one_or_none()
        if row is None:
            raise NotFound("template_unknown")
        body = json.loads(row.body)
        kept = tx.db.scalars(select(AgendaTemplate).where(AgendaTemplate.group_id == group_id)).all()
        if row.undone_at is None:
            if any(one.name == body["name"] for one in kept):
                raise Conflict("template_name_taken", name=body["name"])
            if len(kept) >= rules.SAVED_MOST:
                raise RuleViolation("templates_many", most=rules.SAVED_MOST)
            tx.db.add(AgendaTemplate(group_id=group_id, saved_at=tx.now, **body))
            row.undone_at = tx.now
        return {"name": body["name"]}

    return str(ctx.transaction(work, op=op)["name"])


def heads(ctx: Context, group_id: GroupId, meeting_id: MeetingId | None) -> int:
    """How many are expected: on the list of a meeting, otherwise the members of the group. One statement."""
    with ctx.reading() as db:
        if meeting_id is not None:
            coming = (Attendance.meeting_id == meeting_id, Attendance.status.in_(_COMING))
            return db.scalar(select(func.count()).select_from(Attendance).where(*coming)) or 0
        members = (Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        return db.scalar(select(func.count()).select_from(Membership).where(*members)) or 0
