/** Enlivens the pages of people and group: search as one types, one press is one press, a link to the clipboard. */

import { t } from "../lib/i18n.js";
import { $, $$, announce } from "../lib/dom.js";

const PAUSE = 250;

/** The list follows what is typed; the server draws it, the address keeps it. */
function searchWhileTyping(form) {
  let timer = 0;
  let latest = 0;
  const look = async () => {
    const mine = (latest += 1);
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.action}${asked.size ? "?" : ""}${asked}`;
    const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (mine !== latest) return;
    if (!response?.ok) return form.submit(); // the whole page says what is wrong
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = $("[data-results]", page);
    if (mine !== latest || !fresh) return;
    $("[data-results]").replaceWith(fresh);
    history.replaceState(null, "", address);
    announce($("h2", fresh).textContent);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}

/** A form that writes is sent once, however often somebody presses. */
function sendOnce(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Back in history the form is there again, as it was.
  addEventListener("pageshow", () => (sent = false));
}

/** Copies a field where the browser allows it, which it does on https and on this computer only. */
function copying(button) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    announce(t("Copied."));
    $("span", button).textContent = t("Copied.");
  });
}

// A form that comes back leads to what has to be changed.
$("[aria-invalid=true]")?.focus();
$$("[data-search]").forEach(searchWhileTyping);
$$("form[data-once]").forEach(sendOnce);
$$("[data-copy]").forEach(copying);
