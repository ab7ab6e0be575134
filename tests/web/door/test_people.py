"""Groups, substitutes, fees, a kiosk, a poster and a door at rest, in a real browser; and how all of it looks."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from server.domain.vocabulary import GroupId
from server.persistence.models import Meeting, Person
from server.services import door_devices, self_check_in
from server.services.context import Context, Tx
from server.services.door_devices import DoorLink
from tests.web.door.doors import PATIENCE, Door, OpenDesk, answered, in_room, usb
from tests.web.door.test_desk import SMALL, broken_rules

pytestmark = pytest.mark.browser


def change(door: Door, work: Any) -> None:
    """Change rows beside the running server."""

    def beside(ctx: Context) -> None:
        def inside(tx: Tx) -> None:
            work(tx)

        ctx.transaction(inside)

    door.beside(beside)


def a_device(door: Door, role: str) -> DoorLink:
    """A link for a device of this door."""
    morning = door.morning
    made: DoorLink = door.beside(
        lambda ctx: door_devices.make_link(
            ctx, group_id=GroupId(morning.group_id), meeting_id=morning.meeting_id, role=role, name="Door 3, Ann"
        )
    )
    return made


def opened(door: Door, chromium: Browser, path: str, **options: Any) -> tuple[BrowserContext, Page]:
    """A fresh device at an address of this server."""
    context = chromium.new_context(**({"locale": "en-GB", "reduced_motion": "reduce"} | options))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(door.served.url + path)
    return context, page


def looks_right(page: Page, state: str) -> None:
    """No rule broken, nothing beside the screen, nothing too small for a thumb."""
    assert broken_rules(page) == [], state
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, state
    # the tabs of a meeting are looked at with the console's own pages; of a tick the whole row is the target
    small = [each for each in page.evaluate(SMALL) if "/edit" not in each and 'type="checkbox"' not in each]
    assert small == [], state


def test_all_of_one_firm_come_in_with_one_press(door: Door, desk: OpenDesk) -> None:
    def one_firm(tx: Tx) -> None:
        for who in ("Mira", "Max", "Olga"):
            person = tx.db.get_one(Person, door.morning.people[who])
            person.company = "Acme"
            person.search_key += " acme"

    change(door, one_firm)
    page = desk()
    usb(page, door.morning.codes["Olga"])
    answered(page, "in", "Olga")
    page.locator("[data-line] input").fill("acme")
    page.get_by_role("button", name="Let in all 2: Acme").click()
    answered(page, "in", "2 let in")
    expect(page.locator("[data-result]")).to_contain_text("Mira Łukasik · in")
    in_room(page, 3)


def test_somebody_comes_for_somebody_else_and_the_fee_is_asked_for(door: Door, desk: OpenDesk) -> None:
    def ask(tx: Tx) -> None:
        tx.db.get_one(Meeting, door.morning.meeting_id).visitor_fee_cents = 1250

    change(door, ask)
    page = desk()
    page.locator("[data-line] input").fill("max")
    page.get_by_role("button", name="Somebody comes instead: Max D'Alò").click()
    expect(page.get_by_role("heading", name="Comes for Max D'Alò")).to_be_visible()
    page.locator("[name=given_name]").fill("Zoë")
    page.get_by_role("button", name="Add and let in").click()
    answered(page, "in", "Comes for Max D'Alò")
    expect(page.locator("[data-result]")).to_contain_text("Fee due: €12.50")
    page.get_by_role("button", name="Fee paid: Zoë").click()
    answered(page, "waiting", "Fee paid")
    usb(page, door.morning.codes["Max"])
    answered(page, "in", "Max D'Alò")


def test_already_in_offers_to_print_again_and_an_old_mistake_is_undone_with_a_reason(
    door: Door, desk: OpenDesk
) -> None:
    page = desk()
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira")
    usb(page, door.morning.codes["Max"])
    usb(page, door.morning.codes["Mira"])
    answered(page, "already", "Let in by Door 1")
    expect(page.get_by_role("button", name="Print again: Mira Łukasik")).to_be_visible()

    def long_ago(tx: Tx) -> None:
        tx.db.execute(text("UPDATE attendances SET entered_at = datetime(entered_at, '-20 minutes')"))

    change(door, long_ago)
    page.locator("[data-line] input").fill("mira")
    page.get_by_role("button", name="Undo, with a reason: Mira Łukasik").click()
    page.get_by_role("textbox", name="Why it is undone").fill("Her sister's badge")
    page.locator(".why button").click()
    answered(page, "waiting", "Undone")
    in_room(page, 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_kiosk_greets_and_forgets_and_knows_nobody_else(door: Door, chromium: Browser, scheme: str) -> None:
    link = a_device(door, "kiosk")
    context, page = opened(
        door, chromium, f"/link/{link.token}", viewport={"width": 320, "height": 640}, color_scheme=scheme
    )
    page.get_by_role("button", name="Sign this device in").click()
    expect(page.get_by_role("heading", name="Check yourself in")).to_be_visible()
    looks_right(page, "ready")
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    looks_right(page, "in")
    usb(page, door.morning.codes["Max"])
    answered(page, "in", "Max D'Alò")
    usb(page, door.morning.codes["Mira"])
    answered(page, "already", "You are checked in")
    looks_right(page, "already")
    usb(page, door.morning.codes["Sam"])
    answered(page, "no", "Please go to the door")
    looks_right(page, "refused")
    usb(page, "TESTTESTTEST0")
    answered(page, "waiting", "The scanner works")
    expect(page.locator("[data-result]")).to_contain_text("Show your badge", timeout=PATIENCE)
    assert "Mira" not in page.content(), "the name has left the screen"
    context.close()


def test_a_door_at_rest_scans_and_hides_its_names_until_the_digits_wake_it(door: Door, chromium: Browser) -> None:
    link = a_device(door, "greeter")
    context, page = opened(door, chromium, f"/link/{link.token}", viewport={"width": 320, "height": 640})
    page.get_by_role("button", name="Sign this device in").click()
    page.wait_for_url(re.compile("/desk/"))
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    page.clock.install()
    page.reload()
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
    page.clock.fast_forward(301_000)
    expect(page.get_by_role("heading", name="This door rests")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("main")).not_to_contain_text("Mira", use_inner_text=True)
    looks_right(page, "at rest")
    usb(page, door.morning.codes["Max"])
    answered(page, "in", "Max D'Alò")
    page.get_by_label("Digits").fill("no")
    page.get_by_role("button", name="Wake it").click()
    expect(page.locator("[data-wake-error]")).to_contain_text("not the digits of this device")
    page.get_by_label("Digits").fill(link.pin)
    page.get_by_role("button", name="Wake it").click()
    expect(page.locator("[data-last]")).to_contain_text("Mira Łukasik", timeout=PATIENCE)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_poster_and_the_organisers_page_of_the_door_look_right(door: Door, chromium: Browser, scheme: str) -> None:
    morning = door.morning

    def poster(ctx: Context) -> str:
        self_check_in.switch(ctx, meeting_id=morning.meeting_id, on=True)
        return self_check_in.token(ctx, morning.meeting_uid)

    small = {"viewport": {"width": 320, "height": 640}, "color_scheme": scheme}
    context, page = opened(door, chromium, f"/here/{door.beside(poster)}", **small)
    looks_right(page, "the poster's page")
    page.get_by_label("Your whole name").fill("Mira Łukasik")
    page.get_by_role("button", name="I am here").click()
    answered(page, "in", "Mira Łukasik")
    looks_right(page, "in from the poster")
    context.add_cookies([{"name": "coltiva", "value": morning.tokens["Olga"], "url": door.served.url}])
    for path in ("", "/paper", "/poster"):
        page.goto(f"{door.served.url}/o/{morning.meeting_uid}/door{path}")
        looks_right(page, path or "the page of the door")
    page.goto(f"{door.served.url}/o/{morning.meeting_uid}/door")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("Digits:")).to_be_visible()
    looks_right(page, "a device was made")
    context.close()
