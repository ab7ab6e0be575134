/** A door that nobody touches hides its names and only scans; four digits wake it. Devices without digits never rest. */
import { send } from "../lib/api.js";
import { $, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const IDLE = 5 * 60_000;

/** A door that rests already shows the form for its digits. */
export function rests(desk, { resting }) {
  if (resting) return wake(desk);
  let timer = null;
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(rest, IDLE);
  };
  const rest = async () => {
    try {
      if ((await send(`${desk}/rests`, {}, { pauses: [] })).rests) return location.reload();
    } catch {
      // no network: the names leave this screen all the same
      document.body.classList.add("resting");
    }
    return touched();
  };
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      document.body.classList.remove("resting");
      touched();
    });
  }
  return touched();
}

function wake(desk) {
  const form = $("[data-wake]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [pin] = form.elements;
    try {
      await send(`${desk}/wakings`, { pin: pin.value }, { pauses: [400] });
      location.reload();
    } catch (error) {
      text($("[data-wake-error]"), error.text || t("No network. Try again when it is back."));
      show($("[data-wake-error]"));
      pin.value = "";
      pin.focus();
    }
  });
}
