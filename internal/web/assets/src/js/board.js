// SPDX-License-Identifier: Apache-2.0
// A card of the board is dropped on a lane: what the lane's button does, for that card alone or
// for all that are picked where it is one of them. The button does the same without a mouse.
import { each, on } from "./page.js";

each("[data-card]", (card) => (card.draggable = true));

let dragged;

document.addEventListener("dragstart", (e) => {
  dragged = e.target.closest?.("[data-card]");
  if (!dragged) return;
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setData("text/plain", dragged.id);
});

const laneAt = (e) => (dragged ? e.target.closest?.("[data-lane]") : null);
const mark = (lane) => document.querySelectorAll("[data-lane]").forEach((l) => l.classList.toggle("over", l === lane));

document.addEventListener("dragover", (e) => {
  const lane = laneAt(e);
  mark(lane);
  if (lane) e.preventDefault();
});

document.addEventListener("dragend", () => {
  dragged = undefined;
  mark(null);
});

document.addEventListener("drop", (e) => {
  const lane = laneAt(e);
  if (!lane) return;
  e.preventDefault();
  const form = lane.closest("form");
  const pick = dragged.querySelector("[data-pick]");
  if (!pick.checked) form.querySelectorAll("[data-pick]").forEach((p) => (p.checked = p === pick));
  form.requestSubmit(lane.querySelector("button[name=to]"));
});

// Pressed by its key while nothing is picked, a lane gets the card under the cursor.
on("click", "[data-lane] button[name=to]", (button, e) => {
  if (e.detail || !button.form || button.form.querySelector("[data-pick]:checked")) return;
  button.form.querySelector(".cur [data-pick]")?.click();
});
