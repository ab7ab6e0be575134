"""A door without a network: what it keeps, over reloads and signed-out hours, and what two such doors do to a badge."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.domain.vocabulary import GroupId
from server.services import conflicts, devices, meetings, sessions
from tests.serving import Wire
from tests.web.door.doors import PATIENCE, Door, OpenDesk, answered, in_room, usb

pytestmark = pytest.mark.browser

KEPT = """async (meeting) => {
  const known = (await indexedDB.databases()).map(({name}) => name);
  if (!known.includes(`coltiva-door-${meeting}`)) return null;
  const db = await new Promise((done, failed) => {
    const request = indexedDB.open(`coltiva-door-${meeting}`);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  if (!db.objectStoreNames.contains('scans')) { db.close(); return null; }
  const rows = await new Promise((done) => {
    const request = db.transaction('scans').objectStore('scans').getAll();
    request.onsuccess = () => done(request.result);
  });
  db.close();
  return rows;
}"""
PAGE_KEPT = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  return (await Promise.all(caches_.map(async (each) => (await each.keys()).length))).reduce((sum, n) => sum + n, 0);
}"""
READY = """async (desk) => {
  const answer = await caches.match(`${desk}?kept=1`);
  return Boolean(answer) && (await caches.match(document.querySelector('script[type=module]').src)) !== undefined;
}"""


def kept(page: Page, door: Door) -> Any:
    """What lies in this device's shelf; None when there is none."""
    return page.evaluate(KEPT, door.morning.meeting_uid)


def until(found: Any, wanted: Any, seconds: float = 60) -> None:
    """Ask again and again: a predicate that waits for a promise cannot be waited for in the page."""
    deadline = time.monotonic() + seconds
    while (last := found()) != wanted:
        assert time.monotonic() < deadline, f"{last!r} instead of {wanted!r}"
        time.sleep(0.1)


@pytest.fixture
def wire(door: Door) -> Any:
    """A line to the server that can be cut."""
    made = Wire(door.served.port)
    yield made
    made.close()


def test_scans_and_the_page_itself_survive_reloads_without_a_network(door: Door, desk: OpenDesk, wire: Wire) -> None:
    page, codes = desk(url=wire.url), door.morning.codes
    usb(page, codes["Olga"])
    answered(page, "in", "Olga Marchetti")
    until(lambda: page.evaluate(READY, f"/desk/{door.morning.meeting_uid}"), True)
    wire.cut()
    for who in ("Mira", "Max"):
        usb(page, codes[who])
        answered(page, "queued", "Saved on this device")
    until(lambda: len(kept(page, door)), 2)
    assert {frozenset(row) for row in kept(page, door)} == {frozenset({"op", "codes", "at"})}
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("2 scans waiting", timeout=PATIENCE)
    assert "Olga" not in page.content(), "the page that is kept names nobody"
    usb(page, codes["Vik"])
    answered(page, "queued", "Saved on this device")
    usb(page, codes["Mira"])
    answered(page, "already", "Saved here already")
    until(lambda: len(kept(page, door)), 3)
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("3 scans waiting", timeout=PATIENCE)
    wire.mend()
    in_room(page, 4)
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
    until(lambda: kept(page, door), [])


def test_the_door_notices_within_two_seconds_that_nobody_answers(door: Door, desk: OpenDesk, wire: Wire) -> None:
    page = desk(url=wire.url)
    page.evaluate("""() => { window.lost = new Promise((done) => new MutationObserver((_, watch) => {
        if (!document.querySelector('[data-net]').textContent.includes('No network')) return;
        watch.disconnect();
        done(true);
      }).observe(document.querySelector('[data-net]'), {subtree: true, childList: true, characterData: true})); }""")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if each.url.endswith("/pulse") else None)
    wire.cut()
    assert page.evaluate("window.lost")
    assert len(asked) <= 2, "it asks every second; how many seconds a busy machine makes of two is not the door's doing"
    usb(page, door.morning.codes["Mira"])
    answered(page, "queued", "Saved on this device")
    wire.mend()
    answered(page, "in", "Mira Łukasik")


def test_a_session_that_ended_costs_no_scan_not_even_with_a_reload(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    page.context.clear_cookies()
    usb(page, morning.codes["Mira"])
    answered(page, "queued", "Saved on this device")
    expect(page.get_by_text("This door is signed out")).to_be_visible()
    until(lambda: len(kept(page, door)), 1)
    page.goto(f"{door.served.url}/about")
    page.context.add_cookies([{"name": "coltiva", "value": morning.tokens["Olga"], "url": door.served.url}])
    page.goto(f"{door.served.url}/desk/{morning.meeting_uid}")
    in_room(page, 1)
    until(lambda: kept(page, door), [])


def test_a_door_that_is_signed_in_again_elsewhere_goes_on_by_itself(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    page.context.clear_cookies()
    usb(page, morning.codes["Mira"])
    answered(page, "queued", "Saved on this device")
    page.context.add_cookies([{"name": "coltiva", "value": morning.tokens["Olga"], "url": door.served.url}])
    answered(page, "in", "Mira Łukasik")
    expect(page.get_by_text("This door is signed out")).to_be_hidden(timeout=PATIENCE)


def test_two_offline_desks_admit_one_badge_and_a_person_settles_it(door: Door, desk: OpenDesk, wire: Wire) -> None:
    other_wire = Wire(door.served.port)
    try:
        first, second, code = desk(url=wire.url), desk("steward", url=other_wire.url), door.morning.codes["Mira"]
        wire.cut()
        other_wire.cut()
        for page in (first, second):
            usb(page, code)
            answered(page, "queued", "Saved on this device")
        wire.mend()
        answered(first, "in", "Mira Łukasik")
        other_wire.mend()
        answered(second, "already", "Another desk let this badge in, too")
        expect(first.locator("[data-conflicts] li")).to_contain_text("Door 2", timeout=PATIENCE)
        in_room(first, 1)
        in_room(second, 1)
        expect(second.get_by_role("button", name="Same person")).to_have_count(0)
        first.get_by_role("button", name="Same person: Mira Łukasik").click()
        answered(first, "waiting", "Settled")
        expect(first.get_by_text("Two desks, one badge")).to_be_hidden(timeout=PATIENCE)
        found = door.beside(lambda ctx: conflicts.listed(ctx, door.morning.meeting_id))
        assert [each.settled for each in found] == [True]
    finally:
        other_wire.close()


def test_nothing_stays_on_the_device_when_the_meeting_is_over(door: Door, desk: OpenDesk) -> None:
    page = desk()
    until(lambda: page.evaluate(READY, f"/desk/{door.morning.meeting_uid}"), True)
    door.beside(lambda ctx: meetings.close(ctx, meeting_id=door.morning.meeting_id))
    until(lambda: kept(page, door), None)
    until(lambda: page.evaluate(PAGE_KEPT), 0)


def test_a_door_that_is_sent_away_forgets_everything(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    until(lambda: page.evaluate(READY, f"/desk/{morning.meeting_uid}"), True)

    def send_away(ctx: Any) -> None:
        dora = sessions.actor_for(ctx, morning.tokens["Dora"])
        devices.revoke(ctx, group_id=GroupId(morning.group_id), session_uid=str(dora.session_uid))

    door.beside(send_away)
    usb(page, morning.codes["Mira"])
    page.wait_for_url(re.compile("sign-in"), timeout=PATIENCE)
    until(lambda: kept(page, door), None)
    until(lambda: page.evaluate(PAGE_KEPT), 0)


def test_over_plain_http_scans_still_survive_a_reload(door: Door, desk: OpenDesk) -> None:
    page = desk(url=f"http://meet.lan:{door.served.port}")
    page.route("**/check-ins", lambda route: route.abort())
    usb(page, door.morning.codes["Mira"])
    answered(page, "queued", "Saved on this device")
    until(lambda: len(kept(page, door)), 1)
    page.reload()
    expect(page.locator("[data-last] li .wait")).to_have_count(1, timeout=PATIENCE)
    page.unroute("**/check-ins")
    in_room(page, 1)
