"""Planning and the seating board in real browsers: two facilitators, a mouse, a keyboard, a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server import assets
from server.domain.vocabulary import Role
from server.persistence.models import Meeting
from server.services import planning
from server.services.context import Context, Tx
from tests import builders
from tests.mornings import Morning, make_morning
from tests.pages import until
from tests.rooms import everybody_in
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
Open = Callable[..., Page]
SAID = "[data-said]"
SHEET = "[data-sheet]"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[Morning]]:
    """Six people in pairs for seven rounds: some meet again, so that a planning run has something left to try."""

    def prepare(ctx: Context) -> Morning:
        morning = make_morning(ctx)
        everybody_in(morning)

        def want(tx: Tx) -> None:
            tx.db.get_one(Meeting, morning.meeting_id).rounds_wanted = 7

        ctx.transaction(want)
        planning.plan(ctx, meeting_id=morning.meeting_id, seconds=20, steps=200)
        here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
        morning.tokens["second"] = builders.signed_in(ctx, None, role=Role.FACILITATOR, **here)
        return morning

    with serve(tmp_path, prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


@pytest.fixture
def opened(served: Served[Morning], chromium: Browser) -> Iterator[Open]:
    """Opens pages, each in a browser of its own, that must stay without errors and foreign requests."""
    contexts, wrong = [], list[str]()

    def open_one(path: str = "/seats", who: str = "Fiona", *, width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            has_touch=width < 600,
        )
        contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            # A refused change answers 409; Chromium notes that, and it is what the page expects.
            lambda line: wrong.append(line.text) if line.type == "error" and "409" not in line.text else None,
        )
        page.on("request", lambda asked: asked.url.startswith(served.url) or wrong.append(asked.url))
        page.goto(f"{served.url}/run/{served.data.meeting_uid}{path}")
        expect(page.locator("[data-net]")).to_contain_text("Connected", timeout=PATIENCE)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


def _done(page: Page) -> None:
    """What was pressed is over: the news may show it earlier."""
    expect(page.locator("[data-busy]")).to_have_count(0, timeout=PATIENCE)


def _person(page: Page, name: str) -> str:
    return f'[data-person][data-name^="{name}"]'


def _table_of(page: Page, name: str) -> str:
    """The number of the table at which somebody sits."""
    table = page.locator(".board > .table", has=page.locator(_person(page, name)))
    return table.get_attribute("data-table") or ""


def _mates(page: Page, name: str) -> list[str]:
    """Everybody at somebody's table, themselves included."""
    table = page.locator(f'[data-table="{_table_of(page, name)}"] [data-person]')
    return [each.get_attribute("data-name") or "" for each in table.all()]


def _elsewhere(page: Page, name: str) -> str:
    """Somebody at another table."""
    mates = _mates(page, name)
    names = [each.get_attribute("data-name") or "" for each in page.locator(".board [data-person]").all()]
    return next(each for each in names if each not in mates)


def test_what_two_people_would_cost_is_read_before_they_change_and_is_taken_back(opened: Open) -> None:
    page, other = opened(), opened(who="second")
    partner = _elsewhere(page, "Mira")
    before, goal = _table_of(page, "Mira"), _table_of(page, partner)
    page.locator(_person(page, "Mira")).click()
    expect(page.locator(SHEET)).to_contain_text("Why here", timeout=PATIENCE)
    expect(page.locator(f"{_person(page, partner)}[data-sign]")).to_be_visible(timeout=PATIENCE)
    page.locator(_person(page, partner)).click()
    expect(page.locator(SHEET)).to_contain_text("Change seats", timeout=PATIENCE)
    expect(page.locator(SHEET)).to_contain_text("The plan would be")
    assert _table_of(page, "Mira") == before, "nothing has changed yet"
    page.locator('[data-act="confirm"]').click()
    for each in (page, other):
        expect(each.locator(f'[data-table="{goal}"] {_person(each, "Mira")}')).to_be_visible(timeout=PATIENCE)
    expect(page.locator(SAID)).to_have_text("Changed. Those at the tables know.", timeout=PATIENCE)
    other.locator('[data-act="undo"]').click()
    for each in (page, other):
        expect(each.locator(f'[data-table="{before}"] {_person(each, "Mira")}')).to_be_visible(timeout=PATIENCE)


