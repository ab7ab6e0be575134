"""A real server whose computer sleeps, or is put right by an hour: the room's clock does not move, and it is said."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.callers import Caller
from tests.killing import Room, a_room, ahead, boot_ms
from tests.serving import Served, serve

PATIENCE = 60.0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def options(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Where the data lies."""
    if request.param == "sqlite":
        return ()
    request.getfixturevalue("empty_postgres")()
    return ("--database", request.getfixturevalue("migrated_postgres"))


class Facilitator:
    """Fiona's console, and a watch that nobody sets."""

    def __init__(self, served: Served[Room]) -> None:
        morning = served.data.morning
        self.caller = Caller(served.port, morning.tokens["Fiona"])
        self.meeting = morning.meeting_uid

    def snapshot(self) -> Any:
        return self.caller.get(f"/state/{self.meeting}")["snapshot"]

    def press(self, path: str, body: dict[str, object], op: str) -> Any:
        status, answer = self.caller.send(f"/run/{self.meeting}/{path}", body, op=op)
        assert status == 200, answer
        return answer

    def ahead(self) -> float:
        """Milliseconds by which the server's clock is ahead of the boot clock, by the quickest of some questions."""
        return ahead(self.caller, f"/state/{self.meeting}")

    def until(self, told: Callable[[Any], bool]) -> Any:
        end = time.monotonic() + PATIENCE
        while not told(notices := self.snapshot()["notices"]):
            assert time.monotonic() < end, notices
            time.sleep(0.2)
        return notices


def test_a_computer_that_slept_says_so_and_the_time_can_be_given_back(tmp_path: Path, options: tuple[str, ...]) -> None:
    with serve(tmp_path, a_room(0), *options) as served:
        fiona = Facilitator(served)
        started = fiona.press("rounds/1/start", {"version": 0}, "start")["clock"]
        time.sleep(2.5)
        before = fiona.ahead()
        stopped = boot_ms()
        served.process.send_signal(signal.SIGSTOP)
        time.sleep(12)
        stood_still = boot_ms() - stopped
        served.process.send_signal(signal.SIGCONT)
        [notice] = fiona.until(bool)
        assert notice["kind"] == "stood_still"
        # Up to a look before it, and what a busy computer takes to wake it up.
        assert stood_still - 1500 <= notice["lost_ms"] <= boot_ms() - stopped + 4000
        assert abs(fiona.ahead() - before) <= 1000
        assert fiona.snapshot()["clock"] == started
        given = fiona.press(f"notices/{notice['uid']}", {"choice": "give_back"}, "answer")["clock"]
        assert abs(given["ends_at"] - started["ends_at"] - notice["lost_ms"]) <= 1
        assert fiona.snapshot()["notices"] == []


@pytest.mark.parametrize("hours", [1, -1])
def test_a_wall_clock_set_by_an_hour_moves_nothing_not_even_after_a_kill(
    tmp_path: Path, options: tuple[str, ...], hours: int
) -> None:
    wall = tmp_path / "wall"
    with serve(tmp_path, a_room(0), *options, program="tests.clock_process") as served:
        fiona = Facilitator(served)
        started = fiona.press("rounds/1/start", {"version": 0}, "start")["clock"]
        before = fiona.ahead()
        wall.write_text(str(hours * 3600), encoding="ascii")
        [notice] = fiona.until(bool)
        assert (notice["kind"], notice["may_give_back"]) == ("clock_jumped", False)
        assert abs(notice["by_ms"] - hours * 3_600_000) <= 1000
        assert abs(fiona.ahead() - before) <= 1000
        served.process.kill()
        served.process.wait()
        time.sleep(3)

    def as_it_was(ctx: object) -> Room:
        return served.data

    with serve(tmp_path, as_it_was, *options, program="tests.clock_process") as again:
        fiona = Facilitator(again)
        assert abs(fiona.ahead() - before) <= 1000
        assert fiona.snapshot()["clock"] == started
        kinds = [each["kind"] for each in fiona.until(lambda told: len(told) == 2)]
        assert kinds == ["clock_jumped", "was_away"]
