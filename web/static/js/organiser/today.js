/**
 * The organiser's day as it goes: numbers, seedbed and those still expected follow the news. Where news say that the
 * meeting itself has changed, or name somebody this page has no place for, the page is fetched again and its parts
 * (data-part) are taken over; the server alone decides what they say.
 */
import { $, $$, hide, icon, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Live } from "../lib/live.js";

const page = $("[data-today]");
const { meeting, state: stateUrl } = page.dataset;
const SHOWN = 5;
const PAUSE = 800; // a full door at seven must not fetch the page for every badge
const DRAWN = ["meeting_changed", "list_changed", "seating_planned", "round_moved", "phone_joined"];
const sprite = document.documentElement.dataset.icons;
let fetching = null;
let missed = false; // news came while the page was being fetched
let behind = false; // the last fetch got no answer

new Live({ meeting, stateUrl, onstate, onlink, onrefused: () => location.reload() }).start();

function onstate(snapshot, kind) {
  if (snapshot.meeting && snapshot.meeting.status !== page.dataset.status) return refresh();
  if (page.dataset.status === "closed") return; // nothing moves any more
  drawCounts(snapshot.counts);
  drawRoom(snapshot.room ?? snapshot.door);
  if (DRAWN.includes(kind)) refresh();
}

function drawCounts(counts) {
  if (!counts) return;
  text($("[data-count]"), counts.in_room);
  text($("[data-of]"), t("of %(expected)s expected, visitors: %(visitors)s", counts));
  $("[data-bed] svg")?.setAttribute("aria-label", t("%(here)s of %(expected)s expected are in the room", { here: counts.in_room, expected: counts.expected }));
}

/** `people` are the lines of the list by uid. Whoever has no place here yet gets one with the next fetch. */
function drawRoom(people) {
  if (!people) return;
  const places = new Map($$("[data-bed] use").map((use) => [use.dataset.key, use]));
  for (const [uid, person] of Object.entries(people)) {
    const here = person.entered_at != null && person.left_at == null;
    const place = places.get(uid);
    if (!place && here && $("[data-bed]")) refresh();
    else if (place) plant(place, here ? (person.standing === "member" ? "sprout" : "bloom") : "seed");
  }
  drawAwaited(people);
}

function plant(place, kind) {
  if (place.classList.contains(kind)) return;
  place.setAttribute("class", kind === "seed" ? kind : `${kind} new`);
  place.setAttribute("href", `${sprite}#bed-${kind}`);
}

function drawAwaited(people) {
  const waiting = $$("[data-awaited] li").filter((line) => {
    const person = people[line.dataset.uid];
    const awaited = !person || person.entered_at == null;
    if (!awaited) hide(line);
    return awaited;
  });
  waiting.forEach((line, index) => show(line, index < SHOWN));
  const more = $("[data-more]");
  if (!more) return;
  text(more, t("and others: %(n)s", { n: Math.max(0, waiting.length - SHOWN) }));
  show(more, waiting.length > SHOWN);
  show($("[data-all-here]"), waiting.length === 0);
}

/** Takes the parts of the page as the server would draw them now; one fetch at a time, none lost. */
function refresh() {
  if (fetching) {
    missed = true;
    return;
  }
  missed = false;
  fetching = setTimeout(async () => {
    let fresh = null;
    try {
      const answer = await fetch(page.dataset.address, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
      if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      // The network is away: the page is fetched when the line is back.
    }
    fetching = null;
    if (fresh) takeOver(fresh);
    else behind = true;
    if (missed) refresh();
  }, PAUSE);
}

function takeOver(fresh) {
  const today = $("[data-today]", fresh);
  if (!today) return location.reload(); // signed out
  behind = false;
  page.dataset.status = today.dataset.status;
  for (const part of $$("[data-part]", page)) {
    const next = $(`[data-part="${part.dataset.part}"]`, fresh);
    if (!next || part.isEqualNode(next)) continue;
    // Somebody about to press a button keeps it until they turn away.
    if (part.contains(document.activeElement)) part.addEventListener("focusout", refresh, { once: true });
    else part.replaceWith(next);
  }
  for (const name of ["[data-count]", "[data-of]"]) text($(name), $(name, fresh)?.textContent);
}

function onlink(link) {
  const off = link === "offline" || link === "reconnecting";
  const net = $("[data-net]");
  net.classList.toggle("off", off);
  text($("span", net), link === "offline" ? t("No network") : off ? t("Connecting") : t("Connected"));
  $("svg", net).replaceWith(icon(off ? "offline" : "wifi"));
  if (!off && behind) refresh();
}
