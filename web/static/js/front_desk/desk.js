/** The door's page: whatever is shown, typed or pressed becomes one of four answers, at once ready for the next. */
import { get } from "../lib/api.js";
import { $, announce, icon, show, text, warnBeforeLeaving } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { Sounds } from "../lib/sound.js";
import { WakeLock } from "../lib/wake.js";
import { listen } from "../lib/wedge.js";
import { Answers, doors, noCode } from "./answers.js";
import { Doings } from "./doings.js";
import { open } from "./eyes.js";
import { Field, Times } from "./field.js";
import { keepPage, openShelf, wipe } from "./kept.js";
import { Line, WalkIn, groups, hit } from "./people.js";
import { Pulse } from "./pulse.js";
import { rests } from "./rest.js";
import { Room } from "./room.js";
import { Scans } from "./scans.js";

const page = $("[data-door]").dataset;
const may = { search: "maySearch" in page, add: "mayAdd" in page, undo: "mayUndo" in page, print: "mayPrint" in page };
const times = new Times(page.zone);
const field = new Field($("[data-result]"));
const sounds = new Sounds({ onchange: soundChanged });
let live = null;
let shelf = null;
let over = false; // the meeting is closed, or this device was sent away: nothing is kept any more
let untouched = true; // nothing was scanned: the field says whether the doors are open

const now = () => (live?.clock.ready ? live.now() : Date.now());
const scans = new Scans({ desk: page.desk, now, onentry, onqueue });
const doings = new Doings({ desk: page.desk, times, answer, undone: (said) => room.undone(said), done: () => line.again() });
const room = new Room({ times, now, scans, mayUndo: may.undo, doings });
const badge = (read, physical) => scans.badge(read, physical);
const answers = new Answers({ times, may, doings });
const line = new Line({ desk: page.desk, maySearch: may.search, badge, row, head: (people) => groups(people, may.add && letInTogether) });
const walkIn = may.add && new WalkIn({ desk: page.desk, takeName: () => line.takeName(), add: addWalkIn, letIn, instead: comesInstead, times });
const pulse = new Pulse({ url: `${page.desk}/pulse`, onchange: onpulse }).start();
Object.assign(doings, { letIn, look: () => line.input.focus(), walkIn: walkIn && (() => walkIn.open()), instead });

listen((read, physical) => {
  line.clear();
  badge(read, physical);
});
const eyes = open({ onread: badge, onblank: () => answer("refused", noCode()) });
warnBeforeLeaving(() => scans.atRisk > 0);
addEventListener("offline", drawLink);
addEventListener("online", () => scans.queue.resume());
addEventListener("pointerdown", () => new WakeLock().hold(), { once: true });
$("[data-sound]").addEventListener("click", () => (sounds.on ? sounds.switchOff() : sounds.switchOn()));
$("[data-again]").addEventListener("click", () => again(true));
setInterval(() => room.draw(), 60_000); // an undo that is over goes away
setInterval(() => scans.queue.blocked && pulse.beats && back(), 3000);
if ("canRest" in page) rests(page.desk, { resting: "rests" in page });
if ("hears" in page) hear();
else drawLink();
keep();

/** The shelf of the device, and on https or localhost the page itself for the hours without a network. */
async function keep() {
  shelf = await openShelf(page.meeting);
  await scans.use(shelf);
  drawLink();
  const kept = document.readyState === "complete" ? null : new Promise((done) => addEventListener("load", done, { once: true }));
  await kept;
  try {
    await keepPage(page.desk, eyes.files);
  } catch {
    // a certificate that was clicked away: scans are kept, the page is not
  }
}

function row(person) {
  return hit(person, times, (each) => answers.ofHit(each));
}

function hear() {
  live?.stop();
  live = new Live({ meeting: page.meeting, stateUrl: page.state, onstate, onlink, onrefused });
  live.start();
}

function onstate(state, kind) {
  room.take(state, kind === "snapshot");
  if (untouched && state.meeting) field.show(doors(state.meeting.status));
  over = state.meeting?.status === "closed";
  if (over) end();
}

