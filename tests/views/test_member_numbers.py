"""One's own numbers over HTTP: private to the person and the care role, in few statements, and equal to the slips."""

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest

from server.domain.activities import ActivityKind
from server.domain.balance import Band, Gift, Rule
from server.domain.errors import NotFound
from server.domain.vocabulary import MeetingId, ReferralState, Role
from server.persistence.models import Activity, Person
from server.services import mine, workbench
from server.services.context import Tx
from server.views import guards
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.follow_ups import exchange
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in
from tests.services.test_slips import _give, _move

OpenBrowser = Callable[[str | None], Browser]
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def _mine(morning: Morning, who: str) -> mine.Mine:
    return mine.of_person(morning.ctx, morning.group_id, morning.people[who])  # type: ignore[arg-type]


def test_a_member_sees_their_own_numbers_in_few_statements(
    browser: OpenBrowser, morning: Morning, statements: Statements
) -> None:
    an_earlier_morning(morning, [[["Mira", "Dora"]]])
    _move(morning, "Max", _give(morning), *WON)
    _give(morning, giver="Max", to="Mira", level=4)
    mira = browser("Mira")
    with statements() as sent:
        page = _text(mira.get("/referrals/mine"))
    assert len(sent) <= 13, "\n".join(sent)
    assert "Plan a one-to-one with Dora Wiśniewska" in page
    assert "Rule: you sat together, and had no one-to-one for a year." in page
    assert "Ask whether Max D&#39;Alò served your prospect well" in page
    assert "Given: 1. Received: 1." in page
    assert "Chiara" not in page
    assert "Łukasik" not in _text(browser("Sam").get("/referrals/mine"))
    assert "last 6 months" in _text(mira.get("/referrals/mine?months=6"))


def test_meetings_and_duties_stand_in_the_balance_and_lead_to_what_they_count(
    browser: OpenBrowser, morning: Morning, clock: FakeClock
) -> None:
    an_earlier_morning(morning, [[["Mira", "Dora"]]])
    an_earlier_morning(morning, [[["Olga", "Dora"]]], days_ago=14)
    clock.pass_by(hours=2)
    everybody_in(morning, only=("Mira",))
    mira = browser("Mira")
    assert mira.submit("/activity", {"kind": "duty", "to": "", "text": "Opened the door"}).status_code == 303
    page = _text(mira.get("/referrals/mine"))
    row = " ".join(page.split("meetings expected at", 1)[1].split("by weight")[0].split())
    found = _mine(morning, "Mira")
    links = re.findall(r'href="([^"]+)" aria-label="(\d+): Meetings', row)
    assert [int(number) for _, number in links] == [found.expected, found.came]
    for link, number in links:
        rows = _text(mira.get(link.replace("&amp;", "&")))
        assert rows.count("<tr") - 1 == int(number)
        assert f"Together: {number}" in rows
    duty = page.split("duties held", 1)[1].split("</tr>")[0]
    assert "only=duty" in duty
    assert found.balance.given[Gift.DUTY] == 1
    cared = _text(browser("Olga").get("/referrals/mine"))
    assert "of these attended" in cared


def test_every_figure_of_what_became_of_slips_leads_to_the_slips_it_counts(
    browser: OpenBrowser, morning: Morning, clock: FakeClock
) -> None:
    _give(morning)
    clock.pass_by(days=400)
    _give(morning)
    _move(morning, "Max", _give(morning, level=5), *WON)
    _move(morning, "Max", _give(morning), *WON)
    _give(morning, consent=False)
    _give(morning, giver="Dora", to="Mira")
    mira = browser("Mira")
    mira.client.set_cookie(guards.COOKIE, builders.signed_in(morning.ctx, morning.people["Mira"]))
    page = _text(mira.get("/referrals/mine"))
    found = re.findall(r'href="([^"]*outcome=[^"]*)" aria-label="(\d+): ([^"]*)"', page)
    assert [(number, what) for _, number, what in found] == [
        ("1", "waiting for an answer, Given"),
        ("1", "waiting for an answer, Received"),
        ("2", "became business, Given"),
        ("3", "referrals, Given"),
        ("1", "referrals, Received"),
        ("1", "of these introduced (levels 4 and 5), Given"),
        ("3", "Given, Dec 27"),
        ("1", "Received, Dec 27"),
    ]
    for address, number, _ in found:
        listed = _text(mira.get(html.unescape(address)))
        assert listed.count('scope="row"') == int(number)
        assert "Show all of it" in listed
    assert _text(mira.get("/referrals/list?outcome=nothing&since=never")).count('scope="row"') == 6
    care = builders.signed_in(morning.ctx, morning.people["Max"], role=Role.CARE, group_id=morning.group_id)
    uid = next(each.uid for each in mine.listed(morning.ctx, morning.group_id) if each.name == "Mira Łukasik")  # type: ignore[arg-type]
    seen = Browser(browser(None).client, care)
    assert "outcome=" not in _text(seen.get(f"/o/care/{uid}"))


