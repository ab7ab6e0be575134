/** The screens online, counted: phones, displays, desks, other consoles; and phones that were here and are silent now. */
import { $, show } from "../lib/dom.js";
import { tn } from "../lib/i18n.js";

const KINDS = [
  ["phones", "phone", (n) => tn("%(num)s phone", "%(num)s phones", n)],
  ["displays", "screen", (n) => tn("%(num)s display", "%(num)s displays", n)],
  ["desks", "door", (n) => tn("%(num)s door", "%(num)s doors", n)],
  ["consoles", "settings", (n) => tn("%(num)s console", "%(num)s consoles", n)],
];

/** People in the room whose phone joined, less the phones that are online. */
export function silent({ devices, room }) {
  const joined = Object.values(room ?? {}).filter((line) => line?.phone && line.entered_at && !line.left_at).length;
  return Math.max(0, joined - (devices?.phones ?? 0));
}

export function showDevices(snapshot) {
  const list = $("[data-devices]");
  const found = KINDS.filter(([kind]) => snapshot.devices?.[kind]).map(([kind, icon, words]) => item(icon, words(snapshot.devices[kind])));
  const gone = silent(snapshot);
  if (gone) found.push(item("offline", tn("%(num)s phone silent", "%(num)s phones silent", gone), "flower-soft"));
  list.replaceChildren(...found);
  show(list, found.length > 0);
}

function item(icon, words, kind = "") {
  const li = document.createElement("li");
  if (kind) li.className = kind;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${icon}`);
  svg.append(use);
  li.append(svg, ` ${words}`);
  return li;
}
