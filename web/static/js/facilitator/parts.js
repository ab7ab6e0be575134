/** Puts parts of the page that the server drew anew in their places, one look after the other, and leaves alone what did not change. */
import { $$ } from "../lib/dom.js";

/** `look()` one at a time: who asks while one is under way gets the next, so that an older answer never covers a newer one. */
export function inTurn(look) {
  let now = null;
  let next = null;
  const ask = () => {
    if (now) {
      next ??= now.catch(() => {}).then(() => {
        next = null;
        return ask();
      });
      return next;
    }
    now = look().finally(() => {
      now = null;
    });
    return now;
  };
  return ask;
}

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
    const focused = old.contains(document.activeElement) ? same(document.activeElement) : null;
    old.replaceWith(document.adoptNode(part));
    if (focused) part.querySelector(focused)?.focus();
  }
}

/** How to find in the new part what had the focus in the old one. */
function same(element) {
  const { person, act, of, seat, number } = element.dataset;
  if (seat) return `[data-seat="${seat}"][data-number="${number}"]`;
  if (element.id) return `#${element.id}`;
  if (person) return `[data-person="${person}"]`;
  if (act) return `[data-act="${act}"]${of ? `[data-of="${of}"]` : ""}`;
  const keep = element.closest("[data-keep]")?.dataset.keep;
  return keep ? `[data-keep="${keep}"] > summary` : null;
}
