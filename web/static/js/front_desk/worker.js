/**
 * The service worker of one door's page and of nothing else. Network first for the page, so that it is never older than
 * it need be; without a network the copy without names that was kept. Files under a versioned address never change.
 */
const VERSION = new URL(self.location).searchParams.get("v") ?? "";
const PREFIX = `coltiva-door-${new URL(self.location).pathname.split("/")[2]}-`;
const CACHE = PREFIX + VERSION;
const DESK = new URL(".", self.location).pathname.replace(/\/$/, "");
const PATIENCE = 1500;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(cleared((name) => name.startsWith(PREFIX) && name !== CACHE).then(() => self.clients.claim()));
});

/** {keep: [addresses]}: what the page needs. {wipe: true}: nothing of this door stays on this device. */
self.addEventListener("message", (event) => {
  const { keep, wipe } = event.data;
  if (wipe) event.waitUntil(cleared((name) => name.startsWith(PREFIX)).then(() => self.registration.unregister()));
  else if (keep) event.waitUntil(kept(keep));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === DESK) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status < 500) return answer;
  } catch {
    // no network, or none that answers
  }
  return (await caches.match(`${DESK}?kept=1`, { cacheName: CACHE })) ?? Response.error();
}

async function file(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

async function kept(addresses) {
  const cache = await caches.open(CACHE);
  await Promise.all(
    addresses.map(async (address) => {
      const versioned = new URL(address, self.location).pathname.startsWith("/static/");
      if (versioned && (await cache.match(address))) return;
      try {
        const answer = await fetch(address, { credentials: "same-origin" });
        if (answer.ok && !answer.redirected) await cache.put(address, answer);
      } catch {
        // asked for again with the next look at the page
      }
    }),
  );
}

async function cleared(which) {
  const names = await caches.keys();
  await Promise.all(names.filter(which).map((name) => caches.delete(name)));
}
