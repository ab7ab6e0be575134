/** The door's answer: one solid field, one shape, one word. It stays until the next scan and never waits for a tap. */
import { el, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const SHAPES = { in: "check-ring", already: "diamond", no: "octagon", queued: "offline", waiting: "code" };

export class Field {
  constructor(element) {
    this.element = element;
  }

  /** Shows {kind, word, name?, table?, more?: [lines], actions?, extra?}; kind: in, already, no, queued or waiting. */
  show({ kind, word, name, table, more = [], actions = [], extra = null }) {
    const lines = more.filter(Boolean).map((each) => el("span", { class: "line" }, each));
    const focused = this.element.contains(document.activeElement);
    this.element.className = `result ${kind}`;
    this.element.setAttribute("role", kind === "no" ? "alert" : "status");
    this.element.replaceChildren(
      icon(SHAPES[kind]),
      el(
        "div",
        {},
        el("span", { class: "word" }, word),
        name && el("span", { class: "name" }, name),
        el("span", { class: "more" }, table ? el("span", { class: "at" }, t("Table"), el("b", { class: "num" }, table)) : null, ...lines),
        extra,
        actions.length > 0 && el("div", { class: "actions" }, ...actions),
      ),
    );
    if (!focused) return;
    this.element.tabIndex = -1; // the button that was pressed is gone; the keyboard stays where it was
    this.element.focus({ preventScroll: true });
  }
}

/** A button with its icon before the word; `key` finds it again after its list is drawn anew. */
export function button(word, onclick, { icon: sign, kind = "", label, key } = {}) {
  const element = el(
    "button",
    { class: `btn ${kind}`.trim(), type: "button", "aria-label": label && `${word}: ${label}`, "data-key": key },
    sign && icon(sign),
    el("span", {}, word),
  );
  element.addEventListener("click", onclick);
  return element;
}

/** The round mark of a row: the shape of a state, with its word for screen readers. */
export function mark(kind, shape, word) {
  return el("span", { class: `state ${kind}` }, icon(shape), el("span", { class: "vh" }, word));
}

/** Puts `rows` into `list` and leaves the focus on the button that had it. */
export function fill(list, rows) {
  const key = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.replaceChildren(...rows);
  if (key) [...list.querySelectorAll("[data-key]")].find((item) => item.dataset.key === key)?.focus();
}

/** Moments in the meeting's own zone, whatever zone the device is set to. */
export class Times {
  constructor(zone) {
    const lang = document.documentElement.lang;
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    this.short = new Intl.DateTimeFormat(lang, parts);
    this.long = new Intl.DateTimeFormat(lang, { ...parts, second: "2-digit" });
  }

  /** "07:42" */
  minute = (moment) => this.short.format(new Date(moment));
  /** "07:42:05" */
  second = (moment) => this.long.format(new Date(moment));
}
