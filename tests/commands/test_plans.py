"""`coltiva plan` as somebody at a console meets it: bad files, questions about the plan, words in three languages."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import cli

Run = Callable[..., tuple[int, str, str]]
PEOPLE: list[dict[str, Any]] = [
    {"id": 1, "name": "Anna Nowak", "sector": "law", "looks_for": ["tax"]},
    {"id": 2, "name": "Bruno Verdi", "sector": "tax"},
    {"id": "c", "name": "Carla Rossi", "sector": "law", "looks_for": ["notary"], "region": "Veneto"},
    {"id": 4, "name": "Dino Bo", "looks_for": ["notary"]},
    {"id": 5, "name": "Ewa Lis", "visitor": True},
    {"id": 6},
    {"id": 7, "name": "Anna Rossi"},
    {"id": 8, "name": "Hugo"},
]
PROBLEM: dict[str, Any] = {
    "people": PEOPLE,
    "sectors": ["law", "tax", "notary"],
    "table_size": 4,
    "rounds": 2,
    "history": [[1, 2, 2, 30]],
}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `coltiva plan` on a problem: exit code, standard output, standard error."""

    def once(problem: Any, *arguments: object) -> tuple[int, str, str]:
        file = tmp_path / "problem.json"
        file.write_text(problem if isinstance(problem, str) else json.dumps(problem), encoding="utf-8")
        code = cli.main(["plan", str(file), "--seconds", "20", "--steps", "60", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return once


def people(count: int, **first: Any) -> list[dict[str, Any]]:
    return [{"id": 0, "name": "Zoe", **first}, *({"id": n} for n in range(1, count))]


def test_a_sector_that_several_people_look_for_may_be_missing_from_the_room(run: Run) -> None:
    crowd = people(8, looks_for=["notary"])
    crowd[1]["looks_for"] = ["notary"]
    assert run({"people": crowd, "table_size": 4, "rounds": 2})[0] == 0


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        ({"people": people(8, looks_for=["alchemy"])}, "looks_for: Zoe looks for a sector that there is not: alchemy."),
        ({"people": people(8, looks_for=["alchemy"]), "sectors": ["law"]}, "Zoe looks for a sector"),
        ({"people": people(4), "sizes": [[1, 3]]}, "sizes: A table needs at least two people."),
        (
            {"people": [{"id": n, "name": f"P{n}", "fixed_table": 0} for n in range(5)], "tables": 2},
            "fixed_table: P3 has no seat at table 0",
        ),
        ({"people": people(4), "table_size": 1}, "table_size: A table cannot have 1 seats."),
        (
            {"people": [{"id": n, "name": f"P{n}", "host": n < 3} for n in range(8)]},
            "host: There are more table hosts (3) than tables (2). None is left for P2.",
        ),
        ({"people": people(1)}, "people: A plan needs at least two people."),
        ({"people": people(8), "rounds": 0}, "rounds: A plan needs at least one round."),
        ({"people": people(8), "rounds": -3}, "rounds: A plan needs at least one round."),
        ({"people": people(10_000)}, "people: At most 2000 people can be planned at once."),
        ({"people": people(8, sector=3)}, "sector: Zoe: the field sector is missing or of the wrong kind."),
        ({"people": people(8, secter="law")}, "secter: Zoe: Coltiva does not know the field secter."),
        ({"people": people(8, byes=-1)}, "byes: Zoe: a number in byes is below zero: -1."),
        ({"people": [{"id": n, "present": []} for n in range(4)]}, "present: In round 0 (counted from 0) fewer than"),
        ({"people": people(8), "forbidden": [[0, 1]], "must_meet": [[1, 0]]}, "must_meet: 1 and Zoe must meet and"),
        ({"people": people(8), "history": [[0, "x", 1]]}, "history: history names somebody who is not in the list: x."),
        ("first_name,last_name\n", "is not JSON, line 1."),
        ("[1, 2]", "must hold one JSON object."),
        ("[" * 100_000, "is nested too deeply."),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_problem_is_refused_in_one_line_that_names_the_field_and_writes_nothing(
    run: Run, tmp_path: Path, problem: Any, named: str
) -> None:
    out = tmp_path / "plan.json"
    whole = problem if isinstance(problem, str) else {"table_size": 4, "rounds": 2} | problem
    code, said, err = run(whole, "--out", out)
    assert (code, said, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"coltiva: {tmp_path / 'problem.json'}")
    assert named in err
    assert not out.exists()


def test_a_refusal_speaks_the_language_that_was_asked_for(run: Run) -> None:
    _, _, err = run({"people": people(8), "rounds": 0, "table_size": 4}, "--lang", "it")
    assert "rounds: Serve almeno un giro." in err


def test_somebody_is_told_round_by_round_why_they_sit_there_and_what_else_there_is(run: Run, tmp_path: Path) -> None:
    code, said, _ = run(PROBLEM, "--explain", "anna nowak", "--out", tmp_path / "plan.json")
    lines = said.splitlines()
    assert (code, lines[0]) == (0, "Anna Nowak")
    assert [line for line in lines if not line.startswith(" ")][1:] == ["Round 1", "Round 2"]
    assert said.count("Cheapest other seat: ") == 2
    assert said.count("The plan would be ") == 2
    assert "Meets for the first time: " in said
    written = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    own = [each["text"] for each in written["explanations"] if each["person"] == 1]
    assert own
    assert all(f"  {text}" in lines for text in own)
    assert {"person", "round", "key", "params", "text"} == written["explanations"][0].keys()


def test_the_explanations_speak_polish_too(run: Run) -> None:
    _, said, err = run(PROBLEM, "--explain", 6, "--lang", "pl")
    assert "Runda 1" in said
    assert "Pierwsze spotkanie z: " in said
    assert "Najtańsze inne miejsce: " in said
    assert "Pary, które spotkają się ponownie: " in err
    assert "Cheapest" not in said + err


def test_where_there_is_no_other_seat_that_is_said(run: Run) -> None:
    _, said, _ = run({"people": people(4), "table_size": 4, "rounds": 1}, "--explain", "zoe")
    assert "  No other seat without breaking a rule" in said


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Nobody", 'Nobody in the file is called "Nobody" or has this id.'),
        ("anna", 'Several people are called "anna": Anna Nowak (1), Anna Rossi (7). Give an id instead.'),
        (" ", 'Nobody in the file is called " "'),
    ],
)
def test_a_name_that_fits_nobody_or_several_is_refused_before_anything_is_planned(
    run: Run, tmp_path: Path, who: str, sentence: str
) -> None:
    for question in (["--explain", who], ["--why-not", "8", who]):
        code, said, err = run(PROBLEM, *question, "--out", tmp_path / "plan.json")
        assert (code, said, err.count("\n")) == (1, "", 1)
        assert sentence in err
        assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("who", ["c", "carla", "CARLA ROSSI", "rla ro"])
