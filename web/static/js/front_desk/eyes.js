/** Camera and photo: the same badge held still is read once. Where there can be no camera there is no dead button. */
import { $, el, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { CameraScanner, cameraProblem, decoderFiles, readPhoto } from "../lib/scanner.js";

const problems = () => ({
  denied: t("The camera is not allowed. Press the sign beside the address, allow the camera, then try again. A scanner, a photo or the typed code work as well."),
  busy: t("Another program holds the camera. Close it, then try again."),
  none: t("There is no camera here. A scanner, a photo or the typed code work as well."),
  insecure: t("The camera needs a secure address (https): take a photo of the badge instead."),
});

/** `onread(text)` hears each badge, `onblank()` a photo in which there is none. Gives the files it may need. */
export function open({ onread, onblank }) {
  photo(onread, onblank);
  if (cameraProblem() === "insecure") show($("[data-insecure]"));
  if (cameraProblem() === null) camera(onread);
  return { files: decoderFiles() };
}

/** Which camera, where there are several; remembered on this device. */
async function choices(scanner) {
  const select = $("[data-cameras]");
  if (!select) return;
  const found = await scanner.cameras();
  select.replaceChildren(...found.map(({ deviceId, label }, at) => el("option", { value: deviceId, selected: deviceId === scanner.camera }, label || t("Camera %(number)s", { number: at + 1 }))));
  show(select.closest(".field"), found.length > 1);
  show($("[data-torch]"), await scanner.hasTorch());
}

const remembered = "coltiva-door-camera";

function camera(onread) {
  const press = $("[data-camera]");
  const words = $("[data-camera-state]");
  const scanner = new CameraScanner($("[data-video]"), {
    camera: localStorage.getItem(remembered) ?? "",
    onread,
    onstate(state, problem) {
      const on = state !== "off" && state !== "failed";
      press.setAttribute("aria-pressed", String(on));
      show($("[data-viewfinder]"), state !== "off");
      if (state === "on") choices(scanner);
      show($("[data-video]"), on);
      const said = { starting: t("The camera starts …"), resting: t("The camera rests while this page is hidden."), failed: problems()[problem] };
      text(words, said[state] ?? "");
      show(words, state in said);
      words.setAttribute("role", state === "failed" ? "alert" : "status");
    },
  });
  press.setAttribute("aria-pressed", "false");
  press.addEventListener("click", () => (scanner.state === "off" || scanner.state === "failed" ? scanner.start() : scanner.stop()));
  $("[data-cameras]")?.addEventListener("change", ({ target }) => {
    localStorage.setItem(remembered, target.value);
    scanner.camera = target.value;
    scanner.start();
  });
  const torch = $("[data-torch]");
  torch?.addEventListener("click", async () => {
    const lit = torch.getAttribute("aria-checked") !== "true";
    if (await scanner.torch(lit)) torch.setAttribute("aria-checked", String(lit));
  });
  show(press);
}

function photo(onread, onblank) {
  const file = $("[data-photo-file]");
  $("[data-photo]").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [picture] = file.files;
    if (!picture) return;
    const found = await readPhoto(picture);
    file.value = ""; // the same file may be chosen again
    if (found) onread(found);
    else onblank();
  });
}
