/** Draws the lists of the wall: the same rows as the server's first paint (templates/display/parts.html). */
import { el, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { look } from "../lib/ring.js";

const SVG = "http://www.w3.org/2000/svg";
const MANY_PAGES = 12; // from here on pages are counted in digits

/** One page of tables; one that is skipped, or does not count, says so. */
export const tableRows = (tables) =>
  tables.map(({ table, names, closed }) => el("li", { class: closed && "shut" }, place(table), ...names.map((name) => el("span", {}, name)), closed && el("em", {}, state(closed))));

const state = (closed) => (closed === "skipped" ? t("pauses") : t("does not count"));

function place(table) {
  if (table === null) return el("span", { class: "table-no out" }, icon("cup"), el("span", { class: "vh" }, t("Sits out")));
  return el("span", { class: `table-no num ${look(table)}` }, el("span", { class: "vh" }, `${t("Table")} `), String(table));
}

/** One page of moves. */
export const moveRows = (moves) => moves.map(({ name, from, to }) => el("li", {}, el("span", { class: "name" }, name), ...way(from, to)));

function way(from, to) {
  if (to === null) return [el("span", { class: "from" }, t("sits out"))];
  const there = el("b", { class: `to table-no num ${look(to)}` }, String(to));
  if (from === to) return [el("span", { class: "from" }, t("stay at")), there];
  return [el("span", { class: "from" }, String(from ?? "")), icon("arrow"), there];
}

/** Which page of how many. */
export function drawMarks(marks, page, of) {
  marks.hidden = of < 2;
  marks.setAttribute("aria-label", t("Page %(page)s of %(of)s", { page: page + 1, of }));
  const dots = Array.from({ length: of }, (_, at) => el("i", { class: at === page && "on" }));
  marks.replaceChildren(...(of > MANY_PAGES ? [`${page + 1} / ${of}`] : dots));
}

/** The seedbed; a place that has just grown enters softly. */
export function drawBed(bed, places, label) {
  const picture = bed.querySelector("svg");
  const before = [...picture.children].map((use) => use.getAttribute("class").split(" ")[0]);
  const across = 20;
  const height = Math.ceil(places.length / across) * 26 - 4;
  picture.setAttribute("viewBox", `0 0 ${across * 24 - 4} ${Math.max(22, height)}`);
  picture.setAttribute("aria-label", label);
  picture.replaceChildren(
    ...places.map((kind, at) => {
      const grown = kind !== "seed" && before.length === places.length && before[at] !== kind;
      return svg("use", {
        class: grown ? `${kind} new` : kind,
        href: `${document.documentElement.dataset.icons}#bed-${kind}`,
        x: (at % across) * 24,
        y: Math.floor(at / across) * 26,
        width: 20,
        height: 22,
      });
    }),
  );
}

const MOST_TABLES = 40;
const [WIDE, HIGH, RADIUS] = [100, 84, 26];

/** Whether anybody goes from one table to another, in a room that can be drawn. */
export const isMapped = (moves) => moves.some(changes) && tablesIn(moves).length <= MOST_TABLES;

const changes = ({ from, to }) => from && to && from !== to;
const tablesIn = (moves) => [...new Set(moves.flatMap(({ from, to }) => [from, to]))].filter(Boolean).sort((one, other) => one - other);

/**
 * The tables of all `moves` in the order of their numbers, back and forth, with an arrow for each way that somebody
 * of `shown` goes: everybody's at once would be a tangle. How a room is furnished nobody told us, so neighbours in
 * number are drawn as neighbours.
 */
export function drawMap(map, moves, shown) {
  const ways = new Set(shown.filter(changes).map(({ from, to }) => `${from} ${to}`));
  const numbers = tablesIn(moves);
  const across = Math.max(3, Math.ceil(Math.sqrt(numbers.length * 0.95)));
  const lines = Math.ceil(numbers.length / across);
  const [width, height] = [across * WIDE, lines * HIGH];
  const spot = new Map(numbers.map((number, at) => [number, where(at, across)]));
  map.setAttribute("viewBox", `0 0 ${width} ${height}`);
  map.replaceChildren(
    svg("rect", { class: "wall", x: 2, y: 2, width: width - 4, height: height - 4, rx: 10 }),
    ...[...ways].flatMap((way) => arrow(...way.split(" ").map((number) => spot.get(Number(number))))),
    ...numbers.flatMap((number) => table(number, spot.get(number))),
  );
}

function where(at, across) {
  const line = Math.floor(at / across);
  const column = line % 2 === 0 ? at % across : across - 1 - (at % across);
  return { x: column * WIDE + WIDE / 2, y: line * HIGH + HIGH / 2 };
}

function table(number, { x, y }) {
  const text = svg("text", { class: look(number), x, y: y + 7.5 });
  text.textContent = number;
  return [svg("circle", { class: `t ${look(number)}`, cx: x, cy: y, r: RADIUS }), text];
}

/** A slightly bent line from edge to edge, so that there and back do not lie on each other. */
function arrow(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy);
  const bend = Math.min(34, far / 5);
  const middle = { x: (from.x + to.x) / 2 - (dy / far) * bend, y: (from.y + to.y) / 2 + (dx / far) * bend };
  const start = towards(from, middle, RADIUS + 3);
  const tip = towards(to, middle, RADIUS + 3);
  const end = towards(to, middle, RADIUS + 13);
  const side = { x: ((end.y - tip.y) / 10) * 6, y: ((tip.x - end.x) / 10) * 6 };
  const point = ({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return [
    svg("path", { class: "go", d: `M${point(start)}Q${point(middle)} ${point(end)}` }),
    svg("path", { class: "tip", d: `M${point(tip)}L${point({ x: end.x + side.x, y: end.y + side.y })}L${point({ x: end.x - side.x, y: end.y - side.y })}z` }),
  ];
}

function towards(from, to, way) {
  const far = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / far) * way, y: from.y + ((to.y - from.y) / far) * way };
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
