"""Every paper as the child draws it: each can be drawn, looked at page by page, and bound with all the others."""

import base64
import io
from typing import Any

import pytest
from pypdf import PdfReader

from printables import preview
from server.domain.errors import RuleViolation
from server.jobs import Json
from server.jobs.drawings import DRAWN
from server.jobs.paper import JOBS
from server.views import paper_texts as texts

PEOPLE = [
    {
        "first_name": first,
        "last_name": last,
        "company": company,
        "role": role,
        "code": code,
        "uid": code,
        "seats": seats,
    }
    for first, last, company, role, code, seats in (
        ("Łucja", "Żak-Wiśniewska", "Foto (Łukasik)", "member", "AAAABBBBCCCC1", [1, 2]),
        ("Max", "D'Alò", "D'Alò Catering", "visitor", "AAAABBBBCCCC2", [1, None]),
        ("Ανδρέας", "Παπαδόπουλος", "Ελιά & Σία", "host", "AAAABBBBCCCC3", [2, 2]),
        ("محمد", "العربي", "شركة", "member", "AAAABBBBCCCC4", [2, None]),
        ("李", "小龍", "功夫", "member", "AAAABBBBCCCC5", [None, 1]),
    )
]
PAPER: Json = {"paper": {"title": "Śniadanie", "subtitle": "Hotel", "size": "a4", "language": "pl",
                         "words": texts.paper_words(str)}}  # fmt: skip
ROUNDS = [{"number": number, "prompt": "“Whom?”"} for number in (1, 2)]
BADGES: Json = {
    "people": PEOPLE, "stock": "avery-l4785", "base_url": "https://meet.example.org",
    "words": texts.badge_words(str, "en"),
}  # fmt: skip
BACK: Json = {"heading": "My rounds", "agenda": [["07:00", "Welcome"]], "rounds": [{"number": 1}, {"number": 2}],
              "out_word": "–"}  # fmt: skip
POSTER: Json = {"heading": "Join", "code": "https://meet.example.org/", "link": "meet.example.org", "steps": ["Look."],
                "note": "Ciao", "language": "en", "paper": "a4"}  # fmt: skip
OWN: Json = {"id": "own-1", "name": "Mine", "page_w": 210.0, "page_h": 297.0, "cols": 2, "rows": 2, "label_w": 90.0,
             "label_h": 60.0, "left": 10.0, "top": 10.0, "gap_x": 5.0, "gap_y": 5.0, "radius": 2.0,
             "kind": "sheet"}  # fmt: skip
SAMPLES: list[tuple[str, Json]] = [
    ("badges", BADGES),
    ("badges", BADGES | {"stock": OWN, "back": BACK, "duplex": "short"}),
    ("badges", BADGES | {"stock": "dk-22205", "length": 80.0, "black_only": True, "dots": 300}),
    ("badge_trial", BADGES),
    ("calibration", {"stock": "herma-4412", "dx": 1.0, "dy": -1.0, "scale": 1.01,
                     "words": texts.calibration_words(str, "en")}),
    ("sign_in", PAPER | {"people": PEOPLE, "sheet": {"title": "List", "signature_word": "Signature"}}),
    ("poster", {"kind": "join", "poster": POSTER}),
    ("poster", {"kind": "door", "poster": POSTER | {"paper": "letter"}}),
    ("wifi", {"poster": POSTER, "network": {"name": "Sala", "password": "buongiorno"},
              "words": texts.paper_words(str)}),
    ("test_code", {"sheet": {"title": "Test", "codes": [{"name": "Test", "code": "TESTTESTTEST0"}],
                             "base_url": "https://meet.example.org"}}),
    ("routes", PAPER | {"people": PEOPLE, "rounds": ROUNDS}),
    ("tables", PAPER | {"people": PEOPLE, "rounds": ROUNDS, "options": {"names": False}}),
    ("seating", PAPER | {"people": PEOPLE, "rounds": ROUNDS, "options": {"rounds": [2]}}),
    ("tents", PAPER | {"people": PEOPLE, "options": {"per_page": 1}}),
    ("empty_chair", PAPER | {"chairs": [{"sector": "Notaio", "lines": ["Two look for one"], "invitation": "Come"}]}),
    ("slips", PAPER | {"pages": 1}),
]  # fmt: skip


def _tell(news: Json) -> None:
    raise AssertionError("a single paper has nothing to tell")


def _pages(made: Json) -> int:
    return len(PdfReader(io.BytesIO(base64.b64decode(made["pdf"]))).pages)


@pytest.mark.parametrize(("kind", "arguments"), SAMPLES, ids=[f"{at}-{kind}" for at, (kind, _) in enumerate(SAMPLES)])
def test_every_page_of_every_paper_can_be_looked_at_whole(kind: str, arguments: Json) -> None:
    made = JOBS[kind](arguments, _tell)  # type: ignore[arg-type]  # nobody asks it whether it is enough
    assert _pages(made) == made["pages"]
    for number in range(1, made["pages"] + 1):
        look = preview.page(base64.b64decode(made["pdf"]), number)
        assert look.left_out == (), f"page {number} is not shown as it is printed"


def test_every_kind_of_paper_has_a_sample_here() -> None:
    assert {kind for kind, _ in SAMPLES} == set(DRAWN)


def test_all_papers_are_bound_into_one_and_the_way_is_told() -> None:
    parts = [{"title": kind, "job": kind, "arguments": arguments} for kind, arguments in SAMPLES]
    told: list[Json] = []
    asked = {"parts": parts, "title": "Kit", "language": "en"}
    made = JOBS["kit"](asked, told.append)  # type: ignore[arg-type]  # a list hears, it never says enough
    assert _pages(made) == made["pages"]
    assert [news["title"] for news in told] == [kind for kind, _ in SAMPLES]
    assert [news["share"] for news in told] == sorted(news["share"] for news in told)
    look: Any = JOBS["look"]({"job": "kit", "arguments": asked, "page": 999}, told.append)  # type: ignore[arg-type]
    assert (look["pages"], look["begins"]) == (made["pages"], made["begins"])


def test_what_cannot_be_printed_is_refused_with_its_code() -> None:
    with pytest.raises(RuleViolation) as refused:
        JOBS["badges"](BADGES | {"people": []}, _tell)  # type: ignore[arg-type]
    assert refused.value.code == "print_nobody"
    with pytest.raises(RuleViolation) as refused:
        JOBS["own_stock"]({key: value for key, value in OWN.items() if key != "id"} | {"label_w": -1.0}, _tell)  # type: ignore[arg-type]
    assert refused.value.code == "print_bad_measure"


def test_what_is_read_off_a_calibration_page_puts_the_printer_right() -> None:
    scales = JOBS["scales"]({"stock": OWN}, _tell)["scales"]  # type: ignore[arg-type]
    assert [scale["letter"] for scale in scales] == ["A", "B", "C", "D"]
    asked = {"stock": OWN, "dx": 1.0, "dy": 0.0, "scale": 1.0, "read": {"a": 0.5, "b": -1.0, "c": 0.5, "d": -1.0}}
    assert JOBS["correction"](asked, _tell) == {"dx": 1.5, "dy": -1.0, "scale": 1.0}  # type: ignore[arg-type]
