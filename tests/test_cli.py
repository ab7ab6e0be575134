"""The commands, as somebody at a console meets them: what they print, what they leave behind, how they say no."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from server import cli
from server.app import create_context, utc_now
from server.config import Settings
from server.domain.vocabulary import GroupId
from server.persistence import schema
from server.persistence.database import Database
from server.persistence.models import Group
from server.services import people
from tests import builders

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "formats" / "fixtures"
PROBLEM: dict[str, Any] = {
    "id": "thursday",
    "people": [
        {"id": 1, "name": "Anna Nowak", "sector": "Florist"},
        {"id": "b", "name": "Bruno Verdi", "looks_for": ["Florist"]},
        {"id": 3, "name": "Cleo Blu"},
        {"id": 4, "name": "Dan Rossi"},
        {"id": 5},
    ],
    "table_size": 2,
    "odd": "bye",
    "rounds": 3,
    "history": [[1, 3, 1, 7]],
}


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance folder with one group."""
    folder = tmp_path / "instance"
    folder.mkdir()
    ctx = create_context(Settings(instance=folder), utc_now)
    with closing(ctx.database):
        ctx.transaction(builders.a_group)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process: exit code, standard output, standard error."""

    def once(*arguments: object) -> tuple[int, str, str]:
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return once


def _names(instance: Path) -> list[str]:
    ctx = create_context(Settings(instance=instance), utc_now)
    with closing(ctx.database):
        return [person.name for person in people.listed(ctx, GroupId(1), people.wanted()).people]


Run = Callable[..., tuple[int, str, str]]


def test_people_come_in_from_a_file_and_a_second_time_changes_nothing(run: Run, instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("First name,Last name,Email\nŁucja,Żak,l@example.org\nAnna,Nowak,\n", encoding="utf-8")
    assert run("import", "people", file, "--instance", instance) == (
        0, "New: 2   Changed: 0   Unchanged: 0   Refused: 0\n", "",
    )  # fmt: skip
    code, out, _ = run("import", "people", file, "--instance", instance)
    assert (code, out) == (0, "New: 0   Changed: 0   Unchanged: 2   Refused: 0\n")
    assert _names(instance) == ["Anna Nowak", "Łucja Żak"]
    assert not list(tmp_path.glob("*.rejected.csv"))


def test_bad_rows_are_named_by_line_and_written_to_a_file_of_their_own(
    run: Run, instance: Path, tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    file.write_text("First name,Last name,Email\n,,a@example.org\nAnna,Nowak,\nBea,Blu,what\n", encoding="utf-8")
    code, out, err = run("import", "people", file, "--instance", instance)
    assert (code, out) == (0, "New: 1   Changed: 0   Unchanged: 0   Refused: 2\n")
    assert err.splitlines() == [
        "Line 2: A name is missing.",
        "Line 4: “what” is not a mail address.",
        f"The rows that were refused: {tmp_path / 'members.rejected.csv'}",
    ]
    with (tmp_path / "members.rejected.csv").open(encoding="utf-8-sig", newline="") as back:
        rows = list(csv.reader(back))
    assert rows[0] == ["Line", "Reason", "First name", "Last name", "Email"]
    assert rows[2] == ["4", "“what” is not a mail address.", "Bea", "Blu", "what"]


@pytest.mark.parametrize("name", ["eventbrite_us.csv", "meetup_members.xls", "google_contacts.csv", "outlook_pl.csv"])
def test_exports_of_other_programs_come_in(run: Run, instance: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes((FIXTURES / name).read_bytes())
    code, out, _ = run("import", "people", file, "--instance", instance)
    assert code == 0
    assert not out.startswith("New: 0 ")
    code, out, _ = run("import", "people", file, "--instance", instance)
    assert (code, out[:22]) == (0, "New: 0   Changed: 0   ")


def test_a_file_without_one_good_row_is_refused(run: Run, instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("First name,Email\n,a@example.org\n", encoding="utf-8")
    code, _, err = run("import", "people", file, "--instance", instance)
    assert (code, err.splitlines()[-1]) == (1, "coltiva: No row could be imported.")


def test_each_thing_that_is_wrong_with_an_import_is_said_in_one_line(
    run: Run, instance: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good.csv"
    good.write_text("First name\nAnna\n", encoding="utf-8")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    rows = tmp_path / "many.csv"
    rows.write_text("First name\n" + "Anna\n" * 100_000, encoding="utf-8")

    def refused(file: Path, *more: object) -> str:
        code, out, err = run("import", "people", file, "--instance", instance, *more)
        assert (code, out, err.count("\n")) == (1, "", 1)
        return err

    assert "cannot be read: No such file" in refused(tmp_path / "none.csv")
    assert "picture.csv is not a table we can read" in refused(picture)
    assert "more than 5000 rows" in refused(rows)
    assert "Which group? There are: Colazione del giovedì" in refused(good, "--group", "Other")
    polish = tmp_path / "polish.csv"
    polish.write_bytes("First name\nŁucja\n".encode("cp1250"))
    assert "polish.csv is not utf-8: line 2" in refused(polish, "--encoding", "utf-8")
    assert "must begin with sqlite:///" in refused(good, "--database", "oracle://x")
    assert _names(instance) == []


def test_without_a_group_there_is_nothing_to_import_into(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "good.csv"
    file.write_text("First name\nAnna\n", encoding="utf-8")
    code, _, err = run("import", "people", file, "--instance", tmp_path / "empty")
    assert (code, err) == (1, "coltiva: There is no group yet. Open the set-up link from the console.\n")


def test_a_database_newer_than_the_program_is_left_alone(run: Run, instance: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{instance / 'coltiva.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    code, _, err = run("display-code", "today", "--instance", instance)
    assert (code, err.count("\n")) == (1, 1)
    assert f"made by a newer Coltiva (step 9999, this one knows {schema.newest()})" in err


def test_what_is_no_database_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "coltiva.db").write_text("a letter to a friend, and nothing else in this file")
    code, _, err = run("display-code", "today", "--instance", tmp_path)
    assert (code, err) == (1, "coltiva: The database cannot be opened: file is not a database.\n")


def test_a_display_code_stands_alone_on_its_line(run: Run, instance: Path) -> None:
    ctx = create_context(Settings(instance=instance), utc_now)
    with closing(ctx.database):
        uid = ctx.transaction(lambda tx: builders.a_meeting(tx, tx.db.get_one(Group, 1), starts=tx.now).uid)
    code, out, _ = run("display-code", uid, "--instance", instance)
    assert (code, len(out)) == (0, 11)
    assert run("display-code", "today", "--instance", instance) == (0, out, "")
    code, _, err = run("display-code", "nowhere", "--instance", instance)
    assert (code, err) == (1, "coltiva: There is no such meeting.\n")


PEOPLE = "first_name,last_name,company,role,table,code\nŁucja,Żak,Foto,member,3,ABCDEFGH1234\nVik,,,host,,\n"


def _badges(run: Run, folder: Path, text: str, **options: object) -> tuple[int, str, str, Path]:
    file, out = folder / "people.csv", folder / "badges.pdf"
    file.write_text(text, encoding="utf-8")
    wanted = {"stock": "avery-l4785", "base-url": "https://meet.example.org", "lang": "en"} | options
    flags = [part for name, value in wanted.items() for part in (f"--{name.replace('_', '-')}", value)]
    return *run("print", "badges", "--people", file, "--out", out, *flags), out


def test_badges_are_printed_from_a_list_without_any_database(run: Run, tmp_path: Path) -> None:
    code, said, err, out = _badges(run, tmp_path, PEOPLE)
    assert (code, said) == (0, f"{out}: badges 2, pages 1\n")
    assert "Vik has no code" in err
    text = PdfReader(out).pages[0].extract_text()
    assert all(word in text for word in ("Łucja", "Żak", "Foto", "Host"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["badges.pdf", "people.csv"]


def test_the_code_of_the_list_is_the_one_on_the_badge(run: Run, tmp_path: Path) -> None:
    *_, out = _badges(run, tmp_path, PEOPLE)
    picture = tmp_path / "badges"
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", out, picture], check=True)
    with Image.open(f"{picture}.png") as image:
        found = zxingcpp.read_barcodes(image)
    assert [code.text for code in found] == ["https://MEET.EXAMPLE.ORG/B/ABCDEFGH1234"]


def test_only_a_name_is_needed_and_semicolons_are_fine(run: Run, tmp_path: Path) -> None:
    code, said, *_ = _badges(run, tmp_path, "Nome;Cognome\nAnna;Nowak\n")
    assert (code, said.endswith("badges 1, pages 1\n")) == (0, True)
    code, said, *_ = _badges(run, tmp_path, "name\nAnna Nowak\nMadonna\n")
    assert (code, said.endswith("badges 2, pages 1\n")) == (0, True)


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        (PEOPLE, {"stock": "nothing"}, 'No label stock is called "nothing".'),
        (PEOPLE, {"base_url": "meet"}, "must be http:// or https://"),
        (PEOPLE, {"base_url": "http://192.168.1.5"}, "is a number, not a name"),
        (PEOPLE, {"start_at": 11}, "Label 11 is not on the sheet"),
        (PEOPLE.replace("ABCDEFGH1234", "AB"), {}, "is not 8 to 16 letters and digits"),
        (PEOPLE.replace(",3,", ",three,"), {}, "line 2: the table must be a number"),
        (PEOPLE.replace("host", "king"), {}, "line 3: the role must be member, visitor or host"),
        ("company\nAlfa\n", {}, "has no columns first_name and last_name"),
        ("first_name,last_name\nAnna\n", {}, "line 2: the row does not fit the header"),
        ("first_name,last_name\n", {}, "has a header but no rows"),
        ("first_name,company\n,Alfa\n", {}, "has no name"),
    ],
)
def test_badges_that_cannot_be_printed_are_refused_in_one_line_and_leave_no_file(
    run: Run, tmp_path: Path, text: str, options: dict[str, object], sentence: str
) -> None:
    code, said, err, out = _badges(run, tmp_path, text, **options)
    assert (code, said, err.count("\n")) == (1, "", 1)
    assert sentence in err
    assert not out.exists()


def _problem(folder: Path, **changes: object) -> Path:
    file = folder / "problem.json"
    file.write_text(json.dumps(PROBLEM | changes), encoding="utf-8")
    return file


def test_a_plan_keeps_the_ids_and_says_why_people_sit_together(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    code, said, err = run("plan", _problem(tmp_path), "--seconds", 2, "--seed", 7, "--steps", 4000, "--out", out)
    assert (code, said) == (0, "")
    assert err.startswith("People: 5. Rounds: 3. Pairs that meet again: 0. No plan has fewer.")
    made = json.loads(out.read_bytes())
    assert (made["id"], made["seed"]) == ("thursday", 7)
    seats = [sorted(map(str, (p for table in tables for p in table))) for tables in made["rounds"]]
    assert all(len(seated) == 4 and set(seated) <= {"1", "b", "3", "4", "5"} for seated in seats)
    assert [1, 3] not in [sorted(table, key=str) for tables in made["rounds"] for table in tables]
    assert all(each["text"] for each in made["explanations"])
    wish = next((each for each in made["explanations"] if each["key"] == "wish_met"), None)
    assert wish is None or wish["text"] == "Looked for: Florist, here: Anna Nowak"
    assert {"cost", "bound", "steps"} <= made.keys()


def test_the_same_seed_and_steps_give_the_same_plan(run: Run, tmp_path: Path) -> None:
    written = []
    for name in ("one.json", "two.json"):
        out = tmp_path / name
        assert run("plan", _problem(tmp_path), "--seconds", 60, "--seed", 3, "--steps", 2000, "--out", out)[0] == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_without_a_file_the_plan_is_read_out(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("plan", _problem(tmp_path), "--seconds", 0.2)
    assert code == 0
    assert out.count("Round ") == 3
    assert "Bruno Verdi" in out
    assert out.count("Sits this round out") == 3


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"people": []}, "at least two people"),
        ({"people": "nobody"}, "The field people of the problem is missing or of the wrong kind."),
        ({"rounds": 0}, "at least one round"),
        ({"colour": 1}, "a field that Coltiva does not know: colour"),
        ({"forbidden": [[1, 1]]}, "paired with the same person"),
        ({"history": [[1, 99, 1]]}, "names somebody who is not in the list: 99"),
    ],
)
def test_a_problem_that_cannot_be_planned_is_refused_in_one_line(
    run: Run, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    out = tmp_path / "plan.json"
    code, said, err = run("plan", _problem(tmp_path, **changes), "--out", out)
    assert (code, said, err.count("\n")) == (1, "", 1)
    assert sentence in err
    assert not out.exists()


def test_what_is_no_problem_at_all_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    wrong = {b"first_name\n": "is not JSON, line 1", b"[]": "one JSON object", b"\xff": "is not JSON"}
    for content, sentence in wrong.items():
        file.write_bytes(content)
        code, _, err = run("plan", file)
        assert (code, err.count("\n")) == (1, 1)
        assert sentence in err
    assert run("plan", _problem(tmp_path), "--out", tmp_path / "no" / "plan.json")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["import"], ["print", "badges"], ["plan", "p", "--seconds", "-1"], ["plan", "p", "--steps", "0"]],
    ids=" ".join,
)
def test_a_wrong_usage_is_exit_code_two(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: coltiva")


@pytest.mark.parametrize(
    "arguments",
    [["serve"], ["demo"], ["import", "people"], ["print", "badges"], ["plan"], ["display-code"]],
    ids=" ".join,
)
def test_every_command_explains_itself(run: Run, arguments: list[str]) -> None:
    code, out, _ = run(*arguments, "--help")
    assert code == 0
    assert out.startswith("usage: coltiva")


LEAN = """
import sys, time
from server.__main__ import main
code = main(sys.argv[1:])
heavy = [name for name in ("flask", "gevent", "sqlalchemy", "socketio") if name in sys.modules]
print(code, heavy, file=sys.stderr)
"""


@pytest.mark.parametrize("verb", ["plan", "print"])
def test_plan_and_print_start_without_the_web_and_without_a_database(tmp_path: Path, verb: str) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    arguments = {
        "plan": ["plan", str(_problem(tmp_path)), "--seconds", "0.1", "--lang", "it"],
        "print": [
            "print", "badges", "--people", "people.csv", "--stock", "avery-l4785", "--lang", "pl",
            "--base-url", "https://meet.example.org", "--out", "badges.pdf",
        ],
    }[verb]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-c", LEAN, *arguments],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "0 []"
