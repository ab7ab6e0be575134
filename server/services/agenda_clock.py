"""The agenda on the day: from item to item, minutes taken from what is to come, the break.

What the rows say is what every screen shows; nobody ticks. Every press says which agenda its screen showed, leaves a
line in the log, and can be taken back. Whatever begins ends the break. Rounds and presentations move their own item
along: `kind_began` and `kind_ended` are called in their transactions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import agenda as rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain.agenda import Course, Line, Part, Pause
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.events import StageMoved
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.base import new_uid
from server.persistence.models import AgendaItem, Meeting
from server.services import action_log
from server.services.context import Context, Json, Op, Tx

UNDO_VERB = "agenda"
SKIPPED = "item_skipped"
LABEL_MOST = 80
Move = Callable[[Course, datetime], Course]


@dataclass(frozen=True)
class ItemView:
    """One item of the agenda: what it is, what the facilitator says, where it stands."""

    uid: Uid
    kind: str
    title: str
    script: str
    line: Line


@dataclass(frozen=True)
class Stage:
    """The agenda as it is, the break if there is one, and the version that a press must have seen."""

    items: tuple[ItemView, ...]
    course: Course
    pause: Pause | None
    pause_uid: Uid | None
    version: int
    cut_refused: int

    @property
    def on(self) -> ItemView | None:
        """The item that is on."""
        return None if self.course.on is None else self.items[self.course.on]

    @property
    def next(self) -> ItemView | None:
        """The item that comes."""
        return None if self.course.next is None else self.items[self.course.next]


def stage(db: Session, meeting_id: MeetingId) -> Stage:
    """The agenda as it is. Two statements, one where the meeting was read before."""
    meeting = db.get_one(Meeting, meeting_id)
    rows = _rows(db, meeting_id)
    return Stage(
        items=tuple(ItemView(Uid(row.uid), row.kind, row.title, row.script, row.line) for row in rows),
        course=Course(meeting.starts_at, tuple(row.line for row in rows)),
        pause=_pause(meeting),
        pause_uid=None if meeting.pause_uid is None else Uid(meeting.pause_uid),
        version=meeting.agenda_version,
        cut_refused=meeting.cut_refused,
    )


def read(ctx: Context, meeting_id: MeetingId) -> Stage:
    """The agenda as it is."""
    with ctx.reading() as db:
        return stage(db, meeting_id)


def forward(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The next item begins; after the last one the agenda is over. A break on the agenda begins the break.

    Answers `{version}`. Raises Conflict("agenda_moved_on"), WrongPhase("agenda_is_over") and "meeting_not_open".
    """
    return _press(ctx, meeting_id, version, lambda course, now: course.forward(now), None, by, op)


