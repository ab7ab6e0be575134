/** A server and its socket as live.js sees them, driven by the test: what was asked, and answers on demand. */
export class FakeServer {
  constructor({ audiences = { everyone: 4, desk: 7 }, snapshot = { people: { A: { name: "Mira" } } } } = {}) {
    this.handlers = {};
    this.connected = this.active = false;
    this.joins = [];
    this.fetches = 0;
    this.connects = 0;
    this.blocked = false;
    this.answers = true; // false: HTTP fails too
    this.alive = true; // false: the socket looks open and nobody is there
    this.state = { ok: true, server_now: 1_800_000_000_000, audiences, snapshot };
    this.ack = () => structuredClone(this.state);
  }

  io = (options) => {
    this.options = options;
    this.active = true;
    setTimeout(() => this.accept());
    return this;
  };

  on(event, handler) {
    this.handlers[event] = handler;
  }

  timeout(time) {
    return {
      emitWithAck: (event, body) => {
        const answer = event === "join" ? (this.joins.push(body), this.ack()) : { t1: Date.now(), t2: Date.now() };
        if (this.alive) return new Promise((done) => setTimeout(() => done(answer)));
        return new Promise((_, fail) => setTimeout(() => fail(new Error("operation has timed out")), time));
      },
    };
  }

  accept() {
    this.connects += 1;
    if (this.blocked) {
      setTimeout(() => this.accept(), 2000); // socket.io tries again by itself
      return this.handlers.connect_error(new Error("websocket error"));
    }
    this.connected = true;
    this.handlers.connect();
  }

  connect() {
    this.active = true;
    setTimeout(() => this.accept());
  }

  disconnect() {
    this.active = false;
    this.drop();
  }

  /** The line breaks. */
  drop() {
    if (!this.connected) return;
    this.connected = false;
    this.handlers.disconnect("transport close");
  }

  /** News: the state on the server moves on, and the socket brings it unless it is `lost`. */
  news(audience, patch, { lost = false, seq = (this.state.audiences[audience] += 1) } = {}) {
    Object.assign(this.state.snapshot, patch);
    const news = { audience, seq, kind: "moved", sent_at: this.state.server_now, patch };
    if (!lost) this.handlers.news(news);
    return news;
  }

  fetchState = async () => {
    this.fetches += 1;
    if (!this.answers) throw Object.assign(new Error("network"), { status: 0, unanswered: true });
    return structuredClone(this.state);
  };
}

/** A Live on a fake server, joined, with a record of all it told. */
export async function joined(Live, server = new FakeServer()) {
  const told = { states: [], kinds: [], links: [], refusals: [] };
  const live = new Live({
    meeting: "breakfast",
    stateUrl: "/state",
    io: server.io,
    fetchState: server.fetchState,
    onstate: (snapshot, kind) => (told.states.push(structuredClone(snapshot)), told.kinds.push(kind)),
    onlink: (link) => told.links.push(link),
    onrefused: (refusal) => told.refusals.push(refusal),
  }).start();
  await later(30);
  return { live, server, told };
}

export const later = (time) => new Promise((done) => setTimeout(done, time));
