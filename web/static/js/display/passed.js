/** Slips, thanks and visitors of this morning, while referrals are on: how many, and the last of them by name. */
import { $, el, icon, show, text } from "../lib/dom.js";
import { number, t } from "../lib/i18n.js";

const KIND = "referrals"; // the item of the agenda at which this stands on the wall
const SHOWN = 5;

let drawn = "";

/** Shows the box at its item, with numbers and names as the snapshot has them. */
export function drawPassed({ stage, passed }) {
  const box = $("[data-passed]");
  const now = stage?.item?.kind === KIND && Boolean(passed);
  show(box, now);
  document.body.classList.toggle("passing", now);
  if (!now) return;
  for (const count of ["slips", "givers", "thanks", "inside", "visitors"]) text($(`[data-count="${count}"]`, box), number(passed[count]));
  const state = JSON.stringify(passed.recent);
  if (state === drawn) return;
  drawn = state;
  $("ol", box).replaceChildren(...passed.recent.slice(0, SHOWN).map(row));
}

const KINDS = {
  referral: ["leaf", () => t("referral")],
  thanks: ["heart", () => t("thanks")],
  visitor: ["bloom", () => t("visitor")],
};

function row({ kind, from, to }) {
  const [sign, word] = KINDS[kind];
  return el("li", {}, icon(sign), el("span", {}, from), icon("arrow"), el("span", {}, to), el("em", {}, word()));
}
