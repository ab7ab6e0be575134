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
        (RUNNING, 1_000_001, {"label": "5:00", "last": False}),
        (RUNNING, 1_001_000, {"label": "4:59"}),
        (RUNNING, 1_150_000, {"label": "2:30", "half": True}),
        (RUNNING, 1_269_999, {"label": "0:31", "last": False}),
        (RUNNING, 1_270_000, {"label": "0:30", "last": True}),
        (RUNNING, 1_299_999, {"label": "0:01", "over": False}),
        (RUNNING, 1_300_000, {"label": "0:00", "over": True, "last": False, "overtime": 0}),
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
    page.clock.pause_at(60)  # from here on time passes when the test says so
    drawn = run(
        """const { bell } = await lib("bells");
        const { Countdown, spoken } = await lib("countdown");
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
    assert rung == [("0:33", "half"), ("0:30", "last"), ("0:00", "over")]
    assert [mark for _, _, mark in drawn if mark is not None] == [60, 30, 10, 0]


def test_the_last_seconds_begin_when_the_room_wants_them(run: Run) -> None:
    script = "const { read } = await lib('countdown'); return wanted.map((last) => read(state, now, last).last);"
    assert run(script, state=RUNNING, now=1_270_000, wanted=[0, 15, 30, 60]) == [False, False, True, True]
    assert run(script, state=RUNNING, now=1_290_000, wanted=[0, 15, 30, 60]) == [False, True, True, True]


def test_a_bell_rings_once_though_the_page_is_loaded_anew_and_again_when_time_is_given_back(run: Run) -> None:
    rung = run(
        """const { Bells } = await lib("bells");
        const { read } = await lib("countdown");
        const kept = new Map();
        const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
        const state = { phase: "running", starts_at: 0, ends_at: 300_000, length_ms: 300_000 };
        const first = new Bells(store);
        const rings = (bells) => ["half", "last", "over"].map((kind) => bells.once("round 1", kind));
        const rung = [rings(first), rings(first), rings(new Bells(store))];
        const later = new Bells(store);
        for (const left of [32_000, 3_000, 0]) later.look("round 1", read(state, 300_000 - left));
        rung.push(rings(later));
        later.look("round 1", read(state, 260_000));
        rung.push(rings(later));
        later.look("round 1", read({ phase: "planned", length_ms: 300_000 }, 0));
        rung.push(rings(later), [later.once("round 2", "half")]);
        return rung;"""
    )
    silent, all_three = [False, False, False], [True, True, True]
    assert rung == [all_three, silent, silent, [False, False, True], [False, True, True], all_three, [True]]


@pytest.mark.parametrize(
    ("after", "news", "expected"),
    [
        ({"number": 2, "phase": "planned"}, "round_moved", True),
        ({"number": 1, "phase": "ended"}, "round_moved", True),
        ({"number": 1, "phase": "paused"}, "round_moved", False),
        ({"number": 2, "phase": "planned"}, None, False),
        ({"number": 2, "phase": "planned"}, "meeting_changed", False),
    ],
)
def test_a_round_ended_early_rings_where_it_is_heard_at_once(
    run: Run, after: dict[str, object], news: str | None, expected: bool
) -> None:
    script = "return (await lib('bells')).endedNow(before, after, news && { kind: news });"
    assert run(script, before={"number": 1, "phase": "running"}, after=after, news=news) is expected
