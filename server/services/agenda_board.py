"""The agenda as the console draws it: every item with its planned and real minutes, the drift, and one proposed cut.

Until somebody moves the agenda it goes by plan, and only the rounds tell whether the morning is late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from server.domain import agenda as rules
from server.domain import rounds as round_rules
from server.domain.agenda import ItemState, Pause
from server.domain.vocabulary import MeetingId, MeetingStatus, RoundPhase, Uid
from server.persistence.models import Meeting
from server.persistence.queries import speaking as queries
from server.services import agenda_clock, meetings, rounds
from server.services.agenda_clock import Stage
from server.services.context import Context
from server.services.meetings import MeetingView
from server.services.rounds import RoundView

_MINUTE = timedelta(minutes=1)
State = Literal["done", "now", "later"]


@dataclass(frozen=True)
class Row:
    """One item: when it began or will begin, its minutes today, those it took so far, and those over (under)."""

    uid: Uid
    kind: str
    title: str
    script: str
    at: datetime
    state: State
    left_out: bool
    planned: int
    real: int | None
    over: int


@dataclass(frozen=True)
class Giver:
    """One item of a proposed cut. `seconds`: what each presentation then has."""

    uid: Uid
    title: str
    before: int
    after: int
    seconds: int | None


@dataclass(frozen=True)
class Offer:
    """A proposed cut: so many minutes late, what would give, and what would still be missing."""

    late: int
    givers: tuple[Giver, ...]
    missing: int


@dataclass(frozen=True)
class AgendaBoard:
    """All that the console shows of the agenda."""

    meeting: MeetingView
    now: datetime
    rows: tuple[Row, ...]
    on: Row | None
    next: Row | None
    begun: bool
    is_over: bool
    may_go_back: bool
    ends_at: datetime | None
    """When the agenda (or, before it was begun, the rounds) will be over as things stand; None before they are due."""
    drift: int | None
    """Whole minutes later (or, negative, earlier) than planned; None before anything is on."""
    offer: Offer | None
    pause: Pause | None
    version: int

    @property
    def minutes(self) -> int:
        """All minutes together, as planned for today."""
        return sum(row.planned for row in self.rows)


def read(ctx: Context, meeting_id: MeetingId) -> AgendaBoard:
    """The agenda of a meeting. Four statements."""
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)  # held, so that the agenda need not ask for it again
        meeting = meetings.as_view(row)
        every = rounds.all_rounds(db, meeting_id)
        return of(db, meeting, every, ctx.now(), here=queries.count_in_room(db, meeting_id))


def of(db: Session, meeting: MeetingView, every: Sequence[RoundView], now: datetime, *, here: int) -> AgendaBoard:
    """The same with what was read already: the rounds, and how many are in the room. One statement."""
    stage = agenda_clock.stage(db, meeting.id)
    course = stage.course
    left = _rounds_left(every, now)
    rows = _rows(stage, meeting, left, now)
    ends_at, drift = _rounds_alone(stage, every, now)
    late = timedelta()
    if course.begun:
        late = course.late(now, rounds_left=left)
        ends_at, drift = course.ends_at(now, rounds_left=left), round(late / _MINUTE)
    else:
        rows = _with_rounds_over(rows, drift)
    return AgendaBoard(
        meeting=meeting,
        now=now,
        rows=rows,
        on=None if course.on is None else rows[course.on],
        next=None if course.next is None else rows[course.next],
        begun=course.begun,
        is_over=course.is_over,
        may_go_back=course.on is not None or any(line.state is ItemState.DONE for line in course.lines),
        ends_at=None if course.is_over else ends_at,
        drift=drift,
        offer=_offer(stage, late, here) if meeting.status is MeetingStatus.OPEN else None,
        pause=stage.pause,
        version=stage.version,
    )


def _rounds_left(every: Sequence[RoundView], now: datetime) -> timedelta | None:
    """What the rounds still need; None without rounds."""
    going = [each.clock for each in every if not (each.clock.is_over(now) and each.phase not in round_rules.GOING_ON)]
    return sum((clock.left(now) for clock in going), timedelta()) if going else None


def _rows(stage: Stage, meeting: MeetingView, left: timedelta | None, now: datetime) -> tuple[Row, ...]:
    course = stage.course
    starts = course.starts(now, rounds_left=left)
    by_plan = _by_plan(stage, meeting, now)
    found = []
    for at, item in enumerate(stage.items):
        line = item.line
        over = course.overrun(at, now, rounds_left=left) / _MINUTE
        found.append(
            Row(
                uid=item.uid,
                kind=item.kind,
                title=item.title,
                script=item.script,
                at=starts[at],
                state=_STATES[line.state] if course.begun else by_plan[at],
                left_out=line.state is ItemState.SKIPPED,
                planned=line.today,
                real=_real(line, now),
                over=round(over) if line.ended_at else int(over),
            )
        )
    return tuple(found)


def _real(line: rules.Line, now: datetime) -> int | None:
    """The minutes it took, or has been on for."""
    if line.began_at is None:
        return None
    if line.ended_at is not None:
        return round((line.ended_at - line.began_at) / _MINUTE)
    return max(0, (now - line.began_at) // _MINUTE)


_STATES: dict[ItemState, State] = {
    ItemState.WAITING: "later",
    ItemState.ON: "now",
    ItemState.DONE: "done",
    ItemState.PASSED: "done",
    ItemState.SKIPPED: "done",
}


def _by_plan(stage: Stage, meeting: MeetingView, now: datetime) -> list[State]:
    """Where each item stands by the clock alone."""
    found: list[State] = []
    at = meeting.starts_at
    for item in stage.items:
        ends = at + item.line.minutes * _MINUTE
        found.append("done" if ends <= now else "now" if at <= now else "later")
        at = ends
    return found


def _rounds_alone(stage: Stage, every: Sequence[RoundView], now: datetime) -> tuple[datetime | None, int | None]:
    """When the rounds end as things stand, and how many minutes after the plan; nothing before they are due."""
    starts = stage.course.starts(now)
    slot = next(((i.line, start) for i, start in zip(stage.items, starts, strict=True) if i.kind == rules.ROUNDS), None)
    begun = any(each.phase is not RoundPhase.PLANNED for each in every)
    left = _rounds_left(every, now)
    if left is None or not (begun or (slot is not None and now >= slot[1])):
        return None, None
    ends_at = now + left
    if slot is None:
        return ends_at, None
    line, start = slot
    return ends_at, round((ends_at - start - line.minutes * _MINUTE) / _MINUTE)


def _with_rounds_over(rows: tuple[Row, ...], drift: int | None) -> tuple[Row, ...]:
    over = max(0, drift or 0)
    return tuple(Row(**vars(row) | {"over": over}) if row.kind == rules.ROUNDS else row for row in rows)


def _offer(stage: Stage, late: timedelta, here: int) -> Offer | None:
    cut = rules.propose(stage.course, late, here=here, refused=stage.cut_refused)
    if cut is None:
        return None
    givers = tuple(
        Giver(stage.items[part.at].uid, stage.items[part.at].title, part.before, part.after, part.seconds)
        for part in cut.parts
    )
    return Offer(cut.late, givers, cut.late - cut.minutes)
