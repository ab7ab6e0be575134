/** Exchanging contacts: shows each control as the state says, and sends a press without leaving the page. */
import { Queue, newOperation } from "../lib/api.js";
import { $, $$, announce, el, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { swap } from "./scene.js";

/** Entries by the other person's uid, each with its own. */
export const byPerson = ({ exchanges = {} }) =>
  Object.fromEntries(Object.entries(exchanges).map(([uid, entry]) => [entry.with.person, { uid, ...entry }]));

/** Shows every control inside `root`; `base` is the meeting's address on the phone. */
export function showSwaps(root, snapshot, base) {
  const known = byPerson(snapshot);
  const open = snapshot.meeting.status === "open";
  for (const control of $$("[data-with]", root)) showSwap(control, known[control.dataset.with], open, base);
}

function showSwap(control, entry, open, base) {
  const shown = swap(entry, open);
  for (const part of $$("[data-state]", control)) part.hidden = part.dataset.state !== shown;
  $("[name=person]", control).value = control.dataset.with;
  for (const form of $$("form", control)) {
    const verb = form.getAttribute("action").split("/").pop();
    form.setAttribute("action", verb === "exchanges" ? `${base}/exchanges` : `${base}/exchanges/${entry?.uid ?? "-"}/${verb}`);
  }
  const { email, phone } = entry?.card ?? {};
  const ways = $("[data-ways]", control);
  const key = JSON.stringify([email, phone]);
  if (ways.dataset.key === key) return; // what has the focus stays
  ways.dataset.key = key;
  ways.replaceChildren(...[way(email, "mail", `mailto:${email}`), way(phone, "call", `tel:${phone?.replaceAll(" ", "")}`)].filter(Boolean));
}

const way = (value, sign, href) => value && el("li", {}, el("a", { class: "btn", href }, icon(sign), " ", el("span", {}, value)));

/** Sends the forms marked data-send; `ondone(answer)` hears the answer, `onwaiting(count)` how many presses wait. */
export function sendForms(root, { ondone, onwaiting = () => {} }) {
  const queue = new Queue({
    onchange: ({ waiting, away, blocked }) => {
      onwaiting(waiting.length);
      if (blocked) location.reload();
      else if (away) announce(t("Saved here. It goes out by itself when the network is back."));
    },
  });
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-send]");
    if (!form) return;
    event.preventDefault();
    if (form.hasAttribute("data-busy")) return; // a second tap of an impatient thumb
    form.toggleAttribute("data-busy", true);
    const { csrf_token, op, ...body } = Object.fromEntries(new FormData(form));
    try {
      ondone(await queue.add(form.getAttribute("action"), body, { op }));
    } catch (error) {
      announce(error.text || t("This did not work. Try again."));
    }
    form.elements.op.value = newOperation();
    form.toggleAttribute("data-busy", false);
  });
  return queue;
}
