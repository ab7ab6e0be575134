/** What the parts of the console share: hearing the news beside the clock, saying what happened, one press at a time. */
import { send } from "../lib/api.js";
import { $, announce } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** `fn(snapshot, kind, news)` hears each change, after the console itself has. */
export function hear(live, fn) {
  const before = live.onstate;
  live.onstate = (...heard) => {
    before(...heard);
    fn(...heard);
  };
}

export const say = (message) => announce(message, $("[data-said]"));

/**
 * One press at a time; what is pressed meanwhile waits its turn, and is sent with what the screen shows then. The same
 * thing pressed twice is meant once, but for more and less time.
 */
export class Presses {
  #waiting = new Set();
  #last = Promise.resolve();

  /** `refresh()` fetches what the part shows now; it is asked for after every press, refused or not. */
  constructor(refresh) {
    this.refresh = refresh;
  }

  /** Promises the answer, or null when there was none. `body()` is made when it is sent. `done`: what to say when it worked. */
  send(url, body = () => ({}), done = "") {
    const { version: _, ...meant } = body();
    const press = url + JSON.stringify(meant);
    if (!url.endsWith("/adjust") && this.#waiting.has(press)) return Promise.resolve(null);
    this.#waiting.add(press);
    this.#last = this.#last.then(() => this.#now(url, body, done)).finally(() => this.#waiting.delete(press));
    return this.#last;
  }

  async #now(url, body, done) {
    try {
      const answer = await send(url, body());
      if (done) say(done);
      return answer;
    } catch (error) {
      say(error.code === "network" ? t("No answer from the server. Nothing is known to have changed; look at the clock.") : error.text || error.message);
      return null;
    } finally {
      await this.refresh();
    }
  }
}

/** A button that cannot be pressed says why instead. True when it was so. */
export function refuses(button) {
  if (button.getAttribute("aria-disabled") !== "true") return false;
  say(button.title);
  return true;
}

/** Presses the button that a key belongs to. `keys` maps "a" and "shift+a" to selectors inside `root`. */
export function onKeys(root, keys) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest?.("input, textarea, select") || document.querySelector("dialog[open]")) return;
    const letter = event.key.toLowerCase();
    const wanted = keys[event.shiftKey && letter !== event.key ? `shift+${letter}` : letter];
    const button = wanted && [...root.querySelectorAll(wanted)].find((found) => found.offsetParent);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
