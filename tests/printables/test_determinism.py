"""The same input gives the same bytes: on every run, in every process, whatever the order of a set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from printables.text import FontSet
from tests.printables.documents import DOCUMENTS, digests

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def elsewhere() -> list[dict[str, str]]:
    """The sums of every document as two other processes find them."""
    program = [sys.executable, "-m", "tests.printables.documents"]
    return [
        json.loads(
            subprocess.run(
                program, env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True
            ).stdout
        )
        for seed in ("1", "2")
    ]


@pytest.fixture(scope="module")
def here(fonts: FontSet) -> list[dict[str, str]]:
    """The same in this process, which has drawn other things before, and once more."""
    return [digests(fonts), digests(fonts)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_the_same_on_every_run(
    name: str, here: list[dict[str, str]], elsewhere: list[dict[str, str]]
) -> None:
    sums = {found[name] for found in (*here, *elsewhere)}
    assert len(sums) == 1
