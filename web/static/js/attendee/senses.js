/** The switches of this phone: screen on, vibration, bell. Each says what really is; none is the only signal. */
import { $, $$ } from "../lib/dom.js";

const missing = (button) => {
  button.setAttribute("aria-disabled", "true");
  $("[data-detail]", button).textContent = button.dataset.missing;
};
const set = (button, on) => button.setAttribute("aria-checked", String(on));

/** Shows the switches and gives `ring(bell)`, to be called with "half", "last30" or "over". */
export function senses(panel) {
  const [wakeButton, shakeButton, soundButton] = $$("[data-sense]", panel);
  let shake = false;
  let sounds = null;
  let wake = null;
  panel.hidden = false;
  if (!("wakeLock" in navigator)) missing(wakeButton);
  if (!navigator.vibrate) missing(shakeButton);
  if (!globalThis.AudioContext) missing(soundButton);

  // What few phones use is loaded by the tap that asks for it.
  const flip = {
    async wake(on) {
      wake ??= new (await import("../lib/wake.js")).WakeLock({ onchange: (held) => set(wakeButton, held) });
      set(wakeButton, on ? await wake.hold() : (await wake.release(), false));
    },
    vibration(on) {
      shake = on && navigator.vibrate(80); // felt at once, and false where the system forbids it
      set(shakeButton, shake);
    },
    async sound(on) {
      sounds ??= new (await import("../lib/sound.js")).Sounds({ onchange: (heard) => set(soundButton, heard) });
      await (on ? sounds.switchOn() : sounds.switchOff());
    },
  };
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-sense]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    flip[button.dataset.sense](button.getAttribute("aria-checked") !== "true");
  });
  return (bell) => {
    sounds?.play(bell);
    if (shake && bell !== "half") navigator.vibrate(bell === "over" ? [300, 150, 300] : 200);
  };
}
