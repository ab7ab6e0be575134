"""`coltiva print`: every paper from a file or a meeting, as somebody at a console meets it."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import update

from server import cli
from server.config import Settings
from server.domain import badge_code
from server.domain.vocabulary import GroupId
from server.opening import create_context
from server.persistence.models import Group
from server.services import badges, print_setup
from server.services.context import Tx
from server.services.print_setup import Network
from server.views.paper_texts import KINDS, WORDS
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in, seat_rounds

ROOT = Path(__file__).parents[1]
URL = "https://meet.example.org"
PEOPLE = "first_name,last_name,company,table\nŁucja,Żak,Foto,3\nVik,,Vik & Sons,\nGrzegorz,Brzęczyszczykiewicz,,12\n"
PLAN = {"id": "thursday", "rounds": [[[1, "b"], [3, 4]], [[1, 3], ["b", 4]]], "seed": 1, "cost": {}}
PROBLEM = {
    "people": [
        {"id": 1, "name": "Anna Nowak", "company": "Kwiaty"},
        {"id": "b", "name": "Bruno Verdi"},
        {"id": 3, "name": "Cleo Blu"},
        {"id": 4, "name": "Dan Rossi"},
        {"id": 5},
    ]
}
Answer = tuple[int, str, str]
Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `coltiva print …` in this process: exit code, standard output, standard error."""

    def once(*arguments: object) -> Answer:
        try:
            code = cli.main(["print", *map(str, arguments)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return once


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a list, a plan and its problem."""
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    (tmp_path / "problem.json").write_text(json.dumps(PROBLEM), encoding="utf-8")
    return tmp_path


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    """The cast's meeting in an instance folder of its own, with seats."""
    folder = tmp_path / "instance"
    folder.mkdir()
    ctx = create_context(Settings(instance=folder))
    made = make_morning(ctx)
    seat_rounds(made, [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona", "Dora"]]])
    yield made
    ctx.database.close()


def _at(morning: Morning, what: str = "today") -> list[object]:
    return ["--meeting", what, "--instance", morning.ctx.settings.instance]


def _text(file: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def _codes(file: Path) -> Counter[str]:
    picture = file.with_suffix("")
    subprocess.run(["pdftoppm", "-gray", "-r", "150", file, picture], check=True)
    found: Counter[str] = Counter()
    for page in sorted(file.parent.glob(f"{picture.name}-*.pgm")):
        with Image.open(page) as image:
            codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
        found.update(code.text for code in codes)
    return found


FROM_FILES: list[tuple[str, list[str], list[str]]] = [
    (
        "sign-in",
        ["--people", "people.csv", "--title", "Breakfast", "--place", "Hotel"],
        ["Breakfast", "Żak", "Signature"],
    ),
    ("tents", ["--people", "people.csv", "--per-page", "1"], ["Łucja", "Vik & Sons"]),
    ("empty-chair", ["--sectors", "Notary, Baker"], ["Notary", "Baker"]),
    ("slips", ["--pages", "2", "--paper", "letter"], ["Prospect"]),
    ("routes", ["--plan", "plan.json", "--problem", "problem.json"], ["Anna Nowak", "Bruno Verdi", "Kwiaty"]),
    ("tables", ["--plan", "plan.json", "--problem", "problem.json"], ["Cleo Blu"]),
    ("seating", ["--plan", "plan.json", "--problem", "problem.json"], ["Dan", "Rossi"]),
    ("door", ["--base-url", URL, "--title", "Breakfast"], ["Good morning", "Breakfast"]),
    ("join", ["--base-url", URL], ["meet.example.org"]),
    ("wifi", ["--network", "Sala", "--password", "buongiorno"], ["Sala", "buongiorno"]),
    ("test-code", ["--base-url", URL], ["TEST"]),
    ("calibration", ["--stock", "avery-l4785", "--dx", "1.5"], ["L4785"]),
]


@pytest.mark.parametrize(("what", "options", "said"), FROM_FILES, ids=[what for what, *_ in FROM_FILES])
def test_every_paper_comes_from_files_without_a_database(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str, options: list[str], said: list[str]
) -> None:
    monkeypatch.chdir(folder)
    before = set(folder.iterdir())
    code, out, err = run(what, *options, "--out", "paper.pdf")
    assert (code, out.startswith("paper.pdf: ")) == (0, True), err
    text = _text(folder / "paper.pdf")
    assert [word for word in said if word not in text] == []
    assert {path.name for path in set(folder.iterdir()) - before} == {"paper.pdf"}


@pytest.mark.parametrize("language", ["en", "it", "pl"])
@pytest.mark.parametrize(("what", "options", "said"), FROM_FILES, ids=[what for what, *_ in FROM_FILES])
def test_no_word_of_a_paper_leaves_its_page_in_any_language(
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    options: list[str],
    said: list[str],
    language: str,
) -> None:
    monkeypatch.chdir(folder)
    assert run(what, *options, "--lang", language, "--out", "paper.pdf")[0] == 0
    found = subprocess.run(["pdftotext", "-bbox", "paper.pdf", "-"], capture_output=True, check=True, text=True).stdout
    width = float(re.findall(r'<page width="([\d.]+)"', found)[0])
    words = re.findall(r'xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">(.*?)</word>', found)
    edge = 4 / 25.4 * 72
    assert words
    assert [word for left, right, word in words if float(left) < edge or float(right) > width - edge] == []


def test_seats_without_a_problem_call_people_by_their_ids(run: Run, folder: Path) -> None:
    out = folder / "routes.pdf"
    assert run("routes", "--plan", folder / "plan.json", "--out", out)[0] == 0
    assert all(f"\n{key}\n" in f"\n{_text(out)}\n" for key in ("1", "b", "3", "4"))


def test_somebody_who_sits_out_every_round_still_has_a_card(run: Run, folder: Path) -> None:
    out = folder / "routes.pdf"
    code, said, err = run("routes", "--plan", folder / "plan.json", "--problem", folder / "problem.json", "--out", out)
    assert (code, said) == (0, f"{out}: people 5, rounds 2, pages 1\n"), err


def test_papers_speak_the_language_that_was_asked_for(run: Run, folder: Path) -> None:
    out = folder / "list.pdf"
    run("sign-in", "--people", folder / "people.csv", "--lang", "it", "--out", out)
    assert "Firma" in _text(out)


def test_the_codes_of_the_posters_lead_where_they_should(run: Run, folder: Path) -> None:
    out = folder / "poster.pdf"
    run("join", "--base-url", f"{URL}/", "--out", out)
    assert _codes(out) == {f"{URL}/": 1}
    run("wifi", "--network", "Sala;2", "--password", "buongiorno", "--out", out)
    assert _codes(out) == {"WIFI:T:WPA;S:Sala\\;2;P:buongiorno;;": 1}
    run("test-code", "--base-url", URL, "--out", out)
    assert {badge_code.read_code(text) for text in _codes(out)} == {badge_code.TEST_CODE}


def test_a_test_page_has_three_names_of_the_list(run: Run, folder: Path) -> None:
    out = folder / "test.pdf"
    flags = ["--people", folder / "people.csv", "--stock", "avery-l4785", "--base-url", URL, "--test-page"]
    code, said, _ = run("badges", *flags, "--out", out)
    assert (code, said) == (0, f"{out}: badges 3, pages 1\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sign-in", "--people", "nobody.csv"], "nobody.csv cannot be read"),
        (["tents", "--people", "plan.json"], "plan.json"),
        (["slips", "--pages", "0"], "0 pages cannot be printed at once"),
        (["routes", "--plan", "problem.json"], "problem.json is no plan"),
        (["routes", "--plan", "people.csv"], "people.csv is not JSON, line 1"),
        (["seating", "--plan", "plan.json", "--problem", "plan.json"], "plan.json is no problem"),
        (["badges", "--people", "people.csv", "--stock", "avery-l4785"], "There is no base address"),
        (["join", "--base-url", "meet"], "address"),
        (["door", "--base-url", "http://10.0.0.1"], "number"),
        (["test-code", "--base-url", "http://10.0.0.1"], "is a number, not a name"),
        (["wifi", "--network", "Sala", "--password", "ciao"], "8 to 63"),
        (["calibration", "--stock", "napkin"], 'No label stock is called "napkin".'),
        (["calibration", "--stock", "avery-l4785", "--dx", "99"], "Offsets may be up to 15"),
        (["stocks", "napkin"], "No label stock has “napkin” in its name."),
        (["sign-in", "--people", "people.csv", "--title", "x" * 900], "does not fit on the page"),
    ],
)
def test_what_cannot_be_printed_is_refused_in_one_line_and_leaves_no_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(folder)
    before = set(folder.iterdir())
    flags = [] if arguments[0] == "stocks" else ["--out", "paper.pdf"]
    code, said, err = run(*arguments, *flags)
    assert (code, said, err.count("\n")) == (1, "", 1), err
    assert sentence in err
    assert set(folder.iterdir()) == before


def test_a_file_that_was_there_stays_when_nothing_can_be_printed(run: Run, folder: Path) -> None:
    out = folder / "paper.pdf"
    out.write_bytes(b"yesterday's")
    assert run("slips", "--pages", "0", "--out", out)[0] == 1
    assert out.read_bytes() == b"yesterday's"


@pytest.mark.parametrize(
    "arguments",
    [
        ["sign-in"],
        ["tents", "--people", "a.csv", "--meeting", "today", "--out", "x"],
        ["kit", "--out", "x"],
        ["report", "--out", "x"],
        ["kit", "--meeting", "today", "--only", "napkin", "--out", "x"],
        ["tents", "--people", "a.csv", "--per-page", "3", "--out", "x"],
        ["napkin"],
    ],
    ids=" ".join,
)
def test_a_wrong_usage_is_exit_code_two(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: coltiva print")


@pytest.mark.parametrize("what", ["", *KINDS, "kit", "report", "group-report", "packets", "calibration", "stocks"])
def test_every_paper_explains_itself(run: Run, what: str) -> None:
    code, out, _ = run(*([what] if what else []), "--help")
    assert code == 0
    assert out.startswith("usage: coltiva print")


def test_the_labels_are_listed_with_their_measures(run: Run) -> None:
    code, out, _ = run("stocks", "l4785")
    assert (code, out.split()) == (0, ["avery-l4785", "80", "x", "50", "mm", "10", "Avery", "L4785"])
    assert len(run("stocks")[1].splitlines()) >= 64


# --- of a meeting


@pytest.mark.parametrize("what", [kind for kind in KINDS if kind not in ("badges", "empty-chair", "wifi")])
def test_every_paper_comes_from_a_meeting(run: Run, morning: Morning, tmp_path: Path, what: str) -> None:
    out = tmp_path / "paper.pdf"
    code, said, err = run(what, *_at(morning), "--out", out)
    assert (code, said.startswith(f"{out}: pages ")) == (0, True), err
    if what in ("sign-in", "routes", "tables", "seating", "tents"):
        assert "Mira" in _text(out)


def test_badges_of_a_meeting_carry_the_codes_of_the_door(run: Run, morning: Morning, tmp_path: Path) -> None:
    out = tmp_path / "badges.pdf"
    code, said, err = run("badges", *_at(morning), "--stock", "avery-l4785", "--sort", "table", "--out", out)
    assert (code, said, err) == (0, f"{out}: badges 6, pages 1\n", "")
    printed = {badge_code.read_code(text) for text in _codes(out)}
    assert printed == set(morning.codes.values()) - {morning.codes["Sam"]}
    assert not any(holder.printed_at for holder in badges.holders(morning.ctx, morning.meeting_id)), "nothing is marked"


def test_a_kit_holds_everything_that_can_be_printed_by_now(run: Run, morning: Morning, tmp_path: Path) -> None:
    out = tmp_path / "kit.pdf"
    code, said, err = run("kit", *_at(morning), "--out", out)
    assert code == 0, err
    assert said.startswith(f"{out}: documents 8, pages ")
    network = Network("Sala", "buongiorno")
    print_setup.choose_network(morning.ctx, group_id=GroupId(morning.group_id), network=network)
    assert run("kit", *_at(morning), "--out", out)[1].startswith(f"{out}: documents 9, pages ")
    code, said, _ = run("kit", *_at(morning), "--only", "sign-in,slips", "--out", out)
    assert (code, said.startswith(f"{out}: documents 2")) == (0, True)
    code, _, err = run("kit", *_at(morning), "--only", "empty-chair", "--out", tmp_path / "none.pdf")
    assert (code, err.count("\n")) == (1, 1)


@pytest.mark.parametrize(("language", "word"), [("it", "Rapporto"), ("pl", "Raport")])
def test_the_reports_are_printed_in_the_language_that_was_asked_for(
    run: Run, morning: Morning, tmp_path: Path, language: str, word: str
) -> None:
    out = tmp_path / "report.pdf"
    for what in ("report", "group-report"):
        code, said, err = run(what, *_at(morning), "--lang", language, "--out", out)
        assert (code, said.startswith(f"{out}: ")) == (0, True), err
        assert word in _text(out)


def test_packets_are_for_those_who_came(run: Run, morning: Morning, tmp_path: Path) -> None:
    out = tmp_path / "packets.pdf"
    code, _, err = run("packets", *_at(morning), "--out", out)
    assert (code, err.count("\n"), out.exists()) == (1, 1, False)
    everybody_in(morning, but=["Dora"])
    code, said, err = run("packets", *_at(morning), "--out", out)
    assert (code, said) == (0, f"{out}: packets 5, pages 5\n"), err
    assert "Mira" in _text(out)


def test_what_a_meeting_lacks_is_said_in_one_line(run: Run, morning: Morning, tmp_path: Path) -> None:
    out = tmp_path / "paper.pdf"

    def refused(*arguments: object) -> str:
        code, said, err = run(*arguments, "--out", out)
        assert (code, said, err.count("\n")) == (1, "", 1), err
        assert not out.exists()
        return err

    assert "There is no such meeting" in refused("tents", *_at(morning, "never"))
    assert "The network has no name yet." in refused("wifi", *_at(morning))
    assert "No label stock is called napkin." in refused("badges", *_at(morning), "--stock", "napkin")

    def forget(tx: Tx) -> None:
        tx.db.execute(update(Group).values(base_url=""))

    morning.ctx.transaction(forget)
    refused("badges", *_at(morning), "--stock", "avery-l4785")
    flags = ["--stock", "avery-l4785", "--base-url", URL]
    assert run("badges", *_at(morning), *flags, "--out", out)[0] == 0
    database = tmp_path / "letter.db"
    database.write_text("a letter to a friend, and nothing else in this file")
    other = tmp_path / "other.pdf"
    code, _, err = run("tents", "--meeting", "today", "--database", f"sqlite:///{database}", "--out", other)
    assert (code, err.count("\n"), other.exists()) == (1, 1, False)


LEAN = """
import sys, time
from server.__main__ import main
code = main(sys.argv[1:])
heavy = [name for name in ("flask", "gevent", "sqlalchemy", "socketio") if name in sys.modules]
print(code, *heavy, file=sys.stderr)
"""


@pytest.mark.parametrize("what", [("slips",), ("routes", "--plan", "plan.json"), ("tents", "--people", "people.csv")])
def test_a_paper_from_a_file_starts_without_the_web_and_without_a_database(folder: Path, what: tuple[str, ...]) -> None:
    assert _lean(folder, [*what, "--out", "paper.pdf"]) == "0"


def test_a_paper_of_a_meeting_starts_without_the_web(morning: Morning, tmp_path: Path) -> None:
    assert _lean(tmp_path, ["slips", *map(str, _at(morning)), "--out", "paper.pdf"]) == "0 sqlalchemy"


def _lean(folder: Path, arguments: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-c", LEAN, "print", *arguments],
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr.splitlines()[-1]


def test_every_word_on_paper_is_said_in_the_language_of_the_paper() -> None:
    from dataclasses import fields

    from printables.paper import PaperWords

    assert set(WORDS) == {field.name for field in fields(PaperWords)}
