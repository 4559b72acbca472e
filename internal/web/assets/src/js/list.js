// SPDX-License-Identifier: Apache-2.0
// The cursor of a list (J, K, Enter, X) and the ticks of its rows.
import { each, on, plural, say, typing, visible } from "./page.js";
import { toast } from "./toast.js";

const link = (row) => (row.matches("a") ? row : row.querySelector("[data-open-row], a"));

// move puts the cursor on the row that lies step further, and the focus on its link.
function move(list, step) {
  const rows = [...list.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const focused = document.activeElement?.closest("[data-row]");
  const here = rows.indexOf(rows.includes(focused) ? focused : list.querySelector(".cur, [aria-current]"));
  const row = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  if (list.dataset.list === "go") {
    if (row !== rows[here]) link(row)?.click();
    return;
  }
  rows.forEach((r) => r.classList.toggle("cur", r === row));
  link(row)?.focus();
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
  const list = document.querySelector("[data-list]");
  if (!list) return;
  const key = e.key.toLowerCase();
  if (key === "j" || key === "k") {
    e.preventDefault();
    move(list, key === "j" ? 1 : -1);
  } else if (key === "x") {
    const pick = list.querySelector(".cur [data-pick]") ?? document.activeElement?.closest("[data-row]")?.querySelector("[data-pick]");
    if (pick) {
      e.preventDefault();
      pick.click();
    }
  } else if (key === "enter" && document.activeElement === document.body) {
    const row = list.querySelector(".cur");
    if (row) link(row)?.click();
  } else if (list.dataset.acts) {
    const row = under(list);
    const act = row && list.dataset.acts.split(" ").find((a) => a.startsWith(`${key}:`));
    if (!act) return;
    e.preventDefault();
    const picked = list.closest("form")?.querySelectorAll("[data-pick]:checked").length ?? 0;
    if (picked > 1) { // it is never done to one of them as if that were all
      toast(say("one_at_a_time", { Key: key.toUpperCase(), Count: picked }));
      return;
    }
    const url = new URL(link(row).href);
    const where = act.slice(2);
    if (where.startsWith("#")) url.hash = where;
    else url.pathname += where;
    location.assign(url);
  }
});

// under is the row that a key means: the one under the cursor, while the focus is in no other thing.
function under(list) {
  const at = document.activeElement;
  if (at && at !== document.body && !at.closest("[data-row]") && at.id !== "main") return null;
  return at?.closest("[data-row]") ?? list.querySelector(".cur");
}

// ofCursor is what the bar below a list offers under a key while nothing is ticked: it is for the
// row under the cursor, which is ticked for it.
export function ofCursor(key) {
  const list = document.querySelector("[data-list]");
  const form = list?.closest("form");
  const act = key !== "escape" && form?.querySelector(`.bulk [data-key="${CSS.escape(key)}"]`);
  if (!act || visible(act)) return null;
  const pick = under(list)?.querySelector("[data-pick]");
  if (!pick || pick.checked) return null;
  pick.click();
  return visible(act) ? act : null;
}

// The cursor follows the focus, so that keys and mouse agree.
on("focusin", "[data-list] [data-row]", (row) => {
  const list = row.closest("[data-list]");
  if (list.dataset.list === "go") return;
  list.querySelectorAll(".cur").forEach((r) => r !== row && r.classList.remove("cur"));
  row.classList.add("cur");
});

let last; // the tick that was set last, for a range with Shift

function count(form) {
  const picks = [...form.querySelectorAll("[data-pick]")];
  const picked = picks.filter((p) => p.checked).length;
  form.querySelectorAll("[data-picked]").forEach((el) => (el.textContent = plural(el, picked)));
  const all = form.querySelector("[data-all]");
  if (all) {
    all.checked = picked > 0 && picked === picks.length;
    all.indeterminate = picked > 0 && picked < picks.length;
  }
}

on("click", "[data-pick]", (pick, e) => {
  const form = pick.form;
  if (e.shiftKey && last && last.form === form) {
    const picks = [...form.querySelectorAll("[data-pick]")];
    const [a, b] = [picks.indexOf(last), picks.indexOf(pick)].sort((x, y) => x - y);
    picks.slice(a, b + 1).forEach((p) => (p.checked = pick.checked));
  }
  last = pick;
  if (form) count(form);
});

on("change", "[data-all]", (all) => {
  all.form?.querySelectorAll("[data-pick]").forEach((p) => (p.checked = all.checked));
  if (all.form) count(all.form);
});

// With the last tick the bar goes: the focus moves back to the row that it came from.
document.addEventListener("reset", (e) => {
  const form = e.target;
  const left = form.querySelector(".bulk")?.contains(document.activeElement);
  setTimeout(() => {
    count(form);
    const row = left && (form.querySelector(".cur") ?? form.querySelector("[data-row]"));
    if (row) link(row)?.focus({ preventScroll: true });
  });
});
each("form:has([data-picked])", count);
// Who comes back finds the ticks that were set, which the browser sets again when the page stands.
addEventListener("pageshow", () => document.querySelectorAll("form:has([data-picked])").forEach(count));
