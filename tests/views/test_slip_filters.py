"""What is narrowed on a page is narrowed in its files too: one's own slips, and the group's."""

import contextlib
import html
import re
from collections.abc import Callable

import pytest

from server.domain.errors import RuleViolation
from server.domain.vocabulary import ReferralState as State
from server.formats.tables import read_table
from tests.conftest import Browser
from tests.mornings import Morning
from tests.services.test_slips import _give, _move

OpenBrowser = Callable[[str], Browser]


@pytest.fixture
def five(morning: Morning) -> Morning:
    """Three slips of Mira's at three points of their way, one to her, and one that is not hers."""
    _give(morning, need="Chairs")
    _move(morning, "Max", _give(morning, need="Tables"), State.ACCEPTED)
    _move(morning, "Dora", _give(morning, to="Dora", need="A dinner"), State.ACCEPTED, State.CONTACTED, State.WON)
    _give(morning, giver="Max", to="Mira", need="Lamps")
    _give(morning, giver="Olga", to="Fiona", need="Chairs for an office")
    return morning


def _rows(browser: Browser, link: str) -> list[dict[str, str]]:
    """The rows of a file; a file of headings alone has none."""
    written = browser.get(html.unescape(link)).get_data()
    with contextlib.suppress(RuleViolation):  # "no_rows"
        table = read_table(written, name=link.partition("?")[0])
        return [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows]
    return []


def _files(browser: Browser, page: str) -> list[list[str]]:
    """The needs in the two files that a page offers."""
    links = re.findall(r'href="([^"]*referrals\.(?:csv|xlsx)[^"]*)"', page)
    assert len(links) == 2
    return [[row["Need"] for row in _rows(browser, link)] for link in links]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["Lamps", "A dinner", "Tables", "Chairs"]),
        ("?show=given", ["A dinner", "Tables", "Chairs"]),
        ("?show=given&column=agreed", ["Tables"]),
        ("?q=cha", ["Chairs"]),
        ("?waits=1&column=offered", ["Lamps"]),
        ("?show=given&outcome=any&since=2026-01-01", ["A dinner", "Tables", "Chairs"]),
        ("?outcome=introduced&since=2099-01-01", []),
        ("?column=nowhere", ["Lamps", "A dinner", "Tables", "Chairs"]),
    ],
)
def test_the_files_of_ones_own_list_hold_what_the_list_shows(
    browser: OpenBrowser, five: Morning, query: str, wanted: list[str]
) -> None:
    mira = browser("Mira")
    page = html.unescape(mira.get(f"/referrals/list{query}").get_data(as_text=True))
    assert sorted(re.findall(r'<a class="who"[^>]*>([^<]*)</a>', page)) == sorted(wanted)
    for needs in _files(mira, page):
        assert sorted(needs) == sorted(wanted)


def test_the_files_beside_the_board_hold_what_it_was_narrowed_to(browser: OpenBrowser, five: Morning) -> None:
    mira = browser("Mira")
    assert _files(mira, mira.get("/referrals?q=lam").get_data(as_text=True)) == [["Lamps"], ["Lamps"]]
    assert len(_files(mira, mira.get("/referrals").get_data(as_text=True))[0]) == 4


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", 5),
        ("?column=offered", 3),
        ("?column=outcome", 1),
        ("?q=fiona", 1),
        ("?q=mira&column=agreed", 1),
        ("?q=nobody", 0),
    ],
)
def test_the_groups_files_hold_what_the_groups_page_shows_and_no_more(
    browser: OpenBrowser, five: Morning, query: str, wanted: int
) -> None:
    fiona = browser("Fiona")
    page = html.unescape(fiona.get(f"/referrals/group{query}").get_data(as_text=True))
    shown = sorted(
        re.findall(r'"who">([^<]+?) <span aria-hidden="true">→</span><span class="vh">to</span> ([^<]+)<', page)
    )
    assert len(shown) == wanted
    links = re.findall(r'href="([^"]*referrals/group\.(?:csv|xlsx)[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        rows = _rows(fiona, link)
        assert sorted((row["From"], row["For"]) for row in rows) == shown
        for row in rows:
            assert set(row) == {"Given on", "From", "For", "Introduction", "Where it stands"}
            assert not any("Chairs" in cell or "Chiara" in cell for cell in row.values())


def test_what_a_filter_leaves_nothing_of_says_so_and_shows_the_way_back(
    browser: OpenBrowser, five: Morning
) -> None:
    page = browser("Fiona").get("/referrals/group?q=nobody").get_data(as_text=True)
    assert page.count("Nothing here") == 4
    assert 'href="/referrals/group"' in page


def test_another_group_and_a_visitor_learn_nothing_of_it(browser: OpenBrowser, five: Morning) -> None:
    assert _rows(browser("Sam"), "/referrals/group.csv") == []
    assert browser("Vik").get("/referrals/group.csv").status_code == 404
