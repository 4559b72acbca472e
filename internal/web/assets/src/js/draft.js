// SPDX-License-Identifier: Apache-2.0
// What is being typed is kept on the server: a pause after the last change, at the latest some
// seconds after the first, so that others see that somebody writes, and when the page is left.
import { on, say } from "./page.js";

const pause = 2500;
const latest = 3500;

function fields(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") body.append(name, value);
  }
  return body;
}

// The word about the draft stands in the form, or in the line that opens it.
const state = (form) => form.querySelector("[data-draft-state]") ?? form.closest("details")?.querySelector("[data-draft-state]");

export async function keep(form) {
  clearTimeout(form.draftTimer);
  form.draftTimer = form.draftSince = undefined;
  form.keeping?.abort();
  const keeping = (form.keeping = new AbortController());
  const word = state(form);
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: fields(form),
      headers: { "HX-Request": "true" },
      signal: keeping.signal,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const clock = decodeURIComponent(answer.headers.get("Draft-Saved") ?? "");
    if (word) word.textContent = say("saved", { Clock: clock }).trim();
  } catch {
    if (word && !keeping.signal.aborted) word.textContent = say("unsaved");
  }
}

on("input", "form[data-draft]", (form) => {
  clearTimeout(form.draftTimer);
  form.draftSince ??= Date.now();
  form.draftTimer = setTimeout(() => keep(form), Math.min(pause, Math.max(0, form.draftSince + latest - Date.now())));
});

// What is sent is no draft any more, not even one that is on its way.
on("submit", "form[data-draft]", (form) => {
  clearTimeout(form.draftTimer);
  form.draftTimer = form.draftSince = undefined;
  form.keeping?.abort();
});

// last sends what was typed a moment before the page is left. Where a worker stands between the page
// and the desk a beacon is lost, for it goes through the worker and ends with the page: so the worker
// is asked to send it.
function last(form) {
  const worker = navigator.serviceWorker?.controller;
  if (worker) worker.postMessage({ draft: form.dataset.draft, words: fields(form).toString() });
  else navigator.sendBeacon(form.dataset.draft, fields(form));
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    if (form.draftTimer === undefined) return;
    clearTimeout(form.draftTimer);
    form.draftTimer = form.draftSince = undefined;
    last(form);
  });
});
