"""Keeping the clock of an installation: its anchor, its beat, what was lost of it, and deadlines acted on once.

`anchor` is asked at start, `look` every two seconds by each serving process. Both may run in several processes at
once: the anchor's row is locked first, and whoever comes second finds nothing left to do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.domain import server_clock as rules
from server.domain.events import DeadlinePassed, TimeLost
from server.domain.round_clock import RoundClock
from server.domain.server_clock import Anchor, LossKind, Reading
from server.domain.vocabulary import MeetingId, MeetingStatus, RoundPhase
from server.persistence.models import ClockAnchor, Meeting, Round, RoundEffect, TimeLoss
from server.services.context import Context, Tx

MICRO = timedelta(microseconds=1)
MILLI = timedelta(milliseconds=1)
TIME_UP = "time_up"
"""The kind of effect at the end of a round's time: the bell, and what waits for it."""
KEPT_BOOTS = 8


@dataclass(frozen=True)
class Running:
    """A round that runs: where, and its clock."""

    meeting_id: MeetingId
    round_id: int
    number: int
    clock: RoundClock
    acted_on: datetime | None
    """The deadline that was acted on already."""

    def is_due(self, now: datetime) -> bool:
        """Whether its time is up and nobody has acted on it."""
        ends_at = self.clock.ends_at
        return ends_at is not None and ends_at <= now and (self.acted_on is None or self.acted_on < ends_at)


@dataclass(frozen=True)
class Looked:
    """What a look found: the anchor that holds now, and when the next round's time is up."""

    anchor: Anchor
    next_deadline: datetime | None


def anchor(ctx: Context, reading: Reading) -> Anchor:
    """The anchor of this run of the computer; made where there is none yet. Asked once, before anything is served.

    Also tells the facilitators of rounds that ran while no process was there.
    """

    def work(tx: Tx) -> Anchor:
        row = _row(tx.db, reading)
        last_beat = _last_beat(tx.db)
        stored = None if row is None else _anchor_of(row)
        if row is None or stored is None or not rules.still_holds(stored, reading):
            truth = _truth(tx.db, reading)
            made = rules.anchored(reading, truth, last_beat=last_beat)
            row = _write(tx.db, row, made)
            # The wall says it is earlier than the last beat: how long it was nobody knows.
            unknown = last_beat is not None and truth < last_beat
        else:
            made, unknown = stored, False
        now = made.time(reading.boot)
        if last_beat is not None:
            _note_silence(tx, LossKind.WAS_AWAY, last_beat, now, unknown=unknown)
            row.beat_at = max(now, last_beat)
        return made

    return ctx.transaction(work)


def look(ctx: Context, reading: Reading, *, known: Anchor, last_tick: datetime) -> Looked:
    """One look at the clock: says "here" while a round runs, and sees to whatever happened since the last one.

    `known` is the anchor this process uses, `last_tick` when it last had its turn. Three statements when nothing is on.
    """
    with ctx.reading() as db:
        row = _row(db, reading, lock=False)
        stored = known if row is None else _anchor_of(row)
        now = stored.time(reading.boot)
        running = _running(db)
        kept = bool(running or _kept_meetings(db, now))
        even = kept or rules.is_even(stored, reading, _truth(db, reading))
    if row is None or running or stored.jumped(reading) or not even:
        stored = ctx.transaction(lambda tx: _keep(tx, reading, known, last_tick))
        now = stored.time(reading.boot)
        for each in running:
            if each.is_due(now):
                _act(ctx, each, now)
    ends = [each.clock.ends_at for each in running if each.clock.ends_at is not None and each.clock.ends_at > now]
    return Looked(stored, min(ends, default=None))


def _keep(tx: Tx, reading: Reading, known: Anchor, last_tick: datetime) -> Anchor:
    """Inside the transaction: the beat, silence, a jump of the wall, and putting the clock right between meetings."""
    row = _row(tx.db, reading) or _write(tx.db, None, known)
    stored = _anchor_of(row)
    now = stored.time(reading.boot)
    beat = _last_beat(tx.db)
    _note_silence(tx, LossKind.STOOD_STILL, last_tick if beat is None else max(last_tick, beat), now)
    kept = _kept_meetings(tx.db, now)
    if by := stored.jumped(reading):
        for meeting_id in kept:
            _note_jump(tx, meeting_id, by, now)
        stored = stored.seen(reading)
    truth = _truth(tx.db, reading)
    if not kept and not rules.is_even(stored, reading, truth):
        # Nobody sits in a meeting: the clock is put right, and later beats than this are none.
        stored = rules.anchored(reading, truth, last_beat=None)
        beat = None
        tx.db.execute(update(ClockAnchor).values(beat_at=None))
    _write(tx.db, row, stored)
    now = stored.time(reading.boot)
    if _running(tx.db):
        row.beat_at = now if beat is None else max(now, beat)
    return stored


