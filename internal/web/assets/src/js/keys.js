// SPDX-License-Identifier: Apache-2.0
// The keyboard map. An element declares its key: data-key="a", "g l", "ctrl+enter".
// Keys are off while one is typing, but for those with Ctrl and for Escape.
import { ofCursor } from "./list.js";
import { begin, firstField, typing, visible } from "./page.js";

const patience = 900; // milliseconds between the keys of a sequence
let begun = "";
let timer;
let taken = false; // the key that is down was a command; the letter that it makes is none

function chord(e) {
  const key = e.key === "Escape" ? "escape" : e.key === "Enter" ? "enter" : e.key.toLowerCase();
  return e.ctrlKey || e.metaKey ? `ctrl+${key}` : key;
}

// pressable says whether an element is there for its key: it is seen, or is a choice that would be seen
// if its menu were open.
function pressable(element) {
  if (element.disabled) return false;
  const menu = element.matches(".mi") && element.closest("details.menu:not([open])");
  return menu ? visible(menu) && getComputedStyle(element).display !== "none" : visible(element);
}

// find returns the element for a key: in the open dialog if there is one, then
// around the focus, then in the row under the cursor, then on the page.
function find(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const dialog = document.querySelector("dialog[open]");
  const focus = document.activeElement?.closest("form, details");
  for (const root of dialog ? [dialog] : [focus, document.querySelector(".cur"), document]) {
    const found = [...(root?.querySelectorAll(selector) ?? [])].find(pressable);
    if (found) return found;
  }
  return null;
}

export function press(element) {
  if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else if (element.matches("summary")) {
    const details = element.parentElement;
    if (details.open) begin(firstField(details) ?? element);
    else {
      element.focus(); // so that the form knows that it was opened from here
      element.click();
    }
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (e) => {
  taken = false;
  if (e.defaultPrevented || e.isComposing || e.altKey) return;
  if (["Control", "Shift", "Meta"].includes(e.key)) return;
  const key = chord(e);
  if (key === "enter" && e.target.dataset?.enter) { // a field that ends a form of several buttons
    e.preventDefault();
    document.getElementById(e.target.dataset.enter)?.click();
    return;
  }
  if (typing(e.target) && !key.startsWith("ctrl+") && key !== "escape") return;
  if (key === "ctrl+z" && typing(e.target) && e.target.value) return; // the field has an undo of its own
  clearTimeout(timer);
  const whole = begun ? `${begun} ${key}` : key;
  begun = "";
  const element = find(whole) ?? (whole === key ? null : find(key)) ?? (document.querySelector("dialog[open]") ? null : ofCursor(key));
  if (element) {
    e.preventDefault();
    taken = true;
    press(element);
  } else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    begun = key;
    timer = setTimeout(() => (begun = ""), patience);
  }
});

// On a slow machine a field that the command opens is there before the letter comes.
document.addEventListener("keypress", (e) => taken && e.preventDefault(), true);
document.addEventListener("keyup", () => (taken = false), true);
