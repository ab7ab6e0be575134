/**
 * The board and a slip's page, kept up to date: when news or a fresh snapshot know of other versions than the page
 * does, the page is fetched again and its live part replaced. What is being typed, the focus and the scroll stay.
 */
import { $, $$, announce } from "../lib/dom.js";
import { Live } from "../lib/live.js";
import { line } from "./line.js";

const PART = "[data-live]";
let fetching = 0;

/** Versions as the snapshot has them, in the order of their uids. */
const versions = (slips) => Object.entries(slips ?? {}).map(([uid, slip]) => [uid, slip.version ?? slip]).sort();

const isBehind = (snapshot) =>
  JSON.stringify(versions(snapshot.slips)) !== JSON.stringify(versions(JSON.parse($(PART).dataset.known)));

async function refresh() {
  const number = (fetching += 1);
  const { page } = $(PART).dataset; // not the address: it may be that of a form that was refused
  const answer = await fetch(page, { cache: "no-store", credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(PART);
  if (number !== fetching) return; // a later one is on its way
  if (!answer.ok || !fresh) location.assign(page); // signed out, or the slip is no more: the server says it
  else replace(fresh);
}

/** Puts the fresh part in place, tells what moved, and gives back focus and what was typed. */
function replace(fresh) {
  const old = $(PART);
  const said = new Map($$("[data-slip]", old).map((place) => [place.dataset.slip, place.dataset.said]));
  const typed = new Map($$("input[type=text], textarea", old).map((input) => [input.id, input.value]));
  const focus = whereFocused(old);
  old.replaceWith(fresh);
  for (const input of $$("input[type=text], textarea", fresh)) input.value = typed.get(input.id) || input.value;
  const moved = $$("[data-slip]", fresh).filter((place) => said.get(place.dataset.slip) !== place.dataset.said);
  for (const place of moved) if (!place.matches(".vh")) place.classList.add("enter");
  if (moved.length) announce(moved.map((place) => place.dataset.said).join(". "));
  line(live.link);
  document.dispatchEvent(new CustomEvent("boardshown"));
  focusAgain(fresh, focus);
}

/** Which slip, and which of its controls, has the focus; on a slip's own page the control alone. */
function whereFocused(part) {
  const active = document.activeElement;
  if (!part.contains(active)) return null;
  const place = active.closest("[data-slip]");
  return { slip: place?.dataset.slip, at: controls(place ?? part).indexOf(active) };
}

function focusAgain(part, focus) {
  if (!focus) return;
  const place = focus.slip ? $(`[data-slip="${focus.slip}"]`, part) : part;
  const target = place && (controls(place)[focus.at] ?? controls(place)[0]);
  (target ?? $(".board", part) ?? $("#main")).focus({ preventScroll: true });
}

const controls = (place) => $$("a, button, input, summary", place).filter((each) => each.type !== "hidden");

document.addEventListener("slipmoved", () => refresh().catch(() => {})); // dropped here; news may be slower

const live = new Live({
  stateUrl: $(PART).dataset.state,
  onstate: (snapshot) => isBehind(snapshot) && refresh().catch(() => {}), // without a network the next news try again
  onlink: line,
  onrefused: () => location.assign($(PART).dataset.page),
});
live.start();
