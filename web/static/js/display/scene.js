/**
 * What the wall shows for a snapshot: which scene, how lists are cut into pages, where the sprouts stand. The server
 * knows the same for the first paint (server/views/wall.py); a test holds the two against each other.
 */
const LAST_MS = 30_000;
const TABLES_A_PAGE = [[3, 10], [6, 6], [9, 4], [12, 3]];
export const NAMES_A_PAGE = 20;
const MOST_PLACES = 120;

/** "join" before the rounds, "break" before each round, "round", "done" after the last, "closed". */
export function sceneOf(snapshot) {
  const { meeting, clock } = snapshot;
  if (meeting.status === "closed") return "closed";
  if (meeting.status === "draft" || !clock) return "join";
  if (clock.phase === "running" || clock.phase === "paused") return "round";
  if (clock.phase === "planned") return seated(snapshot) ? "break" : "join";
  return "done";
}

/** The seating of the round that the clock is about, or null when nobody has a seat. */
export function seated({ clock, seats }) {
  const found = seats?.[clock?.number];
  return found && Object.keys(found.tables ?? {}).length > 0 ? found : null;
}

/** Whether the ground has turned: the last 30 seconds and the time over. */
export const isRipe = (clock, now) => clock?.phase === "running" && clock.ends_at - Math.max(now, clock.starts_at) <= LAST_MS;

/** Who sits where, by table: [{table, names}]; those who sit out last, with table null. */
export function tablesOf(seating) {
  const found = entries(seating).map(([table, people]) => ({ table, names: people.map(({ short }) => short) }));
  const out = (seating?.byes ?? []).map(({ short }) => short);
  return out.length > 0 ? [...found, { table: null, names: out }] : found;
}

const most = (tables) => Math.max(0, ...tables.map(({ names }) => names.length));

/** In how many lines a table's names stand: three names a line. */
export const linesOf = (tables) => Math.max(1, Math.ceil(most(tables) / 3));

export const tablesAPage = (tables) => TABLES_A_PAGE.find(([people]) => most(tables) <= people)?.[1] ?? 2;

/** Who goes where, by first name: [{name, from, to}]; from null for somebody new, to null for who sits out. */
export function movesOf(seating, lang) {
  const found = entries(seating).flatMap(([table, people]) => people.map(({ short, from }) => ({ name: short, from: from ?? null, to: table })));
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
