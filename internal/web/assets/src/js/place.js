// SPDX-License-Identifier: Apache-2.0
// Whoever comes back to a list finds it where they left it: how far it was scrolled, and the row
// that the cursor was on. Kept for the tab alone, by the address of the list.
const key = () => `place:${location.pathname}${location.search}`;
const box = () => document.getElementById("queue");

addEventListener("pagehide", () => {
  const list = box();
  if (!list) return;
  const row = list.querySelector(".cur[id]") ?? document.activeElement?.closest?.("#queue [data-row]");
  try {
    sessionStorage.setItem(key(), JSON.stringify({ top: list.scrollTop, row: row?.id ?? "" }));
  } catch {
    // a browser that keeps nothing shows the list from its top
  }
});

addEventListener("pageshow", (e) => {
  const list = box();
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!list || e.persisted || !(back || document.referrer.includes("/work/tickets/"))) return;
  let place;
  try {
    place = JSON.parse(sessionStorage.getItem(key()) ?? "null");
  } catch {
    return;
  }
  if (!place) return;
  list.scrollTop = place.top;
  const row = place.row && document.getElementById(place.row);
  if (!row || !list.contains(row)) return;
  row.classList.add("cur");
  row.querySelector("[data-open-row]")?.focus({ preventScroll: true });
});
