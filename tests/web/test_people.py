"""The organiser's people and devices in a real browser: typing searches, one press is one press, every width fits."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import assets
from server.domain.vocabulary import GroupId
from server.persistence.models import Person
from server.services import people
from server.services.context import Context
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
LIST = (
    "First name,Last name,Company,Email,Email,Attendee Status,Country\n"
    "Anna,Nowak,Alfa,anna@example.org,,Attending,Narnia\n"
    ",,Beta,b@example.org,,Attending,\n"
    "Maria Giovanna Della Valle,Mastropietro-Żółkiewska,Studio Notarile Mastropietro & Figli,"
    "maria.giovanna.mastropietro@studio-notarile-mastropietro.example.org,,Attending,Italy\n"
    "Cleo,Verdi,Delta,,,Refunded,Italy\n"
).encode("cp1250")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[tuple[Morning, str]]]:
    def prepare(ctx: Context) -> tuple[Morning, str]:
        morning = make_morning(ctx)
        for number in range(60):
            fields = people.PersonFields(f"Given{number:02}", "Zzz", sector="Law", email=f"a{number}@example.org")
            people.create(ctx, group_id=GroupId(morning.group_id), change=people.Change(fields))
        with ctx.reading() as db:
            return morning, db.get_one(Person, morning.people["Mira"]).uid

    with serve(tmp_path_factory.mktemp("people"), prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


def _context(served: Served[Any], chromium: Browser, **options: Any) -> BrowserContext:
    context = chromium.new_context(reduced_motion="reduce", locale="en-GB", **options)
    context.add_cookies([{"name": "coltiva", "value": served.data[0].tokens["Olga"], "url": served.url}])
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def page(served: Served[Any], chromium: Browser) -> Iterator[Page]:
    """Olga's browser, which must stay without errors and foreign requests."""
    wrong: list[str] = []
    context = _context(served, chromium, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        # A refused form answers 422; Chromium notes that, and it is what the page expects.
        lambda line: wrong.append(line.text) if line.type == "error" and "422" not in line.text else None,
    )
    page.on("request", lambda asked: asked.url.startswith(served.url) or wrong.append(asked.url))
    yield page
    context.close()
    assert not wrong


def test_the_list_follows_what_is_typed_and_the_address_keeps_it(served: Served[Any], page: Page) -> None:
    page.goto(f"{served.url}/o/people")
    expect(page.locator("[data-results] h2")).to_have_text("Everybody: 66")
    page.get_by_label("Name or company").press_sequentially("lukasik", delay=20)
    expect(page.locator("[data-results] h2")).to_have_text("People found: 1")
    expect(page.get_by_role("link", name="Mira Łukasik")).to_be_visible()
    expect(page).to_have_url(re.compile("q=lukasik"))
    page.get_by_label("Name or company").fill("zzz")
    page.get_by_label("Sector").select_option("Law")
    expect(page.locator("[data-results] h2")).to_have_text("People found: 60")
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_role("link", name="Given59 Zzz")).to_be_visible()


def test_a_form_pressed_twice_is_sent_once(served: Served[Any], page: Page) -> None:
    page.goto(f"{served.url}/o/people/new")
    page.get_by_label("First name").fill("Twice")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("heading", name="Twice")).to_be_visible()
    assert len(sent) == 1


def test_a_refused_form_leads_to_what_has_to_be_changed(served: Served[Any], page: Page) -> None:
    page.goto(f"{served.url}/o/people/new")
    page.get_by_label("First name").fill("Anna")
    page.get_by_label("Phone").fill("call me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Phone")).to_be_focused()
    expect(page.get_by_label("Phone")).to_have_value("call me")


def test_a_spreadsheet_goes_from_the_file_to_the_people_by_hand(
    served: Served[Any], page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    file.write_bytes(LIST)
    page.goto(f"{served.url}/o/people/import")
    page.get_by_label("Spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("The letters were read as cp1250")).to_be_visible()
    page.get_by_label("Company").select_option("sector")
    page.get_by_label("Also people whose status").check()
    page.get_by_role("button", name="Look again", exact=True).click()
    expect(page.get_by_role("heading", name="Bring in 3 people")).to_be_visible()
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", name="They are in")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Take these rows as a file").click()
    assert coming.value.suggested_filename == "members.rejected.csv"
    page.get_by_role("link", name="To the people").click()
    page.get_by_label("Name or company").fill("nowak")
    expect(page.get_by_role("table").get_by_text("Alfa")).to_be_visible()


def test_a_link_can_be_copied(served: Served[Any], chromium: Browser) -> None:
    context = _context(served, chromium, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{served.url}/o/group/devices")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_role("textbox", name="The link").input_value()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_every_page_fits_and_is_accessible(
    served: Served[Any], chromium: Browser, tmp_path: Path, width: int, scheme: Any
) -> None:
    file = tmp_path / "members.csv"
    file.write_bytes(LIST)
    context = _context(
        served, chromium, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    page = context.new_page()
    mira = served.data[1]

    def look(where: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{where} scrolls sideways"
        page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")
        assert len(found["passes"]) > 10, "axe looked at the page"
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == [], where

    for path in (
        "/o/people", "/o/people?q=nobody-at-all", f"/o/people/{mira}", f"/o/people/{mira}/edit", "/o/people/new",
        "/o/people/import", "/o/people/duplicates", "/o/people/sectors", "/o/people/changes", "/o/group",
        "/o/group/devices", "/sign-in",
    ):  # fmt: skip
        page.goto(served.url + path)
        look(path)
    page.goto(f"{served.url}/o/people/import")
    page.get_by_label("Spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    look("the preview")
    page.goto(f"{served.url}/o/people/{mira}")
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator("svg.qr")).to_be_visible()
    look("a personal link")
    assert re.match(r"https://meet\.example\.org/link/", page.get_by_role("textbox", name="The link").input_value())
    context.close()
