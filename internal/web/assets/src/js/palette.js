// SPDX-License-Identifier: Apache-2.0
// Ctrl K: one field for everything. The pages to go to come from the server, what
// can be done here is gathered from the page, tickets and people are asked for
// while one types. It offers nothing that the reader could not press or open.
import { press } from "./keys.js";
import { brought, fill, on, parsed, plural, visible } from "./page.js";

const most = 12;
const pause = 120; // milliseconds after the last letter

let box;
let go = []; // pages
let here = []; // what this page can do
let found = []; // what the server found for what is typed
let asked = ""; // … and what that was
let shown = [];
let at = 0;
let timer;

// words are what a control says as it stands: of words for a phone and words for a desk, those that
// are shown. (A closed menu is not painted, and its words are shown all the same once it is open.)
const silent = "kbd, .ic, .av, .c, .sr-only, .keyhint";
const said = (part) => {
  if (part.nodeType === Node.TEXT_NODE) return part.nodeValue;
  if (part.nodeType !== Node.ELEMENT_NODE || part.matches(silent) || getComputedStyle(part).display === "none") return "";
  return [...part.childNodes].map(said).join("");
};
const tidy = (text) => text.replace(/\s+/g, " ").trim();
const words = (element) => tidy([...element.childNodes].map(said).join(""));
const icon = (element) => element.querySelector(".ic, .av")?.cloneNode(true);

// fromLink makes an entry of a link that the server wrote.
function fromLink(a, kind) {
  const text = [...a.children].slice(1);
  return { kind, label: words(a), also: a.dataset.also ?? "", in: a.dataset.in ?? "", keys: a.dataset.keys ?? "", icon: icon(a) ?? a.firstElementChild?.cloneNode(true), parts: text, href: a.getAttribute("href") };
}

// first is what a control is called: its other words explain it.
const first = (element) => [...element.childNodes].map((part) => tidy(said(part))).find(Boolean) ?? "";

// leads is where a control leads or posts to, "" where it does something else.
const leads = (element) => element.getAttribute("href") || element.getAttribute("formaction") || (element.matches("button:not([type=button])") && element.form?.getAttribute("action")) || "";

// can gathers what the page offers: what has a key, what stands in its menus, its buttons and its
// filters; what stands in several places is one thing, and has its key wherever it stands first. What
// is chosen rarely (buttons without a key, what waits out of sight, filters, the reader's own menu) comes after the pages. A
// control that shows no name of its own, or waits out of sight until it is of use, says one: data-said.
const offered = "main [data-key], main .btn, main .f, main .mi, .nav .mi, [data-said]";
const aside = "dialog, [data-row], .hints, [hidden]:not([data-said])";

function can(word) {
  const list = new Map();
  for (const element of document.querySelectorAll(offered)) {
    const { key = "", said: name, also = "" } = element.dataset;
    const menu = element.closest("details[data-menu]");
    const opener = menu?.querySelector("summary");
    if (element.disabled || key === "escape" || element.closest(aside) || element.matches("[data-close], [data-open]")) continue;
    if (!visible(menu && !menu.open && element !== opener ? opener : element) && !(name && element.hidden)) continue;
    const label = name || element.getAttribute("aria-label") || element.title || (element.matches("summary") ? first(element) : words(element)) || element.placeholder;
    const menuName = menu && element !== opener ? opener.getAttribute("aria-label") || first(opener) : "";
    const same = `${label} ${leads(element) || menuName}`;
    const known = list.get(same);
    if (known) {
      known.keys ||= key;
      known.icon ??= icon(element);
    }
    if (!label || known) continue;
    const group = element.closest("[role=group][aria-label]");
    const groupName = group?.getAttribute("aria-label");
    const place = (menu?.contains(group) && groupName) || menuName || groupName;
    const late = !(key || (name && !element.hidden) || element.matches(".mi")) || element.closest(".nav, .f, details:has(> .f)");
    list.set(same, { kind: "here", label, also, place, in: place || word, keys: key, icon: icon(element), element, late: !!late });
  }
  return [...list.values()];
}

