"""Time over restarts, sleep and jumps: the same round goes on, and whoever holds the clock is told and asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from server.domain import events
from server.domain.errors import Conflict, NotFound, WrongPhase
from server.domain.server_clock import Anchor, LossKind, Reading
from server.domain.vocabulary import RoundPhase
from server.services import meetings, rounds, time_lost, timekeeping
from server.services.bus import Told
from server.services.context import Context
from tests import builders
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Laptop:
    """The computer that serves: real time passes, its wall clock can be set, it can be started again."""

    real: datetime
    ahead: timedelta = timedelta(0)
    boot_id: str = "first"
    booted: datetime = field(default_factory=lambda: builders.START - timedelta(hours=9))

    def read(self) -> Reading:
        return Reading(self.boot_id, self.real - self.booted, self.real + self.ahead)

    def pass_by(self, **parts: float) -> None:
        self.real += timedelta(**parts)


class Process:
    """A serving process: it anchors its clock when it starts and looks at it when its turn comes."""

    def __init__(self, ctx: Context, laptop: Laptop) -> None:
        self.ctx, self.laptop = ctx, laptop
        self.anchor: Anchor = timekeeping.anchor(ctx, laptop.read())
        ctx.now = self.now
        self.last_tick = self.now()

    def now(self) -> datetime:
        return self.anchor.time(self.laptop.read().boot)

    def look(self) -> datetime | None:
        found = timekeeping.look(self.ctx, self.laptop.read(), known=self.anchor, last_tick=self.last_tick)
        self.anchor = found.anchor
        self.last_tick = self.now()
        return found.next_deadline

    def live(self, seconds: int) -> None:
        for _ in range(seconds // 2):
            self.laptop.pass_by(seconds=2)
            self.look()


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    made = Laptop(real=builders.START)
    # The database server is the same computer; its wall is this one's, in the morning that the test plays.
    monkeypatch.setattr(timekeeping, "_truth", lambda db, reading: reading.wall)
    return made


@pytest.fixture
def heard(ctx: Context) -> list[events.Event]:
    found: list[events.Event] = []

    def hear(told: Told) -> None:
        found.append(told.event)

    ctx.bus.subscribe(hear)
    return found


@pytest.fixture
def running(morning: Morning, laptop: Laptop, ctx: Context) -> Process:
    """A process in whose meeting the first round of five minutes runs since half a minute."""
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2)
    process = Process(ctx, laptop)
    rounds.start(ctx, meeting_id=morning.meeting_id, number=1, version=0)
    process.live(30)
    return process


def _left(ctx: Context, morning: Morning) -> float:
    this_round = rounds.current(ctx, morning.meeting_id)
    assert this_round is not None
    assert this_round.number == 1
    return this_round.clock.left(ctx.now()) / SECOND


def test_a_server_that_was_killed_goes_on_with_the_same_round_and_tells_what_it_missed(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    seats = _seats(ctx, morning)
    assert _left(ctx, morning) == 271
    laptop.pass_by(seconds=40)
    again = Process(ctx, laptop)
    assert _left(ctx, morning) == 231
    assert _seats(ctx, morning) == seats
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert (notice.kind, notice.number, notice.may_give_back) == (LossKind.WAS_AWAY, 1, True)
    assert notice.away == notice.lost == 40 * SECOND
    again.live(4)
    assert time_lost.pending(ctx, morning.meeting_id) == (notice,)


def _seats(ctx: Context, morning: Morning) -> object:
    from server.wire import rounds as wire

    return wire.room(ctx, morning.meeting_id, wire.named)


def test_a_restart_within_seconds_is_not_spoken_of(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    laptop.pass_by(seconds=3)
    Process(ctx, laptop)
    assert time_lost.pending(ctx, morning.meeting_id) == ()
    assert _left(ctx, morning) == 268


def test_a_round_whose_end_passed_while_the_server_was_down_is_over_and_can_have_its_time_back(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop, heard: list[events.Event]
) -> None:
    laptop.pass_by(minutes=20)
    again = Process(ctx, laptop)
    again.look()
    assert _left(ctx, morning) == 0
    assert [event for event in heard if isinstance(event, events.DeadlinePassed)] == [
        events.DeadlinePassed(morning.meeting_id, 1)
    ]
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert notice.lost == 271 * SECOND
    time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=notice.uid, choice="give_back")
    assert _left(ctx, morning) == 271
    assert time_lost.pending(ctx, morning.meeting_id) == ()


def test_the_sleep_of_the_laptop_is_told_by_whoever_wakes_first_and_only_once(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    second = Process(ctx, laptop)
    second.live(4)
    running.look()
    laptop.pass_by(minutes=2)
    running.look()
    second.look()
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert notice.kind is LossKind.STOOD_STILL
    assert notice.away == notice.lost == 2 * MINUTE
    assert _left(ctx, morning) == 147


def test_one_of_two_processes_standing_still_loses_nothing(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    second = Process(ctx, laptop)
    second.live(60)
    running.look()
    assert time_lost.pending(ctx, morning.meeting_id) == ()


@pytest.mark.parametrize("hours", [1, -1])
def test_a_wall_clock_set_by_an_hour_changes_nothing_and_is_told(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop, hours: int
) -> None:
    laptop.ahead += timedelta(hours=hours)
    running.live(10)
    assert _left(ctx, morning) == 261
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert (notice.kind, notice.by, notice.may_give_back) == (LossKind.CLOCK_JUMPED, timedelta(hours=hours), False)
    again = Process(ctx, laptop)  # started after the step, on the same run of the computer
    again.live(2)
    assert _left(ctx, morning) == 259
    time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=notice.uid, choice="as_it_stands")
    again.live(10)
    assert time_lost.pending(ctx, morning.meeting_id) == ()


def test_when_the_meeting_is_over_the_clock_is_put_right(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    laptop.ahead += timedelta(hours=1)
    running.live(4)
    assert running.now() == laptop.real
    this_round = rounds.current(ctx, morning.meeting_id)
    assert this_round is not None
    rounds.end(ctx, meeting_id=morning.meeting_id, number=1, version=this_round.clock.version)
    meetings.close(ctx, meeting_id=morning.meeting_id)
    _close_the_other(ctx, morning)
    running.look()
    assert running.now() == laptop.real + timedelta(hours=1)


def _close_the_other(ctx: Context, morning: Morning) -> None:
    meetings.close(ctx, meeting_id=meetings.find(ctx, morning.other_meeting_uid).id)


def test_a_computer_that_lost_its_date_goes_on_where_it_was_and_says_so(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    before = running.now()
    laptop.boot_id, laptop.booted = "second", laptop.real
    laptop.ahead = timedelta(days=-400)
    again = Process(ctx, laptop)
    assert again.now() == before
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert (notice.kind, notice.away, notice.lost) == (LossKind.WAS_AWAY, None, timedelta(0))


def test_a_computer_started_again_believes_its_wall_clock(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    laptop.pass_by(seconds=100)
    laptop.boot_id, laptop.booted = "second", laptop.real
    Process(ctx, laptop)
    assert _left(ctx, morning) == 171
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert notice.lost == 100 * SECOND


def test_a_deadline_is_told_once_by_two_processes_and_again_after_more_time(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop, heard: list[events.Event]
) -> None:
    second = Process(ctx, laptop)
    passed = events.DeadlinePassed(morning.meeting_id, 1)
    second.live(270)
    deadline = running.look()
    assert heard.count(passed) == 0
    assert deadline == laptop.real + SECOND
    laptop.pass_by(seconds=1)
    for process in (running, second, running):
        process.look()
    assert heard.count(passed) == 1
    this_round = rounds.current(ctx, morning.meeting_id)
    assert this_round is not None
    rounds.adjust(ctx, meeting_id=morning.meeting_id, number=1, version=this_round.clock.version, seconds=30)
    second.live(32)
    running.look()
    assert heard.count(passed) == 2


def test_nothing_is_written_while_no_round_runs(
    morning: Morning, ctx: Context, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process(ctx, laptop)

    def refuse(work: Callable[..., object], **more: object) -> object:
        raise AssertionError("a look wrote")

    monkeypatch.setattr(ctx, "transaction", refuse)
    process.live(20)


def test_an_answer_is_given_once_and_not_to_a_round_that_is_over(
    running: Process, morning: Morning, ctx: Context, laptop: Laptop
) -> None:
    for _ in range(2):
        laptop.pass_by(seconds=10)
        Process(ctx, laptop)
    first, second = time_lost.pending(ctx, morning.meeting_id)
    time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=first.uid, choice="as_it_stands")
    with pytest.raises(Conflict, match="loss_answered"):
        time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=first.uid, choice="give_back")
    with pytest.raises(NotFound, match="loss_unknown"):
        time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=ctx_uid(), choice="give_back")
    this_round = rounds.current(ctx, morning.meeting_id)
    assert this_round is not None
    assert this_round.phase is RoundPhase.RUNNING
    rounds.end(ctx, meeting_id=morning.meeting_id, number=1, version=this_round.clock.version)
    [notice] = time_lost.pending(ctx, morning.meeting_id)
    assert not notice.may_give_back
    with pytest.raises(WrongPhase):
        time_lost.answer(ctx, meeting_id=morning.meeting_id, uid=second.uid, choice="give_back")
    assert time_lost.pending(ctx, morning.meeting_id) == (notice,)


def ctx_uid() -> "time_lost.Uid":
    return time_lost.Uid("0" * 16)


def test_moments_are_those_of_the_boot_clock_in_utc(morning: Morning, ctx: Context, laptop: Laptop) -> None:
    assert Process(ctx, laptop).now().tzinfo is UTC
