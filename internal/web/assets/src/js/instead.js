// SPDX-License-Identifier: Apache-2.0
// What is chosen stands instead of what is typed, with what was wrong in it, and the other way round.
import { on } from "./page.js";

on("change", "input[data-instead]", (choice) => {
  const field = document.getElementById(choice.dataset.instead);
  if (!field) return;
  field.value = "";
  field.removeAttribute("aria-invalid");
  document.getElementById(`${field.id}-error`)?.remove();
});

on("input", "input[id]", (field) => {
  for (const choice of field.form?.querySelectorAll(`input[data-instead="${CSS.escape(field.id)}"]`) ?? []) choice.checked = false;
});
