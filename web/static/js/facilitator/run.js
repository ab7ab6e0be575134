/** The facilitator's console: the clock, its buttons and keys, and the room beside it. */
import { get, send } from "../lib/api.js";
import { Countdown } from "../lib/countdown.js";
import { $, $$, announce, show as reveal, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { drawRing } from "../lib/ring.js";
import { WakeLock } from "../lib/wake.js";
import * as agenda from "./agenda.js";
import * as closing from "./closing.js";
import { showDevices } from "./devices.js";
import { listen, showKeys } from "./keys.js";
import { inTurn, replaceParts } from "./parts.js";
import { Outlook, follow, under } from "./planning.js";
import { Seating } from "./seating.js";
import { main, possible, title, voidable, word } from "./states.js";
import * as sound from "./sound.js";
import * as talks from "./talks.js";
import { TimeLost } from "./time_lost.js";

const page = $("[data-run]");
const first = JSON.parse($("#state").textContent);
const ring = $("[data-ring]");
const said = $("[data-said]");
const buttons = Object.fromEntries($$(".controls [data-act]").map((button) => [button.dataset.key ?? button.dataset.act, button]));
const SETTLE = 400; // several arrivals at once are one look at the room
const MINUTE = 60_000; // the agenda's minutes pass by themselves

let clock = first.clock;
let length = first.length_ms; // of a round that is still to be planned
let wanted = first.rounds; // how many the organiser wants
let status = page.dataset.status;
let planning = first.plan.run; // the planning run, or the last one
let busy = ""; // the act that waits for its answer
const later = [];
const seen = new Map(); // round → the newest version of its clock
let undo = null; // the last thing done that can be taken back, {uid, until}
let lines = 0; // of the log, when that was said
let seats = 0; // the version of the seats; the first snapshot brings it

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
const outlook = new Outlook(`${page.dataset.run}/outlook`);
const timeLost = new TimeLost({ say });

/** Without rounds the ring shows the time that they will have. */
function shown() {
  return clock ?? { phase: "planned", length_ms: length };
}

function draw(reading) {
  drawRing(ring, reading, shown(), word(clock, reading));
  offer(main(clock, status, reading.running && reading.over, under(planning)));
}

/** What can be taken back now. News and answers overtake each other; whichever knows more of the log is right. */
function noted(log) {
  if (log.lines < lines) return;
  lines = log.lines;
  undo = log.undoable ? { uid: log.undoable, until: log.until } : null;
}

function take(snapshot, kind, news) {
  if (kind === "snapshot" || !snapshot.clock) seen.clear();
  if (!older(snapshot.clock)) clock = snapshot.clock ?? null;
  status = snapshot.meeting?.status ?? status;
  timeLost.show(snapshot.notices ?? []);
  wanted = snapshot.meeting?.rounds ?? wanted;
  length = (snapshot.meeting?.round_seconds ?? 0) * 1000 || length;
  if (snapshot.plan) plans(snapshot.plan.run ?? null);
  seats = Math.max(seats, snapshot.plan?.version ?? 0);
  if (snapshot.log) noted(snapshot.log);
  showDevices(snapshot);
  const line = snapshot.meeting?.message ?? "";
  const input = $("[name=message]");
  if (document.activeElement !== input) input.value = line;
  show();
  if (kind === "snapshot" || news?.patch.room || news?.patch.seating || news?.patch.meeting || news?.patch.log) lookLater();
  if (kind === "snapshot" || news?.patch.room || news?.patch.meeting || news?.kind === "round_moved") outlook.ask(!clock || clock.number < wanted || clock.phase === "planned");
}

/** The planning came further. What it announces is said once, by every console that saw it going on. */
function plans(run) {
  const before = planning;
  planning = run;
  const announced = before?.uid === run?.uid && before?.state === "seating" && run?.state !== "seating";
  if (announced && ["improving", "done", "stopped"].includes(run.state)) say(t("Planned. Everybody knows their table."));
  if (!follow(run) || before?.state !== run?.state || before?.enough !== run?.enough) lookLater(0);
}

function show() {
  const why = possible(clock);
  for (const name of ["minus", "plus", "minus-minute", "plus-minute", "end"]) allow(buttons[name], why);
  allow(buttons.void, voidable(clock, lastEnded()) ? null : t("No round has begun"));
  back();
  allow(buttons.plan, under(planning) ?? (clock && clock.number >= wanted && clock.phase !== "planned" ? t("All rounds have begun") : null));
  text($("span", buttons.plan).firstChild, clock ? t("Plan again") : t("Plan rounds"));
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

/** "Take back" says what it would take back, and gives up when that is too long ago. */
function back() {
  const can = undo && live.now() <= undo.until;
  allow(buttons.undo, can ? null : undo ? t("This was too long ago to be taken back") : t("There is nothing to take back"));
  if (can) buttons.undo.title = $("[data-undo-what]")?.dataset.undoWhat ?? "";
}

/** The last round that is over: its number and version, as the discs at the top have them. */
function lastEnded() {
  const disc = $$("[data-round-version].done").at(-1);
  return disc ? { number: Number(disc.dataset.roundVersion), version: Number(disc.dataset.version) } : null;
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
  "minus-minute": () => send(round("adjust"), { version: clock.version, seconds: -60 }),
  "plus-minute": () => send(round("adjust"), { version: clock.version, seconds: 60 }),
  void: () => {
    const { number, version } = voidable(clock, lastEnded());
    return send(`${page.dataset.run}/rounds/${number}/void`, { version });
  },
  undo: () => send(`${page.dataset.run}/undo`, { action: undo.uid }),
  end: () => send(round("end"), { version: clock.version }),
  plan: () => send(`${page.dataset.run}/plan`),
  enough: () => send(`${page.dataset.run}/plan/enough`),
  silence: () => send(`${page.dataset.run}/message`, { message: "" }),
};

function press(button) {
  const act = button.dataset.act;
  if (act === "message") return $("[name=message]").focus();
  if (act === "keys") return showKeys($("[data-keys-sheet]"));
  if (busy) {
    // Half a minute twice is a minute; anything else pressed twice is meant once. The news may show the next
    // button before the answer is here, so a press of something else waits its turn.
    if (act !== busy || act.startsWith("plus") || act.startsWith("minus")) later.push({ button, act });
    return undefined;
  }
  if (button.getAttribute("aria-disabled") === "true") return say(button.title);
  if (!ACTS[act]) return undefined;
  return run(act, DONE[act]?.() ?? "");
}

async function run(name, done = "", act = ACTS[name]) {
  const pressed = clock;
  busy = name;
  page.toggleAttribute("data-busy", true);
  try {
    const answer = await act();
    if (answer.log) noted(answer.log);
    if ("clock" in answer) {
      if (name === "undo") seen.clear();
      else if (pressed) saw({ number: pressed.number, version: pressed.version + 1 });
      if (!older(answer.clock)) clock = answer.clock;
      if (clock) saw(clock);
      show();
    }
    if ("version" in answer) seats = Math.max(seats, answer.version);
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

const DONE = {
  plan: () => t("Planning. A second or two."),
  end: () => t("Ended. Press U to take it back."),
  void: () => t("It does not count. Press U to take it back."),
  undo: () => t("Taken back: %(what)s", { what: $("[data-undo-what]")?.dataset.undoWhat ?? "" }),
};

/** News and answers overtake each other: a clock that is older than one seen before says nothing. */
const older = (other) => other != null && other.version < (seen.get(other.number) ?? 0);
const saw = ({ number, version }) => seen.set(number, Math.max(version, seen.get(number) ?? 0));

/** Somebody else was faster: what the round is now stands in the state. */
async function refresh() {
  try {
    take((await get(page.dataset.state)).snapshot, "snapshot");
  } catch {
    // The next news or the next beat of the counters brings it.
  }
}

let waiting = null;
const look = inTurn(drawAnew);

function lookLater(after = SETTLE) {
  waiting ??= setTimeout(look, after);
}

async function drawAnew() {
  waiting = null;
  try {
    replaceParts((await get(`${page.dataset.run}/room`)).html);
    seating.redrawn();
    show();
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

const KEYS = { " ": "main", n: "end", "+": "plus", "=": "plus", "-": "minus", "−": "minus", j: "minus-minute", k: "plus-minute", p: "plan", m: "message", u: "undo", v: "void", "?": "keys" };
listen(Object.fromEntries(Object.entries(KEYS).map(([key, name]) => [key, () => buttons[name]])), press);

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

const seating = new Seating(page, {
  url: page.dataset.run,
  say,
  press: (name, done, act) => run(name, done, act),
  version: () => seats,
  clock: () => clock,
});

show();
setInterval(() => !document.hidden && lookLater(), MINUTE);
for (const part of [agenda, sound, talks, closing]) part.start(page, live);
live.start();