// fit says how well a text answers what is typed; 0 is not at all.
function fit(typed, text) {
  text = text.toLowerCase();
  const place = text.indexOf(typed);
  if (place === 0) return 4;
  if (place > 0) return /[\s·›/(（-]/.test(text[place - 1]) ? 3 : 2;
  let next = 0;
  for (const letter of text) if (letter === typed[next]) next++;
  return typed.length > 1 && next === typed.length ? 1 : 0;
}

// within says that a choice stands where the words of a place begin: the filters, for "filter".
const within = (typed, place) => (place && fit(typed, place) >= 3 ? 1.5 : 0);

function choose() {
  const typed = input().value.trim().toLowerCase();
  const all = [...here.filter((c) => !c.late), ...go, ...here.filter((c) => c.late)];
  if (!typed) return all;
  const fits = all
    .map((c, i) => [Math.max(fit(typed, c.label), 0.9 * fit(typed, c.also), within(typed, c.place)), i, c])
    .filter(([score]) => score > 0)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const sure = fits.filter(([score]) => score >= 2).map(([, , c]) => c);
  const maybe = fits.filter(([score]) => score < 2).map(([, , c]) => c);
  const search = { kind: "all", label: fill(box.dataset.all, { Text: input().value.trim() }), in: "", keys: "", href: `${box.querySelector("form").getAttribute("action")}?q=${encodeURIComponent(input().value.trim())}` };
  return [...sure.slice(0, 6), ...found, search, ...maybe];
}

const input = () => box.querySelector("input");

function option(command, i) {
  const item = document.createElement("li");
  item.id = `palette-${i}`;
  item.role = "option";
  item.setAttribute("aria-selected", String(i === at));
  const name = document.createElement("span");
  name.className = "what";
  if (command.parts) name.append(...command.parts.map((part) => part.cloneNode(true)));
  else name.textContent = command.label;
  const where = document.createElement("span");
  where.className = "where";
  where.textContent = command.in;
  item.append(command.icon?.cloneNode(true) ?? document.createElement("i"), name, where);
  if (command.keys) {
    const keys = document.createElement("span");
    keys.className = "keys";
    keys.setAttribute("aria-hidden", "true");
    for (const key of command.keys.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.className = "kbd";
      kbd.textContent = key === "enter" ? "↵" : key.replace("ctrl+", "Ctrl ").replace("enter", "↵").toUpperCase().replace("CTRL", "Ctrl");
      keys.append(kbd);
    }
    item.append(keys);
  }
  item.addEventListener("pointermove", () => i !== at && select(i));
  item.addEventListener("click", (e) => run(i, e.ctrlKey || e.metaKey));
  return item;
}

function select(i) {
  at = Math.max(0, Math.min(i, shown.length - 1));
  const list = box.querySelector("[role=listbox]");
  [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === at)));
  list.children[at]?.scrollIntoView({ block: "nearest" });
  input().setAttribute("aria-activedescendant", shown.length ? `palette-${at}` : "");
}

function draw() {
  const typed = input().value.trim() !== "";
  shown = choose().slice(0, typed ? most : 40);
  box.querySelector("[role=listbox]").replaceChildren(...shown.map(option));
  box.querySelector(".empty").hidden = shown.length > 0;
  const status = box.querySelector("[role=status]");
  status.textContent = plural(status, shown.length);
  select(0);
}

async function ask() {
  const typed = input().value.trim();
  if (typed === asked) return;
  if (!typed) {
    found = [];
    asked = "";
    return;
  }
  const answer = await fetch(`${box.dataset.find}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || input().value.trim() !== typed) return;
  const part = parsed(await answer.text());
  if (input().value.trim() !== typed) return;
  const chosen = shown[at];
  asked = typed;
  found = [...part.querySelectorAll("a")].map((a) => fromLink(a, "found"));
  draw();
  // What was chosen while the answer was on its way stays chosen.
  const again = at === 0 && chosen ? shown.findIndex((c) => c.label === chosen.label && c.kind === chosen.kind) : 0;
  if (again > 0 && chosen.moved) select(again);
}

function run(i, apart) {
  const command = shown[i];
  if (!command) return;
  box.close(); // and the focus is where it was
  if (command.element) press(command.element);
  else if (apart) open(command.href, "_blank", "noopener");
  else location.assign(command.href);
}

async function start(link) {
  if (!box) {
    box = await brought(link.dataset.palette);
    if (!box) {
      location.assign(link.href);
      return;
    }
    const source = box.querySelector("[data-source]");
    Object.assign(box.dataset, { here: source.dataset.here, all: source.dataset.all });
    go = [...source.children].map((a) => fromLink(a, "go")).map((c) => ({ ...c, parts: undefined }));
    source.remove();
    listen();
  }
  if (box.open) return;
  here = can(box.dataset.here);
  found = [];
  asked = "";
  input().value = "";
  box.showModal();
  input().focus();
  draw();
}

function listen() {
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
    found = input().value.trim() ? found : [];
    draw();
  });
  box.addEventListener("submit", (e) => {
    e.preventDefault();
    run(at, false);
  });
  box.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[e.key];
    if (step) {
      e.preventDefault();
      const next = at + step;
      select(Math.abs(step) === 1 && (next < 0 || next >= shown.length) ? (next < 0 ? shown.length - 1 : 0) : next);
      if (shown[at]) shown[at].moved = true;
    } else if (e.key === "Enter") {
      e.preventDefault();
      run(at, e.ctrlKey || e.metaKey);
    }
  });
  box.addEventListener("click", (e) => e.target === box && box.close());
}

on("click", "a[data-palette]", (link, e) => {
  if (e.ctrlKey && e.detail > 0 || e.metaKey || e.shiftKey) return; // into a tab of its own
  e.preventDefault();
  start(link);
});
