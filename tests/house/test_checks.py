"""What a reviewer would run, run as tests: style, types, the arrows between the layers, coverage of the rules."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*command: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, env={**os.environ, **env}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_style_is_clean() -> None:
    _run("-m", "ruff", "check", "server", "printables", "tests", "run.py", "web/hatch_build.py")


def test_the_types_are_clean() -> None:
    _run("-m", "mypy")


def test_the_arrows_between_the_layers_run_one_way() -> None:
    _run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


@pytest.mark.slow
def test_every_branch_of_the_rules_is_walked(tmp_path: Path) -> None:
    data = str(tmp_path / "coverage")
    report = tmp_path / "coverage.json"
    own = {"COVERAGE_FILE": data}
    _run(
        "-m", "coverage", "run", "--branch", "--source=server/domain", "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "tests/domain", **own,
    )  # fmt: skip
    _run("-m", "coverage", "json", "-o", str(report), **own)
    files = json.loads(report.read_text())["files"]
    missed = {
        name: found["missing_lines"] or found["missing_branches"]
        for name, found in files.items()
        if found["missing_lines"] or found["missing_branches"]
    }
    assert not missed
