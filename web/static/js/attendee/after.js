/** Looking back, and the page of one person: words are saved as they are typed, exchanges are live. */
import { Queue } from "../lib/api.js";
import { $, $$, text, warnBeforeLeaving } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { apply } from "../lib/patch.js";
import { connect } from "./line.js";
import { sendForms, showSwaps } from "./swaps.js";
import { drawTurn } from "./turns.js";

const page = $("[data-after]");
const { base } = page.dataset;
const live = connect(page, null, draw);
const PAUSE = 900; // after the last letter

function draw() {
  showSwaps(page, live.snapshot, base);
  if ($("[data-turn]")) drawTurn(page, live.snapshot.talk);
  const listed = [...$$("[data-other]")];
  for (const row of listed) row.hidden = !live.snapshot.exchanges?.[row.dataset.other];
}

sendForms(page, {
  ondone: ({ exchanges }) => {
    if (live.snapshot) live.snapshot = apply(live.snapshot, { exchanges });
    else live.snapshot = { meeting: { status: page.dataset.status }, exchanges };
    draw();
  },
});

const changed = new Map(); // form → names of the fields that were touched and not sent yet
const timers = new Map();
const queue = new Queue({
  onchange: ({ away, blocked, waiting }) => {
    if (blocked) for (const { note } of waiting) tell(note, t("Sign in again; what you wrote is kept here."));
    else if (away) for (const { note } of waiting) tell(note, t("Saved here. It goes out by itself when the network is back."));
  },
});
warnBeforeLeaving(() => changed.size > 0 || queue.waiting.length > 0);

const tell = (form, message) => text($("[data-saved]", form), message);

function touched(form, name) {
  changed.set(form, (changed.get(form) ?? new Set()).add(name));
  clearTimeout(timers.get(form));
}

/** Whoever wants to stay in touch asks for the contacts too, where that is still to be done. */
function askToo(form) {
  const person = form.getAttribute("action").split("/").pop();
  $(`[data-with="${person}"] [data-state=ask]:not([hidden])`, page)?.requestSubmit();
}

async function save(form) {
  const names = changed.get(form);
  if (!names) return;
  changed.delete(form);
  clearTimeout(timers.get(form));
  const values = new FormData(form);
  if (names.has("promise") || names.has("due_on")) names.add("promise").add("due_on"); // a day belongs to its promise
  const body = Object.fromEntries([...names].map((name) => [name, values.get(name) ?? ""]));
  tell(form, t("Saving"));
  try {
    await queue.add(form.getAttribute("action"), body, { note: form });
    const more = changed.has(form) || queue.waiting.some(({ note }) => note === form);
    if (!more) tell(form, t("Saved"));
  } catch (error) {
    tell(form, error.text || t("This was not saved. Try again."));
    for (const name of names) touched(form, name); // the next change, or the button, tries again
  }
}

for (const form of $$("[data-jot]")) {
  $("[data-save]", form).hidden = true; // saved as it is typed
  form.addEventListener("input", ({ target }) => {
    touched(form, target.name);
    timers.set(form, setTimeout(() => save(form), PAUSE));
  });
  form.addEventListener("change", ({ target }) => {
    save(form);
    if (target.name === "stay" && target.value === "yes") askToo(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
}

live.start();
