// SPDX-License-Identifier: Apache-2.0
// Lists of fields that grow: the steps of a check, the addresses of a person.
// data-rows holds the rows, a template in it is the next one.
import { on } from "./page.js";

on("click", "[data-add-row]", (button) => {
  const rows = document.getElementById(button.dataset.addRow);
  const blank = rows?.querySelector("template");
  if (!blank) return;
  const row = blank.content.cloneNode(true);
  const first = row.querySelector("input, textarea");
  blank.before(row);
  first?.focus();
});

on("click", "[data-remove-row]", (button) => {
  const row = button.closest("[data-one-row]");
  const next = row?.nextElementSibling?.querySelector("input, textarea") ?? row?.previousElementSibling?.querySelector("input, textarea");
  row?.remove();
  next?.focus();
});
