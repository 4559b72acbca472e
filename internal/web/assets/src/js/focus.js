// SPDX-License-Identifier: Apache-2.0
// An answer that replaces a part must not lose the reader's place.
import { each } from "./page.js";

each("[data-focus]", (element) => {
  if (element.taken) return;
  element.taken = true;
  element.focus();
  if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
});

document.addEventListener("htmx:before:swap", (e) => {
  const at = document.activeElement;
  if (!at || at === document.body) return;
  const details = at.closest("details[id]");
  e.detail.ctx.focus = { id: at.id, name: at.name, form: at.form?.id, back: at.dataset.back, details: details?.id, list: at.closest("[data-row]")?.id };
});

document.addEventListener("htmx:after:swap", (e) => {
  const was = e.detail.ctx.focus;
  const at = document.activeElement;
  if (!was || (at && at !== document.body && at.isConnected)) return;
  const places = [
    document.querySelector('[aria-invalid="true"]'),
    was.id && document.getElementById(was.id),
    was.back && document.getElementById(was.back),
    was.form && was.name && document.getElementById(was.form)?.elements[was.name],
    was.details && document.getElementById(was.details)?.querySelector("summary"),
    was.list && document.getElementById(was.list)?.querySelector("a"),
    document.getElementById("main"),
  ];
  // What is there but folded away takes no focus; the next place does.
  for (const place of places) {
    place?.focus?.({ preventScroll: true });
    if (place && document.activeElement === place) return;
  }
});
