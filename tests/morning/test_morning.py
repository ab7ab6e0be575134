"""One whole breakfast meeting, on real input, in real browsers: an organiser, a door, a display and three phones.

It runs twice, with other people, another language and another head-count, so that no screen can live on a constant.
Everything is done through the pages; the only shortcut is that the scanner types the codes read from the badges'
PDF.
"""

import csv
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.services.context import Context
from tests.morning.conftest import codes_on_paper
from tests.morning.guests import Guest, as_file, some
from tests.morning.screens import Console, Door, Phone, Screen
from tests.serving import Served, Wire, serve

pytestmark = pytest.mark.browser
MAKE = re.compile(r"/setup/\S+")


@dataclass(frozen=True)
class Plan:
    """What differs between the two mornings."""

    seed: int
    language: str
    members: int
    table_size: int
    delimiter: str


MORNINGS = [
    pytest.param(Plan(seed=1, language="it", members=21, table_size=2, delimiter=";"), id="23-people-in-Italian"),
    pytest.param(Plan(seed=2, language="pl", members=55, table_size=4, delimiter=","), id="57-people-in-Polish"),
]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[None]]:
    """A server over an empty instance, as a new group starts it."""

    def nothing(ctx: Context) -> None:
        """Everything is done through the pages."""

    with serve(tmp_path / "instance", nothing) as running:
        yield running
        assert not [line for line in running.log if "Traceback" in line], "".join(running.log)


@pytest.mark.parametrize("plan", MORNINGS)
def test_a_whole_morning(plan: Plan, served: Served[None], chromium: Browser, tmp_path: Path) -> None:
    guests = some(plan.members, plan.seed)
    console = Console(chromium, served.url, plan.language, viewport={"width": 1280, "height": 900})
    screens: list[Screen] = [console]
    set_up_the_group(console, served)
    bring_in_the_people(console, guests, plan)
    plan_the_meeting(console, plan)
    codes = print_the_badges(console, plan.members + 1, tmp_path)
    open_the_doors(console)

    door = Door(chromium, served.url, plan.language, viewport={"width": 1024, "height": 768})
    door.use_link(device_link(console, "greeter"))
    display = Screen(chromium, served.url, plan.language, viewport={"width": 1280, "height": 720})
    display.use_link(device_link(console, "display"))
    screens += [door, display]
    arrived = let_people_in(door, codes)

    wire = Wire(served.port)
    near, far, cut = (
        Phone(chromium, served.url, plan.language),
        Phone(chromium, served.url, plan.language),
        Phone(chromium, wire.url, plan.language),
    )
    screens += [near, far, cut]
    owners = list(arrived)[:3]
    for phone, name in zip((near, far, cut), owners, strict=True):
        phone.claim(arrived[name])

    hold_the_rounds(console, door, display, (near, far, cut), wire, leaver=list(arrived)[-1])
    exchange_contacts(near, far, arrived[owners[1]])
    close_the_meeting(console)
    write_down_what_was_promised(near)
    pass_a_referral(near, far, owners[1])
    take_everything_home(near)
    see_the_figures(console, came=len(arrived) + 1)

    wire.close()
    assert [complaint for screen in screens for complaint in screen.complaints] == []
    for screen in screens:
        screen.close()


def set_up_the_group(console: Console, served: Served[None]) -> None:
    """The one-time link of the terminal, and one form."""
    link = MAKE.search("".join(served.log))
    assert link is not None
    console.open(link.group())
    for name, value in {
        "name": "Colazione del giovedì",
        "time_zone": "UTC",
        "currency": "EUR",
        "base_url": "https://meet.example.org",
        "given_name": "Olga",
        "family_name": "Marchetti",
        "email": "olga@example.org",
        "password": "eggs before seven",
    }.items():
        console.page.fill(f"main [name={name}]", value)
    console.page.locator("form[action^='/setup/'] button[type=submit]").click()
    console.page.wait_for_url("**/o/")
    # The link is used up: nobody can set the group up again.
    again = console.context.request.get(link.group())
    assert again.status == 404


