// SPDX-License-Identifier: Apache-2.0
// Whoever goes back to a list finds it where they left it: how far it was scrolled, and the row
// that the cursor was on. The entry of the history keeps it; it goes with the tab.
const box = () => document.getElementById("queue");
const pause = 150; // milliseconds without a move
let timer;

function keep() {
  const list = box();
  if (!list) return;
  const row = list.querySelector(".cur[id]") ?? document.activeElement?.closest?.("#queue [data-row]");
  history.replaceState({ ...history.state, place: { top: list.scrollTop, row: row?.id ?? "" } }, "");
}

for (const event of ["scroll", "focusin"]) {
  document.addEventListener(
    event,
    (e) => {
      if (!box()?.contains(e.target)) return;
      clearTimeout(timer);
      timer = setTimeout(keep, pause);
    },
    true,
  );
}
addEventListener("pagehide", () => {
  clearTimeout(timer);
  keep();
});

addEventListener("pageshow", (e) => {
  const list = box();
  const place = history.state?.place;
  if (!list || !place || e.persisted) return;
  list.scrollTop = place.top;
  const row = place.row && document.getElementById(place.row);
  if (!row || !list.contains(row)) return;
  row.classList.add("cur");
  row.querySelector("[data-open-row]")?.focus({ preventScroll: true });
});
