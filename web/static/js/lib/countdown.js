/** What a round's clock shows at a given moment, and when it has to be drawn again. Nobody ticks: the clock is data. */
const LAST = 30;

/**
 * `state` is {phase, starts_at, ends_at, remaining_ms, length_ms} as the server sends it, `now` the server's time,
 * both epoch milliseconds. Before `starts_at` a round shows its full time. `seconds` is whole and never below 0;
 * `left` is in milliseconds and goes below 0 when the round is over time.
 */
export function read(state, now) {
  const running = state.phase === "running" && state.ends_at != null;
  const closed = state.phase === "ended" || state.phase === "void";
  const left = closed ? 0
    : running ? state.ends_at - Math.max(now, state.starts_at ?? now)
    : state.remaining_ms ?? state.length_ms ?? 0;
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const over = closed || (running && left <= 0);
  return {
    left,
    running,
    seconds,
    label: label(seconds),
    over,
    overtime: left < 0 ? Math.floor(-left / 1000) : 0,
    last30: running && !over && seconds <= LAST,
    half: !over && left <= (state.length_ms ?? 0) / 2,
    fraction: state.length_ms ? Math.max(0, Math.min(1, left / state.length_ms)) : 0,
  };
}

/** Minutes and seconds, "6:05". */
export function label(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const MARKS = [300, 120, 60, 30, 10, 0];

/** The second that a spoken countdown names between two readings (5, 2, 1 minutes, 30, 10, 0 seconds), else null. */
export function spoken(before, after) {
  if (!before?.running || !after.running) return null;
  return MARKS.find((mark) => before.seconds > mark && after.seconds <= mark && after.seconds > mark - 3) ?? null;
}

/** The bell due between two readings: "half", "last30", "over" or null. A page opened or woken later stays silent. */
export function bell(before, after) {
  if (!before?.running) return null;
  if (!after.running) return after.over && !before.over ? "over" : null;
  if (before.left - after.left > 3000) return null;
  return ["over", "last30", "half"].find((name) => after[name] && !before[name]) ?? null;
}

/**
 * Draws at once and at each whole second. `state()` gives the clock's data or null, `now()` the server's time,
 * `draw(reading, before)` shows it (reading null: no clock). Call `redraw()` when the data changed.
 */
export class Countdown {
  #timer = null;
  #before = null;

  constructor({ state, now, draw }) {
    Object.assign(this, { state, now, draw });
  }

  redraw() {
    this.stop();
    const state = this.state();
    const reading = state ? read(state, this.now()) : null;
    this.draw(reading, this.#before);
    this.#before = reading;
    // The rest of this second; a corrected clock is asked again then. A millisecond more, or the old second shows.
    if (reading?.running) this.#timer = setTimeout(() => this.redraw(), (((reading.left % 1000) + 1000) % 1000 || 1000) + 1);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
