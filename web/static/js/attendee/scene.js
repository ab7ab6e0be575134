/** Which scene of the morning a phone shows; the server has the same in wire/phone.py and paints it first. */
const GOING_ON = ["running", "paused"];

/** Whether it is time to look back: the meeting is closed, or its last round has ended. */
export const isOver = ({ meeting, clock }) => meeting.status === "closed" || clock?.phase === "ended";

/** {kind, number, of, table, shown, next}; null and absent are the same. */
export function scene(snapshot) {
  const { clock } = snapshot;
  const own = snapshot.me?.rounds ?? {};
  if (isOver(snapshot)) return { kind: "after" };
  if (!clock) return { kind: "before" };
  const { number, of, phase } = clock;
  const coming = Object.keys(own).map(Number).sort((a, b) => a - b);
  const ahead = coming.find((each) => each >= number && own[each]?.phase === "planned");
  const found = { kind: "before", number, of, next: ahead && { number: ahead, table: own[ahead].table } };
  const seat = own[number];
  if (GOING_ON.includes(phase)) {
    if (!seat) return { ...found, kind: "unseated" };
    return seat.table == null ? { ...found, kind: "bye" } : { ...found, kind: "round", table: seat.table, shown: number };
  }
  if (phase !== "planned" || number === 1) return found;
  return { ...found, kind: "break", shown: [...coming].reverse().find((each) => each < number && own[each]?.with?.length > 0) };
}

/** What an exchange control offers: "ask", "asked", "answer", "accepted", "declined" or "none". */
export function swap(entry, open) {
  if (entry?.state === "accepted") return "accepted";
  if (entry?.state === "waiting") return entry.mine ? "asked" : "answer";
  if (entry?.state === "declined" && entry.mine) return "declined";
  return open ? "ask" : "none";
}
