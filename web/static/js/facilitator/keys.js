/** The keyboard of the console: one key a button, and a sheet that lists the keys of every button on the page. */
import { $, $$ } from "../lib/dom.js";

const OWN = "input, textarea, select, button, a, summary, [contenteditable]";
const TYPING = "input, textarea, select, [contenteditable]";

/** `keys`: key → the button it presses, found when it is pressed; `press(button)`. Typing is never disturbed. */
export function listen(keys, press) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && event.target.closest?.(OWN)) return; // the key belongs to what has the focus
    const button = keys[event.key.toLowerCase()]?.();
    if (!button) return;
    event.preventDefault();
    press(button);
  });
}

/** Opens the sheet with every key there is now, as it stands on its button. */
export function showKeys(dialog) {
  const rows = new Map();
  for (const key of $$("button kbd, a kbd")) {
    const button = key.closest("button, a");
    if (dialog.contains(button) || button.closest("[hidden]")) continue;
    rows.set(key.textContent, words(button));
  }
  $("[data-keys]", dialog).replaceChildren(...[...rows].map(row));
  dialog.showModal();
}

function words(button) {
  const span = $("span", button).cloneNode(true);
  for (const hidden of $$(".vh", span)) hidden.remove();
  return span.textContent.trim();
}

function row([key, what]) {
  const item = document.createElement("li");
  const name = document.createElement("kbd");
  name.textContent = key;
  item.append(name, ` ${what}`);
  return item;
}
