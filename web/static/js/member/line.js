/** The line that says whether a page keeps itself up to date; without a script it says nothing. */
import { $, icon, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

let heard = false; // before the first connection there is nothing to say

/** Says how the connection is; `link` as `Live` has it. */
export function line(link) {
  const place = $("[data-line]");
  const net = $("[data-net]", place);
  const connected = link === "connected" || link === "polling";
  net.classList.toggle("off", !connected);
  $("svg", net).replaceWith(icon(connected ? "wifi" : "offline"));
  text($("span", net), connected ? t("Kept up to date") : t("No network"));
  show(place, connected || heard);
  heard ||= connected;
}
