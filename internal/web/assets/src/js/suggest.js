// SPDX-License-Identifier: Apache-2.0
// A field with suggestions below it, as a combobox: the server says how what is typed may go on,
// and who or which ticket may be meant. Without this script it is a field.
import { parsed, plural } from "./page.js";

const pause = 120; // milliseconds after the last letter
let timer;
let at = -1; // the choice that is pointed at

const listOf = (field) => document.getElementById(field.dataset.suggest);
const choices = (field) => [...listOf(field).children];

// ready makes a combobox of a field when it is first used.
function ready(field) {
  if (field.role === "combobox") return;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", field.dataset.suggest);
  field.setAttribute("aria-expanded", "false");
}

function point(field, i) {
  const all = choices(field);
  at = all.length ? (i + all.length + 1) % (all.length + 1) : -1;
  if (at === all.length) at = -1; // behind the last is the field itself
  all.forEach((li, n) => li.setAttribute("aria-selected", String(n === at)));
  if (at < 0) field.removeAttribute("aria-activedescendant");
  else {
    field.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  }
}

function close(field) {
  clearTimeout(timer);
  const list = listOf(field);
  if (!list) return;
  list.replaceChildren();
  list.hidden = true;
  at = -1;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

async function ask(field) {
  const typed = field.value;
  const caret = [...typed.slice(0, field.selectionStart ?? typed.length)].length;
  if (!typed.trim()) return close(field);
  const query = new URLSearchParams({ q: typed, at: caret });
  if (field.dataset.suggestOnly) query.set("only", field.dataset.suggestOnly);
  const answer = await fetch(`${field.dataset.suggestFrom}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const part = parsed(await answer.text());
  if (field.value !== typed || document.activeElement !== field) return;
  const found = [...part.querySelectorAll("[role=option]")];
  const list = listOf(field);
  found.forEach((li, i) => (li.id = `${list.id}-${i}`));
  list.replaceChildren(...found);
  list.hidden = found.length === 0;
  field.setAttribute("aria-expanded", String(found.length > 0));
  point(field, -1);
  const status = document.getElementById(`${list.id}-count`);
  status.textContent = found.length ? plural(status, found.length) : "";
}

// take puts a completion into the field and goes on from there, or opens what is meant.
function take(field, choice) {
  if (choice.dataset.href) {
    close(field);
    location.assign(choice.dataset.href);
    return;
  }
  const text = choice.dataset.text;
  const caret = [...text].slice(0, Number(choice.dataset.caret)).join("").length;
  field.value = text;
  field.setSelectionRange(caret, caret);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (e) => {
  const field = e.target.closest?.("[data-suggest]");
  if (!field || e.isComposing) return;
  ready(field);
  clearTimeout(timer);
  timer = setTimeout(ask, pause, field);
});
document.addEventListener("compositionend", (e) => e.target.matches?.("[data-suggest]") && e.target.dispatchEvent(new Event("input", { bubbles: true })));

document.addEventListener("keydown", (e) => {
  const field = e.target.closest?.("[data-suggest]");
  if (!field || e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
  const open = !listOf(field).hidden;
  if ((e.key === "ArrowDown" || e.key === "ArrowUp") && open) {
    e.preventDefault();
    point(field, e.key === "ArrowDown" ? at + 1 : at < 0 ? choices(field).length - 1 : at - 1);
  } else if (e.key === "ArrowDown" && field.value.trim()) {
    e.preventDefault();
    ask(field);
  } else if (e.key === "Escape" && open) {
    e.preventDefault();
    e.stopPropagation();
    close(field);
  } else if (open && at >= 0 && (e.key === "Enter" || (e.key === "Tab" && !e.shiftKey && choices(field)[at].dataset.text))) {
    e.preventDefault();
    take(field, choices(field)[at]);
  }
}, true);

document.addEventListener("pointerdown", (e) => {
  const choice = e.target.closest?.("[role=listbox] > [data-text], [role=listbox] > [data-href]");
  const field = choice && document.querySelector(`[data-suggest="${CSS.escape(choice.parentElement.id)}"]`);
  if (!field) return;
  e.preventDefault(); // the field keeps the focus
  take(field, choice);
});
document.addEventListener("focusout", (e) => e.target.matches?.("[data-suggest]") && close(e.target));
