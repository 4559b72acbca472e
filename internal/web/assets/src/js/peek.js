// SPDX-License-Identifier: Apache-2.0
// Space looks at the ticket under the cursor without leaving the list; the glance
// follows the cursor until it is closed. The focus stays in the list.
import htmx from "htmx.org";
import { on } from "./page.js";

const pause = 90; // milliseconds that the cursor rests before its ticket is asked for
let row; // whose ticket is shown
let timer;

const list = () => document.querySelector("form[data-peek]");
const under = () => document.activeElement?.closest("[data-row]") ?? list()?.querySelector(".cur");
const panel = () => document.getElementById("peek");
const is = () => !!row && panel()?.childElementCount > 0;

function show(next) {
  const link = next?.querySelector("[data-open-row]");
  if (!link) return;
  let place = panel();
  if (!place) {
    place = document.createElement("aside");
    place.id = "peek";
    place.hidden = true;
    document.getElementById("main").append(place);
  }
  row = next;
  const url = new URL(link.href);
  htmx.ajax("GET", `${url.pathname}/peek${url.search}`, { target: place });
}

function close() {
  const back = row;
  panel()?.remove();
  row = undefined;
  if (!document.activeElement || document.activeElement === document.body) back?.querySelector("a")?.focus();
}

document.addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !list() || document.querySelector("dialog[open]")) return;
  const at = document.activeElement;
  if (e.key === " " && (!at || at === document.body || at.matches("[data-row] a"))) {
    const here = under();
    if (!here) return;
    e.preventDefault();
    if (is() && row === here) close();
    else show(here);
  } else if (e.key === "Escape" && is()) {
    e.preventDefault();
    close();
  }
});

on("focusin", "form[data-peek] [data-row]", (next) => {
  if (!is() || next === row) return;
  clearTimeout(timer);
  timer = setTimeout(() => is() && show(next), pause);
});
on("click", "[data-peek-close]", (button) => {
  const back = row;
  button.blur();
  close();
  back?.querySelector("a")?.focus();
});
