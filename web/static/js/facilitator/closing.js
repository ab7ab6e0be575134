/** Closing the meeting: one list of what is open, each with its press; then the close, which can be taken back today. */
import { get } from "../lib/api.js";
import { $, show } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { inTurn } from "./parts.js";
import { Presses, hear, onKeys, refuses, say } from "./presses.js";

const SETTLE = 400;

export function start(page, live) {
  const base = page.dataset.run;
  const panel = $("[data-close]");
  const inside = $("[data-close-inside]", panel);
  const opener = $("[data-close-open]", panel);
  let open = false; // somebody has asked for the list and not left it
  let timer = null;

  const look = inTurn(drawAnew);
  const presses = new Presses(look);

  async function drawAnew() {
    clearTimeout(timer);
    timer = null;
    try {
      const fresh = new DOMParser().parseFromString((await get(`${base}/closing`)).html, "text/html");
      if (!open) return; // left while the answer was on its way
      const focused = inside.contains(document.activeElement) ? document.activeElement.id : null;
      inside.replaceChildren(...fresh.body.childNodes);
      if (focused) (document.getElementById(focused) ?? $("button", inside))?.focus();
    } catch (error) {
      if (open) say(error.text || t("No answer from the server."));
    }
    draw();
  }

  function draw() {
    open &&= inside.childElementCount > 0; // the first question had no answer
    show(inside, open);
    show(opener, !open);
  }

  const ACTS = {
    settle: ({ dataset: { url, body } }) => presses.send(url, () => JSON.parse(body), t("Settled.")),
    close: () => presses.send(`${base}/closing/close`, undefined, t("The meeting is closed.")),
    reopen: () => presses.send(`${base}/closing/reopen`, undefined, t("The meeting is open again.")),
    leave: () => {
      open = false;
      clearTimeout(timer);
      timer = null;
      inside.replaceChildren();
      draw();
      opener.focus();
    },
  };

  opener.addEventListener("click", () => {
    open = true;
    look().then(() => $("button", inside)?.focus());
  });
  onKeys(panel, { d: "[data-close-open]" });
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-closing]");
    if (button && !refuses(button)) ACTS[button.dataset.closing](button);
  });
  hear(live, () => {
    // Whatever is settled anywhere leaves the list.
    if (open) timer ??= setTimeout(look, SETTLE);
  });
}
