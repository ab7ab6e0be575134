/** The projector: shows the scene that the meeting is in, counts down by itself, turns the pages of its lists, rings. */
import { Bells, bell, endedNow } from "../lib/bells.js";
import { Countdown, spoken } from "../lib/countdown.js";
import { $, $$, announce, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { drawClock, drawRing } from "../lib/ring.js";
import { WakeLock } from "../lib/wake.js";
import { drawBed, drawMap, drawMarks, isMapped, moveRows, tableRows } from "./draw.js";
import { drawPassed } from "./passed.js";
import { NAMES_A_PAGE, isHalf, isRipe, linesOf, movesOf, pagesOf, placesOf, sceneOf, seated, tablesAPage, tablesOf, timerOf } from "./scene.js";
import { openTools } from "./tools.js";

const PAGE_TIME = 8000;
const SOON = 600; // seconds before the start from which they are shown
const FAR = 36_000; // a meeting of another day has no countdown
const TEST_FRESH = 10_000; // a test heard of later is over
const TEST_SHOWN = 8000;

const wall = $("[data-wall]");
const { lang } = document.documentElement;
const first = JSON.parse($("#state").textContent);
const times = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: wall.dataset.zone });
const tools = openTools({ tellUrl: wall.dataset.tell });
const bells = new Bells();

let snapshot = first.state.snapshot;
let page = 0;
let drawn = ""; // of what the lists were drawn last
let about = ""; // the scene and round they belong to
let testing = null; // while a sound test is shown

const live = new Live({
  meeting: wall.dataset.meeting,
  screen: "display",
  stateUrl: wall.dataset.state,
  onstate: take,
  onlink: showLink,
  onrefused: () => location.replace(wall.dataset.enter), // signed out: whoever has the code signs in again
});
live.clock.heard(first.state.server_now, performance.now()); // good enough until the first question is answered
const timer = () => timerOf(snapshot);
const countdown = new Countdown({
  state: () => timer().state,
  about: () => timer().about,
  lastSeconds: () => timer().last,
  now: () => live.now(),
  draw: drawTime,
});

function take(next, _, news) {
  const before = snapshot;
  snapshot = next;
  if (endedNow(before.clock, next.clock, news)) ring(timerOf(before).about, "over");
  draw();
  countdown.redraw();
  listen();
}

/** A sound test rings once, and only on walls that hear of it in time. */
function listen() {
  const { level = 70, test } = snapshot.sound ?? {};
  tools.level(level);
  if (!test || Math.abs(live.now() - test.at) > TEST_FRESH || !bells.once("test", test.uid)) return;
  tools.ring("over");
  clearTimeout(testing);
  testing = setTimeout(() => {
    testing = null;
    drawMessage();
  }, TEST_SHOWN);
  drawMessage();
}

function ring(of, kind) {
  if (bells.once(of, kind)) tools.ring(kind);
}

function draw() {
  const scene = sceneOf(snapshot);
  const now = `${scene} ${snapshot.clock?.number}`;
  if (now !== about) page = 0;
  about = now;
  for (const each of $$("[data-scene]")) show(each, each.dataset.scene === scene);
  document.body.classList.toggle("break", scene === "break");
  drawMessage();
  show($("[data-late]"), !["join", "done", "closed"].includes(scene));
  for (const name of $$("[data-name]")) text(name, snapshot.meeting.name);
  for (const title of $$("[data-title]")) text(title, roundTitle());
  drawStage(scene);
  if (scene === "join") drawJoin();
  if (scene === "round") drawSeats();
  if (scene === "break") drawMoves();
  if (scene === "talk") drawTalk(snapshot.talk);
  drawPassed(snapshot);
}

const roundTitle = () => (snapshot.clock ? t("Round %(number)s of %(of)s", { number: snapshot.clock.number, of: snapshot.clock.of }) : "");

function drawMessage() {
  const line = snapshot.meeting.message || (testing ? t("Sound test. Can you hear the bell at the back?") : "");
  document.body.classList.toggle("told", Boolean(line));
  show($("[data-message]"), Boolean(line));
  text($("[data-message] p"), line);
}

function drawJoin() {
  const { counts, meeting } = snapshot;
  text($("[data-start]"), t("We start at %(time)s.", { time: times.format(meeting.starts_at) }));
  text($("[data-here]"), counts.in_room);
  text($("[data-coming]"), Math.max(0, counts.expected - counts.came));
  const bed = $("[data-bed]");
  if (bed) drawBed(bed, placesOf(counts), t("%(here)s people are here", { here: counts.in_room }));
}