/** The meeting is over: what waits goes out, then nothing of it stays here. */
function end() {
  if (!over || scans.waiting > 0 || !shelf) return;
  wipe(page.meeting, page.desk, shelf);
}

function onlink(link) {
  if (link === "connected" && scans.waiting > 0) scans.queue.resume();
  drawLink();
}

function onpulse(beats) {
  if (beats) {
    scans.queue.resume();
    live?.wake();
  }
  drawLink();
}

function onrefused({ status, code }) {
  if (status === 401 || code === "sign_in_needed") back();
  else show($("[data-blocked]"), false);
  drawLink();
}

function onqueue(queue) {
  show($("[data-blocked]"), queue.blocked !== null);
  if (queue.blocked) back();
  if (queue.waiting.length === 0) end();
  drawLink();
}

/** The line to the server in words, with what still waits here. */
function drawLink() {
  const net = $("[data-net]");
  const away = scans.queue.away || !pulse.beats || live?.link === "offline" || navigator.onLine === false;
  const off = away || live?.link === "reconnecting";
  const words = away
    ? scans.waiting > 0 ? tn("No network, %(n)s scan waiting", "No network, %(n)s scans waiting", scans.waiting) : t("No network")
    : off ? t("Connecting") : t("Connected");
  net.classList.toggle("off", off);
  text($("span", net), words);
  $("svg", net).replaceWith(icon(off ? "offline" : "wifi"));
}

function soundChanged(on) {
  const press = $("[data-sound]");
  press.setAttribute("aria-checked", String(on));
  $("svg", press).replaceWith(icon(on ? "sound" : "sound-off"));
  text($("[data-sound-state]"), on ? t("on") : t("off"));
}

/** One scan has changed: shown large while it is the latest, in its line otherwise. */
function onentry(entry) {
  if (entry.kind === "in") room.welcomed(entry.answer);
  else room.draw();
  if (entry === scans.latest) answer(SOUND[entry.kind], answers.shown(entry));
  else if (entry.kind === "no") announce(`${entry.name}: ${answers.refusal(entry.answer).name}`);
}

const SOUND = { in: "welcome", already: "already", twice: "already", no: "refused" };

function answer(sound, content) {
  untouched = false;
  field.show(content);
  if (sound) sounds.play(sound);
}

function letIn({ uid, name }) {
  line.clear();
  scans.add("admissions", { uid }, name);
}

function letInTogether(people) {
  line.clear();
  return doings.press("group-admissions", { uids: people.map(({ uid }) => uid) }, (said) => {
    for (const each of said.people) if (each.answer === "welcome") room.welcomed({ ...each, counts: said.counts });
    answer("welcome", answers.together(said.people));
  });
}

function addWalkIn(body, name) {
  line.clear();
  scans.add("walk-ins", body, name);
}

function instead(person) {
  line.clear();
  walkIn.open(person);
}

function comesInstead(body, name) {
  line.clear();
  scans.add("substitutes", body, name);
}

/** This device is signed out: forgotten, or sent away by the organiser, and then nothing stays here. */
async function back() {
  let standing = "unknown";
  try {
    ({ standing } = await get(`${page.desk}/standing`));
  } catch {
    return; // no network: asked again when somebody answers
  }
  if (standing === "in") return again();
  show($("[data-blocked]"));
  if (standing !== "revoked") return;
  over = true;
  scans.queue.waiting.length = 0;
  await wipe(page.meeting, page.desk, shelf);
  location.assign(page.signIn);
}

/** Signed in again in another tab: this page takes over the new token, sends what it kept and listens again. */
async function again(pressed = false) {
  const response = await fetch(page.desk, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!$("[data-door]", fresh)) return pressed && announce(t("Not signed in yet."));
  $("meta[name=csrf]").content = $("meta[name=csrf]", fresh).content;
  show($("[data-blocked]"), false);
  if ("hears" in page && live?.link !== "connected") hear();
  return scans.queue.resume();
}
