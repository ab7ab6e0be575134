/**
 * What a door keeps on its device: scans that the server has not answered (operation, codes, time; no name), and on
 * https or localhost the page itself. Where the browser keeps nothing, scans live as long as the page is open.
 */
const STORE = "scans";

/** Promises the scans of one meeting's door; `safe` says whether they survive a reload. */
export async function openShelf(meeting) {
  try {
    return new Shelf(await opened(nameOf(meeting)));
  } catch {
    return new Shelf(null); // a private window, or a device that is full
  }
}

export class Shelf {
  constructor(db) {
    this.db = db;
  }

  get safe() {
    return this.db !== null;
  }

  /** All that waits, the earliest first. */
  async all() {
    if (!this.db) return [];
    const rows = await this.#do("readonly", (store) => store.getAll());
    return rows.sort((one, other) => one.at - other.at);
  }

  /** Keeps {op, codes, at}; promises whether it is kept for good. */
  async put({ op, codes, at }) {
    return this.#quietly("readwrite", (store) => store.put({ op, codes, at }));
  }

  async drop(op) {
    return this.#quietly("readwrite", (store) => store.delete(op));
  }

  close() {
    this.db?.close();
    this.db = null;
  }

  async #quietly(mode, work) {
    if (!this.db) return false;
    try {
      await this.#do(mode, work);
      return true;
    } catch {
      return false; // full, or taken away by the browser: the page still has it in memory
    }
  }

  #do(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}

const nameOf = (meeting) => `coltiva-door-${meeting}`;

function opened(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "op" });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // wiped from another tab
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/** Keeps the page for the hours without a network, where browsers allow it. Promises whether it is kept. */
export async function keepPage(desk, extra = []) {
  if (!globalThis.isSecureContext || !navigator.serviceWorker) return false;
  const version = document.documentElement.dataset.icons.split("/")[2];
  await navigator.serviceWorker.register(`${desk}/worker.js?v=${version}`, { scope: desk });
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  const files = loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"));
  active.postMessage({ keep: [`${desk}?kept=1`, ...new Set([...files.map(({ href }) => href.split("#")[0]), ...extra])] });
  return true;
}

/** Nothing of this door stays on this device. */
export async function wipe(meeting, desk, shelf) {
  shelf.close();
  indexedDB.deleteDatabase(nameOf(meeting));
  const worker = await navigator.serviceWorker?.getRegistration(desk);
  worker?.active?.postMessage({ wipe: true });
}
