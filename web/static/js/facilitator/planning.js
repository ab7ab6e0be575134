/** The planning run as the console shows it: a bar that moves, the best so far in words. The server says the same on the first paint. */
import { get } from "../lib/api.js";
import { $, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";

/** The best plan so far, "2 meetings of people who met before"; empty before there is one. */
export function best(cost) {
  if (!cost || cost.repeats == null) return "";
  const said = [cost.repeats ? tn("%(num)s meeting of people who met before", "%(num)s meetings of people who met before", cost.repeats) : t("Nobody meets the same person again")];
  if (cost.same_sector) said.push(tn("%(num)s pair of one sector at a table", "%(num)s pairs of one sector at a table", cost.same_sector));
  if (cost.wishes_missed) said.push(tn("%(num)s wish still open", "%(num)s wishes still open", cost.wishes_missed));
  return said.join(" · ");
}

/** Moves the bar of the run that the page shows. False when the page shows another stage, and is to be drawn anew. */
export function follow(run) {
  const bar = $("[data-share]");
  const shown = bar?.closest("[data-part]");
  if (!run?.live || !shown || shown.hidden) return !run?.live && !bar;
  bar.value = run.share;
  text($("span", bar.parentElement), best(run.cost) || t("A moment"));
  return true;
}

/** Why nobody can begin to plan now; null when they can. */
export const under = (run) => (run?.live && run.state === "seating" ? t("The rounds are being planned") : null);

const PATIENCE = 1500; // people come one after the other; the last look counts

/** What is possible with the people who are here, asked for while rounds are to come and shown when it is known. */
export class Outlook {
  #timer = null;
  #panel = $("[data-outlook]");

  constructor(url) {
    this.url = url;
  }

  /** The people, or the rounds, are others now. `wanted`: there is something left to plan. */
  ask(wanted, after = PATIENCE) {
    clearTimeout(this.#timer);
    if (!wanted) return show(this.#panel, false);
    this.#timer = setTimeout(() => this.#look(), after);
    return undefined;
  }

  async #look() {
    try {
      const { html } = await get(this.url);
      const lines = $("[data-outlook-lines]", this.#panel);
      lines.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      show(this.#panel, $("li", lines) !== null);
    } catch {
      show(this.#panel, false); // it is asked for again when the people change
    }
  }
}
