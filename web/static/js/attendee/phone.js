/** The meeting on an attendee's phone: table, time, partners, exchanges, live; what is next while the line is down. */
import { Countdown, spoken } from "../lib/countdown.js";
import { $, $$, announce, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { apply } from "../lib/patch.js";
import { drawRing, look } from "../lib/ring.js";
import { connect } from "./line.js";
import { scene, timer } from "./scene.js";
import { senses } from "./senses.js";
import { byPerson, sendForms, showSwaps } from "./swaps.js";

const page = $("[data-phone]");
const { base, kind: painted } = page.dataset;
const first = JSON.parse($("#state").textContent);
const slot = (name, value, root = page) => text($(`[data-slot="${name}"]`, root), value ?? "");
const live = connect(page, first, draw);
const felt = senses($("[data-senses]"));
const queue = sendForms(page, {
  ondone: ({ exchanges }) => {
    live.snapshot = apply(live.snapshot, { exchanges });
    draw();
  },
  onwaiting: (count) => count || leave(),
});

const now = () => scene(live.snapshot);
const HALF_SHOWN = 20_000;
const lastSeconds = () => live.snapshot.sound?.last_seconds ?? 30;
const halves = () => live.snapshot.sound?.half_time ?? true;
const about = () => `${page.dataset.meeting} ${now().on ?? `round ${live.snapshot.clock?.number}`}`;

const countdown = new Countdown({
  state: () => timer(live.snapshot, now()),
  about,
  lastSeconds: () => (now().on ? 0 : lastSeconds()),
  now: () => live.now(),
  draw: drawTime,
});

function drawTime(reading, before) {
  const { on } = now();
  const state = timer(live.snapshot, now());
  drawRing($("[data-ring]"), reading, state, word(state, reading));
  if (!reading || on) return;
  text($("[data-prompt]"), prompt(reading, state));
  felt()?.hear(about(), before, reading, live.snapshot.sound);
  const seconds = spoken(before, reading);
  if (seconds !== null) say(seconds);
}

const isHalf = ({ running, left }, { length_ms: length }) => running && halves() && left <= length / 2 && left > length / 2 - HALF_SHOWN;

function prompt(reading, state) {
  const { last, running, over } = reading;
  if (last || (running && over)) return t("Say one thing you will do for each other.");
  if (!isHalf(reading, state)) return t("“Whom could I help you meet?”");
  return live.snapshot.meeting.table_size === 2 ? t("Half-time. Now the other one speaks.") : t("Half-time. Whoever has not spoken, speaks now.");
}

function word(state, reading) {
  if (state?.phase === "paused") return t("paused");
  if (!reading?.running) return t("soon");
  if (reading.over) return t("over");
  return !now().on && !reading.last && isHalf(reading, state) ? t("Swap speakers") : t("left");
}

function say(seconds) {
  if (seconds === 0) announce(t("Time is up."));
  else if (seconds < 60) announce(tn("%(num)s second left", "%(num)s seconds left", seconds));
  else announce(tn("%(num)s minute left", "%(num)s minutes left", seconds / 60));
}

function draw(_, __, news) {
  const { clock, meeting, talk } = live.snapshot;
  const shown = now();
  felt()?.heard(clock, news, page.dataset.meeting);
  if (shown.kind === "after") return leave();
  slot("message", meeting.message);
  show($("[data-message]"), Boolean(meeting.message));
  drawTop(shown);
  if (talk || turns) drawTurn(talk);
  const listed = drawPartners(shown);
  drawOthers(listed);
  showSwaps(page, live.snapshot, base);
  countdown.redraw();
  page.dataset.kind = shown.kind;
  return undefined;
}

/** Few meetings let people speak in turn: what is said then is loaded then. */
let turns = null;

async function drawTurn(talk) {
  turns ??= import("./turns.js");
  (await turns).drawTurn(page, talk);
}

/** Looking back is another page; it is fetched when nothing waits here. Not everybody in the same instant. */
let turning = null;

function leave() {
  if (!live.snapshot || now().kind !== "after" || queue.waiting.length) return;
  turning ??= setTimeout(() => location.reload(), Math.random() * 1500);
}

function drawTop({ kind, number, of, on, shut, table, next }) {
  const { meeting, stage, talk } = live.snapshot;
  const before = kind === "before";
  const goto = on === "talk" ? null : (table ?? (before || kind === "break" ? next?.table : null));
  const round = { number, of };
  const out = t("You sit this one out. Have a coffee.");
  const title = before ? meeting.name : kind === "break" ? t("Next: round %(number)s of %(of)s", round) : t("Round %(number)s of %(of)s", round);
  text($("[data-title]"), { pause: stage?.pause?.label || t("A short break"), talk: talk?.who?.short }[on] ?? title);
  const sub = {
    round: { skipped: t("Your table pauses this round."), void: t("Your table does not count this round.") }[shut] ?? t("Your table"),
    bye: out,
    unseated: t("You join from the next round."),
    break: goto ? t("Go to table") : next ? out : "",
    before: goto ? t("Your first table") : t("Your table stands here when the rounds begin."),
  }[kind];
  text($("[data-sub]"), on === "talk" ? t("Speaker %(number)s of %(of)s", talk) : sub);
  discs($("[data-table]"), "table", goto);
  show($("[data-clockbox]"), !before || on);
  $(".roundtop").classList.toggle("plain", before && !on);
  for (const part of $$("[data-when]")) show(part, part.dataset.when === kind);
  show($("[data-next]"), Boolean(next) && ["round", "bye", "unseated"].includes(kind));
  slot("next", next?.table ? t("Then you go to table") : t("In the next round you sit out."));
  discs($("[data-next-table]"), "nexttable", next?.table);
}

/** A table in its colour, or none. */
function discs(place, name, number) {
  show(place, number != null);
  slot(name, number);
  $(".table-no", place).className = `table-no num ${number == null ? "" : look(number)}`;
}

function drawPartners({ kind, shown }) {
  const partners = live.snapshot.me?.rounds?.[shown]?.with ?? [];
  show($("[data-just]"), kind === "break" && partners.length > 0);
  keep($("[data-partners]"), "partner", partners.map((who) => [who.person, who]), fillPartner);
  return partners.map((who) => who.person);
}

function fillPartner(panel, who) {
  const met = who.met_before ?? {};
  slot("name", who.name, panel);
  slot("firm", [who.company, who.sector].filter(Boolean).join(", "), panel);
  for (const name of ["looks_for", "offers"]) {
    slot(name, who[name], panel);
    show($(`[data-slot=${name}]`, panel).parentElement, Boolean(who[name]));
  }
  show($("[data-before]", panel), Boolean(met.day || met.promise));
  slot("met", met.day ? t("You met on %(day)s, round %(number)s.", { day: dayOf(met.day), number: met.round }) : "", panel);
  slot("promised", met.promise ? t("You promised: %(what)s", { what: met.promise }) : "", panel);
  $("[data-with]", panel).dataset.with = who.person;
  $("[data-note]", panel)?.setAttribute("href", `${base}/people/${who.person}`);
}

function dayOf(day) {
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(day));
}

