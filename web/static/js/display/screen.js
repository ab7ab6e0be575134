/** The projector: shows the scene that the meeting is in, counts down by itself, turns the pages of its lists. */
import { Countdown, bell, spoken } from "../lib/countdown.js";
import { $, $$, announce, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { drawRing } from "../lib/ring.js";
import { WakeLock } from "../lib/wake.js";
import { drawBed, drawMap, drawMarks, isMapped, moveRows, tableRows } from "./draw.js";
import { NAMES_A_PAGE, isRipe, linesOf, movesOf, pagesOf, placesOf, sceneOf, seated, tablesAPage, tablesOf } from "./scene.js";
import { openTools } from "./tools.js";

const PAGE_TIME = 8000;
const SOON = 600; // seconds before the start from which they are shown
const FAR = 36_000; // a meeting of another day has no countdown

const wall = $("[data-wall]");
const { lang } = document.documentElement;
const first = JSON.parse($("#state").textContent);
const times = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: wall.dataset.zone });
const tools = openTools();

let snapshot = first.state.snapshot;
let page = 0;
let drawn = ""; // of what the lists were drawn last
let about = ""; // the scene and round they belong to

const live = new Live({
  meeting: wall.dataset.meeting,
  screen: "display",
  stateUrl: wall.dataset.state,
  onstate: take,
  onlink: showLink,
  onrefused: () => location.replace(wall.dataset.enter), // signed out: whoever has the code signs in again
});
live.clock.heard(first.state.server_now, performance.now()); // good enough until the first question is answered
const countdown = new Countdown({ state: () => snapshot.clock ?? null, now: () => live.now(), draw: drawClock });

function take(next) {
  snapshot = next;
  draw();
  countdown.redraw();
}

function draw() {
  const scene = sceneOf(snapshot);
  const now = `${scene} ${snapshot.clock?.number}`;
  if (now !== about) page = 0;
  about = now;
  for (const each of $$("[data-scene]")) show(each, each.dataset.scene === scene);
  document.body.classList.toggle("break", scene === "break");
  document.body.classList.toggle("told", Boolean(snapshot.meeting.message));
  show($("[data-message]"), Boolean(snapshot.meeting.message));
  text($("[data-message] p"), snapshot.meeting.message);
  show($("[data-late]"), scene === "round" || scene === "break");
  for (const name of $$("[data-name]")) text(name, snapshot.meeting.name);
  for (const title of $$("[data-title]")) text(title, roundTitle());
  drawJoin();
  if (scene === "round") drawSeats();
  if (scene === "break") drawMoves();
}

const roundTitle = () => (snapshot.clock ? t("Round %(number)s of %(of)s", { number: snapshot.clock.number, of: snapshot.clock.of }) : "");

function drawJoin() {
  const { counts, meeting } = snapshot;
  text($("[data-start]"), t("We start at %(time)s.", { time: times.format(meeting.starts_at) }));
  text($("[data-here]"), counts.in_room);
  text($("[data-coming]"), Math.max(0, counts.expected - counts.came));
  const bed = $("[data-bed]");
  if (bed) drawBed(bed, placesOf(counts), t("%(here)s people are here", { here: counts.in_room }));
}

/** Draws the page of a list, and its marks, when something about them is new. */
function drawList(name, rows, size, fill) {
  const of = pagesOf(rows, size);
  page %= of;
  const shown = rows.slice(page * size, (page + 1) * size);
  const state = JSON.stringify([name, shown, page, of]);
  if (state === drawn) return;
  drawn = state;
  fill(shown);
  drawMarks($(`[data-pages="${name}"]`), page, of);
}

function drawSeats() {
  const { prompts } = first;
  const tables = tablesOf(seated(snapshot));
  text($("[data-prompt]"), prompts[(snapshot.clock.number - 1) % prompts.length]);
  drawList("seats", tables, tablesAPage(tables), (shown) => {
    $("[data-seats]").className = `seats l${linesOf(tables)}`;
    $("[data-seats]").replaceChildren(...tableRows(shown));
  });
}

function drawMoves() {
  const moves = movesOf(seated(snapshot), lang);
  const mapped = isMapped(moves);
  drawList("moves", moves, NAMES_A_PAGE, (shown) => {
    $("[data-moves]").replaceChildren(...moveRows(shown));
    if (mapped) drawMap($("[data-map]"), moves, shown);
  });
  $("[data-map]").toggleAttribute("hidden", !mapped); // an SVG element has no `hidden` of its own
  show($("[data-join]"), !mapped && snapshot.clock.number === 1);
  text($("[data-advice]"), advice(moves));
}

function advice(moves) {
  const known = moves.filter(({ from, to }) => from && to);
  if (known.length === 0) return t("Find your name and go to your table.");
  const stay = known.filter(({ from, to }) => from === to).length;
  return t("%(stay)s stay, %(move)s change tables.", { stay, move: known.length - stay });
}

/** Every second while a round runs, and whenever the clock was moved. */
function drawClock(reading, before) {
  const { clock } = snapshot;
  const ripe = sceneOf(snapshot) === "round" && isRipe(clock, live.now());
  document.body.classList.toggle("ripe", ripe);
  show($("[data-calm]"), !ripe);
  show($("[data-last]"), ripe);
  if (sceneOf(snapshot) === "round") drawRing($("[data-ring]"), reading, clock, word(clock, reading));
  if (!reading) return;
  const due = bell(before, reading);
  if (due) tools.ring(due);
  const mark = spoken(before, reading);
  if (mark !== null) announce(said(mark));
}

function word(clock, reading) {
  if (clock.phase === "paused") return t("Paused");
  if (reading.over) return t("Time is up");
  return reading.last30 ? t("Last 30 seconds") : roundTitle();
}

function said(seconds) {
  if (seconds === 0) return t("Time is up");
  return seconds < 60 ? tn("%(num)s second left", "%(num)s seconds left", seconds) : tn("%(num)s minute left", "%(num)s minutes left", seconds / 60);
}

/** The time of day, and how long until the start. */
function tick() {
  const now = live.now();
  text($("[data-now]"), times.format(now));
  const seconds = Math.ceil((snapshot.meeting.starts_at - now) / 1000);
  text($("[data-until]"), seconds > 0 && seconds < FAR ? until(seconds) : "");
}

function until(seconds) {
  if (seconds > SOON) return tn("In %(num)s minute.", "In %(num)s minutes.", Math.ceil(seconds / 60));
  return t("In %(time)s.", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
}

function turn() {
  page += 1;
  draw();
}

function showLink(link) {
  const words = { connected: "", reconnecting: t("Connecting again"), polling: t("Connected, slowly"), offline: t("No network. The clock goes on.") };
  show($("[data-net]"), link !== "connected");
  text($("[data-net] span"), words[link]);
}

draw();
tick();
countdown.redraw();
setInterval(tick, 1000);
setInterval(turn, PAGE_TIME);
new WakeLock().hold();
live.start();