def bring_in_the_people(console: Console, guests: list[Guest], plan: Plan) -> None:
    """The list as it is kept, looked at first; the bad row comes back; the same file again changes nothing."""
    file = {"name": "soci.csv", "mimeType": "text/csv", "buffer": as_file(guests, delimiter=plan.delimiter)}
    for round_trip in range(2):
        console.open("/o/people/import")
        console.page.set_input_files("main input[type=file]", files=[file])  # type: ignore[arg-type]  # a plain dict is taken
        console.page.locator("main form[enctype] button[type=submit]").click()
        console.page.wait_for_url("**/import/preview**")
        run = console.page.locator("form[action$='/import/run'] button")
        assert run.count() == (1 if round_trip == 0 else 0)
        with console.page.expect_download() as rejected:
            console.page.locator("form[action$='/import/rejected'] button").click()
        assert "+39 333 1234567" in Path(rejected.value.path()).read_text(encoding="utf-8-sig")
        if round_trip == 0:
            run.click()
            console.page.wait_for_url("**/import/run**")
            console.page.locator("[data-run]:not([data-live])").wait_for()
    console.open("/o/people")
    assert str(len(guests) + 1) in console.text("main h1 ~ *, main")


def plan_the_meeting(console: Console, plan: Plan) -> None:
    """Today, three rounds of one minute."""
    console.open("/o/meetings/new")
    now = time.gmtime()
    for name, value in {
        "name": "Breakfast",
        "place": "Hotel Corona",
        "date": time.strftime("%Y-%m-%d", now),
        "time": time.strftime("%H:%M", now),
        "rounds": "3",
        "round_minutes": "1",
    }.items():
        console.page.fill(f"[data-meeting-form] [name={name}]", value)
    console.page.select_option("[data-meeting-form] [name=table_size]", str(plan.table_size))
    console.page.locator("[data-meeting-form] .actions button.first").click()
    console.page.wait_for_url(re.compile(r"/o/[0-9A-Z]{16}/people"))
    console.meeting = console.page.url.split("/")[-2]


def print_the_badges(console: Console, people: int, folder: Path) -> list[str]:
    """Ten on a page; the squares are read as phones read them."""
    console.open(f"/o/{console.meeting}/badges")
    console.page.locator("main form button.first").first.click()
    form = console.page.locator("form[action$='/file']")
    form.wait_for()
    fields = form.locator("input[type=hidden]").evaluate_all("all => all.map((one) => [one.name, one.value])")
    reply = console.context.request.post(form.get_attribute("action") or "", form=dict(fields))
    assert reply.headers["content-type"] == "application/pdf", reply.text()
    codes = codes_on_paper(reply.body(), folder)
    assert len(set(codes)) == len(codes) == people
    console.page.locator("form[action$='/printed'] button").click()
    return codes


def open_the_doors(console: Console) -> None:
    """One press."""
    console.open(f"/o/{console.meeting}")
    console.page.locator("form[action$='/open'] button").click()
    console.page.locator("[data-today][data-status=open]").wait_for()


def device_link(console: Console, role: str) -> str:
    """A one-time link for a device of the meeting."""
    console.open("/o/group/devices")
    console.page.select_option("[name=role]", role)
    console.page.locator("form[action$='/devices'] button[type=submit]").click()
    return console.page.input_value("#made-link")


def let_people_in(door: Door, codes: list[str]) -> dict[str, str]:
    """Everybody but the last comes; somebody scans twice; a stranger is refused; somebody walks in."""
    arrived: dict[str, str] = {}
    for code in codes[:-1]:
        assert door.scan(code) == "in", door.text(".answer .result")
        arrived[door.name_shown()] = code
    assert door.scan("0000000000000") == "no"
    assert door.scan(codes[0]) == "already"
    door.until(lambda: door.in_room() == len(codes) - 1, "everybody is counted")
    door.walk_in("Zoë")
    return arrived


def hold_the_rounds(
    console: Console, door: Door, display: Screen, phones: tuple[Phone, ...], wire: Wire, *, leaver: str
) -> None:
    """Two rounds: every screen shows the same second; a phone loses its network; somebody leaves early."""
    near, far, cut = phones
    console.open(f"/run/{console.meeting}")
    console.act("plan")
    console.phase("start")
    for phone in phones:
        phone.until(lambda phone=phone: phone.table() != "", "the phone knows its first table")
    console.act("start")
    console.phase("pause")
    for screen in (console, display, *phones):
        screen.until(lambda screen=screen: 0 < screen.seconds_left() < 60, "the clock runs")

    def apart() -> int:
        shown = [screen.seconds_left() for screen in (console, display, *phones)]
        return max(shown) - min(shown)

    # Five looks one after the other may take a busy computer more than a second.
    console.until(lambda: apart() <= 1, "all clocks show the same second")
    before = near.seconds_left()
    console.press("plus")
    near.until(lambda: near.seconds_left() > before, "thirty seconds more on the phone")
    console.act("pause")
    console.phase("resume")
    held = console.seconds_left()
    for screen in (display, near, far):
        screen.until(lambda screen=screen: abs(screen.seconds_left() - held) <= 1, "the clock stands")
    first_table, met = near.table(), near.partners()
    assert met

    cut.away = True
    wire.cut()
    console.act("resume")
    console.phase("pause")
    console.end_early()
    door.leaves(leaver)
    console.plan_again()
    console.act("start")
    console.phase("pause")
    wire.mend()
    # What it showed when it was cut stood still.
    runs = cut.page.locator("[data-ring]:visible:not(.paused)")
    cut.until(
        lambda: runs.count() > 0 and cut.seconds_left() > 0 and cut.table() != "",
        "the phone is back in the second round",
    )
    cut.away = False
    near.until(lambda: near.partners() not in ([], met), "other partners in the second round")
    assert set(near.partners()).isdisjoint(met)
    assert first_table
    seats = display.page.locator("[data-seats]")
    display.until(lambda: leaver not in (seats.text_content() or ""), "the wall seats nobody who has left")
    console.end_early()


