/** Keeps the screen on, where the browser can (https only), and says truly whether it does. */
export class WakeLock {
  #lock = null;
  #wanted = false;

  /** `onchange(held)` hears when the screen is kept on and when no longer. */
  constructor({ onchange = () => {} } = {}) {
    this.onchange = onchange;
    document.addEventListener("visibilitychange", () => this.#ask()); // hiding the page gives it back
  }

  get supported() {
    return "wakeLock" in navigator;
  }

  get held() {
    return this.#lock !== null;
  }

  /** From a tap where possible (phones may ask for one); promises whether the screen stays on. */
  async hold() {
    this.#wanted = true;
    await this.#ask();
    return this.held;
  }

  async release() {
    this.#wanted = false;
    await this.#lock?.release();
  }

  async #ask() {
    if (!this.#wanted || this.held || !this.supported || document.hidden) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => this.#set(null));
      this.#set(lock);
    } catch {
      this.#set(null); // battery saver, or a tap is wanted: the switch shows "off"
    }
  }

  #set(lock) {
    this.#lock = lock;
    this.onchange(this.held);
  }
}
