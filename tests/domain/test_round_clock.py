"""The clock of a round: its whole table, and time that is never lost or made."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import Conflict, WrongPhase
from server.domain.round_clock import LEAD, TRANSITIONS, Command, RoundClock, commands_for
from server.domain.vocabulary import RoundPhase

NOW = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
NOTHING = timedelta(0)


def seconds(count):
    return timedelta(seconds=count)


def press(clock, command, now, by=NOTHING):
    if command is Command.ADJUST:
        return clock.adjust(by, now)
    return getattr(clock, command.value)(now)


def clock_in(phase):
    planned = RoundClock.planned(FIVE_MINUTES)
    running = planned.start(NOW)
    return {
        RoundPhase.PLANNED: planned,
        RoundPhase.RUNNING: running,
        RoundPhase.PAUSED: running.pause(NOW + seconds(61)),
        RoundPhase.ENDED: running.end(NOW + seconds(61)),
        RoundPhase.VOID: running.void(NOW + seconds(61)),
    }[phase]


ALLOWED = {
    "planned": {"start": "running", "void": "void"},
    "running": {"pause": "paused", "adjust": "running", "end": "ended", "void": "void"},
    "paused": {"resume": "running", "adjust": "paused", "end": "ended", "void": "void"},
    "ended": {"void": "void"},
    "void": {},
}


@pytest.mark.parametrize("phase", RoundPhase)
@pytest.mark.parametrize("command", Command)
def test_every_command_in_every_phase_moves_as_the_table_says_or_is_refused(phase, command):
    clock = clock_in(phase)
    after = ALLOWED[phase.value].get(command.value)
    if after is None:
        with pytest.raises(WrongPhase) as refused:
            press(clock, command, NOW + seconds(90))
        assert refused.value.code == "round_wrong_phase"
        assert refused.value.params == {"phase": phase.value, "command": command.value}
    else:
        moved = press(clock, command, NOW + seconds(90))
        assert moved.phase.value == after
        assert moved.version == clock.version + 1
        assert moved.length == FIVE_MINUTES


def test_the_table_holds_nothing_else():
    spelled = {(phase.value, command.value): after.value for (phase, command), after in TRANSITIONS.items()}
    assert spelled == {
        (phase, command): after for phase, row in ALLOWED.items() for command, after in row.items()
    }


def test_the_buttons_of_a_phase_are_the_commands_of_the_table():
    assert commands_for(RoundPhase.RUNNING) == (Command.PAUSE, Command.ADJUST, Command.END, Command.VOID)
    assert commands_for(RoundPhase.VOID) == ()


def test_a_round_starts_a_second_after_the_press_so_that_every_screen_starts_together():
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW)
    assert clock.starts_at == NOW + LEAD == NOW + seconds(1)
    assert clock.ends_at == NOW + LEAD + FIVE_MINUTES
    assert clock.left(NOW) == FIVE_MINUTES
    assert clock.left(NOW + LEAD + seconds(10)) == FIVE_MINUTES - seconds(10)


def test_a_waiting_round_has_all_its_time_left():
    clock = RoundClock.planned(FIVE_MINUTES)
    assert clock.left(NOW + timedelta(days=1)) == FIVE_MINUTES
    assert not clock.is_over(NOW + timedelta(days=1))
    assert clock.version == 0


def test_a_running_round_is_over_when_its_time_is_up_and_never_goes_below_nothing():
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW)
    assert not clock.is_over(NOW + FIVE_MINUTES)
    assert clock.is_over(NOW + FIVE_MINUTES + LEAD)
    assert clock.left(NOW + timedelta(hours=3)) == NOTHING


def test_a_paused_round_keeps_its_time_over_any_sleep():
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW).pause(NOW + LEAD + seconds(60))
    assert clock.remaining == clock.left(NOW + timedelta(hours=9)) == timedelta(minutes=4)
    assert clock.ends_at is None
    assert not clock.is_over(NOW + timedelta(hours=9))
    resumed = clock.resume(NOW + timedelta(hours=9))
    assert resumed.ends_at == NOW + timedelta(hours=9) + LEAD + timedelta(minutes=4)
    assert resumed.remaining is None
    assert resumed.left(NOW + timedelta(hours=9)) == timedelta(minutes=4)


def test_a_pause_within_the_lead_takes_no_time_away():
    assert RoundClock.planned(FIVE_MINUTES).start(NOW).pause(NOW + seconds(0.4)).remaining == FIVE_MINUTES


@pytest.mark.parametrize(("by", "left"), [(30, 270), (-30, 210), (-600, 0), (1800, 2040)])
def test_time_is_added_and_taken_while_running_and_while_paused(by, left):
    running = RoundClock.planned(FIVE_MINUTES).start(NOW)
    moment = NOW + LEAD + seconds(60)
    adjusted = running.adjust(seconds(by), moment)
    assert adjusted.left(moment) == seconds(left)
    assert adjusted.starts_at == running.starts_at
    assert running.pause(moment).adjust(seconds(by), moment).left(moment) == seconds(left)


def test_time_taken_within_the_lead_leaves_an_empty_round_not_a_negative_one():
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW).adjust(-FIVE_MINUTES, NOW)
    assert clock.ends_at == clock.starts_at


def test_thirty_seconds_more_after_the_bell_are_thirty_seconds_from_now():
    late = NOW + timedelta(minutes=8)
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW).adjust(seconds(30), late)
    assert clock.left(late) == seconds(30)
    assert not clock.is_over(late)


def test_an_ended_round_remembers_when_talking_stopped():
    running = RoundClock.planned(FIVE_MINUTES).start(NOW)
    assert running.end(NOW + seconds(61)).ends_at == NOW + seconds(61)
    assert running.end(NOW + timedelta(hours=1)).ends_at == running.ends_at
    assert running.end(NOW).ends_at == running.starts_at
    assert running.pause(NOW + seconds(61)).end(NOW + seconds(90)).ends_at == NOW + seconds(90)


@pytest.mark.parametrize("phase", [RoundPhase.ENDED, RoundPhase.VOID])
def test_nothing_is_left_of_a_round_that_ended_or_is_void(phase):
    clock = clock_in(phase)
    assert clock.is_over(NOW)
    assert clock.left(NOW) == NOTHING
    assert clock.remaining is None


def test_a_round_that_never_started_is_void_without_an_end():
    clock = RoundClock.planned(FIVE_MINUTES).void(NOW)
    assert (clock.starts_at, clock.ends_at) == (None, None)


def test_an_ended_round_that_is_void_keeps_its_end():
    ended = RoundClock.planned(FIVE_MINUTES).start(NOW).end(NOW + seconds(61))
    assert ended.void(NOW + timedelta(hours=1)).ends_at == ended.ends_at


def test_of_two_presses_at_once_the_second_hears_that_the_round_moved_on():
    clock = RoundClock.planned(FIVE_MINUTES).start(NOW)
    clock.check_version(1)
    with pytest.raises(Conflict) as refused:
        clock.check_version(0)
    assert refused.value.code == "round_moved_on"
    assert refused.value.params == {"seen": 0, "version": 1, "phase": "running"}


@pytest.mark.parametrize(
    "row",
    [
        {"phase": RoundPhase.RUNNING},
        {"phase": RoundPhase.RUNNING, "starts_at": NOW},
        {"phase": RoundPhase.PAUSED},
        {"phase": RoundPhase.PLANNED, "remaining": NOTHING},
    ],
)
def test_a_row_that_contradicts_itself_is_no_clock(row):
    with pytest.raises(ValueError, match="round"):
        RoundClock(length=FIVE_MINUTES, **row)


_steps = st.lists(
    st.tuples(
        st.sampled_from(["wait", "toggle", "adjust"]),
        st.integers(min_value=-300, max_value=900),
        st.integers(min_value=0, max_value=400_000),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(length=st.integers(min_value=30, max_value=3600), steps=_steps)
def test_pausing_and_adjusting_neither_lose_nor_make_time(length, steps):
    """An egg timer that somebody holds in the hand shows the same, whatever is pressed."""
    now = NOW
    clock = RoundClock.planned(seconds(length)).start(now)
    hand, lead, runs = seconds(length), LEAD, True
    for count, (step, by, wait) in enumerate(steps, start=2):
        passed = timedelta(milliseconds=wait)
        now += passed
        if runs:
            hand -= min(hand, max(NOTHING, passed - lead))
            lead = max(NOTHING, lead - passed)
        if step == "toggle" and runs:
            clock, runs = clock.pause(now), False
        elif step == "toggle":
            clock, runs, lead = clock.resume(now), True, LEAD
        else:
            change = seconds(by if step == "adjust" else 0)
            clock, hand = clock.adjust(change, now), max(NOTHING, hand + change)
        assert clock.left(now) == hand
        assert clock.version == count
