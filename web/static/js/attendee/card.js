/** The switches of what others may see: they take effect where they are pressed. */
import { newOperation, send } from "../lib/api.js";
import { $, announce } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

$("[data-switches]").addEventListener("submit", async (event) => {
  const form = event.target;
  const { field, given, op } = form.elements;
  const button = $("[role=switch]", form);
  event.preventDefault();
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await send(form.getAttribute("action"), { field: field.value, given: given.value }, { op: op.value });
    button.setAttribute("aria-checked", String(answer.given)); // never before the server said so
    given.value = answer.given ? "0" : "1";
    announce(answer.given ? t("On") : t("Off"));
  } catch (error) {
    announce(error.text || t("This did not work. Try again."));
  }
  op.value = newOperation();
  button.removeAttribute("aria-busy");
});
