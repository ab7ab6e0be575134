/** Time that was lost, told at the top of the console until a facilitator says what is to become of it. */
import { send } from "../lib/api.js";
import { label } from "../lib/countdown.js";
import { $, el, icon, show } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A span in words that fit a sentence of labels: "40 s", "12 min", "3 h". */
export function span(ms) {
  const away = Math.abs(ms);
  if (away < 2 * MINUTE) return t("%(num)s s", { num: Math.round(away / SECOND) });
  if (away < 120 * MINUTE) return t("%(num)s min", { num: Math.round(away / MINUTE) });
  return t("%(num)s h", { num: Math.round(away / MINUTE / 60) });
}

/** What happened, and what it means for the room. */
export function words({ kind, away_ms: away, by_ms: by, lost_ms: lost, round }) {
  const titles = {
    was_away: away == null ? t("The program was away; nobody knows for how long.") : t("The program was away: %(time)s.", { time: span(away) }),
    stood_still: t("The computer slept: %(time)s.", { time: span(away ?? 0) }),
    clock_jumped: by > 0 ? t("The computer's clock was put forward: %(time)s.", { time: span(by) }) : t("The computer's clock was put back: %(time)s.", { time: span(by) }),
  };
  if (kind === "clock_jumped") return [titles[kind], t("The rounds go on as if nothing had happened.")];
  if (lost > 0) return [titles[kind], t("Round %(number)s ran on meanwhile: %(time)s of its time.", { number: round, time: label(Math.round(lost / SECOND)) })];
  return [titles[kind], t("Look at the clock of round %(number)s, and put it right by hand if need be.", { number: round })];
}

export class TimeLost {
  #box = $("[data-notices]");
  #drawn = "";

  /** `say(text)` announces what the server answered. */
  constructor({ say }) {
    this.say = say;
    this.#box?.addEventListener("click", (event) => {
      const button = event.target.closest("[data-choice]");
      if (button) this.#answer(button);
    });
  }

  /** The notices of the last snapshot. Drawn anew only when they are others, so that a button keeps its focus. */
  show(notices) {
    const drawn = JSON.stringify(notices);
    if (!this.#box || drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#box.replaceChildren(...notices.map(draw));
    show(this.#box, notices.length > 0);
  }

  async #answer(button) {
    const buttons = [...button.parentElement.children];
    if (buttons.some((each) => each.getAttribute("aria-disabled") === "true")) return; // one answer, however often pressed
    for (const each of buttons) each.setAttribute("aria-disabled", "true");
    try {
      await send(`${this.#box.dataset.url}/${button.dataset.uid}`, { choice: button.dataset.choice });
      this.say(button.dataset.choice === "give_back" ? t("The time is given back.") : t("It stays as it is."));
    } catch (error) {
      this.say(error.code === "network" ? t("No answer from the server. Press again.") : error.text);
    } finally {
      for (const each of buttons) each.removeAttribute("aria-disabled");
    }
  }
}

function draw(notice) {
  const [title, text] = words(notice);
  const choices = [choice(notice, "as_it_stands", notice.may_give_back ? t("Leave it as it is") : t("Understood"), !notice.may_give_back)];
  if (notice.may_give_back) choices.unshift(choice(notice, "give_back", t("Give %(time)s back", { time: label(Math.round(notice.lost_ms / SECOND)) }), true));
  return el("div", { class: "notice flower", "data-notice": notice.kind }, icon("diamond"), el("p", {}, el("b", {}, title)), el("p", {}, text), el("div", { class: "row" }, ...choices));
}

const choice = ({ uid }, name, words_, first) =>
  el("button", { type: "button", class: first ? "btn first" : "btn", "data-choice": name, "data-uid": uid }, el("span", {}, words_));
