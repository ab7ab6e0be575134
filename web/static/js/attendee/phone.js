/** The meeting on an attendee's phone: table, time, partners, exchanges, live; what is next while the line is down. */
import { Countdown, bell, spoken } from "../lib/countdown.js";
import { $, $$, announce, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { drawRing } from "../lib/ring.js";
import { connect } from "./line.js";
import { scene } from "./scene.js";
import { senses } from "./senses.js";
import { byPerson, sendForms, showSwaps } from "./swaps.js";
import { apply } from "../lib/patch.js";

const page = $("[data-phone]");
const { base, kind: painted } = page.dataset;
const first = JSON.parse($("#state").textContent);
const slot = (name, value, root = page) => text($(`[data-slot="${name}"]`, root), value ?? "");
const live = connect(page, first, draw);
const ring = senses($("[data-senses]"));
const queue = sendForms(page, {
  ondone: ({ exchanges }) => {
    live.snapshot = apply(live.snapshot, { exchanges });
    draw();
  },
  onwaiting: (count) => count || turn(),
});

const countdown = new Countdown({
  state: () => live.snapshot.clock,
  now: () => live.now(),
  draw: (reading, before) => {
    drawRing($("[data-ring]"), reading, live.snapshot.clock, word(reading));
    if (!reading) return;
    const end = reading.last30 || (reading.running && reading.over);
    text($("[data-prompt]"), end ? t("Say one thing you will do for each other.") : t("“Whom could I help you meet?”"));
    const due = bell(before, reading);
    if (due) ring(due);
    const seconds = spoken(before, reading);
    if (seconds !== null) say(seconds);
  },
});

function word(reading) {
  if (live.snapshot.clock?.phase === "paused") return t("paused");
  return !reading?.running ? t("soon") : reading.over ? t("over") : t("left");
}

function say(seconds) {
  if (seconds === 0) announce(t("Time is up."));
  else if (seconds < 60) announce(tn("%(num)s second left", "%(num)s seconds left", seconds));
  else announce(tn("%(num)s minute left", "%(num)s minutes left", seconds / 60));
}

function draw() {
  const { meeting } = live.snapshot;
  const now = scene(live.snapshot);
  if (now.kind === "after") return turn();
  slot("message", meeting.message);
  show($("[data-message]"), Boolean(meeting.message));
  drawTop(now);
  const listed = drawPartners(now);
  drawOthers(listed);
  showSwaps(page, live.snapshot, base);
  countdown.redraw();
  page.dataset.kind = now.kind;
  return undefined;
}

/** Looking back is another page; it is fetched when nothing waits here. Not everybody in the same instant. */
let turning = null;

function turn() {
  if (!live.snapshot || scene(live.snapshot).kind !== "after" || queue.waiting.length) return;
  turning ??= setTimeout(() => location.reload(), Math.random() * 1500);
}

function drawTop({ kind, number, of, table, next }) {
  const before = kind === "before";
  const goto = table ?? (before || kind === "break" ? next?.table : null);
  const round = { number, of };
  const out = t("You sit this one out. Have a coffee.");
  text($("[data-title]"), before ? live.snapshot.meeting.name : kind === "break" ? t("Next: round %(number)s of %(of)s", round) : t("Round %(number)s of %(of)s", round));
  text($("[data-sub]"), {
    round: t("Your table"),
    bye: out,
    unseated: t("You join from the next round."),
    break: goto ? t("Go to table") : next ? out : "",
    before: goto ? t("Your first table") : t("Your table stands here when the rounds begin."),
  }[kind]);
  show($("[data-table]"), goto != null);
  slot("table", goto);
  show($("[data-clockbox]"), !before);
  $(".roundtop").classList.toggle("plain", before);
  for (const part of $$("[data-when]")) show(part, part.dataset.when === kind);
  show($("[data-next]"), Boolean(next) && ["round", "bye", "unseated"].includes(kind));
  slot("next", next?.table ? t("Then you go to table") : t("In the next round you sit out."));
  show($("[data-next-table]"), Boolean(next?.table));
  slot("nexttable", next?.table);
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
async function look() {
  if (document.hidden || page.dataset.kind !== "before") return;
  try {
    text($("[data-joined]"), (await (await fetch(`${base}/joined`)).json()).in_room);
  } catch {
    // The number stays as it was until the next look.
  }
}

if (painted === "before") setInterval(look, 20_000 + Math.random() * 20_000);
draw();
live.start();
