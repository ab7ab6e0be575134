/** Bells and full screen: out of sight until the mouse moves or a key is pressed, because nobody in the room needs them. */
import { $, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Sounds } from "../lib/sound.js";

const SEEN = 4000;

/** Opens the tools; `ring(name)` plays a bell where bells are on. */
export function openTools() {
  const bar = $("[data-tools]");
  const press = { b: $("[data-sound]"), f: $("[data-full]") };
  const sounds = new Sounds({ onchange: (on) => drawSound(press.b, on) });
  let timer = null;

  const awake = () => {
    clearTimeout(timer);
    document.body.classList.add("awake");
    timer = setTimeout(() => document.body.classList.remove("awake"), SEEN);
  };
  press.b.addEventListener("click", () => (sounds.on ? sounds.switchOff() : sounds.switchOn()));
  press.f.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  show(press.f, document.fullscreenEnabled);
  addEventListener("pointermove", awake);
  addEventListener("pointerdown", awake);
  addEventListener("keydown", (event) => {
    awake();
    if (!event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat) press[event.key.toLowerCase()]?.click();
  });
  show(bar);
  awake();
  return { ring: (name) => sounds.play(name) };
}

function drawSound(button, on) {
  button.setAttribute("aria-pressed", String(on));
  text($("span", button), on ? t("Bells on") : t("Bells off"));
  $("use", button).setAttribute("href", `${document.documentElement.dataset.icons}#${on ? "sound" : "sound-off"}`);
}
