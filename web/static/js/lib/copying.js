/** A button that puts what stands in a field onto the clipboard; without a clipboard the field is selected. */

import { announce } from "./dom.js";
import { t } from "./i18n.js";

/** @param {HTMLElement} button names the field in data-copy and is shown only where it works */
export function copying(button) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    announce(t("Copied."));
    button.querySelector("span").textContent = t("Copied.");
  });
}
