"""A round keeps its time whatever the computer's clock does: steps of an hour, sleep, a clock change, a leap day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.domain import server_clock
from server.domain.errors import Conflict, RuleViolation
from server.domain.round_clock import LEAD, RoundClock
from server.domain.server_clock import Anchor, LossChoice, LossKind, Reading
from server.domain.vocabulary import RoundPhase

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NONE = timedelta(0)
MORNING = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def _local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type,misc]  # year to minute


STRANGE_MORNINGS = [
    MORNING,
    _local("Europe/Rome", 2026, 3, 29, 1, 58),  # two minutes before three o'clock comes at once
    _local("Europe/Rome", 2026, 10, 25, 2, 58),  # the hour that comes twice
    _local("Europe/Warsaw", 2027, 3, 28, 1, 58),
    _local("Europe/Warsaw", 2027, 10, 31, 2, 58),
    _local("Europe/Warsaw", 2028, 2, 28, 23, 58),  # into a leap day
    _local("Europe/Rome", 2028, 2, 29, 23, 58),  # and out of it
]


class Laptop:
    """A computer whose clocks can be tampered with. `real` is what a watch beside it shows."""

    def __init__(self, real: datetime) -> None:
        self.real = real
        self.wall_ahead = NONE
        self.boot_id = "boot-1"
        self.booted = real - timedelta(hours=7)

    def read(self) -> Reading:
        return Reading(self.boot_id, self.real - self.booted, self.real + self.wall_ahead)

    def start_again(self, off: timedelta) -> None:
        self.real += off
        self.booted = self.real
        self.boot_id = f"boot-{int(self.boot_id.partition('-')[2]) + 1}"


class FaultyClocks(RuleBasedStateMachine):
    """A facilitator runs a round on a laptop from hell; a watch beside it knows the truth.

    Only what the program itself does is modelled: it anchors when it starts, takes a beat every two seconds, and what
    it stores survives. People's moves and the watch are compared: the time left differs by at most a second.
    """

    stored: Anchor
    beat: datetime | None

    @initialize(morning=st.sampled_from(STRANGE_MORNINGS), minutes=st.integers(1, 12))
    def doors_open(self, morning: datetime, minutes: int) -> None:
        self.laptop = Laptop(morning)
        reading = self.laptop.read()
        self.stored = server_clock.anchored(reading, reading.wall, last_beat=None)
        self.beat = None
        self.alive = self.awake = True
        self.round = RoundClock.planned(minutes * MINUTE)
        self.watch_left = minutes * MINUTE
        self.watch_runs_from: datetime | None = None
        self.told: list[timedelta] = []
        self.spoken_of = NONE

    def now(self) -> datetime:
        return self.stored.time(self.laptop.read().boot)

    def _left_on_the_watch(self) -> timedelta:
        if self.watch_runs_from is None:
            return self.watch_left
        return max(NONE, self.watch_left - max(NONE, self.laptop.real - self.watch_runs_from))

    def _tick(self) -> None:
        """What a living process does every two seconds."""
        reading, now = self.laptop.read(), self.now()
        kind = LossKind.STOOD_STILL if self.awake else LossKind.WAS_AWAY
        if self.beat is not None and server_clock.is_lost(kind, self.beat, now):
            lost = server_clock.lost_of(self.round, self.beat, now)
            if lost:
                self.told.append(lost)
        if by := self.stored.jumped(reading):
            self.spoken_of += by
            self.stored = self.stored.seen(reading)
        self.awake = True
        self.beat = now if self.round.phase is RoundPhase.RUNNING else None

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        for _ in range(seconds):
            self.laptop.real += SECOND
            if self.alive:
                self._tick()

    @rule(hours=st.sampled_from([-1, 1, -24, 24]))
    def the_wall_clock_is_set(self, hours: int) -> None:
        self.laptop.wall_ahead += timedelta(hours=hours)
        if self.alive:
            self._tick()

    @rule(minutes=st.integers(1, 600))
    def the_lid_is_shut(self, minutes: int) -> None:
        before = self._left_on_the_watch() if self.round.phase is RoundPhase.RUNNING else NONE
        self.laptop.real += minutes * MINUTE
        if self.alive:
            told = len(self.told)
            self._tick()
            assert (len(self.told) > told) == (before > NONE), "lost time is told, and nothing else is"

    @rule()
    @precondition(lambda self: self.alive)
    def the_program_is_killed(self) -> None:
        self.alive = self.awake = False

    @rule()
    @precondition(lambda self: not self.alive)
    def the_program_starts_again(self) -> None:
        reading = self.laptop.read()
        assert server_clock.still_holds(self.stored, reading)
        self.alive = True
        self._tick()

    @rule()
    @precondition(lambda self: self.alive and self.round.phase is RoundPhase.PLANNED)
    def start(self) -> None:
        self.round = self.round.start(self.now())
        self.watch_runs_from = self.laptop.real + LEAD
        self._tick()

    @rule()
    @precondition(lambda self: self.alive and self.round.phase is RoundPhase.RUNNING)
    def pause(self) -> None:
        self.watch_left, self.watch_runs_from = self._left_on_the_watch(), None
        self.round = self.round.pause(self.now())
        self._tick()

    @rule()
    @precondition(lambda self: self.alive and self.round.phase is RoundPhase.PAUSED)
    def resume(self) -> None:
        self.round = self.round.resume(self.now())
        self.watch_runs_from = self.laptop.real + LEAD
        self._tick()

    @rule()
    @precondition(lambda self: self.alive and bool(self.told) and self.round.phase is RoundPhase.RUNNING)
    def the_time_is_given_back(self) -> None:
        lost = self.told.pop()
        self.watch_left = self._left_on_the_watch() + lost
        self.watch_runs_from = max(self.laptop.real, self.watch_runs_from or self.laptop.real)
        self.round = self.round.adjust(lost, self.now())

    @invariant()
    def the_round_shows_what_the_watch_shows(self) -> None:
        assert abs(self.round.left(self.now()) - self._left_on_the_watch()) <= SECOND

    @invariant()
    def every_step_of_the_wall_was_spoken_of(self) -> None:
        if self.alive:
            assert abs(self.spoken_of - self.laptop.wall_ahead) < server_clock.JUMP


TestFaultyClocks = FaultyClocks.TestCase
TestFaultyClocks.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(morning=st.sampled_from(STRANGE_MORNINGS), off=st.integers(0, 10_000), step=st.integers(-7200, 7200))
def test_after_the_computer_was_off_the_time_never_runs_backwards(morning: datetime, off: int, step: int) -> None:
    laptop = Laptop(morning)
    before = server_clock.anchored(laptop.read(), morning, last_beat=None)
    last_beat = before.time(laptop.read().boot)
    laptop.wall_ahead = timedelta(seconds=step)
    laptop.start_again(timedelta(seconds=off))
    reading = laptop.read()
    assert not server_clock.still_holds(before, reading) or off == 0
    after = server_clock.anchored(reading, reading.wall, last_beat=last_beat)
    assert after.time(reading.boot) >= last_beat
    if step >= 0:
        assert after.time(reading.boot) == reading.wall


def test_a_computer_that_does_not_name_its_start_is_believed_when_both_clocks_agree() -> None:
    laptop = Laptop(MORNING)
    laptop.boot_id = ""
    anchor = server_clock.anchored(laptop.read(), MORNING, last_beat=None)
    laptop.real += 10 * MINUTE
    assert server_clock.still_holds(anchor, laptop.read())
    laptop.wall_ahead = timedelta(hours=1)
    assert not server_clock.still_holds(anchor, laptop.read())


def test_a_boot_clock_that_ran_less_long_is_that_of_another_start() -> None:
    laptop = Laptop(MORNING)
    anchor = server_clock.anchored(laptop.read(), MORNING, last_beat=None)
    laptop.booted += timedelta(hours=1)
    assert not server_clock.still_holds(anchor, laptop.read())


def test_between_meetings_a_clock_that_is_off_is_seen_to_be() -> None:
    laptop = Laptop(MORNING)
    anchor = server_clock.anchored(laptop.read(), MORNING, last_beat=None)
    assert server_clock.is_even(anchor, laptop.read(), MORNING)
    assert not server_clock.is_even(anchor, laptop.read(), MORNING + SECOND)


def test_a_meeting_forgotten_open_does_not_keep_the_clock() -> None:
    assert server_clock.keeps_the_clock(None, MORNING)
    assert server_clock.keeps_the_clock(MORNING - timedelta(hours=3), MORNING)
    assert not server_clock.keeps_the_clock(MORNING - timedelta(days=1), MORNING)


RUNNING = RoundClock.planned(5 * MINUTE).start(MORNING)


@pytest.mark.parametrize(
    ("gone", "back", "lost"),
    [
        (60, 120, 60),
        (-60, 120, 119),  # before the round began nothing was lost
        (120, 6000, 181),  # and after its end neither
        (400, 6000, 0),
    ],
)
def test_only_talking_time_can_be_lost(gone: int, back: int, lost: int) -> None:
    found = server_clock.lost_of(RUNNING, MORNING + gone * SECOND, MORNING + back * SECOND)
    assert found == lost * SECOND


def test_a_paused_round_loses_nothing() -> None:
    paused = RUNNING.pause(MORNING + MINUTE)
    assert server_clock.lost_of(paused, MORNING, MORNING + 10 * MINUTE) == NONE


def test_lost_time_is_left_or_given_back_once() -> None:
    assert server_clock.check_choice("give_back", lost=SECOND, answered=False) is LossChoice.GIVE_BACK
    assert server_clock.check_choice("as_it_stands", lost=NONE, answered=False) is LossChoice.AS_IT_STANDS
    with pytest.raises(Conflict, match="loss_answered"):
        server_clock.check_choice("give_back", lost=SECOND, answered=True)
    with pytest.raises(RuleViolation, match="nothing_to_give_back"):
        server_clock.check_choice("give_back", lost=NONE, answered=False)
    with pytest.raises(RuleViolation, match="loss_choice_unknown"):
        server_clock.check_choice("perhaps", lost=SECOND, answered=False)


@pytest.mark.parametrize(
    ("kind", "seconds", "lost"),
    [
        (LossKind.WAS_AWAY, 3, False),
        (LossKind.WAS_AWAY, 4, True),
        (LossKind.STOOD_STILL, 9, False),
        (LossKind.STOOD_STILL, 10, True),
    ],
)
def test_a_busy_computer_is_not_said_to_have_slept(kind: LossKind, seconds: int, lost: bool) -> None:
    assert server_clock.is_lost(kind, MORNING, MORNING + seconds * SECOND) is lost
