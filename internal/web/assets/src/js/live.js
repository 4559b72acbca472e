// SPDX-License-Identifier: Apache-2.0
// The stream says only that something has changed; what shows it asks for its
// part again. What is being read does not move: a list offers to be re-sorted,
// a thread grows at its end.
import htmx from "htmx.org";
import { announce, each, on, parsed, plural, say } from "./page.js";

const together = 150; // milliseconds in which hints are taken as one
const topics = (element) => element.dataset.live.split(/\s+/);

function hint(topic) {
  document.querySelectorAll("[data-live]").forEach((element) => {
    if (topic !== undefined && !topics(element).some((t) => topic === t || topic.startsWith(`${t}:`))) return;
    if (element.hintTimer) return; // asks soon anyway
    element.hintTimer = setTimeout(() => {
      element.hintTimer = undefined;
      if (element.dataset.offer) offer(element);
      else htmx.trigger(element, "live");
    }, element.dataset.offer || "slow" in element.dataset ? 1000 : together);
  });
}

document.addEventListener("htmx:sse:after:message", (e) => {
  const { event, data } = e.detail.message;
  if (event) hint(data?.trim() || event);
});

// What was said while nobody listened is not said again: after a gap everything asks.
document.addEventListener("htmx:sse:after:connection", (e) => {
  if (e.detail.connection.attempt > 0) hint();
});

const rows = (root) => new Map([...root.querySelectorAll("[data-row]")].map((row) => [row.id, row.dataset.row]));

// offer asks for the list, counts what is different, and says so.
async function offer(list) {
  const button = document.getElementById(list.dataset.offer);
  if (!button || document.hidden) return;
  const answer = await fetch(list.getAttribute("hx-get"), { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = parsed(await answer.text());
  const before = rows(list);
  const after = rows(fresh);
  let changed = 0;
  for (const [id, rev] of after) if (before.get(id) !== rev) changed++;
  for (const id of before.keys()) if (!after.has(id)) changed++;
  button.hidden = changed === 0;
  button.list = list;
  const text = button.querySelector("[data-text]") ?? button;
  const said = changed ? plural(button, changed) : "";
  if (said !== text.textContent) announce(said);
  text.textContent = said;
}

on("click", "a[data-offered]", (button, e) => {
  if (!button.list?.isConnected) return;
  e.preventDefault();
  // The button goes: the focus moves on to the list that it was about.
  const row = button.list.querySelector(".cur") ?? button.list.querySelector("[data-row]");
  (row?.querySelector("[data-open-row], a") ?? document.getElementById("main"))?.focus({ preventScroll: true });
  button.hidden = true;
  htmx.trigger(button.list, "live");
});

// New cards of a thread show themselves once; who reads at the end stays there,
// who reads further up is told. One's own words are no news: where they are sent
// from they are shown, and in another window of the same person nothing moves.
const own = (message) => "own" in message.dataset;
const end = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;

document.addEventListener("htmx:before:swap", (e) => {
  for (const task of e.detail.tasks ?? []) {
    const thread = task.target?.closest?.("[data-thread]") ?? task.target?.querySelector?.("[data-thread]");
    if (!thread) continue;
    const box = thread.closest(".scroll") ?? document.scrollingElement;
    e.detail.ctx.thread = { id: thread.id, ids: new Set([...thread.querySelectorAll(".msg[id]")].map((m) => m.id)), atEnd: end(box), box };
  }
});

document.addEventListener("htmx:after:swap", (e) => {
  const was = e.detail.ctx.thread;
  const thread = was && document.getElementById(was.id);
  if (!thread) return;
  const fresh = [...thread.querySelectorAll(".msg[id]")].filter((m) => !was.ids.has(m.id));
  if (!fresh.length || !was.ids.size) return;
  fresh.forEach((m) => m.setAttribute("data-fresh", ""));
  announce(fresh.map((m) => m.getAttribute("aria-label")).join("\n"));
  if (was.atEnd) {
    was.box.scrollTop = was.box.scrollHeight;
    return;
  }
  if (fresh.every(own)) {
    if (e.detail.ctx.sourceElement?.closest?.("form")) fresh.at(-1).scrollIntoView({ block: "nearest" });
    return;
  }
  thread.parentElement.querySelector(".newer")?.remove();
  const jump = document.createElement("button");
  jump.type = "button";
  jump.className = "chip brand lift newer";
  jump.textContent = say("fresh");
  jump.addEventListener("click", () => {
    fresh[0].scrollIntoView({ block: "center" });
    jump.remove();
  });
  thread.after(jump);
});

// A line that comes and goes by itself, such as who is writing, is told when it says something new.
each("[data-tell]", (element) => {
  const text = element.innerText.trim();
  if (element.told !== undefined && element.told !== text) announce(text);
  element.told = text;
});
