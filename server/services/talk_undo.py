"""Taking back what was done to a rota: its clock and its order as they were; who came or left since stays so."""

from datetime import datetime, timedelta

from server.domain.errors import Conflict
from server.domain.events import TalkMoved
from server.domain.round_clock import RoundClock
from server.domain.speaking import Rota, Turn, TurnState
from server.domain.vocabulary import MeetingId, RoundPhase
from server.persistence.models import Meeting, TalkRota
from server.services import agenda_clock
from server.services.context import Json, Tx

UNDO_VERB = "talk"
_MICROSECOND = timedelta(microseconds=1)


def kept(row: TalkRota) -> Json:
    """Everything a press may change."""
    rota = row.value
    clock = rota.clock
    return {
        "turns": [[turn.who, turn.state.value, turn.number, turn.over // _MICROSECOND] for turn in rota.turns],
        "each": rota.each // _MICROSECOND,
        "granted": rota.granted // _MICROSECOND,
        "phase": clock.phase.value,
        "length": clock.length // _MICROSECOND,
        "starts_at": _text(clock.starts_at),
        "ends_at": _text(clock.ends_at),
        "remaining": None if clock.remaining is None else clock.remaining // _MICROSECOND,
    }


def of(row: TalkRota, before: Json | None, agenda: Json | None) -> Json:
    """What takes a press back; the rota has moved already. `before` None: there was no rota. `agenda`: its own move."""
    return {"verb": UNDO_VERB, "rota": row.id, "version": row.version, "before": before, "agenda": agenda}


def restore(tx: Tx, asked: Json) -> None:
    """The rota, and what moved with it on the agenda, as they were; registered in `undoing`.

    Raises Conflict("undo_in_the_way") when it has moved since.
    """
    tx.db.get_one(Meeting, asked["meeting_id"], with_for_update=True)
    row = tx.db.get(TalkRota, asked["rota"], with_for_update=True)
    if row is None or row.version != asked["version"]:
        raise Conflict("undo_in_the_way")
    if asked["agenda"] is not None:
        agenda_clock.restore_unmoved(tx, asked["agenda"] | {"meeting_id": asked["meeting_id"]})
    if asked["before"] is None:
        tx.db.delete(row)
    else:
        row.put_away_at = None
        row.value = _before(asked["before"], row.value)
    tx.record(TalkMoved(MeetingId(asked["meeting_id"])))


def _before(was: Json, now: Rota) -> Rota:
    turns = [Turn(who, TurnState(state), number, over * _MICROSECOND) for who, state, number, over in was["turns"]]
    present = {turn.who: turn.state for turn in now.turns}
    followed = [_followed(turn, present.get(turn.who)) for turn in turns]
    since = [turn for turn in now.turns if turn.who not in {turn.who for turn in turns}]
    clock = RoundClock(
        phase=RoundPhase(was["phase"]),
        length=was["length"] * _MICROSECOND,
        starts_at=_moment(was["starts_at"]),
        ends_at=_moment(was["ends_at"]),
        remaining=None if was["remaining"] is None else was["remaining"] * _MICROSECOND,
    )
    waiting = [turn.waits() if turn.state is TurnState.SPEAKING else turn for turn in since]
    return Rota(
        turns=(*followed, *waiting),
        each=was["each"] * _MICROSECOND,
        clock=clock,
        granted=was["granted"] * _MICROSECOND,
        version=now.version + 1,
    )


def _followed(turn: Turn, now: TurnState | None) -> Turn:
    """Somebody who left, or came back, meanwhile is where they are."""
    if turn.state is TurnState.WAITING and now is TurnState.AWAY:
        return Turn(turn.who, TurnState.AWAY)
    return turn.waits() if turn.state is TurnState.AWAY and now is not TurnState.AWAY else turn


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
