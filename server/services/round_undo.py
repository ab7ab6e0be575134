"""Taking back what was done to a round's clock: a start, a pause, more time, an end, a round that was void.

The clock is put as it was, to the microsecond, as if nobody had pressed; only its version goes on, so that whoever
pressed on an older screen is told. Seats that were marked, and who has met, follow.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import not_, select, update

from server.domain import rounds as rules
from server.domain.errors import Conflict
from server.domain.events import RoundMoved
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import MeetingId, RoundPhase
from server.persistence.models import Meeting, Round, Seat
from server.services import agenda_clock, encounters
from server.services.context import Json, Tx

VERB = "clock"
_MICROSECOND = timedelta(microseconds=1)


def of(this_round: Round, before: RoundClock, flipped: Collection[int]) -> Json:
    """What it takes to take back a move of this round's clock; the round must have its new clock already."""
    return {
        "verb": VERB,
        "round": this_round.id,
        "flipped": sorted(flipped),
        "before": _kept(before),
        "after": _kept(this_round.clock),
    }


def clock(tx: Tx, asked: Json) -> None:
    """Put a clock as it was. Raises Conflict("undo_in_the_way") when it has moved since, or another round goes on."""
    rows = tx.db.scalars(
        select(Round).where(Round.meeting_id == asked["meeting_id"]).order_by(Round.number).with_for_update()
    ).all()
    this_round = next((row for row in rows if row.id == asked["round"]), None)
    # By what the clock says, not by its version: taking back what came later has moved that on.
    if this_round is None or _kept(this_round.clock) != asked["after"]:
        raise Conflict("undo_in_the_way")
    after, before = this_round.phase, _clock(asked["before"], this_round.version + 1)
    rules.check_may_return(this_round.number, before.phase, [(row.number, row.phase) for row in rows])
    this_round.clock = before
    flip(tx, asked["flipped"])
    if after is RoundPhase.ENDED:
        encounters.forget(tx, this_round)
    if before.phase is RoundPhase.ENDED:
        meeting = tx.db.get_one(Meeting, asked["meeting_id"])
        encounters.keep(tx, meeting, this_round)
    if "agenda" in asked:
        agenda_clock.restore_unmoved(tx, asked["agenda"] | {"meeting_id": asked["meeting_id"]})
    only_clock = {after, before.phase} <= rules.GOING_ON
    tx.record(RoundMoved(MeetingId(this_round.meeting_id), this_round.number, seats_change=not only_clock))


def flip(tx: Tx, seats: Collection[int]) -> None:
    """Seats that were marked as missed are not, and the other way round."""
    if seats:
        tx.db.execute(
            update(Seat)
            .where(Seat.id.in_(seats))
            .values(missed=not_(Seat.missed))
            .execution_options(synchronize_session=False)
        )


def _kept(clock: RoundClock) -> Json:
    """All that a clock says, but for its version."""
    return {
        "phase": clock.phase.value,
        "length": clock.length // _MICROSECOND,
        "starts_at": _text(clock.starts_at),
        "ends_at": _text(clock.ends_at),
        "remaining": None if clock.remaining is None else clock.remaining // _MICROSECOND,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _clock(kept: Json, version: int) -> RoundClock:
    return RoundClock(
        phase=RoundPhase(kept["phase"]),
        length=kept["length"] * _MICROSECOND,
        starts_at=_moment(kept["starts_at"]),
        ends_at=_moment(kept["ends_at"]),
        remaining=None if kept["remaining"] is None else kept["remaining"] * _MICROSECOND,
        version=version,
    )
