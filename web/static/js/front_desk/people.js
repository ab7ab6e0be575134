/** People without a badge: found by name on the list, or written down as a walk-in. */
import { ApiError, get } from "../lib/api.js";
import { extract, mayBeName } from "../lib/badge_code.js";
import { $, $$, announce, el, hide, show, text } from "../lib/dom.js";
import { t, tn } from "../lib/i18n.js";
import { button, fill, mark } from "./field.js";

const PAUSE = 180; // after the last key, before asking
const LEAST = 2;

/** Asks for people and hears only the newest question's answer; no network is no answer, and says nothing. */
class Asking {
  #newest = 0;

  async ask(url, take) {
    const mine = (this.#newest += 1);
    try {
      const { people } = await get(url);
      if (mine === this.#newest) take(people);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine === this.#newest) take(null);
    }
  }

  drop() {
    this.#newest += 1;
  }
}

/** The line that takes a scan, a typed code or a name. `row(person)` draws one hit, `head(people)` what stands over them. */
export class Line {
  #asking = new Asking();
  #timer = null;

  constructor({ desk, maySearch, badge, row, head = () => [] }) {
    Object.assign(this, { desk, maySearch, badge, row, head });
    this.input = $("[data-line] input");
    this.panel = $("[data-hits]")?.closest("section");
    $("[data-line]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter(this.input.value.trim());
    });
    if (maySearch) this.input.addEventListener("input", () => this.#typed());
  }

  /** What was typed as a name, for the walk-in; the line is free again. */
  takeName() {
    const value = this.input.value.trim();
    this.clear();
    return mayBeName(value) ? value : "";
  }

  clear() {
    clearTimeout(this.#timer);
    this.#asking.drop();
    this.input.value = "";
    hide(this.panel);
  }

  /** Asks once more for the same words: somebody among the hits has changed. */
  again() {
    if (this.panel && !this.panel.hidden) this.#search(this.input.value.trim());
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(this.input.value.trim()), PAUSE);
  }

  #enter(value) {
    clearTimeout(this.#timer);
    if (!value) return;
    if (this.maySearch && (!extract(value) || mayBeName(value))) this.#search(value, true);
    else this.#scan(value);
  }

  #scan(value) {
    this.clear();
    this.badge(value);
  }

  #search(words, entered = false) {
    if (words.length < LEAST || (extract(words) && !mayBeName(words))) {
      this.#asking.drop();
      hide(this.panel);
      return;
    }
    this.#asking.ask(`${this.desk}/people?q=${encodeURIComponent(words)}`, (people) => {
      // Thirteen letters without a digit may be a name, and may be a code after all.
      if (entered && people?.length === 0 && extract(words)) this.#scan(words);
      else this.#show(people, entered);
    });
  }

  #show(people, entered) {
    if (people === null) return announce(t("No network: scan or type the code, it is saved here."));
    show(this.panel);
    fill($("[data-hits]"), [...this.head(people), ...people.map(this.row)]);
    show($("[data-nobody]"), people.length === 0);
    announce(people.length === 0 ? t("Nobody on the list by this name.") : tn("%(n)s person found", "%(n)s people found", people.length));
    if (entered) $("button", $("[data-hits]"))?.focus();
  }
}

/** "All four from Acme": a line for each firm of which several are found who are not in yet, with one press for all. */
export function groups(people, letIn) {
  if (!letIn) return [];
  const firms = new Map();
  for (const person of people) {
    if (person.company && !person.in_room && !person.away) firms.set(person.company, [...(firms.get(person.company) ?? []), person]);
  }
  return [...firms].filter(([, together]) => together.length > 1).map(([firm, together]) =>
    el(
      "li",
      { class: "together" },
      mark("wait", "people", t("together")),
      el("span", { class: "grow" }, el("span", { class: "who" }, firm), el("span", { class: "what" }, together.map(({ name }) => name).join(", "))),
      el("div", { class: "doings" }, button(tn("Let in %(n)s", "Let in all %(n)s", together.length), () => letIn(together), { icon: "check", kind: "first", label: firm, key: `all-${firm}` })),
    ));
}

