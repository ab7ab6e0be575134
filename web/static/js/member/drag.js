/**
 * Slips are dragged between columns: by mouse, by a long touch, or from the keyboard with the grip of a slip (Space or
 * Enter lifts it, arrows choose a column, Space or Enter drops it, Escape puts it back). A column that stands for
 * several answers asks which one; an answer that needs a reason opens the slip.
 */
import { send } from "../lib/api.js";
import { $, $$, announce, el, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const LONG_TOUCH = 350; // milliseconds until a finger lifts a slip; before that it scrolls
const SLACK = 6; // pixels a mouse may tremble
const EDGE = 80; // pixels from the edge in which the page scrolls by itself
let held = null; // {place, column, by, ghost}

const moves = (place) => JSON.parse(place.dataset.moves ?? "[]");
const sections = () => $$(".board > section");
const keyOf = (section) => $("h2", section).id.replace("column-", "");
const nameOf = (section) => [...$("h2", section).childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("").trim();
const mayDrop = (place, section) => moves(place).some((each) => each.column === keyOf(section));

/** Each slip that can be moved gets a grip; its words are for those who cannot see it. */
function grips() {
  for (const place of $$("[data-moves]")) {
    if ($(".grip", place)) continue;
    const grip = el("button", { class: "grip", type: "button", "aria-label": `${t("Move the slip")}: ${place.dataset.title}`, "aria-describedby": "grip-help" }, icon("swap"));
    $(".slip", place).prepend(grip);
    place.draggable = false;
  }
  if (!$("#grip-help")) document.body.append(el("p", { id: "grip-help", hidden: true }, t("Press Space, choose a column with the arrows, press Space again; Escape puts it back.")));
}

function lift(place, by) {
  if (!$(".board").contains(place)) return;
  held = { place, by, column: place.closest("section") };
  place.classList.add("lifted");
  for (const section of sections()) section.classList.toggle("open", mayDrop(place, section));
  if (by === "keyboard") announce(`${place.dataset.title}. ${targets().map(nameOf).join(", ")}`);
}

const targets = () => sections().filter((section) => mayDrop(held.place, section));

function over(section) {
  held.over = section && mayDrop(held.place, section) ? section : null;
  for (const each of sections()) each.classList.toggle("over", each === held.over);
}

function letGo() {
  if (!held) return;
  held.ghost?.remove();
  held.place.classList.remove("lifted");
  for (const section of sections()) section.classList.remove("open", "over");
  held = null;
}

async function drop() {
  const { place, over: section, by } = held;
  letGo();
  if (!section) return by === "keyboard" && announce(t("Nothing was moved."));
  const choices = moves(place).filter((each) => each.column === keyOf(section));
  const choice = choices.length > 1 ? await ask(place, choices) : choices[0];
  if (choice) await move(place, choice);
  else $(".grip", place)?.focus();
}

/** Which of several answers is meant; nothing when the question is closed. */
function ask(place, choices) {
  return new Promise((answered) => {
    const heading = el("h2", { id: "which" }, place.dataset.title);
    const buttons = choices.map((choice) => el("button", { class: "btn", type: "button", value: choice.to }, choice.text));
    const dialog = el("dialog", { class: "panel stack which", "aria-labelledby": "which" }, heading, el("div", { class: "stack-s" }, ...buttons), el("button", { class: "btn quiet", type: "button" }, t("Put it back")));
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) dialog.close(button.value);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      answered(choices.find((choice) => choice.to === dialog.returnValue));
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function move(place, choice) {
  if (choice.asks) return location.assign(`${place.dataset.open}?to=${choice.to}`);
  try {
    await send(place.dataset.url, { to: choice.to, version: Number(place.dataset.version) });
  } catch (error) {
    announce(error.text || t("No network. Nothing was moved."));
  }
  document.dispatchEvent(new CustomEvent("slipmoved", { detail: place.dataset.slip }));
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (held?.by === "keyboard") return steer(event);
  if (grip && (event.key === " " || event.key === "Enter")) {
    event.preventDefault();
    lift(grip.closest(".place"), "keyboard");
    over(targets()[0]);
    if (held.over) announce(nameOf(held.over));
  }
});

/** Arrows walk through the columns that take the slip. */
function steer(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) {
    const there = targets();
    over(there[(there.indexOf(held.over) + step + there.length) % there.length]);
    announce(nameOf(held.over));
  } else if (event.key === " " || event.key === "Enter") drop();
  else if (event.key === "Escape" || event.key === "Tab") {
    announce(t("Nothing was moved."));
    letGo();
    if (event.key === "Tab") return;
  } else return;
  event.preventDefault();
}

document.addEventListener("pointerdown", (event) => {
  const place = event.target.closest?.(".place[data-moves]");
  const grip = event.target.closest?.(".grip");
  if (!place || event.button !== 0 || held || (!grip && event.target.closest("a, button, input, summary"))) return;
  const from = { x: event.clientX, y: event.clientY, id: event.pointerId, place };
  const touch = event.pointerType === "touch" && !grip;
  const wait = touch ? setTimeout(() => start(from), LONG_TOUCH) : null;
  const follow = (moved) => {
    if (moved.pointerId !== from.id) return;
    const far = Math.hypot(moved.clientX - from.x, moved.clientY - from.y) > SLACK;
    if (held) drag(moved);
    else if (far && touch) end(); // the finger scrolls
    else if (far) start(from);
  };
  const finish = (last) => {
    if (last.pointerId !== from.id) return;
    const dropped = held?.by === "pointer" && last.type === "pointerup";
    end();
    if (dropped) drop();
    else letGo();
  };
  function end() {
    clearTimeout(wait);
    removeEventListener("pointermove", follow);
    for (const each of ["pointerup", "pointercancel"]) removeEventListener(each, finish);
  }
  addEventListener("pointermove", follow);
  for (const each of ["pointerup", "pointercancel"]) addEventListener(each, finish);
});

/** A finger that holds a slip no longer scrolls; the page does so by itself near its edges. */
document.addEventListener("touchmove", (event) => held?.by === "pointer" && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => held && event.preventDefault());
document.addEventListener("keydown", (event) => event.key === "Escape" && held?.by === "pointer" && letGo());

function start({ place, x, y }) {
  lift(place, "pointer");
  if (!held) return;
  const box = place.getBoundingClientRect();
  held.ghost = $(".slip", place).cloneNode(true);
  held.ghost.classList.add("dragged", "ghost");
  held.ghost.setAttribute("aria-hidden", "true");
  held.ghost.inert = true;
  held.ghost.style.inlineSize = `${box.width}px`;
  Object.assign(held, { dx: x - box.x, dy: y - box.y });
  document.body.append(held.ghost);
  getSelection()?.removeAllRanges();
  drag({ clientX: x, clientY: y });
}

function drag({ clientX, clientY }) {
  held.ghost.style.transform = `translate(${clientX - held.dx}px, ${clientY - held.dy}px)`;
  if (clientY < EDGE) scrollBy(0, -12);
  else if (clientY > innerHeight - EDGE) scrollBy(0, 12);
  over(document.elementsFromPoint(clientX, clientY).map((each) => each.closest(".board > section")).find(Boolean));
}

document.addEventListener("boardshown", () => {
  letGo();
  grips();
});
grips();
