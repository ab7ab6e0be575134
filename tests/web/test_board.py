"""The board, a slip and the follow-ups in a real browser against a real server: live, by thumb, by keyboard, by eye."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import assets
from server.app import create_context
from server.config import Settings
from server.domain.vocabulary import ContactField, MeetingStatus, ReferralState, StayInTouch
from server.persistence.models import Meeting
from server.services import follow_ups, referrals, slips
from server.services.context import Context, Json
from server.services.referrals import SlipFields
from tests.follow_ups import answer, change, consent, exchange, promise
from tests.mornings import Morning, make_morning
from tests.rooms import an_earlier_morning
from tests.serving import Served, Wire, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
ROUNDS = [[("Mira", "Max"), ("Olga", "Vik")], [("Mira", "Olga"), ("Max", "Vik")]]
Open = Callable[..., Page]
LONG = "Grand Hotel Europa in Małgorzata-Mastropietro-am-See opens a winter garden and wants flowers every week."


def give(
    ctx: Context, morning: Morning, giver: str, to: str, need: str = "Twelve rooms to furnish", **more: Any
) -> Json:
    """A slip, whole unless told otherwise."""
    values: Json = {
        "need": need,
        "level": 4,
        "vouch": "saw_the_work",
        "consent": True,
        "prospect_name": "Chiara D'Amico",
        "reach": "+39 031 555 123",
        "sure": True,
        "given_on": ctx.now().date() - timedelta(days=1),
    }
    return referrals.write(
        ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        giver=morning.people[giver],
        to=to,
        fields=SlipFields(**(values | more)),
        give=True,
    )


def move(ctx: Context, morning: Morning, who: str, slip: Json, to: ReferralState, **more: Any) -> Json:
    """One step of a slip."""
    return referrals.move(
        ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        actor=morning.people[who],
        uid=slip["uid"],
        version=slip["version"],
        to=to,
        **more,
    )


def _fill(ctx: Context, morning: Morning) -> None:
    """Slips in every column, last week's meeting with all that can follow from one."""
    give(ctx, morning, "Mira", "Max", LONG, reach="", consent=False)
    give(ctx, morning, "Mira", "Dora", "A farmhouse", level=1, consent=False, vouch="")
    give(ctx, morning, "Max", "Mira", "Pictures of bread")
    slip = move(ctx, morning, "Mira", give(ctx, morning, "Max", "Mira", "Three days in March"), ReferralState.ACCEPTED)
    slip = move(ctx, morning, "Mira", slip, ReferralState.CONTACTED, note="I left a message.")
    move(
        ctx,
        morning,
        "Max",
        give(ctx, morning, "Mira", "Max", "A dinner"),
        ReferralState.DECLINED,
        reason="other",
    )
    last = an_earlier_morning(morning, ROUNDS)
    day = ctx.now().date()
    promise(morning, last, "Mira", "Max", "the number of the Grand Hotel Europa", day - timedelta(days=2))
    promise(morning, last, "Mira", "Olga", "three pictures", day)
    answer(morning, "Mira", "Max", StayInTouch.YES, note="Opens a second kitchen in May")
    answer(morning, "Mira", "Olga", StayInTouch.YES)
    exchange(morning, last, "Mira", "Max")
    consent(morning, "Max", ContactField.EMAIL)
    consent(morning, "Max", ContactField.PHONE)
    change(morning, "Max", phone="+39 031 555 123")

    def close(tx: Any) -> None:
        tx.db.get_one(Meeting, last).status = MeetingStatus.CLOSED

    ctx.transaction(close)
    follow_ups.after_meeting(ctx, meeting_id=last)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    """One server for the file: tests write slips of their own."""

    def prepare(ctx: Context) -> Morning:
        morning = make_morning(ctx)
        _fill(ctx, morning)
        return morning

    folder: Path = tmp_path_factory.mktemp("board")
    with serve(folder, prepare) as running:
        running.data.ctx = create_context(Settings(instance=folder))
        yield running
        running.data.ctx.database.close()
    assert not [line for line in running.log if "Traceback" in line], running.log


