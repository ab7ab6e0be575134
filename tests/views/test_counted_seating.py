"""Figures that begin at a table lead to their rows: pairs and days for those who lead, and nobody beside business."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.vocabulary import ReferralState, Role
from server.persistence.models import Meeting
from server.services import workbench
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning
from tests.services.test_fruit import a_past
from tests.services.test_slips import _give, _move

Open = Callable[[str | None], Browser]
FIGURE = re.compile(r'<a class="link" href="([^"]*)" aria-label="(\d+): ([^"]*)">')
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
NAMES = re.compile("Marchetti|Łukasik|D'Alò|Kelly|Wiśniewska")


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def borne(morning: Morning) -> Morning:
    a_past(morning)
    return morning


def _text(reply: Any) -> str:
    assert reply.status_code == 200, reply.get_data(as_text=True)[:600]
    return unescape(reply.get_data(as_text=True))


def _rows(page: str) -> list[list[str]]:
    found = re.findall(r'<tr role="row"><th role="rowheader" scope="row">.*?</tr>', page, re.DOTALL)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in found]


def _main(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def _earlier(morning: Morning) -> str:
    with morning.ctx.reading() as db:
        question = select(Meeting.uid).where(Meeting.group_id == morning.group_id, Meeting.id != morning.meeting_id)
        return str(db.scalars(question).one())


def test_how_often_two_sat_so_leads_to_the_pairs_and_adds_up_to_it(
    browser: Open, borne: Morning, statements: Statements
) -> None:
    olga = browser("Olga")
    figures = {words: (address, int(number)) for address, number, words in FIGURE.findall(_text(olga.get("/o/fruit")))}
    sat = {words.removeprefix("Times, "): led for words, led in figures.items() if words.startswith("Times, ")}
    assert len(sat) == 6, sat
    for words, (address, number) in sat.items():
        with statements() as sent:
            page = _text(olga.get(address))
        assert len(sent) <= 14, sent
        assert f"Together: {number}<" in page, words
        assert sum(int(row[-1]) for row in _rows(page)) == number, words
    often = _rows(_text(olga.get(sat["who had sat together before"][0])))
    assert ["Mira Łukasik", "Max D'Alò"] in [sorted(row[:2], reverse=True) for row in often]
    assert {row[-1] for row in often} == {"5"}, "six times alike, the first of them for the first time"
    of_two = _rows(_text(olga.get(sat["tables of 2"][0])))
    assert [row[-1] for row in of_two] == ["1"] * 9


def test_what_became_business_leads_to_mornings_and_rounds_and_to_nobody(browser: Open, borne: Morning) -> None:
    olga = browser("Olga")
    figures = {words: address for address, _, words in FIGURE.findall(_text(olga.get("/o/fruit")))}
    assert [words for words in figures if words.startswith("Became")] == ["Became business, all tables"]
    page = _text(olga.get(figures["Became business, all tables"]))
    assert "Together: 8<" in page
    assert f'href="/o/{_earlier(borne)}/growth"' in page
    assert not NAMES.search(_main(page))
    assert "Nobody is named here" in page


def test_what_grew_leads_to_round_table_and_day(
    browser: Open, morning: Morning, clock: FakeClock, statements: Statements
) -> None:
    an_earlier_morning(morning, [[["Mira", "Dora"], ["Max", "Vik"]], [["Mira", "Olga"], ["Dora", "Fiona"]]])
    clock.pass_by(minutes=1)
    _move(morning, "Dora", _give(morning, giver="Mira", to="Dora"), *WON)
    _give(morning, giver="Fiona", to="Dora")
    olga = browser("Olga")
    here = f"/o/{_earlier(morning)}"
    figures = {words: address for address, _, words in FIGURE.findall(_text(olga.get(f"{here}/growth")))}
    with statements() as sent:
        page = _text(olga.get(figures["referrals"]))
    assert len(sent) <= 12, sent
    assert [row[:2] for row in _rows(page)] == [["Round 1", "1"], ["Round 2", "2"]]
    assert [row[:2] for row in _rows(_text(olga.get(figures["Referrals, Round 2"])))] == [["Round 2", "2"]]
    won = _text(olga.get(figures["became business"]))
    assert [row[:2] for row in _rows(won)] == [["Round 1", "1"]]
    for each in (page, won):
        assert not NAMES.search(_main(each))
    assert "one-to-ones" not in figures, "there is none, so nothing is led to"


def test_a_row_of_the_matrix_leads_to_what_its_letters_stand_for(
    browser: Open, morning: Morning, clock: FakeClock, statements: Statements
) -> None:
    an_earlier_morning(morning, [[["Mira", "Dora"], ["Fiona", "Olga"]], [["Mira", "Dora", "Olga"]]])
    clock.pass_by(minutes=1)
    _give(morning, giver="Mira", to="Max")
    _give(morning, giver="Max", to="Mira")
    olga = browser("Olga")

    def row_of(name: str, show: str) -> list[list[str]]:
        page = _text(olga.get(f"/o/matrix?show={show}&weeks=26"))
        [address] = re.findall(rf'<a class="link" href="([^"]*)" aria-label="What stands in the row of {name}', page)
        with statements() as sent:
            found = _text(olga.get(address))
        assert len(sent) <= 12, sent
        return [row[:2] for row in _rows(found)]

    assert row_of("Mira", "all") == [
        ["Max D'Alò", "Gave a referral"],
        ["Olga Marchetti", "Sat together, Round 2"],
        ["Dora Wiśniewska", "Sat together, Round 1"],
        ["Dora Wiśniewska", "Sat together, Round 2"],
    ]
    assert row_of("Mira", "referral") == [["Max D'Alò", "Gave a referral"]]
    assert row_of("Fiona", "met") == [["Olga Marchetti", "Sat together, Round 1"]]


def test_who_may_not_see_the_figures_sees_no_rows_and_small_groups_tell_none(browser: Open, borne: Morning) -> None:
    here = f"/o/{_earlier(borne)}/counted"
    addresses = [
        f"{here}/grew-won", f"{here}/grew-referrals?round=1", "/o/counted/seated", "/o/counted/seated?kind=guest",
        "/o/counted/bore", "/o/counted/tied?show=all&weeks=26&whose=nobody",
    ]  # fmt: skip
    token = builders.signed_in(borne.ctx, borne.people["Max"], role=Role.LEADER, group_id=borne.group_id)
    leader, dora, sam = Browser(browser(None).client, token), browser("Dora"), browser("Sam")
    for address in addresses:
        assert leader.get(address).status_code == 200, address
        assert dora.get(address).status_code in (403, 404), address
        reply = sam.get(address)
        assert reply.status_code in (403, 404) or not NAMES.search(_text(reply)), address
    for wrong in (
        "/o/counted/seated?kind=odd", "/o/counted/seated?size=4", f"{here}/grew-nothing", f"{here}/grew-won?round=x",
        f"{here}/grew-won?round=²", "/o/counted/tied?show=odd&weeks=26", "/o/counted/tied?show=all&weeks=3",
    ):  # fmt: skip
        assert leader.get(wrong).status_code == 404, wrong


def test_of_fruit_that_is_not_told_no_rows_are_told_either(browser: Open, morning: Morning) -> None:
    a_past(morning, deals=2)
    olga = browser("Olga")
    for address in ("/o/counted/seated", "/o/counted/bore"):
        assert "Nobody and nothing here." in _text(olga.get(address))
