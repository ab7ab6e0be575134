"""Presentations in turn: a rota of everybody in the room, pressed from one to the next.

Every press says which rota its screen showed, leaves a line in the log, and can be taken back. The door calls `came`
and `went` in its own transactions, so that latecomers get a turn and nobody waits for somebody who left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server.domain import agenda as agenda_rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain import speaking as rules
from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.events import TalkMoved
from server.domain.speaking import Rota, Speaker, TalkPhase
from server.domain.vocabulary import MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, Meeting, TalkRota
from server.persistence.queries import speaking as queries
from server.services import action_log, agenda_clock, talk_undo
from server.services.context import Context, Json, Op, Tx

MINUTES = (1, 240)
USUAL_MINUTES = 15
"""Without an item for presentations on the agenda."""
_MINUTE = timedelta(minutes=1)
Move = Callable[[Rota, datetime], Rota]
Finder = Callable[[str], int]
"""From the uid of an attendance to its key."""


@dataclass(frozen=True)
class Voice:
    """Somebody with a turn. `introduced_by` is a visitor's host, when the host has a turn too."""

    uid: Uid
    given_name: str
    family_name: str
    company: str
    standing: Standing
    introduced_by: str | None

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def short(self) -> str:
        """First name and initial, all that a wall shows."""
        return names.short_name(self.given_name, self.family_name)


@dataclass(frozen=True)
class TalkView:
    """The rota that goes on: its order and clock, its people by the keys of its turns, when it should be over."""

    rota: Rota
    voices: Mapping[int, Voice]
    due_at: datetime


@dataclass(frozen=True)
class Prospect:
    """What a rota begun now would be: how many speak, in how many minutes, how many seconds each."""

    people: int
    minutes: int
    seconds: int


def read(ctx: Context, meeting_id: MeetingId) -> TalkView | None:
    """The rota that goes on. Three statements, one when there is none."""
    with ctx.reading() as db:
        row = queries.open_rota(db, meeting_id)
        return None if row is None else TalkView(row.value, _voices(db, row), row.due_at)


def prospect(ctx: Context, meeting_id: MeetingId, *, minutes: int | None = None) -> Prospect:
    """What a rota begun now would be."""
    with ctx.reading() as db:
        people = queries.count_in_room(db, meeting_id)
        stage = agenda_clock.stage(db, meeting_id)
    found = minutes or _minutes(stage, ctx.now())
    return Prospect(people, found, rules.seconds_each(found, people))


