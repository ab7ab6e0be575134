/** The seating board: choose somebody, see by name what a change would cost, make it, take it back. */
import { get, send } from "../lib/api.js";
import { $, $$, announce, hide, show as reveal, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { Drag } from "./drag.js";
import { inTurn, replaceParts } from "./parts.js";
import { follow } from "./planning.js";

const page = $("[data-seats]");
const first = JSON.parse($("#state").textContent);
const base = page.dataset.seats;
const run = base.replace(/\/seats$/, "");
const sheet = $("[data-sheet]");
const home = sheet.parentElement;
const said = $("[data-said]");
const narrow = matchMedia("(max-width: 63.99rem)");
const SETTLE = 250; // several changes at once are one look

const round = first.round;
let version = first.version;
let planned = first.planned;
let planning = first.plan.run;
let chosen = null; // the uid of whoever is chosen
let mode = null; // what the next person is for: null (change seats), "apart", "together", "why-not"
let other = null; // the uid of whoever is weighed against them
let marks = null; // what every other seat would be for them, {people, tables}
let asked = 0; // answers that come late are for nobody any more
const writes = new Set(); // those under way or waiting for it, so that the same press twice is meant once
let turn = Promise.resolve();

const live = new Live({
  meeting: page.dataset.meeting,
  stateUrl: page.dataset.state,
  onstate: take,
  onlink: showLink,
  onrefused: ({ text: why }) => say(why),
});

function take(snapshot, kind, news) {
  const plan = snapshot.plan;
  if (!plan) return;
  const before = planning;
  planning = plan.run ?? null;
  const moved = plan.version !== version || before?.state !== planning?.state || before?.enough !== planning?.enough;
  if (!follow(planning) || moved || kind === "snapshot" || news?.patch.seating || news?.patch.room) lookLater();
}

const say = (message) => announce(message, said);
const at = (uid) => `[data-person="${uid}"]`;
const person = (uid) => $(at(uid));
const name = (uid) => person(uid)?.dataset.name ?? "";
const people = (rest) => `${base}/${round}/people/${chosen}${rest}`;

/** Somebody is chosen: why they sit there comes beside, and what every other seat would be for them. */
async function choose(uid, { quietly = false } = {}) {
  leave({ silent: true });
  chosen = uid;
  marks = null;
  show();
  if (planned && !quietly) say(t("%(name)s: now press whoever they change with, or a table.", { name: name(uid) }));
  if (planned) weighAll(uid);
  if (!quietly) await open(people(""), at(uid));
}

async function weighAll(uid) {
  try {
    const found = await get(people("/options"));
    if (uid !== chosen) return;
    marks = found;
    show();
  } catch {
    // The cost of a single change is told when it is asked for.
  }
}

/** What the server drew goes into the sheet, near `by`: a selector, because the tables may have been drawn anew. */
async function open(url, by) {
  const number = ++asked;
  try {
    const { html } = await get(url);
    if (number === asked) fill(html, by);
  } catch (error) {
    if (number === asked) told(error);
  }
}

function fill(html, by) {
  sheet.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  place(by);
  reveal(sheet);
  if (narrow.matches) sheet.scrollIntoView({ block: "nearest" });
}

/** On a narrow screen the sheet stands below the table it is about; otherwise beside the tables. */
function place(by) {
  const table = narrow.matches && by ? $(by)?.closest(".board > li") : null;
  const old = sheet.closest("[data-place]");
  if (table) {
    const item = document.createElement("li");
    item.dataset.place = "";
    item.className = "place";
    item.append(sheet);
    table.after(item);
  } else if (sheet.parentElement !== home) home.prepend(sheet);
  old?.remove();
}

/** Nobody is chosen any more. */
function leave({ silent = false } = {}) {
  asked += 1;
  const before = chosen;
  chosen = mode = other = marks = null;
  hide(sheet);
  place(null);
  show();
  if (!silent) {
    say("");
    person(before)?.focus();
  }
}

const WORDS = { "-1": () => t("better"), 0: () => t("just as good"), 1: () => t("worse"), 2: () => t("breaks a rule") };
const SIGNS = { "-1": "✓", 0: "=", 1: "!", 2: "×" };

function show() {
  const own = chosen && person(chosen)?.closest("[data-table]")?.dataset.table;
  for (const button of $$("[data-person]")) {
    button.setAttribute("aria-pressed", String(button.dataset.person === chosen));
    button.classList.toggle("with", button.dataset.person === other);
    mark(button, mode === null ? marks?.people[button.dataset.person] : undefined);
  }
  for (const button of $$("[data-to]")) {
    reveal(button, Boolean(chosen) && planned && mode === null && button.dataset.to !== own);
    mark(button, marks?.tables[button.dataset.to]);
  }
  for (const button of $$("[data-act=close]")) reveal(button, !chosen);
  for (const button of $$("[data-mode]", sheet)) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
}

/** What a seat would be: a sign or "+2" (so many pairs would meet again), and its words for whoever cannot see it. */
function mark(button, value) {
  if (value === undefined) {
    delete button.dataset.mark;
    delete button.dataset.sign;
    button.removeAttribute("aria-description");
    button.removeAttribute("title");
    return;
  }
  const [kind, again] = value;
  const by = `${again > 0 ? "+" : "−"}${Math.abs(again)}`;
  button.dataset.mark = kind;
  button.dataset.sign = kind < 2 && again ? by : SIGNS[kind];
  const words = kind < 2 && again ? `${WORDS[kind]()}. ${t("Pairs that meet again: %(by)s", { by })}` : WORDS[kind]();
  button.setAttribute("aria-description", words);
  button.title = words;
}

/** The second person, or a table: what it is for depends on the mode. */
function meet(uid) {
  other = uid;
  show();
  if (mode === "why-not") return open(people(`/why-not?with=${uid}`), at(uid));
  if (mode) return settle("pairs", { person: chosen, with: uid, wish: mode }, t("Settled."), at(uid));
  return open(people(`/cost?with=${uid}`), at(uid));
}

const goTo = (table) => open(people(`/cost?table=${table}`), `[data-table="${table}"]`);

/** A write, after those before it: everybody is told by the news; `by` is where what comes back is shown. */
function settle(where, body, done, by = null) {
  const meant = JSON.stringify([where, body]);
  if (writes.has(meant)) return turn;
  writes.add(meant);
  page.toggleAttribute("data-busy", true);
  const one = body.person ?? chosen;
  turn = turn
    .then(() => write(where, body, { done, by, one }))
    .finally(() => {
      writes.delete(meant);
      page.toggleAttribute("data-busy", writes.size > 0);
    });
  return turn;
}

async function write(where, body, { done, by, one }) {
  try {
    const answer = await send(where.startsWith("/") ? where : `${base}/${where}`, { version, ...body });
    if ("version" in answer) version = answer.version;
    await look();
    if (answer.html) {
      mode = null;
      fill(answer.html, by);
      show();
    } else leave({ silent: true });
    say(done);
    person(one)?.focus();
  } catch (error) {
    told(error);
    if (error.status === 409) await look().catch(() => lookLater(5000));
  }
}

const told = (error) => say(error.code === "network" ? t("No answer from the server. Nothing is known to have changed; look again.") : error.text || error.message);

const ACTS = {
  keep: (b) => settle("keep", { person: b.dataset.of, round }, t("The seat is kept.")),
  "let-go": (b) => settle("let-go", { person: b.dataset.of, round: Number(b.dataset.round) }, t("Let go.")),
  host: (b) => settle("hosts", { person: b.dataset.of, table: Number(b.dataset.table) }, t("Table host from the next round on. Plan again to seat everybody around.")),
  unpair: (b) => settle(`pairs/${b.dataset.of}/let-go`, {}, t("Let go.")),
  close: (b) => settle(`tables/${b.dataset.of}/close`, {}, t("Out of use. Plan again to lay the others.")),
  open: (b) => settle(`tables/${b.dataset.of}/open`, {}, t("In use again from the next plan on.")),
  undo: () => settle("undo", {}, t("Taken back.")),
  confirm: (b) => settle("moves", { version: Number(b.dataset.version), moves: JSON.parse(b.dataset.moves) }, t("Changed. Those at the tables know.")),
  weigh: (b) => (b.dataset.with ? meet(b.dataset.with) : goTo(b.dataset.table)),
  plan: () => settle(`${run}/plan`, {}, t("Planning. A second or two.")),
  enough: () => settle(`${run}/plan/enough`, {}, t("The planner finishes")),
  leave: () => leave(),
};

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || drag.justDropped()) return undefined;
  if (button.getAttribute("aria-disabled") === "true") return say(button.title);
  if (button.dataset.act) return ACTS[button.dataset.act](button);
  if (button.dataset.mode) {
    mode = mode === button.dataset.mode ? null : button.dataset.mode;
    text($("[data-how]", sheet), mode ? t("Now press the other person.") : t("Now press whoever they change with, or a table."));
    return show();
  }
  if (button.dataset.to) return goTo(button.dataset.to);
  const uid = button.dataset.person;
  if (!uid) return undefined;
  if (uid === chosen) return leave();
  return chosen && planned ? meet(uid) : choose(uid);
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chosen && !drag.cancel()) leave();
});

