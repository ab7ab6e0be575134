"""What the organiser decides about a meeting, and how it becomes the meeting's rows. Use-cases call this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.domain import agenda as agenda_rules
from server.domain import meetings as rules
from server.domain.errors import RuleViolation
from server.domain.vocabulary import AttendanceStatus, Standing, Uid
from server.persistence.models import AgendaItem, Attendance, Group, Meeting, Membership
from server.services.context import Tx


@dataclass(frozen=True)
class AgendaLine:
    """One line of the agenda: kind (a key the program knows), title as typed, minutes, what the facilitator says.

    `uid` names a line that is there already and stays, with what it became on the day.
    """

    kind: str
    title: str
    minutes: int
    script: str = ""
    uid: str = field(default="", compare=False)


@dataclass(frozen=True)
class MeetingPlan:
    """What the organiser decides about a meeting. `starts_local` is the group's wall clock, without a zone."""

    name: str
    place: str
    starts_local: datetime
    rounds: int
    round_seconds: int
    table_size: int
    agenda: tuple[AgendaLine, ...]


def _starts_at(plan: MeetingPlan, zone: str) -> datetime:
    return plan.starts_local.replace(tzinfo=ZoneInfo(zone))


def fill(meeting: Meeting, plan: MeetingPlan) -> None:
    """Take over everything that an organiser decides. Raises what the rules of a meeting refuse."""
    rules.check_plan(rounds=plan.rounds, seconds=plan.round_seconds, table_size=plan.table_size)
    meeting.name = rules.check_title(plan.name)
    meeting.place = rules.check_place(plan.place)
    meeting.starts_at = _starts_at(plan, meeting.time_zone)
    meeting.rounds_wanted = plan.rounds
    meeting.round_seconds = plan.round_seconds
    meeting.table_size = plan.table_size
    _fill_agenda(meeting, plan.agenda)


def _fill_agenda(meeting: Meeting, lines: Sequence[AgendaLine]) -> None:
    """Lines that stay keep what they became on the day; minutes typed anew take back what was cut from them."""
    agenda = rules.check_agenda(rules.AgendaItem(line.kind, line.title, line.minutes) for line in lines)
    there = {row.uid: row for row in meeting.agenda}
    rows = []
    for position, (item, line) in enumerate(zip(agenda.items, lines, strict=True)):
        row = there.pop(line.uid, None) or AgendaItem(minutes=item.minutes)
        if row.minutes != item.minutes:
            row.minutes, row.cut_minutes = item.minutes, 0
        row.position, row.kind, row.title = position, item.kind, item.title
        row.script = _script(line.script, position + 1)
        rows.append(row)
    meeting.agenda = rows
    meeting.agenda_version = (meeting.agenda_version or 0) + 1


def _script(text: str, position: int) -> str:
    try:
        return agenda_rules.check_script(text)
    except RuleViolation as broken:
        raise RuleViolation(broken.code, **broken.params, position=position) from broken


def _free_slug(tx: Tx, group_id: int, name: str, on: date) -> str:
    """The plain slug, or the first of -2, -3 … that the group has not used."""
    plain = rules.slug_for(name, on)
    taken = set(tx.db.scalars(select(Meeting.slug).where(Meeting.group_id == group_id, Meeting.slug.like(f"{plain}%"))))
    slug, n = plain, 1
    while slug in taken:
        n += 1
        slug = f"{plain}-{n}"
    return slug


def add(tx: Tx, group: Group, plan: MeetingPlan, *, is_demo: bool = False, series: Uid | None = None) -> Meeting:
    """A new meeting, with every member of the group expected."""
    meeting = Meeting(group_id=group.id, time_zone=group.time_zone, is_demo=is_demo, slug="", series=series)
    fill(meeting, plan)
    meeting.slug = _free_slug(tx, group.id, meeting.name, plan.starts_local.date())
    tx.db.add(meeting)
    tx.db.flush()
    members = tx.db.scalars(
        select(Membership.person_id).where(Membership.group_id == group.id, Membership.standing == Standing.MEMBER)
    )
    tx.db.add_all(
        Attendance(
            meeting_id=meeting.id,
            person_id=person,
            standing=Standing.MEMBER,
            status=AttendanceStatus.EXPECTED,
        )
        for person in members
    )
    return meeting