def test_somebody_is_dragged_to_somebody_elses_seat_with_a_mouse(opened: Open) -> None:
    page = opened()
    partner = _elsewhere(page, "Max")
    goal = _table_of(page, partner)
    page.locator(_person(page, "Max")).hover()
    page.mouse.down()
    target = page.locator(_person(page, partner)).bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 30, target["y"] + 20, steps=6)
    expect(page.locator(".ghost")).to_be_visible()
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    page.locator('[data-act="confirm"]').click()
    expect(page.locator(f'[data-table="{goal}"] {_person(page, "Max")}')).to_be_visible(timeout=PATIENCE)


def test_a_drag_is_let_go_with_escape(opened: Open) -> None:
    page = opened()
    before = _table_of(page, "Max")
    page.locator(_person(page, "Max")).hover()
    page.mouse.down()
    page.mouse.move(500, 500, steps=4)
    expect(page.locator(".ghost")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    expect(page.locator(_person(page, "Max"))).to_have_attribute("aria-pressed", "false")
    assert _table_of(page, "Max") == before


def test_the_whole_change_by_keyboard(opened: Open) -> None:
    page = opened()
    partner = _elsewhere(page, "Olga")
    goal = _table_of(page, partner)
    page.locator(_person(page, "Olga")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(_person(page, "Olga"))).to_have_attribute("aria-pressed", "true")
    page.locator(_person(page, partner)).focus()
    page.keyboard.press("Enter")
    confirm = page.locator('[data-act="confirm"]')
    expect(confirm).to_be_visible(timeout=PATIENCE)
    confirm.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f'[data-table="{goal}"] {_person(page, "Olga")}')).to_be_visible(timeout=PATIENCE)
    expect(page.locator(_person(page, "Olga"))).to_be_focused(timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(page.locator(_person(page, "Olga"))).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator(SHEET)).to_be_hidden()


def test_of_two_facilitators_who_confirm_at_once_the_second_is_told(opened: Open) -> None:
    one, other = opened(), opened(who="second")
    for page in (one, other):
        page.locator(_person(page, "Mira")).click()
        expect(page.locator(SHEET)).to_contain_text("Why here", timeout=PATIENCE)
        page.locator(_person(page, _elsewhere(page, "Mira"))).click()
        expect(page.locator('[data-act="confirm"]')).to_be_visible(timeout=PATIENCE)
    held, freed = list[Route](), list[bool]()
    other.route("**/seats/1", lambda asked: asked.continue_() if freed else held.append(asked))
    one.locator('[data-act="confirm"]').click()
    expect(one.locator(SAID)).to_have_text("Changed. Those at the tables know.", timeout=PATIENCE)
    other.locator('[data-act="confirm"]').click()
    expect(other.locator(SAID)).to_contain_text("Somebody else changed the seats.", timeout=PATIENCE)
    freed.append(True)  # without its route Playwright would let go of those held by itself, and refuse to do it twice
    for late in held:
        late.continue_()


def test_a_seat_is_kept_a_pair_kept_apart_and_both_let_go(opened: Open) -> None:
    page = opened()
    page.locator(_person(page, "Vik")).click()
    page.locator('[data-act="keep"]').click()
    settled = page.locator('[data-part="settled"]')
    expect(settled).to_contain_text("keeps table", timeout=PATIENCE)
    _done(page)
    mate = next(each for each in _mates(page, "Vik") if not each.startswith("Vik"))
    page.locator(_person(page, "Vik")).click()
    page.locator('[data-mode="apart"]').click()
    expect(page.locator("[data-how]")).to_have_text("Now press the other person.")
    page.locator(_person(page, mate)).click()
    expect(settled).to_contain_text("kept apart", timeout=PATIENCE)
    expect(page.locator(SHEET)).to_contain_text("They still sit together.", timeout=PATIENCE)
    for act in ("unpair", "let-go"):
        settled.locator(f'[data-act="{act}"]').click()
        expect(settled.locator(f'[data-act="{act}"]')).to_have_count(0, timeout=PATIENCE)
        _done(page)
    expect(settled).to_contain_text("Nothing yet.")


def test_what_is_pressed_while_a_change_is_under_way_comes_after_it(opened: Open) -> None:
    page = opened()
    held, freed = list[Route](), list[bool]()
    page.route("**/seats/keep", lambda asked: asked.continue_() if freed else held.append(asked))
    kept = ("Vik", "Mira")
    page.locator(_person(page, kept[0])).click()
    keep = page.locator('[data-act="keep"]')
    keep.click()
    keep.click()  # the same press twice is meant once
    expect(page.locator("[data-busy]")).to_have_count(1)
    page.locator(_person(page, kept[0])).click()  # put down
    page.locator(_person(page, kept[1])).click()
    expect(page.locator(SHEET)).to_contain_text(kept[1], timeout=PATIENCE)
    keep.click()
    until(page, lambda: bool(held))
    assert len(held) == 1, "one change at a time"
    freed.append(True)
    held[0].continue_()
    settled = page.locator('[data-part="settled"]')
    for name in kept:
        expect(settled.locator("li", has_text=name)).to_have_count(1, timeout=PATIENCE)
    _done(page)


