// SPDX-License-Identifier: Apache-2.0
// What happens to answers that did not go well: nothing that was typed is lost.
import { say, withoutNoscript } from "./page.js";
import { toast } from "./toast.js";

const wholePage = /^\s*(<!doctype|<html)/i;

document.addEventListener("htmx:before:request", (e) => {
  if (e.detail.ctx.request.method !== "GET") document.querySelector("#problem")?.replaceChildren();
});

// The button that was pressed shows that it is at work, and a second press does nothing.
export const busy = (button) => button?.setAttribute("aria-busy", "true");
export const rest = (button) => button?.removeAttribute("aria-busy");

document.addEventListener(
  "submit",
  (e) => {
    if (e.submitter?.getAttribute("aria-busy") === "true") {
      e.preventDefault();
      e.stopImmediatePropagation();
    }
  },
  true,
);
// Only what leaves the page is at work until then: whoever sends a form in another way (known when
// all have heard of it) says when it rests, and what is shown in a frame leaves nothing.
document.addEventListener("submit", (e) => {
  if (e.target.method !== "dialog") setTimeout(() => e.defaultPrevented || e.submitter?.formTarget || busy(e.submitter));
});
document.addEventListener("htmx:before:request", (e) => busy(e.detail.ctx.request.submitter));
document.addEventListener("htmx:finally:request", (e) => rest(e.detail.ctx.request?.submitter));
// A page that comes back from the history is not at work any more.
addEventListener("pageshow", () => document.querySelectorAll("button[aria-busy=true]").forEach(rest));

// A whole page in answer to a request for a part comes from something in between,
// or from a session that has ended. It must not be put inside the page.
document.addEventListener("htmx:after:request", (e) => {
  const { ctx } = e.detail;
  if (ctx.response?.status >= 400 && wholePage.test(ctx.text ?? "") && ctx.target !== document.body) {
    ctx.text = "";
    ctx.swap = "none";
    toast(say("failed"), { danger: true });
  }
});

document.addEventListener("htmx:before:swap", (e) => e.detail.tasks?.forEach((task) => withoutNoscript(task.fragment)));

document.addEventListener("htmx:error", (e) => {
  if (e.detail.ctx?.request?.method === "GET" && e.target.closest?.("[data-stream], [data-live]")) return;
  toast(say(navigator.onLine ? "failed" : "offline"), { danger: true });
});
