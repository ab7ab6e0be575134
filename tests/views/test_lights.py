"""The traffic lights over HTTP: one's own points and their rows, the group by name, a table tried and adopted, approved
weeks kept.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.lights import PRESETS, Metric, written
from server.domain.vocabulary import Standing
from server.persistence.models import Membership, Person
from server.services import lights
from server.services.context import Tx
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.services.test_slips import _give
from tests.services.test_weeks import _approve

OpenBrowser = Callable[[str | None], Browser]


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


@pytest.fixture
def later(morning: Morning, clock: FakeClock) -> Morning:
    """The week of the morning is over: everybody was there, Mira gave two slips; people sign in anew."""
    everybody_in(morning)
    for _ in range(2):
        _give(morning)
    clock.pass_by(days=7)
    for who in ("Olga", "Mira", "Sam"):
        morning.tokens[who] = builders.signed_in(morning.ctx, morning.people[who])
    return morning


def _uid(morning: Morning, name: str) -> str:
    with morning.ctx.reading() as db:
        return db.get_one(Person, morning.people[name]).uid


def _form(**changes: str) -> dict[str, object]:
    table = PRESETS["steady"]
    steps = {metric.value: written(table.steps.get(metric, ())) for metric in Metric}
    bands: dict[str, object] = {"name": "Ours", "window": "26", "green": "70", "amber": "50", "red": "30", "seen": "0"}
    return {**bands, **steps, **changes}


@pytest.mark.parametrize(
    ("who", "path"), [("Mira", "/referrals/lights"), ("Olga", "/o/lights"), ("Olga", "/o/lights/table")]
)
def test_each_page_opens_in_few_statements_and_tells_strangers_nothing(
    browser: OpenBrowser, later: Morning, statements: Statements, who: str, path: str
) -> None:
    reader = browser(who)
    with statements() as sent:
        page = _text(reader.get(path))
    assert len(sent) <= 12, "\n".join(sent)
    assert "<h1" in page
    assert "Łukasik" not in _text(browser("Sam").get(path))
    if path.startswith("/o/"):
        assert browser("Mira").get(path).status_code in (403, 404)


def test_a_member_sees_how_each_point_came_about(browser: OpenBrowser, later: Morning) -> None:
    page = _text(browser("Mira").get("/referrals/lights"))
    assert "2 in 1 week that counts" in page
    assert "20 of 20" in page
    assert "1 more: 5 points" in page
    assert "Table: Steady, version 0." in page


POINT = re.compile(r'data-label="Counted"><a href="([^"]+)">(\d+)')


def test_each_number_leads_to_the_rows_it_counts(browser: OpenBrowser, later: Morning, statements: Statements) -> None:
    _approve(later)
    _give(later, giver="Mira", given_on=date(2026, 11, 27))
    for who, path in (("Mira", "/referrals/lights"), ("Olga", f"/o/lights/{_uid(later, 'Mira')}")):
        reader = browser(who)
        points = POINT.findall(_text(reader.get(path)))
        assert {address.rpartition("/")[2] for address, _ in points} == set(PRESETS["steady"].steps)
        for address, number in points:
            with statements() as sent:
                rows = _text(reader.get(address))
            assert len(sent) <= 26, "\n".join(sent)
            assert f"Together: {number}" in rows, address
        given = _text(reader.get(f"{path}/referrals"))
        # An approved week stays as it was: the slip that came late is taken off again, by a row that says so.
        assert given.count("changed after the week was approved") == 1


def test_nobody_reads_the_light_of_another_member_but_those_who_lead(browser: OpenBrowser, later: Morning) -> None:
    mira = f"/o/lights/{_uid(later, 'Mira')}"
    assert "Mira Łukasik" in _text(browser("Olga").get(mira))
    for path in (mira, f"{mira}/referrals"):
        for who in ("Mira", "Sam", None):
            assert browser(who).get(path).status_code in (401, 403, 404)
    for path in (f"{mira}/nothing", "/o/lights/0000000000000", "/o/lights/0000000000000/referrals"):
        assert browser("Olga").get(path).status_code == 404


def test_both_presets_can_be_begun_from(browser: OpenBrowser, later: Morning) -> None:
    olga = browser("Olga")
    assert 'href="/o/lights/table?from=brisk"' in _text(olga.get("/o/lights/table"))
    for name, word in (("steady", "Steady"), ("brisk", "Brisk")):
        page = _text(olga.get(f"/o/lights/table?from={name}"))
        assert f'value="{word}"' in page
        for metric in Metric:
            steps = PRESETS[name].steps.get(metric)
            assert steps is None or f'value="{written(steps)}"' in page, metric


def test_a_table_is_tried_before_it_is_adopted(browser: OpenBrowser, later: Morning) -> None:
    olga = browser("Olga")
    tried = _text(olga.submit("/o/lights/table", _form(referrals="5:80", do="try")))
    assert "With this table" in tried
    assert 'value="5:80"' in tried
    assert lights.current(later.ctx, later.group_id).table.version == 0  # type: ignore[arg-type]
    assert olga.submit("/o/lights/table", _form(referrals="5:80", do="adopt")).status_code == 303
    held = lights.current(later.ctx, later.group_id)  # type: ignore[arg-type]
    assert (held.table.version, held.table.name, held.author) == (1, "Ours", "Olga Marchetti")
    assert written(held.table.steps[Metric.REFERRALS]) == "5:80"
    assert "3 more: 80 points" in _text(browser("Mira").get("/referrals/lights"))
    late = olga.submit("/o/lights/table", _form(do="adopt"))
    assert (late.status_code, "another table" in _text(late)) == (422, True)


@pytest.mark.parametrize("approved", [False, True])
def test_what_a_trial_promises_is_what_the_adopted_table_says(
    browser: OpenBrowser, later: Morning, approved: bool
) -> None:
    if approved:
        _approve(later)
        _give(later, giver="Dora", given_on=date(2026, 11, 27))
    olga = browser("Olga")
    wanted = _form(referrals="1:30 2:80", window="13", do="try")
    tried = _text(olga.submit("/o/lights/table", wanted)).split("On the past weeks", 1)[1]
    rows = r'<th role="rowheader" scope="row">([^<]+)</th>.*?<b class="num">(\d+)</b>.*?<b class="num">(\d+)</b>'
    found = re.findall(rows, tried, re.S)
    as_it_is, promised = ({name: int(row[which]) for name, *row in found} for which in (0, 1))
    assert as_it_is == _totals(_text(olga.get("/o/lights")))
    assert as_it_is != promised
    assert olga.submit("/o/lights/table", wanted | {"do": "adopt"}).status_code == 303
    assert _totals(_text(olga.get("/o/lights"))) == promised
    assert f"{promised['Mira Łukasik']} point" in _text(browser("Mira").get("/referrals/lights"))


def _totals(page: str) -> dict[str, int]:
    """Everybody's points on the page of the group."""
    found = re.findall(r'<a class="who"[^>]*>([^<]+)</a><span class="what">(\d+) point', page)
    return {name: int(points) for name, points in found}


