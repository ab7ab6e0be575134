/**
 * A page that keeps parts of itself up to date. When its person's news are of a kind that it waits for (`data-hears`),
 * after every gap in the connection, and as often as it says itself where no news tell (`data-every`, seconds), the
 * page is fetched again and each part that changed is put in place. Forms stand outside of the parts, so nothing that
 * is being written is lost; the focus stays.
 */
import { $, $$, announce } from "../lib/dom.js";
import { Live } from "../lib/live.js";
import { line } from "./line.js";

const { page, state, hears, every } = $("[data-line]").dataset;
const WITHOUT_NEWS = 15; // seconds; where the network lets no socket through nobody tells
let asked = 0;
let lost = false;

async function renew() {
  const number = (asked += 1);
  const answer = await fetch(page, { cache: "no-store", credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return; // a later one is on its way
  if (!answer.ok || answer.redirected) location.assign(page); // signed out: the server says it
  else for (const part of $$("[data-part]")) replace(part, $(`[data-part="${part.dataset.part}"]`, fresh));
}

/** Puts a part in place that reads otherwise than before, and says which of its lines are new. */
function replace(old, fresh) {
  if (!fresh || words(old) === words(fresh)) return;
  const before = new Set($$("[data-said]", old).map(words));
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const place = active?.closest("[id]")?.id;
  old.replaceWith(fresh);
  const moved = $$("[data-said]", fresh).filter((each) => !before.has(words(each)));
  for (const each of moved) each.classList.add("enter");
  if (moved.length) announce(moved.map(words).join(". "));
  if (active) ($("a, button", (place && document.getElementById(place)) || fresh) ?? $("#main")).focus({ preventScroll: true });
}

const words = (part) => part.textContent.replace(/\s+/g, " ").trim();
const quietly = () => renew().catch(() => {}); // without a network the next news try again

const live = new Live({
  stateUrl: state,
  onstate: (_, kind) => hears.split(" ").includes(kind) && quietly(),
  onlink: (link) => {
    line(link);
    if (lost && link === "connected") quietly();
    lost ||= link !== "connected";
  },
  onrefused: () => location.assign(page),
});
live.start();
setInterval(() => !document.hidden && (every || live.link === "polling") && quietly(), 1000 * (every || WITHOUT_NEWS));
document.addEventListener("visibilitychange", () => !document.hidden && quietly());