/** What is on and what comes next, wherever a scene has room for it. */
function drawStage(scene) {
  const { item, next, pause } = snapshot.stage ?? {};
  for (const then of $$("[data-then]")) {
    text(then, next ? t("Then: %(title)s, %(minutes)s min", next) : "");
    show(then, Boolean(next));
  }
  text($("[data-item]"), item?.title);
  text($("[data-pause]"), pause?.label || t("A short break"));
  text($("[data-back]"), pause ? t("Back at %(time)s.", { time: times.format(pause.ends_at) }) : "");
  show($("[data-break-clock]"), scene === "break" && Boolean(pause));
  document.body.classList.toggle("resting", scene === "break" && Boolean(pause));
  const early = !snapshot.clock || (snapshot.clock.number === 1 && snapshot.clock.phase === "planned");
  for (const box of $$("[data-early]")) show(box, early);
}

function drawTalk({ number, of, who, next }) {
  text($("[data-speaker]"), t("Speaker %(number)s of %(of)s", { number, of }));
  text($("[data-who]"), who.short);
  text($("[data-company]"), who.company);
  text($("[data-introduced]"), who.introduced_by ? t("Introduced by %(name)s", { name: who.introduced_by }) : "");
  text($("[data-after]"), next ? t("Then: %(name)s", { name: [next.short, next.company].filter(Boolean).join(", ") }) : "");
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
  const tables = tablesOf(seated(snapshot));
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
  show($("[data-join]"), !mapped && snapshot.clock.number === 1 && !snapshot.stage?.pause);
  text($("[data-advice]"), advice(moves));
}

function advice(moves) {
  const known = moves.filter(({ from, to }) => from && to);
  if (known.length === 0) return t("Find your name and go to your table.");
  const stay = known.filter(({ from, to }) => from === to).length;
  return t("%(stay)s stay, %(move)s change tables.", { stay, move: known.length - stay });
}

/** Every second while something is counted, and whenever a clock was moved. */
function drawTime(reading, before) {
  const scene = sceneOf(snapshot);
  const { about: of, state, last } = timer();
  const { clock, sound } = snapshot;
  const ripe = scene === "round" && isRipe(clock, live.now(), last);
  const half = scene === "round" && isHalf(clock, live.now(), sound);
  document.body.classList.toggle("ripe", ripe);
  show($("[data-calm]"), !ripe);
  show($("[data-last]"), ripe);
  drawPrompt(half);
  const shown = $(`[data-scene="${scene}"] [data-ring]`);
  show(shown, Boolean(state));
  if (!reading) return;
  if (shown) drawRing(shown, reading, state, word(scene, reading, half));
  if (scene === "break") drawClock($("[data-break-clock] [data-clock]"), reading);
  bells.look(of, reading, last);
  const due = bell(before, reading);
  if (due && rings(scene, due)) ring(of, due);
  const mark = spoken(before, reading);
  if (mark !== null && scene === "round") announce(said(mark));
}

/** A round has three bells, as the facilitator wants them; a speaker and a break have one at the end. */
function rings(scene, due) {
  if (scene === "round") return due !== "half" || (snapshot.sound?.half_time ?? true);
  return due === "over" && scene !== "item";
}

function drawPrompt(half) {
  const { prompts } = first;
  const pair = (snapshot.meeting.table_size ?? 2) === 2;
  const swap = pair ? t("Half-time. Now the other one speaks.") : t("Half-time. Whoever has not spoken, speaks now.");
  const number = snapshot.clock?.number ?? 1;
  text($("[data-prompt]"), half ? swap : prompts[(number - 1) % prompts.length]);
  $("[data-prompt]").classList.toggle("swap", half);
}

function word(scene, reading, half) {
  const { state, last } = timer();
  if (state.phase === "paused") return t("Paused");
  if (reading.over) return scene === "round" || scene === "talk" ? t("Time is up") : t("over");
  if (reading.last) return tn("Last second", "Last %(num)s seconds", last);
  if (scene === "round") return half ? t("Swap speakers") : roundTitle();
  return reading.running ? t("left") : t("Ready");
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
  const words = { connected: t("Connected"), reconnecting: t("Connecting again"), polling: t("Connected, slowly"), offline: t("No network. The clock goes on.") };
  const net = $("[data-net]");
  net.classList.toggle("off", link !== "connected");
  text($("span", net), words[link]);
  $("use", net).setAttribute("href", `${document.documentElement.dataset.icons}#${link === "connected" ? "wifi" : "offline"}`);
  if (link === "connected") tools.tell();
}

draw();
tick();
countdown.redraw();
listen();
setInterval(tick, 1000);
setInterval(turn, PAGE_TIME);
new WakeLock().hold();
live.start();
