/**
 * What the wall shows for a snapshot: which scene and whose clock, how lists are cut into pages, where the sprouts
 * stand. The server knows the same for the first paint (server/views/wall.py); a test holds the two against each other.
 */
const TABLES_A_PAGE = [[3, 10], [6, 6], [9, 4], [12, 3]];
export const NAMES_A_PAGE = 20;
const MOST_PLACES = 120;
const OWN_SCENES = ["open_networking", "rounds"]; // items of the agenda that the wall shows in a way of their own
const TALK_LAST = 10; // seconds: a speaker's last ones
const HALF_SHOWN = 20_000;

/**
 * "join" before the rounds, "item" while something else is on, "break" before each round, "round", "pause" (without
 * seats to look for), "talk" while people speak in turn, "done" after the last round, "closed".
 */
export function sceneOf(snapshot) {
  const { meeting, clock, stage, talk } = snapshot;
  if (meeting.status === "closed") return "closed";
  if (meeting.status === "draft") return "join";
  if (clock?.phase === "running" || clock?.phase === "paused") return "round";
  const coming = clock?.phase === "planned";
  if (stage?.pause) return coming && seated(snapshot) ? "break" : "pause";
  if (talk?.who && talk.phase !== "done") return "talk";
  if (stage?.item && !OWN_SCENES.includes(stage.item.kind) && !(coming && clock.number > 1)) return "item";
  if (!clock) return "join";
  if (coming) return seated(snapshot) ? "break" : "join";
  return "done";
}

/** The clock that the scene counts: {about, state, last}; state null where nothing is counted, `last` in seconds. */
export function timerOf(snapshot, scene = sceneOf(snapshot)) {
  const { clock, stage, talk, sound } = snapshot;
  if (scene === "round") return { about: `${snapshot.meeting.uid} round ${clock.number}`, state: clock, last: sound?.last_seconds ?? 30 };
  if (scene === "talk") return { about: `talk ${talk.number}`, state: talk, last: TALK_LAST };
  const pause = scene === "pause" || scene === "break" ? stage?.pause : null;
  if (pause) return { about: `pause ${pause.uid}`, state: span(pause.began_at, pause.ends_at), last: 0 };
  const item = scene === "item" ? stage.item : null;
  if (item?.due_at) return { about: `item ${item.uid}`, state: span(item.began_at, item.due_at), last: 0 };
  return { about: scene, state: null, last: 0 };
}

const span = (from, to) => ({ phase: "running", starts_at: from, ends_at: to, length_ms: to - from });

/** The seating of the round that the clock is about, or null when nobody has a seat. */
export function seated({ clock, seats }) {
  const found = seats?.[clock?.number];
  return found && Object.keys(found.tables ?? {}).length > 0 ? found : null;
}

/** Whether the ground has turned: the last seconds, where they are announced, and the time over. */
export function isRipe(clock, now, last = 30) {
  return clock?.phase === "running" && clock.ends_at - Math.max(now, clock.starts_at) <= last * 1000;
}

/** Whether the second half has just begun, where half-time is announced. */
export function isHalf(clock, now, sound) {
  const left = clock?.phase === "running" ? clock.ends_at - Math.max(now, clock.starts_at) : Infinity;
  return (sound?.half_time ?? true) && left <= clock?.length_ms / 2 && left > clock?.length_ms / 2 - HALF_SHOWN;
}

/** Who sits where, by table: [{table, names, closed}]; those who sit out last, with table null. */
export function tablesOf(seating) {
  const found = entries(seating).map(([table, people]) => ({ table, names: people.map(({ short }) => short), closed: seating.closed?.[table] ?? null }));
  const out = (seating?.byes ?? []).map(({ short }) => short);
  return out.length > 0 ? [...found, { table: null, names: out, closed: null }] : found;
}

const most = (tables) => Math.max(0, ...tables.map(({ names, closed }) => names.length + (closed ? 1 : 0)));

/** In how many lines a table's names stand: three names a line. */
export const linesOf = (tables) => Math.max(1, Math.ceil(most(tables) / 3));

export const tablesAPage = (tables) => TABLES_A_PAGE.find(([people]) => most(tables) <= people)?.[1] ?? 2;

/** Who goes where, by first name: [{name, from, to}]; from null for somebody new, to null for who sits out or whose table does. */
export function movesOf(seating, lang) {
  const found = entries(seating).flatMap(([table, people]) =>
    people.map(({ short, from }) => ({ name: short, from: from ?? null, to: seating.closed?.[table] ? null : table })),
  );
  const out = (seating?.byes ?? []).map(({ short, from }) => ({ name: short, from: from ?? null, to: null }));
  const collator = new Intl.Collator(lang);
  return [...found, ...out].sort((one, other) => collator.compare(one.name, other.name) || (one.to ?? 0) - (other.to ?? 0));
}

export const pagesOf = (rows, size) => Math.max(1, Math.ceil(rows.length / size));

/** The seedbed: a place for everybody expected, grown by whoever is here; where each grows never changes. */
export function placesOf({ expected, came, in_room: here, visitors }) {
  const total = here + Math.max(0, expected - came);
  if (total > MOST_PLACES) return [];
  const order = Array.from({ length: total }, (_, place) => place).sort((one, other) => share(one) - share(other));
  const places = Array(total).fill("seed");
  for (const place of order.slice(0, here - visitors)) places[place] = "sprout";
  for (const place of order.reverse().slice(0, visitors)) places[place] = "bloom";
  return places;
}

const share = (place) => (place * 0.618034) % 1;

function entries(seating) {
  return Object.entries(seating?.tables ?? {})
    .filter(([, people]) => people?.length > 0)
    .map(([table, people]) => [Number(table), people])
    .sort(([one], [other]) => one - other);
}
