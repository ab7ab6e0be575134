/** The agenda of a meeting's form: lines come, go and move without a new page, and the minutes add up as they are typed. */
import { $, $$, announce, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const form = $("[data-meeting-form]");
const lines = $("[data-lines]", form);
const MOST = 40;
const all = () => $$("[data-line]", lines);
const minutesOf = (line) => {
  const typed = $("[name=minutes]", line).value.trim();
  return /^\d+$/.test(typed) ? Number(typed) : 0;
};

/** Minutes since midnight as HH:MM, over midnight too. */
const clock = (minutes) =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function draw() {
  const start = /^(\d\d):(\d\d)/.exec(form.elements.time.value);
  let at = start ? Number(start[1]) * 60 + Number(start[2]) : null;
  let sum = 0;
  all().forEach((line, index) => {
    text($("[data-at]", line), at === null ? "" : clock(at + sum));
    sum += minutesOf(line);
    const names = { n: index + 1 };
    const [title, minutes] = $$("label .vh", line);
    text(title, t("Line %(n)s", names));
    text(minutes, t("Minutes of line %(n)s", names));
    text($("summary .vh", line), ` ${t("Line %(n)s", names)}`);
    const [remove, up] = $$("button", line);
    up.setAttribute("aria-label", t("Line %(n)s: one up", names));
    remove.setAttribute("aria-label", t("Take out line %(n)s", names));
    up.hidden = index === 0;
    up.value = remove.value = index;
  });
  text($("[data-sum]", form), t("Together %(minutes)s min, until %(end)s", { minutes: sum, end: at === null ? "–" : clock(at + sum) }));
}

function add() {
  const last = all().at(-1);
  if (!last || all().length >= MOST) return false; // the server makes the first line
  const line = last.cloneNode(true);
  for (const input of $$("input, textarea", line)) {
    input.value = "";
    input.removeAttribute("placeholder");
    input.removeAttribute("value");
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  $("[name=kind]", line).value = "other";
  $(".error", line)?.remove();
  $("details", line).open = false;
  lines.append(line);
  $("[name=title]", line).focus();
  return true;
}

function remove(line) {
  if (all().length === 1) return false; // the server's empty agenda has a button of its own
  const next = line.nextElementSibling ?? line.previousElementSibling;
  line.remove();
  $("[name=title]", next).focus();
  announce(t("Line taken out"));
  return true;
}

function up(line) {
  line.previousElementSibling?.before(line);
  const press = $("button[name=up]", line);
  draw();
  (press.hidden ? $("[name=title]", line) : press).focus();
  announce(t("Line %(n)s", { n: all().indexOf(line) + 1 }));
  return true;
}

const moves = { add, remove, up };
form.addEventListener("click", (event) => {
  const press = event.target.closest("button[name]");
  if (press && moves[press.name]?.(press.closest("[data-line]"))) {
    event.preventDefault();
    draw();
  }
});
form.addEventListener("input", draw);
draw();
