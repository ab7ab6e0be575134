"""The bells of a meeting: set, tried out, heard at the back; and which displays can be heard.

A meeting without a line of its own rings as the rules say. Displays speak for themselves: only a browser knows
whether its loudspeaker is allowed to sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.domain import sound as rules
from server.domain.events import LoudspeakerMoved, SoundChanged
from server.domain.sound import Sound
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.base import new_uid
from server.persistence.models import Meeting, MeetingSound, WallSound
from server.services import action_log
from server.services.context import Context, Json, Op, Tx

UNDO_VERB = "sound"


@dataclass(frozen=True)
class SoundView:
    """The bells of a meeting, the last test (`test_uid` None: none yet), and when it was heard at the back."""

    sound: Sound
    test_uid: Uid | None = None
    test_at: datetime | None = None
    heard_at: datetime | None = None


def of_meeting(ctx: Context, meeting_id: MeetingId) -> SoundView:
    """The bells of a meeting. One statement."""
    with ctx.reading() as db:
        row = _row(db, meeting_id)
        return SoundView(Sound()) if row is None else _view(row)


def walls(ctx: Context, meeting_id: MeetingId) -> Mapping[str, tuple[bool, datetime]]:
    """Each display that has spoken lately: whether it can be heard, and when it said so. One statement."""
    with ctx.reading() as db:
        rows = db.execute(
            select(WallSound.screen, WallSound.is_on, WallSound.told_at)
            .where(WallSound.meeting_id == meeting_id)
            .order_by(WallSound.id)
        )
        return {screen: (is_on, told_at) for screen, is_on, told_at in rows}


def change(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    level: int | None = None,
    half_time: bool | None = None,
    last_seconds: int | None = None,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """The facilitator sets the bells; what is None stays.

    Raises RuleViolation("sound_level_out_of_range") and RuleViolation("last_seconds_unknown").
    """

    def work(tx: Tx) -> Json:
        row = _locked(tx, meeting_id)
        before = _view(row).sound
        after = Sound(
            before.level if level is None else level,
            before.half_time if half_time is None else half_time,
            before.last_seconds if last_seconds is None else last_seconds,
        )
        if after == before:
            return {}
        _set(tx, row, after)
        key, params = _noted(before, after)
        action_log.note(
            tx, meeting_id=meeting_id, key=key, params=params, by=by, undo={"verb": UNDO_VERB} | vars(before)
        )
        return {}

    return ctx.transaction(work, op=op)


def undo_change(tx: Tx, asked: Json) -> None:
    """The bells are set as they were; registered in `undoing`."""
    row = _locked(tx, asked["meeting_id"])
    _set(tx, row, Sound(asked["level"], asked["half_time"], asked["last_seconds"]))


def try_out(ctx: Context, *, meeting_id: MeetingId, by: PersonId | None = None, op: Op | None = None) -> Json:
    """Every display rings once, now. Answers `{uid}`."""

    def work(tx: Tx) -> Json:
        row = _locked(tx, meeting_id)
        row.test_uid, row.test_at = new_uid(), tx.now
        tx.record(SoundChanged(meeting_id))
        action_log.note(tx, meeting_id=meeting_id, key="sound_tested", params={"level": row.level}, by=by)
        return {"uid": row.test_uid}

    return ctx.transaction(work, op=op)


def heard(ctx: Context, *, meeting_id: MeetingId, by: PersonId | None = None, op: Op | None = None) -> Json:
    """Somebody at the back has heard the bell at this level."""

    def work(tx: Tx) -> Json:
        row = _locked(tx, meeting_id)
        if row.heard_at is None:
            row.heard_at = tx.now
            tx.record(SoundChanged(meeting_id))
            action_log.note(tx, meeting_id=meeting_id, key="sound_heard", params={"level": row.level}, by=by)
        return {}

    return ctx.transaction(work, op=op)


def tell(ctx: Context, *, meeting_id: MeetingId, screen: str, is_on: bool, op: Op | None = None) -> Json:
    """A display says whether its loudspeaker sounds; whoever has been silent for an hour is forgotten."""

    def work(tx: Tx) -> Json:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        old = WallSound.told_at < tx.now - rules.WALL_FORGOTTEN
        gone = tx.db.scalars(select(WallSound.screen).where(WallSound.meeting_id == meeting_id, old)).all()
        if gone:
            tx.db.execute(delete(WallSound).where(WallSound.meeting_id == meeting_id, old))
        row = tx.db.scalar(select(WallSound).where(WallSound.meeting_id == meeting_id, WallSound.screen == screen))
        if row is None:
            row = WallSound(meeting_id=meeting_id, screen=screen)
            tx.db.add(row)
        row.is_on, row.told_at = is_on, tx.now
        tx.record(LoudspeakerMoved(meeting_id, tuple(gone)))
        return {}

    return ctx.transaction(work, op=op)


def _row(db: Session, meeting_id: MeetingId) -> MeetingSound | None:
    return db.scalar(select(MeetingSound).where(MeetingSound.meeting_id == meeting_id))


def _locked(tx: Tx, meeting_id: MeetingId) -> MeetingSound:
    """The meeting's line, made where missing; the meeting is locked first, so that there is only one."""
    tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    row = _row(tx.db, meeting_id)
    if row is None:
        usual = Sound()
        row = MeetingSound(
            meeting_id=meeting_id,
            level=usual.level,
            half_time=usual.half_time,
            last_seconds=usual.last_seconds,
        )
        tx.db.add(row)
    return row


def _set(tx: Tx, row: MeetingSound, sound: Sound) -> None:
    """What was heard at another level counts no more."""
    if sound.level != row.level:
        row.heard_at = None
    row.level, row.half_time, row.last_seconds = sound.level, sound.half_time, sound.last_seconds
    tx.record(SoundChanged(MeetingId(row.meeting_id)))


def _noted(before: Sound, after: Sound) -> tuple[str, Json]:
    """The line of the log: one press changes one thing."""
    if after.level != before.level:
        return "sound_level", {"level": after.level}
    if after.half_time is not before.half_time:
        return ("half_time_on" if after.half_time else "half_time_off"), {}
    return ("last_seconds_on" if after.last_seconds else "last_seconds_off"), {"last": after.last_seconds}


def _view(row: MeetingSound) -> SoundView:
    return SoundView(
        Sound(row.level, row.half_time, row.last_seconds),
        None if row.test_uid is None else Uid(row.test_uid),
        row.test_at,
        row.heard_at,
    )
