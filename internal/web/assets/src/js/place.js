// SPDX-License-Identifier: Apache-2.0
// Whoever goes back to a list finds it where they left it: how far it was scrolled, and the row
// that the cursor was on. The entry of the history keeps it; it goes with the tab. A command
// that is given from the list answers with the list as a new entry: it takes the place along.
const box = () => document.querySelector("#queue, .board");
const pause = 150; // milliseconds without a move
const kept = "place"; // across one command, in the storage of the tab
let timer;

// here is where the list stands. The rows below the cursor, then those above, are who takes its
// place where it goes; on the board that is within its lane.
function here(list) {
  const row = list.querySelector(".cur[id]") ?? document.activeElement?.closest?.("[data-row]");
  const lane = row?.closest("[data-lane], .lane, ul");
  const rows = [...(lane?.querySelectorAll("[data-row]") ?? [])].map((r) => r.id);
  const at = rows.indexOf(row?.id);
  return {
    top: list.scrollTop,
    left: list.scrollLeft,
    row: row?.id ?? "",
    lane: lane?.dataset.lane ?? "",
    next: at < 0 ? [] : [...rows.slice(at + 1), ...rows.slice(0, at).reverse()],
  };
}

function keep() {
  const list = box();
  if (!list) return;
  const { top, left, row } = here(list);
  history.replaceState({ ...history.state, place: { top, left, row } }, "");
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

// Which list it is, without what was told above it.
const name = (list) => list.closest("form")?.getAttribute("hx-get") ?? "";

// What is picked by then goes; the place is where the cursor was.
function take() {
  const list = box();
  if (!list) return;
  try {
    sessionStorage.setItem(kept, JSON.stringify({ ...here(list), of: name(list) }));
  } catch {
    // Without a storage the list begins at its top.
  }
}
document.addEventListener("submit", (e) => !e.defaultPrevented && take());
document.addEventListener("click", (e) => e.target.closest?.("a[data-stay]") && take());

function taken(list) {
  try {
    const place = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    sessionStorage.removeItem(kept);
    return list && place?.of === name(list) ? place : null;
  } catch {
    return null;
  }
}

// successor is the row of a place: itself where it still stands there, else who took its place.
function successor(list, { row, lane, next }) {
  const box = list.getBoundingClientRect();
  const found = [row, ...next].map((id) => id && document.getElementById(id)).filter((r) => r && list.contains(r));
  const inLane = found.filter((r) => (r.closest("[data-lane]")?.dataset.lane ?? "") === lane);
  const inSight = (r) => {
    const { top, bottom } = r.getBoundingClientRect();
    return top >= box.top && bottom <= box.bottom;
  };
  return inLane.find(inSight) ?? inLane[0] ?? found[0];
}

addEventListener("pageshow", (e) => {
  if (e.persisted) return;
  const list = box();
  const after = taken(list);
  const before = history.state?.place;
  const place = before ?? after;
  if (!list || !place) return;
  list.scrollTop = place.top;
  list.scrollLeft = place.left ?? 0;
  const row = before ? document.getElementById(place.row) : successor(list, place);
  if (!row || !list.contains(row)) return;
  row.classList.add("cur");
  const at = document.activeElement;
  if (!before && at && at !== document.body) return; // what became of the command is read first
  row.querySelector("[data-open-row]")?.focus({ preventScroll: true });
  if (!before) row.scrollIntoView({ block: "nearest" });
});
