/** Which bell of a room is due, and which have rung: each once, however often a page is loaded. */
const BACK = 3000; // so much more time than a bell's own moment, and it is to ring again

/** The bell due between two readings: "half", "last", "over" or null. A page opened or woken later stays silent. */
export function bell(before, after) {
  if (!before?.running || !after.running) return null;
  if (before.left - after.left > 3000) return null;
  return ["over", "last", "half"].find((name) => after[name] && !before[name]) ?? null;
}

/** Whether a round that still ran was ended just now: the news say so themselves, a snapshot may come much later. */
export function endedNow(before, after, news) {
  return news?.kind === "round_moved" && before?.phase === "running" && (after?.number !== before.number || after.phase === "ended");
}

/**
 * Each bell once: what has rung is remembered under `about` (a round, a speaker, a test) and its kind, also when the
 * page is loaded anew. Time that a facilitator gives back takes a bell of the end back with it; half-time rings once.
 */
export class Bells {
  #rung;

  constructor(store = sessionStorage) {
    this.store = store;
    this.#rung = new Set(JSON.parse(store.getItem("bells") ?? "[]"));
  }

  /** Whether this bell rings now, for the first time; from now on it has rung. */
  once(about, kind) {
    const key = `${about} ${kind}`;
    if (this.#rung.has(key)) return false;
    this.#rung.add(key);
    this.#keep();
    return true;
  }

  /** Looks at a clock without ringing: with time given back, or all of it, its bells are still to come. */
  look(about, { left, running, fraction }, lastSeconds = 30) {
    const again = [left > BACK && "over", left > lastSeconds * 1000 + BACK && "last", !running && fraction === 1 && "half"];
    if (again.filter((kind) => kind && this.#rung.delete(`${about} ${kind}`)).length > 0) this.#keep();
  }

  #keep() {
    this.store.setItem("bells", JSON.stringify([...this.#rung].slice(-60)));
  }
}