def begin(
    ctx: Context, *, meeting_id: MeetingId, minutes: int | None = None, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Everybody in the room gets a turn, in a fair order; the first one is ready. Their item of the agenda is on.

    `minutes` for all together, otherwise those of the item. Answers `{version}`. Raises Conflict("talk_goes_on"),
    RuleViolation("talk_nobody_here"), RuleViolation("talk_minutes_out_of_bounds"), WrongPhase("meeting_not_open").
    """
    fewest, most = MINUTES
    if minutes is not None and not fewest <= minutes <= most:
        raise RuleViolation("talk_minutes_out_of_bounds", least=fewest, most=most)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_open(meeting.status)
        if queries.open_rota(tx.db, meeting_id) is not None:
            raise Conflict("talk_goes_on")
        order = rules.fair_order(
            _speakers(tx.db, meeting_id), after=queries.last_first(tx.db, meeting.group_id, but=meeting_id)
        )
        began = agenda_clock.kind_began(tx, meeting, agenda_rules.TALKS)
        tx.db.flush()
        given = minutes or _minutes(agenda_clock.stage(tx.db, meeting_id), tx.now)
        seconds = rules.seconds_each(given, len(order))
        row = TalkRota(meeting_id=meeting_id, began_at=tx.now, due_at=tx.now + given * _MINUTE)
        row.value = Rota.ready(order, seconds)
        tx.db.add(row)
        tx.db.flush()
        undo = talk_undo.of(row, None, began)
        return _done(tx, row, "talk_ready", {"count": len(order), "seconds": seconds}, undo, by)

    return ctx.transaction(work, op=op)


def start(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The first word. Answers `{version}`. Raises Conflict("talk_moved_on"), NotFound("talk_none"), WrongPhase."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.start(now), "talk_next", by, op)


def pause(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The time left is set aside. Answers and raises as `start`."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.pause(now), "talk_paused", by, op)


def resume(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The time set aside runs again. Answers and raises as `start`."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.resume(now), "talk_resumed", by, op)


def adjust(
    ctx: Context, *, meeting_id: MeetingId, version: int, seconds: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """A little more or less for whoever speaks. Answers and raises as `start`, "talk_adjust_out_of_range" too."""
    span = timedelta(seconds=seconds)
    key = "talk_longer" if seconds > 0 else "talk_shorter"
    return _press(ctx, meeting_id, version, lambda rota, now: rota.adjust(span, now), key, by, op, seconds=abs(seconds))


def forward(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The next one speaks; after the last the item of the agenda is done. Answers and raises as `start`."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.next(now), "talk_next", by, op)


def skip(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Whoever's turn it is does not speak. Answers and raises as `start`."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.skip(now), "talk_skipped", by, op)


def back(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Whoever spoke last has their turn again. Answers and raises as `start`, WrongPhase("talk_at_start") too."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.back(), "talk_back", by, op)


def pace(
    ctx: Context, *, meeting_id: MeetingId, version: int, seconds: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Those to come have so many seconds each. Answers and raises as `start`, "talk_seconds_out_of_bounds" too."""
    return _press(ctx, meeting_id, version, lambda rota, now: rota.pace(seconds), "talk_pace", by, op, seconds=seconds)


def move(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    version: int,
    who: str,
    before: str | None,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Somebody who waits speaks before somebody else (None: last). Answers and raises as `start`, "talk_turn_over"."""

    def change(rota: Rota, find: Finder) -> Rota:
        return rota.move(find(who), before=None if before is None else find(before))

    return _arrange(ctx, meeting_id, version, change, ("talk_moved", who), by, op)


def leave_out(
    ctx: Context, *, meeting_id: MeetingId, version: int, who: str, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Somebody who waits does not speak today. Answers and raises as `move`."""
    return _arrange(
        ctx, meeting_id, version, lambda rota, find: rota.leave_out(find(who)), ("talk_left_out", who), by, op
    )


def put_back(
    ctx: Context, *, meeting_id: MeetingId, version: int, who: str, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Somebody who was left out speaks after all. Answers and raises as `move`."""
    return _arrange(
        ctx, meeting_id, version, lambda rota, find: rota.put_back(find(who)), ("talk_put_back", who), by, op
    )


def put_away(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """No more presentations; screens go back to the agenda. Answers and raises as `start`."""

    def work(tx: Tx) -> Json:
        row = locked(tx, meeting_id, version)
        return close(tx, row, by)

    return ctx.transaction(work, op=op)


def close(tx: Tx, row: TalkRota, by: PersonId | None) -> Json:
    """A helper of the use-cases: the rota is put away, and its item of the agenda is done."""
    meeting = tx.db.get_one(Meeting, row.meeting_id)
    was = talk_undo.kept(row)
    ended = agenda_clock.kind_ended(tx, meeting, agenda_rules.TALKS)
    row.put_away_at = tx.now
    row.version += 1
    return _done(tx, row, "talk_put_away", {}, talk_undo.of(row, was, ended), by)


def finish(tx: Tx, meeting: Meeting) -> None:
    """A helper of the use-cases: the meeting closes, and with it the rota that goes on."""
    row = queries.open_rota(tx.db, MeetingId(meeting.id), lock=True)
    if row is not None:
        row.put_away_at = tx.now
        row.version += 1
        tx.record(TalkMoved(MeetingId(meeting.id)))


def locked(tx: Tx, meeting_id: MeetingId, version: int | None = None) -> TalkRota:
    """A helper of the use-cases: the rota that goes on, with its meeting locked first. Raises NotFound("talk_none")."""
    tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    row = queries.open_rota(tx.db, meeting_id, lock=True)
    if row is None:
        raise NotFound("talk_none")
    if version is not None:
        row.value.check_version(version)
    return row


def came(tx: Tx, attendance: Attendance) -> None:
    """A helper of the door: somebody came in; while a rota goes on they get a turn. One statement when none does."""
    row = queries.open_rota(tx.db, MeetingId(attendance.meeting_id), lock=True)
    if row is None:
        return
    host = None
    if attendance.standing is Standing.VISITOR and attendance.invited_by_id is not None:
        host = queries.of_person(tx.db, attendance.meeting_id, attendance.invited_by_id)
    _follow(tx, row, row.value.come(attendance.id, host=host))


def went(tx: Tx, attendance: Attendance) -> None:
    """A helper of the door: somebody left; nobody waits for them. One statement when no rota goes on."""
    row = queries.open_rota(tx.db, MeetingId(attendance.meeting_id), lock=True)
    if row is not None:
        _follow(tx, row, row.value.go(attendance.id))


def _follow(tx: Tx, row: TalkRota, after: Rota) -> None:
    if after != row.value:
        row.value = after
        tx.record(TalkMoved(MeetingId(row.meeting_id)))


def _press(
    ctx: Context,
    meeting_id: MeetingId,
    version: int,
    change: Move,
    key: str,
    by: PersonId | None,
    op: Op | None,
    **params: object,
) -> Json:
    """A press on the clock of whoever speaks. The line of the log names whoever it is about."""

    def work(tx: Tx) -> Json:
        row = locked(tx, meeting_id, version)
        before, was = row.value, talk_undo.kept(row)
        after = change(before, tx.now)
        row.value = after
        ended = None
        if after.phase is TalkPhase.DONE:
            ended = agenda_clock.kind_ended(tx, tx.db.get_one(Meeting, meeting_id), agenda_rules.TALKS)
        turn = before.at if key == "talk_skipped" else after.at
        told = key if turn is not None else "talk_over"
        who = {} if turn is None else {"person": tx.db.get_one(Attendance, turn.who).uid}
        return _done(tx, row, told, who | params, talk_undo.of(row, was, ended), by)

    return ctx.transaction(work, op=op)


def _arrange(
    ctx: Context,
    meeting_id: MeetingId,
    version: int,
    change: Callable[[Rota, Finder], Rota],
    line: tuple[str, str],
    by: PersonId | None,
    op: Op | None,
) -> Json:
    """A change of the order; `line` is the key of the log and the person it is about."""

    def work(tx: Tx) -> Json:
        row = locked(tx, meeting_id, version)
        was = talk_undo.kept(row)

        def find(uid: str) -> int:
            found = queries.keys(tx.db, meeting_id, uid)
            if found is None:
                raise NotFound("talk_turn_unknown")
            return found

        row.value = change(row.value, find)
        key, who = line
        return _done(tx, row, key, {"person": who}, talk_undo.of(row, was, None), by)

    return ctx.transaction(work, op=op)


def _done(tx: Tx, row: TalkRota, key: str, params: Json, undo: Json, by: PersonId | None) -> Json:
    meeting_id = MeetingId(row.meeting_id)
    tx.record(TalkMoved(meeting_id))
    action_log.note(tx, meeting_id=meeting_id, key=key, params=params, by=by, undo=undo)
    return {"version": row.version}


def _voices(db: Session, row: TalkRota) -> dict[int, Voice]:
    return {
        each.attendance.id: Voice(
            uid=Uid(each.attendance.uid),
            given_name=each.person.given_name,
            family_name=each.person.family_name,
            company=each.person.company,
            standing=each.attendance.standing,
            introduced_by=None
            if each.host_given is None
            else names.short_name(each.host_given, each.host_family or ""),
        )
        for each in queries.voices(db, row.id)
    }


def _speakers(db: Session, meeting_id: MeetingId) -> list[Speaker]:
    return [
        Speaker(
            who=row.id,
            sort=(person.sort_key, person.id),
            person=person.id,
            visitor=row.standing is Standing.VISITOR,
            brought_by=row.invited_by_id,
        )
        for row, person in queries.in_room(db, meeting_id)
    ]


def _minutes(stage: agenda_clock.Stage, now: datetime) -> int:
    """The minutes that presentations have: what is left of their item, the item's, or the usual ones."""
    item = stage.on
    if item is not None and item.kind == agenda_rules.TALKS and item.line.due_at is not None:
        return max(1, (item.line.due_at - now) // _MINUTE)
    at = stage.course.first(agenda_rules.TALKS)
    return USUAL_MINUTES if at is None else stage.items[at].line.today
