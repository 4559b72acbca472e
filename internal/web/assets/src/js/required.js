// SPDX-License-Identifier: Apache-2.0
// That a field is still empty is said in the language of the page: a browser says it in its own.
import { on, say } from "./page.js";

document.addEventListener(
  "invalid",
  ({ target: field }) => {
    if (field.validity.valueMissing) field.setCustomValidity(say(field.matches("select, [type=radio], [type=checkbox]") ? "choose_one" : "fill_in"));
  },
  true,
);

// Whatever is filled in or chosen next, the browser looks anew: of choices that exclude each other all were marked.
const anew = (field) => [...(field.form?.elements ?? [field])].forEach((one) => one.setCustomValidity?.(""));
on("input", "input, select, textarea", anew);
on("change", "input, select, textarea", anew);
