/**
 * Dragging people with a mouse or pen, beside pressing: whoever is taken follows the pointer and is dropped on somebody
 * else or on a table. A finger scrolls the page and presses.
 */
const FAR = 8; // pixels; less is a press

export class Drag {
  #from = null;
  #ghost = null;
  #over = null;
  #dropped = 0;

  /** `may()` says whether seats may change; `ontake(uid)`, `ondrop({uid, table})` and `oncancel()` hear what happens. */
  constructor(root, { may, ontake, ondrop, oncancel }) {
    Object.assign(this, { may, ontake, ondrop, oncancel });
    root.addEventListener("pointerdown", (event) => this.#down(event));
    addEventListener("pointermove", (event) => this.#move(event));
    addEventListener("pointerup", (event) => this.#up(event));
    addEventListener("pointercancel", () => this.cancel());
  }

  /** Whether the click that is heard now only ends a drag. */
  justDropped() {
    return performance.now() - this.#dropped < 80;
  }

  /** Let go without dropping. False when nobody was being dragged. */
  cancel() {
    const dragged = this.#ghost !== null;
    this.#end();
    if (dragged) {
      this.#dropped = performance.now();
      this.oncancel();
    }
    return dragged;
  }

  #down(event) {
    const button = event.target.closest("[data-person]");
    if (!button || event.pointerType === "touch" || event.button !== 0 || !this.may()) return;
    this.#from = { button, x: event.clientX, y: event.clientY };
  }

  #move(event) {
    if (!this.#from) return;
    const { button, x, y } = this.#from;
    if (!this.#ghost) {
      if (Math.hypot(event.clientX - x, event.clientY - y) < FAR) return;
      this.#ghost = button.cloneNode(true);
      this.#ghost.classList.add("ghost");
      this.#ghost.removeAttribute("data-person");
      this.#ghost.setAttribute("aria-hidden", "true");
      document.body.append(this.#ghost);
      document.body.classList.add("dragging");
      this.ontake(button.dataset.person);
    }
    this.#ghost.style.setProperty("translate", `${event.clientX + 12}px ${event.clientY + 12}px`);
    this.#hover(this.#target(event));
  }

  #up(event) {
    if (!this.#ghost) {
      this.#from = null;
      return;
    }
    const target = this.#target(event);
    this.#end();
    this.#dropped = performance.now();
    if (target) this.ondrop({ uid: target.dataset.person, table: target.dataset.table });
    else this.oncancel();
  }

  /** Somebody else, or another table, under the pointer. */
  #target(event) {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const { button } = this.#from;
    const other = under?.closest("[data-person]");
    if (other) return other === button ? null : other;
    const table = under?.closest("[data-table]");
    return table && !table.contains(button) ? table : null;
  }

  #hover(target) {
    if (target === this.#over) return;
    this.#over?.classList.remove("over");
    target?.classList.add("over");
    this.#over = target;
  }

  #end() {
    this.#hover(null);
    this.#ghost?.remove();
    document.body.classList.remove("dragging");
    this.#from = this.#ghost = null;
  }
}
