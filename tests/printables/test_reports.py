"""Reports on paper: everything handed in can be read out again, whatever it is called and however long it is."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printables import plots, reports
from printables.draw import Document
from printables.flow import Flow
from printables.model import PrintRefused, Result
from printables.plots import Form, Plot, Row, Series
from printables.reports import Column, Report, Section, Table
from printables.text import FontSet, clean
from tests.printables.test_plots import BALANCE, CAME, FLOW, _fonts

LIST = (Column("Name", 0.4), Column("Company", 0.4), Column("Came", 0.2, is_number=True))
SHORT = (Column("What", 0.7), Column("Number", 0.3, is_number=True))
FIGURES = Table("Attendance", SHORT, (("Expected", "44"), ("Came", "41")))
REPORT = Report(
    "Breakfast no. 214",
    "Thursday, 26 November 2026 · Hotel Corona",
    (
        Section("What grew from it", ("Told from five people on.",), (FLOW, BALANCE), (FIGURES,)),
        Section("Everybody", tables=(Table("By name", LIST, (("Łucja Żak", "D'Alò & Figli", "07:05"),)),)),
    ),
    foot="Breakfast no. 214 · for those who lead the group",
)


def pages(result: Result) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(result.pdf)).pages]


def squashed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_report_says_everything_on_either_paper(fonts: FontSet, paper: str, size: tuple[int, int]) -> None:
    result = reports.render(replace(REPORT, paper=paper, language="it"), fonts)
    read = pypdf.PdfReader(io.BytesIO(result.pdf))
    assert tuple(round(float(side)) for side in read.pages[0].mediabox[2:]) == size
    assert read.metadata is not None
    assert (read.metadata.title, read.root_object["/Lang"]) == ("Breakfast no. 214", "it")
    text = squashed("".join(pages(result)))
    for said in (
        REPORT.title, REPORT.subtitle, "What grew from it", "Told from five people on.", FLOW.title, FLOW.period,
        FLOW.finding, "spoken for", BALANCE.title, "Attendance", "Expected", "44", "By name", "Łucja Żak",
        "D'Alò & Figli", "07:05", "Company", REPORT.foot,
    ):  # fmt: skip
        assert squashed(said) in text
    assert result.warnings == ()


def test_a_long_list_goes_on_overleaf_under_the_same_heads(fonts: FontSet) -> None:
    rows = tuple((f"Anna Nowak {n}", f"Firma {n}", f"{n}") for n in range(200))
    result = reports.render(replace(REPORT, sections=(Section("All", tables=(Table("", LIST, rows),)),)), fonts)
    read = pages(result)
    assert result.pages == len(read) > 3
    for number, page in enumerate(read, start=1):
        assert f"{number} / {len(read)}" in page
        assert "Company" in page
    order = [int(found) for found in re.findall(r"Anna Nowak (\d+)", " ".join(read))]
    assert order == list(range(200))


def test_a_row_higher_than_a_page_is_divided_and_complete(fonts: FontSet) -> None:
    people = ", ".join(f"Anna Nowak {n}" for n in range(1500))
    result = reports.render(
        replace(REPORT, sections=(Section("All", tables=(Table("", LIST, (("Table 1", people, "1500"),)),)),)), fonts
    )
    text = squashed("".join(pages(result)))
    assert all(f"AnnaNowak{n}" in text.replace("Company", "") for n in (0, 700, 1499))
    assert result.pages > 1


def test_a_heading_stands_with_what_it_heads(fonts: FontSet) -> None:
    for rows in range(30, 70):
        first = Section("First", tables=(Table("", LIST, tuple((f"N{n}", "F", "1") for n in range(rows))),))
        second = Section("Second part", plots=(FLOW, CAME))
        read = pages(reports.render(replace(REPORT, sections=(first, second)), fonts))
        (where,) = [page for page in read if "Second part" in page]
        assert FLOW.title in where


def test_short_tables_and_plots_stand_beside_each_other(fonts: FontSet) -> None:
    together = Section("Both", plots=(CAME,), tables=(FIGURES,))
    result = reports.render(replace(REPORT, sections=(together,)), fonts)
    (page,) = pypdf.PdfReader(io.BytesIO(result.pdf)).pages
    places: dict[str, tuple[float, float]] = {}

    def note(text: str, cm: list[float], tm: list[float], *rest: object) -> None:
        at = (tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
        if text.strip():
            places.setdefault(text.strip(), at)

    page.extract_text(visitor_text=note)
    plot, table = places[CAME.title], places[FIGURES.caption]
    assert abs(plot[1] - table[1]) < 12
    assert table[0] - plot[0] > 200


HOSTILE = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=120)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=12))
def test_names_are_read_out_exactly_as_they_were_typed(people: list[tuple[str, str]]) -> None:
    fonts = _fonts()
    rows = tuple((name, firm, "x") for name, firm in people)
    table = Table("List", LIST, rows)
    text = squashed("".join(pages(reports.render(replace(REPORT, sections=(Section("All", tables=(table,)),)), fonts))))
    for name, firm in people:
        for part in (name, firm):
            # A cell is written line by line, cell after cell: its letters come in one piece.
            assert squashed(clean(part)) in text


def test_markup_in_a_name_is_a_name(fonts: FontSet) -> None:
    rows = (("<b>Anna</b> &amp; <font size=90>", "%(x)s {y}", "\\(a)"),)
    result = reports.render(replace(REPORT, sections=(Section("All", tables=(Table("", LIST, rows),)),)), fonts)
    text = squashed("".join(pages(result)))
    for cell in rows[0]:
        assert squashed(cell) in text


def test_a_name_without_letters_in_the_font_is_told_once(fonts: FontSet) -> None:
    rows = (("\U00012000 Yamada", "F", "1"),) * 3
    result = reports.render(replace(REPORT, sections=(Section("All", tables=(Table("", LIST, rows),)),)), fonts)
    assert [warning.key for warning in result.warnings] == ["missing_glyphs"]


@pytest.mark.parametrize(
    ("report", "code"),
    [(replace(REPORT, sections=()), "nobody"), (replace(REPORT, paper="a3"), "unknown_paper")],
)
def test_an_impossible_report_is_refused(fonts: FontSet, report: Report, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        reports.render(report, fonts)
    assert refused.value.code == code


def test_a_plot_with_a_high_legend_still_fits_the_page(fonts: FontSet) -> None:
    rows = tuple(Row(f"sector {n}", (n,)) for n in range(14))
    high = Plot("high", Form.BARS, "High", "", "", (Series("people"),), rows)
    result = reports.render(replace(REPORT, sections=(Section("High", plots=(high,) * 5),)), fonts)
    assert sum(page.count("sector 13") for page in pages(result)) == 5


@pytest.mark.parametrize("rounds", [2, 12])
def test_beds_are_as_large_as_the_page_allows_and_leave_room_for_words(fonts: FontSet, rounds: int) -> None:
    series = (Series("one-to-ones"), Series("other referrals"), Series("became business"))
    beds = Plot("beds", Form.BEDS, "Beds", "", "", series, tuple(Row(f"round {n}", (3, 2, 1)) for n in range(rounds)))
    section = Section("Grown", plots=(beds,), texts=("From table 3 to business",))
    (page,) = pages(reports.render(replace(REPORT, sections=(section,)), fonts))
    assert page.count("3 · 2 · 1") == rounds
    half = plots.height(beds, fonts, 84)
    flow = Flow(Document(210, 297, title="", language="en", fonts=fonts), "", "")
    assert flow.height(beds) > (1.6 * half if rounds == 2 else 150)


def test_the_same_report_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from hashlib import sha256\n"
        "from tests.printables import test_reports as t\n"
        "print(sha256(t.reports.render(t.REPORT, t._fonts()).pdf).hexdigest())\n"
    )
    root = str(Path(__file__).parents[2])
    said = {
        subprocess.run(
            [sys.executable, "-c", script, root],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        ).stdout
        for seed in ("0", "1", "random")
    }
    assert len(said) == 1
