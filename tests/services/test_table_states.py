"""A single table is taken out of a round: its people have met nobody there, on both databases."""

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, WrongPhase
from server.domain.events import Event, PinsChanged
from server.persistence.models import Encounter, Meeting, Seat
from server.services import plan_summaries, planning, rounds, situations, table_states, undoing
from server.services.action_log import last
from server.services.context import Tx
from tests.mornings import Morning
from tests.rooms import everybody_in, room_of, seat_rounds

PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]


@pytest.fixture
def held(morning: Morning) -> Morning:
    """Everybody is in the room; the first of two rounds runs."""
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 2)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    return morning


def _out(morning: Morning, table: int, *, number: int = 1, version: int = 1) -> str:
    answer = table_states.take_out(
        morning.ctx, meeting_id=morning.meeting_id, number=number, table=table, version=version
    )
    return str(answer["state"])


def _met(morning: Morning) -> set[frozenset[str]]:
    names = {key: name for name, key in morning.people.items()}
    with morning.ctx.reading() as db:
        rows = db.scalars(select(Encounter).where(Encounter.meeting_id == morning.meeting_id))
        return {frozenset((names[row.first_id], names[row.other_id])) for row in rows}


def _missed(morning: Morning) -> int:
    with morning.ctx.reading() as db:
        return len(db.scalars(select(Seat.id).where(Seat.missed.is_(True))).all())


def test_those_at_a_skipped_table_have_met_nobody(held: Morning) -> None:
    assert _out(held, 2) == "skipped"
    rounds.end(held.ctx, meeting_id=held.meeting_id, number=1, version=1)
    assert _met(held) == {frozenset(("Olga", "Fiona")), frozenset(("Max", "Vik"))}
    assert _missed(held) == 2


def test_after_the_round_a_table_is_void_and_those_there_have_not_met(held: Morning) -> None:
    rounds.end(held.ctx, meeting_id=held.meeting_id, number=1, version=1)
    assert _out(held, 3, version=2) == "void"
    assert _met(held) == {frozenset(("Olga", "Fiona")), frozenset(("Dora", "Mira"))}
    undone = last(held.ctx, held.meeting_id).undoable
    assert undone is not None
    undoing.take_back(held.ctx, meeting_id=held.meeting_id, action=undone)
    assert len(_met(held)) == 3


def test_the_planner_does_not_count_a_skipped_table_as_a_meeting(held: Morning) -> None:
    _out(held, 2)
    rounds.end(held.ctx, meeting_id=held.meeting_id, number=1, version=1)
    with held.ctx.reading() as db:
        situation = situations.read(db, held.meeting_id, held.ctx.now())
    assert sorted(map(len, situation.problem["held"][0])) == [0, 2, 2]


def test_a_new_plan_lays_every_table_anew(held: Morning) -> None:
    assert _out(held, 1, number=2, version=0) == "skipped"
    planning.plan(held.ctx, meeting_id=held.meeting_id, seconds=20, steps=40)
    with held.ctx.reading() as db:
        assert situations.seats_of(db, held.meeting_id)[2]
    assert _out(held, 1, number=2, version=0) == "skipped"
    assert len(room_of(held)[2]) == 3


def test_a_table_is_taken_out_once_and_only_where_people_sit(held: Morning) -> None:
    _out(held, 2)
    for table, code in ((2, "table_out_already"), (9, "nobody_at_table")):
        with pytest.raises(WrongPhase) as refused:
            _out(held, table)
        assert refused.value.code == code


def test_whoever_saw_an_older_clock_is_told(held: Morning) -> None:
    with pytest.raises(Conflict) as refused:
        _out(held, 2, version=0)
    assert refused.value.code == "round_moved_on"


def test_a_table_skipped_in_a_round_that_has_ended_since_stays_so(held: Morning) -> None:
    _out(held, 2)
    offered = last(held.ctx, held.meeting_id).undoable
    assert offered is not None
    rounds.end(held.ctx, meeting_id=held.meeting_id, number=1, version=1)
    with pytest.raises(Conflict) as refused:
        undoing.take_back(held.ctx, meeting_id=held.meeting_id, action=offered)
    assert refused.value.code == "undo_moved_on"


@pytest.fixture
def two(morning: Morning) -> Morning:
    """Two people and three planned rounds: whatever happens, they sit together; the first round runs."""
    everybody_in(morning, only=("Olga", "Mira"))

    def wish(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).rounds_wanted = 3

    morning.ctx.transaction(wish)
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=40)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    return morning


def _again(morning: Morning) -> list[int]:
    told = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert told is not None
    assert not told.by_hand
    assert len(told.again) == told.again_count
    return [each.number for each in told.again]


def _take_back(morning: Morning) -> None:
    undone = last(morning.ctx, morning.meeting_id).undoable
    assert undone is not None
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=undone)


def test_who_met_only_in_a_void_round_is_not_named_as_meeting_again(two: Morning) -> None:
    assert _again(two) == [2, 3]
    rounds.end(two.ctx, meeting_id=two.meeting_id, number=1, version=1)
    rounds.void(two.ctx, meeting_id=two.meeting_id, number=1, version=2)
    assert _again(two) == [3]
    _take_back(two)
    assert _again(two) == [2, 3]


def test_a_table_taken_out_is_no_reason_to_meet_again(two: Morning) -> None:
    _out(two, 1)
    assert _again(two) == [3]
    _take_back(two)
    assert _again(two) == [2, 3]
    rounds.end(two.ctx, meeting_id=two.meeting_id, number=1, version=1)
    _out(two, 1, version=2)
    assert _again(two) == [3]


def test_a_table_taken_out_of_a_round_to_come_names_nobody(two: Morning) -> None:
    _out(two, 1, number=2, version=0)
    assert _again(two) == [3]
    _take_back(two)
    assert _again(two) == [2, 3]


def test_consoles_hear_that_the_plan_is_worth_something_else(two: Morning) -> None:
    heard: list[Event] = []
    two.ctx.bus.subscribe(lambda told: heard.append(told.event))
    rounds.void(two.ctx, meeting_id=two.meeting_id, number=1, version=1)
    assert PinsChanged(two.meeting_id) in heard
