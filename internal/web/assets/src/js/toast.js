// SPDX-License-Identifier: Apache-2.0
// Lines that come up once and go by themselves, but not while they are being read.
import { each, on, say, visible } from "./page.js";

each("[data-toast]", (line) => {
  if (line.timer !== undefined) return;
  const stay = Number(line.dataset.toast);
  if (!stay) {
    line.timer = null;
    line.append(closer());
    return;
  }
  const start = () => {
    line.timer = setTimeout(() => line.remove(), stay);
  };
  const stop = () => clearTimeout(line.timer);
  line.addEventListener("pointerenter", stop);
  line.addEventListener("focusin", stop);
  line.addEventListener("pointerleave", start);
  line.addEventListener("focusout", start);
  line.addEventListener("submit", () => setTimeout(() => line.remove(), 200));
  start();
});

// What can be taken back for a while says so for as long, whoever did it meanwhile.
each("[data-while]", (line) => {
  const there = document.querySelector(line.dataset.while) !== null;
  if (line.been && !there) line.remove();
  line.been ||= there;
});

// The lines stand on no control: where a pane has a foot, or a phone a box to write in at its end,
// above it.
const feet = ".pane-foot, .pfoot";
const atTheEnd = (foot) => visible(foot) && (foot.matches(".pane-foot") || getComputedStyle(foot).position === "sticky");
function place() {
  const host = document.getElementById("toasts");
  if (!host) return;
  const foot = [...document.querySelectorAll(feet)].find(atTheEnd)?.getBoundingClientRect();
  host.classList.toggle("on-foot", Boolean(foot?.height));
  if (!foot?.height) return;
  host.style.setProperty("--below", `${Math.min(innerHeight - foot.top, innerHeight - 120)}px`);
  host.style.setProperty("--beside", `${document.documentElement.clientWidth - foot.right}px`);
}
const sizes = new ResizeObserver(place);
each(feet, (foot) => sizes.observe(foot));
addEventListener("resize", place);

function closer() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.dataset.variant = "ghost";
  button.dataset.size = "xs";
  button.dataset.dismiss = "";
  button.setAttribute("aria-label", say("dismiss"));
  button.textContent = "×";
  return button;
}

// toast shows a line that the page says by itself.
export function toast(text, { danger = false } = {}) {
  const host = document.querySelector("#toasts");
  if (!host || !text) return;
  if ([...host.children].some((line) => line.dataset.text === text)) return;
  const line = document.createElement("div");
  line.className = danger ? "toast danger" : "toast";
  line.setAttribute("role", danger ? "alert" : "status");
  line.dataset.text = text;
  line.append(text);
  if (danger) line.append(closer());
  else setTimeout(() => line.remove(), 6000);
  host.append(line);
}

on("click", "[data-dismiss]", (button) => button.closest(".toast, .problem, .notice")?.remove());
