"""The door in a real browser against a real server: scanners, camera, photo, no network, two desks, undo, phones."""

import gzip
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from server import assets
from server.services import check_ins, phones
from server.services.check_ins import Desk
from tests.serving import Wire
from tests.web.door.doors import PATIENCE, Door, OpenDesk, answered, in_room, jpeg, picture_of, seeing, usb

pytestmark = pytest.mark.browser


def test_a_usb_scanner_works_with_the_focus_anywhere(door: Door, desk: OpenDesk) -> None:
    page, codes = desk(), door.morning.codes
    usb(page, codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    expect(page.locator("[data-result]")).to_contain_text("First time here")
    page.locator("[data-walk-in]").first.focus()
    usb(page, codes["Vik"])
    answered(page, "in", "Guest of Mira Łukasik")
    expect(page.locator("[data-walk-in-form]")).to_be_hidden()  # the button under the focus was not pressed
    page.locator("[data-line] input").fill("o")
    page.locator("[data-line] input").focus()
    usb(page, codes["Max"], enter=False)
    answered(page, "in", "Max D'Alò")
    in_room(page, 3)
    expect(page.locator("[data-last] li")).to_have_count(3)


def test_each_answer_has_its_own_shape_word_and_reason(door: Door, desk: OpenDesk) -> None:
    page, codes = desk(), door.morning.codes
    usb(page, codes["Mira"])
    answered(page, "in", "Welcome")
    usb(page, codes["Max"])
    usb(page, codes["Mira"])
    answered(page, "already", "Already in, since")
    expect(page.locator("[data-result]")).to_contain_text("Let in by Door 1")
    usb(page, "0000000000000")
    answered(page, "no", "Not on today's list")
    usb(page, codes["Sam"])
    answered(page, "no", "Another group's badge")
    usb(page, "WIFI:S:guest;T:WPA;P:breakfast;;", enter=False)
    answered(page, "no", "Not one of our badges")
    usb(page, "TESTTESTTEST0")
    answered(page, "waiting", "The scanner works")
    in_room(page, 2)
    usb(page, codes["Vik"])
    answered(page, "in", "Vik")
    height = page.locator("[data-result]").evaluate("field => field.getBoundingClientRect().height / innerHeight")
    assert height >= 0.38


def test_a_typed_code_and_a_typed_name_come_in_through_the_same_line(door: Door, desk: OpenDesk) -> None:
    page, code = desk(), door.morning.codes["Mira"]
    line = page.locator("[data-line] input")
    line.press_sequentially(f"{code[:4]}-{code[4:8]}-{code[8:]}".lower(), delay=90)
    line.press("Enter")
    answered(page, "in", "Mira Łukasik")
    line.press_sequentially("d", delay=90)
    expect(page.locator("[data-hits]")).to_be_hidden()
    line.press_sequentially("alo", delay=90)
    let_in = page.get_by_role("button", name="Let in: Max D'Alò")
    let_in.click()
    answered(page, "in", "Max D'Alò")
    expect(line).to_have_value("")
    line.fill("nobody like this")
    expect(page.get_by_text("Nobody on the list by this name.").first).to_be_visible()


def test_a_walk_in_needs_a_name_and_the_likely_ones_are_offered_first(door: Door, desk: OpenDesk) -> None:
    page = desk()
    page.locator("[data-line] input").fill("Mirra")
    page.get_by_role("button", name="Add as a walk-in").click()
    assert page.locator("[data-walk-in-form] input").count() == 3
    expect(page.locator("[name=given_name]")).to_have_value("Mirra")
    expect(page.get_by_role("button", name="Let in: Mira Łukasik")).to_be_visible()
    page.locator("[name=given_name]").fill("Zoë")
    expect(page.locator("[data-likely]")).to_be_hidden()
    page.get_by_role("button", name="Add and let in").click()
    answered(page, "in", "Zoë")
    page.locator("[data-walk-in]").first.click()
    page.get_by_role("button", name="Add and let in").click()
    expect(page.get_by_text("A name is missing.")).to_be_visible()
    # In one breath: whoever types slowly is offered the likely ones before Enter, which then means somebody else.
    page.locator("[data-walk-in-form]").evaluate("""form => {
        form.elements.given_name.value = 'Mira';
        form.elements.family_name.value = 'Lukasik';
    }""")
    page.locator("[name=family_name]").press("Enter")
    expect(page.get_by_role("button", name="Let in: Mira Łukasik")).to_be_visible()
    page.get_by_role("button", name="Somebody else: let in").click()
    answered(page, "in", "Mira Lukasik")
    in_room(page, 2)


def test_without_a_network_scans_are_saved_here_and_turn_green_by_themselves(door: Door, desk: OpenDesk) -> None:
    wire = Wire(door.served.port)
    try:
        page, codes = desk(url=wire.url), door.morning.codes
        usb(page, codes["Olga"])
        answered(page, "in", "Olga Marchetti")
        wire.cut()
        usb(page, codes["Mira"])
        answered(page, "queued", "Saved on this device")
        usb(page, codes["Max"])
        expect(page.locator("[data-last] li .wait")).to_have_count(2, timeout=PATIENCE)
        expect(page.locator("[data-net]")).to_contain_text("2 scans waiting", timeout=PATIENCE)
        in_room(page, 1)
        wire.mend()
        answered(page, "in", "Max D'Alò")
        expect(page.locator("[data-last] li .wait")).to_have_count(0, timeout=PATIENCE)
        expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
        in_room(page, 3)
        usb(page, codes["Mira"])
        answered(page, "already", "Mira Łukasik")
    finally:
        wire.close()


def test_two_desks_see_each_others_counts_and_an_undone_badge_scans_again(door: Door, desk: OpenDesk) -> None:
    first, second, codes = desk(), desk("steward"), door.morning.codes
    usb(first, codes["Mira"])
    in_room(second, 1)
    usb(second, codes["Max"])
    in_room(first, 2)
    expect(first.locator("[data-last]")).to_contain_text("Max D'Alò")
    expect(first.locator(".bed .sprout")).to_have_count(2)
    usb(second, codes["Mira"])
    answered(second, "already", "Let in by Door 1")
    first.get_by_role("button", name="Undo: Mira Łukasik").first.click()
    answered(first, "waiting", "Undone")
    in_room(first, 1)
    in_room(second, 1)
    usb(first, codes["Olga"])
    usb(first, codes["Mira"])
    answered(first, "in", "Mira Łukasik")
    in_room(second, 3)


def test_a_steward_has_a_line_and_nothing_else(door: Door, desk: OpenDesk) -> None:
    page = desk("steward")
    usb(page, "0000000000000")
    answered(page, "no", "Not on today's list")
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    expect(page.locator("[data-last] li")).to_have_count(2)
    # On a busy computer the page may ask for a moment whether to try again; that passes by itself.
    names = [re.compile(rf"^\s*{word}") for word in ("Sound", "Camera", "Photo")]
    expect(page.locator("button:visible")).to_have_text(names)


def test_the_door_sees_a_phone_join_hands_out_a_code_and_undoes_it(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    usb(page, morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    page.locator("[data-result]").get_by_role("button", name="Code for a phone: Mira Łukasik").click()
    answered(page, "waiting", "Code for the phone of Mira Łukasik")
    digits = page.locator("[data-result] .name").inner_text()
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    door.beside(
        lambda ctx: phones.claim_with_code(ctx, badge_text=morning.codes["Mira"], digits=digits, label="Safari")
    )
    expect(page.locator("[data-last]")).to_contain_text("Phone joined", timeout=PATIENCE)
    page.get_by_role("button", name="Undo the phone: Mira Łukasik").click()
    answered(page, "waiting", "The phone is signed out")
    expect(page.locator("[data-last]")).not_to_contain_text("Phone joined")


def test_what_another_program_writes_arrives_too(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    door.beside(
        lambda ctx: check_ins.check_in(
            ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Vik"], desk=Desk(None, "Paper")
        )
    )
    expect(page.locator("[data-count]")).to_have_text("1", timeout=PATIENCE)
    expect(page.locator(".bed .bloom")).to_have_count(1)


def test_the_sound_switch_tells_the_truth(desk: OpenDesk) -> None:
    page = desk()
    switch = page.get_by_role("switch", name="Sound")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_contain_text("on")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")


def test_a_signed_out_door_keeps_its_scans_until_it_is_signed_in_again(door: Door, desk: OpenDesk) -> None:
    page, morning = desk(), door.morning
    page.context.clear_cookies()
    usb(page, morning.codes["Mira"])
    answered(page, "queued", "Saved on this device")
    expect(page.get_by_text("This door is signed out")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-announce]")).to_have_text("Not signed in yet.")
    # Else the page itself may notice first that it is signed in again, and take the button away.
    page.route("**/standing", lambda route: route.abort())
    page.context.add_cookies([{"name": "coltiva", "value": morning.tokens["Olga"], "url": door.served.url}])
    page.get_by_role("button", name="Try again").click()
    answered(page, "in", "Mira Łukasik")
    expect(page.get_by_text("This door is signed out")).to_be_hidden()


def test_a_badge_before_the_camera_is_let_in_once_however_long_it_is_held(
    door: Door, desk: OpenDesk, playwright: Playwright, tmp_path: Path
) -> None:
    clip = tmp_path / "badge.mjpeg"
    clip.write_bytes(jpeg(picture_of(door.morning.codes["Mira"], (640, 480), 240)) * 6)
    running = seeing(playwright, clip)
    try:
        page = desk(by=running)
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/check-ins") else None)
        camera = page.get_by_role("button", name="Camera")
        camera.click()
        answered(page, "in", "Mira Łukasik")
        expect(camera).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(3500)  # longer than the pause after which a badge would count again
        assert len(sent) == 1
        camera.click()
        expect(page.locator("[data-viewfinder]")).to_be_hidden()
        page.wait_for_timeout(3000)  # the badge is away for so long and then shown again
        camera.click()
        answered(page, "already", "Already in, since")
    finally:
        running.close()


def test_a_refused_camera_says_how_to_allow_it_and_keeps_the_other_ways(door: Door, desk: OpenDesk) -> None:
    page = desk()
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("[data-camera-state]")).to_contain_text("The camera is not allowed", timeout=PATIENCE)
    expect(page.locator("[data-camera-state]")).to_have_attribute("role", "alert")
    expect(page.locator("[data-photo]")).to_be_visible()
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")


def test_on_an_insecure_address_there_is_no_dead_camera_but_a_photo(door: Door, desk: OpenDesk, tmp_path: Path) -> None:
    page = desk(url=f"http://meet.lan:{door.served.port}")
    assert page.evaluate("() => isSecureContext") is False
    expect(page.get_by_role("button", name="Camera")).to_be_hidden()
    expect(page.get_by_text("The camera needs a secure address")).to_be_visible()
    blank, badge = tmp_path / "blank.jpg", tmp_path / "badge.jpg"
    blank.write_bytes(jpeg(Image.new("RGB", (800, 600), (90, 90, 90))))
    badge.write_bytes(jpeg(picture_of(door.morning.codes["Vik"], (4032, 3024), 900)))
    for picture, kind, text in ((blank, "no", "No code in this picture"), (badge, "in", "Vik")):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Photo").click()
        chooser.value.set_files(picture)
        answered(page, kind, text)
    usb(page, door.morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")


# The look


def broken_rules(page: Page) -> list[tuple[str, str]]:
    page.evaluate(assets.vendor("axe.min.js").read_text())
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [(rule["id"], node["html"][:160]) for rule in found["violations"] for node in rule["nodes"]]


SMALL = """() => [...document.querySelectorAll('a, button, input')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width > 1 && !e.classList.contains('skip') && (r.height < 43.9 || r.width < 43.9);
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_door_is_accessible_and_fits_a_small_phone(door: Door, desk: OpenDesk, scheme: str) -> None:
    page = desk(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 320, "height": 640})
    codes = door.morning.codes

    def check(state: str) -> None:
        assert broken_rules(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        assert page.evaluate(SMALL) == [], state

    check("ready")
    usb(page, codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    check("in")
    usb(page, codes["Max"])
    usb(page, codes["Mira"])
    answered(page, "already", "Mira Łukasik")
    check("already")
    usb(page, "0000000000000")
    answered(page, "no", "Not on today's list")
    check("refused")
    page.locator("[data-line] input").fill("mar")
    expect(page.locator("[data-hits] li")).to_have_count(1)
    check("found")
    page.locator("[data-walk-in]").first.click()
    page.locator("[name=given_name]").fill("Mirra")
    expect(page.locator("[data-likely-list] li")).to_have_count(1)
    check("walk-in")
    page.context.clear_cookies()
    page.locator("[data-close]").click()
    usb(page, codes["Vik"])
    answered(page, "queued", "Saved on this device")
    check("saved here, signed out")


def test_the_pages_of_a_door_stay_light(door: Door, desk: OpenDesk) -> None:
    page = desk()
    sizes: list[int] = page.evaluate("""() => performance.getEntriesByType('resource')
        .filter(entry => /\\.(js|css)$/.test(entry.name)).map(entry => entry.encodedBodySize)""")
    assert len(sizes) > 10
    decoder = sum(
        len(gzip.compress(path.read_bytes()))
        for path in assets.vendor("zxing").rglob("*")
        if path.suffix in {".js", ".wasm"}
    )
    assert sum(sizes) + decoder <= 490_000
