/** The kiosk: somebody shows their own badge, reads their name and table, and the screen is ready for the next. */
import { ApiError, send } from "../lib/api.js";
import { candidates } from "../lib/badge_code.js";
import { $ } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { WakeLock } from "../lib/wake.js";
import { listen } from "../lib/wedge.js";
import { open } from "./eyes.js";
import { Field } from "./field.js";

const SHOWN = 8000; // then the name leaves the screen
const page = $("[data-kiosk]").dataset.kiosk;
const field = new Field($("[data-result]"));
let timer = null;
let number = 0;

const ready = () => ({
  kind: "waiting",
  word: t("Good morning"),
  name: t("Show your badge"),
  more: [t("Hold the square before the camera, or type the code below it.")],
});

function show(content) {
  clearTimeout(timer);
  field.show(content);
  timer = setTimeout(() => field.show(ready()), SHOWN);
}

async function badge(text, physical = "") {
  const mine = (number += 1);
  const [code] = candidates(text, physical);
  if (!code) return show(refused(t("No code in this picture"), t("Closer, flat and sharp; or type the code below the square.")));
  try {
    const said = await send(`${page}/check-ins`, { code });
    if (mine === number) show(answered(said));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (mine === number) show(refused(t("This did not work"), error.text || t("No answer. Please go to the door.")));
  }
}

function answered(said) {
  if (said.answer === "welcome") return { kind: "in", word: t("Welcome"), name: said.name, table: said.table };
  if (said.answer === "already_in") return { kind: "already", word: t("You are checked in"), name: said.name, table: said.table };
  if (said.answer === "test") return { kind: "waiting", word: t("The scanner works"), name: t("Test code"), more: [t("Nothing was recorded.")] };
  return refused(t("Please go to the door"), said.text);
}

const refused = (name, help) => ({ kind: "no", word: t("Not let in"), name, more: [help] });

listen((read, physical) => {
  $("[data-line] input").value = "";
  badge(read, physical);
});
open({ onread: badge, onblank: () => badge("") });
addEventListener("pointerdown", () => new WakeLock().hold(), { once: true });
$("[data-line]").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = $("[data-line] input");
  const typed = input.value.trim();
  input.value = "";
  if (typed) badge(typed);
});
