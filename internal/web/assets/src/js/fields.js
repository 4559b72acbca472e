// SPDX-License-Identifier: Apache-2.0
// What stands in the fields of a form, to keep it and to put it back.

const chosen = (field) => field.type === "checkbox" || field.type === "radio";
const passed = ["hidden", "file", "password", "submit", "button", "fieldset"]; // a secret is kept nowhere
const named = (form) => [...form.elements].filter((f) => f.name && !passed.includes(f.type));

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

// values are what the fields hold, by their keys.
export const values = (form) => new Map([...fields(form)].map(([key, field]) => [key, holds(field)]));

// given are what they held when the page came.
export const given = (form) => new Map([...fields(form)].map(([key, field]) => [key, begun(field)]));

function begun(field) {
  if (chosen(field)) return field.defaultChecked;
  if (field.options) return ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value ?? "";
  return field.defaultValue;
}

// changes are the keys and values in which a form differs from what it was; of a list that grows
// all of it.
export function changes(form, was) {
  const now = [...values(form)];
  const differs = ([key, value]) => value !== (was.get(key) ?? "");
  const names = new Set(now.filter(differs).map(([key]) => nameOf(key)));
  return now.filter((one) => differs(one) || (names.has(nameOf(one[0])) && blank(form, nameOf(one[0]))));
}

// putBack writes changes into a form again, and shows where they stand.
export function putBack(form, changed) {
  for (const [key, value] of changed) {
    if (!fields(form).has(key)) addRow(form, nameOf(key));
    put(fields(form).get(key), value);
  }
  const lists = new Set(changed.map(([key]) => nameOf(key)).filter((name) => blank(form, name)));
  const back = new Map(changed);
  for (const [key, field] of fields(form)) if (lists.has(nameOf(key)) && !back.has(key)) put(field, "");
}

function addRow(form, name) {
  const next = blank(form, name);
  next?.before(next.content.cloneNode(true));
}

function put(field, value) {
  if (!field || holds(field) === value) return;
  if (chosen(field)) field.checked = value;
  else field.value = value;
  for (let folded = field.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  field.dispatchEvent(new Event(chosen(field) ? "change" : "input", { bubbles: true }));
}