def back(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The item before goes on as if it had never ended. Answers and raises as `forward`, "agenda_at_start" too."""
    return _press(ctx, meeting_id, version, lambda course, now: course.back(), "item_back", by, op)


def skip(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The next item is left out. Answers and raises as `forward`, "agenda_nothing_next" too."""
    return _press(ctx, meeting_id, version, lambda course, now: course.skip(), SKIPPED, by, op)


def cut(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    version: int,
    parts: Sequence[tuple[str, int, int]],
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Take minutes from what is to come, as it was proposed: (item, minutes it has, minutes it keeps) of each.

    Answers and raises as `forward`, Conflict("cut_moved_on") and RuleViolation("cut_is_none") too.
    """
    if not parts or any(not 1 <= after < before for _, before, after in parts):
        raise RuleViolation("cut_is_none")

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was = _keep(meeting, rows)
        places = {row.uid: at for at, row in enumerate(rows)}
        wanted = [Part(places.get(uid, -1), before, after) for uid, before, after in parts]
        if any(part.at < 0 for part in wanted):
            raise Conflict("cut_moved_on")
        _store(rows, _course(meeting, rows).shorten(wanted))
        titles = ", ".join(f"{rows[part.at].title} {part.before} → {part.after}" for part in wanted)
        return _done(tx, meeting, was, "agenda_cut", {"titles": titles}, by)

    return ctx.transaction(work, op=op)


def refuse_cut(
    ctx: Context, *, meeting_id: MeetingId, version: int, late: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """So many minutes late nothing is to be cut; a later drift is offered a cut again. Answers as `forward`."""

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was = _keep(meeting, rows)
        meeting.cut_refused = max(0, late)
        return _done(tx, meeting, was, "cut_refused", {"minutes": late}, by)

    return ctx.transaction(work, op=op)


def start_pause(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    minutes: int,
    label: str = "",
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """A break for everybody; a break that was on is over. Answers as `forward`. Raises "pause_out_of_bounds" too."""

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was = _keep(meeting, rows)
        _begin_pause(meeting, Pause.start(minutes, names.tidy(label)[:LABEL_MOST], tx.now))
        return _done(tx, meeting, was, "pause_began", {"minutes": minutes}, by)

    return ctx.transaction(work, op=op)


def adjust_pause(
    ctx: Context, *, meeting_id: MeetingId, minutes: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The break is longer or (negative) shorter. Answers as `forward`. Raises WrongPhase("no_pause") too."""

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was, pause = _keep(meeting, rows), _pause_on(meeting)
        meeting.pause_ends_at = pause.adjust(minutes, tx.now).ends_at
        key = "pause_longer" if minutes > 0 else "pause_shorter"
        return _done(tx, meeting, was, key, {"minutes": abs(minutes)}, by)

    return ctx.transaction(work, op=op)


def end_pause(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Everybody is back. Answers as `forward`. Raises WrongPhase("no_pause") too."""

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was = _keep(meeting, rows)
        _pause_on(meeting)
        _end_pause(meeting)
        return _done(tx, meeting, was, "pause_ended", {}, by)

    return ctx.transaction(work, op=op)


def kind_began(tx: Tx, meeting: Meeting, kind: str) -> Json | None:
    """A helper of the use-cases: rounds or presentations began, so their item is on and the break is over.

    Called with the meeting locked. Gives what takes it back (for `restore`), or None where nothing moved.
    """
    rows = _rows(tx.db, MeetingId(meeting.id))
    course, was = _course(meeting, rows), _keep(meeting, rows)
    at = course.first(kind)
    if at is not None and at != course.on:
        _store(rows, course.begin(at, tx.now))
    elif meeting.pause_uid is None:
        return None
    _end_pause(meeting)
    return _moved(tx, meeting, was)


def kind_ended(tx: Tx, meeting: Meeting, kind: str) -> Json | None:
    """A helper of the use-cases: the last round, or speaker, is done, and so is their item. Gives as `kind_began`."""
    rows = _rows(tx.db, MeetingId(meeting.id))
    course, was = _course(meeting, rows), _keep(meeting, rows)
    if course.on is None or course.lines[course.on].kind != kind:
        return None
    _store(rows, course.end(tx.now))
    return _moved(tx, meeting, was)


def finish(tx: Tx, meeting: Meeting) -> None:
    """A helper of the use-cases: the meeting closes; what is on is done, and there is no break any more."""
    rows = _rows(tx.db, MeetingId(meeting.id))
    course, was = _course(meeting, rows), _keep(meeting, rows)
    if course.on is None and meeting.pause_uid is None:
        return
    if course.on is not None:
        _store(rows, course.end(tx.now))
    _end_pause(meeting)
    _moved(tx, meeting, was)


def restore(tx: Tx, asked: Json) -> None:
    """The agenda and the break are as they were; registered in `undoing`. Raises Conflict("undo_in_the_way")."""
    meeting = tx.db.get_one(Meeting, asked["meeting_id"], with_for_update=True)
    if meeting.agenda_version != asked["version"]:
        raise Conflict("undo_in_the_way")
    before = {uid: values for uid, *values in asked["items"]}
    for row in _rows(tx.db, MeetingId(meeting.id)):
        if row.uid in before:
            cut, began, ended, skipped = before[row.uid]
            row.line = replace(row.line, cut=cut, began_at=_moment(began), ended_at=_moment(ended), skipped=skipped)
    meeting.cut_refused = asked["refused"]
    meeting.pause_uid, began, ends, meeting.pause_label = asked["pause"]
    meeting.pause_began_at, meeting.pause_ends_at = _moment(began), _moment(ends)
    meeting.agenda_version += 1
    tx.record(StageMoved(MeetingId(meeting.id)))


def restore_unmoved(tx: Tx, asked: Json) -> None:
    """The same for what moved the agenda along: where the agenda has gone on since, it stays as it is."""
    meeting = tx.db.get_one(Meeting, asked["meeting_id"], with_for_update=True)
    if meeting.agenda_version == asked["version"]:
        restore(tx, asked)


def _press(
    ctx: Context,
    meeting_id: MeetingId,
    version: int,
    move: Move,
    key: str | None,
    by: PersonId | None,
    op: Op | None,
) -> Json:
    """A move from item to item. Without a `key` an item begins, and the line of the log says which."""

    def work(tx: Tx) -> Json:
        meeting, rows = _locked(tx, meeting_id, version)
        was, before = _keep(meeting, rows), _course(meeting, rows)
        after = move(before, tx.now)
        _store(rows, after)
        if key == SKIPPED:
            return _done(tx, meeting, was, key, {"title": rows[before.next or 0].title}, by)
        _end_pause(meeting)
        if after.on is None:
            return _done(tx, meeting, was, "agenda_over" if key is None else "agenda_at_start", {}, by)
        on = rows[after.on]
        if key is None and on.kind == rules.BREAK:
            minutes = min(on.line.today, rules.PAUSE_MINUTES[1])
            _begin_pause(meeting, Pause.start(minutes, on.title[:LABEL_MOST], tx.now))
        return _done(tx, meeting, was, key or "item_began", {"title": on.title}, by)

    return ctx.transaction(work, op=op)


def _locked(tx: Tx, meeting_id: MeetingId, version: int) -> tuple[Meeting, Sequence[AgendaItem]]:
    """The meeting, locked and open, and its agenda, which must be the one that the presser saw."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    meeting_rules.check_open(meeting.status)
    if meeting.agenda_version != version:
        raise Conflict("agenda_moved_on", seen=version, version=meeting.agenda_version)
    return meeting, _rows(tx.db, meeting_id)


def _rows(db: Session, meeting_id: MeetingId) -> Sequence[AgendaItem]:
    question = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)
    return db.scalars(question.order_by(AgendaItem.position, AgendaItem.id)).all()


def _course(meeting: Meeting, rows: Sequence[AgendaItem]) -> Course:
    return Course(meeting.starts_at, tuple(row.line for row in rows))


def _store(rows: Sequence[AgendaItem], course: Course) -> None:
    for row, line in zip(rows, course.lines, strict=True):
        row.line = line


def _pause(meeting: Meeting) -> Pause | None:
    if meeting.pause_began_at is None or meeting.pause_ends_at is None:
        return None
    return Pause(meeting.pause_began_at, meeting.pause_ends_at, meeting.pause_label)


def _pause_on(meeting: Meeting) -> Pause:
    pause = _pause(meeting)
    if pause is None:
        raise WrongPhase("no_pause")
    return pause


def _begin_pause(meeting: Meeting, pause: Pause) -> None:
    meeting.pause_uid, meeting.pause_label = new_uid(), pause.label
    meeting.pause_began_at, meeting.pause_ends_at = pause.began_at, pause.ends_at


def _end_pause(meeting: Meeting) -> None:
    meeting.pause_uid = meeting.pause_began_at = meeting.pause_ends_at = None
    meeting.pause_label = ""


def _keep(meeting: Meeting, rows: Sequence[AgendaItem]) -> Json:
    """Everything a press may change, to be put back by `restore`."""
    return {
        "verb": UNDO_VERB,
        "items": [[row.uid, row.cut_minutes, _text(row.began_at), _text(row.ended_at), row.skipped] for row in rows],
        "refused": meeting.cut_refused,
        "pause": [
            meeting.pause_uid,
            _text(meeting.pause_began_at),
            _text(meeting.pause_ends_at),
            meeting.pause_label,
        ],
    }


def _moved(tx: Tx, meeting: Meeting, was: Json) -> Json:
    """The agenda moved: everybody hears it; gives what takes it back."""
    meeting.agenda_version += 1
    tx.record(StageMoved(MeetingId(meeting.id)))
    return was | {"version": meeting.agenda_version}


def _done(tx: Tx, meeting: Meeting, was: Json, key: str, params: Json, by: PersonId | None) -> Json:
    undo = _moved(tx, meeting, was)
    action_log.note(tx, meeting_id=MeetingId(meeting.id), key=key, params=params, by=by, undo=undo)
    return {"version": meeting.agenda_version}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
