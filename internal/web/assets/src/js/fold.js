// SPDX-License-Identifier: Apache-2.0
// What was typed in a larger act stands in it again after it was folded away: the page
// keeps it, and where the act has a draft, the desk does as well.
import { keep } from "./draft.js";

const began = new Map(); // by the address of a form: its fields as the desk gave them
const left = new Map(); // likewise: those that were changed, and the files, as it was folded away

const act = () => document.querySelector("#act > form"); // above it stand those of what is missing
const chosen = (field) => field.type === "checkbox" || field.type === "radio";
const named = (form) => [...form.elements].filter((f) => f.name && !["hidden", "file", "submit", "button", "fieldset"].includes(f.type));

// blank is the next row of a list that grows; null where a name is of no list.
const blank = (form, name) => [...form.querySelectorAll("template")].find((t) => t.content.querySelector(`[name="${CSS.escape(name)}"]`));
const nameOf = (key) => JSON.parse(key)[0];

// fields are those of a form, each with its key: lists have several of one name.
function fields(form) {
  const found = new Map();
  for (const field of named(form)) {
    let nth = 0;
    const key = () => JSON.stringify([field.name, chosen(field) ? field.value : nth]);
    while (found.has(key())) nth++;
    found.set(key(), field);
  }
  return found;
}

const holds = (field) => (chosen(field) ? field.checked : field.value);
const values = (form) => new Map([...fields(form)].map(([key, field]) => [key, holds(field)]));

function fold(form) {
  if (form.draftTimer !== undefined) keep(form);
  const was = began.get(form.action) ?? new Map();
  const now = [...values(form)];
  const names = new Set(now.filter(([key, value]) => value !== (was.get(key) ?? "")).map(([key]) => nameOf(key)));
  const changed = now.filter(([key, value]) => value !== (was.get(key) ?? "") || (names.has(nameOf(key)) && blank(form, nameOf(key)))); // of a list all of it
  const files = [...(form.querySelector("[data-files]")?.children ?? [])];
  if (changed.length || files.length) left.set(form.action, { changed, files });
  else left.delete(form.action);
}

function unfold(form) {
  began.set(form.action, values(form));
  const { changed, files } = left.get(form.action) ?? {};
  for (const [key, value] of changed ?? []) {
    if (!fields(form).has(key)) addRow(form, nameOf(key));
    put(form, fields(form).get(key), value);
  }
  const lists = new Set((changed ?? []).map(([key]) => nameOf(key)).filter((name) => blank(form, name)));
  const back = new Map(changed);
  for (const [key, field] of fields(form)) if (lists.has(nameOf(key)) && !back.has(key)) put(form, field, "");
  if (files?.length) form.querySelector("[data-files]")?.replaceChildren(...files);
  const first = form.querySelector("textarea[autofocus]");
  first?.setSelectionRange(first.value.length, first.value.length); // one goes on where one stopped
}

function addRow(form, name) {
  const next = blank(form, name);
  next?.before(next.content.cloneNode(true));
}

function put(form, field, value) {
  if (!field || holds(field) === value) return;
  if (chosen(field)) field.checked = value;
  else field.value = value;
  const details = field.closest("details");
  if (details && form.contains(details)) details.open = true;
  field.dispatchEvent(new Event(chosen(field) ? "change" : "input", { bubbles: true }));
}

document.addEventListener("htmx:before:swap", (e) => {
  const form = act();
  if (!form || !e.detail.tasks?.some((task) => task.target?.id === "act")) return;
  if (e.detail.ctx.sourceElement === form) left.delete(form.action); // it was sent
  else fold(form);
});

document.addEventListener("htmx:after:swap", (e) => {
  const form = act();
  if (!form || form.opened) return;
  form.opened = true;
  if (e.detail.ctx?.sourceElement?.closest?.("#act > form")) return; // refused: it came back as it was typed
  unfold(form);
});

const form = act();
if (form) {
  form.opened = true;
  began.set(form.action, values(form));
}
