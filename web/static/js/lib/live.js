/**
 * The meeting as it is now: a snapshot from the server, kept up to date by news. Each audience counts its news; what
 * is older than the snapshot is dropped, what comes too early waits for the missing piece, and if that does not come
 * the snapshot is fetched again. Without a socket the state is asked for every two seconds. Nothing goes backwards.
 */
import { io as vendorIo } from "../../vendor/socket.io.esm.min.js";
import { get } from "./api.js";
import { ClockKeeper, ServerClock } from "./clock.js";
import { apply } from "./patch.js";

const SOCKET = {
  transports: ["websocket", "polling"],
  tryAllTransports: true, // else a venue that blocks WebSocket never gets to the second one
  reconnectionDelay: 500,
  reconnectionDelayMax: 5000,
  randomizationFactor: 1, // a room full of phones must not come back in the same instant
};
const WAIT = 300; // for a missing piece, and as much again at random
const BLOCKED = 4000;
const POLL = 2000;
const ANSWER = 5000;
const SPREAD = 1000; // a full room must not ask in the same instant
const FINAL = [401, 403, 404, 410]; // answers that asking again will not change

export class Live {
  #socket = null;
  #seqs = {};
  #held = []; // news that cannot be applied yet
  #personal = []; // news without a counter, heard while a snapshot was on its way that may not know them
  #joined = false;
  #stopped = false;
  #asked = 0; // questions for a snapshot are numbered, so that a late answer never replaces a newer one
  #taken = 0;
  #asking = 0;
  #patience = WAIT;
  #gap = null;
  #told = null;
  #poll = null;
  #retry = null;

  /** The server's clock, and the last snapshot (null before the first). */
  clock = new ServerClock();
  snapshot = null;
  /** "connected", "reconnecting", "polling" (no socket, the state is asked for) or "offline" (no answer either). */
  link = "reconnecting";

