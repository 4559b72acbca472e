// SPDX-License-Identifier: Apache-2.0
// What the other files share.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

let words = {};
try {
  words = JSON.parse(meta("loopdesk-words") || "{}");
} catch {
  // A page without words says nothing by itself.
}

// say returns a sentence of the page's language with its places filled.
export function say(key, values = {}) {
  return fill(words[key] ?? "", values);
}

// fill puts values into the places of a text: {Count}.
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

// plural chooses between the texts that the server wrote for one and for more.
export function plural(element, count) {
  const text = count === 1 ? element.dataset.one : element.dataset.other;
  return fill(text ?? "", { Count: count });
}

// The server's clock counts, not the device's.
const ahead = Number(meta("loopdesk-now")) ? Date.now() - Number(meta("loopdesk-now")) : 0;
export const now = () => Date.now() - ahead;

// parsed makes nodes of an answer of ours. In a template nothing runs or loads.
export function parsed(text) {
  const part = document.createElement("template");
  part.innerHTML = text;
  withoutNoscript(part.content);
  return part.content;
}

// brought fetches a dialog and hangs it into the page, once; null where it does not come.
export async function brought(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  const dialog = answer?.ok ? parsed(await answer.text()).querySelector("dialog") : null;
  if (!dialog) return null;
  const there = document.getElementById(dialog.id);
  if (!there) document.body.append(dialog);
  return there ?? dialog;
}

// withoutNoscript takes out of a part what is for readers without a script: it would come to life,
// for whatever takes an answer apart does not know that scripts run here.
export const withoutNoscript = (part) => part?.querySelectorAll?.("noscript").forEach((n) => n.remove());

// announce lets a screen reader say what changed without anybody's doing. The region stands in the
// page from the beginning: one that appears together with its words is not read.
export function announce(text) {
  const region = document.getElementById("announce");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text.trim()), 50);
}

// on listens on the document for what happens to elements that match, now or later.
export function on(event, selector, act, options) {
  document.addEventListener(
    event,
    (e) => {
      const element = e.target instanceof Element ? e.target.closest(selector) : null;
      if (element) act(element, e);
    },
    options,
  );
}

// An answer that takes away the form that asked for it leaves the event about it without a
// way up to the document; what listens there hears of it all the same.
document.addEventListener("htmx:before:swap", (e) => {
  const source = e.detail.ctx.sourceElement;
  source?.addEventListener?.(
    "htmx:after:swap",
    (after) => source.isConnected || document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: after.detail })),
    { once: true },
  );
});

// each runs for all elements that match, those of the page and those that come with an answer.
export function each(selector, act) {
  const run = (root) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll?.(selector).forEach(act);
  };
  run(document);
  document.addEventListener("htmx:after:swap", () => run(document));
}

export const visible = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

// typing says whether a key is meant for a field.
export function typing(target) {
  if (!(target instanceof Element)) return false;
  if (target.isContentEditable) return true;
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit", "reset", "file"].includes(target.type);
}

// firstField is where one begins in a form: what is wrong, else its first field or choice; of choices
// that exclude each other the one that is set.
export function firstField(root) {
  const fields = [...root.querySelectorAll("textarea, input:not([type=hidden]):not([type=file]), select, button.mi")].filter((el) => !el.disabled && visible(el));
  const wrong = root.querySelector("[aria-invalid=true]");
  const first = fields.find((el) => wrong?.contains(el)) ?? fields[0];
  return fields.find((el) => first?.type === "radio" && el.name === first.name && el.checked) ?? first;
}

// begin puts the focus into a form: into words at their end, unless somebody has been at them.
export function begin(field) {
  field?.focus();
  if (field?.matches("textarea") && field.selectionEnd === 0) field.setSelectionRange(field.value.length, field.value.length);
}
