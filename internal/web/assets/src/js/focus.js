// SPDX-License-Identifier: Apache-2.0
// An answer that replaces a part must not lose the reader's place.
import { begin, each, firstField, visible } from "./page.js";

each("[data-focus]", (element) => {
  if (element.taken) return;
  element.taken = true;
  begin(element);
});

// mending is where one mends what was refused: the first mark in sight, and of a group its first field.
function mending() {
  const wrong = [...document.querySelectorAll('[aria-invalid="true"]')].find(visible);
  return { wrong, mend: wrong && (firstField(wrong) ?? wrong) };
}

// A page that comes anew after a refusal begins at its top, far from the mark. Where nothing says
// what is wanted first, the mark is.
if (![...document.querySelectorAll("[data-focus]")].some(visible)) {
  const { wrong, mend } = mending();
  if (mend && !wrong.contains(document.activeElement)) {
    mend.focus({ preventScroll: true });
    wrong.scrollIntoView({ block: "center" });
  }
}

// A larger act of a ticket opens in its place by a link, from a menu, or by a key.
let opener; // of the act that is open: where the link leads, and where the focus was

document.addEventListener("htmx:before:request", (e) => {
  const { ctx } = e.detail;
  const source = ctx.sourceElement;
  if (source?.getAttribute?.("hx-target") !== "#act" || source.closest("#act, form")) return;
  const at = document.activeElement;
  if (!at?.closest("#act")) opener = { from: at };
  opener = { ...opener, href: source.getAttribute("href") };
  const menu = source.closest("details[data-menu]");
  if (menu) menu.open = false;
  ctx.opens = true;
});

document.addEventListener("htmx:after:swap", (e) => {
  const act = e.detail.ctx.opens && document.getElementById("act");
  if (!act || act.contains(document.activeElement)) return;
  (firstField(act) ?? act.querySelector("form :is(a, button)") ?? act.querySelector("a, button"))?.focus();
});

// whence is what has the focus again when an act closes: what had it before, else the link to the
// act, else the menu that holds it.
function whence() {
  const from = opener?.from;
  if (from && from !== document.body && from.isConnected && visible(from)) return from;
  const href = opener?.href ?? location.pathname + location.search;
  const links = [...document.querySelectorAll(`main a[href="${CSS.escape(href)}"]`)].filter((a) => !a.closest("[aria-hidden]"));
  return links.find(visible) ?? links.map((a) => a.closest("details[data-menu]")?.querySelector("summary")).find((s) => s && visible(s));
}

document.addEventListener("htmx:before:swap", (e) => {
  const at = document.activeElement;
  const act = !!e.detail.ctx.sourceElement?.closest?.("#act");
  if (!act && (!at || at === document.body)) return;
  const details = at.closest("details[id]");
  e.detail.ctx.focus = { act, id: at.id, name: at.name, form: at.form?.id, back: at.dataset.back, details: details?.id, list: at.closest("[data-row]")?.id };
});

document.addEventListener("htmx:after:swap", (e) => {
  const was = e.detail.ctx.focus;
  const at = document.activeElement;
  const { wrong, mend } = mending();
  // An act that was sent and refused leads to what is wrong, from a field that is not.
  const { sourceElement, response } = e.detail.ctx;
  const refused = response?.status >= 400 && sourceElement?.matches?.("#act form") && mend && !wrong.contains(at) && at?.matches?.("input, textarea, select, button");
  if (!was || (!refused && at && at !== document.body && at.isConnected)) return;
  const places = [
    mend,
    was.id && document.getElementById(was.id),
    was.back && document.getElementById(was.back),
    was.form && was.name && document.getElementById(was.form)?.elements[was.name],
    was.details && document.getElementById(was.details)?.querySelector("summary"),
    was.list && document.getElementById(was.list)?.querySelector("a"),
    was.act && document.getElementById("act")?.hidden && whence(),
    document.getElementById("main"),
  ];
  // What is there but folded away takes no focus; the next place does.
  for (const place of places) {
    place?.focus?.({ preventScroll: true });
    if (!place || document.activeElement !== place) continue;
    if (place === mend) {
      // A group says what is wrong beside it: both belong in sight.
      place.scrollIntoView({ block: "nearest" });
      wrong.querySelector(".er")?.scrollIntoView({ block: "nearest" });
    }
    return;
  }
});
