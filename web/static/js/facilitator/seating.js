/** Who sits where, on the console: press a person, then the one to change with; or let them go, or skip their table. */
import { get, send } from "../lib/api.js";
import { $, $$, show as reveal, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { onKeys } from "./presses.js";

const OF_THE_CHOSEN = { w: "[data-room=swap]", e: "[data-room=leave]", f: "[data-room=no-show]", s: "[data-room=out]" };
const OF_THE_FIRST_ROW = { l: "[data-part=people] [data-room=seat]", g: "[data-part=people] [data-room=no-show]" };
const GOING_ON = new Set(["running", "paused"]);

/** `console`: {url, say, press(name, done, act), version(): of the seats, clock(): of the current round}. */
export class Seating {
  #sheet = $("[data-sheet]");
  #cost = $("[data-cost]", this.#sheet);
  #swap = $("[data-room=swap]", this.#sheet);
  #chosen = null; // uid and round of whoever is chosen
  #other = null; // uid of whoever would change places with them in the round that goes on
  #asked = 0; // costs that come late are for nobody any more

  constructor(page, console) {
    this.console = console;
    page.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#chosen && !$("dialog[open]")) this.leave();
    });
    onKeys(this.#sheet, OF_THE_CHOSEN);
    onKeys(page, OF_THE_FIRST_ROW);
  }

  #click(button) {
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { seat, room, act } = button.dataset;
    if (seat) this.#person(button);
    else if (room) this.#about(button);
    else if (act === "confirm") this.#change(button);
    else if (act === "leave") this.leave();
  }

  #person(button) {
    const { seat: person, number, planned, phase } = button.dataset;
    const before = this.#chosen;
    if (before?.person === person && before.number === number) this.leave();
    else if (before && before.number === number && planned !== undefined) this.#weigh(person);
    else if (before && before.number === number && before.table !== button.dataset.table && GOING_ON.has(phase)) this.#offer(button);
    else this.#choose(button);
  }

  #choose(button) {
    const { seat: person, number, name, table, here, planned, phase } = button.dataset;
    this.#asked += 1;
    this.#chosen = { person, number, table, name };
    reveal(this.#swap, false);
    this.#cost.replaceChildren();
    text($("[data-who]", this.#sheet), name);
    const where = Number(table) ? t("round %(number)s, table %(table)s", { number, table }) : t("round %(number)s, sits out", { number });
    text($("[data-where]", this.#sheet), where);
    const changes = planned !== undefined || GOING_ON.has(phase);
    reveal($("[data-how]", this.#sheet), changes);
    reveal($("[data-room=leave]", this.#sheet), here !== undefined);
    reveal($("[data-room=no-show]", this.#sheet), here === undefined);
    const out = $("[data-room=out]", this.#sheet);
    reveal(out, Number(table) > 0 && phase !== undefined);
    text($("span", out), phase === "ended" ? t("Table %(table)s does not count", { table }) : t("Skip table %(table)s", { table }));
    reveal(this.#sheet);
    this.#mark();
    this.#sheet.scrollIntoView({ block: "nearest" });
    if (changes) this.console.say(t("%(name)s: now press whoever they change with.", { name }));
  }

  /** In a round that goes on two people change places as they are; what is to come stays. */
  #offer({ dataset: { seat, name } }) {
    this.#other = seat;
    text($("span", this.#swap), t("Change places: %(one)s, %(other)s", { one: this.#chosen.name, other: name }));
    reveal(this.#swap);
    this.#swap.focus();
  }

  /** What the exchange would cost, by name, with the button that makes it. */
  async #weigh(other) {
    const { person, number } = this.#chosen;
    const asked = ++this.#asked;
    try {
      const { html } = await get(`${this.console.url}/seats/${number}/people/${person}/cost?with=${other}`);
      if (asked !== this.#asked) return;
      this.#cost.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      $("[data-act=confirm]", this.#cost)?.focus();
    } catch (error) {
      this.console.say(error.text || t("No answer from the server. Nothing is known to have changed; look again."));
    }
  }

  #change(button) {
    const body = { version: Number(button.dataset.version), moves: JSON.parse(button.dataset.moves) };
    this.console.press("seats", t("Changed. Those at the tables know."), () => send(`${this.console.url}/seats/moves`, body));
    this.leave();
  }

  /** A press about a person, or about their table. `of` is on a row of its own, otherwise it is whoever is chosen. */
  #about(button) {
    const { room, when, of } = button.dataset;
    const { person = of, number, table, name = button.dataset.name } = of ? {} : this.#chosen;
    const version = this.console.version();
    const people = `${this.console.url}/people/${person}`;
    const acts = {
      seat: [t("%(name)s has a seat. Those at the table know.", { name }), () => send(`${people}/seat`, { version, when })],
      leave: [t("%(name)s has left. Only those who lost a partner moved.", { name }), () => send(`${people}/leave`, { version })],
      "no-show": [t("The seats of %(name)s are free. Only those who lost a partner moved.", { name }), () => send(`${people}/no-show`, { version })],
      swap: [t("Changed. Those at the tables know."), () => send(`${people}/swap`, { version, with: this.#other })],
      out: [t("Done. Nobody has met there."), () => send(`${this.console.url}/rounds/${number}/tables/${table}/out`, { version: this.#roundVersion(number) })],
    };
    this.console.press(room, ...acts[room]);
    this.leave({ silent: true });
  }

  #roundVersion(number) {
    const { clock } = this.console;
    const now = clock();
    return String(now?.number) === number ? now.version : Number($(`[data-round-version="${number}"]`)?.dataset.version ?? 0);
  }

  leave({ silent = false } = {}) {
    const before = this.#chosen;
    this.#asked += 1;
    this.#chosen = null;
    this.#cost.replaceChildren();
    reveal(this.#sheet, false);
    this.#mark();
    if (before && !silent) $(`[data-seat="${before.person}"][data-number="${before.number}"]`)?.focus();
  }

  /** The parts were drawn anew: whoever is chosen may sit elsewhere now, or be gone. */
  redrawn() {
    const { person, number } = this.#chosen ?? {};
    if (person && !$(`[data-seat="${person}"][data-number="${number}"]`)) this.leave({ silent: true });
    this.#mark();
  }

  #mark() {
    for (const button of $$("[data-seat]")) {
      const own = this.#chosen?.person === button.dataset.seat && this.#chosen.number === button.dataset.number;
      button.setAttribute("aria-pressed", String(own));
    }
  }
}
