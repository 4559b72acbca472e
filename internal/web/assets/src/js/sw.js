// SPDX-License-Identifier: Apache-2.0
// Stands between the pages and the network for three things only: a page that says
// so when there is no network, messages to the desktop while no page is open, and the
// pages of visits, which are opened where there is none. Because it stands there, it also
// sends the last words of a page that is left, which would otherwise end with the page.
// It keeps that one page with its style, and of anybody's tickets only what the desk
// itself marks to be kept, for as long as it says, until somebody signs out or has to
// sign in (docs/security.md).
const shelf = "offline";
const page = "/offline";
const bag = "visits";
const most = 30;

self.addEventListener("install", (e) => {
  e.waitUntil(
    (async () => {
      const answer = await fetch(page, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const parts = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|svg|woff2|js))"/g)];
      await caches.delete(shelf);
      const kept = await caches.open(shelf);
      await kept.put(page, answer);
      await kept.addAll([...new Set(parts.map((m) => m[1]))]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (e) => {
  const { request } = e;
  if (request.method !== "GET") {
    if (new URL(request.url).pathname === "/signout") e.waitUntil(caches.delete(bag));
    return;
  }
  if (request.mode === "navigate") {
    e.respondWith(visited(request));
  } else if (!navigator.onLine && new URL(request.url).pathname.startsWith("/assets/")) {
    e.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

// visited answers a page from the network, and keeps it where the desk says so; without a network,
// the page as it was kept, or the one that says that there is none.
async function visited(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await fromBag(request)) ?? (await caches.match(page)) ?? Response.error();
  }
  const path = new URL(answer.url || request.url).pathname;
  if (path === "/signin") await caches.delete(bag);
  else if (answer.ok && Number(answer.headers.get("Loopdesk-Keep")) > 0) await intoBag(request, answer.clone());
  return answer;
}

// The query of an address is not part of what is kept: a label that was scanned leads to the same visit.
const plain = (request) => {
  const at = new URL(request.url);
  return at.origin + at.pathname;
};

async function intoBag(request, answer) {
  const kept = await caches.open(bag);
  const head = new Headers(answer.headers);
  head.set("Loopdesk-Until", String(Date.now() + 1000 * Number(head.get("Loopdesk-Keep"))));
  await kept.put(plain(request), new Response(await answer.blob(), { status: 200, headers: head }));
  const all = await kept.keys();
  for (const old of all.slice(0, Math.max(0, all.length - most))) await kept.delete(old);
}

async function fromBag(request) {
  const kept = await caches.open(bag);
  for (const key of await kept.keys()) {
    const one = await kept.match(key);
    if (!(Number(one?.headers.get("Loopdesk-Until")) > Date.now())) await kept.delete(key);
  }
  return kept.match(plain(request));
}

// The draft of a page that is left is handed over and sent from here. Nothing of it is kept.
function send(draft, words) {
  const at = new URL(draft, self.location.origin);
  if (at.origin !== self.location.origin || !at.pathname.endsWith("/draft")) return undefined;
  return fetch(at.href, { method: "POST", body: new URLSearchParams(words), headers: { "HX-Request": "true" } }).catch(() => {});
}

// A page that was opened before the worker was there asks to be kept. Only what the desk marks is.
self.addEventListener("message", (e) => {
  if (e.data?.draft) {
    e.waitUntil(send(e.data.draft, e.data.words));
    return;
  }
  const at = new URL(e.data?.keep ?? "/", self.location.origin);
  if (at.origin !== self.location.origin) return;
  e.waitUntil(visited(new Request(at.href, { credentials: "same-origin" })).catch(() => {}));
});

self.addEventListener("push", (e) => {
  let said = {};
  try {
    said = e.data?.json() ?? {};
  } catch {
    // A browser that was woken must show something.
  }
  e.waitUntil(
    self.registration.showNotification(said.title ?? "Loopdesk", {
      body: said.body ?? "",
      tag: said.tag ?? "desk",
      lang: said.lang ?? "",
      icon: "/assets/icon-192.png",
      data: { path: said.path ?? "/start" },
    }),
  );
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const to = new URL(e.notification.data?.path ?? "/start", self.location.origin);
  if (to.origin !== self.location.origin) return;
  e.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const there = open.find((c) => new URL(c.url).pathname === to.pathname);
      return there ? there.focus() : self.clients.openWindow(to.href);
    })(),
  );
});