def test_referrers_other_gifts_and_the_letter_lead_to_what_they_count(
    browser: OpenBrowser, morning: Morning, clock: FakeClock
) -> None:
    _give(morning)
    _move(morning, "Max", _give(morning), *WON)
    _give(morning, giver="Dora", to="Mira")
    _give(morning, giver="Max", to="Mira")

    def advised(tx: Tx) -> None:
        for mine_, sure in ((True, tx.now), (True, None), (False, tx.now)):
            one, other = ("Mira", "Max") if mine_ else ("Max", "Mira")
            tx.db.add(
                Activity(
                    group_id=morning.group_id,
                    person_id=morning.people[one],
                    other_id=morning.people[other],
                    kind=ActivityKind.ADVICE,
                    held_on=tx.now.date(),
                    text="In confidence" if mine_ else "A good word",
                    created_at=tx.now,
                    confirmed_at=sure,
                )
            )

    morning.ctx.transaction(advised)
    mira = browser("Mira")
    page = _text(mira.get("/referrals/mine"))
    [dora] = re.findall(r'href="([^"]*)" aria-label="Show the referrals of Dora', page)
    listed = _text(mira.get(html.unescape(dora)))
    assert listed.count('scope="row"') == 1
    advice = dict(re.findall(r'href="([^"]*only=advice[^"]*)" aria-label="1: advice, (\w+)"', page))
    by_side = {side: _text(mira.get(html.unescape(address))) for address, side in advice.items()}
    assert {side: text.count('<li id="a-') for side, text in by_side.items()} == {"Given": 1, "Received": 1}
    assert "A good word" in by_side["Received"]
    assert "A good word" not in by_side["Given"]
    assert _text(mira.get("/activity")).count('<li id="a-') == 3
    clock.pass_by(days=30)
    mira.client.set_cookie(guards.COOKIE, builders.signed_in(morning.ctx, morning.people["Mira"]))
    letter = _text(mira.get("/referrals/letter"))
    for address, number, _ in re.findall(r'href="([^"]*outcome=[^"]*)" aria-label="(\d+): ([^"]*)"', letter):
        assert _text(mira.get(html.unescape(address))).count('scope="row"') == int(number)
    assert letter.count("outcome=") == 3


def test_only_the_care_role_opens_somebody_elses(browser: OpenBrowser, morning: Morning) -> None:
    uid = next(each.uid for each in mine.listed(morning.ctx, morning.group_id) if each.name == "Max D'Alò")  # type: ignore[arg-type]
    for who in ("Olga", "Mira", "Fiona", "Sam"):
        assert browser(who).get(f"/o/care/{uid}").status_code in (403, 404)
    token = builders.signed_in(morning.ctx, morning.people["Mira"], role=Role.CARE, group_id=morning.group_id)
    care = Browser(browser(None).client, token)
    page = _text(care.get(f"/o/care/{uid}"))
    assert "seen by this member and by those who care for members" in page
    assert f"/o/care/{uid}" in _text(care.get("/o/care"))
    assert care.get("/o/care/0000000000000000").status_code == 404


