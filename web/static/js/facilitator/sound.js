/** The sound test on the console: every display rings, the facilitator hears how it is at the back, and sets the bells. */
import { send } from "../lib/api.js";
import { $, $$, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { Presses, hear, onKeys, say } from "./presses.js";

const SILENT = 150_000; // a display speaks every minute; one that has not spoken for so long is gone
const LOOK = 30_000;
const NEWS = 5000; // what was set here is known by then, or somebody else has set something over it

/** Displays that spoke lately: how many, and how many of them can be heard. */
export function heard(walls, now) {
  const here = Object.values(walls ?? {}).filter((wall) => wall && now - wall.at < SILENT);
  return { walls: here.length, on: here.filter(({ on }) => on).length };
}

export function start(page, live) {
  const base = `${page.dataset.run}/sound`;
  const panel = $("[data-sound-panel]");
  const controls = Object.fromEntries($$("[data-sound-set]", panel).map((input) => [input.dataset.soundSet, input]));
  const presses = new Presses(draw);
  let held = false; // the slider is in somebody's hand
  let busy = false;
  let changed = false;
  let mine = null; // what was set here last, until the news have it: those of earlier settings come late

  const values = () => ({
    level: Number(controls.level.value),
    half_time: Number(controls.half_time.checked),
    last_seconds: Number(controls.last_seconds.value),
  });

  /** What is set is sent one after another, the newest last. */
  async function set() {
    changed = true;
    if (busy) return;
    busy = true;
    while (changed) {
      changed = false;
      mine = values();
      try {
        await send(base, mine);
      } catch (error) {
        mine = null;
        say(error.text || t("This did not work. Try again."));
      }
    }
    busy = false;
    draw();
    const sent = mine;
    setTimeout(() => {
      if (mine !== sent) return;
      mine = null;
      draw();
    }, NEWS);
  }

  function draw() {
    const { sound, walls } = live.snapshot ?? {};
    show(panel, Boolean(sound));
    if (!sound) return;
    if (!busy && mine && Object.keys(mine).every((name) => Number(sound[name]) === mine[name])) mine = null;
    if (!busy && !held && !mine) {
      controls.level.value = sound.level;
      controls.half_time.checked = sound.half_time;
      controls.last_seconds.value = sound.last_seconds;
    }
    text($("[data-sound-level]", panel), controls.level.value);
    const found = heard(walls, live.now());
    show($("[data-sound-none]", panel), found.walls > 0 && found.on === 0);
    text($("[data-sound-walls]", panel), found.walls === 0 ? t("No display is open") : tn("%(num)s display can be heard", "%(num)s displays can be heard", found.on));
    show($("[data-sound=heard]", panel), Boolean(sound.test) && !sound.heard_at);
    show($("[data-sound-heard]", panel), Boolean(sound.heard_at));
  }

  panel.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-sound]")?.dataset.sound;
    if (act === "test") presses.send(`${base}/test`, undefined, t("Every display rings now."));
    if (act === "heard") presses.send(`${base}/heard`, undefined, t("Heard at the back."));
  });
  panel.addEventListener("input", ({ target }) => {
    held ||= target === controls.level;
    text($("[data-sound-level]", panel), controls.level.value);
  });
  panel.addEventListener("change", () => {
    held = false;
    set();
  });
  onKeys(document, { b: "#sound-test" });
  hear(live, draw);
  setInterval(draw, LOOK);
  draw();
}
