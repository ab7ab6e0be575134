"""The agenda as it goes: what a facilitator would notice about items, drift, cuts and the break."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import agenda
from server.domain.agenda import Course, Cut, ItemState, Line, Part, Pause
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD

START = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
BREAKFAST = (
    ("open_networking", 15),
    ("welcome", 5),
    ("education", 5),
    ("rounds", 30),
    ("break", 10),
    ("introductions", 15),
    ("announcements", 3),
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def at(number: float) -> datetime:
    """So many minutes after the planned start."""
    return START + minutes(number)


def course(*items: tuple[str, int]) -> Course:
    return Course(START, tuple(Line(kind, length) for kind, length in items or BREAKFAST))


def states(found: Course) -> list[str]:
    return [line.state.value for line in found.lines]


def test_an_item_is_done_when_the_next_one_begins() -> None:
    going = course().forward(at(0)).forward(at(17))
    assert states(going)[:3] == ["done", "on", "waiting"]
    assert going.overrun(0, at(20)) == minutes(2)
    assert going.on == 1
    assert going.next == 2


def test_an_untouched_agenda_is_neither_late_nor_over_before_its_start() -> None:
    waiting = course()
    assert not waiting.begun
    assert waiting.behind is None
    assert waiting.late(at(-30)) == minutes(0)
    assert waiting.late(at(4)) == minutes(4)
    assert waiting.starts(at(4))[1] == at(15)
    assert waiting.overrun(0, at(4)) == minutes(0)


def test_drift_grows_only_once_the_item_that_is_on_is_over_its_minutes() -> None:
    going = course().forward(at(2))
    assert [going.late(at(now)) for now in (2, 17, 20)] == [minutes(2), minutes(2), minutes(5)]
    assert going.behind == minutes(2)
    assert going.starts(at(20))[:3] == (at(2), at(20), at(25))
    early = course().forward(at(0)).forward(at(9))
    assert early.late(at(9)) == minutes(-6)
    assert early.overrun(0, at(9)) == minutes(-6)


def test_what_is_left_out_brings_its_minutes() -> None:
    going = course().forward(at(0)).skip()
    assert states(going)[:3] == ["on", "skipped", "waiting"]
    assert going.late(at(0)) == minutes(-5)
    assert going.next == 2
    assert states(going.forward(at(15)))[:3] == ["done", "skipped", "on"]


def test_going_back_makes_the_last_item_go_on_as_if_it_had_never_ended() -> None:
    going = course().forward(at(0)).forward(at(15))
    again = going.back()
    assert states(again)[:2] == ["on", "waiting"]
    assert again.lines[0].began_at == at(0)
    assert again.back() == course()
    with pytest.raises(WrongPhase) as refused:
        course().back()
    assert refused.value.code == "agenda_at_start"


def test_after_the_last_item_the_agenda_is_over_and_the_drift_stands() -> None:
    going = course(("welcome", 5), ("other", 5)).forward(at(0)).forward(at(5)).forward(at(13))
    assert going.is_over
    assert going.late(at(60)) == going.behind == minutes(3)
    assert states(going.back()) == ["done", "on"]
    for press in (going.forward, going.end):
        with pytest.raises(WrongPhase):
            press(at(14))
    with pytest.raises(WrongPhase) as refused:
        going.skip()
    assert refused.value.code == "agenda_nothing_next"


def test_an_item_begun_out_of_turn_leaves_what_lay_before_as_passed() -> None:
    jumped = course().begin(3, at(27))
    assert states(jumped)[:4] == ["passed", "passed", "passed", "on"]
    assert jumped.late(at(27)) == minutes(2)
    assert jumped.back() == course()
    earlier = jumped.begin(1, at(30))
    assert states(earlier) == ["passed", "on", *["waiting"] * 5]
    assert earlier.next == 2


def test_between_two_items_time_counts_against_the_next() -> None:
    ended = course().begin(3, at(25)).end(at(55))
    assert ended.on is None
    assert ended.late(at(55)) == ended.behind == minutes(0)
    assert ended.late(at(58)) == minutes(3)
    assert not ended.is_over
    assert states(ended.back())[3] == "on"
    assert course().begin(3, at(25)).first("rounds") == 3
    assert ended.first("rounds") is None
    assert ended.first("introductions") == 5


def test_rounds_are_as_late_as_the_rounds_themselves_say() -> None:
    going = course().begin(3, at(25))
    left = {"rounds_left": minutes(40)}
    assert going.late(at(25), **left) == minutes(10)
    assert going.overrun(3, at(25), **left) == minutes(10)
    assert going.late(at(40), rounds_left=minutes(5)) == minutes(-10)
    assert going.overrun(3, at(40), rounds_left=minutes(5)) == minutes(0)
    assert going.starts(at(25), **left)[4] == at(65)
    assert going.back().late(at(25), **left) == minutes(25)


def test_one_item_that_can_give_all_gives_it_alone() -> None:
    going = course().begin(3, at(29))
    assert agenda.propose(going, minutes(4.5), here=10) == Cut(4, (Part(4, 10, 6),))


def test_what_one_item_cannot_give_comes_from_several() -> None:
    going = course().begin(3, at(36))
    cut = agenda.propose(going, minutes(11), here=12)
    assert cut is not None
    assert cut.parts == (Part(4, 10, 5), Part(5, 15, 10, 45), Part(6, 3, 2))
    assert (cut.late, cut.minutes) == (11, 11)
    few = agenda.propose(going, minutes(6), here=28)
    assert few is not None
    assert few.parts == (Part(4, 10, 5), Part(6, 3, 2))


def test_presentations_give_only_as_far_as_everybody_here_still_has_a_turn() -> None:
    going = course(("rounds", 30), ("introductions", 15), ("speaker", 10)).forward(at(10))
    cut = agenda.propose(going, minutes(10), here=30)
    assert cut is not None
    assert cut.parts == (Part(1, 15, 13, 20),)
    assert agenda.propose(going, minutes(10), here=40) is None
    empty = agenda.propose(going, minutes(10), here=0)
    assert empty is not None
    assert empty.parts == (Part(1, 15, 5),)


@pytest.mark.parametrize(
    ("late", "refused", "offered"), [(1.9, 0, False), (2, 0, True), (4, 4, False), (4.9, 4, False), (5, 4, True)]
)
def test_a_cut_is_offered_from_two_minutes_on_and_not_again_for_the_same_drift(
    late: float, refused: int, offered: bool
) -> None:
    going = course().begin(3, at(25))
    assert (agenda.propose(going, minutes(late), here=10, refused=refused) is not None) is offered


def test_rounds_welcome_and_the_guest_give_nothing() -> None:
    going = course(("other", 5), ("rounds", 30), ("welcome", 5), ("speaker", 20)).forward(at(20))
    assert agenda.propose(going, minutes(20), here=4) is None


def test_an_accepted_cut_takes_the_drift_away_and_can_be_made_once() -> None:
    going = course().begin(3, at(29))
    cut = agenda.propose(going, going.late(at(29)), here=10)
    assert cut is not None
    shorter = going.shorten(cut.parts)
    assert shorter.late(at(29)) == minutes(0)
    assert (shorter.lines[4].today, shorter.lines[4].minutes) == (6, 10)
    with pytest.raises(Conflict) as refused:
        shorter.shorten(cut.parts)
    assert refused.value.code == "cut_moved_on"
    with pytest.raises(Conflict):
        shorter.forward(at(60)).shorten((Part(4, 6, 5),))


def test_an_item_cut_and_gone_back_behind_stays_cut() -> None:
    going = course(("welcome", 5), ("other", 20)).forward(at(0)).shorten((Part(1, 20, 15),)).forward(at(5))
    assert going.back().lines[1] == Line("other", 20, cut=5)
    assert Line("other", 3, cut=5).today == 1


def test_the_script_is_tidied_and_short() -> None:
    assert agenda.check_script("  Good   morning.\n\n  Welcome. ") == "Good morning.\n\nWelcome."
    with pytest.raises(RuleViolation) as refused:
        agenda.check_script("x" * 601)
    assert refused.value.code == "script_too_long"


def test_a_break_begins_a_moment_after_the_press_and_stays_until_somebody_ends_it() -> None:
    pause = Pause.start(5, "Coffee", at(0))
    assert (pause.began_at, pause.ends_at) == (at(0) + LEAD, at(5) + LEAD)
    assert pause.left(at(0)) == minutes(5)
    assert pause.left(at(30)) == minutes(0)
    assert pause.adjust(1, at(2)).ends_at == at(6) + LEAD
    assert pause.adjust(-60, at(2)).left(at(2)) == minutes(0)
    assert pause.adjust(2, at(30)).ends_at == at(32)
    assert pause.adjust(60, at(1)).left(at(1)) == minutes(60)


@pytest.mark.parametrize("number", [0, 61, -5])
def test_a_break_of_nothing_or_of_hours_is_refused(number: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        Pause.start(number, "", at(0))
    assert refused.value.code == "pause_out_of_bounds"


@pytest.mark.parametrize("by", [0, 61, -61])
def test_a_break_is_changed_by_at_most_an_hour(by: int) -> None:
    with pytest.raises(RuleViolation):
        Pause.start(5, "", at(0)).adjust(by, at(1))


_items = st.lists(
    st.tuples(st.sampled_from([*agenda.GIVES, "rounds", "welcome", "speaker"]), st.integers(1, 45)),
    min_size=1,
    max_size=9,
)
_presses = st.lists(
    st.tuples(st.sampled_from(["forward", "back", "skip", "end", "begin", "cut"]), st.integers(0, 30)), max_size=25
)


@given(items=_items, presses=_presses, here=st.integers(0, 60))
def test_whatever_is_pressed_one_item_is_on_at_most_and_the_times_add_up(
    items: list[tuple[str, int]], presses: list[tuple[str, int]], here: int
) -> None:
    now, going = START, course(*items)
    for press, wait in presses:
        now += minutes(wait)
        try:
            if press == "begin":
                going = going.begin(wait % len(items), now)
            elif press == "cut":
                cut = agenda.propose(going, going.late(now), here=here)
                if cut is None:
                    continue
                before = going.late(now)
                assert 0 < cut.minutes <= before // minutes(1)
                going = going.shorten(cut.parts)
                assert before - going.late(now) == minutes(cut.minutes)
            elif press in ("back", "skip"):
                going = getattr(going, press)()
            else:
                going = getattr(going, press)(now)
        except WrongPhase:
            continue
        found = [line.state for line in going.lines]
        assert found.count(ItemState.ON) <= 1
        front = max((n for n, state in enumerate(found) if state is not ItemState.WAITING), default=-1)
        assert all(state is ItemState.WAITING for state in found[front + 1 :])
        assert ItemState.WAITING not in found[: front + 1] or ItemState.SKIPPED in found[: front + 1]
        assert going.ends_at(now) - going.planned_end == going.late(now)
        assert going.late(now + minutes(9)) >= going.late(now)
        assert all(1 <= line.today <= line.minutes for line in going.lines)
        if going.behind is not None and not going.is_over:
            assert going.late(now) >= going.behind
