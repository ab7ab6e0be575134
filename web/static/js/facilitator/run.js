/** The facilitator's console: the clock, its buttons and keys, and the room beside it. */
import { get, send } from "../lib/api.js";
import { Countdown } from "../lib/countdown.js";
import { $, $$, announce, show as reveal, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { drawRing } from "../lib/ring.js";
import { WakeLock } from "../lib/wake.js";
import { replaceParts } from "./parts.js";
import { main, possible, title, word } from "./states.js";

const page = $("[data-run]");
const first = JSON.parse($("#state").textContent);
const ring = $("[data-ring]");
const said = $("[data-said]");
const buttons = Object.fromEntries($$("[data-act]").map((button) => [button.dataset.key ?? button.dataset.act, button]));
const SETTLE = 400; // several arrivals at once are one look at the room
const MINUTE = 60_000; // the agenda's minutes pass by themselves
const ARMED = 4000;

let clock = first.clock;
let length = first.length_ms; // of a round that is still to be planned
let wanted = first.rounds; // how many the organiser wants
let status = page.dataset.status;
let busy = ""; // the act that waits for its answer
const later = [];
let armed = null;

const live = new Live({
  meeting: page.dataset.meeting,
  stateUrl: page.dataset.state,
  onstate: take,
  onlink: showLink,
  onrefused: ({ text: why }) => say(why),
});
live.clock.heard(first.server_now, performance.now()); // good enough until the first question is answered
const countdown = new Countdown({ state: shown, now: () => live.now(), draw });
const wake = new WakeLock();

/** Without rounds the ring shows the time that they will have. */
function shown() {
  return clock ?? { phase: "planned", length_ms: length };
}

function draw(reading) {
  drawRing(ring, reading, shown(), word(clock, reading));
  offer(main(clock, status, reading.running && reading.over));
}

function take(snapshot, kind, news) {
  clock = snapshot.clock ?? null;
  status = snapshot.meeting?.status ?? status;
  wanted = snapshot.meeting?.rounds ?? wanted;
  length = (snapshot.meeting?.round_seconds ?? 0) * 1000 || length;
  const line = snapshot.meeting?.message ?? "";
  const input = $("[name=message]");
  if (document.activeElement !== input) input.value = line;
  show();
  if (kind === "snapshot" || news?.patch.room || news?.patch.seating || news?.patch.meeting) lookLater();
}

function show() {
  const why = possible(clock);
  for (const name of ["minus", "plus", "end"]) allow(buttons[name], why);
  allow(buttons.plan, clock && clock.number >= wanted && clock.phase !== "planned" ? t("All rounds have begun") : null);
  text($("span", buttons.plan).firstChild, clock ? t("Plan again") : t("Plan rounds"));
  if (armed && (why || armed.version !== clock.version)) disarm();
  text($("[data-title]"), title(clock) ?? $("[data-title]").textContent);
  countdown.redraw();
}

/** The big button is the next press; the small one that would say the same goes away. */
function offer(next) {
  label(buttons.main, next);
  buttons.main.dataset.act = next.act;
  reveal(buttons.plan, next.act !== "plan");
  reveal(buttons.end, next.act !== "end");
}

function label(button, { text: words, icon, why }) {
  const use = $("use", button);
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${icon}`);
  const span = $("span", button);
  if (span.firstChild.textContent !== words) span.firstChild.textContent = words;
  allow(button, why);
}

/** A button that cannot be pressed now stays where it is and says why. */
function allow(button, why) {
  const span = $("span", button);
  let reason = $(".vh", span);
  if (!why) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("title");
    reason?.remove();
    return;
  }
  button.setAttribute("aria-disabled", "true");
  button.title = why;
  if (!reason) {
    reason = document.createElement("span");
    reason.className = "vh";
    span.append(reason);
  }
  text(reason, `. ${why}`);
}

function say(message) {
  announce(message, said);
}

const round = (verb) => `${page.dataset.run}/rounds/${clock.number}/${verb}`;

const ACTS = {
  start: () => send(round("start"), { version: clock.version }),
  pause: () => send(round("pause"), { version: clock.version }),
  resume: () => send(round("resume"), { version: clock.version }),
  minus: () => send(round("adjust"), { version: clock.version, seconds: -30 }),
  plus: () => send(round("adjust"), { version: clock.version, seconds: 30 }),
  end: () => send(round("end"), { version: clock.version }),
  plan: () => send(`${page.dataset.run}/plan`),
  silence: () => send(`${page.dataset.run}/message`, { message: "" }),
};

function press(button) {
  const act = button.dataset.act;
  if (act === "message") return $("[name=message]").focus();
  if (button.getAttribute("aria-disabled") === "true") return say(button.title);
  if (busy) {
    // Half a minute twice is a minute; anything else pressed twice is meant once. The news may show the next
    // button before the answer is here, so a press of something else waits its turn.
    if (act !== busy || act === "plus" || act === "minus") later.push({ button, act });
    return undefined;
  }
  if (act === "end" && !sure()) return undefined;
  if (act === "plan") say(t("Planning. A second or two."));
  return run(act, act === "plan" ? t("Planned. Everybody knows their table.") : "");
}

async function run(name, done = "", act = ACTS[name]) {
  busy = name;
  page.toggleAttribute("data-busy", true);
  try {
    const answer = await act();
    if ("clock" in answer && !older(answer.clock)) {
      clock = answer.clock;
      show();
    }
    say(done);
    lookLater();
  } catch (error) {
    say(error.code === "network" ? t("No answer from the server. Nothing is known to have changed; look at the clock.") : error.text || error.message);
    if (error.status === 409) await refresh();
  } finally {
    busy = "";
    page.toggleAttribute("data-busy", false);
    const next = later.shift();
    if (next && next.act === next.button.dataset.act) press(next.button);
  }
}

/** The news may have told of a later press before this one's answer was here. */
const older = (other) => other?.number === clock?.number && other?.version < clock?.version;

/** Somebody else was faster: what the round is now stands in the state. */
async function refresh() {
  try {
    clock = (await get(page.dataset.state)).snapshot.clock ?? null;
    show();
  } catch {
    // The next news or the next beat of the counters brings it.
  }
}

/** While people still talk, ending takes two presses: there is no way back. */
function sure() {
  const over = clock.phase === "running" && live.now() >= clock.ends_at;
  if (over || armed) {
    disarm();
    return true;
  }
  text($("span", buttons.end), t("Press again to end"));
  buttons.end.setAttribute("aria-pressed", "true");
  say(t("People still have time. Press again to end the round."));
  armed = { version: clock.version, timer: setTimeout(disarm, ARMED) };
  return false;
}

function disarm() {
  clearTimeout(armed?.timer);
  armed = null;
  text($("span", buttons.end), t("End round"));
  buttons.end.removeAttribute("aria-pressed");
}

let waiting = null;

function lookLater(after = SETTLE) {
  waiting ??= setTimeout(look, after);
}

async function look() {
  waiting = null;
  try {
    replaceParts((await get(`${page.dataset.run}/room`)).html);
  } catch {
    lookLater(5000); // the clock does not depend on it
  }
}

function showLink(link) {
  const net = $("[data-net]");
  const words = {
    connected: t("Connected"),
    reconnecting: t("Connecting again"),
    polling: t("Connected, slowly"),
    offline: t("No network"),
  };
  net.classList.toggle("off", link !== "connected");
  text($("span", net), words[link]);
  $("use", net).setAttribute("href", `${document.documentElement.dataset.icons}#${link === "connected" ? "wifi" : "offline"}`);
}

const KEYS = { " ": "main", n: "end", "+": "plus", "=": "plus", "-": "minus", "−": "minus", p: "plan", m: "message" };
const OWN = "input, textarea, select, button, a, summary, [contenteditable]";

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const typing = event.target.closest?.("input, textarea, select");
  if (typing || (event.key === " " && event.target.closest?.(OWN))) return; // the key belongs to what has the focus
  const button = buttons[KEYS[event.key.toLowerCase()]];
  if (!button) return;
  event.preventDefault();
  press(button);
});

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  // The second half of a double click would press what the first half has just brought up.
  if (event.detail > 1 && button === buttons.main) return;
  wake.hold();
  press(button);
});

$("[data-message]").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = $("[name=message]").value;
  run("message", message.trim() ? t("All screens show it.") : t("Taken away."), () => send(`${page.dataset.run}/message`, { message }));
});

show();
setInterval(() => !document.hidden && lookLater(), MINUTE);
live.start();
