// SPDX-License-Identifier: Apache-2.0
// A choice of people is found by how a name sounds: typing "why" in a select chooses 王海燕. The
// options carry their keys in data-keys; what a browser finds by itself is left to it.
const patience = 1000; // milliseconds between two letters
let typed = "";
let timer;

document.addEventListener("keydown", (e) => {
  const select = e.target;
  if (!(select instanceof HTMLSelectElement) || e.ctrlKey || e.metaKey || e.altKey || !/^[a-z0-9]$/i.test(e.key)) return;
  const options = [...select.options].filter((o) => o.dataset.keys && !o.disabled);
  if (!options.length) return;
  clearTimeout(timer);
  timer = setTimeout(() => (typed = ""), patience);
  typed += e.key.toLowerCase();
  const hit = options.find((o) => o.dataset.keys.split(" ").some((k) => k.startsWith(typed)));
  if (!hit) return;
  e.preventDefault();
  if (select.value === hit.value) return;
  select.value = hit.value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
});
