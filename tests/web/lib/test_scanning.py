"""A badge is read by camera, photo, scanner or hand, and nobody's typing is taken for a scan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from server.domain.badge_code import read_code

Run = Callable[..., Any]
OpenPage = Callable[..., Page]

pytestmark = pytest.mark.browser

CODE = "7K2QF0M9DXWYZ"
SEEN = "() => window.seen.length > 0"

# --- codes


@pytest.mark.parametrize(
    "text",
    [
        f"https://MEET.EXAMPLE.ORG/B/{CODE}",
        f"http://192.168.1.20:8090/B/{CODE}/?from=camera#top",
        f"  {CODE.lower()} ",
        "7K2Q-F0M9-DXWYZ",
        "7k2q foM9 dxwyz",
        f"httpsç--MEET.EXAMPLE.ORG-B-{CODE}",
        f"HTTPSÖ&&meet.lan&B&{CODE}",
        f"httpsmeetexampleorgB{CODE}",
    ],
)
def test_a_code_is_found_whatever_stands_in_front_of_it(run: Run, text: str) -> None:
    assert run("return (await lib('badge_code')).extract(text);", text=text) == CODE
    assert read_code(text) == CODE, "page and server read alike"


@pytest.mark.parametrize("text", ["", "Mira Rossi", "7K2QF0M9DXWY", "7K2QF0M9DXWYU", "12-03-2026", f"X{CODE}"])
def test_what_is_no_code_is_not_taken_for_one(run: Run, text: str) -> None:
    assert run("return (await lib('badge_code')).extract(text);", text=text) is None


def test_a_scanner_on_a_foreign_keyboard_has_a_second_chance(run: Run) -> None:
    german, french = run(
        """const { candidates } = await lib("badge_code");
        return [candidates("7K2QF0M9DXWZY"), candidates("è!éàfà,ç", "/B/7K2QF0M9DXWYZ")];"""
    )
    assert german == ["7K2QF0M9DXWZY", CODE]
    assert french[0] == CODE


def test_a_long_name_without_digits_may_be_a_name(run: Run) -> None:
    script = """const { extract, mayBeName } = await lib("badge_code");
        return ["Wojciechowska", code].map((text) => [extract(text) !== null, mayBeName(text)]);"""
    assert run(script, code=CODE) == [[True, True], [True, False]]


# --- scanners that type


@pytest.fixture
def keyboard(page: Page, run: Run) -> Callable[..., None]:
    """Presses keys at a given pace on a page that listens for scans; the time is the page's own, made one."""
    page.clock.install(time=0)
    run(
        """const { listen } = await lib("wedge");
        const { $ } = await lib("dom");
        Object.assign(window, { seen: [], clicks: 0, submits: 0 });
        listen((text, physical) => seen.push([text, physical]));
        $("#danger").addEventListener("click", () => (clicks += 1));
        $("form").addEventListener("submit", (event) => (event.preventDefault(), (submits += 1)));"""
    )
    page.clock.pause_at(100_000)  # later than any computer needs to load the modules

    def type_keys(text: str, pace: int, end: str = "Enter") -> None:
        for key in [*text, *([end] if end else [])]:
            page.keyboard.press(key)
            page.clock.run_for(pace)
        page.clock.run_for(500)

    return type_keys


@pytest.mark.parametrize(
    ("focus", "end"),
    [("input[name=q]", "Enter"), ("#danger", "Enter"), ("body", "Tab"), ("input[name=q]", "")],
)
def test_a_scan_counts_wherever_the_focus_is_and_touches_nothing(
    page: Page, keyboard: Callable[..., None], focus: str, end: str
) -> None:
    page.fill("input[name=q]", "Mir")
    page.focus(focus)
    text = f"https://M.ORG/B/{CODE}"
    keyboard(text, 4, end)
    assert page.evaluate("() => seen.map(([text]) => text)") == [text]
    assert page.evaluate("() => [clicks, submits]") == [0, 0]
    assert page.input_value("input[name=q]") == "Mir"


def test_typing_stays_typing(page: Page, keyboard: Callable[..., None]) -> None:
    page.focus("input[name=q]")
    keyboard("Wojciechowska", 80)
    keyboard("Anna", 30, "")
    page.focus("#danger")
    keyboard("", 80)
    assert page.evaluate("() => [seen, clicks, submits]") == [[], 1, 1]
    assert page.input_value("input[name=q]") == "WojciechowskaAnna"


def test_a_scanner_that_sends_everything_twice_is_heard_once_and_a_second_badge_at_once(
    page: Page, keyboard: Callable[..., None]
) -> None:
    other = "A" + CODE[1:]
    for text in (CODE, CODE, other):
        keyboard(text, 8)
    assert page.evaluate("() => seen.map(([text]) => text)") == [CODE, other]
    page.clock.run_for(2500)
    keyboard(other, 8)
    assert page.evaluate("() => seen.length") == 3


