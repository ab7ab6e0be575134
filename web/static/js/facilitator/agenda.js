/** The agenda on the console: from item to item, the offered cut, the break. The server draws it; here are its presses and clocks. */
import { get } from "../lib/api.js";
import { Countdown, label } from "../lib/countdown.js";
import { $, $$, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { drawClock } from "../lib/ring.js";
import { Presses, hear, onKeys, refuses, say } from "./presses.js";
import { inTurn, replaceParts } from "./parts.js";

const AGAIN = 5000;

export function start(page, live) {
  const base = page.dataset.run;
  const pause = $("[data-pause]");
  const part = () => $('[data-part="agenda"]');
  const version = () => Number(part().dataset.version);
  let waiting = null;
  let ended = null; // the break whose end was told

  const look = inTurn(drawAnew);
  const presses = new Presses(look);
  const stage = () => live.snapshot?.stage ?? null;

  async function drawAnew() {
    clearTimeout(waiting);
    waiting = null;
    try {
      replaceParts((await get(`${base}/agenda`)).html);
      draw();
    } catch {
      waiting = setTimeout(look, AGAIN); // the clocks do not depend on it
    }
  }

  /** The minutes of the item that is on run down by themselves. */
  const item = new Countdown({
    state: () => {
      const on = stage()?.item;
      return on ? { phase: "running", starts_at: on.began_at, ends_at: on.due_at, length_ms: on.minutes * 60_000 } : null;
    },
    now: () => live.now(),
    draw: (reading) => {
      const time = reading && label(reading.left < 0 ? reading.overtime : reading.seconds);
      text($("[data-item-clock]"), !reading ? "" : reading.left < 0 ? t("%(time)s over", { time }) : t("%(time)s left", { time }));
    },
  });
  const rest = new Countdown({
    state: () => {
      const on = stage()?.pause;
      return on ? { phase: "running", starts_at: on.began_at, ends_at: on.ends_at, length_ms: on.ends_at - on.began_at } : null;
    },
    now: () => live.now(),
    draw: (reading) => {
      const clock = $("[data-pause-clock]", pause);
      show(clock, reading !== null);
      if (reading) drawClock(clock, reading);
      const uid = stage()?.pause?.uid;
      if (reading?.over && reading.overtime < 5 && ended !== uid) {
        ended = uid;
        say(t("The break is over."));
      }
    },
  });

  function draw() {
    const on = Boolean(stage()?.pause);
    show($("[data-pause-start]", pause), !on);
    show($("[data-pause-on]", pause), on);
    item.redraw();
    rest.redraw();
  }

  const cut = () => $$("[data-parts] i", part()).map(({ dataset: { item: uid, before, after } }) => ({ item: uid, before: Number(before), after: Number(after) }));
  const ACTS = {
    forward: () => presses.send(`${base}/agenda/forward`, () => ({ version: version() })),
    back: () => presses.send(`${base}/agenda/back`, () => ({ version: version() })),
    skip: () => presses.send(`${base}/agenda/skip`, () => ({ version: version() })),
    cut: () => presses.send(`${base}/agenda/cut`, () => ({ version: version(), parts: cut() }), t("Shortened for today.")),
    refuse: (button) => presses.send(`${base}/agenda/refuse`, () => ({ version: version(), late: Number(button.dataset.late) })),
    pause: (button) => begin(Number(button.dataset.minutes), ""),
    "pause-shorter": () => presses.send(`${base}/pause/adjust`, () => ({ version: version(), minutes: -1 })),
    "pause-longer": () => presses.send(`${base}/pause/adjust`, () => ({ version: version(), minutes: 1 })),
    "pause-end": () => presses.send(`${base}/pause/end`, () => ({ version: version() })),
  };
  const begin = (minutes, what) => presses.send(`${base}/pause/start`, () => ({ version: version(), minutes, label: what }), t("The break has begun."));

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-agenda]");
    if (button && !refuses(button)) ACTS[button.dataset.agenda](button);
  });
  $("[data-pause-form]", pause).addEventListener("submit", (event) => {
    event.preventDefault();
    const { pause_minutes: minutes, pause_label: what } = event.target.elements;
    begin(Number(minutes.value), what.value);
  });
  onKeys(page, { a: "#agenda-forward", "shift+a": "#agenda-back", x: "#agenda-skip", c: '[data-minutes="5"], [data-agenda="pause-end"]' });
  hear(live, (snapshot, kind, news) => {
    draw();
    if (kind === "snapshot" || news?.patch.stage) look();
  });
  draw();
}
