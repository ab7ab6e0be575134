/** A USB or Bluetooth scanner types like a keyboard, only faster than anybody: a burst is a scan, wherever the focus is. */
const GAP = 60; // ms between two keys; nobody types six in a row at this speed
const SHORTEST = 6;
const TWICE = 2000; // some scanners send everything twice

/** Tells bursts from typing. Knows no DOM: keys with their times go in, scans come out. */
export class Burst {
  #text = "";
  #physical = "";
  #last = -Infinity;
  #done = { text: null, at: -Infinity };

  /** How many characters of a possible scan were seen. */
  get length() {
    return this.#text.length;
  }

  /** Long enough to be no human. */
  get certain() {
    return this.length >= SHORTEST;
  }

  /** Takes a key ({key, code} as in a KeyboardEvent) at `at`. Returns "scan" when it ended one, "burst" inside one, else null. */
  press({ key, code = "" }, at) {
    if (at - this.#last > GAP) this.clear();
    this.#last = at;
    if (key === "Enter" || key === "Tab") {
      if (this.certain) return "scan";
      this.clear();
    } else if (key.length === 1) {
      this.#text += key;
      this.#physical += /^(?:Key|Digit|Numpad)(.)$/.exec(code)?.[1] ?? "/";
    } else if (key === "Dead") {
      this.#physical += "/"; // an accent waiting for its letter; the key itself is known
    } else if (!/^(?:Shift|AltGraph|CapsLock)$/.test(key)) {
      this.clear(); // an arrow, a control key: a person
    }
    return this.certain ? "burst" : null;
  }

  /** The finished scan {text, physical}, or null when it is only the last one once more. */
  take(at) {
    const { text, physical } = { text: this.#text, physical: this.#physical };
    this.clear();
    if (text === this.#done.text && at - this.#done.at < TWICE) return null;
    this.#done = { text, at };
    return { text, physical };
  }

  clear() {
    this.#text = this.#physical = "";
  }
}

/**
 * Calls `onscan(text, physical)` for each scan on the page; give both to badge_code.candidates. The end of a scan presses
 * no button and submits no form, and a field that had the focus gets its text back. Returns a function that stops it.
 */
export function listen(onscan, { target = document } = {}) {
  const burst = new Burst();
  let field = null;
  let timer = null;

  function finish(at) {
    clearTimeout(timer);
    restore(field);
    const scan = burst.take(at);
    if (scan) onscan(scan.text, scan.physical);
  }

  function onkey(event) {
    clearTimeout(timer);
    if (event.repeat || event.metaKey || (event.ctrlKey && !event.altKey)) return burst.clear();
    const before = remember(event.target);
    const result = burst.press(event, event.timeStamp);
    if (burst.length === 1 && event.key.length === 1) field = before;
    // A space inside a burst would press the button that has the focus.
    if (result || (event.key === " " && burst.length > 2 && !field)) event.preventDefault();
    if (result) event.stopPropagation();
    if (result === "scan") finish(event.timeStamp);
    if (result === "burst") timer = setTimeout(() => finish(event.timeStamp), 2 * GAP); // a scanner without Enter
  }

  target.addEventListener("keydown", onkey, true);
  return () => target.removeEventListener("keydown", onkey, true);
}

function remember(element) {
  if (!element?.matches?.("input, textarea")) return null;
  return { element, value: element.value };
}

function restore(field) {
  if (!field || field.element.value === field.value) return;
  field.element.value = field.value;
  field.element.dispatchEvent(new Event("input", { bubbles: true }));
}
