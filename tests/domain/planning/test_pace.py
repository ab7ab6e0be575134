"""How the planner spends its time: a search by the clock is made again by its number of steps alone."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning.pace import UNIT, WARM_UP, Pace, digits_of

quick = settings(max_examples=200, deadline=None)


class Watch:
    """Seconds that pass with the steps taken; every stretch has a speed of its own."""

    def __init__(self, seconds: float, steps: int | None = None) -> None:
        self.seconds = seconds
        self.steps = steps

    def left(self) -> float:
        return self.seconds


def lengths(watch: Watch, speeds: Iterator[float]) -> tuple[list[int], int]:
    pace = Pace(watch, None, None)
    heard = []
    for length in pace.stretches():
        heard.append(length)
        watch.seconds -= length / next(speeds)
    return heard, pace.number


def steadily(*speeds: float) -> Iterator[float]:
    yield from speeds
    while True:
        yield speeds[-1]


@quick
@given(st.floats(0.1, 20), st.lists(st.floats(50, 20_000), min_size=1, max_size=30))
def test_whatever_the_clock_allows_is_found_again_from_the_number_of_steps(seconds: float, speeds: list[float]) -> None:
    heard, number = lengths(Watch(seconds), steadily(*speeds))
    assert lengths(Watch(0, number), steadily(1.0)) == (heard, number)


@quick
@given(st.integers(0, 1_000_000))
def test_any_number_of_steps_is_taken_in_full(steps: int) -> None:
    series, beginnings = digits_of(steps)
    assert sum(series) + beginnings == steps


def test_a_search_that_turns_out_faster_begins_again_with_the_time_that_is_left() -> None:
    watch = Watch(10)
    heard, number = lengths(watch, steadily(1000, 1000, 4000))
    assert heard[:4] == [WARM_UP, WARM_UP, 8192, 4096]
    assert heard.count(UNIT) > 1
    assert number == sum(heard) + heard.count(UNIT) - 1
    assert watch.seconds < 2


def test_the_longest_stretch_comes_first() -> None:
    heard, _ = lengths(Watch(10), steadily(1000))
    assert heard[2:] == sorted(heard[2:], reverse=True)
    assert 8_500 < sum(heard) <= 9_500


def test_a_stretch_with_nothing_to_do_in_it_counts_all_the_same() -> None:
    pace = Pace(Watch(1, 1000), None, None)
    assert sum(pace.stretches()) == pace.number == 1000


def test_a_search_cut_in_the_middle_counts_what_was_taken() -> None:
    pace = Pace(Watch(1, 1000), lambda: True, None)
    assert next(pace.stretches()) == WARM_UP
    assert pace.tick(30)
    assert pace.number == 30