  /**
   * `meeting`, `code` and `screen` are what `join` asks for (no meeting: one's own news only; screen "display": only
   * what a wall may show, whoever signed in here), `stateUrl` answers GET with the same body as its ack.
   * `onstate(snapshot, kind, news)` hears each change (kind "snapshot", or that of the news), `onlink(link)` how the
   * connection is, `onrefused({status, code, text})` that this device may not listen (any more).
   */
  constructor({ meeting, code, screen, stateUrl, onstate, onlink = () => {}, onrefused = () => {}, io = vendorIo, fetchState = get }) {
    Object.assign(this, { meeting, code, screen, stateUrl, onstate, onlink, onrefused, io, fetchState });
    this.keeper = new ClockKeeper(this.clock, () => this.#socket.timeout(ANSWER / 2).emitWithAck("clock"));
  }

  /** Server time in epoch milliseconds, for countdowns. */
  now() {
    return this.clock.now(performance.now());
  }

  start() {
    this.#socket = this.io(SOCKET);
    this.#socket.on("connect", () => this.#join());
    this.#socket.on("news", (news) => this.#hear(news));
    this.#socket.on("disconnect", () => this.#lost());
    this.#socket.on("connect_error", () => this.#lost());
    this.#pollIn(BLOCKED);
    addEventListener("online", this.wake);
    addEventListener("pageshow", this.#shownAgain);
    document.addEventListener("visibilitychange", this.wake);
    return this;
  }

  stop() {
    this.#stopped = true;
    this.#joined = false;
    this.keeper.stop();
    for (const timer of [this.#gap, this.#told, this.#poll, this.#retry]) clearTimeout(timer);
    removeEventListener("online", this.wake);
    removeEventListener("pageshow", this.#shownAgain);
    document.removeEventListener("visibilitychange", this.wake);
    this.#socket?.disconnect();
  }

  /** The device is back: a socket that died in its sleep looks alive for most of a minute, so it is asked. */
  wake = async () => {
    if (document.hidden || (this.#joined && (await this.keeper.burst())) || this.#stopped) return;
    this.#socket.disconnect();
    this.#socket.connect(); // at once, whatever pause was running
  };

  /** Back through the browser's history: the page stood still, and its socket is gone. */
  #shownAgain = ({ persisted }) => persisted && this.wake();

  async #join() {
    this.#held = []; // of an earlier connection: the new snapshot knows them
    const asked = Object.entries({ meeting: this.meeting, code: this.code, screen: this.screen });
    const request = Object.fromEntries(asked.filter(([, value]) => value));
    const answered = await this.#ask(() => this.#socket.timeout(ANSWER).emitWithAck("join", request), true);
    if (!answered && this.#socket.connected) this.#socket.disconnect(); // a fresh connection asks again
  }

  /** Asks for a snapshot and takes it. Promises whether there was an answer. */
  async #ask(question, joining = false) {
    const number = (this.#asked += 1);
    const t0 = performance.now();
    let answer = null;
    this.#asking += 1;
    try {
      answer = await question();
    } catch (error) {
      // No answer, or the server stumbled: whoever asked asks again. Only a plain no is final.
      if (FINAL.includes(error.status)) answer = { ok: false, status: error.status, code: error.code, text: error.text };
    }
    this.#asking -= 1;
    if (this.#stopped) return false;
    if (answer?.code === "broken") answer = null; // a fault of the server passes
    if (answer?.ok === false) this.#refused(answer);
    else if (answer) {
      this.clock.sample(t0, answer.server_now, answer.server_now, performance.now());
      if (joining) this.#welcome();
      if (number > this.#taken && (joining || !this.#behind(answer))) this.#take(answer, number);
    }
    if (this.#asking === 0) this.#personal = [];
    this.#patience = answer ? WAIT : POLL;
    this.#drain();
    return answer !== null;
  }

  #welcome() {
    this.#joined = true;
    clearTimeout(this.#poll);
    this.#setLink("connected");
    this.keeper.burst();
  }

  /** Heard from the socket, we may know more than a snapshot read a moment earlier. */
  #behind({ audiences }) {
    return this.#joined && Object.entries(audiences).some(([name, seq]) => seq < this.#seqs[name]);
  }

  #take({ audiences, snapshot }, number) {
    const before = JSON.stringify(this.snapshot);
    this.#taken = number;
    this.#seqs = { ...audiences };
    this.#held = this.#held.filter((news) => news.kind !== "counters");
    this.snapshot = this.#personal.reduce((state, news) => apply(state, news.patch), snapshot);
    if (JSON.stringify(this.snapshot) !== before) this.onstate(this.snapshot, "snapshot", null);
  }

  #hear(news) {
    if (this.#stopped) return;
    if (news.sent_at) this.clock.heard(news.sent_at, performance.now());
    if (news.kind === "fetch") {
      // News between the processes do not arrive: the state is asked for, each screen at a moment of its own.
      this.#told ??= setTimeout(() => this.#fetchTold(), Math.random() * SPREAD);
      return;
    }
    this.#held.push(news);
    this.#drain();
  }

  /** Applies what is due, drops what is old, keeps what is early and sees to it that the missing piece comes. */
  #drain() {
    if (!this.#joined) return;
    for (let i = 0; i < this.#held.length; ) {
      const due = this.#due(this.#held[i]);
      if (due > 0) i += 1;
      else {
        const [news] = this.#held.splice(i, 1);
        if (due < 0) continue;
        this.#apply(news);
        i = 0; // what waited for it may be due now
      }
    }
    if (this.#held.length === 0) {
      clearTimeout(this.#gap);
      this.#gap = null;
    } else if (this.#asking === 0) this.#gap ??= setTimeout(() => this.#missing(), this.#patience * (1 + Math.random()));
  }

  /** How many pieces are missing before this one; below 0 it is old, or not for this screen. */
  #due({ audience, seq, kind, audiences }) {
    if (kind === "counters") {
      const counters = Object.entries(audiences ?? { [audience]: seq });
      return counters.some(([name, count]) => count > this.#seqs[name]) ? 1 : -1;
    }
    if (seq == null) return 0; // to one person: values without a counter
    return seq - (this.#seqs[audience] ?? Infinity) - 1;
  }

  #apply(news) {
    if (news.seq != null) this.#seqs[news.audience] = news.seq;
    else if (this.#asking > 0) this.#personal.push(news);
    this.snapshot = apply(this.snapshot, news.patch);
    this.onstate(this.snapshot, news.kind, news);
  }

  async #fetchTold() {
    if (this.#joined && this.stateUrl) await this.#ask(() => this.fetchState(this.stateUrl));
    this.#told = null;
  }

  #missing() {
    this.#gap = null;
    return this.#ask(() => this.fetchState(this.stateUrl));
  }

  #lost() {
    this.#joined = false;
    this.keeper.stop();
    if (this.#stopped) return;
    if (this.link === "connected") {
      this.#setLink("reconnecting");
      this.#pollIn(BLOCKED);
    }
    // socket.io does not come back by itself when either side closed the connection on purpose.
    const again = () => this.#socket.active || this.#socket.connect();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(again, 500 + Math.random() * 4500);
  }

  #pollIn(time) {
    clearTimeout(this.#poll);
    this.#poll = setTimeout(() => this.#pollNow(), time);
  }

  async #pollNow() {
    if (!document.hidden) {
      const answered = this.stateUrl && (await this.#ask(() => this.fetchState(this.stateUrl)));
      if (this.#joined || this.#stopped) return;
      this.#setLink(answered ? "polling" : "offline");
    }
    this.#pollIn(POLL * (0.9 + Math.random() / 5));
  }

  #refused({ status = 200, code, text }) {
    this.stop();
    this.onrefused({ status, code, text });
  }

  #setLink(link) {
    if (link === this.link) return;
    this.link = link;
    this.onlink(link);
  }
}
