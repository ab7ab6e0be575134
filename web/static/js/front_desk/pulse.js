/** Whether the server is there, asked every second: a cable that was pulled closes no connection for most of a minute. */
const EVERY = 1000;
const PATIENCE = 900;

export class Pulse {
  #timer = null;
  #missed = 0;

  /** `onchange(beats)` hears when the server is gone (twice without an answer) and when it is back. */
  constructor({ url, onchange }) {
    Object.assign(this, { url, onchange, beats: true });
  }

  start() {
    this.#ask();
    return this;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = "stopped";
  }

  async #ask() {
    const began = performance.now();
    const there = await answers(this.url);
    if (this.#timer === "stopped") return;
    this.#missed = there ? 0 : this.#missed + 1;
    // A refused connection says it at once; silence must be heard twice, or one slow moment would count.
    const gone = this.#missed > 1 || (this.#missed === 1 && performance.now() - began < PATIENCE / 2);
    if (there !== this.beats && (there || gone)) {
      this.beats = there;
      this.onchange(there);
    }
    const rest = there && document.hidden ? 10 * EVERY : Math.max(100, EVERY - (performance.now() - began));
    this.#timer = setTimeout(() => this.#ask(), rest);
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout?.(PATIENCE) })).ok;
  } catch {
    return false;
  }
}
