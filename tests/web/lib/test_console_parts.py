"""Parts of the console whose answers and news come late: what somebody did meanwhile stands."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

pytestmark = pytest.mark.browser

PARTS = """
  const $ = (selector) => document.querySelector(selector);
  const until = async (holds) => {
    for (const begun = performance.now(); !holds(); ) {
      if (performance.now() - begun > 20000) throw new Error(`never: ${holds}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  const answer = (body) => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  const live = { onstate() {}, now: () => Date.now(), snapshot: null };
  const news = (snapshot) => { live.snapshot = snapshot; live.onstate(snapshot, "patch", {}); };
"""

LEFT = (
    PARTS
    + """
  const { start } = await import("/static/v1/js/facilitator/closing.js");
  document.body.insertAdjacentHTML("beforeend", `<main data-run="/run/M"><section data-close>
    <button data-close-open>Close the meeting</button><div data-close-inside hidden></div></section></main>`);
  const held = [];
  window.fetch = () => new Promise((done) => held.push(done));
  const list = { html: '<button data-closing="leave">Not now</button>' };
  let read = 0;
  const parse = DOMParser.prototype.parseFromString;
  DOMParser.prototype.parseFromString = function (...text) { read += 1; return parse.apply(this, text); };
  start($("main"), live);
  const inside = $("[data-close-inside]"), opener = $("[data-close-open]");
  opener.click();
  await until(() => held.length === 1);
  held.shift()(answer(list));
  await until(() => !inside.hidden && opener.hidden);
  news({});
  await until(() => held.length === 1);
  $("[data-closing=leave]").click();
  const left = [inside.hidden, opener.hidden];
  held.shift()(answer(list));
  await until(() => read === 2);
  await new Promise((done) => setTimeout(done));
  return [left, [inside.hidden, opener.hidden], document.activeElement === opener];
"""
)


def test_a_list_that_was_left_does_not_come_back_with_a_late_answer(run: Run) -> None:
    assert run(LEFT) == [[True, False], [True, False], True]


HEARD = (
    PARTS
    + """
  const { start } = await import("/static/v1/js/facilitator/sound.js");
  document.body.insertAdjacentHTML("beforeend", `<main data-run="/run/M"><section data-sound-panel hidden>
    <p data-sound-walls></p><p data-sound-none></p><p data-sound-heard></p><output data-sound-level></output>
    <button data-sound="test">Ring</button><button data-sound="heard">Heard</button>
    <input type="range" max="100" step="5" data-sound-set="level"><input type="checkbox" data-sound-set="half_time">
    <select data-sound-set="last_seconds"><option>10</option><option>60</option></select></section></main>`);
  const sent = [];
  window.fetch = async (url, { body }) => {
    sent.push(JSON.parse(body).level);
    return refuses ? new Response("{}", { status: 422, headers: { "Content-Type": "application/json" } }) : answer({});
  };
  const sound = (level) => ({ sound: { level, half_time: true, last_seconds: 10 }, walls: {} });
  live.snapshot = sound(70);
  start($("main"), live);
  const level = $("[data-sound-set=level]");
  const set = (value) => { level.value = value; level.dispatchEvent(new Event("change", { bubbles: true })); };
  set(75);
  set(80);
  await until(() => sent.length === 2);
  // The answer to the last of them is read when its task is over.
  for (let task = 0; task < 20; task += 1) await new Promise((done) => setTimeout(done));
  if (refuses) {
    await until(() => level.value === "70");
    return sent;
  }
  const shown = [];
  for (const known of [70, 75, 80, 60]) {
    news(sound(known));
    shown.push(level.value);
  }
  return [sent, shown];
"""
)


def test_late_news_of_an_earlier_setting_do_not_move_the_slider_back(run: Run) -> None:
    assert run(HEARD, refuses=False) == [[75, 80], ["80", "80", "80", "60"]]


def test_a_setting_that_was_refused_goes_back_to_what_stands(run: Run) -> None:
    assert run(HEARD, refuses=True) == [75, 80]
