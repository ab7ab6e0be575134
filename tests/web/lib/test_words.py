"""Words, counts and the small things that a page does with them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Run = Callable[..., Any]

pytestmark = pytest.mark.browser

MINUTES = {
    "en": {},
    "it": {"%(num)s minute left": ["Manca %(num)s minuto", "Mancano %(num)s minuti"]},
    "pl": {"%(num)s minute left": ["Została %(num)s minuta", "Zostały %(num)s minuty", "Zostało %(num)s minut"]},
}


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ["1 minute left", *(f"{n} minutes left" for n in (2, 5, 12, 22, 112))]),
        ("it", ["Manca 1 minuto", *(f"Mancano {n} minuti" for n in (2, 5, 12, 22, 112))]),
        (
            "pl",
            [
                "Została 1 minuta",
                "Zostały 2 minuty",
                "Zostało 5 minut",
                "Zostało 12 minut",
                "Zostały 22 minuty",
                "Zostało 112 minut",
            ],
        ),
    ],
)
def test_counts_are_said_as_people_say_them(run: Run, lang: str, expected: list[str]) -> None:
    said = run(
        """const { load, tn } = await lib("i18n");
        load({ lang, messages });
        return [1, 2, 5, 12, 22, 112].map((n) => tn("%(num)s minute left", "%(num)s minutes left", n));""",
        lang=lang,
        messages=MINUTES[lang],
    )
    assert said == expected


def test_what_has_no_translation_is_said_in_english(run: Run) -> None:
    assert run(
        """const { load, t, tn, number } = await lib("i18n");
        load({ lang: "pl", messages: {} });
        const chairs = tn("%(n)s chair", "%(n)s chairs", 22);
        return [t("Table %(number)s, 100 %%", { number: 4 }), chairs, t("%(name)s"), number(12345.5)];"""
    ) == ["Table 4, 100 %", "22 chairs", "%(name)s", "12\u00a0345,5"]


def test_the_page_brings_its_own_words(open_page: Callable[..., Page], run: Run) -> None:
    script = 'return (await lib("i18n")).t("Table %(number)s", { number: 4 });'
    assert run(script, on=open_page("polish.html")) == "Stolik 4"


def test_a_message_is_announced_even_twice_and_never_as_markup(page: Page, run: Run) -> None:
    run(
        """const { $, announce, el } = await lib("dom");
        window.said = [];
        const region = $("[data-announce]");
        new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true });
        const wait = () => new Promise((done) => setTimeout(done, 120));
        announce("<b>Mira</b> is in"); await wait();
        announce("<b>Mira</b> is in"); await wait();
        const name = el("b", {}, "Max");
        document.body.append(el("p", { id: "new", hidden: false, "data-uid": "7" }, "<i>", name, null));"""
    )
    assert page.evaluate("() => said.filter(Boolean)") == ["<b>Mira</b> is in"] * 2
    expect(page.locator("#new")).to_have_text("<i>Max")
    expect(page.locator("#new")).to_be_visible()


def test_a_sign_comes_from_the_sprite_of_the_page(page: Page, run: Run) -> None:
    run(
        """const { icon } = await lib("dom");
        document.documentElement.dataset.icons = "/icons.svg";
        document.body.append(icon("check", "big"));"""
    )
    svg = page.locator("svg.i.big")
    expect(svg).to_have_attribute("aria-hidden", "true")
    expect(svg.locator("use")).to_have_attribute("href", "/icons.svg#check")


def test_the_sound_switch_tells_the_truth(page: Page, run: Run) -> None:
    before, during, after = run(
        """const { Sounds } = await lib("sound");
        const sounds = new Sounds();
        const names = ["welcome", "already", "refused", "half", "last", "over"];
        const before = [sounds.on, sounds.play("welcome")];
        await sounds.switchOn();
        const during = [sounds.on, ...names.map((name) => sounds.play(name))];
        await sounds.switchOff();
        return [before, during, [sounds.on, sounds.play("over")]];"""
    )
    assert before == [False, False]
    assert during == [True] * 7
    assert after == [False, False]


def test_the_screen_stays_on_only_where_the_browser_grants_it(open_page: Callable[..., Page], run: Run) -> None:
    script = """const { WakeLock } = await lib("wake");
        const told = [];
        const lock = new WakeLock({ onchange: (held) => told.push(held) });
        const held = await lock.hold();
        await lock.release();
        return [lock.supported, held, lock.held, told];"""
    assert run(script) == [True, True, False, [True, False]]
    assert run(script, on=open_page(host="meet.lan")) == [False, False, False, []]