const drag = new Drag(page, {
  may: () => planned && writes.size === 0,
  ontake: (uid) => choose(uid, { quietly: true }),
  ondrop: ({ uid, table }) => (uid ? meet(uid) : goTo(table)),
  oncancel: () => leave(),
});

$("[name=find]").addEventListener("input", filter);

/** Only the tables where somebody of that name sits. */
function filter() {
  const wanted = $("[name=find]").value.trim().toLocaleLowerCase();
  for (const table of $$("[data-table]")) {
    const found = $$("[data-person]", table).filter((button) => button.dataset.name.toLocaleLowerCase().includes(wanted));
    table.hidden = Boolean(wanted) && found.length === 0;
    for (const button of $$("[data-person]", table)) button.classList.toggle("found", Boolean(wanted) && found.includes(button));
  }
}

let waiting = null;
const look = inTurn(drawAnew);

function lookLater(after = SETTLE) {
  waiting ??= setTimeout(() => look().catch(() => lookLater(5000)), after);
}

async function drawAnew() {
  clearTimeout(waiting);
  waiting = null;
  const fresh = await get(`${base}/${round}`);
  const below = sheet.closest("[data-place]")?.previousElementSibling?.dataset.table;
  if (below) home.prepend(sheet); // the parts below are drawn anew; the sheet stays
  version = fresh.version;
  planned = fresh.planned;
  replaceParts(fresh.html);
  if (chosen && !person(chosen)) leave({ silent: true });
  else if (below) place(`[data-table="${below}"]`);
  filter();
  show();
}

function showLink(link) {
  const net = $("[data-net]");
  const words = { connected: t("Connected"), reconnecting: t("Connecting again"), polling: t("Connected, slowly"), offline: t("No network") };
  net.classList.toggle("off", link !== "connected");
  text($("span", net), words[link]);
  $("use", net).setAttribute("href", `${document.documentElement.dataset.icons}#${link === "connected" ? "wifi" : "offline"}`);
}

// The first question about a room hands it to the planner, which takes a moment; the next ones are answered at once.
// Without an answer the first one that is meant takes that moment instead.
const anybody = $("[data-person]")?.dataset.person;
if (planned && anybody) get(`${base}/${round}/people/${anybody}/options`).catch(() => {});

live.start();
