// SPDX-License-Identifier: Apache-2.0
// An engineer works where the network is bad. What they do on the page of a visit is
// kept in the browser until it has been sent: exactly what they typed, under a key by
// which the desk does it once however often it arrives, and with when it was done. It
// is sent in the order in which it was done, and what the desk refuses stays to be seen.
import { busy, rest } from "./answer.js";
import { on, parsed, plural } from "./page.js";

const bar = document.getElementById("visit-queue");
const person = bar?.dataset.person;

// kept is the store: one line an act. Nothing else of the desk is in it.
const open = () =>
  new Promise((found, failed) => {
    const asked = indexedDB.open("visits", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => failed(asked.error);
  });

async function store(mode, what) {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const turn = base.transaction("acts", mode);
      const asked = what(turn.objectStore("acts"));
      turn.oncomplete = () => done(asked?.result);
      turn.onerror = turn.onabort = () => failed(turn.error);
    });
  } finally {
    base.close();
  }
}

const list = async () => ((await store("readonly", (s) => s.getAll())) ?? []).filter((act) => act.person === person);
const put = (act) => store("readwrite", (s) => s.put(act));
const drop = (n) => store("readwrite", (s) => s.delete(n));

const name = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// show says how much waits, and what was refused and why.
async function show() {
  const acts = await list();
  const waits = acts.filter((act) => !act.refused);
  bar.hidden = acts.length === 0;
  bar.querySelector("[data-queue-count]").textContent = waits.length ? plural(bar, waits.length) : "";
  bar.querySelector("p").hidden = waits.length === 0;
  bar.querySelector("[data-queue-list]").replaceChildren(
    ...acts.map((act) => {
      const line = document.createElement("li");
      const time = new Date(act.did).toTimeString().slice(0, 5);
      line.append(`${time} ${act.label}`);
      if (act.refused) {
        line.className = "refused";
        line.append(` — ${bar.dataset.refused} ${act.refused}`);
        const gone = document.createElement("button");
        gone.type = "button";
        gone.className = "btn";
        gone.dataset.variant = "ghost";
        gone.dataset.size = "xs";
        gone.textContent = bar.dataset.drop;
        gone.addEventListener("click", () => drop(act.n).then(show));
        line.append(gone);
      }
      return line;
    }),
  );
  for (const step of document.querySelectorAll(".visitstep")) {
    const form = step.querySelector("form");
    const queued = waits.some((act) => act.url === new URL(form.action).pathname);
    step.toggleAttribute("data-queued", queued);
  }
}

let sending = false;
let again = 0;

// send sends what waits, one after the other, until nothing waits or the network is gone.
async function send() {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (;;) {
      const act = (await list()).find((one) => !one.refused);
      if (!act) break;
      const body = new FormData();
      for (const [field, value] of act.fields) body.append(field, value);
      for (const file of act.files) body.append("upload", file.blob, file.name);
      let answer;
      try {
        answer = await fetch(act.url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
      } catch {
        later();
        break;
      }
      if (answer.ok) {
        await drop(act.n);
        sent++;
        again = 0;
      } else if (answer.status === 401 || answer.type === "opaqueredirect") {
        bar.querySelector("[data-queue-count]").textContent = bar.dataset.signin;
        bar.hidden = false;
        return;
      } else if (answer.status >= 500 || answer.status === 429) {
        later();
        break;
      } else {
        const said = await answer.json().catch(() => ({}));
        act.refused = said.detail || said.title || String(answer.status);
        await put(act);
      }
    }
  } finally {
    sending = false;
  }
  if (sent) await renew();
  await show();
}

// later tries again by itself, less and less often; coming back to the page or to the network asks
// at once.
let timer = 0;
function later() {
  clearTimeout(timer);
  timer = setTimeout(send, Math.min(60_000, 2_000 * 2 ** again++));
}

