// SPDX-License-Identifier: Apache-2.0
// What is still to be mended in a form is said at each field, all at once and in the language of the
// page: a browser says it in its own, in a bubble, of one field after the other.
import { on, say } from "./page.js";

let first; // of the fields that were refused together

document.addEventListener(
  "invalid",
  (e) => {
    const field = e.target;
    if (field.validity.valueMissing) field.setCustomValidity(say(field.matches("select, [type=radio], [type=checkbox]") ? "choose_one" : "fill_in"));
    const place = field.closest(".fld");
    if (!place) return; // nowhere to say it: the bubble does
    e.preventDefault();
    mark(field, place);
    if (first) return;
    first = field;
    setTimeout(lead); // after the last of them
  },
  true,
);

// owner is what an error is tied to, as the server ties it: the group of a choice, else the field.
const owner = (field, place) => (place.matches("fieldset") ? place : field);

function mark(field, place) {
  const of = owner(field, place);
  const id = `${of.id}-error`;
  let said = document.getElementById(id);
  if (!said) {
    said = Object.assign(document.createElement("p"), { className: "er", id });
    said.append(Object.assign(document.createElement("i"), { className: "ic s i-circle-alert" }), document.createElement("span"));
    place.append(said);
    of.setAttribute("aria-describedby", `${of.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  said.lastElementChild.textContent = field.validationMessage;
  said.dataset.unsent = "";
  of.setAttribute("aria-invalid", "true");
}

function lead() {
  first.closest("details")?.setAttribute("open", "");
  first.focus({ preventScroll: true });
  (first.closest(".fld") ?? first).scrollIntoView({ block: "nearest" });
  first = undefined;
}

function unmark(field) {
  const place = field.closest(".fld");
  const said = place?.querySelector(".er[data-unsent]");
  if (!said) return;
  const of = owner(field, place);
  const by = (of.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== said.id);
  said.remove();
  of.removeAttribute("aria-invalid");
  if (by.length) of.setAttribute("aria-describedby", by.join(" "));
  else of.removeAttribute("aria-describedby");
}

// Whatever is filled in or chosen next, the browser looks anew: of choices that exclude each other all were marked.
const anew = (field) => {
  [...(field.form?.elements ?? [field])].forEach((one) => one.setCustomValidity?.(""));
  unmark(field);
};
on("input", "input, select, textarea", anew);
on("change", "input, select, textarea", anew);