@pytest.fixture
def at(served: Served[Morning], chromium: Browser) -> Iterator[Open]:
    """Opens pages, each in a browser of its own, that must stay without errors and foreign requests."""
    contexts, wrong = list[BrowserContext](), list[str]()

    def open_one(who: str, path: str, *, url: str = "", calm: bool = True, **options: Any) -> Page:
        base = url or served.url
        context = chromium.new_context(locale="en-GB", reduced_motion="reduce", **options)
        contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": base}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        if calm:
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda asked: asked.url.startswith(base) or wrong.append(asked.url))
        page.goto(base + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


def _live(page: Page) -> None:
    """The page hears its person's news."""
    expect(page.locator("[data-net]")).to_have_text("Kept up to date", timeout=PATIENCE)
    expect(page.locator("[data-net]")).to_be_visible(timeout=PATIENCE)


def _place(page: Page, slip: Json) -> Any:
    return page.locator(f"#slip-{slip['uid']}")


def _column(page: Page, heading: str) -> Any:
    return page.locator(".board > section", has=page.get_by_role("heading", name=re.compile(heading)))


def test_the_givers_board_changes_while_the_receiver_moves_a_slip(served: Served[Morning], at: Open) -> None:
    slip = give(served.data.ctx, served.data, "Mira", "Max", "A wedding in June")
    giver, receiver = at("Mira", "/referrals"), at("Max", "/referrals")
    _live(giver)
    expect(_column(giver, "Offered").locator(f"#slip-{slip['uid']}")).to_contain_text("waits for an answer")
    _place(receiver, slip).get_by_role("button", name="Take it on").click()
    expect(_column(receiver, "Taken on").locator(f"#slip-{slip['uid']}")).to_be_visible()
    expect(_column(giver, "Taken on").locator(f"#slip-{slip['uid']}")).to_contain_text("taken on", timeout=PATIENCE)
    expect(giver.locator("[data-announce]")).to_contain_text("For Max D'Alò: taken on")
    _place(receiver, slip).get_by_role("button", name="I got in touch").click()
    expect(_column(giver, "In conversation").locator(f"#slip-{slip['uid']}")).to_be_visible(timeout=PATIENCE)


def test_a_new_slip_comes_by_itself_and_a_filter_stays(served: Served[Morning], at: Open) -> None:
    received, given = at("Max", "/referrals?show=received"), at("Max", "/referrals?show=given")
    _live(received)
    _live(given)
    slip = give(served.data.ctx, served.data, "Olga", "Max", "A bookshop")
    # Written beside the server: nobody tells, the next look at the state does.
    other = give_over_http(at, "Olga", "Max", "A second bookshop")
    expect(received.locator(".slip", has_text="A second bookshop")).to_be_visible(timeout=PATIENCE)
    expect(_place(received, slip)).to_be_visible()
    expect(given.locator(".slip", has_text="bookshop")).to_have_count(0)
    assert other


def give_over_http(at: Open, giver: str, to: str, need: str) -> str:
    """A slip through the pages, so that the server tells everybody; gives its address."""
    page = at(giver, "/referrals/new")
    page.get_by_label("To whom?").fill(to)
    page.get_by_label("Who needs something?").fill("Chiara")
    page.get_by_label("How to reach them").fill("031 555")
    page.get_by_label("What do they need?").fill(need)
    page.get_by_label("I saw the work").check()
    page.get_by_label("They said yes").check()
    page.get_by_role("button", name="Give the slip").click()
    expect(page.get_by_text("Noted.").or_(page.get_by_text("It is with"))).to_be_visible()
    return page.url


def test_a_slip_from_the_phone_takes_two_presses(served: Served[Morning], at: Open) -> None:
    page = at("Olga", "/referrals", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Write a referral").first.tap()
    expect(page.get_by_label("To whom?")).to_be_focused()
    page.keyboard.type("mira")
    for text in ("Chiara D'Amico", "+39 031 555 123", "Portraits for a website"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.get_by_label("I was a customer").tap()
    page.get_by_label("They said yes to being called").tap()
    page.get_by_role("button", name="Give the slip").tap()
    expect(page.get_by_text("It is with Mira now.")).to_be_visible()


def test_the_whole_way_by_keyboard(served: Served[Morning], at: Open) -> None:
    page = at("Fiona", "/referrals/new")
    press = page.keyboard.press
    expect(page.get_by_label("To whom?")).to_be_focused()
    page.keyboard.type("Max")
    for text in ("Chiara", "031 555", "Keyboards for an office"):
        press("Tab")
        page.keyboard.type(text)
    press("Tab")
    press("ArrowDown")
    press("Tab")
    press("Space")
    press("Tab")
    press("Space")
    for _ in range(3):
        press("Tab")
    expect(page.get_by_role("button", name="Give the slip")).to_be_focused()
    press("Enter")
    expect(page.get_by_text("It is with Max now.")).to_be_visible()
    slip = page.url.rpartition("/")[2].partition("?")[0]
    board = at("Max", "/referrals")
    _live(board)
    button = board.locator(f"#slip-{slip}").get_by_role("button", name="Take it on")
    for _ in range(60):
        if button.evaluate("each => each === document.activeElement"):
            break
        board.keyboard.press("Tab")
    expect(button).to_be_focused()
    board.keyboard.press("Enter")
    expect(board.locator(f"#slip-{slip}").get_by_role("button", name="I got in touch")).to_be_visible()


def test_focus_stays_on_the_slip_when_the_board_changes_under_it(served: Served[Morning], at: Open) -> None:
    one = give(served.data.ctx, served.data, "Olga", "Max", "Chairs")
    giver, receiver = at("Olga", "/referrals"), at("Max", f"/referrals/{one['uid']}")
    _live(giver)
    _place(giver, one).get_by_role("link", name="Open").focus()
    receiver.get_by_role("button", name="Take it on").click()
    expect(_place(giver, one)).to_contain_text("taken on", timeout=PATIENCE)
    expect(_place(giver, one).get_by_role("link", name="Open")).to_be_focused()


def test_what_is_being_written_stays_when_the_slip_moves_on_another_device(served: Served[Morning], at: Open) -> None:
    slip = give(served.data.ctx, served.data, "Olga", "Max", "Tables")
    path = f"/referrals/{slip['uid']}"
    phone, laptop = at("Max", path), at("Max", path)
    _live(phone)
    phone.get_by_label("A line to Olga (not needed)").first.fill("Thank you, I call on Monday.")
    laptop.get_by_role("button", name="Take it on").click()
    expect(phone.get_by_role("button", name="I got in touch")).to_be_visible(timeout=PATIENCE)
    expect(phone.get_by_label("A line to Olga (not needed)").first).to_have_value("Thank you, I call on Monday.")
    phone.get_by_role("button", name="I got in touch").click()
    expect(phone.get_by_text("Thank you, I call on Monday.")).to_be_visible()


def test_a_board_that_was_away_catches_up(served: Served[Morning], at: Open) -> None:
    slip = give(served.data.ctx, served.data, "Olga", "Max", "Lamps")
    wire = Wire(served.port)
    giver = at("Olga", "/referrals", url=wire.url, calm=False)
    _live(giver)
    wire.cut()
    expect(giver.locator("[data-net]")).to_contain_text("No network", timeout=PATIENCE)
    at("Max", f"/referrals/{slip['uid']}").get_by_role("button", name="Take it on").click()
    wire.mend()
    expect(_place(giver, slip)).to_contain_text("taken on", timeout=PATIENCE)
    expect(giver.locator("[data-net]")).to_contain_text("Kept up to date", timeout=PATIENCE)
    wire.close()


def test_thanks_come_by_themselves_and_take_nothing_from_whoever_is_writing(
    served: Served[Morning], at: Open
) -> None:
    mira, max_ = at("Mira", "/thanks"), at("Max", "/thanks")
    _live(mira)
    _live(max_)
    mira.get_by_label("A line to them (not needed)").fill("You know for what.")
    max_.get_by_label("To whom").fill("Mira")
    max_.get_by_label("Sum").fill("1250")
    max_.get_by_role("button", name="Say thanks").click()
    expect(max_.get_by_text("waits for a yes")).to_be_visible()
    _live(max_)
    expect(mira.get_by_text("Max D'Alò thanks you for business.")).to_be_visible(timeout=PATIENCE)
    expect(mira.get_by_label("A line to them (not needed)")).to_have_value("You know for what.")
    expect(mira.get_by_label("A line to them (not needed)")).to_be_focused()
    mira.get_by_role("button", name=re.compile("Yes, from my referral")).click()
    expect(max_.locator("[data-said]", has_text="confirmed")).to_be_visible(timeout=PATIENCE)
    expect(max_.locator("[data-announce]")).to_contain_text("confirmed")


def test_other_activity_comes_by_itself_and_its_yes_too(served: Served[Morning], at: Open) -> None:
    mira, max_ = at("Mira", "/activity"), at("Max", "/activity")
    _live(mira)
    max_.get_by_label("For whom, or from whom?").fill("Mira")
    max_.get_by_label("In a few words (not needed)").fill("Taxes")
    max_.get_by_role("button", name="Write it down").click()
    expect(max_.get_by_text("waits for a yes")).to_be_visible()
    _live(max_)
    mira.get_by_role("button", name=re.compile("Yes, so it was")).click()
    expect(max_.locator("[data-said]", has_text="counts")).to_be_visible(timeout=PATIENCE)


def test_the_group_sees_within_seconds_how_far_a_slip_has_come(served: Served[Morning], at: Open) -> None:
    group = at("Mira", "/referrals/group?q=fiona")
    _live(group)
    give_over_http(at, "Max", "Fiona", "A greenhouse")
    line = re.compile(r"Max D.Alò\W+to Fiona")
    expect(_column(group, "Offered").locator("li", has_text=line)).to_be_visible(timeout=PATIENCE)
    receiver = at("Fiona", "/referrals")
    receiver.locator(".slip", has_text="A greenhouse").get_by_role("button", name="Take it on").click()
    expect(_column(group, "Taken on").locator("li", has_text=line)).to_be_visible(timeout=PATIENCE)


def test_everything_works_without_scripts(served: Served[Morning], at: Open) -> None:
    page = at("Olga", "/referrals/new", java_script_enabled=False)
    page.get_by_label("To whom?").fill("max")
    page.get_by_role("button", name="Give the slip").click()
    expect(page.get_by_text("Kept as a draft.")).to_be_visible()
    page.get_by_label("Who needs something?").fill("Chiara")
    page.get_by_label("How to reach them").fill("031 555")
    page.get_by_label("What do they need?").fill("Paper and pencils")
    page.get_by_role("button", name="Give the slip").click()
    expect(page.get_by_text("It is with Max now.")).to_be_visible()
    owed = at("Vik", f"/follow-ups/{served.data.meeting_uid}", java_script_enabled=False)
    expect(owed.get_by_role("heading", name="Follow-ups", exact=True)).to_be_visible()
    mine = at("Mira", "/follow-ups", java_script_enabled=False)
    item = mine.locator(".owed", has_text="three pictures")
    item.get_by_text("Move", exact=True).click()
    item.get_by_role("button", name="Move it").click()
    expect(mine.locator(".owed", has_text="three pictures")).to_be_visible()


PAGES = [
    "/referrals",
    "/referrals/list",
    "/referrals/group",
    "/referrals/quality",
    "/referrals/new",
    "/thanks",
    "/activity",
    "SLIP",
    "DRAFT",
    "/follow-ups",
]
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width > 1 && r.right > document.documentElement.clientWidth + 1 && !e.closest('svg, .vh');
}).map(e => e.outerHTML.slice(0, 120))"""
TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')].filter(e => {
  if (e.type === 'hidden' || e.classList.contains('skip')) return false;
  const r = (e.closest('label.check, label.pick') || e).getBoundingClientRect();
  return r.width > 0 && (r.height < 43.9 || r.width < 43.9);
}).map(e => e.outerHTML.slice(0, 120))"""


def _path(served: Served[Morning], name: str) -> str:
    board = slips.board(served.data.ctx, served.data.people["Mira"])
    if name == "DRAFT":
        return "/referrals/" + next(each.uid for each in board if each.state is ReferralState.DRAFT) + "?give=1"
    if name == "SLIP":
        return "/referrals/" + next(each.uid for each in board if each.state is ReferralState.CONTACTED)
    return name


def _unfold(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_too_wide_or_too_small_on_a_narrow_phone(served: Served[Morning], at: Open, name: str) -> None:
    page = at("Mira", _path(served, name), viewport={"width": 320, "height": 640})
    _unfold(page)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(TOO_SMALL) == []
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken(served: Served[Morning], at: Open, name: str) -> None:
    page = at("Mira", _path(served, name), viewport={"width": 1280, "height": 800}, bypass_csp=True)
    _unfold(page)
    page.add_script_tag(path=assets.vendor("axe.min.js"))
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        found = page.evaluate(
            """() => axe.run(document, {runOnly: {type: 'tag', values:
                ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
        )
        assert len(found["passes"]) > 10, "axe looked at the page"
        broken = [
            (rule["id"], node["html"][:160], node["failureSummary"][:200])
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert broken == [], scheme


def _grip(page: Page, slip: Json) -> Any:
    return _place(page, slip).get_by_role("button", name="Move the slip: For you")


def _centre(page: Page, heading: str) -> tuple[float, float]:
    box = _column(page, heading).get_by_role("heading").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _accepted(served: Served[Morning], need: str) -> Json:
    slip = give(served.data.ctx, served.data, "Olga", "Max", need)
    return move(served.data.ctx, served.data, "Max", slip, ReferralState.ACCEPTED)


def _drag(page: Page, slip: Json, heading: str) -> None:
    """Take the slip by its heading and carry it to the head of a column."""
    place = _place(page, slip)
    place.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")
    box = place.get_by_role("heading").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 30, steps=4)
    expect(place).to_have_class(re.compile("lifted"))
    page.mouse.move(*_centre(page, heading), steps=8)


def test_a_slip_is_dragged_by_mouse_and_only_where_it_may_go(served: Served[Morning], at: Open) -> None:
    slip = _accepted(served, "A dragged dinner")
    page = at("Max", "/referrals?q=dragged", viewport={"width": 1280, "height": 900})
    _live(page)
    _drag(page, slip, "Outcome")
    page.mouse.up()
    expect(_column(page, "Taken on").locator(f"#slip-{slip['uid']}")).to_be_visible()
    _drag(page, slip, "In conversation")
    expect(_column(page, "In conversation")).to_have_class(re.compile("over"))
    page.mouse.up()
    page.get_by_role("dialog").get_by_role("button", name="I got in touch").click()
    moved = _column(page, "In conversation").locator(f"#slip-{slip['uid']}")
    expect(moved).to_contain_text("in touch", timeout=PATIENCE)


def test_escape_and_closing_the_question_put_a_slip_back(served: Served[Morning], at: Open) -> None:
    slip = _accepted(served, "A dropped dinner")
    page = at("Max", "/referrals?q=dropped", viewport={"width": 1280, "height": 900})
    _drag(page, slip, "In conversation")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    _drag(page, slip, "In conversation")
    page.mouse.up()
    page.get_by_role("button", name="Put it back").click()
    expect(_column(page, "Taken on").locator(f"#slip-{slip['uid']}")).to_be_visible()
    assert {each.uid: each.version for each in slips.board(served.data.ctx, served.data.people["Max"])}[
        slip["uid"]
    ] == slip["version"]


def test_a_slip_is_moved_with_the_keyboard_alone(served: Served[Morning], at: Open) -> None:
    slip = give(served.data.ctx, served.data, "Olga", "Max", "A keyed dinner")
    page = at("Max", "/referrals?q=keyed", viewport={"width": 1280, "height": 900})
    _live(page)
    _grip(page, slip).focus()
    page.keyboard.press("Space")
    expect(_column(page, "Taken on")).to_have_class(re.compile("over"))
    page.keyboard.press("ArrowRight")
    expect(_column(page, "Outcome")).to_have_class(re.compile("over"))
    expect(page.locator("[data-announce]")).to_contain_text("Outcome")
    page.keyboard.press("Escape")
    expect(page.locator("[data-announce]")).to_contain_text("Nothing was moved.")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(_column(page, "Taken on").locator(f"#slip-{slip['uid']}")).to_be_visible(timeout=PATIENCE)
    expect(_grip(page, slip)).to_be_focused()
    expect(page.locator("[data-announce]")).to_contain_text("taken on")


def test_an_answer_that_needs_a_reason_opens_the_slip_at_it(served: Served[Morning], at: Open) -> None:
    slip = give(served.data.ctx, served.data, "Olga", "Max", "A refused dinner")
    page = at("Max", "/referrals?q=refused")
    _grip(page, slip).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_url(f"**/referrals/{slip['uid']}?to=declined")
    expect(page.get_by_text("Why? Only Olga reads it.")).to_be_visible()


def test_a_long_touch_lifts_a_slip_and_a_short_one_scrolls(served: Served[Morning], at: Open) -> None:
    slip = _accepted(served, "A touched dinner")
    page = at("Max", "/referrals?q=touched", viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True)
    _live(page)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def heading() -> tuple[float, float]:
        box = _place(page, slip).get_by_role("heading").bounding_box()
        assert box is not None
        return box["x"] + 20, box["y"] + 8

    x, y = heading()
    # The page's time stands still: on a busy computer a short touch may last long.
    page.clock.install(time=0)
    page.clock.pause_at(100_000)
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    page.clock.run_for(1000)
    expect(_place(page, slip)).not_to_have_class(re.compile("lifted"))
    touch("touchEnd")
    page.clock.resume()
    x, y = heading()
    touch("touchStart", (x, y))
    expect(_place(page, slip)).to_have_class(re.compile("lifted"))
    touch("touchMove", (x + 5, y + 5))
    touch("touchMove", _centre(page, "In conversation"))
    expect(_column(page, "In conversation")).to_have_class(re.compile("over"))
    touch("touchEnd")
    page.get_by_role("dialog").get_by_role("button", name="No answer").tap()
    expect(_column(page, "In conversation").locator(f"#slip-{slip['uid']}")).to_contain_text(
        "no answer", timeout=PATIENCE
    )
