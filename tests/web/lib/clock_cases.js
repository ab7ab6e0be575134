/** The estimate of the server's clock over a made link: how far it is off, in milliseconds. */
import { ServerClock } from "/static/v1/js/lib/clock.js";

/** A repeatable source of chance (mulberry32). */
export function dice(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The 99th percentile of |error| over `runs` phones that ask `pings` times over a link with these delays. */
export function worstOf({ fixed, spread, pings, runs = 400, pushed = 0 }) {
  const random = dice(pings + spread);
  const errors = [];
  for (let run = 0; run < runs; run += 1) {
    const offset = 1_700_000_000_000 + random() * 1e9;
    const clock = new ServerClock();
    const way = () => fixed + random() * spread;
    let at = random() * 1e6;
    for (let i = 0; i < pings; i += 1) {
      const [up, down] = [way(), way()];
      clock.sample(at, at + up + offset, at + up + offset + 1, at + up + 1 + down);
      at += 200 + up + down;
    }
    for (let i = 0; i < pushed; i += 1) {
      const down = way();
      clock.heard(at + offset, at + down);
      at += 1000;
    }
    errors.push(Math.abs(clock.now(at + 10_000) - (at + 10_000 + offset)));
  }
  return errors.sort((a, b) => a - b)[Math.floor(runs * 0.99)];
}

/** Error after the device slept for `slept` ms, during which its own clock stood still, and asked once again. */
export function afterSleep(slept) {
  const clock = new ServerClock();
  for (let t = 0; t < 1000; t += 200) clock.sample(t, t + 20 + 5e9, t + 20 + 5e9, t + 40);
  clock.sample(2000, 2020 + 5e9 + slept, 2020 + 5e9 + slept, 2040);
  return Math.abs(clock.now(3000) - (3000 + 5e9 + slept));
}

/** A clock that is `ahead` ms too far learns the truth: the error a tenth of a second later, whether it ran backwards, the error after a minute. */
export function correction(ahead) {
  const offset = 1e12;
  const clock = new ServerClock();
  clock.sample(0, offset + 2 * ahead, offset + 2 * ahead, 2 * ahead);
  clock.sample(1000, offset + 1000, offset + 1000, 1000);
  const error = (at) => clock.now(at) - (at + offset);
  const soon = error(1100);
  let backwards = false;
  for (let at = 1100, last = 0; at < 60_000; at += 50) {
    backwards ||= clock.now(at) < last;
    last = clock.now(at);
  }
  return { soon, backwards, end: error(60_000) };
}
