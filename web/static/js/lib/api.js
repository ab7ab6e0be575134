/** Writes and reads over HTTP. A write carries an operation id, so that sending it again never does it again. */

/** The server said no: `status`, a stable `code`, and `text` for the person. `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor(status, { code = `http_${status}`, text = "", ...rest } = {}) {
    super(text || code);
    Object.assign(this, { status, code, text, rest });
  }

  /** Nobody answered, or only something in between did: the same request may be sent again. */
  get unanswered() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

const PAUSES = [400, 1200, 3000];
const PATIENCE = 10_000;
const UPLOAD = 120_000;

/** 16 random bytes in hexadecimal. crypto.randomUUID does not exist on plain http. */
export function newOperation() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends JSON (or FormData) and returns the JSON answer; asks again with the same `op` while nobody answers. Throws ApiError. */
export async function send(url, body = {}, { op = newOperation(), method = "POST", pauses = PAUSES, headers = {} } = {}) {
  const form = body instanceof FormData;
  const text = form ? body : JSON.stringify(body); // once: the same operation must come with the same body
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await request(url, {
        method,
        body: text,
        patience: form ? UPLOAD : PATIENCE,
        headers: {
          ...(form ? {} : { "Content-Type": "application/json" }),
          "X-Operation-Id": op,
          "X-CSRF-Token": document.querySelector("meta[name=csrf]")?.content ?? "",
          ...headers,
        },
      });
    } catch (error) {
      if (!error.unanswered || attempt >= pauses.length) throw error;
      await pause(pauses[attempt]);
    }
  }
}

/** Reads JSON, never from a cache. Throws ApiError. */
export const get = (url) => request(url, { cache: "no-store" });

async function request(url, { headers = {}, patience = PATIENCE, ...options }) {
  let response;
  try {
    response = await fetch(url, {
      credentials: "same-origin",
      headers: { Accept: "application/json", ...headers },
      signal: AbortSignal.timeout?.(patience),
      ...options,
    });
  } catch {
    throw new ApiError(0, { code: "network" }); // fetch tells nothing more
  }
  const json = /json/.test(response.headers.get("Content-Type") ?? "");
  let answer = null;
  try {
    if (json) answer = await response.json();
  } catch {
    throw new ApiError(0, { code: "network" }); // cut off in the middle
  }
  if (!response.ok) throw new ApiError(response.status, answer ?? {});
  if (!json && response.status !== 204) throw new ApiError(response.status, { code: "not_json" });
  return answer;
}

const pause = (time) => new Promise((done) => setTimeout(done, time * (0.75 + Math.random() / 2)));

/**
 * Writes that must not be lost while the network is away: in memory, one after another, each until it is answered.
 * Being signed out stops the queue (`blocked`) and keeps the write; `resume()` after signing in. `onchange(queue)` hears every change.
 */
export class Queue {
  #running = false;
  #wake = null;

  constructor({ onchange = () => {}, post = send, pauses = [500, 1000, 2000, 4000] } = {}) {
    Object.assign(this, { onchange, post, pauses, waiting: [], blocked: null, away: false });
  }

  /**
   * Promises the server's answer, however late; rejects with the ApiError when the server refuses. `note` is kept for
   * the screen; `headers()` is asked each time it is sent, for what may change between two tries.
   */
  add(url, body, { op = newOperation(), note = null, headers = () => ({}) } = {}) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ url, body, op, note, headers, resolve, reject });
      this.onchange(this);
      this.#run();
    });
  }

  /** Try at once: the network or the sign-in is back. */
  resume() {
    this.blocked = null;
    this.#wake?.();
    return this.#run();
  }

  async #run() {
    if (this.#running || this.blocked) return;
    this.#running = true;
    for (let failed = 0; this.waiting.length > 0 && !this.blocked; ) {
      const [next] = this.waiting;
      try {
        const answer = await this.post(next.url, next.body, { op: next.op, pauses: [], headers: next.headers() });
        this.#answered(() => next.resolve(answer));
        failed = 0;
      } catch (error) {
        // A fault of the server is tried a few times; after that it is the fault of this write.
        if (error.unanswered || error.status === 429 || (error.status === 500 && failed < 5)) await this.#rest(failed++);
        else if (error.status === 401 || error.code === "csrf_refused") this.#block(error);
        else {
          this.#answered(() => next.reject(error));
          failed = 0;
        }
      }
    }
    this.#running = false;
  }

  #answered(settle) {
    this.waiting.shift();
    this.away = false;
    settle();
    this.onchange(this);
  }

  #block(error) {
    this.blocked = error;
    this.onchange(this);
  }

  async #rest(failed) {
    this.away = true;
    this.onchange(this);
    const time = this.pauses[Math.min(failed, this.pauses.length - 1)];
    await Promise.race([pause(time), new Promise((done) => (this.#wake = done))]);
  }
}
