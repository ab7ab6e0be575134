"""What only a browser shows of the evening before: a visitor registers on a phone, a text goes to the clipboard, a
member unfolds and sends.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from server.persistence.models import Meeting
from server.services import registration_desk
from server.services.context import Context, Tx
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve

pytestmark = pytest.mark.browser


def _evening(ctx: Context) -> Morning:
    morning = make_morning(ctx)

    def in_a_week(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).starts_at = tx.now + timedelta(days=7)

    ctx.transaction(in_a_week)
    registration_desk.change(ctx, meeting_id=morning.meeting_id, is_on=True, limit=0, closes_local=None)
    return morning


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    """One server whose visitors may register."""
    with serve(tmp_path_factory.mktemp("evening"), _evening) as running:
        yield running


def _page(chromium: Browser, served: Served[Morning], who: str | None = None) -> Page:
    context = chromium.new_context(
        base_url=served.url,
        locale="en",
        viewport={"width": 390, "height": 844},
        permissions=["clipboard-read", "clipboard-write"],
    )
    if who is not None:
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
    return context.new_page()


def test_a_member_copies_the_own_link_and_a_visitor_registers_with_it(
    chromium: Browser, served: Served[Morning]
) -> None:
    mira = _page(chromium, served, "Mira")
    mira.goto("/meetings")
    mira.get_by_text("Invite visitors").click()
    mira.get_by_role("button", name="Copy the link").click()
    expect(mira.get_by_role("button", name="Copied.")).to_be_visible()
    address = mira.evaluate("navigator.clipboard.readText()")
    noa = _page(chromium, served)
    noa.goto("/r/" + address.rpartition("/")[2])
    noa.get_by_label("First name").fill("Noa")
    noa.get_by_label("E-mail", exact=True).fill("noa@example.org")
    noa.get_by_role("button", name="Register").click()
    expect(noa.get_by_role("status").filter(has_text="You are on the list")).to_be_visible()
    mira.reload()
    expect(mira.get_by_role("listitem").filter(has_text="Noa")).to_contain_text("on the list")
    noa.get_by_role("button", name="I cannot come").click()
    expect(noa.get_by_role("status").filter(has_text="You have withdrawn")).to_be_visible()
    for page in (mira, noa):
        page.context.close()
