/** The door's page: whatever is shown, typed or pressed becomes one of four answers, at once ready for the next. */
import { send } from "../lib/api.js";
import { $, announce, icon, show, text, warnBeforeLeaving } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { Live } from "../lib/live.js";
import { Sounds } from "../lib/sound.js";
import { WakeLock } from "../lib/wake.js";
import { listen } from "../lib/wedge.js";
import { open } from "./eyes.js";
import { Field, Times, button } from "./field.js";
import { Line, WalkIn, hit } from "./people.js";
import { Room } from "./room.js";
import { Scans } from "./scans.js";

const page = $("[data-door]").dataset;
const may = { search: "maySearch" in page, add: "mayAdd" in page, undo: "mayUndo" in page };
const times = new Times(page.zone);
const field = new Field($("[data-result]"));
const sounds = new Sounds({ onchange: soundChanged });
let live = null;
let untouched = true; // nothing was scanned: the field says whether the doors are open

const now = () => (live?.clock.ready ? live.now() : Date.now());
const scans = new Scans({ desk: page.desk, now, onentry, onqueue });
const room = new Room({ times, now, scans, mayUndo: may.undo, undo, undoPhone });
const badge = (read, physical) => scans.badge(read, physical);
const line = new Line({ desk: page.desk, maySearch: may.search, badge, row: (person) => hit(person, times, hitActions) });
const walkIn = may.add && new WalkIn({ desk: page.desk, takeName: () => line.takeName(), add: addWalkIn, letIn, times });

listen((read, physical) => {
  line.clear();
  badge(read, physical);
});
open({ onread: badge, onblank: () => answer("refused", noCode()) });
warnBeforeLeaving(() => scans.waiting > 0);
addEventListener("offline", drawLink);
addEventListener("online", () => scans.queue.resume());
addEventListener("pointerdown", () => new WakeLock().hold(), { once: true });
$("[data-sound]").addEventListener("click", () => (sounds.on ? sounds.switchOff() : sounds.switchOn()));
$("[data-again]").addEventListener("click", again);
setInterval(() => room.draw(), 60_000); // an undo that is over goes away
if ("hears" in page) hear();
else drawLink();

function hear() {
  live?.stop();
  live = new Live({ meeting: page.meeting, stateUrl: page.state, onstate, onlink, onrefused });
  live.start();
}

function onstate(state, kind) {
  room.take(state, kind === "snapshot");
  if (untouched && state.meeting) field.show(doors(state.meeting.status));
}

function onlink(link) {
  if (link === "connected" && scans.waiting > 0) scans.queue.resume();
  drawLink();
}

function onrefused({ status, code }) {
  show($("[data-blocked]"), status === 401 || code === "sign_in_needed");
  drawLink();
}

function onqueue(queue) {
  show($("[data-blocked]"), queue.blocked !== null);
  drawLink();
}

/** The line to the server in words, with what still waits here. */
function drawLink() {
  const net = $("[data-net]");
  const away = scans.queue.away || live?.link === "offline" || navigator.onLine === false;
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
  if (entry === scans.latest) answer(SOUND[entry.kind], shown(entry));
  else if (entry.kind === "no") announce(`${entry.name}: ${refusal(entry.answer).name}`);
}

const SOUND = { in: "welcome", already: "already", no: "refused" };

function answer(sound, content) {
  untouched = false;
  field.show(content);
  if (sound) sounds.play(sound);
}

function doors(status) {
  if (status === "draft") return { kind: "waiting", word: t("Not yet"), name: t("The doors are closed"), more: [t("The organiser opens them.")] };
  if (status === "closed") return { kind: "waiting", word: t("Over"), name: t("This meeting is closed") };
  return { kind: "waiting", word: t("Ready"), name: t("Show a badge"), more: [t("Camera, scanner or typed code: nothing has to be pressed first.")] };
}

function shown({ kind, name, answer: said }) {
  if (kind === "queued") {
    return { kind, word: t("Saved here"), name, more: [t("Let them in. It goes out by itself when the network is back.")] };
  }
  if (kind === "test") return { kind: "waiting", word: t("The scanner works"), name: t("Test code"), more: [t("Nothing was recorded.")] };
  if (kind === "no") return { kind, ...refusal(said) };
  const since = times.minute(Date.parse(said.since));
  const word = kind === "in" ? t("Welcome") : t("Already in, since %(time)s", { time: since });
  const more = [
    said.company,
    kind === "already" && t("Let in by %(desk)s", { desk: said.desk }),
    said.guest_of && t("Guest of %(name)s", { name: said.guest_of }),
    kind === "in" && said.first_visit && t("First time here: worth an introduction"),
  ];
  return { kind, word, name: said.name, table: said.table, more, actions: entryActions(said) };
}

