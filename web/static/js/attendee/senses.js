/** The switches of this phone: screen on, vibration, bell. Few phones use them: what they do is loaded when it is wished. */
import { $, $$ } from "../lib/dom.js";

const KEPT = "coltiva.senses";
const MISSING = { wake: () => !("wakeLock" in navigator), vibration: () => !navigator.vibrate, sound: () => !globalThis.AudioContext };

/** Shows the switches; gives what `feel` of feel.js gives, or null until then. */
export function senses(panel) {
  const wished = new Set(JSON.parse(localStorage.getItem(KEPT) ?? "[]"));
  let felt = null;
  let loading = null;
  const load = () => (loading ??= import("./feel.js").then(({ feel }) => (felt = feel(panel, wished))));
  for (const button of $$("[data-sense]", panel)) {
    if (!MISSING[button.dataset.sense]()) continue;
    button.setAttribute("aria-disabled", "true");
    $("[data-detail]", button).textContent = button.dataset.missing;
  }
  panel.hidden = false;
  panel.addEventListener("pointerdown", load, { once: true });
  panel.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-sense]:not([aria-disabled])");
    if (!button) return;
    const on = button.getAttribute("aria-checked") !== "true";
    wished[on ? "add" : "delete"](button.dataset.sense);
    localStorage.setItem(KEPT, JSON.stringify([...wished]));
    (await load()).flip(button.dataset.sense, on);
  });
  if (wished.size > 0) load();
  return () => felt;
}