def test_a_scanner_for_another_layout_is_read_by_the_position_of_its_keys(run: Run) -> None:
    physical = run(
        """const { Burst } = await lib("wedge");
        const burst = new Burst();
        const keys = [["-", "Slash"], ["b", "KeyB"], ["-", "Slash"], ["è", "Digit7"], ["Shift", "ShiftLeft"],
          ["K", "KeyK"], ["é", "Digit2"], ["a", "KeyQ"], ["z", "KeyW"]];
        keys.forEach(([key, code], i) => burst.press({ key, code }, i * 10));
        return [burst.press({ key: "Enter" }, 100), burst.take(100).physical];"""
    )
    assert physical == ["scan", "/B/7K2QW"]


# --- camera and photo

CAMERA = """const { CameraScanner, readPhoto, cameraProblem } = await lib("scanner");
const { $ } = await lib("dom");
Object.assign(window, { seen: [], states: [], problem: cameraProblem() });
window.camera = new CameraScanner($("video"), {
  onread: (text) => seen.push(text), onstate: (state, problem) => states.push(problem ?? state) });
$("input[type=file]").addEventListener("change", async ({ target }) => {
  window.photo = { text: await readPhoto(target.files[0]) };
});
await camera.start();
"""


def test_a_badge_held_before_the_camera_is_read_once(page: Page, run: Run, address: str) -> None:
    run(CAMERA)
    page.wait_for_function(SEEN)
    page.wait_for_timeout(3200)
    assert page.evaluate("() => [seen, states, problem]") == [[address], ["starting", "on"], None]
    page.evaluate("() => camera.stop()")
    assert page.evaluate("() => [states.at(-1), document.querySelector('video').srcObject]") == ["off", None]


def test_a_badge_counts_again_after_it_was_away(run: Run) -> None:
    assert run(
        """const { Repeats } = await lib("scanner");
        const repeats = new Repeats();
        const held = [["A", 0], ["A", 2000], ["B", 2100], ["A", 4000], ["B", 4500], ["A", 6600]];
        return held.map(([text, at]) => repeats.fresh(text, at));"""
    ) == [True, False, True, False, False, True]


def test_the_camera_rests_while_the_page_is_hidden_and_comes_back(page: Page, run: Run) -> None:
    run(CAMERA)
    flip = """(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        const { srcObject } = document.querySelector('video');
        document.dispatchEvent(new Event('visibilitychange'));
        return srcObject?.getTracks().map((track) => track.readyState) ?? null; }"""
    assert page.evaluate(flip, True) == ["ended"]
    assert page.evaluate("() => camera.state") == "resting"
    page.evaluate(flip, False)
    page.wait_for_function("() => camera.state === 'on'")


@pytest.mark.parametrize(("formats", "reader"), [("[]", "decoder"), ("['qr_code']", "browser")])
def test_the_browsers_own_reader_is_used_only_where_it_reads(
    open_page: OpenPage, run: Run, address: str, formats: str, reader: str
) -> None:
    page = open_page(
        before=f"""window.BarcodeDetector = class {{
        static async getSupportedFormats() {{ return {formats}; }}
        async detect() {{ return [{{ rawValue: "browser" }}]; }} }};"""
    )
    run(CAMERA, on=page)
    page.wait_for_function(SEEN)
    assert page.evaluate("() => seen[0]") == ("browser" if reader == "browser" else address)


def test_plain_http_says_why_there_is_no_camera_and_reads_photos(
    open_page: OpenPage, run: Run, photo: Path, address: str
) -> None:
    page = open_page(host="meet.lan")
    run(CAMERA, on=page)
    assert page.evaluate("() => [problem, states]") == ["insecure", ["insecure"]]
    page.set_input_files("input[type=file]", photo)
    page.wait_for_function("() => window.photo")
    assert page.evaluate("() => photo.text") == address


def test_a_file_without_a_code_holds_none(page: Page, run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.jpg").write_bytes(b"Dear Mira")
    run(CAMERA)
    page.set_input_files("input[type=file]", tmp_path / "letter.jpg")
    page.wait_for_function("() => window.photo")
    assert page.evaluate("() => photo.text") is None


def test_a_camera_that_is_not_allowed_or_not_there_is_called_so(
    open_page: OpenPage, run: Run, strict_chromium: Browser
) -> None:
    page = open_page(by=strict_chromium)
    run(CAMERA, on=page)
    assert page.evaluate("() => states") == ["starting", "denied"]
    for name, problem in (("NotFoundError", "none"), ("NotReadableError", "busy")):
        failure = f"throw new DOMException('', '{name}')"
        page = open_page(before=f"navigator.mediaDevices.getUserMedia = async () => {{ {failure}; }}")
        run(CAMERA, on=page)
        assert page.evaluate("() => states.at(-1)") == problem
