/**
 * What this door has scanned. Each scan goes to the server with its own operation id; while nobody answers it stays in
 * memory, is called "saved here", and goes out by itself. "In" is said only after the server has recorded it.
 */
import { Queue } from "../lib/api.js";
import { candidates } from "../lib/badge_code.js";

const PATIENCE = 1200; // without an answer for so long the scan is shown as saved here
const KEPT = 12;
const KINDS = { welcome: "in", already_in: "already", refused: "no", test: "test" };

export class Scans {
  #number = 0;

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

  /** A badge, however it was read; `physical` is a scanner's burst read by the position of the keys. */
  badge(text, physical = "") {
    const [code, ...otherwise] = candidates(text, physical);
    if (!code) return this.#unreadable();
    const body = otherwise.length > 0 ? { code, otherwise: otherwise.slice(0, 4) } : { code };
    return this.add("check-ins", body, [code.slice(0, 4), code.slice(4, 8), code.slice(8)].join("-"));
  }

  /** A write of the door whose answer is an answer of the door; `name` stands for it until that comes. */
  async add(path, body, name) {
    const entry = this.#entry({ kind: "sent", name });
    const timer = setTimeout(() => this.#saved(entry), PATIENCE);
    try {
      const answer = await this.queue.add(`${this.desk}/${path}`, body, { note: entry });
      this.#settle(entry, { kind: KINDS[answer.answer], answer });
    } catch (error) {
      this.#settle(entry, { kind: "no", answer: { reason: error.code, text: error.text } });
    } finally {
      clearTimeout(timer);
    }
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