function entryActions({ uid, name, may_undo: undoable }) {
  return [
    may.undo && undoable && button(t("Undo"), () => undo(uid, name), { icon: "undo", label: name }),
    may.search && button(t("Code for a phone"), () => phoneCode(uid, name), { icon: "phone", label: name }),
  ].filter(Boolean);
}

/** Why not, and what to do: another headline for each reason. */
const reasons = () => ({
  unknown_badge: [t("Not on today's list"), t("Ask the name and add a walk-in.")],
  badge_malformed: [t("Not one of our badges"), t("Type the code printed below the square, or look for the name.")],
  other_group: [t("Another group's badge"), t("Ask the name and add a walk-in.")],
  other_meeting: [t("Another meeting's badge"), t("Look for the name on today's list.")],
  revoked_badge: [t("A replaced badge"), t("A newer one was printed: ask for it, or look for the name.")],
  expired_visitor: [t("A visitor's badge of an earlier day"), t("Look for the name, or add a walk-in.")],
  meeting_closed: [t("This meeting is closed"), t("Nobody is let in any more.")],
  doors_closed: [t("The doors are closed"), t("The organiser opens them.")],
});

function refusal({ reason, text: said }) {
  const [name, help] = reasons()[reason] ?? [t("This did not work"), said || t("No answer. Try once more.")];
  const actions = [
    walkIn && button(t("Add as a walk-in"), () => walkIn.open(), { icon: "plus" }),
    may.search && button(t("Look for a name"), () => line.input.focus(), { icon: "search" }),
  ];
  return { word: t("Not let in"), name, more: [help], actions: actions.filter(Boolean) };
}

function noCode() {
  return { kind: "no", word: t("Nothing read"), name: t("No code in this picture"), more: [t("Closer, flat and sharp; or type the code below the square.")] };
}

function hitActions({ uid, name, in_room: here, may_undo: undoable, phone }) {
  const key = (verb) => ({ label: name, key: `${verb}-${uid}` });
  if (!here) return [may.add && button(t("Let in"), () => letIn({ uid, name }), { icon: "check", ...key("in") })].filter(Boolean);
  return [
    may.undo && undoable && button(t("Undo"), () => undo(uid, name), { icon: "undo", kind: "quiet", ...key("undo") }),
    may.undo && button(t("Leaves"), () => leave(uid, name), { icon: "sign-out", kind: "quiet", ...key("leave") }),
    phone
      ? may.undo && button(t("Undo the phone"), () => undoPhone(uid, name), { icon: "phone", kind: "quiet", ...key("phone") })
      : button(t("Code for a phone"), () => phoneCode(uid, name), { icon: "phone", kind: "quiet", ...key("code") }),
  ].filter(Boolean);
}

function letIn({ uid, name }) {
  line.clear();
  scans.add("admissions", { uid }, name);
}

function addWalkIn(body, name) {
  line.clear();
  scans.add("walk-ins", body, name);
}

/** A write that is done now or not at all: only scans wait for the network. */
async function press(path, body, done) {
  try {
    done(await send(`${page.desk}/${path}`, body, { pauses: [400] }));
  } catch (error) {
    answer("refused", { kind: "no", word: t("Not done"), name: t("This did not work"), more: [error.text || t("No network. Try again when it is back.")] });
  }
  line.again();
}

function undo(uid, name) {
  return press("undos", { uid }, (undone) => {
    room.undone(undone);
    answer(null, { kind: "waiting", word: t("Undone"), name, more: [t("Expected again; the badge can be scanned at once.")] });
  });
}

function leave(uid, name) {
  return press("exits", { uid }, () => answer(null, { kind: "waiting", word: t("Left"), name, more: [t("No longer in the room.")] }));
}

function phoneCode(uid, name) {
  return press("phone-codes", { uid }, ({ code }) => {
    const more = [t("Open the badge on that phone and type this code. It works for ten minutes.")];
    answer(null, { kind: "waiting", word: t("Code for the phone of %(name)s", { name }), name: `${code.slice(0, 3)} ${code.slice(3)}`, more });
  });
}

function undoPhone(uid, name) {
  return press("phone-undos", { uid }, () =>
    answer(null, { kind: "waiting", word: t("The phone is signed out"), name, more: [t("The right phone joins with a code.")] }));
}

/** Signed in again in another tab: this page takes over the new token, sends what it kept and listens again. */
async function again() {
  const response = await fetch(page.desk, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!$("[data-door]", fresh)) return announce(t("Not signed in yet."));
  $("meta[name=csrf]").content = $("meta[name=csrf]", fresh).content;
  show($("[data-blocked]"), false);
  if ("hears" in page) hear();
  return scans.queue.resume();
}
