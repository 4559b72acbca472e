// SPDX-License-Identifier: Apache-2.0
// What is typed in one form of a page is still there when a form beside it was sent and the page came
// anew. It is kept in the storage of the tab for that one page; what has a draft is kept by the desk.
import { changes, given, putBack } from "./fields.js";

const kept = "beside";
const began = new WeakMap(); // by a form that was refused: what it held before anybody typed
const was = (form) => began.get(form) ?? given(form);

// forms are those that write, by where they lead and for what, not which copy of the page they came
// with; of two alike neither.
function forms() {
  const found = new Map();
  for (const form of document.querySelectorAll("form[method=post]:not([data-draft])")) {
    const about = [...form.querySelectorAll("input[type=hidden]:not([name=version], [name=key])")].map((field) => [field.name, field.value]);
    const key = JSON.stringify([form.getAttribute("action"), about]);
    found.set(key, found.has(key) ? null : form);
  }
  return [...found].filter(([, form]) => form);
}

const version = (form) => form.querySelector("input[type=hidden][name=version]");

function take(sent) {
  if (sent.getAttribute("action") === "/signout") return; // whoever comes next reads nothing of it
  const left = {};
  for (const [key, form] of forms()) {
    const typed = changes(form, was(form));
    if (typed.length) left[key] = { typed, was: [...was(form)], version: version(form)?.value, sent: form === sent };
  }
  try {
    if (Object.keys(left).length) sessionStorage.setItem(kept, JSON.stringify(left));
  } catch {
    // Without a storage a page begins as the desk gives it.
  }
}

// Known when all have heard of it: who sends a form in another way leaves its neighbours where they are.
document.addEventListener("submit", (e) => {
  const { target: form, submitter } = e;
  if (form.method === "post") setTimeout(() => e.defaultPrevented || submitter?.formTarget || take(form));
});

function left() {
  try {
    const text = sessionStorage.getItem(kept);
    sessionStorage.removeItem(kept);
    return JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
}

const refused = () => performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;

// give puts back what was typed. Where somebody else has written in the same place meanwhile, the form
// is of the version on which it was typed: the desk then tells of theirs, as ever.
function give(form, { typed, was, version: of, sent }) {
  const [before, now] = [new Map(was), given(form)];
  if (sent) {
    if (refused()) began.set(form, before); // the desk gave it back, and it is still not saved
    return;
  }
  const over = typed.some(([key, value]) => now.get(key) !== value && now.get(key) !== before.get(key));
  putBack(form, typed);
  if (over && of && version(form)) version(form).value = of;
}

const back = left();
if (Object.keys(back).length) for (const [key, form] of forms()) if (back[key]) give(form, back[key]);
