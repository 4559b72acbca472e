// SPDX-License-Identifier: Apache-2.0
// The worker of the desk, and the wish to be told on the desktop.
import { on } from "./page.js";

const able = "serviceWorker" in navigator && window.isSecureContext;

// A tab of a browser needs no worker, and nothing is kept for it: only the window of the app, which
// has no page of its own for a lost network, and who wants messages. Another language is another
// page, and another worker that keeps it.
const hire = () => navigator.serviceWorker.register(`/sw.js?lang=${document.documentElement.lang}`);

if (able) {
  const installed = () => hire().catch(() => {});
  addEventListener("appinstalled", installed);
  addEventListener("load", () => matchMedia("(display-mode: standalone)").matches && installed());
}

const post = (path, fields = {}) =>
  fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true", Accept: "application/json" } });

async function enable(part) {
  if (!able || !("PushManager" in window) || !("Notification" in window)) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") return "refused";
  try {
    await hire();
    const worker = await navigator.serviceWorker.ready;
    const answer = await post("/me/push/key");
    if (!answer.ok) return "failed";
    const { key } = await answer.json();
    const agreed = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = agreed.toJSON();
    const kept = await post("/me/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    if (!kept.ok) return "failed";
    location.assign(part.dataset.push || location.pathname);
    return "";
  } catch {
    return "failed";
  }
}

on("click", "[data-push-enable]", async (button) => {
  const part = button.closest("[data-push]");
  const line = part.querySelector("[data-push-said]");
  line.hidden = true;
  button.disabled = true;
  const word = await enable(part);
  button.disabled = false;
  if (!word) return;
  line.textContent = part.dataset[word];
  line.hidden = false;
});
