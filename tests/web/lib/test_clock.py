"""All screens of a room show the same second, whatever their lines and their own clocks do."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

Run = Callable[..., Any]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("fixed", "spread", "pings", "pushed", "limit"),
    [(4, 16, 8, 0, 8), (20, 60, 8, 0, 25), (25, 250, 16, 0, 75), (25, 250, 16, 32, 60)],
)
def test_all_screens_show_the_same_second_on_slow_and_uneven_lines(
    run: Run, fixed: int, spread: int, pings: int, pushed: int, limit: int
) -> None:
    link = {"fixed": fixed, "spread": spread, "pings": pings, "pushed": pushed}
    assert run("return (await here('clock_cases')).worstOf(link);", link=link) < limit


def test_the_calendar_of_the_device_does_not_matter(page: Page, run: Run) -> None:
    page.clock.set_system_time("2019-02-03T04:05:06")
    year, error = run(
        """const { ServerClock } = await lib("clock");
        const clock = new ServerClock(), t = performance.now();
        clock.sample(t, 1_800_000_000_010, 1_800_000_000_011, t + 21);
        return [new Date().getFullYear(), clock.now(t + 21) - 1_800_000_000_021];""",
    )
    assert year == 2019
    assert abs(error) <= 1


def test_after_a_sleep_the_first_answer_puts_the_clock_right(run: Run) -> None:
    for slept in (300, 60_000, 8 * 3_600_000):
        assert run("return (await here('clock_cases')).afterSleep(slept);", slept=slept) <= 20


def test_small_corrections_glide_and_large_ones_jump(run: Run) -> None:
    small, large = (run("return (await here('clock_cases')).correction(by);", by=by) for by in (200, 400))
    assert 190 < small["soon"] < 200
    assert not small["backwards"]
    assert abs(small["end"]) < 1
    assert abs(large["soon"]) < 1


RUNNING = {"phase": "running", "starts_at": 1_000_000, "ends_at": 1_300_000, "length_ms": 300_000}


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (RUNNING, 999_200, {"label": "5:00", "half": False, "over": False, "fraction": 1}),
        (RUNNING, 1_000_001, {"label": "5:00", "last30": False}),
        (RUNNING, 1_001_000, {"label": "4:59"}),
        (RUNNING, 1_150_000, {"label": "2:30", "half": True}),
        (RUNNING, 1_269_999, {"label": "0:31", "last30": False}),
        (RUNNING, 1_270_000, {"label": "0:30", "last30": True}),
        (RUNNING, 1_299_999, {"label": "0:01", "over": False}),
        (RUNNING, 1_300_000, {"label": "0:00", "over": True, "last30": False, "overtime": 0}),
        (RUNNING, 1_375_500, {"label": "0:00", "seconds": 0, "over": True, "overtime": 75}),
        (
            {"phase": "paused", "remaining_ms": 61_000, "length_ms": 300_000},
            5,
            {"label": "1:01", "running": False},
        ),
        ({"phase": "planned", "length_ms": 240_000}, 5, {"label": "4:00", "half": False, "over": False}),
        ({"phase": "ended", "length_ms": 240_000}, 5, {"label": "0:00", "over": True, "fraction": 0}),
    ],
)
def test_a_clock_reads_the_same_wherever_it_is_read(
    run: Run, state: dict[str, object], now: int, expected: dict[str, object]
) -> None:
    reading = run("return (await lib('countdown')).read(state, now);", state=state, now=now)
    assert {key: reading[key] for key in expected} == expected


def test_the_countdown_is_drawn_at_each_whole_second_and_rings_once(page: Page, run: Run) -> None:
    page.clock.install(time=0)
    drawn = run(
        """const { Countdown, bell, spoken } = await lib("countdown");
        window.drawn = [];
        const state = { phase: "running", starts_at: 0, ends_at: 64_300, length_ms: 66_000 };
        const clock = new Countdown({
          state: () => state,
          now: () => performance.now() - start,
          draw: (now, before) => drawn.push([now.label, bell(before, now), spoken(before, now)]),
        });
        const start = performance.now();
        clock.redraw();
        return drawn;""",
    )
    page.clock.run_for(70_000)
    drawn = page.evaluate("() => drawn")
    labels = [label for label, _, _ in drawn]
    assert labels[:3] == ["1:05", "1:04", "1:03"]
    assert list(dict.fromkeys(labels)) == labels[:66]
    rung = [(label, ring) for label, ring, _ in drawn if ring]
    assert rung == [("0:33", "half"), ("0:30", "last30"), ("0:00", "over")]
    assert [mark for _, _, mark in drawn if mark is not None] == [60, 30, 10, 0]
