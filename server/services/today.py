"""The organiser's day at a glance: one meeting, where it stands, who is missing, what is ready, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain import attendance as door_rules
from server.domain import meetings as rules
from server.domain.meetings import Agenda, NextStep
from server.domain.vocabulary import MeetingId, MeetingStatus, Role, RoundPhase
from server.persistence.models import AgendaItem, GrantRow, Meeting, SessionRow
from server.services import agenda_board, attendance, badges, check_ins, meetings, rounds
from server.services.agenda_board import AgendaBoard, State
from server.services.attendance import RoomPerson
from server.services.check_ins import Counts
from server.services.context import Context
from server.services.meetings import MeetingView
from server.services.rounds import RoundView

DOOR_ROLES = frozenset({Role.GREETER, Role.STEWARD, Role.KIOSK})


@dataclass(frozen=True)
class PlannedItem:
    """One line of the agenda with its planned (or, once it goes, its real) start.

    `passed` is how many minutes it has taken so far, `over` by how many it was longer (or, negative, shorter).
    """

    kind: str
    title: str
    minutes: int
    starts_at: datetime
    state: State
    passed: int | None
    over: int = 0


@dataclass(frozen=True)
class Devices:
    """How many devices hold a role for this meeting, and how many phones have joined."""

    doors: int
    facilitators: int
    displays: int
    phones: int


@dataclass(frozen=True)
class Today:
    """Everything the first page of the organiser shows about one meeting."""

    meeting: MeetingView
    agenda: tuple[PlannedItem, ...]
    ends_at: datetime
    people: tuple[RoomPerson, ...]
    """Everybody on the list who has not excused themselves."""
    apologised: int
    counts: Counts
    unprinted: int
    devices: Devices
    rounds: tuple[RoundView, ...]
    step: NextStep
    may_take_back: bool
    may_reopen: bool

    @property
    def awaited(self) -> tuple[RoomPerson, ...]:
        """Who is expected and has not come yet."""
        return tuple(person for person in self.people if person.entered_at is None)

    @property
    def rounds_held(self) -> int:
        """How many rounds are over."""
        return sum(1 for each in self.rounds if each.phase is RoundPhase.ENDED)


def of(ctx: Context, meeting_id: MeetingId) -> Today:
    """The day of one meeting. Seven statements."""
    now = ctx.now()
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)  # held, so that the agenda need not ask for it again
        meeting = meetings.as_view(row)
        listed = attendance.room(db, meeting_id)
        counts = check_ins.counts(db, meeting_id)
        every = rounds.all_rounds(db, meeting_id)
        board = agenda_board.of(db, meeting, every, now, here=counts.in_room)
        agenda = Agenda(tuple(rules.AgendaItem(item.kind, item.title, item.planned) for item in board.rows))
        people = tuple(person for person in listed if person.status not in door_rules.AWAY)
        unprinted = badges.unprinted(db, meeting_id)
        ends_at = agenda.ends_at(meeting.starts_at)
        begun = [each for each in every if each.phase is not RoundPhase.PLANNED]
        return Today(
            meeting=meeting,
            agenda=_running(board) if board.begun else _planned(agenda, meeting, now),
            ends_at=ends_at,
            people=people,
            apologised=len(listed) - len(people),
            counts=counts,
            unprinted=unprinted,
            devices=_devices(db, meeting_id, listed, now),
            rounds=every,
            step=rules.next_step(
                meeting.status,
                starts_at=meeting.starts_at,
                ends_at=ends_at,
                now=now,
                listed=len(people),
                unprinted=unprinted,
                rounds_over=rounds_over(every),
            ),
            may_take_back=meeting.status is MeetingStatus.OPEN and not counts.came and not begun,
            may_reopen=meeting.closed_at is not None
            and meeting.status is MeetingStatus.CLOSED
            and meeting.day_of(meeting.closed_at) == meeting.day_of(now),
        )


def agenda_of(db: Session, meeting_id: MeetingId) -> Agenda:
    """The agenda of a meeting with its arithmetic. One statement."""
    items = db.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position))
    return Agenda(tuple(rules.AgendaItem(item.kind, item.title, item.minutes) for item in items))


def rounds_over(every: Sequence[RoundView]) -> bool:
    """Whether rounds were planned and none is left."""
    return bool(every) and all(each.phase in (RoundPhase.ENDED, RoundPhase.VOID) for each in every)


def _planned(agenda: Agenda, meeting: MeetingView, now: datetime) -> tuple[PlannedItem, ...]:
    """The agenda by plan: what should be over, what should be on now."""
    starts = agenda.planned_starts(meeting.starts_at)
    found = []
    for item, begins in zip(agenda.items, starts, strict=True):
        minutes = (now - begins).total_seconds() / 60
        state: State = "later"
        if meeting.status is MeetingStatus.CLOSED:
            state = "done"
        elif meeting.status is MeetingStatus.OPEN and minutes >= 0:
            state = "now" if minutes < item.minutes else "done"
        passed = int(minutes) if state == "now" else None
        found.append(PlannedItem(item.kind, item.title, item.minutes, begins, state, passed))
    return tuple(found)


def _running(board: AgendaBoard) -> tuple[PlannedItem, ...]:
    """The agenda as the facilitator moved it."""
    closed = board.meeting.status is MeetingStatus.CLOSED
    return tuple(
        PlannedItem(row.kind, row.title, row.planned, row.at, "done" if closed else row.state, row.real, row.over)
        for row in board.rows
    )


def _devices(db: Session, meeting_id: MeetingId, listed: Sequence[RoomPerson], now: datetime) -> Devices:
    held = {
        role: int(count)
        for role, count in db.execute(
            select(GrantRow.role, func.count(func.distinct(GrantRow.session_id)))
            .join(SessionRow, SessionRow.id == GrantRow.session_id)
            .where(
                GrantRow.meeting_id == meeting_id,
                SessionRow.revoked_at.is_(None),
                SessionRow.expires_at > now,
            )
            .group_by(GrantRow.role)
        )
    }
    return Devices(
        doors=sum(held.get(role, 0) for role in DOOR_ROLES),
        facilitators=held.get(Role.FACILITATOR, 0),
        displays=held.get(Role.DISPLAY, 0),
        phones=sum(1 for person in listed if person.has_phone),
    )