const touched = (part) =>
  part.contains(document.activeElement) ||
  [...part.querySelectorAll("input:not([type=hidden]):not([type=radio]), textarea")].some((f) => f.value !== f.defaultValue) ||
  part.querySelector("[data-signed]") !== null;

// renew shows what the desk knows now, and leaves alone whatever somebody is writing in.
async function renew() {
  let fresh;
  try {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    fresh = parsed(await answer.text());
  } catch {
    return;
  }
  for (const id of ["visit-state", "visit-deeds"]) {
    const now = fresh.getElementById(id);
    if (now) document.getElementById(id)?.replaceWith(now);
  }
  for (const old of document.querySelectorAll("[data-fresh-step]")) {
    const now = fresh.getElementById(old.id);
    if (touched(old)) continue;
    if (now) old.replaceWith(now);
    else old.remove();
  }
  ready();
}

// A drawn signature: a line by finger, pen or mouse. Who cannot draw types the name.
function ready() {
  for (const pad of document.querySelectorAll("[data-sign]")) {
    const form = pad.closest("form");
    const drawn = form.querySelector("input[name=how][value=drawn]");
    if (pad.dataset.ready) continue;
    pad.dataset.ready = "1";
    if (form.querySelector("input[name=how]:checked")?.value === "typed" && !form.querySelector("[aria-invalid=true]")) drawn.checked = true;
    pad.hidden = !drawn.checked;
    form.addEventListener("change", () => (pad.hidden = !drawn.checked));
    const canvas = pad.querySelector("canvas");
    const pen = canvas.getContext("2d");
    const wipe = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      canvas.removeAttribute("data-signed");
    };
    wipe();
    Object.assign(pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    const at = (e) => [(e.offsetX * canvas.width) / canvas.clientWidth, (e.offsetY * canvas.height) / canvas.clientHeight];
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      pen.beginPath();
      pen.moveTo(...at(e));
      canvas.dataset.drawing = "1";
    });
    canvas.addEventListener("pointermove", (e) => {
      if (!canvas.dataset.drawing) return;
      pen.lineTo(...at(e));
      pen.stroke();
      canvas.dataset.signed = "1";
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => delete canvas.dataset.drawing);
    pad.querySelector("[data-sign-clear]").addEventListener("click", wipe);
  }
}

if (bar && "indexedDB" in window) {
  on("submit", "form[data-late]", async (form, e) => {
    e.preventDefault();
    busy(e.submitter); // until the act is kept and its form folded: one press, one act
    const canvas = form.querySelector("[data-sign] canvas");
    if (canvas) form.elements.drawn.value = canvas.dataset.signed ? canvas.toDataURL("image/png") : "";
    const data = new FormData(form);
    data.set("key", name());
    data.set("did", String(Date.now()));
    const fields = [...data].filter(([, value]) => typeof value === "string");
    const files = [...data.values()].filter((value) => value instanceof File && value.size > 0).map((file) => ({ blob: file, name: file.name }));
    const to = e.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    try {
      await put({ person, url: new URL(to, location.href).pathname, label: form.dataset.late, did: Date.now(), fields, files });
    } catch {
      bar.hidden = false;
      bar.querySelector("p").hidden = false;
      bar.querySelector("[data-queue-count]").textContent = bar.dataset.full;
      return;
    } finally {
      rest(e.submitter);
    }
    form.closest("details").open = false;
    const next = form.closest("details").nextElementSibling;
    if (next?.matches(".visitstep") && to === form.getAttribute("action")) next.open = true;
    await show();
    await send();
  });
  ready();
  show().then(send);
  addEventListener("online", send);
  addEventListener("pageshow", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  // The app keeps pages of visits, so that they open where there is no network.
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker
      .register(`/sw.js?lang=${document.documentElement.lang}`)
      .then(() => navigator.serviceWorker.ready)
      .then((worker) => worker.active?.postMessage({ keep: location.href }))
      .catch(() => {});
  }
}
