"""Somebody who has never seen it: from the set-up link to a sheet of badges, by what each page offers next."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from server.services.context import Context
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
MOST_PRESSES = 12
LIST = "First name,Last name,Company,Email\n" + "\n".join(
    f"Nome{n},Cognome{n},Ditta {n},n{n}@example.org" for n in range(12)
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[None]]:
    """A server that nobody has set up."""

    def nothing(ctx: Context) -> None:
        return None

    with serve(tmp_path / "instance", nothing) as running:
        yield running


class Newcomer:
    """Presses what the page shows, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, name: str, then: str) -> None:
        """The one visible link or button of this name, and wait for the page it leads to."""
        self.presses += 1
        found = self.page.locator("main a, main button").get_by_text(name, exact=True).locator("visible=true")
        found.first.click()
        self.page.wait_for_url(re.compile(then))


def test_from_the_set_up_link_to_badges_in_a_dozen_presses(served: Served[None], chromium: Browser) -> None:
    context = chromium.new_context(base_url=served.url, locale="en", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    newcomer = Newcomer(page)
    link = re.search(r"/setup/\S+", "".join(served.log))
    assert link is not None
    page.goto(link.group())
    for name, value in {
        "name": "Thursday breakfast",
        "base_url": "https://meet.example.org",
        "given_name": "Olga",
        "family_name": "Marchetti",
        "email": "olga@example.org",
        "password": "eggs before seven",
    }.items():
        page.fill(f"main [name={name}]", value)
    newcomer.presses += 1
    page.locator("form[action^='/setup/'] button[type=submit]").click()
    page.wait_for_url("**/o/")
    assert page.locator(".hero h2").inner_text() == "Bring in your people"
    newcomer.press("Bring in a spreadsheet", "/import$")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    newcomer.presses += 1
    page.set_input_files("main input[type=file]", files=[file])  # type: ignore[arg-type]  # a plain dict is taken
    newcomer.press("Look at it", "/import/preview")
    newcomer.presses += 1
    page.locator("form[action$='/import/run'] button, button[form=bring]").first.click()
    page.wait_for_url("**/import/run**")
    newcomer.press("Plan a meeting", "/meetings/new$")
    newcomer.press("Plan the meeting", "/o/[0-9A-Z]{16}/people")
    assert "Nome11 Cognome11" in page.inner_text("main")
    newcomer.press("Meeting", "/o/[0-9A-Z]{16}$")
    assert page.locator(".hero h2").inner_text() == "Print the badges"
    newcomer.press("Print badges", "/badges$")
    newcomer.press("Look at the sheet", "/badges")
    form = page.locator("form[action$='/file']")
    form.wait_for()
    newcomer.presses += 1
    fields = form.locator("input[type=hidden]").evaluate_all("all => all.map((one) => [one.name, one.value])")
    answer = context.request.post(form.get_attribute("action") or "", form=dict(fields))
    assert answer.headers["content-type"] == "application/pdf"
    assert newcomer.presses <= MOST_PRESSES
    context.close()
