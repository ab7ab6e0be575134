"""Running the rounds, as a facilitator notices it, on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD
from server.domain.vocabulary import MeetingStatus, RoundPhase
from server.persistence.models import Encounter, Meeting, Round, Seat
from server.services import rounds
from server.services.context import Context, Json, Op, Tx
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

Verb = Callable[..., Json]


@pytest.fixture
def seated(morning: Morning) -> Morning:
    """Everybody is in the room; two rounds of pairs are planned."""
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2)
    return morning


def _press(morning: Morning, verb: Verb, number: int, version: int, **more: object) -> Json:
    return verb(morning.ctx, meeting_id=morning.meeting_id, number=number, version=version, **more)


def _now(morning: Morning) -> rounds.RoundView:
    found = rounds.current(morning.ctx, morning.meeting_id)
    assert found is not None
    return found


def test_a_start_takes_effect_a_second_later_for_everybody(seated: Morning, clock: FakeClock) -> None:
    assert _press(seated, rounds.start, 1, 0) == {"number": 1, "version": 1}
    now = _now(seated)
    assert (now.number, now.of, now.phase) == (1, 2, RoundPhase.RUNNING)
    assert now.clock.starts_at == clock.now + LEAD
    assert now.clock.ends_at == clock.now + LEAD + timedelta(seconds=300)


def test_a_paused_round_keeps_its_time_and_goes_on_with_it(seated: Morning, clock: FakeClock) -> None:
    _press(seated, rounds.start, 1, 0)
    clock.pass_by(seconds=101)
    _press(seated, rounds.pause, 1, 1)
    clock.pass_by(minutes=20)
    assert _now(seated).clock.left(clock.now) == timedelta(seconds=200)
    _press(seated, rounds.resume, 1, 2)
    clock.pass_by(seconds=101)
    assert _now(seated).clock.left(clock.now) == timedelta(seconds=100)


def test_thirty_seconds_more_and_thirty_less(seated: Morning, clock: FakeClock) -> None:
    _press(seated, rounds.start, 1, 0)
    _press(seated, rounds.adjust, 1, 1, seconds=30)
    assert _now(seated).clock.left(clock.now + LEAD) == timedelta(seconds=330)
    _press(seated, rounds.adjust, 1, 2, seconds=-30)
    assert _now(seated).clock.left(clock.now + LEAD) == timedelta(seconds=300)


@pytest.mark.parametrize("seconds", [0, 601, -601])
def test_a_change_of_more_than_ten_minutes_or_of_nothing_is_refused(seated: Morning, seconds: int) -> None:
    _press(seated, rounds.start, 1, 0)
    with pytest.raises(RuleViolation) as refused:
        _press(seated, rounds.adjust, 1, 1, seconds=seconds)
    assert refused.value.code == "adjust_out_of_range"


def test_after_the_end_the_next_round_is_announced(seated: Morning) -> None:
    _press(seated, rounds.start, 1, 0)
    _press(seated, rounds.end, 1, 1)
    assert (_now(seated).number, _now(seated).phase) == (2, RoundPhase.PLANNED)
    _press(seated, rounds.start, 2, 0)
    _press(seated, rounds.end, 2, 1)
    assert (_now(seated).number, _now(seated).phase) == (2, RoundPhase.ENDED)


def test_a_round_whose_time_is_up_goes_on_until_somebody_ends_it(seated: Morning, clock: FakeClock) -> None:
    _press(seated, rounds.start, 1, 0)
    clock.pass_by(minutes=9)
    now = _now(seated)
    assert (now.phase, now.clock.is_over(clock.now)) == (RoundPhase.RUNNING, True)


def test_a_press_on_an_old_screen_changes_nothing(seated: Morning) -> None:
    _press(seated, rounds.start, 1, 0)
    before = _now(seated)
    for verb in (rounds.start, rounds.pause, rounds.end, rounds.void):
        with pytest.raises(Conflict) as refused:
            _press(seated, verb, 1, 0)
        assert refused.value.code == "round_moved_on"
    assert _now(seated) == before


def test_a_press_sent_again_gets_its_first_answer(seated: Morning) -> None:
    op = Op("again", "start", {"version": 0})
    assert _press(seated, rounds.start, 1, 0, op=op) == _press(seated, rounds.start, 1, 0, op=op)
    assert _now(seated).clock.version == 1


def test_two_rounds_never_run_at_once(seated: Morning) -> None:
    _press(seated, rounds.start, 1, 0)
    with pytest.raises(WrongPhase) as refused:
        _press(seated, rounds.start, 2, 0)
    assert refused.value.code == "other_round_runs"


def test_rounds_start_in_their_order(seated: Morning) -> None:
    with pytest.raises(WrongPhase) as refused:
        _press(seated, rounds.start, 2, 0)
    assert (refused.value.code, refused.value.params) == ("round_not_next", {"number": 1})


def test_a_round_nobody_planned_is_unknown(seated: Morning) -> None:
    with pytest.raises(NotFound) as refused:
        _press(seated, rounds.start, 9, 0)
    assert refused.value.code == "round_unknown"


def test_nothing_starts_before_the_doors_are_open(seated: Morning) -> None:
    def close_doors(tx: Tx) -> None:
        tx.db.get_one(Meeting, seated.meeting_id).status = MeetingStatus.DRAFT

    seated.ctx.transaction(close_doors)
    with pytest.raises(WrongPhase) as refused:
        _press(seated, rounds.start, 1, 0)
    assert refused.value.code == "meeting_not_open"


def test_a_void_round_is_over_and_the_next_one_comes(seated: Morning) -> None:
    _press(seated, rounds.start, 1, 0)
    _press(seated, rounds.void, 1, 1)
    assert _now(seated).number == 2
    assert [each.phase for each in rounds.listed(seated.ctx, seated.meeting_id)] == [
        RoundPhase.VOID,
        RoundPhase.PLANNED,
    ]


def test_twenty_facilitators_pressing_start_start_it_once(seated: Morning) -> None:
    answers: list[str] = []
    together = threading.Barrier(20)

    def press() -> None:
        together.wait()
        try:
            _press(seated, rounds.start, 1, 0)
            answers.append("started")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["round_moved_on"] * 19 + ["started"]
    assert _now(seated).clock.version == 1


def _missed(ctx: Context, morning: Morning, number: int) -> set[str]:
    with ctx.reading() as db:
        rows = db.scalars(
            select(Seat)
            .join(Round, Round.id == Seat.round_id)
            .where(Round.meeting_id == morning.meeting_id, Round.number == number, Seat.missed.is_(True))
        )
        uids = {uid: name for name, uid in morning.attendances.items()}
        return {uids[seat.attendance.uid] for seat in rows}


def test_a_seat_of_somebody_who_is_not_there_is_marked_missed(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, but=("Max", "Vik"))
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]])
    _press(morning, rounds.start, 1, 0)
    assert _missed(morning.ctx, morning, 1) == {"Max", "Vik"}
    clock.pass_by(minutes=1)
    everybody_in(morning, only=("Vik",))
    clock.pass_by(minutes=1)
    _press(morning, rounds.end, 1, 1)
    assert _missed(morning.ctx, morning, 1) == {"Max"}


def _met(morning: Morning) -> set[frozenset[str]]:
    names = {key: name for name, key in morning.people.items()}
    with morning.ctx.reading() as db:
        rows = db.scalars(select(Encounter).where(Encounter.meeting_id == morning.meeting_id))
        return {frozenset((names[row.first_id], names[row.other_id])) for row in rows}


def test_those_who_sat_together_have_met_once_the_round_has_ended_and_still_counts(morning: Morning) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]])
    _press(morning, rounds.start, 1, 0)
    assert _met(morning) == set()
    _press(morning, rounds.end, 1, 1)
    assert _met(morning) == {frozenset(("Olga", "Fiona")), frozenset(("Dora", "Mira"))}
    _press(morning, rounds.void, 1, 2)
    assert _met(morning) == set()


def test_a_start_asks_the_database_ten_times_at_most(seated: Morning, statements: Statements) -> None:
    with statements() as sent:
        _press(seated, rounds.start, 1, 0, op=Op("start", "start", {}))
    assert len(sent) <= 10


def test_no_press_on_a_round_asks_the_database_more_than_ten_times(
    seated: Morning, statements: Statements, clock: FakeClock
) -> None:
    version, counted = 0, {}
    steps: list[tuple[str, Verb, Json]] = [
        ("start", rounds.start, {}),
        ("pause", rounds.pause, {}),
        ("resume", rounds.resume, {}),
        ("more", rounds.adjust, {"seconds": 30}),
        ("end", rounds.end, {}),
    ]
    for number in (1, 2):
        for name, verb, more in steps:
            clock.pass_by(seconds=30)
            with statements() as sent:
                answer = _press(seated, verb, number, version, op=Op(f"{name}-{number}", name, {}), **more)
            version = 0 if name == "end" else answer["version"]
            counted[f"{name} {number}"] = len(sent)
    # The last round's end also ends the rounds on the agenda.
    assert counted.pop("end 2") <= 12
    assert max(counted.values()) <= 10, counted