def test_contacts_made_at_meetings_lead_to_their_list(browser: OpenBrowser, morning: Morning) -> None:
    earlier = MeetingId(an_earlier_morning(morning, [[("Mira", "Max")]], days_ago=21))
    exchange(morning, earlier, "Mira", "Max")
    exchange(morning, earlier, "Olga", "Mira")
    _give(morning, given_on=morning.ctx.now().date() - timedelta(days=10))
    mira = browser("Mira")
    page = _text(mira.get("/referrals/mine"))
    assert "1 of 2 was followed up within two weeks." in page
    [link] = re.findall(r'href="([^"]+)" aria-label="Show the contacts made at meetings"', page)
    rows = " ".join(_text(mira.get(link)).split())
    cells = re.findall(r'<th[^>]*scope="row"[^>]*>([^<]+)</th>.*?>(yes|no)<', rows)
    assert [(html.unescape(name), said) for name, said in cells] == [("Max D'Alò", "yes"), ("Olga Marchetti", "no")]


@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_the_plot_and_the_numbers_stand_on_paper_too(browser: OpenBrowser, morning: Morning, language: str) -> None:
    _move(morning, "Max", _give(morning), *WON)
    _give(morning, giver="Dora", to="Mira", level=4)
    mira = browser("Mira")
    mira.client.set_cookie("coltiva_language", language)
    page = _text(mira.get("/referrals/mine?months=6"))
    assert "/referrals/mine.pdf?months=6" in page
    paper = pypdf.PdfReader(io.BytesIO(mira.get("/referrals/mine.pdf?months=6").data))
    printed = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    picture = page.split("<figure", 1)[1].split("</svg>", 1)[0]
    words = [html.unescape(each) for each in re.findall(r"<(?:text|title|desc)[^>]*>([^<]+)<", picture)]
    assert len(words) > 10
    assert [word for word in words if word not in printed] == []
    for heading in re.findall(r"<h2[^>]*>([^<]+)</h2>", page):
        assert html.unescape(heading).strip() in printed
    assert "Wiśniewska" in printed
    assert "Chiara" not in printed
    assert paper.root_object["/Lang"] == language


def test_outcomes_balance_and_referrers_equal_the_slips(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, only=("Vik",))
    _give(morning)
    _move(morning, "Max", _give(morning, level=5), *WON)
    _give(morning, consent=False)
    _give(morning, giver="Dora", to="Mira")

    def work(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people["Mira"]).wants_sector = "florist"
        tx.db.get_one(Person, morning.people["Max"]).markets = "hotels, florist wholesale"
        for sure in (tx.now, None):
            tx.db.add(
                Activity(
                    group_id=morning.group_id,
                    person_id=morning.people["Max"],
                    other_id=morning.people["Mira"],
                    kind=ActivityKind.ADVICE,
                    held_on=date(2026, 11, 20),
                    created_at=tx.now,
                    confirmed_at=sure,
                )
            )

    morning.ctx.transaction(work)
    found = _mine(morning, "Mira")
    assert found.given == {ReferralState.GIVEN: 1, ReferralState.WON: 1}
    assert found.balance.given == {Gift.REFERRAL: 2, Gift.INTRODUCTION: 1, Gift.VISITOR: 1}
    assert found.balance.received == {Gift.REFERRAL: 1, Gift.ADVICE: 1}
    assert found.balance.band is Band.GIVES
    assert found.steps[-1].rule is Rule.REST
    assert [(each.name, each.slips) for each in found.referrers] == [("Dora Wiśniewska", 1)]
    assert found.sectors == (("Florist", 1),)
    assert found.reach is not None
    assert (found.reach.there, found.reach.informed) == (("Dora Wiśniewska",), ("Max D'Alò",))
    assert found.months[-1][1:] == (2, 1)
    clock.pass_by(days=3)
    waiting = [(step.rule, step.name) for step in _mine(morning, "Mira").steps]
    assert (Rule.ANSWER_WAITS, "Dora Wiśniewska") in waiting
    clock.pass_by(days=200)
    assert _mine(morning, "Mira").balance.band is Band.UNTOLD
    assert sum(given for _, given, _ in _mine(morning, "Mira").months) == 2
    with pytest.raises(NotFound, match="person_unknown"):
        _mine(morning, "Vik")