/** Requests first; below, what was exchanged with people of other tables. */
function drawOthers(listed) {
  const others = Object.entries(byPerson(live.snapshot)).filter(([person]) => !listed.includes(person));
  const asks = others.filter(([, { state, mine }]) => state === "waiting" && !mine);
  const done = others.filter(([, { state, mine }]) => state === "accepted" || (mine && state !== "withdrawn"));
  for (const [name, entries] of [["asks", asks], ["others", done]]) {
    const part = $(`[data-${name}]`);
    show(part, entries.length > 0);
    keep($("[data-list]", part), "other", entries.map(([, entry]) => [entry.uid, entry]), fillOther);
  }
}

function fillOther(row, entry) {
  slot("name", entry.with.name, row);
  slot("firm", entry.with.company, row);
  $("[data-with]", row).dataset.with = entry.with.person;
}

/** One child per key in `list`, in this order, made from the template where missing; what is there stays and is filled anew. */
function keep(list, name, entries, fill) {
  const there = new Map([...list.children].map((child) => [child.dataset[name], child]));
  const wanted = entries.map(([key, value]) => {
    const child = there.get(key) ?? $(`template[data-of=${name}]`).content.firstElementChild.cloneNode(true);
    child.dataset[name] = key;
    fill(child, value);
    return child;
  });
  if (wanted.length !== list.children.length || wanted.some((child, place) => child !== list.children[place])) list.replaceChildren(...wanted);
}

/** While somebody waits for the start: how many are here, now and then. */
async function recount() {
  if (document.hidden || page.dataset.kind !== "before") return;
  try {
    text($("[data-joined]"), (await (await fetch(`${base}/joined`)).json()).in_room);
  } catch {
    // The number stays as it was until the next look.
  }
}

if (painted === "before") setInterval(recount, 20_000 + Math.random() * 20_000);
draw();
live.start();
