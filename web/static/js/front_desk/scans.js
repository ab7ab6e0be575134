/**
 * What this door has scanned. Each scan is kept on the device and goes to the server with its own operation id; while
 * nobody answers it is called "saved here", survives a reload, and goes out by itself. "In" is said only after the
 * server has recorded it. What has a name in it (a walk-in, somebody found by name) waits in memory only.
 */
import { Queue, newOperation } from "../lib/api.js";
import { candidates } from "../lib/badge_code.js";

const PATIENCE = 1200; // without an answer for so long the scan is shown as saved here
const KEPT = 12;
const KINDS = { welcome: "in", already_in: "already", refused: "no", test: "test" };

export class Scans {
  #number = 0;
  #shelf = null;
  #unshelved = [];

  /** `onentry(entry)` hears each change of one scan, `onqueue(queue)` how the way to the server is. */
  constructor({ desk, now, onentry, onqueue }) {
    Object.assign(this, { desk, now, onentry, onqueue });
    this.entries = [];
    this.queue = new Queue({ onchange: () => this.#changed() });
  }

  /** Scans that the server has not answered. */
  get waiting() {
    return this.queue.waiting.length;
  }

  /** Scans that a reload would lose. */
  get atRisk() {
    return this.queue.waiting.filter(({ note }) => !note.shelved).length;
  }

  /** The device's shelf is open: what an earlier page left there goes out now, what came meanwhile is put there. */
  async use(shelf) {
    const left = await shelf.all();
    this.#shelf = shelf;
    for (const { op, codes, at } of left) {
      if (this.queue.waiting.some((each) => each.op === op)) continue;
      const entry = this.#entry({ kind: "queued", name: grouped(codes[0]), code: codes[0], at, saved: true, shelved: true });
      this.#send("check-ins", { op, body: bodyOf(codes, at), entry });
      this.onentry(entry);
    }
    for (const put of this.#unshelved.splice(0)) put();
  }

  /** A badge, however it was read; `physical` is a scanner's burst read by the position of the keys. */
  badge(text, physical = "") {
    const codes = candidates(text, physical).slice(0, 5);
    if (codes.length === 0) return this.#unreadable();
    const twin = this.entries.find((each) => each.kind === "queued" && each.code === codes[0]);
    if (twin) return this.#again(twin);
    const [op, at] = [newOperation(), Date.now()];
    const entry = this.#entry({ kind: "sent", name: grouped(codes[0]), code: codes[0] });
    this.#keep(entry, { op, codes, at });
    return this.#patiently(entry, this.#send("check-ins", { op, body: bodyOf(codes, at), entry }));
  }

  /** A write of the door whose answer is an answer of the door; `name` stands for it until that comes. */
  add(path, body, name) {
    const entry = this.#entry({ kind: "sent", name });
    const timed = path === "admissions" ? { ...body, at: Date.now() } : body;
    return this.#patiently(entry, this.#send(path, { op: newOperation(), body: timed, entry }));
  }

  async #patiently(entry, answered) {
    const timer = setTimeout(() => this.#saved(entry), PATIENCE);
    await answered;
    clearTimeout(timer);
    return entry;
  }

  async #send(path, { op, body, entry }) {
    // The server measures by the difference how long it waited, so the device's clock may be wrong.
    const headers = () => ({ "X-Scan-Sent": String(Date.now()), ...(entry.saved && { "X-Scan-Saved": "1" }) });
    try {
      const answer = await this.queue.add(`${this.desk}/${path}`, body, { op, note: entry, headers });
      this.#settle(entry, { kind: KINDS[answer.answer], answer });
    } catch (error) {
      this.#settle(entry, { kind: "no", answer: { reason: error.code, text: error.text } });
    }
    this.#shelf?.drop(op);
    entry.answered = true;
  }

  #keep(entry, row) {
    const put = async () => {
      entry.shelved = await this.#shelf.put(row);
      if (entry.answered) this.#shelf.drop(row.op); // the answer was faster than the disk
    };
    if (this.#shelf) put();
    else this.#unshelved.push(put);
  }

  #again(twin) {
    const entry = this.#entry({ kind: "twice", name: twin.name, twin });
    this.onentry(entry);
    return entry;
  }

  #unreadable() {
    const entry = this.#entry({ kind: "sent", name: "" });
    this.#settle(entry, { kind: "no", answer: { reason: "badge_malformed" } });
    return entry;
  }

  #entry(fields) {
    const entry = { number: (this.#number += 1), at: this.now(), saved: false, ...fields };
    this.entries = [entry, ...this.entries].filter((each, at) => at < KEPT || each.kind === "queued");
    this.latest = entry;
    return entry;
  }

  #settle(entry, fields) {
    Object.assign(entry, fields);
    this.onentry(entry);
  }

  #saved(entry) {
    if (entry.kind !== "sent") return;
    entry.saved = true;
    this.#settle(entry, { kind: "queued" });
  }

  #changed() {
    if (this.queue.away || this.queue.blocked) this.queue.waiting.forEach(({ note }) => this.#saved(note));
    this.onqueue(this.queue);
  }
}

const bodyOf = ([code, ...otherwise], at) => (otherwise.length > 0 ? { code, otherwise, at } : { code, at });
const grouped = (code) => [code.slice(0, 4), code.slice(4, 8), code.slice(8)].join("-");
