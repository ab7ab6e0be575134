"""The speaking rota: who speaks when and for how long, what is pressed when, and what becomes of the time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.domain import speaking
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD
from server.domain.speaking import CHANGEOVER, TRANSITIONS, Rota, Speaker, TalkCommand, TalkPhase, TurnState

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
ANNA, BEN, CLEO, DAN = 1, 2, 3, 4
FOUR = (ANNA, BEN, CLEO, DAN)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def after(number: float) -> datetime:
    return NOW + seconds(number)


def running() -> Rota:
    """Anna has spoken for ten of her thirty seconds."""
    return Rota.ready(FOUR, 30).start(NOW - LEAD - seconds(10))


@pytest.mark.parametrize(
    ("minutes", "people", "each"),
    [(15, 20, 40), (30, 30, 55), (15, 30, 25), (25, 50, 25), (10, 7, 80), (5, 60, 10), (60, 1, 600), (10, 0, 600)],
)
def test_each_has_a_fair_share_rounded_down_to_five_seconds(minutes: int, people: int, each: int) -> None:
    assert speaking.seconds_each(minutes, people) == each


@given(st.integers(1, 200), st.integers(1, 200))
def test_everybody_together_keep_to_the_minutes_unless_ten_seconds_are_too_many(minutes: int, people: int) -> None:
    each = speaking.seconds_each(minutes, people)
    least, most = speaking.SECONDS
    assert least <= each <= most
    assert each % speaking.GRAIN == 0
    assert each == least or people * (each + CHANGEOVER.seconds) <= minutes * 60
    assert speaking.seconds_each(speaking.minutes_needed(people), people) >= speaking.LEAST_WORTH


def _people(*rows: tuple[int, str, int | None]) -> list[Speaker]:
    """(who, sort name, brought by): a member when nobody brought them."""
    return [
        Speaker(who, (name, who), person=who, visitor=host is not None, brought_by=host) for who, name, host in rows
    ]


def test_the_circle_begins_behind_whoever_began_last_time() -> None:
    room = _people((4, "d", None), (1, "a", None), (3, "c", None), (2, "b", None))
    assert speaking.fair_order(room, after=None) == (1, 2, 3, 4)
    assert speaking.fair_order(room, after=("b", 2)) == (3, 4, 1, 2)
    assert speaking.fair_order(room, after=("bz", 9)) == (3, 4, 1, 2)
    assert speaking.fair_order(room, after=("d", 4)) == (1, 2, 3, 4)


def test_visitors_follow_whoever_brought_them_and_those_without_come_last() -> None:
    room = _people((1, "a", None), (2, "b", None), (8, "z", 1), (9, "y", 1), (7, "c", 55), (6, "a", 2))
    assert speaking.fair_order(room, after=None) == (1, 9, 8, 2, 6, 7)
    assert speaking.fair_order(room, after=("a", 1)) == (2, 6, 1, 9, 8, 7)
    assert speaking.fair_order([], after=None) == ()


def test_everybody_is_somewhere_once_in_any_room() -> None:
    @given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9)), max_size=12))
    def check(rows: list[tuple[int, int | None]]) -> None:
        room = [
            Speaker(n, (str(name), n), person=n, visitor=host is not None, brought_by=host)
            for n, (name, host) in enumerate(rows)
        ]
        order = speaking.fair_order(room, after=("2", 3))
        assert sorted(order) == list(range(len(rows)))

    check()


def _in(phase: TalkPhase) -> Rota:
    ready = Rota.ready(FOUR, 30)
    if phase is TalkPhase.DONE:
        for _ in FOUR:
            ready = ready.skip(NOW)
        return ready
    started = {TalkPhase.READY: ready, TalkPhase.RUNNING: ready.start(NOW)}
    return started.get(phase) or ready.start(NOW).pause(after(5))


def _press(rota: Rota, command: TalkCommand) -> Rota:
    now = after(10)
    presses = {
        TalkCommand.ADJUST: lambda: rota.adjust(seconds(10), now),
        TalkCommand.BACK: rota.back,
        TalkCommand.PACE: lambda: rota.pace(20),
        TalkCommand.ARRANGE: lambda: rota.leave_out(DAN) if rota.waiting else rota.put_back(DAN),
    }
    return presses[command]() if command in presses else getattr(rota, command.value)(now)


@pytest.mark.parametrize("phase", list(TalkPhase))
@pytest.mark.parametrize("command", list(TalkCommand))
def test_the_whole_table_of_what_may_be_pressed_when(phase: TalkPhase, command: TalkCommand) -> None:
    rota = _in(phase)
    assert rota.phase is phase
    wanted = TRANSITIONS.get((phase, command))
    if command is TalkCommand.BACK:
        with pytest.raises(WrongPhase) as refused:
            rota.back()
        assert refused.value.code == "talk_at_start"
        return
    if wanted is None:
        with pytest.raises(WrongPhase) as refused:
            _press(rota, command)
        assert refused.value.code == "talk_wrong_phase"
        return
    pressed = _press(rota, command)
    assert pressed.phase is (TalkPhase.READY if (phase, command) == (TalkPhase.DONE, TalkCommand.ARRANGE) else wanted)
    assert pressed.version == rota.version + 1


def test_the_next_one_begins_after_the_changeover() -> None:
    rota = running().next(after(20))
    assert (rota.number, rota.of) == (2, 4)
    assert rota.at is not None
    assert rota.at.who == BEN
    assert rota.clock.starts_at == after(20) + CHANGEOVER
    assert rota.clock.ends_at == after(20) + CHANGEOVER + seconds(30)


@pytest.mark.parametrize(("stops", "over"), [(5, -15), (20, 0), (32, 12)])
def test_time_over_and_time_not_needed_are_counted(stops: int, over: int) -> None:
    assert running().next(after(stops)).over == seconds(over)


def test_time_is_up_and_nobody_is_cut_off() -> None:
    rota = running()
    assert rota.phase is TalkPhase.RUNNING
    assert rota.clock.left(after(500)) == seconds(0)
    assert rota.next(after(500)).over == seconds(480)


def test_what_is_granted_counts_as_over_and_a_pause_does_not() -> None:
    assert running().adjust(seconds(10), after(0)).next(after(30)).over == seconds(10)
    assert running().adjust(seconds(-10), after(0)).next(after(10)).over == seconds(-10)
    assert running().pause(after(5)).resume(after(300) - LEAD).next(after(315)).over == seconds(0)
    # Two seconds over, a pause, ten more seconds, all of them used.
    late = running().pause(after(22)).adjust(seconds(10), after(60)).resume(after(100) - LEAD)
    assert late.next(after(110)).over == seconds(12)
    assert running().adjust(seconds(10), after(25)).next(after(35)).over == seconds(15)
    with pytest.raises(RuleViolation) as refused:
        running().adjust(seconds(121), after(0))
    assert refused.value.code == "talk_adjust_out_of_range"


def test_skipping_before_the_first_word_readies_the_next_one() -> None:
    rota = Rota.ready(FOUR, 30).skip(NOW)
    assert (rota.phase, rota.number, rota.of) == (TalkPhase.READY, 1, 3)
    assert rota.at is not None
    assert rota.at.who == BEN
    going = running().skip(after(0))
    assert (going.phase, going.over) == (TalkPhase.RUNNING, seconds(0))


def test_back_gives_the_last_speaker_the_whole_turn_again() -> None:
    rota = running().next(after(29)).next(after(64)).back()
    assert rota.at is not None
    assert (rota.at.who, rota.phase, rota.over) == (BEN, TalkPhase.READY, seconds(9))
    assert [turn.who for turn in rota.waiting] == [CLEO, DAN]
    done = Rota.ready((ANNA,), 30).start(NOW).next(after(31))
    assert done.phase is TalkPhase.DONE
    assert done.back().at == speaking.Turn(ANNA, TurnState.SPEAKING)
    assert (done.number, done.of, done.ends_at(after(40))) == (1, 1, after(40))


def test_the_order_can_be_changed_for_those_who_wait() -> None:
    rota = running()
    assert [turn.who for turn in rota.move(DAN, before=BEN).waiting] == [DAN, BEN, CLEO]
    assert [turn.who for turn in rota.move(BEN, before=None).waiting] == [CLEO, DAN, BEN]
    assert rota.move(BEN, before=BEN) == rota
    for who, before in ((ANNA, None), (BEN, ANNA)):
        with pytest.raises(WrongPhase) as refused:
            rota.move(who, before=before)
        assert refused.value.code == "talk_turn_over"
    with pytest.raises(NotFound) as unknown:
        rota.move(99, before=None)
    assert unknown.value.code == "talk_turn_unknown"


def test_somebody_left_out_can_speak_after_all() -> None:
    rota = running().leave_out(CLEO)
    assert rota.of == 3
    assert [turn.who for turn in rota.put_back(CLEO).waiting] == [BEN, DAN, CLEO]
    for press in (rota.put_back, rota.leave_out):
        with pytest.raises(WrongPhase):
            press(ANNA)
    done = Rota.ready((ANNA, BEN), 30).leave_out(BEN).start(NOW).next(after(20))
    assert done.phase is TalkPhase.DONE
    assert done.put_back(BEN).phase is TalkPhase.READY


def test_latecomers_speak_last_or_behind_their_host_and_leavers_are_passed_over() -> None:
    rota = running()
    assert [turn.who for turn in rota.come(9).waiting] == [BEN, CLEO, DAN, 9]
    assert [turn.who for turn in rota.come(9, host=BEN).waiting] == [BEN, 9, CLEO, DAN]
    assert [turn.who for turn in rota.come(9, host=ANNA).waiting] == [9, BEN, CLEO, DAN]
    assert [turn.who for turn in rota.next(after(9)).come(9, host=ANNA).waiting] == [CLEO, DAN, 9]
    assert [turn.who for turn in rota.come(9, host=77).waiting] == [BEN, CLEO, DAN, 9]
    gone = rota.go(BEN)
    assert (gone.of, gone.version) == (3, rota.version)
    assert gone.next(after(20)).at == speaking.Turn(CLEO, TurnState.SPEAKING)
    assert gone.come(BEN).waiting == rota.waiting
    assert rota.come(BEN) == rota
    assert rota.go(ANNA) == rota.go(99) == rota


def test_whoever_comes_when_all_have_spoken_is_ready_at_once() -> None:
    done = Rota.ready((ANNA,), 30).start(NOW).next(after(20))
    again = done.come(BEN)
    assert again.phase is TalkPhase.READY
    assert again.number == again.of == 2


def test_the_pace_changes_for_those_to_come_and_for_whoever_is_ready() -> None:
    assert running().pace(20).clock.length == seconds(30)
    assert running().pace(20).next(after(9)).clock.length == seconds(20)
    assert Rota.ready(FOUR, 30).pace(20).clock.length == seconds(20)
    for wrong in (9, 601):
        with pytest.raises(RuleViolation) as refused:
            running().pace(wrong)
        assert refused.value.code == "talk_seconds_out_of_bounds"


def test_the_fitting_pace_ends_on_time() -> None:
    ready = Rota.ready(FOUR, 60)
    assert ready.fitting(NOW, after(4 * 65)) == 60
    assert ready.fitting(NOW, after(4 * 40)) == 35
    assert running().fitting(after(0), after(20 + 3 * 25)) == 20
    assert running().fitting(after(0), after(0)) == 10
    assert running().pause(after(5)).fitting(after(5), after(9000)) == 30
    assert _in(TalkPhase.DONE).fitting(NOW, after(99)) is None
    assert ready.ends_at(NOW) == after(4 * 65)
    assert running().ends_at(after(0)) == after(20 + 3 * 35)


def test_less_for_each_is_offered_only_where_it_is_worth_asking() -> None:
    ready = Rota.ready(FOUR, 60)
    due = after(4 * 65)
    assert ready.offered(after(55), due) is None
    assert ready.offered(after(70), due) == 40
    started = running()
    assert started.offered(after(0), after(20 + 3 * 35 - 10)) is None
    assert started.offered(after(0), after(20 + 3 * 35 - 20)) == 20
    assert _in(TalkPhase.DONE).offered(NOW, NOW) is None
    assert Rota.ready(FOUR, 10).offered(after(300), due) is None


def test_nobody_here_is_no_rota() -> None:
    with pytest.raises(RuleViolation) as refused:
        Rota.ready((), 30)
    assert refused.value.code == "talk_nobody_here"


def test_of_two_presses_at_once_the_second_hears_that_the_rota_moved_on() -> None:
    rota = running()
    rota.check_version(1)
    with pytest.raises(Conflict) as refused:
        rota.check_version(0)
    assert refused.value.code == "talk_moved_on"


class TheRota(RuleBasedStateMachine):
    """A facilitator presses whatever can be pressed while people come and go; a book beside it counts the time."""

    @initialize(people=st.integers(1, 6), each=st.integers(10, 60))
    def open(self, people: int, each: int) -> None:
        self.now = NOW
        self.rota = Rota.ready(range(people), each)
        self.known = set(range(people))
        self.spoken: list[timedelta] = []
        self.used = timedelta()
        self.since: datetime | None = None
        self.version = 0

    def _tick(self) -> None:
        """The book adds the time in which somebody really spoke."""
        if self.since is not None:
            self.used += max(timedelta(), self.now - self.since)
            self.since = max(self.now, self.since)

    @rule(wait=st.integers(0, 90))
    def wait(self, wait: int) -> None:
        self.now += seconds(wait)
        self._tick()

    @precondition(lambda self: self.rota.phase is TalkPhase.READY)
    @rule()
    def start(self) -> None:
        self.rota, self.used = self.rota.start(self.now), timedelta()
        self.since = self.now + LEAD
        self.version += 1

    @precondition(lambda self: self.rota.phase is TalkPhase.RUNNING)
    @rule()
    def pause(self) -> None:
        self.rota, self.since = self.rota.pause(self.now), None
        self.version += 1

    @precondition(lambda self: self.rota.phase is TalkPhase.PAUSED)
    @rule()
    def resume(self) -> None:
        self.rota, self.since = self.rota.resume(self.now), self.now + LEAD
        self.version += 1

    @precondition(lambda self: self.rota.phase in (TalkPhase.RUNNING, TalkPhase.PAUSED))
    @rule(by=st.sampled_from([-10, 10, 60, -120]))
    def adjust(self, by: int) -> None:
        self.rota = self.rota.adjust(seconds(by), self.now)
        self.version += 1

    @precondition(lambda self: self.rota.phase in (TalkPhase.RUNNING, TalkPhase.PAUSED))
    @rule()
    def next(self) -> None:
        length = self.rota.clock.length
        self.rota = self.rota.next(self.now)
        self.spoken.append(self.used - length)
        self.used, self.since = timedelta(), self.now + CHANGEOVER if self.rota.phase is TalkPhase.RUNNING else None
        self.version += 1

    @precondition(lambda self: self.rota.phase is not TalkPhase.DONE)
    @rule()
    def skip(self) -> None:
        self.rota = self.rota.skip(self.now)
        self.used, self.since = timedelta(), self.now + CHANGEOVER if self.rota.phase is TalkPhase.RUNNING else None
        self.version += 1

    @precondition(lambda self: self.rota.spoke)
    @rule()
    def back(self) -> None:
        self.rota, self.since = self.rota.back(), None
        self.spoken.pop()
        self.version += 1

    @precondition(lambda self: self.rota.waiting)
    @rule(data=st.data())
    def arrange(self, data: st.DataObject) -> None:
        waiting = [turn.who for turn in self.rota.waiting]
        who = data.draw(st.sampled_from(waiting))
        before = data.draw(st.none() | st.sampled_from(waiting))
        self.rota = self.rota.move(who, before=before)
        self.version += who != before

    @rule(who=st.integers(0, 9))
    def come(self, who: int) -> None:
        self.rota = self.rota.come(who)
        self.known.add(who)

    @rule(who=st.integers(0, 9))
    def go(self, who: int) -> None:
        self.rota = self.rota.go(who)

    @precondition(lambda self: self.rota.phase is not TalkPhase.DONE)
    @rule(each=st.integers(10, 60))
    def pace(self, each: int) -> None:
        self.rota = self.rota.pace(each)
        self.version += 1

    @invariant()
    def nobody_is_lost_and_one_speaks_at_most(self) -> None:
        rota = self.rota
        assert sorted(turn.who for turn in rota.turns) == sorted(self.known)
        assert [turn.state for turn in rota.turns].count(TurnState.SPEAKING) <= 1
        assert [turn.number for turn in rota.spoke] == list(range(1, len(rota.spoke) + 1))
        assert (rota.phase is TalkPhase.DONE) is (rota.at is None)
        assert not (rota.at is None and rota.waiting)
        assert rota.version == self.version
        assert 0 <= rota.number <= rota.of

    @invariant()
    def the_sum_is_what_the_book_says(self) -> None:
        assert [turn.over for turn in self.rota.spoke] == self.spoken


TestTheRota = TheRota.TestCase
