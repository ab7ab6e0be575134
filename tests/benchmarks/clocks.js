/** Two phones of one room and one transition, over made links: how far apart they show it. Runs the product's own clock. */

/** A repeatable source of chance (mulberry32). */
function dice(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One way over a link, in milliseconds. */
const WAYS = {
  wifi: (random) => 4 - 8 * Math.log(1 - random()),
  "4G": (random) => 20 + 60 * random(),
  "jitter 50-300": (random) => 50 + 250 * random(),
  bursty: (random) => 5 - 5 * Math.log(1 - random()) + (random() < 0.2 ? 100 + 500 * random() : 0),
};
const FRAME = 1000 / 60;

/**
 * When a phone shows what is due at server time `due`, in true milliseconds. It joined at 0 with a clock of its own that
 * starts anywhere and drifts by up to 40 ppm; it asks as lib/clock.js does, and hears the counters every ten seconds.
 */
function shows(ServerClock, way, random, due, offset) {
  const rate = 1 + (random() * 2 - 1) * 40e-6;
  const born = random() * 1e7;
  const device = (time) => born + time * rate;
  const clock = new ServerClock();
  const heard = [];
  for (let i = 0, at = random() * 300; at < due; at += i < 5 ? 200 : 10_000, i += 1) {
    const [up, down] = [way(random), way(random)];
    heard.push([at + up + down, (now) => clock.sample(device(at), Math.round(at + up + offset), Math.round(at + up + offset), now)]);
  }
  for (let at = random() * 10_000; at < due; at += 10_000) {
    const down = way(random);
    heard.push([at + down, (now) => clock.heard(Math.round(at + offset), now)]);
  }
  heard.sort(([a], [b]) => a - b);
  for (const [at, learn] of heard) if (at < due) learn(device(at));
  // The screen looks at its clock and sets a timer for the moment; the picture comes with the next frame.
  const error = clock.now(device(due)) - (due + offset);
  return due - error + random() * FRAME;
}

/** The 50th and 99th percentile of how far two phones are apart, in `runs` rooms. */
export function apart(ServerClock, link, runs, seed) {
  const random = dice(seed);
  const found = [];
  for (let run = 0; run < runs; run += 1) {
    const offset = 1_700_000_000_000 + random() * 1e9;
    const due = 20_000 + random() * 280_000;
    const [one, other] = [0, 1].map(() => shows(ServerClock, WAYS[link], random, due, offset));
    found.push(Math.abs(one - other));
  }
  found.sort((a, b) => a - b);
  return [found[Math.floor(runs / 2)], found[Math.floor(runs * 0.99)]];
}
