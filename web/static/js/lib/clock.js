/**
 * The server's clock as this device sees it. Times are milliseconds: the server's since the epoch, the device's
 * from performance.now(), never from its calendar, which may be wrong by days. Each direction gives a bound of its
 * own, so that one fast packet up and one fast packet down are enough, and every stamped message counts as one down.
 */
const WINDOW = 5 * 60_000; // crystals drift by 40 ppm: 12 ms in this time
const KEPT = 32;
const STEP = 250; // a correction from here on jumps, a smaller one glides
const GLIDE = 0.05;
const DOUBT = 5; // stamps are rounded; bounds that cross by less are no contradiction

export class ServerClock {
  #up = new Highest(); // −(t1 − t0): minus the offset, less the way up
  #down = new Highest(); // t2 − t3: the offset, less the way down
  #target = null;
  #shown = 0;
  #at = 0;

  /** True as soon as anything was heard from the server. */
  get ready() {
    return this.#target !== null;
  }

  /** A question sent at t0, received by the server at t1, answered at t2, heard here at t3. */
  sample(t0, t1, t2, t3) {
    this.#learn(t0 - t1, t2 - t3, t3);
  }

  /** A message the server stamped `sentAt`, heard here at `at`. */
  heard(sentAt, at) {
    this.#learn(null, sentAt - at, at);
  }

  /** The server's time at the device's time `at`; runs on evenly; only a step may set it back. */
  now(at) {
    this.#glide(at);
    return at + this.#shown;
  }

  #learn(up, down, at) {
    this.#glide(at);
    // Bounds that cross mean that a clock jumped (the device slept): what was known before is worth nothing.
    if (down + Math.max(up ?? -Infinity, this.#up.best) > DOUBT || (up ?? -Infinity) + this.#down.best > DOUBT) {
      this.#up.clear();
      this.#down.clear();
    }
    if (up !== null) this.#up.add(up, at);
    this.#down.add(down, at);
    const first = this.#target === null;
    const [highest, lowest] = [-this.#up.best, this.#down.best];
    this.#target = highest === Infinity ? lowest : (highest + lowest) / 2;
    if (first || Math.abs(this.#target - this.#shown) >= STEP) this.#shown = this.#target;
  }

  #glide(at) {
    const most = Math.max(0, at - this.#at) * GLIDE;
    this.#at = Math.max(this.#at, at);
    const away = (this.#target ?? 0) - this.#shown;
    this.#shown += Math.max(-most, Math.min(most, away));
  }
}

/** The highest of the samples in the window; keeps only those that may still become it. */
class Highest {
  #samples = [];

  get best() {
    return this.#samples[0]?.value ?? -Infinity;
  }

  add(value, at) {
    const kept = this.#samples.filter((sample) => sample.value > value && at - sample.at <= WINDOW);
    this.#samples = [...kept, { value, at }].slice(-KEPT);
  }

  clear() {
    this.#samples = [];
  }
}

/** Keeps a ServerClock right by asking: five questions 200 ms apart, then one every ten seconds. */
export class ClockKeeper {
  #timer = null;
  #left = 0;

  /** `ask()` resolves to the server's {t1, t2} and rejects when there is no answer. */
  constructor(clock, ask, { now = () => performance.now() } = {}) {
    Object.assign(this, { clock, ask, now });
  }

  /** Starts over with a burst, on connecting and when the device comes back. Promises whether the first was answered. */
  burst() {
    this.stop();
    this.#left = 5;
    return this.#once();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #once() {
    this.#left -= 1;
    this.#timer = setTimeout(() => this.#once(), this.#left > 0 ? 200 : 10_000);
    const t0 = this.now();
    try {
      const { t1, t2 } = await this.ask();
      if (!Number.isFinite(t1 + t2)) return false; // an answer, but not the time
      this.clock.sample(t0, t1, t2, this.now());
      return true;
    } catch {
      return false; // the next question is already on its way
    }
  }
}
