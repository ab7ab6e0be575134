"""`coltiva rehearse` plays a meeting on a copy and says how it went; the live group is not touched."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.app import create_context
from server.config import Settings
from server.domain.errors import RuleViolation
from server.services import meetings, rehearsals
from server.services.context import Context
from server.services.rehearsals import Extra, Wanted
from tests.mornings import make_morning
from tests.serving import ROOT

CAST = (Extra("Guest", "One", "Firm"),)
SMALL = Wanted(people=8, rounds=1, speed=60)


def _rehearse(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.slow_process", "rehearse", "--instance", str(folder), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "TMPDIR": str(folder.parent / "tmp")},
    )


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """The folder of a group whose meeting is on."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (tmp_path / "tmp").mkdir()
    ctx = create_context(Settings(instance=folder))
    make_morning(ctx)
    ctx.database.close()
    return folder


def _digest(folder: Path) -> dict[str, str]:
    """The files with something in them; whoever reads SQLite leaves an empty log beside it."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if not path.name.endswith("-shm") and path.stat().st_size
    }


def test_a_rehearsal_of_one_s_own_group_goes_well_and_leaves_no_trace(group: Path) -> None:
    before = _digest(group)
    with _rehearse(group, "--people", "10", "--rounds", "1", "--speed", "60", "--lang", "it") as process:
        assert process.stdout is not None
        told = process.stdout.read()
        assert process.wait(timeout=120) == 0, told
    assert "Colazione del giovedì" in told
    assert len(told.strip().splitlines()[-1]) > 20
    assert "Traceback" not in told
    assert _digest(group) == before
    assert list((group.parent / "tmp").iterdir()) == [], "the copy is thrown away"


def test_the_room_is_kept_open_for_a_person_at_the_console(group: Path) -> None:
    with _rehearse(group, "--people", "8", "--keep-open", "--speed", "60") as process:
        assert process.stdout is not None
        told = ""
        while "Display" not in told:
            line = process.stdout.readline()
            assert line, told
            told += line
        assert re.search(r"Facilitator +http://localhost:\d+/link/\S+", told)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        told += process.stdout.read()
        assert process.wait(timeout=60) == 0, told
    assert "All is well: this computer holds a room of 8." in told


@pytest.mark.parametrize("wrong", [["--people", "2"], ["--speed", "0"], ["--rounds", "many"]])
def test_wrong_numbers_are_wrong_usage(tmp_path: Path, wrong: list[str]) -> None:
    with _rehearse(tmp_path / "none", *wrong) as process:
        assert process.stdout is not None
        process.stdout.read()
        assert process.wait(timeout=60) == 2


def test_a_rehearsal_is_never_prepared_in_the_group_itself(ctx: Context) -> None:
    with pytest.raises(RuleViolation, match="rehearsal_not_here"):
        rehearsals.prepare(ctx, SMALL, CAST)


def test_lengths_are_shortened_in_the_data_and_people_are_made_up_only_where_they_are_missing(ctx: Context) -> None:
    morning = make_morning(ctx)
    (ctx.settings.instance / rehearsals.MARK).touch()
    prepared = rehearsals.prepare(ctx, Wanted(people=9, rounds=3, speed=10), CAST)
    assert prepared.made_up == 3
    assert len(prepared.codes) == 9
    assert set(prepared.codes) & set(morning.codes.values()), "their own badges open the doors of the copy"
    shown, _ = meetings.show(ctx, prepared.meeting_id)
    assert (shown.rounds_wanted, shown.round_seconds) == (3, 30)
    assert meetings.show(ctx, morning.meeting_id)[0].status == "closed", "in the copy nothing else is on"
