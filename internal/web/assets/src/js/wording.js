// SPDX-License-Identifier: Apache-2.0
// A press puts a wording into the text that it is about: in place of the words
// that were remarked on, or at the start or the end. The writer sees it happen
// and can take it back with the browser's own undo.
import { on, visible } from "./page.js";

function write(box, from, to, text) {
  box.focus();
  box.setSelectionRange(from, to);
  // The old way, for it keeps the browser's undo; the new one where it is gone.
  if (!document.execCommand?.("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function place(box, words, nth) {
  let at = -1;
  for (let i = 0; i <= nth; i++) {
    const next = box.value.indexOf(words, at + 1);
    if (next < 0) break;
    at = next;
  }
  return at;
}

on("click", "[data-swap]", (button, e) => {
  e.preventDefault(); // a link does the same by a page of its own, where there is no script
  const { swap, from, to, nth, put } = button.dataset;
  const within = button.dataset.in && document.getElementById(button.dataset.in);
  if (within instanceof HTMLDetailsElement) within.open = true;
  const box = document.getElementById(swap);
  if (!box || !visible(box)) return; // a larger act has taken its place
  if (put === "start") return write(box, 0, 0, `${to}\n`);
  if (put === "end") {
    if (box.value.trimEnd().endsWith(to.trim())) return box.focus(); // it is there
    const lines = box.tagName === "TEXTAREA" && box.value.trim() ? "\n" : "";
    return write(box, box.value.length, box.value.length, lines + to);
  }
  const at = place(box, from, Number(nth) || 0);
  if (at >= 0) write(box, at, at + from.length, to);
});
