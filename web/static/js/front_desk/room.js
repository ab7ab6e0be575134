/** Who is in: the number, the seedbed and the last scans, from the news of all doors and this door's own answers. */
import { $, $$, el, icon, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { button, fill, mark } from "./field.js";

const SHOWN = 8;
const UNDO = 15 * 60_000;
const MOST_PLACES = 120;

export class Room {
  #lines = {};
  #told = new Map(); // what this door was answered and the news have not brought yet
  #counts = null;
  #conflicts = {};
  #known = null;
  #order = $$("[data-bed] use").map((use) => use.dataset.key);

  constructor({ times, now, scans, mayUndo, doings }) {
    Object.assign(this, { times, now, scans, mayUndo, doings });
  }

  /** The meeting as the news have it; a `whole` state knows every answer that was given before it. */
  take({ counts, door, conflicts }, whole) {
    this.#lines = door ?? {};
    this.#conflicts = conflicts ?? {};
    this.#counts = counts ?? null;
    for (const [uid, line] of this.#told) if (whole || inRoom(line) === inRoom(this.#lines[uid])) this.#told.delete(uid);
    this.draw();
  }

  /** An answer of this door: shown at once, the news will say the same. */
  welcomed({ uid, name, company, standing, since, desk, phone, visits, counts }) {
    this.#tell(uid, { name, company, standing, desk, phone, visit_beyond: visits?.number, entered_at: Date.parse(since) }, counts);
  }

  /** An entry was taken back here. */
  undone({ undone: uid, counts }) {
    this.#tell(uid, { ...this.#lines[uid], entered_at: null }, counts);
  }

  #tell(uid, line, counts) {
    if (inRoom(line) !== inRoom(this.#lines[uid])) this.#told.set(uid, line); // else the news were faster
    if (this.#counts === null) this.#number(counts); // a door without news has its answers only
    this.draw();
  }

  #count() {
    const ahead = [...this.#told].reduce((sum, [uid, line]) => sum + inRoom(line) - inRoom(this.#lines[uid]), 0);
    if (this.#counts) this.#number({ ...this.#counts, in_room: this.#counts.in_room + ahead });
  }

  #number({ in_room: here, expected }) {
    text($("[data-count]"), here);
    text($("[data-of]"), t("of %(expected)s expected", { expected }));
    const picture = $("[data-bed] svg");
    picture?.setAttribute("aria-label", t("%(here)s of %(expected)s expected are in the room", { here, expected }));
  }

  get #all() {
    return { ...this.#lines, ...Object.fromEntries(this.#told) };
  }

  draw() {
    this.#count();
    this.#bed();
    this.#clashes();
    const people = Object.entries(this.#all)
      .filter(([, line]) => inRoom(line))
      .map(([uid, line]) => ({ key: uid, uid, at: line.entered_at, ...line }));
    const own = this.scans.entries
      .filter(({ kind }) => ["already", "no", "queued", "twice"].includes(kind))
      .map((entry) => ({ key: `scan-${entry.number}`, entry, at: entry.at }));
    const rows = [...people, ...own].sort((one, other) => other.at - one.at).slice(0, SHOWN);
    fill($("[data-last]"), rows.map((row) => this.#row(row)));
    this.#known = new Set(rows.map(({ key }) => key));
    show($("[data-none]"), rows.length === 0);
  }

  #row(row) {
    const fresh = this.#known !== null && !this.#known.has(row.key);
    return el("li", { class: fresh && "enter", "data-uid": row.uid }, ...(row.entry ? this.#scan(row.entry) : this.#person(row)));
  }

  #person({ uid, name, standing, phone, visit_beyond: beyond, at }) {
    const undo = this.mayUndo && this.now() - at < UNDO;
    const who = standing === "visitor" ? t("visitor") : t("member");
    const what = [this.times.second(at), who, beyond && t("visits used up")].filter(Boolean).join(" · ");
    return [
      mark("leaf-soft", "check-ring", t("in")),
      words(name, what),
      undo && button(t("Undo"), () => this.doings.undo(uid, name), { icon: "undo", kind: "quiet", label: name, key: `undo-${uid}` }),
      phone && this.#joined(uid, name),
    ];
  }

  #joined(uid, name) {
    const undo = () => this.doings.undoPhone(uid, name);
    return el(
      "p",
      { class: "joined" },
      icon("phone"),
      el("span", { class: "grow" }, t("Phone joined")),
      this.mayUndo && button(t("Undo the phone"), undo, { kind: "quiet", label: name, key: `phone-${uid}` }),
    );
  }

  #scan({ kind, name, at, answer, saved }) {
    const when = this.times.second(at);
    if (kind === "queued") return [mark("wait", "clock", t("saved here")), words(name, `${when} · ${t("saved here")}`)];
    if (kind === "twice") return [mark("flower-soft", "diamond", t("saved here already")), words(name, `${when} · ${t("saved here already")}`)];
    if (kind === "already") {
      const since = t("already in since %(time)s", { time: this.times.minute(Date.parse(answer.since)) });
      return [mark("flower-soft", "diamond", t("already in")), words(answer.name, `${when} · ${since}`)];
    }
    const why = saved ? t("not let in after all") : t("not let in");
    return [mark("beet-soft", "octagon", why), words(name || t("No badge"), `${when} · ${why}`)];
  }

  /** Badges that two desks let in while one had no network: a person says what it was. */
  #clashes() {
    const list = $("[data-conflicts]");
    const found = Object.entries(this.#conflicts).filter(([, clash]) => clash);
    show(list.closest("section"), found.length > 0);
    fill(list, found.map(([uid, clash]) => this.#clash(uid, clash)));
  }

  #clash(uid, { name, first, second }) {
    const scan = ({ at, desk }) => `${this.times.minute(at)} ${desk}`;
    const what = [first && scan(first), scan(second)].filter(Boolean).join(" · ");
    const settle = (verdict) => () => this.doings.settle(uid, verdict, name);
    return el(
      "li",
      {},
      mark("flower-soft", "diamond", t("two desks")),
      words(name, what),
      this.mayUndo &&
        el(
          "div",
          { class: "doings" },
          button(t("Same person"), settle("same"), { icon: "check", label: name, key: `same-${uid}` }),
          button(t("Somebody else"), settle("other"), { icon: "people", kind: "quiet", label: name, key: `other-${uid}` }),
        ),
    );
  }

  #bed() {
    const places = Object.entries(this.#all).filter(([, line]) => !line.away || inRoom(line));
    const kinds = new Map(places.map(([uid, line]) => [uid, inRoom(line) ? (line.standing === "visitor" ? "bloom" : "sprout") : "seed"]));
    const order = [...this.#order.filter((uid) => kinds.has(uid)), ...[...kinds.keys()].filter((uid) => !this.#order.includes(uid))];
    const picture = $("[data-bed] svg");
    if (!picture || this.#counts === null) return; // before the first news the server's drawing stands
    show(picture.closest("[data-bed]"), order.length <= MOST_PLACES);
    if (order.join() !== this.#order.join()) lay(picture, order);
    this.#order = order;
    for (const use of picture.querySelectorAll("use")) plant(use, kinds.get(use.dataset.key));
  }
}

const inRoom = (line) => Boolean(line?.entered_at && !line.left_at);

function words(name, what) {
  return el("span", { class: "grow" }, el("span", { class: "who" }, name), el("span", { class: "what num" }, what));
}

/** One place turns into what grew there. */
function plant(use, kind) {
  const before = use.getAttribute("class")?.split(" ")[0];
  if (before === kind) return;
  use.setAttribute("class", kind === "seed" || !before ? kind : `${kind} new`);
  use.setAttribute("href", `${document.documentElement.dataset.icons}#bed-${kind}`);
}

/** The bed is laid out anew, as the server does it. */
function lay(picture, order) {
  const across = order.length <= 20 ? 10 : order.length <= 60 ? 15 : 20;
  const known = new Map([...picture.querySelectorAll("use")].map((use) => [use.dataset.key, use]));
  picture.setAttribute("viewBox", `0 0 ${across * 24 - 4} ${Math.ceil(order.length / across) * 26 - 4}`);
  picture.replaceChildren(...order.map((uid, at) => placed(known.get(uid) ?? newPlace(uid), at % across, Math.floor(at / across))));
}

function placed(use, column, row) {
  use.setAttribute("x", column * 24);
  use.setAttribute("y", row * 26);
  return use;
}

function newPlace(uid) {
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.dataset.key = uid;
  use.setAttribute("width", 20);
  use.setAttribute("height", 22);
  return use;
}
