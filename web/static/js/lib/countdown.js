/** What a round's clock shows at a given moment, and when it has to be drawn again. Nobody ticks: the clock is data. */
/**
 * `state` is {phase, starts_at, ends_at, remaining_ms, length_ms} as the server sends it, `now` the server's time,
 * both epoch milliseconds. Before `starts_at` a round shows its full time. `seconds` is whole and never below 0;
 * `left` is in milliseconds and goes below 0 when the round is over time. `last` is true in the last `lastSeconds`.
 */
export function read(state, now, lastSeconds = 30) {
  const running = state.phase === "running" && state.ends_at != null;
  const closed = ["ended", "void", "done"].includes(state.phase);
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
    last: running && !over && seconds <= lastSeconds,
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

/**
 * Draws at once and at each whole second. `state()` gives the clock's data or null, `now()` the server's time,
 * `draw(reading, before)` shows it (reading null: no clock). Call `redraw()` when the data changed. `about()` names
 * what the clock is of: of something else there is no `before`. `lastSeconds()` is when the last seconds begin.
 */
export class Countdown {
  #timer = null;
  #before = null;
  #about = null;

  constructor({ state, now, draw, about = () => null, lastSeconds = () => 30 }) {
    Object.assign(this, { state, now, draw, about, lastSeconds });
  }

  redraw() {
    this.stop();
    const [state, about] = [this.state(), this.about()];
    const reading = state ? read(state, this.now(), this.lastSeconds()) : null;
    this.draw(reading, about === this.#about ? this.#before : null);
    [this.#before, this.#about] = [reading, about];
    // The rest of this second; a corrected clock is asked again then. A millisecond more, or the old second shows.
    if (reading?.running) this.#timer = setTimeout(() => this.redraw(), (((reading.left % 1000) + 1000) % 1000 || 1000) + 1);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
