/**
 * Bells and full screen: out of sight until the mouse moves or a key is pressed, because nobody in the room needs them.
 * Bells are on from the start, unless somebody has switched them off here; where the browser keeps silent until it is
 * touched, one clear button asks for it.
 */
import { newOperation, send } from "../lib/api.js";
import { $, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Sounds } from "../lib/sound.js";

const SEEN = 4000;
const OFF = "coltiva.bells"; // "off" where somebody wants a silent wall
const EVERY = 60_000; // the server hears again whether this wall can be heard

/** Opens the tools: `ring(name)` plays a bell where bells are on, `level(percent)` sets how loud, `tell()` says whether it is heard. */
export function openTools({ tellUrl }) {
  const bar = $("[data-tools]");
  const press = { b: $("[data-sound]"), f: $("[data-full]") };
  const sounds = new Sounds({ onchange: changed });
  const screen = (sessionStorage.screen ??= newOperation());
  let timer = null;
  let told = null;

  function changed() {
    drawSound(press.b, sounds.state);
    if (told !== sounds.on) tell();
  }

  function tell() {
    told = sounds.on;
    send(tellUrl, { screen, on: Number(told) }, { pauses: [] }).catch(() => {
      told = null; // it is said again in a minute
    });
  }

  const awake = () => {
    clearTimeout(timer);
    document.body.classList.add("awake");
    timer = setTimeout(() => document.body.classList.remove("awake"), SEEN);
  };
  const unlock = () => sounds.state === "locked" && sounds.switchOn();
  press.b.addEventListener("click", () => {
    const on = sounds.state === "off";
    localStorage.setItem(OFF, on ? "" : "off");
    return on ? sounds.switchOn() : sounds.switchOff();
  });
  press.f.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  show(press.f, document.fullscreenEnabled);
  addEventListener("pointermove", awake);
  addEventListener("pointerup", ({ target }) => target.closest("[data-sound]") || unlock());
  addEventListener("pointerdown", awake);
  addEventListener("keydown", (event) => {
    awake();
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (sounds.state === "locked") unlock();
    else press[event.key.toLowerCase()]?.click();
  });
  show(bar);
  awake();
  if (localStorage.getItem(OFF) === "off") changed();
  else sounds.switchOn().then(changed);
  setInterval(tell, EVERY);
  return { ring: (name) => sounds.play(name), level: (percent) => (sounds.level = percent), tell };
}

function drawSound(button, state) {
  button.setAttribute("aria-pressed", String(state === "on"));
  text($("span", button), state === "on" ? t("Bells on") : t("Bells off"));
  $("use", button).setAttribute("href", `${document.documentElement.dataset.icons}#${state === "on" ? "sound" : "sound-off"}`);
  show(button, state !== "locked" && state !== "missing");
  show($("[data-unlock]"), state === "locked");
  document.body.classList.toggle("locked", state === "locked");
}
