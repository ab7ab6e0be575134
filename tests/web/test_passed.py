"""What was passed this morning, on the wall, while the agenda is at the referrals: numbers and short names."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server.persistence.base import new_uid
from server.persistence.models import AgendaItem
from server.services import agenda_clock
from server.services.context import Context, Tx
from tests.mornings import Morning
from tests.services.test_slips import _give
from tests.services.test_thanks import _thank
from tests.serving import serve
from tests.walls import PATIENCE, Room, broken_rules, crowd, overflow, scene

pytestmark = pytest.mark.browser
FORM: dict[str, str | float | bool] = {
    "to": "Olga",
    "prospect_name": "Chiara",
    "reach": "031 555",
    "need": "A secret need",
    "level": "4",
    "vouch": "used_it",
    "consent": "1",
    "do": "give",
}


TOO_WIDE = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.innerText)"
"""Which of the numbers run into each other."""


def passing(ctx: Context) -> Morning:
    """Referrals are on, seven were given and one deal was thanked for."""
    morning = crowd(ctx)

    def agenda(tx: Tx) -> None:
        kinds = (("welcome", "Welcome"), ("referrals", "Referrals and thanks"))
        for place, (kind, title) in enumerate(kinds):
            row = AgendaItem(position=place, kind=kind, title=title, minutes=10)
            row.meeting_id = morning.meeting_id
            tx.db.add(row)

    ctx.transaction(agenda)
    for version in (0, 1):
        agenda_clock.forward(ctx, meeting_id=morning.meeting_id, version=version)
    for giver, to in (("Mira", "Max"), ("Olga", "Max"), ("Dora", "Olga")) * 2 + (("Mira", "Dora"),):
        _give(morning, giver=giver, to=to, inside=giver == "Olga")
    _thank(morning)
    return morning


class Hand:
    """What somebody sends from a browser of their own."""

    def __init__(self, room: Room, who: str) -> None:
        context = room.chromium.new_context(base_url=room.served.url)
        room.contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": room.served.data.tokens[who], "url": room.served.url}])
        page = context.new_page()
        page.goto("/about")
        self.request = context.request
        self.token = str(page.locator("meta[name=csrf]").get_attribute("content"))

    def submit(self, path: str, form: dict[str, str | float | bool]) -> None:
        """A form."""
        answer = self.request.post(path, form=form | {"csrf_token": self.token}, max_redirects=0)
        assert answer.status == 303, answer.text()

    def post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        """What a page's script sends, each time as something new."""
        headers = {"X-CSRF-Token": self.token, "X-Operation-Id": new_uid()}
        answer = self.request.post(path, data=body, headers=headers)
        assert answer.ok, answer.text()
        return dict(answer.json())


def test_the_wall_counts_what_is_passed_and_names_the_last(tmp_path: Path, chromium: Browser) -> None:
    with serve(tmp_path, passing, "--base-url", "http://meet.lan") as served:
        room = Room(served, chromium)
        walls = [room.wall("large"), room.wall("small", locale="pl-PL")]
        for page in walls:
            scene(page, "item")
            expect(page.locator("[data-count=slips]")).to_have_text("7", timeout=PATIENCE)
            expect(page.locator("[data-count=givers]")).to_have_text("3")
            expect(page.locator("[data-count=thanks]")).to_have_text("1")
            expect(page.locator("[data-count=visitors]")).to_have_text("0")
            expect(page.locator("[data-passed] li")).to_have_count(5)
            expect(page.locator(".qrbox").filter(visible=True)).to_have_count(0)
            assert overflow(page) == []
            assert page.eval_on_selector_all(".passed dl, .passed dl div", TOO_WIDE) == []
        large = walls[0]
        assert broken_rules(large) == []
        Hand(room, "Max").submit("/referrals", FORM)
        # The issue allows two seconds; what is asserted is that it comes by itself.
        expect(large.locator("[data-count=slips]")).to_have_text("8", timeout=PATIENCE)
        expect(large.locator("[data-passed] li").first).to_contain_text("Max D.")
        code = served.data.codes["Vik"]
        assert Hand(room, "Dora").post(f"/desk/{room.meeting}/check-ins", {"code": code})["answer"] == "welcome"
        expect(large.locator("[data-count=visitors]")).to_have_text("1", timeout=PATIENCE)
        expect(large.locator("[data-passed] li").first).to_contain_text("Vik")
        expect(large.locator("[data-passed] li").first).to_contain_text("visitor")
        shown = large.locator("[data-passed]").inner_text()
        for hidden in ("D'Alò", "Chiara", "secret need", "555"):
            assert hidden not in shown
        room.close()
