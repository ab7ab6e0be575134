"""A single table is taken out of a round: skipped while the round is to come or goes on, void afterwards.

Its people have met nobody there: their seats count as missed, who has met whom forgets them, and the planner may seat
them together again.
"""

from sqlalchemy import delete, select

from server.domain import meetings as meeting_rules
from server.domain import rounds as round_rules
from server.domain import table_states as rules
from server.domain.errors import Conflict
from server.domain.events import SeatsMoved
from server.domain.table_states import TableState
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase
from server.persistence.models import Attendance, Encounter, Meeting, Round, RoundTable, Seat
from server.services import action_log, encounters, room_seats, round_undo, rounds
from server.services.context import Context, Json, Op, Tx

VERB = "table"
_LINES = {TableState.SKIPPED: "table_skipped", TableState.VOID: "table_void"}


def take_out(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    number: int,
    table: int,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """A table takes no part in a round; `version` is that of the round's clock. Answers `{number, table, state}`.

    Raises Conflict("round_moved_on"), NotFound("round_unknown"), WrongPhase("meeting_is_closed"),
    WrongPhase("round_is_void"), WrongPhase("nobody_at_table") or WrongPhase("table_out_already").
    """

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        this_round = _locked(tx, meeting_id, number)
        this_round.clock.check_version(version)
        state = rules.state_for(this_round.phase)
        laid = tx.db.scalars(select(Seat.table_number).where(Seat.round_id == this_round.id).distinct())
        rules.check_laid(table, set(laid), rounds.closed_tables(tx.db, this_round.id))
        tx.db.add(RoundTable(round_id=this_round.id, table_number=table, state=state))
        own = _seats(tx, this_round, table)
        people = tuple(person for person, *_ in own)
        flipped = []
        if state is TableState.VOID:
            flipped = [seat_id for _, seat_id, missed in own if not missed]
            round_undo.flip(tx, flipped)
            _forget(tx, this_round, people)
        action_log.note(
            tx,
            meeting_id=meeting_id,
            key=_LINES[state],
            params={"number": number, "table": table},
            by=by,
            undo={"verb": VERB, "number": number, "table": table, "phase": this_round.phase.value, "flipped": flipped},
        )
        tx.record(SeatsMoved(meeting_id, people))
        return {"number": number, "table": table, "state": state.value}

    answer = ctx.transaction(work, op=op)
    room_seats.sum_up(ctx, meeting_id, by_hand=False)
    return answer


def put_back(tx: Tx, asked: Json) -> None:
    """The table takes part again. Raises Conflict("undo_in_the_way") when the round, or its seats, went on since."""
    this_round = _locked(tx, asked["meeting_id"], asked["number"])
    meant = RoundPhase(asked["phase"])
    same_stage = meant is this_round.phase or {meant, this_round.phase} <= round_rules.GOING_ON
    gone = tx.db.execute(
        delete(RoundTable).where(RoundTable.round_id == this_round.id, RoundTable.table_number == asked["table"])
    )
    if not same_stage or not gone.rowcount:  # type: ignore[attr-defined]  # a delete's result counts its rows
        raise Conflict("undo_in_the_way")
    round_undo.flip(tx, asked["flipped"])
    if this_round.phase is RoundPhase.ENDED:
        encounters.keep(tx, tx.db.get_one(Meeting, asked["meeting_id"]), this_round, table=asked["table"])
    people = tuple(person for person, *_ in _seats(tx, this_round, asked["table"]))
    tx.record(SeatsMoved(asked["meeting_id"], people))


def _seats(tx: Tx, this_round: Round, table: int) -> list[tuple[PersonId, int, bool]]:
    """Who sits at a table: person, seat, whether they missed it. One statement."""
    question = (
        select(Attendance.person_id, Seat.id, Seat.missed)
        .join(Attendance, Attendance.id == Seat.attendance_id)
        .where(Seat.round_id == this_round.id, Seat.table_number == table)
        .order_by(Seat.id)
    )
    return [(PersonId(person), seat_id, missed) for person, seat_id, missed in tx.db.execute(question)]


def _locked(tx: Tx, meeting_id: MeetingId, number: int) -> Round:
    this_round = tx.db.scalar(
        select(Round).where(Round.meeting_id == meeting_id, Round.number == number).with_for_update()
    )
    round_rules.check_known(number, [] if this_round is None else [(number, this_round.phase)])
    assert this_round is not None, "unknown otherwise"
    return this_round


def _forget(tx: Tx, this_round: Round, people: tuple[PersonId, ...]) -> None:
    """Those of one table have not met in this round."""
    tx.db.execute(
        delete(Encounter).where(
            Encounter.round_id == this_round.id, Encounter.first_id.in_(people), Encounter.other_id.in_(people)
        )
    )