def test_why_not_with_somebody_is_answered(opened: Open) -> None:
    page = opened()
    page.locator(_person(page, "Vik")).click()
    page.locator('[data-mode="why-not"]').click()
    page.locator(_person(page, _elsewhere(page, "Vik"))).click()
    expect(page.locator(SHEET)).to_contain_text("Why not together?", timeout=PATIENCE)
    expect(page.locator(SHEET)).to_contain_text("changes with")


def test_somebody_is_found_by_name(opened: Open) -> None:
    page = opened()
    page.locator("[name=find]").fill("łuk")
    expect(page.locator(".board > .table:visible")).to_have_count(1)
    expect(page.locator(".found")).to_have_attribute("data-name", "Mira Łukasik")
    page.locator("[name=find]").fill("")
    expect(page.locator(".board > .table:visible")).to_have_count(3)


def test_on_a_phone_the_choice_stands_below_its_table(opened: Open) -> None:
    page = opened(width=390)
    page.locator(_person(page, "Mira")).tap()
    expect(page.locator(f"[data-place] {SHEET}")).to_contain_text("Mira Łukasik", timeout=PATIENCE)
    partner = _elsewhere(page, "Mira")
    page.locator(_person(page, partner)).tap()
    page.locator('[data-act="confirm"]').tap()
    expect(page.locator(SAID)).to_have_text("Changed. Those at the tables know.", timeout=PATIENCE)


def test_two_consoles_watch_one_planning_run_through_a_reload_and_one_of_them_has_enough(opened: Open) -> None:
    one, other = opened(""), opened("", "second")
    one.locator('[data-act="plan"]:not([data-key])').first.click()
    run = '[data-part="run"]'
    for page in (one, other):
        expect(page.locator(run)).to_contain_text("Looking for better later rounds", timeout=PATIENCE)
        expect(page.locator(run)).to_contain_text("meetings of people who met before", timeout=PATIENCE)
    expect(one.locator(SAID)).to_have_text("Planned. Everybody knows their table.", timeout=PATIENCE)
    other.reload()
    expect(other.locator(run)).to_contain_text("Looking for better later rounds", timeout=PATIENCE)
    other.locator('[data-act="enough"]').click()
    for page in (one, other):
        expect(page.locator(run)).to_contain_text("Stopped. The best plan so far was kept.", timeout=PATIENCE)


def test_the_bar_moves_and_its_words_are_those_of_the_server(opened: Open, served: Served[Morning]) -> None:
    page = opened("")
    said = page.evaluate(
        """async (base) => {
            const { best } = await import(`${base}/planning.js`);
            return [
                best({}), best({repeats: 0}), best({repeats: 1, same_sector: 0, wishes_missed: 0}),
                best({repeats: 2, same_sector: 1, wishes_missed: 3}),
            ];
        }""",
        page.locator("script[src$='facilitator/run.js']").get_attribute("src").rsplit("/", 1)[0],  # type: ignore[union-attr]  # it is there
    )
    assert said == [
        "",
        "Nobody meets the same person again",
        "1 meeting of people who met before",
        "2 meetings of people who met before · 1 pair of one sector at a table · 3 wishes still open",
    ]


def _broken_rules(page: Page) -> list[str]:
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [
        f"{rule['id']}: {node['html'][:100]} {node['failureSummary'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_board_in_both_schemes_and_at_every_width(opened: Open, scheme: str) -> None:
    page = opened(scheme=scheme)
    page.locator(_person(page, "Mira")).click()
    expect(page.locator(SHEET)).to_contain_text("Why here", timeout=PATIENCE)
    expect(page.locator("[data-sign]").first).to_be_visible(timeout=PATIENCE)
    assert _broken_rules(page) == []
    page.locator(_person(page, _elsewhere(page, "Mira"))).click()
    expect(page.locator('[data-act="confirm"]')).to_be_visible(timeout=PATIENCE)
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert _broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate("""() => [...document.querySelectorAll("button, summary, input, a")]
            .filter((e) => e.offsetParent && !e.classList.contains("skip") && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))""")
        assert small == []
