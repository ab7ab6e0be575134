"""What bore fruit over HTTP: the page and its PDF say the same, an organiser decides, nobody else does."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest

from server.domain.vocabulary import Role
from server.services import workbench
from tests import builders
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.services.test_fruit import a_past, weighs

OpenBrowser = Callable[[str | None], Browser]


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def grown(morning: Morning) -> Morning:
    a_past(morning)
    morning.tokens["leader"] = builders.signed_in(
        morning.ctx, morning.people["Mira"], role=Role.LEADER, group_id=morning.group_id
    )
    return morning


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def test_an_organiser_reads_why_adopts_and_takes_back(
    browser: OpenBrowser, grown: Morning, statements: Statements
) -> None:
    olga = browser("Olga")
    with statements() as sent:
        page = _text(olga.get("/o/fruit"))
    assert len(sent) <= 12, "\n".join(sent)
    assert "Weight 0 → 6 of 9" in page
    assert "Sat together 9 times; 8 times became business, 1.6 would be usual." in page
    assert "Small numbers: chance may be part of it." in page
    form: dict[str, object] = {name: _hidden(page, name) for name in ("one", "other", "after")}
    assert olga.submit("/o/fruit/adopted", form).location == "/o/fruit"
    assert weighs(grown) == 6
    decided = _text(olga.get("/o/fruit"))
    assert "Nothing to suggest" in decided
    assert "This is no longer suggested" in _text(olga.submit("/o/fruit/adopted", form), 422)
    [back] = re.findall(r'action="(/o/fruit/\w+/back)"', decided)
    assert olga.submit(back).location == "/o/fruit"
    assert weighs(grown) == 0
    assert olga.get("/o/fruit/declined").location == olga.get(back).location == "/o/fruit"


def test_who_leads_reads_and_does_not_decide_and_strangers_see_nothing(browser: OpenBrowser, grown: Morning) -> None:
    leader = browser("leader")
    page = _text(leader.get("/o/fruit"))
    assert "Weight 0 → 6 of 9" in page
    assert "/o/fruit/adopted" not in page
    assert leader.submit("/o/fruit/adopted").status_code in (403, 404)
    assert weighs(grown) == 0
    assert "Feasts" not in _text(browser("Sam").get("/o/fruit"))
    assert browser("Max").get("/o/fruit").status_code in (403, 404)


def test_trades_and_what_bore_fruit_lead_to_each_other_where_one_may_go(browser: OpenBrowser, grown: Morning) -> None:
    olga = browser("Olga")
    assert 'href="/o/fruit"' in _text(olga.get("/o/people/sectors"))
    assert 'href="/o/people/sectors"' in _text(olga.get("/o/fruit"))
    assert 'href="/o/people/sectors"' not in _text(browser("leader").get("/o/fruit"))


def test_page_and_paper_say_the_same_and_the_plot_carries_its_numbers(browser: OpenBrowser, grown: Morning) -> None:
    olga = browser("Olga")
    page = _text(olga.get("/o/fruit"))
    paper = pypdf.PdfReader(io.BytesIO(olga.get("/o/fruit.pdf").get_data()))
    said = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    svg = re.findall(r"<svg.*?</svg>", page.split('class="plot"')[1], re.S)[0]
    assert "<title" in svg
    assert "<desc" in svg
    drawn = [re.sub(r"<.*?>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.S)]
    assert drawn
    for text in drawn:
        assert " ".join(text.split()) in said, text
    for word in ("tables of 2", "who had never sat together", "Suggestions for the planner", "1.6 would be usual"):
        assert word in said
