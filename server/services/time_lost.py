"""What facilitators are told of lost time, and their answer: leave it as it stands, or give it back to the round."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from server.domain import server_clock as rules
from server.domain.errors import NotFound
from server.domain.events import RoundMoved, TimeLost
from server.domain.server_clock import LossChoice, LossKind
from server.domain.vocabulary import MeetingId, MeetingStatus, PersonId, RoundPhase, Uid
from server.persistence.models import Meeting, Round, TimeLoss
from server.services import action_log, round_undo
from server.services.context import Context, Json, Op, Tx

MILLI = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Notice:
    """One loss that nobody has answered yet. `away` None: nobody knows how long; `lost` is what the round lost."""

    uid: Uid
    kind: LossKind
    at: datetime
    away: timedelta | None
    lost: timedelta
    by: timedelta
    number: int | None
    may_give_back: bool


def pending(ctx: Context, meeting_id: MeetingId) -> tuple[Notice, ...]:
    """What waits for an answer, the oldest first; nothing once the meeting is closed. One statement."""
    with ctx.reading() as db:
        rows = db.execute(
            select(TimeLoss, Round.number, Round.phase)
            .join(Meeting, Meeting.id == TimeLoss.meeting_id)
            .outerjoin(Round, Round.id == TimeLoss.round_id)
            .where(
                TimeLoss.meeting_id == meeting_id,
                TimeLoss.answered_at.is_(None),
                Meeting.status == MeetingStatus.OPEN,
            )
            .order_by(TimeLoss.id)
        ).all()
    return tuple(
        Notice(
            uid=Uid(row.uid),
            kind=row.kind,
            at=row.noticed_at,
            away=None if row.away_ms is None else row.away_ms * MILLI,
            lost=row.lost_ms * MILLI,
            by=row.by_ms * MILLI,
            number=number,
            may_give_back=row.lost_ms > 0 and phase in (RoundPhase.RUNNING, RoundPhase.PAUSED),
        )
        for row, number, phase in rows
    )


def answer(
    ctx: Context, *, meeting_id: MeetingId, uid: Uid, choice: str, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The facilitator has read it, and says what is to become of the time. Answers `{choice}`.

    Raises NotFound("loss_unknown"), what `server_clock.check_choice` raises, and WrongPhase("round_wrong_phase") when
    the round is over by now.
    """

    def work(tx: Tx) -> Json:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        # The meeting is locked before its rounds and its losses are read, here and in every press on a round.
        found = tx.db.execute(
            select(TimeLoss, Round)
            .outerjoin(Round, Round.id == TimeLoss.round_id)
            .where(TimeLoss.meeting_id == meeting_id, TimeLoss.uid == uid)
        ).one_or_none()
        if found is None:
            raise NotFound("loss_unknown")
        loss, this_round = found
        lost = loss.lost_ms * MILLI
        chosen = rules.check_choice(choice, lost=lost, answered=loss.answered_at is not None)
        loss.choice, loss.answered_at = chosen, tx.now
        if this_round is not None:
            _settle(tx, this_round, chosen, lost, by)
        tx.record(TimeLost(meeting_id))
        return {"choice": chosen.value}

    return ctx.transaction(work, op=op)


def _settle(tx: Tx, this_round: Round, chosen: LossChoice, lost: timedelta, by: PersonId | None) -> None:
    """What was chosen happens to the round, and stands in the log; time given back can be taken back like any other."""
    meeting_id = MeetingId(this_round.meeting_id)
    told = {"number": this_round.number, "seconds": round(lost.total_seconds())}
    if chosen is LossChoice.AS_IT_STANDS:
        action_log.note(tx, meeting_id=meeting_id, key="time_left_lost", params=told, by=by)
        return
    before = this_round.clock
    this_round.clock = before.adjust(lost, tx.now)
    undo = round_undo.of(this_round, before, ())
    action_log.note(tx, meeting_id=meeting_id, key="time_given_back", params=told, by=by, undo=undo)
    tx.record(RoundMoved(meeting_id, this_round.number, seats_change=False))
