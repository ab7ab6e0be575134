"""Plots as they stand on a page and on paper: the same words in both, clean SVG, nothing that touches."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printables import plots
from printables.draw import Document
from printables.plots import Fill, Form, Plot, Row, Series
from printables.text import FontSet, clean

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg": {"viewBox", "role", "aria-labelledby"},
    "title": {"id"},
    "desc": {"id"},
    "rect": {"x", "y", "width", "height", "class", "fill", "stroke", "stroke-width", "stroke-dasharray"},
    "path": {"d", "class", "fill", "stroke", "stroke-width", "stroke-dasharray"},
    "text": {"x", "y", "class", "fill", "font-size", "font-weight", "text-anchor"},
}
CAME = Plot(
    "turnout",
    Form.COLUMNS,
    "How many came",
    "the last weeks",
    "Last time 41 came.",
    (Series("Members"), Series("Visitors", Fill.HATCHED)),
    tuple(Row(f"{day} Nov", (30 + day % 7, day % 4)) for day in range(1, 13)),
)
FLOW = Plot(
    "flow",
    Form.BARS,
    "Where they stand",
    "26 weeks",
    "Won: 7.",
    (Series("introduced"), Series("spoken for", Fill.HATCHED), Series("name only", Fill.OPEN)),
    (Row("given", (2, 1, 4)), Row("won", (6, 1, 0)), Row("<b>lost</b> & found", (0, 0, 3))),
)
BALANCE = Plot(
    "balance",
    Form.SIDES,
    "Giving and receiving",
    "26 weeks",
    "Most gave.",
    (Series("gave"), Series("received", Fill.HATCHED)),
    (Row("0", (12, 9)), Row("1", (0, 11)), Row("5+", (2, 3))),
)
GREW = Plot(
    "grew",
    Form.BEDS,
    "Round by round",
    "12 March",
    "Most grew from round 2.",
    (Series("one-to-ones"), Series("other referrals"), Series("became business")),
    (Row("Round 1", (2, 1, 0)), Row("Round 2", (3, 30, 4)), Row("Round 3", (0, 0, 0))),
)
TREND = Plot(
    "trend",
    Form.COLUMNS,
    "Referrals given",
    "12 months",
    "Most in November: 12.",
    (Series("Referrals given"),),
    (Row("Sep", (0,)), Row("Oct", (None,)), Row("Nov", (12,))),
)
EVERY = (CAME, FLOW, BALANCE, GREW, TREND)


def on_screen(plot: Plot, fonts: FontSet) -> ET.Element:
    return ET.fromstring(plots.svg(plot, fonts))


def words(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def on_paper(plot: Plot, fonts: FontSet) -> bytes:
    document = Document(210, 297, title="Plot", language="en", fonts=fonts)
    with document.placed(document.whole_page()):
        document.put(plots.operators(plot, document, 20, 150, 100))
    document.next_page()
    return document.finish()


@pytest.mark.parametrize("plot", EVERY, ids=lambda plot: plot.key)
def test_paper_and_screen_show_the_same_words(fonts: FontSet, plot: Plot) -> None:
    (page,) = pypdf.PdfReader(io.BytesIO(on_paper(plot, fonts))).pages
    shown = sorted("".join(words(on_screen(plot, fonts))).replace(" ", ""))
    assert sorted("".join(page.extract_text().split())) == shown


@pytest.mark.parametrize("plot", EVERY, ids=lambda plot: plot.key)
def test_the_picture_says_what_it_is_and_asks_nobody(fonts: FontSet, plot: Plot) -> None:
    svg = on_screen(plot, fonts)
    assert (svg.get("role"), svg.findtext(f"{SVG}title")) == ("img", plot.title)
    assert svg.findtext(f"{SVG}desc") == plot.finding
    ids = [element.get("id") for element in svg if element.get("id")]
    assert svg.get("aria-labelledby") == " ".join(str(one) for one in ids)
    assert all(str(one).startswith(plot.key) for one in ids)
    for element in svg.iter():
        kind = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ALLOWED[kind], "no style, no script, no address"
    assert "http" not in plots.svg(plot, fonts).replace("http://www.w3.org/2000/svg", "", 1)


def test_a_user_text_is_never_markup(fonts: FontSet) -> None:
    assert "<b>lost</b> & found" in words(on_screen(FLOW, fonts))


@pytest.mark.parametrize("plot", EVERY, ids=lambda plot: plot.key)
def test_every_value_stands_on_its_mark(fonts: FontSet, plot: Plot) -> None:
    shown = words(on_screen(plot, fonts))
    for row in plot.rows:
        wanted = [str(value) for value in row.values if value] if plot is BALANCE else [str(sum(row.numbers))]
        if not row.is_told:
            wanted = ["–"]
        if plot is GREW:
            wanted = [" · ".join(map(str, row.values))]
        for value in wanted:
            assert value in shown


@pytest.mark.parametrize("plot", EVERY[:3], ids=lambda plot: plot.key)
def test_series_are_told_apart_without_colour(fonts: FontSet, plot: Plot) -> None:
    classes = {element.get("class") for element in on_screen(plot, fonts).iter() if element.get("class")}
    wanted = {Fill.PLAIN: {"p1"}, Fill.HATCHED: {"p2", "cuts"}, Fill.OPEN: {"none"}}
    for one in plot.series:
        assert wanted[one.fill] <= classes


def test_what_is_not_told_has_a_dash_and_no_mark_and_is_no_nought(fonts: FontSet) -> None:
    shown = on_screen(TREND, fonts)
    assert len(list(shown.iter(f"{SVG}rect"))) == 1
    assert sorted(words(shown)) == sorted(["Sep", "Oct", "Nov", "0", "–", "12"])
    partly = replace(CAME, rows=(Row("x", (7, None)), Row("y", (30, 4))))
    assert {"–", "34"} <= set(words(on_screen(partly, fonts)))
    assert "7" not in words(on_screen(partly, fonts))


def test_where_only_some_sums_have_room_every_dash_still_stands(fonts: FontSet) -> None:
    months = [Row(f"{number}", (None if number % 2 else 12_345,)) for number in range(12)]
    shown = words(on_screen(replace(TREND, rows=tuple(months)), fonts))
    assert shown.count("–") == 6
    assert shown.count("12345") < 6


def _plants(plot: Plot, fonts: FontSet) -> tuple[int, int, int]:
    """Sprouts, blooms and fruits, by what only they have: a second leaf, an open head, two full ones."""
    paths = [each.get("class") for each in on_screen(plot, fonts).iter(f"{SVG}path")]
    blooms, fruits = paths.count("none"), paths.count("p1") // 2
    return (paths.count("p2") - blooms - fruits) // 2, blooms, fruits


def test_everything_that_grew_is_a_plant_of_its_own_and_no_two_kinds_look_alike(fonts: FontSet) -> None:
    legend = 1
    assert _plants(GREW, fonts) == (5 + legend, 31 + legend, 4 + legend)


def test_where_too_much_grew_a_plant_stands_for_several_and_says_for_how_many(fonts: FontSet) -> None:
    plot = replace(GREW, rows=(Row("Round 1", (100, 41, 3)),))
    assert _plants(plot, fonts) == (20 + 2, 9 + 1, 1 + 1)
    assert {"= 5", "100 · 41 · 3"} <= set(words(on_screen(plot, fonts)))


def _spans(svg: ET.Element, fonts: FontSet) -> list[tuple[float, float, float, str]]:
    """Where each text lies when it is written with the largest letters: line, from, to."""
    found = []
    for text in svg.iter(f"{SVG}text"):
        face = fonts.bold if text.get("font-weight") else fonts.regular
        wide = fonts.width(face, text.text or "") * 17
        share = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor") or "", 0.0)
        start = float(text.get("x") or 0) - share * wide
        found.append((round(float(text.get("y") or 0)), start, start + wide, text.text or ""))
    return sorted(found)


NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), form=st.sampled_from(Form))
def test_no_texts_touch_and_none_leaves_the_picture(data: st.DataObject, form: Form) -> None:
    fonts = _fonts()
    series = 2 if form is Form.SIDES else data.draw(st.integers(1, 3))
    number: st.SearchStrategy[int | None] = st.integers(0, 2000)
    if form is Form.COLUMNS:
        number = st.none() | number
    values = st.tuples(*[number] * series)
    rows = data.draw(st.lists(st.tuples(NAMES, values), min_size=1, max_size=30))
    fills = list(Fill)
    plot = Plot(
        "any",
        form,
        "Any",
        "",
        "",
        tuple(Series(data.draw(NAMES), fills[at]) for at in range(series)),
        tuple(Row(name, found) for name, found in rows),
    )
    svg = on_screen(plot, fonts)
    height = float((svg.get("viewBox") or "").split()[3])
    spans = [span for span in _spans(svg, fonts) if span[3].strip()]
    for line, start, end, text in spans:
        assert -0.5 <= start <= end <= plots.WIDTH + 0.5, text
        assert 10 <= line <= height
    for (line, _, end, text), (other, start, _, _) in pairwise(spans):
        assert line != other or end <= start + 0.5, text


def _fonts() -> FontSet:
    vendor = resources.files("coltiva_vendor")
    return FontSet(*(vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")))


def test_a_name_no_xml_can_hold_loses_only_that(fonts: FontSet) -> None:
    plot = replace(FLOW, rows=(Row("a\ufffe\x00\ud800b", (1, 0, 0)),))
    assert clean("a\ud800b") in words(on_screen(plot, fonts))


def test_a_bar_of_nothing_is_no_bar(fonts: FontSet) -> None:
    plot = replace(FLOW, rows=(Row("none", (0, 0, 0)),))
    legend = 3
    boxes = list(on_screen(plot, fonts).iter(f"{SVG}rect"))
    assert len(boxes) == legend


@pytest.mark.parametrize(
    "plot",
    [
        replace(CAME, rows=()),
        replace(CAME, rows=(Row("x", (1,)),)),
        replace(CAME, rows=(Row("x", (1, -1)),)),
        *(replace(each, rows=(*each.rows, Row("x", (None,) * len(each.series)))) for each in (FLOW, BALANCE, GREW)),
        replace(CAME, series=()),
        replace(CAME, series=(Series("x"),) * 4, rows=(Row("x", (1,) * 4),)),
        replace(BALANCE, series=(Series("x"),), rows=(Row("x", (1,)),)),
    ],
)
def test_a_plot_that_makes_no_sense_is_no_plot(fonts: FontSet, plot: Plot) -> None:
    with pytest.raises(ValueError):
        plots.svg(plot, fonts)


def test_the_same_numbers_give_the_same_bytes_whatever_the_hash_seed(fonts: FontSet) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from hashlib import sha256\n"
        "from tests.printables import test_plots as t\n"
        "fonts = t._fonts()\n"
        "for plot in t.EVERY:\n"
        "    for made in (t.on_paper(plot, fonts), t.plots.svg(plot, fonts).encode()):\n"
        "        print(sha256(made).hexdigest())\n"
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
