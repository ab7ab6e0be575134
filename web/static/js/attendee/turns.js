/** "You speak now": the line that a phone shows while people speak in turn. */
import { $, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** Whose turn it is for the owner of this phone: "now", "next", "introduce" (their visitor speaks) or null. */
export function turn(talk, short, company) {
  if (!talk?.who || talk.phase === "done") return null;
  const mine = (who) => who?.short === short && (who.company ?? "") === company;
  if (mine(talk.who)) return "now";
  if (talk.who.introduced_by === short) return "introduce";
  return mine(talk.next) ? "next" : null;
}

export function drawTurn(page, talk) {
  const mine = turn(talk, page.dataset.short, page.dataset.company);
  const words = {
    now: () => t("You speak now."),
    next: () => t("You are next. After %(name)s you speak.", { name: talk.who.short }),
    introduce: () => t("Introduce %(name)s now.", { name: talk.who.short }),
  };
  text($("[data-turn] p"), mine ? words[mine]() : "");
  show($("[data-turn]"), Boolean(mine));
}
