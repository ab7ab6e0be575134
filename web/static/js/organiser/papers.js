/**
 * The page as it will come out, drawn anew whenever the form changes. One drawing is under way at a time and only the
 * newest wish counts: what was chosen meanwhile is drawn next, everything between is left out.
 */
import { send } from "../lib/api.js";
import { $, $$, announce, el, hide, show, text } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const PAUSE = 350;

class Look {
  #busy = false;
  #again = false;
  #timer = 0;
  #page = 1;
  #pages = 1;

  constructor(form, panel) {
    Object.assign(this, { form, panel, sheet: $("[data-look-sheet]", panel) });
    form.addEventListener("input", () => this.#changed());
    $("[data-look-back]", panel).addEventListener("click", () => this.#turn(-1));
    $("[data-look-on]", panel).addEventListener("click", () => this.#turn(1));
    show(panel);
    this.#draw();
  }

  #changed() {
    clearTimeout(this.#timer);
    this.#page = 1;
    this.#timer = setTimeout(() => this.#draw(), PAUSE);
  }

  #turn(by) {
    this.#page = Math.min(Math.max(this.#page + by, 1), this.#pages);
    this.#draw();
  }

  async #draw() {
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    this.sheet.setAttribute("aria-busy", "true");
    text($("[data-look-state]", this.panel), t("Drawing the page"));
    const body = new FormData(this.form);
    body.set("page", this.#page);
    let answer = null;
    let wrong = "";
    try {
      answer = await send(this.form.dataset.look, body, { pauses: [] });
    } catch (error) {
      wrong = error.text || t("No answer. The page is drawn again with the next change.");
    }
    this.#busy = false;
    if (this.#again) return void this.#draw(); // something newer is wished for
    this.sheet.removeAttribute("aria-busy");
    text($("[data-look-state]", this.panel), "");
    if (answer) this.#shown(answer);
    this.#error(wrong);
  }

  #shown({ svg, pages, warnings, ...more }) {
    const picture = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    picture.setAttribute("aria-hidden", "true");
    this.sheet.replaceChildren(document.importNode(picture, true));
    this.#pages = pages;
    this.#page = Math.min(this.#page, pages);
    const where = t("Page %(page)s of %(of)s", { page: this.#page, of: pages });
    this.sheet.setAttribute("aria-label", where);
    text($("[data-look-pages]", this.panel), where);
    show($("[data-look-turn]", this.panel), pages > 1);
    $("[data-look-warnings]", this.panel).replaceChildren(...warnings.map((line) => el("li", {}, line)));
    show($("[data-look-warned]", this.panel), warnings.length > 0);
    this.#contents(more.contents ?? []);
    this.form.dispatchEvent(new CustomEvent("look", { detail: more }));
  }

  /** On which page each of several documents begins: labels and plain paper lie in different trays. */
  #contents(parts) {
    const list = $("[data-look-contents]", this.panel);
    const line = ([title, begins], place) => {
      const ends = (parts[place + 1]?.[1] ?? this.#pages + 1) - 1;
      return el("li", {}, t("%(title)s: %(pages)s", { title, pages: begins === ends ? begins : `${begins}–${ends}` }));
    };
    list.replaceChildren(...parts.map(line));
    show(list, parts.length > 1);
  }

  #error(words) {
    const line = $("[data-look-error]", this.panel);
    text($("span", line), words);
    show(line, words !== "");
    if (words) {
      this.sheet.replaceChildren();
      hide($("[data-look-turn]", this.panel));
      hide($("[data-look-warned]", this.panel));
      hide($("[data-look-contents]", this.panel));
      text($("[data-look-pages]", this.panel), "");
    } else announce(t("The page is drawn."));
  }
}

/** Parts of the form that only make sense with a choice elsewhere: data-when="back:agenda rounds". */
function follow(form) {
  const draw = () => {
    for (const part of $$("[data-when]", form)) {
      const [name, values] = part.dataset.when.split(":");
      const chosen = new FormData(form).get(name) ?? "";
      show(part, values.split(" ").includes(chosen));
    }
  };
  form.addEventListener("input", draw);
  draw();
}

for (const form of $$("form[data-look]")) {
  follow(form);
  form.addEventListener("look", ({ detail }) => show($("[data-new-stock]", form), detail.new_stock === true));
  new Look(form, $("[data-look-panel]"));
}
