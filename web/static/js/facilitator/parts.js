/** Puts parts of the page that the server drew anew in their places, and leaves alone what did not change. */
import { $$ } from "../lib/dom.js";

/** `html` holds elements marked data-part; open details (data-keep) stay as they are. */
export function replaceParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of $$("[data-part]", fresh)) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old) continue;
    for (const details of $$("[data-keep]", part)) {
      const before = old.querySelector(`[data-keep="${details.dataset.keep}"]`);
      if (before) details.open = before.open;
    }
    if (old.outerHTML === part.outerHTML) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.closest("[data-keep]")?.dataset.keep : null;
    old.replaceWith(document.adoptNode(part));
    if (focused) part.querySelector(`[data-keep="${focused}"] > summary`)?.focus();
  }
}
