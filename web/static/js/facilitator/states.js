/** What the console says for each state of the clock. The server says the same on the first paint. */
import { t } from "../lib/i18n.js";

/** The one next press: {act, icon, text, why}; `why` says why it cannot be done now. `over`: the time is up; `busy`: why nobody can plan. */
export function main(clock, status, over, busy) {
  if (!clock) return { act: "plan", icon: "swap", text: t("Plan rounds"), why: busy };
  if (over) return { act: "end", icon: "next", text: t("End round") };
  if (clock.phase === "running") return { act: "pause", icon: "pause", text: t("Pause") };
  if (clock.phase === "paused") return { act: "resume", icon: "play", text: t("Go on") };
  const start = { act: "start", icon: "play", text: t("Start round %(number)s", { number: clock.number }) };
  if (clock.phase !== "planned") return { ...start, why: t("All rounds are over") };
  return status === "open" ? start : { ...start, why: t("The doors are shut") };
}

/** Why time and end cannot be pressed now; null when they can. */
export function possible(clock) {
  return clock?.phase === "running" || clock?.phase === "paused" ? null : t("Only while a round runs");
}

/** The round that would not count: the one that goes on, else the last that ended; null without one. */
export function voidable(clock, ended) {
  return clock?.phase === "running" || clock?.phase === "paused" ? clock : ended;
}

export function title(clock) {
  return clock ? t("Round %(number)s of %(of)s", { number: clock.number, of: clock.of }) : null;
}

/** The word under the digits. */
export function word(clock, reading) {
  if (!clock) return t("no seats yet");
  if (clock.phase === "paused") return t("paused");
  if (clock.phase === "planned") return t("ready");
  if (clock.phase !== "running") return t("done");
  return reading.over ? t("over") : t("left");
}
