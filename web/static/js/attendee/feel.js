/**
 * What the switches of a phone do. What is wished is kept on this phone; each switch says what really is, and when a
 * tap is needed to have what was wished. None is the only signal.
 */
import { Bells, bell, endedNow } from "../lib/bells.js";
import { $, $$ } from "../lib/dom.js";
import { Sounds } from "../lib/sound.js";
import { WakeLock } from "../lib/wake.js";

const BUZZ = { half: 100, last: 200, over: [300, 150, 300] };

/** `flip(name, on)` turns a sense on or off; `hear` and `heard` ring what is due, once. */
export function feel(panel, wished) {
  const buttons = Object.fromEntries($$("[data-sense]:not([aria-disabled])", panel).map((button) => [button.dataset.sense, button]));
  const bells = new Bells();
  let shakes = false;
  let clock = null;

  const is = (name) => buttons[name].getAttribute("aria-checked") === "true";
  function set(name, on) {
    if (!buttons[name]) return;
    buttons[name].setAttribute("aria-checked", String(on));
    $("[data-detail]", buttons[name]).textContent = wished.has(name) && !on ? panel.dataset.again : "";
  }

  const sounds = new Sounds({ onchange: (heard) => set("sound", heard) });
  const wake = new WakeLock({ onchange: (held) => set("wake", held) });
  const turn = {
    async wake(on) {
      set("wake", on ? await wake.hold() : (await wake.release(), false));
    },
    vibration(on) {
      shakes = on && navigator.vibrate(BUZZ.half); // felt at once, and false where the system forbids it
      set("vibration", shakes);
    },
    sound: (on) => (on ? sounds.switchOn() : sounds.switchOff()),
  };
  const flip = (name, on) => turn[name](on);

  function ring(about, kind) {
    if (!bells.once(about, kind)) return;
    sounds.play(kind);
    if (shakes && !navigator.vibrate(BUZZ[kind])) set("vibration", (shakes = false));
  }

  for (const name of Object.keys(buttons)) if (!is(name)) set(name, false);
  if (wished.has("wake") && buttons.wake) flip("wake", true); // the only one that may be had without a tap
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-sense]")) return;
    for (const name of wished) if (buttons[name] && !is(name)) flip(name, true);
  });

  return {
    flip,
    /** Rings what came due between two readings of the clock of `about`, as the facilitator wants the bells. */
    hear(about, before, reading, sound) {
      bells.look(about, reading, sound?.last_seconds ?? 30);
      const due = bell(before, reading);
      if (due && (due !== "half" || (sound?.half_time ?? true))) ring(about, due);
    },
    /** A round that is ended early rings where the news of it are heard at once. */
    heard(next, news, meeting) {
      if (endedNow(clock, next, news)) ring(`${meeting} round ${clock.number}`, "over");
      clock = next;
    },
  };
}
