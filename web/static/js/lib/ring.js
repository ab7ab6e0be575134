/** What is round in a room: the clock's ring, drawn into what the server has laid out (macro `ring`), and a table's disc. */
import { label } from "./countdown.js";
import { $, $$, text } from "./dom.js";

const STEP = 60; // an arc a minute
const LONG = 720; // over twelve minutes one arc stands for five

/**
 * `ring` is the [data-ring] element, `reading` what countdown.js read (null: an empty ring), `state` the clock's data.
 * `word` stands under the digits. Past the end the digits count the time over.
 */
export function drawRing(ring, reading, state, word) {
  const length = Math.max(1, (state?.length_ms ?? 0) / 1000);
  const rest = Math.min(length, Math.max(0, Math.ceil((reading?.left ?? 0) / 1000)));
  const late = Boolean(reading?.running && reading.over);
  ring.classList.toggle("over", late);
  ring.classList.toggle("paused", state?.phase === "paused");
  ring.classList.toggle("last", Boolean(reading?.last));
  if (ring.dataset.length !== String(length)) arcs(ring, length);
  $(".left", ring).setAttribute("stroke-dasharray", `${late ? length : rest} ${length}`);
  $(".sun", ring).setAttribute("transform", `rotate(${(((length - rest) / length) * 360).toFixed(2)} 100 100)`);
  drawClock($("[data-clock]", ring), reading);
  text($("[data-word]", ring), word);
}

/** The digits alone, each in its box; also for a clock without a ring. */
export function drawClock(clock, reading) {
  const late = Boolean(reading?.running && reading.over);
  const shown = label(late ? reading.overtime : (reading?.seconds ?? 0));
  const boxes = $$("span", clock);
  clock.setAttribute("aria-label", `${clock.dataset.label} ${shown}`);
  clock.classList.toggle("long", shown.length > 4);
  if (boxes.length === shown.length) boxes.forEach((box, place) => text(box, shown[place]));
  else clock.replaceChildren(...[...shown].map(box));
}

function box(sign) {
  const span = document.createElement("span");
  span.className = sign === ":" ? "c" : "d";
  span.setAttribute("aria-hidden", "true");
  span.textContent = sign;
  return span;
}

function arcs(ring, length) {
  const step = length <= LONG ? STEP : 5 * STEP;
  const gap = length * 0.007;
  const gaps = $(".gaps", ring);
  ring.dataset.length = String(length);
  for (const circle of $$("circle[pathLength]", ring)) circle.setAttribute("pathLength", String(length));
  $(".track", ring).removeAttribute("stroke-dasharray");
  if (!gaps) return;
  gaps.setAttribute("stroke-dasharray", length > step ? `${gap.toFixed(2)} ${(step - gap).toFixed(2)}` : `0 ${length}`);
  gaps.setAttribute("stroke-dashoffset", (gap / 2).toFixed(2));
}

/** The class of a table's disc: as on paper, four colours filled, then the same four as rims (css/components/chip.css). */
export const look = (number) => `t${((number - 1) % 8) + 1}`;
