/** Which scene of the morning a phone shows; the server has the same in wire/phone.py and paints it first. */
const GOING_ON = ["running", "paused"];

/** Whether it is time to look back: the meeting is closed, or its last round has ended. */
export const isOver = ({ meeting, clock }) => meeting.status === "closed" || clock?.phase === "ended";

/** {kind, number, of, table, shown, next, on, shut}; null and absent are the same. */
export function scene(snapshot) {
  const { clock, stage, talk } = snapshot;
  const own = snapshot.me?.rounds ?? {};
  if (isOver(snapshot)) return { kind: "after" };
  const on = stage?.pause ? "pause" : talk?.who && talk.phase !== "done" ? "talk" : null;
  if (!clock) return { kind: "before", on };
  const { number, of, phase } = clock;
  const coming = Object.keys(own).map(Number).sort((a, b) => a - b);
  const ahead = coming.find((each) => each >= number && own[each]?.phase === "planned");
  const found = { kind: "before", number, of, on, next: ahead && { number: ahead, table: own[ahead].table } };
  const seat = own[number];
  if (GOING_ON.includes(phase)) {
    if (!seat) return { ...found, kind: "unseated", on: null };
    const { table, closed: shut } = seat;
    return table == null ? { ...found, kind: "bye", on: null } : { ...found, kind: "round", on: null, table, shut, shown: number };
  }
  if (phase !== "planned" || number === 1) return found;
  return { ...found, kind: "break", shown: [...coming].reverse().find((each) => each < number && own[each]?.with?.length > 0) };
}

/** The clock that the ring counts, in the shape of a round's; null where there is none. */
export function timer({ clock, stage, talk }, { kind, on }) {
  if (on === "talk") return talk;
  if (on !== "pause") return kind === "before" ? null : clock;
  const { began_at: starts_at, ends_at } = stage.pause;
  return { phase: "running", starts_at, ends_at, length_ms: ends_at - starts_at };
}

/** What an exchange control offers: "ask", "asked", "answer", "accepted", "declined" or "none". */
export function swap(entry, open) {
  if (entry?.state === "accepted") return "accepted";
  if (entry?.state === "waiting") return entry.mine ? "asked" : "answer";
  if (entry?.state === "declined" && entry.mine) return "declined";
  return open ? "ask" : "none";
}
