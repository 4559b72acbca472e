// SPDX-License-Identifier: Apache-2.0
// An engineer works where the network is bad. What they do on the page of a visit is
// kept in the browser until it has been sent: exactly what they typed, under a key by
// which the desk does it once however often it arrives, and with when it was done. It
// is sent in the order in which it was done, and what the desk refuses stays to be seen.
import { busy, rest } from "./answer.js";
import { on, parsed, plural, typing } from "./page.js";

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
const put = (act, instead = []) =>
  store("readwrite", (s) => {
    instead.forEach((old) => s.delete(old.n));
    return s.put(act);
  });
const drop = (n) => store("readwrite", (s) => s.delete(n));

const name = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// formOf is the form that does such an act: none where it has gone, or where the act is of another page.
const path = (address) => new URL(address, location.href).pathname;
const formOf = (act) =>
  [...document.querySelectorAll("form[data-late]")].find((form) => [form, ...form.querySelectorAll("[formaction]")].some((e) => path(e.getAttribute("formaction") ?? e.getAttribute("action")) === act.url));

// What somebody said by an act, and with it the pictures and the signature.
const spoken = (fields) => fields.filter(([field, value]) => typeof value === "string" && value && !["key", "did", "drawn"].includes(field));
const words = (act) => spoken(act.fields).filter(([field]) => field !== "how").map(([, value]) => value);
const value = (act, field) => act.fields.find(([name]) => name === field)?.[1];
const typed = (act) => words(act).length > 0 || act.files.length > 0 || Boolean(value(act, "drawn"));

// held are the acts whose words stand in a form: what it sent, and what was put back into it.
const forms = new WeakMap();
const held = (form) => forms.get(form) ?? forms.set(form, new Set()).get(form);
const photos = (data) => [...data.values()].filter((file) => file instanceof File && file.size > 0);

// unchanged says that a form still holds what was sent of it, and nothing besides.
function unchanged(form, act) {
  const data = new FormData(form);
  return held(form).has(act.n) && JSON.stringify(spoken([...data])) === JSON.stringify(spoken(act.fields)) && photos(data).length === act.files.length;
}

// show says how much waits, and what was refused and why. Words without a form to stand in stand here.
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
        if (!formOf(act) && words(act).length) {
          const said = document.createElement("q");
          said.textContent = words(act).join(" · ");
          line.append(said);
        }
        const at = act.url.slice(0, act.url.lastIndexOf("/")); // of its visit, which has the form
        if (at !== location.pathname) {
          const there = document.createElement("a");
          there.className = "btn";
          there.dataset.variant = "ghost";
          there.dataset.size = "xs";
          there.href = at;
          there.textContent = bar.dataset.correct;
          line.append(there);
        }
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
  const sent = [];
  const refused = [];
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
        sent.push(act);
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
        act.field = said.field;
        await put(act);
        refused.push(act);
      }
    }
  } finally {
    sending = false;
  }
  if (sent.length) await renew(sent, refused);
  await show();
  if (refused.length) await correct(refused);
}

// refill puts what was refused back into its form, to be corrected there, unless somebody has written in
// it since: after the page was left the form is empty, and the words are nowhere else.
async function refill() {
  for (const act of await list()) {
    const form = act.refused && formOf(act);
    if (!form || held(form).has(act.n) || touched(form)) continue;
    for (const field of form.querySelectorAll("input:not([type=hidden]):not([type=file]), textarea")) {
      const said = value(act, field.name) ?? "";
      if (field.type === "radio") field.checked = field.value === said;
      else field.value = said;
    }
    const files = new DataTransfer();
    for (const file of act.files) files.items.add(new File([file.blob], file.name, { type: file.blob.type }));
    const chosen = form.querySelector("input[type=file]");
    if (chosen) chosen.files = files.files;
    const canvas = form.querySelector("[data-sign] canvas");
    if (canvas && value(act, "drawn")) {
      const line = new Image();
      line.onload = () => {
        canvas.getContext("2d").drawImage(line, 0, 0);
        canvas.dataset.signed = "1";
      };
      line.src = value(act, "drawn");
    }
    form.dispatchEvent(new Event("change"));
    held(form).add(act.n);
  }
}

// correct opens the forms of what was refused again, says there what is wrong, and leads to the first,
// unless somebody is writing elsewhere.
async function correct(acts) {
  await refill();
  let first;
  for (const act of acts) {
    const form = formOf(act);
    if (!form) continue;
    settle(form);
    const field = act.field && form.querySelector(`[name="${CSS.escape(act.field)}"]`);
    const why = document.createElement("p");
    why.className = "er";
    why.setAttribute("role", "alert");
    why.tabIndex = -1;
    why.dataset.refusal = "";
    why.textContent = act.refused;
    if (field) field.closest(".fld").append(why);
    else form.prepend(why);
    form.closest("details").open = true;
    if (field?.matches("textarea, input:not([type=hidden])")) field.setAttribute("aria-invalid", "true");
    first ??= field?.getAttribute("aria-invalid") ? field : why;
  }
  first ??= bar;
  if (typing(document.activeElement) && document.activeElement.closest("form[data-late]")?.checkVisibility()) return;
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
}

// settle takes back what correct said in a form.
function settle(form) {
  form.querySelectorAll("[data-refusal]").forEach((why) => why.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
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

// renew shows what the desk knows now, and leaves alone whatever somebody is writing in: what was just
// sent and stands there as it was sent is not being written.
async function renew(sent, refused) {
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
    const writes = typing(document.activeElement) && old.contains(document.activeElement);
    if (touched(old) && (writes || !sent.some((act) => unchanged(old.querySelector("form"), act)))) continue;
    if (now) old.replaceWith(now);
    else old.remove();
  }
  ready();
  await refill();
  // What was refused before, was only a press and has no form any more cannot be done again and is missed
  // by nobody. Words, pictures and a signature stay until whoever typed them lets go of them.
  for (const act of await list()) {
    if (act.refused && !typed(act) && act.url.startsWith(`${location.pathname}/`) && !formOf(act) && !refused.some((one) => one.n === act.n)) await drop(act.n);
  }
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
    const files = photos(data).map((file) => ({ blob: file, name: file.name }));
    const to = e.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    try {
      // What is corrected stands for what was refused, whose words the form held.
      const instead = (await list()).filter((act) => act.refused && act.url === path(to) && held(form).has(act.n));
      held(form).add(await put({ person, url: path(to), label: form.dataset.late, did: Date.now(), fields, files }, instead));
      settle(form);
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
  refill().then(show).then(send);
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
