"""Seats changed by hand: swapped, moved, kept when planned again, and taken back."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.pins import PairWish
from server.domain.vocabulary import MeetingStatus, Uid
from server.persistence.models import JournalEntry, Meeting, SeatLock
from server.services import check_ins, pins, plan_summaries, planning, rounds, seat_moves, seating
from server.services.context import Json, Op, Tx
from server.services.seat_moves import Move
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, room_of, seat_rounds

PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
THREES = [("Olga", "Fiona", "Dora"), ("Mira", "Max", "Vik")]


def _uid(morning: Morning, who: str) -> Uid:
    return Uid(morning.attendances[who])


def _swap(morning: Morning, one: str, other: str, number: int = 1) -> Move:
    return Move(number, _uid(morning, one), other=_uid(morning, other))


def _to(morning: Morning, one: str, table: int, number: int = 1) -> Move:
    return Move(number, _uid(morning, one), table=table)


def _version(morning: Morning) -> int:
    return seating.version(morning.ctx, morning.meeting_id)


def _change(morning: Morning, *moves: Move, version: int | None = None, op: Op | None = None) -> Json:
    return seat_moves.change(
        morning.ctx,
        meeting_id=morning.meeting_id,
        moves=moves,
        version=_version(morning) if version is None else version,
        op=op,
    )


def _undo(morning: Morning) -> None:
    seat_moves.undo(morning.ctx, meeting_id=morning.meeting_id, version=_version(morning))


def _last(morning: Morning) -> seat_moves.LastChange | None:
    with morning.ctx.reading() as db:
        return seat_moves.last_change(db, morning.meeting_id)


def _wish(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        for name, value in fields.items():
            setattr(meeting, name, value)

    morning.ctx.transaction(work)


def _seated(morning: Morning, tables: Sequence[Sequence[str]], rounds: int = 2, size: int = 2) -> None:
    everybody_in(morning)
    _wish(morning, rounds_wanted=rounds, table_size=size)
    seat_rounds(morning, [tables] * rounds)


def _refused(morning: Morning, *moves: Move) -> RuleViolation:
    before = room_of(morning)
    with pytest.raises(RuleViolation) as refused:
        _change(morning, *moves)
    assert room_of(morning) == before
    return refused.value


def test_two_people_change_seats_in_one_round_only(morning: Morning) -> None:
    _seated(morning, PAIRS)
    assert _change(morning, _swap(morning, "Fiona", "Vik"))["version"] == 1
    room = room_of(morning)
    assert room[1] == {1: {"Olga", "Vik"}, 2: {"Dora", "Mira"}, 3: {"Max", "Fiona"}}
    assert room[2] == {1: {"Olga", "Fiona"}, 2: {"Dora", "Mira"}, 3: {"Max", "Vik"}}


def test_somebody_goes_to_another_table(morning: Morning) -> None:
    _seated(morning, THREES, size=3)
    _change(morning, _to(morning, "Dora", 2))
    assert room_of(morning)[1] == {1: {"Olga", "Fiona"}, 2: {"Mira", "Max", "Vik", "Dora"}}


def test_somebody_without_a_seat_is_seated_by_hand_and_a_place_is_freed_for_them(morning: Morning) -> None:
    _seated(morning, [PAIRS[0], PAIRS[1]])
    _change(morning, _to(morning, "Vik", 1))
    assert room_of(morning)[1][1] == {"Olga", "Fiona", "Vik"}
    _change(morning, _swap(morning, "Max", "Vik"))
    room = room_of(morning)[1]
    assert (room[1], room[0]) == ({"Olga", "Fiona", "Max"}, {"Vik"}), "who gave the seat up sits out"


def test_who_was_moved_by_hand_stays_there_when_everything_is_planned_again(morning: Morning) -> None:
    _seated(morning, PAIRS, rounds=4)
    _change(morning, _swap(morning, "Fiona", "Vik", number=3))
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=300)
    room = room_of(morning)
    assert "Vik" in room[3][1]
    assert "Fiona" in room[3][3]


def test_a_change_is_taken_back_and_binds_nobody_any_more(morning: Morning) -> None:
    _seated(morning, PAIRS)
    before = room_of(morning)
    _change(morning, _swap(morning, "Fiona", "Vik"))
    last = _last(morning)
    assert last is not None
    assert (last.number, set(last.moved)) == (1, {("Fiona Kelly", 3), ("Vik", 1)})
    _undo(morning)
    assert room_of(morning) == before
    assert _last(morning) is None
    with morning.ctx.reading() as db:
        assert db.scalar(select(SeatLock.id)) is None


def test_changes_are_taken_back_one_after_the_other(morning: Morning) -> None:
    _seated(morning, [PAIRS[0], PAIRS[1]])
    before = room_of(morning)
    _change(morning, _to(morning, "Vik", 1))
    middle = room_of(morning)
    _change(morning, _swap(morning, "Vik", "Mira"))
    _undo(morning)
    assert room_of(morning) == middle
    _undo(morning)
    assert room_of(morning) == before
    with pytest.raises(Conflict) as refused:
        _undo(morning)
    assert refused.value.code == "seats_undo_too_late"


def test_a_seat_kept_before_is_kept_again_when_the_change_is_taken_back(morning: Morning) -> None:
    _seated(morning, PAIRS)
    pins.keep(
        morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, "Vik"), number=1, version=_version(morning)
    )
    _change(morning, _swap(morning, "Fiona", "Vik"))
    _undo(morning)
    with morning.ctx.reading() as db:
        (kept,) = pins.settled(db, morning.meeting_id).kept
    assert (kept.name, kept.table) == ("Vik", 3)


def test_what_has_begun_or_changed_since_is_not_taken_back(morning: Morning) -> None:
    _seated(morning, PAIRS)
    _change(morning, _swap(morning, "Fiona", "Vik"))
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    assert _last(morning) is None
    with pytest.raises(Conflict) as refused:
        _undo(morning)
    assert refused.value.code == "seats_undo_too_late"


def test_a_round_that_has_begun_keeps_its_seats(morning: Morning) -> None:
    _seated(morning, PAIRS)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    assert _refused(morning, _swap(morning, "Fiona", "Vik")).code == "round_has_begun"
    assert _refused(morning, _swap(morning, "Fiona", "Vik", number=9)).code == "round_unknown"


def test_people_who_are_kept_apart_are_not_put_together(morning: Morning) -> None:
    _seated(morning, PAIRS)
    pins.pair(
        morning.ctx,
        meeting_id=morning.meeting_id,
        one=_uid(morning, "Vik"),
        other=_uid(morning, "Olga"),
        wish=PairWish.APART,
        version=0,
    )
    assert _refused(morning, _swap(morning, "Fiona", "Vik")).code == "kept_apart"
    _change(morning, _swap(morning, "Mira", "Vik"))


def test_nobody_is_left_alone(morning: Morning) -> None:
    _seated(morning, PAIRS)
    assert _refused(morning, _to(morning, "Vik", 1)).code == "nobody_sits_alone"


@pytest.mark.parametrize(("table", "code"), [(9, "table_not_laid"), (0, "table_out_of_range")])
def test_nobody_is_sent_to_a_table_that_there_is_not(morning: Morning, table: int, code: str) -> None:
    _seated(morning, THREES, size=3)
    assert _refused(morning, _to(morning, "Vik", table)).code == code


def test_nobody_is_sent_to_a_table_out_of_use(morning: Morning) -> None:
    _seated(morning, THREES, size=3)
    pins.close_table(morning.ctx, meeting_id=morning.meeting_id, table=1, version=0)
    assert _refused(morning, _to(morning, "Vik", 1)).code == "table_is_closed"


def test_somebody_without_a_seat_gives_none_away(morning: Morning) -> None:
    _seated(morning, [PAIRS[0], PAIRS[1]])
    assert _refused(morning, _swap(morning, "Olga", "Vik")).code == "move_needs_a_seat"


def test_a_change_says_what_it_changes(morning: Morning) -> None:
    _seated(morning, PAIRS)
    assert _refused(morning).code == "moves_missing"
    assert _refused(morning, *[_swap(morning, "Fiona", "Vik")] * 21).code == "moves_missing"
    stranger = Move(1, Uid("0" * 16), other=_uid(morning, "Vik"))
    assert isinstance(_refused(morning, stranger), NotFound)


def test_several_changes_are_made_together(morning: Morning) -> None:
    _seated(morning, PAIRS)
    _change(morning, _swap(morning, "Fiona", "Vik"), _swap(morning, "Mira", "Vik", number=2))
    room = room_of(morning)
    assert "Vik" in room[1][1]
    assert "Vik" in room[2][2]
    _undo(morning)
    assert room_of(morning)[1] == room_of(morning)[2]


def test_the_summary_follows_a_change_by_hand(morning: Morning) -> None:
    everybody_in(morning)
    _wish(morning, rounds_wanted=2)
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=300)
    first, second = room_of(morning)[1], room_of(morning)[2]
    olgas_table = next(table for table, people in second.items() if "Olga" in people)
    (met,) = next(people for people in first.values() if "Olga" in people) - {"Olga"}
    (sits_there,) = second[olgas_table] - {"Olga"}
    _change(morning, _swap(morning, sits_there, met, number=2))
    told = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert told is not None
    assert told.by_hand
    assert told.again_count >= 1
    assert any("Olga Marchetti" in (again.name, again.other) for again in told.again)
    _undo(morning)
    told = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert told is not None
    assert told.again_count == 0


def test_of_two_facilitators_who_change_seats_at_once_the_second_is_told(morning: Morning) -> None:
    _seated(morning, PAIRS)
    answers: list[str] = []
    together = threading.Barrier(2)

    def press(other: str) -> None:
        together.wait()
        try:
            _change(morning, _swap(morning, "Fiona", other), version=0)
            answers.append("changed")
        except Conflict as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press, args=(who,)) for who in ("Vik", "Mira")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["changed", "seats_moved_on"]


def test_a_press_sent_twice_changes_once(morning: Morning) -> None:
    _seated(morning, PAIRS)
    op = Op(id="one-press", kind="move", body={})
    first = _change(morning, _swap(morning, "Fiona", "Vik"), version=0, op=op)
    assert _change(morning, _swap(morning, "Fiona", "Vik"), version=0, op=op) == first
    assert "Vik" in room_of(morning)[1][1]


def test_somebody_who_has_left_may_still_be_changed_for_somebody_who_is_here(morning: Morning) -> None:
    _seated(morning, PAIRS)
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=_uid(morning, "Max"), desk=DOOR)
    _change(morning, _swap(morning, "Max", "Mira"))
    assert room_of(morning)[1][3] == {"Mira", "Vik"}


def test_nothing_changes_at_a_closed_meeting(morning: Morning) -> None:
    _seated(morning, PAIRS)
    _wish(morning, status=MeetingStatus.CLOSED)
    refused = _refused(morning, _swap(morning, "Fiona", "Vik"))
    assert (type(refused), refused.code) == (WrongPhase, "meeting_is_closed")


def test_the_journal_forgets_after_its_term(morning: Morning, clock: FakeClock) -> None:
    _seated(morning, PAIRS)
    _change(morning, _swap(morning, "Fiona", "Vik"))
    clock.pass_by(days=31)
    _change(morning, _swap(morning, "Fiona", "Mira"))
    with morning.ctx.reading() as db:
        assert len(db.scalars(select(JournalEntry)).all()) == 1
