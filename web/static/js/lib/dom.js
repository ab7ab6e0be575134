/** The few things that screens do to their page. Data only ever becomes text. */

/** The first element that matches, and all of them. */
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Writes a text where it differs, so that a screen reader is not told twice. */
export function text(element, value) {
  const next = String(value ?? "");
  if (element && element.textContent !== next) element.textContent = next;
}

export function show(element, visible = true) {
  if (element) element.hidden = !visible;
}

export const hide = (element) => show(element, false);

/** A new element: el("li", {class: "row", "data-uid": uid}, name, button). Attributes true are empty, false or null left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A sign from the page's sprite (<html data-icons>), for show only: a word stands beside it. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `i ${extra}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Says `message` to screen readers through the page's role=status (the one marked data-announce, if any), also twice the same. */
export function announce(message, region = $("[data-announce]") ?? $("[role=status]")) {
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = message), 50);
}

/** Asks before the page is left or reloaded while `busy()`: what waits in memory would be lost. */
export function warnBeforeLeaving(busy) {
  addEventListener("beforeunload", (event) => {
    if (busy()) event.preventDefault();
  });
}
