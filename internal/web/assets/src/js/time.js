// SPDX-License-Identifier: Apache-2.0
// Times count in place, in the words of the server: see kit/i18n.
import { now, say } from "./page.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const two = (n) => String(n).padStart(2, "0");

function duration(ms) {
  if (ms < minute) return say("under");
  if (ms < hour) return say("minutes", { Count: Math.floor(ms / minute) });
  if (ms < day) {
    const [h, m] = [Math.floor(ms / hour), Math.floor((ms % hour) / minute)];
    return m ? say("hm", { Hours: h, Minutes: two(m) }) : say("hours", { Count: h });
  }
  const [d, h] = [Math.floor(ms / day), Math.floor((ms % day) / hour)];
  return h ? say("dh", { Days: d, Hours: h }) : say("days", { Count: d });
}

function put(element, text) {
  if (text && element.textContent !== text) element.textContent = text;
}

function tick() {
  document.querySelectorAll("[data-due]").forEach((element) => {
    const left = Number(element.dataset.due) - now();
    put(element, left < 0 ? say("overdue", { Duration: duration(-left) }) : duration(left));
    const state = left < 0 ? "over" : left <= 1000 * Number(element.dataset.near || 1800) ? "near" : "";
    if (element.dataset.state !== state) {
      element.dataset.state = state;
      const chip = element.closest(".clock");
      if (chip) chip.dataset.state = state;
    }
  });
}

// A call counts up by the second.
function count() {
  document.querySelectorAll("[data-since]").forEach((element) => {
    const s = Math.max(0, Math.floor((now() - Number(element.dataset.since)) / 1000));
    const h = Math.floor(s / 3600);
    put(element, `${h ? `${h}:` : ""}${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`);
  });
}

// The seconds in which a reply can be taken back count down.
function left() {
  document.querySelectorAll("[data-left]").forEach((element) => {
    const s = Math.max(0, Math.ceil((Number(element.dataset.left) - now()) / 1000));
    put(element, say("seconds", { Count: s }));
  });
}

setInterval(() => document.hidden || tick(), 10_000);
setInterval(() => document.hidden || (count(), left()), 1000);
document.addEventListener("visibilitychange", () => document.hidden || (tick(), count()));
