// SPDX-License-Identifier: Apache-2.0
// What was typed in a larger act stands in it again after it was folded away: the page
// keeps it, and where the act has a draft, the desk does as well.
import { keep } from "./draft.js";
import { changes, putBack, values } from "./fields.js";

const began = new Map(); // by the address of a form: its fields as the desk gave them
const left = new Map(); // likewise: those that were changed, and the files, as it was folded away

const act = () => document.querySelector("#act > form"); // above it stand those of what is missing

function fold(form) {
  if (form.draftTimer !== undefined) keep(form);
  const changed = changes(form, began.get(form.action) ?? new Map());
  const files = [...(form.querySelector("[data-files]")?.children ?? [])];
  if (changed.length || files.length) left.set(form.action, { changed, files });
  else left.delete(form.action);
}

function unfold(form) {
  began.set(form.action, values(form));
  const { changed, files } = left.get(form.action) ?? {};
  putBack(form, changed ?? []);
  if (files?.length) form.querySelector("[data-files]")?.replaceChildren(...files);
  const first = form.querySelector("textarea[autofocus]");
  first?.setSelectionRange(first.value.length, first.value.length); // one goes on where one stopped
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