/** One person of the list: in or not, and what the door can do. `actions(person)` gives the buttons. */
export function hit(person, times, actions) {
  const where = person.person ? t("not on today's list")
    : person.in_room ? t("in since %(time)s, %(desk)s", { time: times.minute(person.entered_at), desk: person.desk })
    : person.left_at ? t("left at %(time)s", { time: times.minute(person.left_at) })
    : t("not here yet");
  const what = [person.company, person.standing === "visitor" ? t("visitor") : t("member"), where].filter(Boolean).join(" · ");
  return el(
    "li",
    { "data-uid": person.uid ?? person.person },
    person.in_room ? mark("leaf-soft", "check-ring", t("in")) : mark("wait", "dash-ring", t("expected")),
    el("span", { class: "grow" }, el("span", { class: "who" }, person.name), el("span", { class: "what" }, what)),
    el("div", { class: "doings" }, ...actions(person)),
  );
}

/** Three fields at most, and people who may be the same first. `instead` is asked when somebody comes for somebody else. */
export class WalkIn {
  #asking = new Asking();
  #timer = null;
  #offered = "";
  #absent = null;

  constructor({ desk, takeName, add, letIn, instead, times }) {
    Object.assign(this, { desk, takeName, add, letIn, instead, times });
    this.form = $("[data-walk-in-form]");
    this.panel = this.form.closest("section");
    for (const opener of $$("[data-walk-in]")) opener.addEventListener("click", () => this.open());
    $("[data-close]", this.form).addEventListener("click", () => this.close());
    this.form.addEventListener("input", () => this.#typed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** `absent`: the person for whom somebody comes. */
  open(absent = null) {
    const [given] = this.form.elements;
    this.#absent = absent;
    text($("h2", this.panel), absent ? t("Comes for %(name)s", { name: absent.name }) : t("Walk-in"));
    given.value ||= absent ? "" : this.takeName();
    this.#expanded(true);
    show(this.panel);
    given.focus();
    this.panel.scrollIntoView({ block: "nearest" });
    if (given.value) this.#typed();
  }

  close() {
    const focused = this.panel.contains(document.activeElement);
    clearTimeout(this.#timer);
    this.#asking.drop();
    this.form.reset();
    this.#absent = null;
    this.#offered = "";
    hide($("[data-likely]", this.form));
    this.#error("");
    hide(this.panel);
    this.#expanded(false);
    if (focused) $("[data-line] input").focus();
  }

  #expanded(open) {
    $("[data-line] [data-walk-in]").setAttribute("aria-expanded", String(open));
  }

  #body() {
    return Object.fromEntries([...new FormData(this.form)].map(([name, value]) => [name, value.trim()]));
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#error("");
    this.#timer = setTimeout(() => this.#look(() => {}), 2 * PAUSE);
  }

  #submit() {
    clearTimeout(this.#timer);
    if (!this.#body().given_name) {
      this.form.elements[0].focus();
      return this.#error(t("A name is missing."));
    }
    // Offered once for these words; pressed again it is somebody new. Without a network nobody can be asked.
    const seen = this.#offered === JSON.stringify(this.#body());
    return this.#look((people) => (people?.length > 0 && !seen ? announce(t("Is it one of these?")) : this.#done()));
  }

  #done() {
    const [body, absent] = [this.#body(), this.#absent];
    const name = [body.given_name, body.family_name].filter(Boolean).join(" ");
    this.close();
    if (absent) this.instead({ uid: absent.uid, ...body }, name);
    else this.add(body, name);
  }

  #look(then) {
    const body = this.#body();
    return this.#asking.ask(`${this.desk}/likely?${new URLSearchParams(body)}`, (people) => {
      const row = (person) => hit(person, this.times, (found) => [this.#same(found)]);
      fill($("[data-likely-list]", this.form), (people ?? []).map(row));
      show($("[data-likely]", this.form), people?.length > 0);
      const add = $("[data-add] span", this.form);
      text(add, people?.length > 0 ? t("Somebody else: let in") : t("Add and let in"));
      then(people);
      if (people?.length > 0) this.#offered = JSON.stringify(body);
    });
  }

  #same(person) {
    const word = person.in_room ? t("Already in") : t("Let in");
    return button(word, () => this.#letIn(person), { icon: "check", label: person.name });
  }

  #letIn(person) {
    const absent = this.#absent;
    this.close();
    const who = person.person ? { person: person.person } : { known: person.uid };
    if (absent) this.instead({ uid: absent.uid, ...who }, person.name);
    else if (person.person) this.add(who, person.name);
    else this.letIn(person);
  }

  #error(words) {
    const line = $("[data-walk-in-error]", this.form);
    text($("span", line), words);
    show(line, words !== "");
  }
}