def exchange_contacts(near: Phone, far: Phone, code: str) -> None:
    """One badge in front of the other's camera; the request waits, because nothing was opened yet; then yes."""
    near.open(f"/B/{code}")
    near.page.locator(".swap [data-state=ask] button").first.click()
    near.until(lambda: near.state("asked"), "the request is sent")
    far.until(lambda: far.state("answer"), "the request arrives by itself")
    far.page.locator(".swap [data-state=answer]:visible form[action$='/accept'] button").first.click()
    near.until(lambda: near.state("accepted"), "both have exchanged")


def close_the_meeting(console: Console) -> None:
    """One press on the console's page."""
    console.open(f"/o/{console.meeting}")
    console.page.locator("form[action$='/close'] button").first.click()
    console.page.locator("[data-today][data-status=closed]").wait_for()


def write_down_what_was_promised(phone: Phone) -> None:
    """The phone shows everybody met; stay in touch, a note, a promise."""
    phone.open("/")
    phone.page.wait_for_url("**/me/**")
    form = phone.page.locator("form[data-jot]").first
    form.wait_for()
    form.locator("[name=stay][value=yes]").check(force=True)
    form.locator("details summary").click()
    form.locator("[name=note]").fill("grows lemons")
    form.locator("[name=promise]").fill("send the number of the notary")
    # The page saves by itself when a field is left.
    with phone.page.expect_response(lambda reply: "notary" in (reply.request.post_data or "")) as saved:
        form.locator("[name=promise]").press("Tab")
    assert saved.value.ok


def pass_a_referral(giver: Phone, receiver: Phone, receiver_name: str) -> None:
    """A slip in one form; the receiver takes it on; the giver sees it without loading the page again."""
    giver.open("/referrals/new")
    giver.page.fill("[name=to]", receiver_name)
    giver.page.fill("[name=prospect_name]", "Bar Centrale")
    giver.page.fill("[name=reach]", "+39 02 1234567")
    giver.page.fill("[name=need]", "A terrace for sixty guests")
    giver.page.locator("[name=level][value='3']").check(force=True)
    giver.page.locator("[name=vouch]").first.check(force=True)
    giver.page.locator("[name=consent]").check(force=True)
    giver.page.locator("button[name=do][value=give]").click()
    giver.page.wait_for_url(re.compile(r"/referrals/[0-9A-Z]{16}"))
    giver.open("/referrals")
    card = giver.page.locator("[data-slip]").first
    said = card.get_attribute("data-said")
    receiver.open("/referrals")
    receiver.page.locator("[data-slip] form button").first.click()
    giver.until(lambda: giver.page.locator("[data-slip]").first.get_attribute("data-said") != said, "the giver sees it")


def take_everything_home(phone: Phone) -> None:
    """The follow-up list with the promise, as a page, a spreadsheet, cards and a calendar."""
    phone.open("/follow-ups")
    assert "send the number of the notary" in phone.text("main")
    rows = phone.context.request.get("/follow-ups.csv").body().decode("utf-8-sig")
    assert "grows lemons" in rows
    assert len(list(csv.reader(io.StringIO(rows)))) > 1
    assert phone.context.request.get("/follow-ups.vcf").text().startswith("BEGIN:VCARD")
    assert "send the number of the notary" in phone.context.request.get("/follow-ups.ics").text().replace("\r\n ", "")


def see_the_figures(console: Console, came: int) -> None:
    """Attendance and the meeting in figures."""
    console.open(f"/o/{console.meeting}/figures")
    assert str(came) in console.text("main")