def _act(ctx: Context, each: Running, now: datetime) -> None:
    """The end of a round's time, acted on by exactly one process: every screen is told, and so checks itself."""

    def work(tx: Tx) -> None:
        insert = sqlite.insert if ctx.database.is_sqlite else postgresql.insert
        fresh = insert(RoundEffect).values(round_id=each.round_id, kind=TIME_UP, due_at=each.clock.ends_at, done_at=now)
        done = tx.db.execute(
            fresh.on_conflict_do_update(
                index_elements=["round_id", "kind"],
                set_={"due_at": fresh.excluded.due_at, "done_at": fresh.excluded.done_at},
                where=RoundEffect.due_at < fresh.excluded.due_at,
            ).returning(RoundEffect.id)
        ).first()
        if done is not None:
            tx.record(DeadlinePassed(each.meeting_id, each.number))

    ctx.transaction(work)


def _note_silence(tx: Tx, kind: LossKind, gone_at: datetime, back_at: datetime, *, unknown: bool = False) -> None:
    """One notice for each round that ran while nobody kept the clock."""
    if not unknown and not rules.is_lost(kind, gone_at, back_at):
        return
    for each in _running(tx.db):
        lost = rules.lost_of(each.clock, gone_at, back_at)
        if not unknown and not lost:
            continue
        away = None if unknown else round((back_at - gone_at) / MILLI)
        tx.db.add(
            TimeLoss(
                meeting_id=each.meeting_id,
                round_id=each.round_id,
                kind=kind,
                gone_at=gone_at,
                noticed_at=back_at,
                away_ms=away,
                lost_ms=round(lost / MILLI),
            )
        )
        tx.record(TimeLost(each.meeting_id))


def _note_jump(tx: Tx, meeting_id: MeetingId, by: timedelta, now: datetime) -> None:
    tx.db.add(
        TimeLoss(
            meeting_id=meeting_id,
            kind=LossKind.CLOCK_JUMPED,
            gone_at=now,
            noticed_at=now,
            away_ms=0,
            by_ms=round(by / MILLI),
        )
    )
    tx.record(TimeLost(meeting_id))


def _row(db: Session, reading: Reading, *, lock: bool = True) -> ClockAnchor | None:
    question = select(ClockAnchor).where(ClockAnchor.boot_id == reading.boot_id)
    return db.scalar(question.with_for_update() if lock else question)


def _anchor_of(row: ClockAnchor) -> Anchor:
    return Anchor(row.boot_id, row.boot_us * MICRO, row.anchored_at, row.ahead_us * MICRO)


def _write(db: Session, row: ClockAnchor | None, value: Anchor) -> ClockAnchor:
    """Store an anchor; a new one lets the oldest runs of the computer be forgotten."""
    fresh = row is None
    row = row or ClockAnchor(boot_id=value.boot_id)
    row.boot_us = round(value.boot / MICRO)
    row.anchored_at = value.at
    row.ahead_us = round(value.ahead / MICRO)
    if fresh:
        newest = select(ClockAnchor.id).order_by(ClockAnchor.id.desc()).limit(KEPT_BOOTS)
        db.execute(delete(ClockAnchor).where(ClockAnchor.id.not_in(newest)))
        db.add(row)
    db.flush()
    return row


def _last_beat(db: Session) -> datetime | None:
    return db.scalar(select(func.max(ClockAnchor.beat_at, type_=ClockAnchor.beat_at.type)))


def _truth(db: Session, reading: Reading) -> datetime:
    """The wall of the whole installation: the database server's where there is one, so that computers agree."""
    if db.get_bind().dialect.name != "postgresql":
        return reading.wall
    told = db.scalar(select(func.clock_timestamp()))
    assert isinstance(told, datetime)
    return told


def _running(db: Session) -> list[Running]:
    question = (
        select(Round, RoundEffect.due_at)
        .join(Meeting, Meeting.id == Round.meeting_id)
        .outerjoin(RoundEffect, (RoundEffect.round_id == Round.id) & (RoundEffect.kind == TIME_UP))
        .where(Round.phase == RoundPhase.RUNNING, Meeting.status == MeetingStatus.OPEN)
        .order_by(Round.id)
    )
    return [
        Running(MeetingId(row.meeting_id), row.id, row.number, row.clock, acted_on)
        for row, acted_on in db.execute(question)
    ]


def _kept_meetings(db: Session, now: datetime) -> list[MeetingId]:
    question = select(Meeting.id, Meeting.opened_at).where(Meeting.status == MeetingStatus.OPEN).order_by(Meeting.id)
    return [MeetingId(found) for found, opened_at in db.execute(question) if rules.keeps_the_clock(opened_at, now)]
