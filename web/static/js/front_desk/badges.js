/** One badge at the door: printed at once where the computer has a printer, else in a tab of its own; and taken back. */
import { t } from "../lib/i18n.js";
import { button } from "./field.js";

export class Badges {
  /** `press(path, body, done)` writes, `answer(sound, content)` shows. */
  constructor({ press, answer, times }) {
    Object.assign(this, { press, answer, times });
  }

  print({ uid, name }, how = {}) {
    return this.press("badge-prints", { uid, ...how }, (made) => (made.asks ? this.#ask(uid, made) : this.#done(uid, made)));
  }

  /** Somebody has this badge already: a copy, or a new code for a lost one? */
  #ask(uid, { name, asks }) {
    const person = { uid, name };
    this.answer(null, {
      kind: "waiting",
      word: t("Printed before, at %(time)s", { time: this.times.minute(Date.parse(asks)) }),
      name,
      more: [t("A copy carries the same code. With a new code the lost badge opens nothing.")],
      actions: [
        button(t("Print a copy"), () => this.print(person, { again: true }), { icon: "print", label: name }),
        button(t("Lost: new code"), () => this.print(person, { lost: true }), { icon: "swap", label: name }),
      ],
    });
  }

  #done(uid, { name, job, printer, file }) {
    const open = () => globalThis.open(file, "_blank");
    const opened = file && open(); // a browser may forbid a window that nobody pressed for: then there is a button
    const back = () => this.press("badge-print-undos", { job }, () => this.#undone(name));
    this.answer(null, {
      kind: "waiting",
      word: t("Badge"),
      name,
      more: [printer ? t("It comes out of %(printer)s.", { printer }) : t("Print it from the new tab, at actual size.")],
      actions: [
        file && !opened && button(t("Open the badge"), open, { icon: "print", label: name }),
        button(t("It did not come out"), back, { icon: "undo", label: name }),
      ].filter(Boolean),
    });
  }

  #undone(name) {
    this.answer(null, { kind: "waiting", word: t("Undone"), name, more: [t("This badge counts as not printed.")] });
  }
}
