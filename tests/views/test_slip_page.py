"""A slip over HTTP from its form to "well served?": the text of each level, one answer, a history that only grows."""

import html
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from server.domain import scoring
from server.domain.vocabulary import ReferralState, Role
from server.persistence.models import ReferralMove
from server.services import slips
from server.views.member_words import LEVELS
from tests import builders
from tests.conftest import Browser
from tests.mornings import Morning
from tests.services.test_slips import _give, _move

OpenBrowser = Callable[[str], Browser]
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
ASKED = "Ask them once: were you well served?"


def _text(reply: Any) -> str:
    return html.unescape(reply.get_data(as_text=True))


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def test_the_form_says_at_each_level_what_it_means(browser: OpenBrowser, morning: Morning) -> None:
    page = _text(browser("Mira").get("/referrals/new"))
    assert [page.count(text) for pair in LEVELS.values() for text in pair] == [1] * 10
    assert page.count('name="level"') == 5


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_slip_says_the_text_of_its_level_to_both(browser: OpenBrowser, morning: Morning, level: int) -> None:
    slip = _give(morning, level=level)
    name, text = list(LEVELS.values())[level - 1]
    for who in ("Mira", "Max"):
        page = _text(browser(who).get(f"/referrals/{slip['uid']}"))
        assert name in page
        assert text in page


@pytest.mark.parametrize(
    ("answer", "words", "points"), [("yes", "well served", 100), ("mixed", "half and half", 50), ("no", "not well", 0)]
)
def test_the_giver_asks_once_and_the_answer_counts_and_stays_with_the_two(
    browser: OpenBrowser, morning: Morning, answer: str, words: str, points: int
) -> None:
    slip = _give(morning, level=3, ways=("written",))
    address = f"/referrals/{slip['uid']}"
    assert ASKED not in _text(browser("Mira").get(address)), "nothing became of it yet"
    _move(morning, "Max", slip, *WON)
    mira, max_ = browser("Mira"), browser("Max")
    assert ASKED in _text(mira.get("/referrals"))
    page = _text(mira.get(address))
    assert ASKED in page
    assert ASKED not in _text(max_.get(address))
    form = {"version": _version(page), "served": answer}
    assert max_.submit(f"{address}/served", form).status_code in (403, 422)
    assert mira.submit(f"{address}/served", form).status_code == 303
    for one in (mira, max_):
        told = _text(one.get(address))
        assert words in told
        assert ASKED not in told
    shown = slips.show(morning.ctx, morning.group_id, morning.people["Mira"], slip["uid"])  # type: ignore[arg-type]
    late = mira.submit(f"{address}/served", {"version": str(shown.slip.version), "served": "yes"})
    assert "This was answered before; it is asked once." in _text(late)
    assert browser("Olga").get(address).status_code == 404
    assert words not in _text(browser("Olga").get("/referrals/group"))
    # Introduction 60 by 3, all five filled in 100 by 1, taken on 100 by 2, won 100 by 2, served by 2.
    value = (2 * (180 + 100 + 200 + 200 + 2 * points) + 10) // 20
    assert shown.quality is not None
    assert shown.quality.value == value
    assert re.search(rf'<b class="num">{value}</b>|>{value}<', _text(mira.get(address)))
    assert {point.part: point.points for point in shown.quality.points}[scoring.Part.SERVICE] == points


def test_the_history_only_grows_and_says_who_moved_what(browser: OpenBrowser, morning: Morning) -> None:
    slip = _give(morning)
    address = f"/referrals/{slip['uid']}"
    max_, seen = browser("Max"), []

    def rows() -> list[tuple[int, str, str, str, int | None]]:
        with morning.ctx.reading() as db:
            return [
                (move.id, move.from_state.value, move.to_state.value, move.note, move.actor_id)
                for move in db.scalars(select(ReferralMove).order_by(ReferralMove.id))
            ]

    seen.append(rows())
    steps = (("accepted", "With pleasure"), ("contacted", "Left a message"), ("no_answer", ""), ("contacted", ""))
    for to, note in steps:
        form = {"version": _version(_text(max_.get(address))), "to": to, "note": note}
        assert max_.submit(f"{address}/moves", form).status_code == 303
        seen.append(rows())
    for before, after in pairwise(seen):
        assert after[: len(before)] == before
        assert len(after) == len(before) + 1
        assert after[-1][4] == morning.people["Max"]
    assert seen[0][0][4] == morning.people["Mira"]
    page = _text(browser("Mira").get(address))
    assert page.index("With pleasure") != page.index("Left a message")
    assert "Max D'Alò" in page
    stale = max_.submit(f"{address}/moves", {"version": str(slip["version"]), "to": "won"})
    assert stale.status_code == 422
    assert rows() == seen[-1]


def test_a_leader_who_is_no_organiser_approves_a_week_and_puts_it_right(
    browser: OpenBrowser, morning: Morning
) -> None:
    token = builders.signed_in(morning.ctx, morning.people["Mira"], role=Role.LEADER, group_id=morning.group_id)
    leader = Browser(browser("Mira").client.application.test_client(), token)
    week = "/o/weeks/2026-11-16"
    assert browser("Max").submit(f"{week}/approved").status_code in (403, 404)
    assert leader.submit(f"{week}/approved").status_code == 303
    page = _text(leader.get(week))
    assert "approved by Mira Łukasik" in page
    uid = re.findall(r'<option value="(\w{16})">Max', page)[0]
    form: dict[str, object] = {"person": uid, "column": "V", "number": "2", "version": "1", "reason": "They were two"}
    assert browser("Max").submit(f"{week}/corrections", form).status_code in (403, 404)
    assert leader.submit(f"{week}/corrections", form).status_code == 303
    assert "Max D'Alò, V: 0 → 2" in _text(leader.get(week))
