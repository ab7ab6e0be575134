"""The drawings: paths become PDF operators, and the package stays pure."""

import ast
from pathlib import Path

import pytest

import printables
from printables.draw import number
from printables.errors import REFUSALS
from printables.marks import SHAPES, WORDMARK, Drawing
from printables.model import WARNINGS, Warning_


def test_a_path_is_turned_upside_down_and_its_curves_become_cubic() -> None:
    drawing = Drawing(10, 10, "M1 1H4V5l1 1Q8 6 8 9C9 9 9 9 2 2z")
    assert drawing.operators.split("\n") == [
        "1.00 9.00 m",
        "4.00 9.00 l",
        "4.00 5.00 l",
        "5.00 4.00 l",
        "7.00 4.00 8.00 3.00 8.00 1.00 c",
        "9.00 1.00 9.00 1.00 2.00 8.00 c",
        "h",
    ]


def test_a_curve_may_go_on_without_its_letter_being_said_again() -> None:
    drawing = Drawing(10, 10, "M0 0c1 1 2 2 3 3 1 1 2 2 3 3z")
    assert drawing.operators.count(" c") == 2
    assert drawing.operators.split("\n")[2].endswith("6.00 4.00 c")


@pytest.mark.parametrize("drawing", [WORDMARK, *SHAPES.values()])
def test_every_drawing_stays_within_its_frame(drawing: Drawing) -> None:
    for line in drawing.operators.split("\n"):
        numbers = [float(part) for part in line.split()[:-1]]
        assert all(-0.1 <= x <= drawing.width + 0.1 for x in numbers[::2])
        assert all(-0.1 <= y <= drawing.height + 0.1 for y in numbers[1::2])


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (0.5, "0.5"), (-0.001, "0"), (12.345, "12.35")])
def test_numbers_are_written_short(value: float, written: str) -> None:
    assert number(value) == written


def test_every_warning_is_one_sentence_with_its_parameters() -> None:
    params: dict[str, str | int | float] = {
        "name": "Anna Nowak", "field": "company", "characters": "山", "other": "Bruno", "stock": "cr80",
        "people": 3, "base_url": "http://localhost", "module": 3.5,
    }  # fmt: skip
    for key in WARNINGS:
        sentence = str(Warning_(key, params))
        assert sentence.endswith(".")
        assert "%" not in sentence


def test_every_refusal_is_one_sentence() -> None:
    for sentence in REFUSALS.values():
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_the_package_knows_neither_the_server_nor_a_clock_nor_a_network() -> None:
    banned = {"server", "flask", "time", "datetime", "socket", "urllib.request", "http", "random", "gevent"}
    for file in sorted(Path(printables.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert not {name, name.split(".")[0]} & banned, f"{file.name} imports {name}"
