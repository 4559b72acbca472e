// SPDX-License-Identifier: Apache-2.0
// The thread grows by itself while somebody writes below it. A form with words in it knows which
// words of others its writer has had before their eyes, and asks the desk to say so before it
// sends past any that stayed out of sight.
import { each } from "./page.js";

const glance = 1000; // milliseconds in sight after which a card was seen

const forms = () => [...document.querySelectorAll("form input[name=heard]")];
const cards = () => [...document.querySelectorAll("[data-thread] [data-heard]")];
const nth = (card) => Number(card.dataset.heard);
const written = (form) => [...form.querySelectorAll("textarea")].some((box) => box.value.trim());
const last = () => Math.max(0, ...cards().map(nth));

// Which cards were in sight long enough; by their ids, for an answer may bring them anew.
const seen = new Set();
const timers = new Map();

function move() {
  const end = last();
  for (const input of forms()) {
    let heard = Math.min(Number(input.value), end); // some may have been taken back
    if (!written(input.form)) heard = end;
    for (const card of cards()) if (nth(card) === heard + 1 && seen.has(card.id)) heard++;
    input.value = String(heard);
  }
}

function look(card) {
  clearTimeout(timers.get(card.id));
  timers.set(
    card.id,
    setTimeout(() => {
      if (document.hidden || !card.isConnected) return;
      seen.add(card.id);
      eyes.unobserve(card);
      move();
    }, glance),
  );
}

// In sight is a card of which half is, or as much as a few lines.
const eyes = new IntersectionObserver(
  (list) => {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect } of list) {
      if (isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= 120)) look(target);
      else clearTimeout(timers.get(target.id));
    }
  },
  { threshold: [0, 0.1, 0.25, 0.5] },
);

let watched = new WeakSet();
each("[data-thread]", (thread) => {
  for (const card of thread.querySelectorAll("[data-heard]")) {
    if (seen.has(card.id) || watched.has(card)) continue;
    watched.add(card);
    eyes.observe(card);
  }
  move();
});

// Who comes back to the page begins to look.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  watched = new WeakSet();
  for (const card of cards()) {
    eyes.unobserve(card);
    if (seen.has(card.id)) continue;
    watched.add(card);
    eyes.observe(card);
  }
});
