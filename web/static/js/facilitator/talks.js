/** Presentations in turn on the console. The server draws them; here are the presses, the keys, the order and the clock. */
import { get } from "../lib/api.js";
import { Countdown } from "../lib/countdown.js";
import { $, $$, show } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { drawRing } from "../lib/ring.js";
import { Drag } from "./drag.js";
import { inTurn } from "./parts.js";
import { Presses, hear, onKeys, refuses, say } from "./presses.js";

const AGAIN = 5000;
const SETTLE = 400;

export function start(page, live) {
  const base = page.dataset.run;
  const panel = $("[data-talks]");
  const inside = $("[data-talks-inside]", panel);
  const opener = $("[data-talks-open]", panel);
  const talk = () => live.snapshot?.talk ?? null;
  const version = () => Number($("[data-rota]", inside)?.dataset.version ?? 0);
  let shown = false; // the panel holds something
  let timer = null;

  const look = inTurn(drawAnew);
  const presses = new Presses(look);

  async function drawAnew() {
    clearTimeout(timer);
    timer = null;
    try {
      fill((await get(`${base}/talks`)).html);
      shown = true;
    } catch {
      timer = setTimeout(look, AGAIN); // the clock does not depend on it
    }
    draw();
  }

  function lookLater() {
    timer ??= setTimeout(look, SETTLE);
  }

  /** New contents; what was open stays open, what had the focus has it again. */
  function fill(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const details of $$("[data-keep]", fresh)) {
      details.open = Boolean($(`[data-keep="${details.dataset.keep}"]`, inside)?.open);
    }
    const focused = inside.contains(document.activeElement) ? document.activeElement.id : null;
    inside.replaceChildren(...fresh.body.childNodes);
    if (focused) (document.getElementById(focused) ?? $("#talk-main"))?.focus();
  }

  const words = (state, reading) =>
    state.phase === "paused" ? t("paused") : state.phase === "ready" ? t("ready") : state.phase === "done" ? t("done") : reading.over ? t("over") : t("left");
  const clock = new Countdown({
    state: () => (talk() && $("[data-ring]", inside) ? { ...talk(), phase: talk().phase === "ready" ? "planned" : talk().phase === "done" ? "ended" : talk().phase } : null),
    now: () => live.now(),
    draw: (reading) => reading && drawRing($("[data-ring]", inside), reading, talk(), words(talk(), reading)),
  });

  function draw() {
    show(opener, !shown);
    show(inside, shown);
    place(talk() !== null);
    clock.redraw();
  }

  /** While people speak their panel stands before the agenda. */
  function place(first) {
    const neighbour = $(first ? '[data-part="agenda"]' : "[data-pause]");
    if (first ? panel.nextElementSibling === neighbour : panel.previousElementSibling === neighbour) return;
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    neighbour[first ? "before" : "after"](panel);
    focused?.focus();
  }

  const press = (verb, body = {}) => presses.send(`${base}/talks/${verb}`, () => ({ version: version(), ...body }));
  const order = () => $$(".order [data-person]", inside).map((button) => button.dataset.who);
  /** Somebody goes one place up or down among those who wait. */
  function step(who, by) {
    const all = order();
    const at = all.indexOf(who);
    const to = at + by;
    if (to < 0 || to >= all.length) return undefined;
    const before = all.filter((each) => each !== who)[to];
    return press("move", before ? { who, before } : { who });
  }

  const ACTS = {
    open: () => presses.send(`${base}/talks/open`, minutes, t("Ready. The first one is on all screens.")),
    start: () => press("start"),
    next: () => press("next"),
    pause: () => press("pause"),
    resume: () => press("resume"),
    shorter: () => press("adjust", { seconds: -10 }),
    longer: () => press("adjust", { seconds: 10 }),
    skip: () => press("skip"),
    back: () => press("back"),
    away: () => press("away"),
    pace: ({ dataset }) => press("pace", { seconds: Number(dataset.seconds) }),
    up: ({ dataset }) => step(dataset.who, -1),
    "leave-out": ({ dataset }) => press("leave-out", { who: dataset.who }),
    "put-back": ({ dataset }) => press("put-back", { who: dataset.who }),
  };

  function minutes() {
    const typed = $("[name=talk_minutes]", inside)?.value ?? "";
    return /^\d+$/.test(typed) ? { minutes: Number(typed) } : {};
  }

  opener.addEventListener("click", () => look().then(() => $("#talk-main")?.focus()));
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-talk]");
    if (!button) return;
    event.preventDefault(); // of the form
    if (!refuses(button)) ACTS[button.dataset.talk](button);
  });
  panel.addEventListener("submit", (event) => event.preventDefault());
  panel.addEventListener("keydown", (event) => {
    const who = event.target.closest?.("[data-person]")?.dataset.who;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!who || !by) return;
    event.preventDefault();
    step(who, by);
  });
  let taken = "";
  new Drag(inside, {
    may: () => true,
    ontake: (who) => {
      taken = who;
      say(t("Drop on whoever speaks after."));
    },
    ondrop: ({ uid: before }) => before && press("move", { who: taken, before }),
    oncancel: () => {},
  });
  onKeys(page, { t: "#talk-main, #talk-main-open", "shift+t": "#talk-back", h: "#talk-hold", ",": "#talk-shorter", ".": "#talk-longer", y: "#talk-skip" });
  hear(live, (snapshot, kind, news) => {
    const goes = snapshot.talk != null;
    if ((goes && (kind === "snapshot" || news?.patch.talk)) || (news && "talk" in news.patch)) look();
    else if (shown && news?.patch.room) lookLater(); // who is here
    draw();
  });
}
