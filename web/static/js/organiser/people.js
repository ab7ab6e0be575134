/** Enlivens the pages of people and group: search as one types, one press is one press, a link to the clipboard. */

import { copying } from "../lib/copying.js";
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
    $$("form[data-once]", fresh).forEach(sendOnce);
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

/** An import on its way: the server draws how far it is, until it is there. */
async function follow(page) {
  while (page.hasAttribute("data-live")) {
    await new Promise((done) => setTimeout(done, 400));
    const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    if (!response?.ok) continue; // the network comes back, and the import goes on meanwhile
    const fresh = $("[data-run]", new DOMParser().parseFromString(await response.text(), "text/html"));
    if (!fresh) return location.reload();
    const bar = $("progress", page);
    const now = $("progress", fresh);
    if (bar && now) {
      // The button keeps the focus: only the bar moves.
      bar.value = now.value;
      $(".progress span", page).textContent = $(".progress span", fresh).textContent;
      continue;
    }
    page.replaceWith(fresh);
    $$("form[data-once]", fresh).forEach(sendOnce);
    announce($("h1", fresh).textContent);
    return undefined;
  }
}

// A form that comes back leads to what has to be changed.
$("[aria-invalid=true]")?.focus();
$$("[data-search]").forEach(searchWhileTyping);
$$("form[data-once]").forEach(sendOnce);
$$("[data-copy]").forEach(copying);
$$("[data-run]").forEach(follow);