def test_somebody_is_found_by_id_by_name_or_by_a_part_of_it(run: Run, who: str) -> None:
    assert run(PROBLEM, "--explain", who)[1].startswith("Carla Rossi\n")


def test_why_two_do_not_meet_is_answered_with_the_cheapest_way(run: Run) -> None:
    apart = PROBLEM | {"forbidden": [["c", 4]], "rounds": 1}
    code, said, _ = run(apart, "--why-not", "Carla", "Dino")
    assert (code, said.splitlines()) == (0, ["Carla Rossi, Dino Bo", "  Carla Rossi and Dino Bo must not meet."])
    others = [run(PROBLEM | {"rounds": 1}, "--why-not", 8, each)[1] for each in (1, 2, "c", 4, 5, 6, 7)]
    offered = [answer for answer in others if "sit together: round 1" not in answer]
    assert len(offered) == 4
    assert all("  Round 1: " in answer and "    The plan would be " in answer for answer in offered)


def test_whom_to_invite_is_said_with_names(run: Run) -> None:
    open_wishes = {key: value for key, value in PROBLEM.items() if key != "sectors"}
    code, said, _ = run(open_wishes, "--empty-chairs")
    assert (code, said.splitlines()[0]) == (0, "notary (Veneto)")
    assert "  Open wishes a guest would meet: 2 (Carla Rossi, Dino Bo)" in said


def test_what_is_proven_about_the_plan_is_said_in_the_end(run: Run, tmp_path: Path) -> None:
    single = {"people": people(4), "table_size": 4, "rounds": 1}
    optimal = run(single, "--out", tmp_path / "plan.json")
    assert optimal[2].startswith("People: 4. Rounds: 1. Pairs that meet again: 0. Optimal")
    crowded = run(single | {"rounds": 2})
    assert "No plan has fewer. Whoever fills a table of 4 from 1 tables brings people together again." in crowded[2]


def test_a_console_hears_how_far_the_search_is_and_a_file_does_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = {"people": people(12), "table_size": 4, "rounds": 5}
    assert "%" not in run(crowd)[2]
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    _, _, err = run(crowd)
    shares, last = err.rstrip("\n").split("\n")
    assert "\r" in shares
    assert " %  Pairs that meet again: " in shares
    assert last.startswith("People: 12. Rounds: 5. Pairs that meet again: ")


@pytest.mark.skipif(os.name != "posix", reason="named pipes as POSIX has them")
def test_a_pipe_is_written_to_and_stays_a_pipe(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run({"people": people(4), "table_size": 4, "rounds": 1}, "--out", pipe)[0] == 0
        assert os.read(reader, 1 << 16).startswith(b"{")
        assert pipe.is_fifo()
    finally:
        os.close(reader)
