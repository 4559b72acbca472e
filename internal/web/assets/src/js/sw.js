// SPDX-License-Identifier: Apache-2.0
// Stands between the pages and the network for two things only: a page that says
// so when there is no network, and messages to the desktop while no page is open.
// It keeps that one page with its style, and nothing of anybody's tickets.
const shelf = "offline";
const page = "/offline";

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
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    e.respondWith(fetch(request).catch(async () => (await caches.match(page)) ?? Response.error()));
  } else if (!navigator.onLine && new URL(request.url).pathname.startsWith("/assets/")) {
    e.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
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
