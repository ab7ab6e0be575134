"""A facilitator reads on the console that time was lost, and gives it back with one press."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from server import assets
from server.domain.server_clock import LossKind
from server.domain.vocabulary import MeetingId
from server.persistence.models import Round, TimeLoss
from server.services import rounds
from server.services.context import Context, Tx
from tests.killing import PAIRS
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in, seat_rounds
from tests.serving import Served, serve

pytestmark = pytest.mark.browser


def _a_loss(ctx: Context) -> Morning:
    """The first round runs, 95 seconds of it were lost, and the computer's clock jumped."""
    morning = make_morning(ctx)
    everybody_in(morning)
    seat_rounds(morning, [PAIRS, PAIRS], seconds=600)
    rounds.start(ctx, meeting_id=morning.meeting_id, number=1, version=0)

    def work(tx: Tx) -> None:
        this_round = tx.db.query(Round).filter_by(meeting_id=morning.meeting_id, number=1).one()
        tx.db.add(_loss(tx, morning.meeting_id, kind=LossKind.WAS_AWAY, round_id=this_round.id, lost=95_000))
        tx.db.add(_loss(tx, morning.meeting_id, kind=LossKind.CLOCK_JUMPED, round_id=None, lost=0))

    ctx.transaction(work)
    return morning


def _loss(tx: Tx, meeting_id: MeetingId, *, kind: LossKind, round_id: int | None, lost: int) -> TimeLoss:
    return TimeLoss(
        meeting_id=meeting_id,
        round_id=round_id,
        kind=kind,
        gone_at=tx.now - timedelta(milliseconds=lost),
        noticed_at=tx.now,
        away_ms=lost,
        lost_ms=lost,
        by_ms=0 if lost else 3_600_000,
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    with serve(tmp_path_factory.mktemp("lost"), _a_loss) as running:
        yield running


def _console(served: Served[Morning], chromium: Browser, width: int, language: str = "en") -> Page:
    context = chromium.new_context(base_url=served.url, viewport={"width": width, "height": 900}, locale=language)
    context.add_cookies([{"name": "coltiva", "value": served.data.tokens["Fiona"], "url": served.url}])
    page = context.new_page()
    page.goto(f"/run/{served.data.meeting_uid}")
    page.locator("[data-notice]").first.wait_for()
    expect(page.locator("[data-net]:not(.off)")).to_be_visible()  # before, its clock is behind by the time it loaded
    return page


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_the_notices_fit_every_screen_and_every_language(
    served: Served[Morning], chromium: Browser, width: int, language: str
) -> None:
    page = _console(served, chromium, width, language)
    expect(page.locator("[data-notice]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator("[data-notices] button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document.querySelector('[data-notices]'))")
    assert len(found["passes"]) > 3, "axe looked at the page"
    assert [wrong["id"] for wrong in found["violations"]] == []
    page.context.close()


def test_one_press_gives_the_time_back_on_every_console(served: Served[Morning], chromium: Browser) -> None:
    one, other = _console(served, chromium, 1280), _console(served, chromium, 1280)
    assert "95 s" in (one.locator("[data-notice=was_away]").text_content() or "")
    assert "1:35" in (one.locator("[data-choice=give_back]").text_content() or "")
    before, looked = _seconds(one), time.monotonic()
    one.locator("[data-choice=give_back]").click()
    for page in (one, other):
        page.locator("[data-notice=was_away]").wait_for(state="detached")

    def given_back() -> float:
        """What the other console has more than it would have had."""
        return _seconds(other) - (before - (time.monotonic() - looked))

    end = time.monotonic() + 60
    while not 92 <= (found := given_back()) <= 98:
        assert time.monotonic() < end, found
        other.wait_for_timeout(100)
    other.locator("[data-notice=clock_jumped] [data-choice=as_it_stands]").click()
    one.locator("[data-notices]").wait_for(state="hidden")
    for page in (one, other):
        page.context.close()


def _seconds(page: Page) -> int:
    minutes, _, seconds = "".join(page.locator("[data-ring]:visible [data-clock] span").all_text_contents()).partition(
        ":"
    )
    return int(minutes) * 60 + int(seconds)
