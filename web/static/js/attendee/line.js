/** What every page of an attendee has: the live state of the meeting and the words about the line to the server. */
import { $, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Live } from "../lib/live.js";

/** `page` carries data-meeting and data-state-url; `first` is {server_now, snapshot} as the page was painted. */
export function connect(page, first, onstate) {
  const live = new Live({
    meeting: page.dataset.meeting,
    stateUrl: page.dataset.stateUrl,
    onstate,
    onlink: showLink,
    onrefused: ({ status }) => status === 401 && location.reload(), // signed out at the door: the page says what to do
  });
  if (first) {
    const [painted] = performance.getEntriesByType("navigation");
    live.snapshot = first.snapshot;
    live.clock.heard(first.server_now, painted?.responseStart || performance.now()); // until the first question is answered
  }
  showLink("reconnecting");
  return live;
}

function showLink(link) {
  const net = $("[data-net]");
  const off = link !== "connected";
  const words = { connected: t("Connected"), reconnecting: t("Reconnecting"), polling: t("Connected, slowly"), offline: t("No network") };
  net.hidden = false;
  net.classList.toggle("off", off);
  text($("span", net), words[link]);
  $("use", net).setAttribute("href", `${document.documentElement.dataset.icons}#${off ? "offline" : "wifi"}`);
}
