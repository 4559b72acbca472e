// SPDX-License-Identifier: Apache-2.0
// The theme changes at once; the server keeps it for the next page.
import { on } from "./page.js";

on("submit", "form[data-theme]", (form, e) => {
  const chosen = e.submitter?.value;
  if (!["auto", "light", "dark"].includes(chosen)) return;
  e.preventDefault();
  document.documentElement.classList.remove("auto", "light", "dark");
  document.documentElement.classList.add(chosen);
  form.querySelectorAll("[name=theme]").forEach((b) => b.setAttribute("aria-pressed", String(b.value === chosen)));
  const body = new URLSearchParams(new FormData(form));
  body.set("theme", chosen);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
});
