// SPDX-License-Identifier: Apache-2.0
// Canned texts in a composer: "::" and a few letters list those that match, and
// in a note "@" lists colleagues. Arrows choose, Enter or Tab puts one in, Escape
// leaves what was typed.
import { on, parsed } from "./page.js";

let open = null; // { box, list, from }
let asked = 0;

// typed is what stands behind the last sign before the caret, and where its list is; null for
// none. An "@" within a Latin word is part of a mail address.
const signs = {
  texts: /()::([^\s:]{0,24})$/,
  mentions: /(^|[^\p{Script=Latin}\p{N}._-])[@＠]([^\s@＠]{0,24})$/u,
};
const composer = "form:is([data-texts], [data-mentions]) textarea";

function typed(box) {
  const before = box.value.slice(0, box.selectionStart);
  for (const [name, sign] of Object.entries(signs)) {
    const found = box.form.dataset[name] && sign.exec(before);
    if (found) return { from: found.index + found[1].length, words: found[2], at: box.form.dataset[name] };
  }
  return null;
}

function close() {
  if (!open) return;
  open.list.remove();
  open.box.removeAttribute("aria-activedescendant");
  open.box.removeAttribute("aria-controls");
  open = null;
}

const options = () => [...open.list.querySelectorAll("[data-text]")];

function choose(step) {
  const all = options();
  if (!all.length) return;
  const now = all.findIndex((o) => o.getAttribute("aria-selected") === "true");
  const next = (now + step + all.length) % all.length;
  all.forEach((o, i) => o.setAttribute("aria-selected", String(i === next)));
  open.box.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

function put(option) {
  const { box, from } = open;
  const text = option.dataset.text;
  const to = box.selectionStart;
  const { person } = option.dataset;
  close();
  if (person && !box.form.querySelector(`input[name=mention][value="${person}"]`)) {
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = "mention";
    chosen.value = person;
    box.form.append(chosen);
  }
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand?.("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function look(box) {
  const at = typed(box);
  const mine = ++asked;
  if (!at) return close();
  const address = `${at.at}${at.at.includes("?") ? "&" : "?"}q=${encodeURIComponent(at.words)}`;
  let html = "";
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!answer.ok) return close();
    html = await answer.text();
  } catch {
    return close();
  }
  if (mine !== asked || !typed(box)) return;
  const list = parsed(html).querySelector("[role=listbox]");
  if (!list) return close();
  close();
  box.closest(".tx").append(list);
  open = { box, list, from: at.from };
  box.setAttribute("aria-controls", list.id);
  choose(0);
}

let soon = 0;
on("input", composer, (box) => {
  clearTimeout(soon);
  if (!typed(box)) return close();
  soon = setTimeout(() => look(box), 120);
});

// On the window, before the keys of the page: Escape leaves the list, not the composer.
addEventListener(
  "keydown",
  (e) => {
    if (!open || e.target !== open.box || e.isComposing) return;
    const act = { ArrowDown: () => choose(1), ArrowUp: () => choose(-1), Escape: close };
    const chosen = open.list.querySelector("[data-text][aria-selected=true]");
    if ((e.key === "Enter" || e.key === "Tab") && !e.ctrlKey && !e.metaKey && chosen) act[e.key] = () => put(chosen);
    if (!act[e.key]) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    act[e.key]();
  },
  true,
);

on("mousedown", "[role=listbox] [data-text]", (option, e) => {
  if (!open) return;
  e.preventDefault();
  put(option);
});

on("focusout", composer, () => close());

// The button types the sign, so that the list comes the same way.
on("click", "[data-texts-open]", (button) => {
  const box = button.form?.querySelector("textarea");
  if (!box) return;
  box.focus();
  const gap = box.value && !/\s$/.test(box.value.slice(0, box.selectionStart)) ? " " : "";
  box.setRangeText(`${gap}::`, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
