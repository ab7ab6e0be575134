"""The paper seed packet, read out panel by panel as it lies in the hand."""

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

from printables import packet
from printables.model import PrintRefused, Result
from printables.packet import Line, Packet, PacketWords
from printables.text import FontSet, clean
from tests.printables.test_plots import _fonts

WORDS = PacketWords(
    title="Seed packet",
    occasion="Breakfast no. 214",
    when="Thursday, 26 November 2026",
    met="Whom I met",
    met_hint="Tick with whom you want to stay in touch.",
    nobody="Nobody sat with you this time.",
    promised="What I promised",
    promised_hint="Tick what is done.",
    notes="Notes",
    bring_back="Bring this packet to the next meeting.",
    fold="Fold the upper half to the back.",
)
MAX = Line("Max D'Alò", ("D'Alò Catering, Catering", "Round 1", "max@example.org"), "K7M4XW")
MIRA = Packet("Mira Łukasik", (MAX, Line("Olga Marchetti", ("Studio Marchetti",), "9QK2ZT")),
              (Line("A list of florists", ("Max D'Alò, by 3 December",), "0A1B2C"),))  # fmt: skip
WIDTH, HEIGHT = 595.28 / 2, 841.89 / 2


def pages(result: Result) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(result.pdf)).pages]


def squashed(text: str) -> str:
    return re.sub(r"\s", "", text)


def panels(result: Result, page: int = 0) -> dict[str, str]:
    """What stands on each quarter of a sheet; letters that stand on their head are marked with ^."""
    found = {"upper left": "", "upper right": "", "lower left": "", "lower right": ""}

    def note(text: str, cm: list[float], tm: list[float], *rest: object) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        where = f"{'upper' if y > HEIGHT else 'lower'} {'left' if x < WIDTH else 'right'}"
        if text.strip():
            found[where] += ("^" if cm[0] < 0 else "") + text

    pypdf.PdfReader(io.BytesIO(result.pdf)).pages[page].extract_text(visitor_text=note)
    return {where: squashed(text) for where, text in found.items()}


def test_one_side_of_one_sheet_folds_into_a_booklet(fonts: FontSet) -> None:
    result = packet.render([MIRA], WORDS, fonts)
    assert (result.pages, result.warnings) == (1, ())
    found = panels(result)
    cover, back, inside = found["lower right"], found["lower left"], found["upper right"]
    assert all(squashed(said) in cover for said in ("Mira Łukasik", WORDS.occasion, WORDS.when, WORDS.fold))
    assert all(
        squashed(said) in back for said in ("What I promised", "A list of florists", "0A1 B2C", WORDS.bring_back)
    )
    assert "^" in inside, "the inside comes to stand upright when the upper half is folded back"
    inside = inside.replace("^", "")
    assert all(
        squashed(said) in inside for said in ("Whom I met", "Max D'Alò", "max@example.org", "K7M 4XW", "Round 1")
    )
    assert "^" not in cover + back
    assert found["upper left"] == "^Notes"


def test_what_was_promised_is_not_on_the_inside_and_the_code_stands_beside_its_line(fonts: FontSet) -> None:
    found = panels(packet.render([MIRA], WORDS, fonts))
    assert "florists" not in found["upper right"]
    text = pages(packet.render([MIRA], WORDS, fonts))[0]
    assert text.index("9QK 2ZT") < text.index("Studio Marchetti")


def test_without_promises_there_is_room_to_write_some(fonts: FontSet) -> None:
    plain = packet.render([replace(MIRA, promised=())], WORDS, fonts)
    assert "florists" not in pages(plain)[0]
    assert "What I promised" in pages(plain)[0]
    boxes = pypdf.PdfReader(io.BytesIO(plain.pdf)).pages[0].get_contents()
    assert boxes is not None
    assert len(re.findall(rb"4\.2 4\.2 re S", boxes.get_data())) == len(MIRA.met) + 4


def test_whoever_met_nobody_gets_a_packet_too(fonts: FontSet) -> None:
    (text,) = pages(packet.render([Packet("Vik", ())], WORDS, fonts))
    assert WORDS.nobody in text
    assert WORDS.met_hint not in text


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_many_people_take_more_sheets_and_none_is_left_out(fonts: FontSet, paper: str) -> None:
    met = tuple(Line(f"Anna Nowak {n}", (f"Firma {n}", f"Round {n}"), f"{n:06}") for n in range(60))
    promised = tuple(Line(f"Promise {n}", (f"to Anna {n}",), f"P{n:05}") for n in range(30))
    result = packet.render([Packet("Mira", met, promised)], WORDS, fonts, paper=paper)
    read = pages(result)
    text = squashed("".join(read))
    for n in range(60):
        assert squashed(f"Firma {n}Round") in text
        assert f"{n:06}" in text
    for n in range(30):
        assert squashed(f"to Anna {n}") in text
    assert [f"{n} / {len(read)}" in page for n, page in enumerate(read, start=1)] == [True] * len(read)
    assert result.pages > 1


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=200)


@settings(max_examples=30, deadline=None)
@given(TEXT.filter(lambda text: bool(clean(text))), st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=6))
def test_everything_typed_can_be_read_out(owner: str, met: list[tuple[str, str, str]]) -> None:
    lines = tuple(Line(name, (firm, wish), "") for name, firm, wish in met)
    text = squashed("".join(pages(packet.render([Packet(owner, lines)], WORDS, _fonts()))))
    for said in (owner, *(part for line in met for part in line)):
        assert squashed(clean(said)) in text


def test_a_line_higher_than_a_panel_goes_on_in_the_next(fonts: FontSet) -> None:
    endless = Line("Anna", tuple(f"detail {n}" for n in range(90)), "K7M4XW")
    text = "".join(pages(packet.render([Packet("Mira", (endless,))], WORDS, fonts)))
    assert [f"detail {n}\n" in text + "\n" for n in range(90)] == [True] * 90


@pytest.mark.parametrize(
    ("packets", "paper", "code"),
    [
        ([], "a4", "nobody"),
        ([MIRA, Packet(" \u200b", ())], "a4", "nameless"),
        ([MIRA], "a3", "unknown_paper"),
    ],
)
def test_impossible_packets_are_refused(fonts: FontSet, packets: list[Packet], paper: str, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        packet.render(packets, WORDS, fonts, paper=paper)
    assert refused.value.code == code


def test_letters_that_no_font_has_are_told_by_whose_packet(fonts: FontSet) -> None:
    result = packet.render([Packet("Mira", (Line("\U00012000", ()),))], WORDS, fonts)
    assert [(one.key, one.params["name"]) for one in result.warnings] == [("missing_glyphs", "Mira")]


def test_the_same_packets_give_the_same_bytes_whatever_the_hash_seed() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from hashlib import sha256\n"
        "from tests.printables import test_packet as t\n"
        "print(sha256(t.packet.render([t.MIRA], t.WORDS, t._fonts()).pdf).hexdigest())\n"
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
