// SPDX-License-Identifier: Apache-2.0
// Pictures open in this page, one after the other by the arrows, and fit or full
// by a press. What is pressed stands in the bar, where no picture lies under it. Without a
// script, and with Ctrl, the link opens the file.
import { on, say } from "./page.js";

let box;
let list = [];
let at = 0;

const make = (tag, className, attributes = {}) => Object.assign(document.createElement(tag), { className, ...attributes });

function build() {
  box = make("dialog", "sheet viewer");
  const bar = make("header", "bar");
  const name = make("b", "min-w-0 truncate text-sm");
  const place = make("span", "num text-xs text-fg3");
  const source = make("a", "btn", { target: "_blank", rel: "noopener", title: say("original") }); // a dialog has an "open" of its own
  source.dataset.variant = "ghost";
  source.dataset.size = "icon-sm";
  source.setAttribute("aria-label", say("original"));
  source.textContent = "↗";
  const close = make("button", "btn", { type: "button", textContent: "×" });
  close.dataset.variant = "ghost";
  close.dataset.size = "icon-sm";
  close.setAttribute("data-close", "");
  close.setAttribute("aria-label", say("close"));
  const stage = make("div", "stage", { tabIndex: 0 });
  const picture = make("img", "");
  stage.append(picture);
  const full = (whether) => {
    stage.toggleAttribute("data-full", whether);
    picture.title = say(stage.hasAttribute("data-full") ? "shrink" : "enlarge");
  };
  const step = (sign, word, by) => {
    const button = make("button", "btn step", { type: "button", textContent: sign });
    button.dataset.variant = "ghost";
    button.dataset.size = "icon-sm";
    button.setAttribute("aria-label", say(word));
    button.addEventListener("click", () => show(at + by));
    return button;
  };
  const [back, on_] = [step("‹", "previous", -1), step("›", "next", 1)];
  place.classList.add("ml-auto");
  bar.append(name, place, back, on_, source, close);
  box.append(bar, stage);
  Object.assign(box, { name, place, source, picture, full, back, next: on_ });
  picture.addEventListener("click", () => full());
  box.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (by) {
      e.preventDefault();
      show(at + by);
    } else if (e.key === " " && e.target === stage) {
      e.preventDefault();
      full();
    }
  });
  document.body.append(box);
}

function show(i) {
  if (i < 0 || i >= list.length) return;
  at = i;
  const link = list[at];
  const name = link.querySelector(".nm")?.textContent ?? "";
  box.setAttribute("aria-label", name);
  box.name.textContent = name;
  box.place.textContent = list.length > 1 ? `${at + 1} / ${list.length}` : "";
  box.source.href = link.href;
  box.picture.src = link.href;
  box.picture.alt = name;
  box.full(false);
  box.back.hidden = box.next.hidden = list.length < 2;
  box.back.disabled = at === 0;
  box.next.disabled = at === list.length - 1;
  if (document.activeElement?.disabled) box.picture.parentElement.focus();
}

on("click", "a.file:has(.th img)", (link, e) => {
  if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
  e.preventDefault();
  if (!box?.isConnected) build();
  list = [...document.querySelectorAll("a.file:has(.th img)")];
  show(Math.max(0, list.indexOf(link)));
  box.showModal();
  box.picture.parentElement.focus();
});
