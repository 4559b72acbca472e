// SPDX-License-Identifier: Apache-2.0
// What one was told about a ticket counts as seen once its page is looked at, and
// a list from which a line is taken keeps its place.
import htmx from "htmx.org";
import { each, on } from "./page.js";

async function seen(form) {
  if (form.sent || document.hidden) return;
  form.sent = true;
  try {
    await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } });
    const figures = document.getElementById("nav-lists"); // the stream may not be there yet to say so
    if (figures) htmx.trigger(figures, "live");
  } catch {
    form.sent = false; // it stays unread
  }
}

each("form[data-seen]", seen);
document.addEventListener("visibilitychange", () => document.querySelectorAll("form[data-seen]").forEach(seen));

// The line that comes up in place of one that is gone takes the cursor.
const rows = (list) => [...list.querySelectorAll("[data-row]")];

document.addEventListener("htmx:before:swap", (e) => {
  const list = document.querySelector("[data-stay]");
  const row = list?.querySelector(".cur") ?? document.activeElement?.closest("[data-stay] [data-row]");
  if (row) e.detail.ctx.stay = { id: row.id, at: rows(list).indexOf(row) };
});

document.addEventListener("htmx:after:swap", (e) => {
  const was = e.detail.ctx.stay;
  const list = document.querySelector("[data-stay]");
  if (!was || !list || document.getElementById(was.id)) return;
  const left = rows(list);
  const row = left[Math.min(was.at, left.length - 1)];
  (row?.querySelector("[data-open-row]") ?? document.getElementById("main"))?.focus();
});

// The list of colleagues under "@" hears of a press; the rest is with the texts.
on("click", "[data-mention-open]", (button) => {
  const box = button.form?.querySelector("textarea");
  if (!box) return;
  box.focus();
  const gap = box.value && !/\s$/.test(box.value.slice(0, box.selectionStart)) ? " " : "";
  box.setRangeText(`${gap}@`, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
