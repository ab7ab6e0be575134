/** The verbs of the door that are done now or not at all: only scans wait for the network. */
import { send } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { failed } from "./answers.js";
import { Badges } from "./badges.js";
import { button } from "./field.js";

export class Doings {
  /** `answer(sound, content)` shows, `undone(answer)` and `done()` tell the room and the hits. */
  constructor({ desk, times, answer, undone, done }) {
    Object.assign(this, { desk, times, answer, undone, done });
    this.badges = new Badges({ press: (...all) => this.press(...all), answer, times });
  }

  press = async (path, body, then) => {
    try {
      then(await send(`${this.desk}/${path}`, body, { pauses: [400] }));
    } catch (error) {
      this.answer("refused", failed(error));
    }
    this.done();
  };

  print = (person) => this.badges.print(person);

  undo = (uid, name, late = false) => (late ? this.#why(uid, name) : this.#undo({ uid }, name));

  leave = (uid, name) =>
    this.press("exits", { uid }, () => this.answer(null, { kind: "waiting", word: t("Left"), name, more: [t("No longer in the room.")] }));

  paid = (uid, name) =>
    this.press("payments", { uid }, () =>
      this.answer(null, {
        kind: "waiting",
        word: t("Fee paid"),
        name,
        actions: [button(t("Not paid after all"), () => this.unpaid(uid, name), { icon: "undo", label: name })],
      }));

  unpaid = (uid, name) =>
    this.press("payments", { uid, paid: false }, () => this.answer(null, { kind: "waiting", word: t("Fee due"), name }));

  phoneCode = (uid, name) =>
    this.press("phone-codes", { uid }, ({ code }) => {
      const more = [t("Open the badge on that phone and type this code. It works for ten minutes.")];
      this.answer(null, { kind: "waiting", word: t("Code for the phone of %(name)s", { name }), name: `${code.slice(0, 3)} ${code.slice(3)}`, more });
    });

  undoPhone = (uid, name) =>
    this.press("phone-undos", { uid }, () =>
      this.answer(null, { kind: "waiting", word: t("The phone is signed out"), name, more: [t("The right phone joins with a code.")] }));

  settle = (uid, verdict, name) =>
    this.press(`conflicts/${uid}/settled`, { verdict }, () =>
      this.answer(null, {
        kind: "waiting",
        word: t("Settled"),
        name,
        more: [verdict === "same" ? t("Counted once.") : t("Ask who came with this badge, and let them in by name or as a walk-in.")],
      }));

  #undo(body, name) {
    return this.press("undos", body, (undone) => {
      this.undone(undone);
      this.answer(null, { kind: "waiting", word: t("Undone"), name, more: [t("Expected again; the badge can be scanned at once.")] });
    });
  }

  /** Later than a quarter of an hour a mistake is undone with a reason. */
  #why(uid, name) {
    const input = el("input", { class: "input", name: "reason", maxlength: 120, required: true, autocomplete: "off", "aria-label": t("Why it is undone") });
    const form = el("form", { class: "why" }, input, el("button", { class: "btn", type: "submit" }, t("Undo")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) this.#undo({ uid, reason: input.value.trim() }, name);
    });
    this.answer(null, { kind: "waiting", word: t("Undo: why?"), name, more: [t("More than 15 minutes ago: one line for the door's book.")], extra: form });
    input.focus();
  }
}
