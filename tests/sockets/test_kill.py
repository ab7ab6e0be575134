"""A server killed without a word in the middle of a round: the same round goes on, no acknowledged press is lost."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.killing import Found, kill_and_look

FEW = 10
MANY = 100
"""Moments on each database: twenty in a plain run, two hundred in the slow one."""


def check(found: Found) -> None:
    """What must be true after any kill."""
    before, after, final = (each["snapshot"] for each in (found.before, found.after, found.final))
    assert abs(found.error_ms) <= 1000, "the clock is right after the restart"
    assert (after["clock"]["number"], after["clock"]["of"]) == (1, 3), "the same round"
    assert after["seating"]["1"]["tables"] == before["seating"]["1"]["tables"], "the same seats"

    acknowledged = before["clock"]["version"] + len(found.presses.answered)
    ahead = after["clock"]["version"] - acknowledged
    assert ahead in (0, 1), "no acknowledged press is lost, none is doubled"
    if found.presses.answered and ahead == 0:
        assert after["clock"] == found.presses.answered[-1]["clock"], "the clock is the one that was acknowledged"
    if found.press_again is not None:
        status, answer = found.press_again
        assert status == 200, answer
        assert final["clock"]["version"] == acknowledged + 1, "the press that was sent again counts once"

    scanned = len(found.scans.answered) + (1 if found.scan_again else 0)
    assert found.came == found.came_before + scanned, "everybody who was let in is in, once"
    if found.scan_again is not None:
        status, answer = found.scan_again
        assert (status, answer["answer"]) == (200, "welcome"), "the scan that was sent again is no second one"


def kill(folder: Path, moments: int, seed: int, *options: str) -> None:
    """So many moments, and enough of them in the middle of something."""
    interrupted = 0
    for found in kill_and_look(folder, moments, random.Random(seed), *options):
        check(found)
        interrupted += found.presses.open_ is not None
    assert interrupted == moments


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    kill(tmp_path, FEW, 1)


@pytest.mark.postgres
def test_a_killed_process_on_postgresql_goes_on_where_it_was(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None]
) -> None:
    empty_postgres()
    kill(tmp_path, FEW, 2, "--database", migrated_postgres)


@pytest.mark.slow
def test_a_killed_server_goes_on_at_any_moment(tmp_path: Path) -> None:
    kill(tmp_path, MANY, 3)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_killed_process_on_postgresql_goes_on_at_any_moment(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None]
) -> None:
    empty_postgres()
    kill(tmp_path, MANY, 4, "--database", migrated_postgres)
