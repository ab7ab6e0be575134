"""The weeks over HTTP: who sees them, who approves, files, corrections, in few statements."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from server.domain.vocabulary import Role
from server.formats.tables import read_table
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.services.test_slips import _give
from tests.services.test_weeks import _approve, _line

OpenBrowser = Callable[[str | None], Browser]
WEEK = "/o/weeks/2026-11-26"
PAGES = ("/o/weeks", "/o/weeks/sum?weeks=4", WEEK, f"{WEEK}.csv", "/o/weeks/sum.xlsx")


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def _a_week_later(morning: Morning, clock: FakeClock) -> None:
    """Everybody signs in anew."""
    clock.pass_by(days=7)
    for who in ("Olga", "Mira", "Sam"):
        morning.tokens[who] = builders.signed_in(morning.ctx, morning.people[who])


@pytest.mark.parametrize("path", PAGES)
def test_those_who_lead_see_the_weeks_and_strangers_their_own(
    browser: OpenBrowser, morning: Morning, statements: Statements, clock: FakeClock, path: str
) -> None:
    everybody_in(morning)
    _give(morning)
    _a_week_later(morning, clock)
    _approve(morning)
    olga = browser("Olga")
    with statements() as sent:
        reply = olga.get(path)
    assert reply.status_code == 200
    assert len(sent) <= 12, "\n".join(sent)
    assert browser("Mira").get(path).status_code in (403, 404)
    assert "Łukasik".encode() not in browser("Sam").get(path).get_data()


def test_a_leader_approves_and_care_only_reads(browser: OpenBrowser, morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    _a_week_later(morning, clock)
    care = builders.signed_in(morning.ctx, morning.people["Max"], role=Role.CARE, group_id=morning.group_id)
    reader = Browser(browser(None).client, care)
    assert "Approve the week" not in _text(reader.get(WEEK))
    assert reader.submit(f"{WEEK}/approved").status_code in (403, 404)
    olga = browser("Olga")
    assert "Approve the week" in _text(olga.get(WEEK))
    assert olga.submit(f"{WEEK}/approved").status_code == 303
    page = _text(olga.get(WEEK))
    assert "approved by Olga Marchetti" in page
    assert "Approve the week" not in page
    _give(morning, given_on=morning.ctx.now().date().replace(month=11, day=27))
    assert "now 1" in _text(olga.get(WEEK))


def test_a_figure_is_put_right_with_a_reason(browser: OpenBrowser, morning: Morning, clock: FakeClock) -> None:
    _a_week_later(morning, clock)
    _approve(morning)
    olga = browser("Olga")
    uid = re.findall(r'<option value="(\w{16})">Max', _text(olga.get(WEEK)))[0]
    form: dict[str, object] = {"person": uid, "column": "V", "number": "2", "version": "1"}
    refused = olga.submit(f"{WEEK}/corrections", form)
    assert (refused.status_code, "Say in a few words why." in _text(refused)) == (422, True)
    assert olga.submit(f"{WEEK}/corrections", form | {"column": "X"}).status_code == 422
    assert olga.submit(f"{WEEK}/corrections", form | {"reason": "They were two"}).status_code == 303
    assert _line(morning, "Max")["V"] == 2
    assert "Max D&#39;Alò, V: 0 → 2" in _text(olga.get(WEEK))


def test_the_file_goes_out_and_comes_back(browser: OpenBrowser, morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    _a_week_later(morning, clock)
    _approve(morning)
    olga = browser("Olga")
    sheet = olga.get(f"{WEEK}.csv").get_data()
    assert read_table(sheet, name="week.csv").headers[3:8] == ("P", "A", "L", "M", "S")
    missing = olga.submit(f"{WEEK}/file", {"version": "1", "reason": "why"})
    assert "Choose the file first." in _text(missing)
    changed = sheet.decode("utf-8-sig").replace("Max,D'Alò,1", "Max,D'Alò,0").encode()
    sent: dict[str, object] = {
        "version": "1",
        "reason": "From the list by hand",
        "file": (io.BytesIO(changed), "week.csv"),
    }
    assert olga.submit(f"{WEEK}/file", sent).status_code == 303
    assert "P" not in _line(morning, "Max")


def test_the_group_decides_which_letters_count(browser: OpenBrowser, morning: Morning) -> None:
    olga = browser("Olga")
    assert "These letters count: P, A, M, S." in _text(olga.get("/o/weeks"))
    assert olga.submit("/o/weeks", {"letters": ["S"]}).status_code == 303
    assert "These letters count: P, S." in _text(olga.get("/o/weeks"))
    refused = olga.submit("/o/weeks", {"letters": ["X"]})
    assert (refused.status_code, "P always counts" in _text(refused)) == (422, True)