def test_in_a_group_of_four_a_trial_names_nobody_and_the_table_can_still_be_adopted(
    browser: OpenBrowser, later: Morning
) -> None:
    def leave(tx: Tx) -> None:
        row = tx.db.scalars(select(Membership).where(Membership.person_id == later.people["Max"])).one()
        row.standing = Standing.FORMER

    later.ctx.transaction(leave)
    olga = browser("Olga")
    tried = _text(olga.submit("/o/lights/table", _form(referrals="5:80", do="try")))
    assert "This is shown when the group has five members or more." in tried
    assert "With this table" not in tried
    assert "Łukasik" not in tried
    assert 'value="5:80"' in tried, "what was typed stays"
    assert olga.submit("/o/lights/table", _form(referrals="5:80", do="adopt")).status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"referrals": "2:5 1:10"}, "Write up to six steps"),
        ({"window": "99"}, "between 4 and 52"),
        ({"amber": "20"}, "Green must be above amber"),
        ({"green": "1000"}, "Nobody could reach green"),
    ],
)
def test_a_table_that_cannot_be_comes_back_with_a_sentence(
    browser: OpenBrowser, later: Morning, change: dict[str, str], sentence: str
) -> None:
    reply = browser("Olga").submit("/o/lights/table", _form(do="adopt", **change))
    assert reply.status_code == 422
    assert sentence in _text(reply)


def test_an_approved_week_is_scored_as_it_was_approved(browser: OpenBrowser, later: Morning) -> None:
    def points() -> dict[str, int]:
        found = lights.of_group(later.ctx, later.group_id)  # type: ignore[arg-type]
        return {each.name: each.score.total for each in found.members}

    before = points()
    _approve(later)
    for _ in range(2):
        _give(later, giver="Dora", given_on=date(2026, 11, 27))
    assert points() == before
