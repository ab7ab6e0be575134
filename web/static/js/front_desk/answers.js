/** What the door says: one headline, one shape and one line of help for each answer; nothing here writes. */
import { number, t } from "../lib/i18n.js";
import { button } from "./field.js";

const ready = () => t("Camera, scanner or typed code: nothing has to be pressed first.");

/** Before anything was scanned: whether the doors are open. */
export function doors(status) {
  if (status === "draft") return { kind: "waiting", word: t("Not yet"), name: t("The doors are closed"), more: [t("The organiser opens them.")] };
  if (status === "closed") return { kind: "waiting", word: t("Over"), name: t("This meeting is closed") };
  return { kind: "waiting", word: t("Ready"), name: t("Show a badge"), more: [ready()] };
}

export function noCode() {
  return { kind: "no", word: t("Nothing read"), name: t("No code in this picture"), more: [t("Closer, flat and sharp; or type the code below the square.")] };
}

export function failed(error) {
  return { kind: "no", word: t("Not done"), name: t("This did not work"), more: [error.text || t("No network. Try again when it is back.")] };
}

const dayOf = (day) => new Intl.DateTimeFormat(document.documentElement.lang || "en", { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(day));

/** Why not, and what to do: another headline for each reason. */
const reasons = (day) => ({
  unknown_badge: [t("Not on today's list"), t("Ask the name and add a walk-in.")],
  badge_malformed: [t("Not one of our badges"), t("Type the code printed below the square, or look for the name.")],
  other_group: [t("Another group's badge"), t("Ask the name and add a walk-in.")],
  other_meeting: [t("Another meeting's badge"), t("Look for the name on today's list.")],
  revoked_badge: [t("A replaced badge"), t("A newer one was printed: ask for it, or look for the name.")],
  expired_visitor: [day ? t("A visitor's badge of %(day)s", { day: dayOf(day) }) : t("A visitor's badge of an earlier day"), t("Look for the name, or add a walk-in.")],
  meeting_closed: [t("This meeting is closed"), t("Nobody is let in any more.")],
  doors_closed: [t("The doors are closed"), t("The organiser opens them.")],
});

/** Turns a scan into what the field shows. `doings` are the verbs of the door, `may` which of them this device has. */
export class Answers {
  constructor({ times, may, doings }) {
    Object.assign(this, { times, may, doings });
  }

  shown({ kind, name, answer: said, twin, shelved }) {
    if (kind === "queued") {
      const safe = shelved === false ? t("Keep this page open until the network is back.") : t("Let them in. It goes out by itself when the network is back.");
      return { kind, word: t("Saved on this device"), name, more: [safe] };
    }
    if (kind === "twice") {
      const time = this.times.minute(twin.at);
      return { kind: "already", word: t("Saved here already, at %(time)s", { time }), name, more: [t("This badge was shown before: is it the same person?")] };
    }
    if (kind === "test") return { kind: "waiting", word: t("The scanner works"), name: t("Test code"), more: [t("Nothing was recorded.")] };
    if (kind === "no") return { kind, ...this.refusal(said) };
    return { kind, ...this.#person(kind, said) };
  }

  refusal({ reason, day, text: said }) {
    const [name, help] = reasons(day)[reason] ?? [t("This did not work"), said || t("No answer. Try once more.")];
    const { walkIn, look } = this.doings;
    const actions = [
      walkIn && button(t("Add as a walk-in"), walkIn, { icon: "plus" }),
      this.may.search && button(t("Look for a name"), look, { icon: "search" }),
    ];
    return { word: t("Not let in"), name, more: [help], actions: actions.filter(Boolean) };
  }

  /** A group came in: how many, and everybody with their answer. */
  together(people) {
    const fresh = people.filter(({ answer }) => answer === "welcome");
    const word = { welcome: t("in"), already_in: t("already in"), refused: t("not let in") };
    const more = people.map(({ answer, name, table, text }) =>
      [name ?? text, word[answer], table && t("table %(number)s", { number: table })].filter(Boolean).join(" · "));
    return { kind: fresh.length === people.length ? "in" : "already", word: t("Together"), name: t("%(n)s let in", { n: number(fresh.length) }), more };
  }

  #person(kind, said) {
    const time = this.times.minute(Date.parse(said.since));
    const more = [
      said.company,
      said.comes_for && t("Comes for %(name)s", { name: said.comes_for }),
      kind === "already" && t("Let in by %(desk)s", { desk: said.desk }),
      said.guest_of && t("Guest of %(name)s", { name: said.guest_of }),
      kind === "in" && said.first_visit && t("First time here: worth an introduction"),
      said.visits && t("Visits used up: this is number %(number)s, %(allowed)s are allowed", said.visits),
      said.conflict && t("Another desk let this badge in, too: see below."),
      said.full && t("More people than the %(n)s places of this meeting.", { n: number(said.full) }),
      said.fee && this.#fee(said.fee),
    ];
    const word = kind === "in" ? t("Welcome") : t("Already in, since %(time)s", { time });
    return { word, name: said.name, table: said.table, more, actions: this.#actions(kind, said) };
  }

  #fee({ cents, currency }) {
    if (cents === undefined) return t("Fee due"); // an amount never travels over an open line
    const amount = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }).format(cents / 100);
    return t("Fee due: %(amount)s", { amount });
  }

  #actions(kind, { uid, name, may_undo: undoable, walk_in: fresh, fee }) {
    const { may, doings } = this;
    const again = kind === "already";
    return [
      fee && may.add && button(t("Fee paid"), () => doings.paid(uid, name), { icon: "check", label: name }),
      may.print && (fresh || again) && button(again ? t("Print again") : t("Print the badge"), () => doings.print({ uid, name }), { icon: "print", label: name }),
      may.undo && undoable && button(t("Undo"), () => doings.undo(uid, name), { icon: "undo", label: name }),
      may.search && button(t("Code for a phone"), () => doings.phoneCode(uid, name), { icon: "phone", label: name }),
    ].filter(Boolean);
  }

  /** What can be done with somebody found by name. */
  ofHit({ uid, name, in_room: here, may_undo: undoable, phone }) {
    const { may, doings } = this;
    const key = (verb) => ({ label: name, key: `${verb}-${uid}` });
    if (!here) {
      return [
        may.add && button(t("Let in"), () => doings.letIn({ uid, name }), { icon: "check", ...key("in") }),
        may.add && button(t("Somebody comes instead"), () => doings.instead({ uid, name }), { icon: "swap", kind: "quiet", ...key("instead") }),
      ].filter(Boolean);
    }
    return [
      may.undo && button(undoable ? t("Undo") : t("Undo, with a reason"), () => doings.undo(uid, name, !undoable), { icon: "undo", kind: "quiet", ...key("undo") }),
      may.undo && button(t("Leaves"), () => doings.leave(uid, name), { icon: "sign-out", kind: "quiet", ...key("leave") }),
      phone
        ? may.undo && button(t("Undo the phone"), () => doings.undoPhone(uid, name), { icon: "phone", kind: "quiet", ...key("phone") })
        : button(t("Code for a phone"), () => doings.phoneCode(uid, name), { icon: "phone", kind: "quiet", ...key("code") }),
      may.print && button(t("Print the badge"), () => doings.print({ uid, name }), { icon: "print", kind: "quiet", ...key("print") }),
    ].filter(Boolean);
  }
}
