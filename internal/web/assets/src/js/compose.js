// SPDX-License-Identifier: Apache-2.0
// Files that are pasted, dropped or chosen go up at once and show how far they
// are; the form then carries their tokens.
import { on, parsed, say } from "./page.js";

function host(form) {
  let box = form.querySelector("[data-files]");
  if (!box) {
    box = document.createElement("div");
    box.className = "uploads";
    box.dataset.files = "";
    form.prepend(box);
  }
  return box;
}

function send(form, file) {
  const name = file.name || `image.${(file.type.split("/")[1] || "png").replace(/\W.*/, "")}`;
  const line = document.createElement("span");
  line.className = "file busy";
  line.setAttribute("role", "status");
  host(form).append(line);
  const show = (percent) => (line.textContent = say("uploading", { Name: name, Percent: percent }));
  show(0);
  const body = new FormData();
  body.append("upload", file, name);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = (e) => e.lengthComputable && show(Math.floor((99 * e.loaded) / e.total));
  request.onloadend = () => {
    const got = parsed(request.responseText);
    if (request.status >= 200 && request.status < 300) {
      line.replaceWith(...got.children);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      failed(form, file, line, got.querySelector("p")?.textContent || say("upload_bad", { Name: name }));
    }
    form.uploading--;
    form.dispatchEvent(new CustomEvent("uploaded"));
  };
  form.uploading = (form.uploading ?? 0) + 1;
  request.send(body);
}

// failed leaves the file where it is, with why it did not go up: one press tries again, another
// lets it be.
function failed(form, file, line, why) {
  const act = (word, sign, run) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.dataset.variant = "ghost";
    button.dataset.size = "xs";
    button.textContent = sign || say(word);
    button.setAttribute("aria-label", say(word));
    button.addEventListener("click", () => {
      line.remove();
      run();
      form.querySelector("textarea")?.focus();
    });
    return button;
  };
  form.warned = false;
  line.dataset.name = file.name;
  line.className = "file bad";
  line.setAttribute("role", "alert");
  line.replaceChildren(why, act("again", "", () => send(form, file)), act("dismiss", "×", () => {}));
}

// warn says which files did not go up. Nothing is sent then: who presses again has read it.
function warn(form) {
  form.warned = true;
  form.querySelector("[data-left-out]")?.remove();
  const line = document.createElement("p");
  line.className = "er";
  line.dataset.leftOut = "";
  line.setAttribute("role", "alert");
  const names = [...form.querySelectorAll(".file.bad")].map((bad) => bad.dataset.name);
  line.textContent = say("upload_left", { Name: names.join(", ") });
  host(form).after(line);
  line.scrollIntoView({ block: "nearest" });
}

// What is sent while a file is on its way waits for it, and nothing goes without a file that did not
// arrive before that was said.
document.addEventListener(
  "submit",
  (e) => {
    const form = e.target;
    const missing = form.querySelector(".file.bad");
    if (!missing) form.querySelector("[data-left-out]")?.remove();
    if (!form.uploading && (!missing || form.warned)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (!form.uploading) return warn(form);
    if (form.waiting) return;
    form.waiting = true;
    const { submitter } = e;
    const go = () => {
      if (form.uploading) return;
      form.removeEventListener("uploaded", go);
      form.waiting = false;
      submitter?.removeAttribute("aria-busy");
      if (form.querySelector(".file.bad")) warn(form);
      else form.requestSubmit(submitter);
    };
    submitter?.setAttribute("aria-busy", "true");
    form.addEventListener("uploaded", go);
  },
  true,
);

const all = (form, files) => [...files].forEach((file) => send(form, file));

on("change", "[data-upload] [data-add]", (input) => {
  all(input.form, input.files);
  input.value = "";
});

on("paste", "[data-upload]", (form, e) => {
  const files = [...(e.clipboardData?.files ?? [])];
  if (!files.length || e.clipboardData.types.includes("text/plain")) return;
  e.preventDefault();
  all(form, files);
});

on("dragover", "[data-upload]", (form, e) => {
  if (!e.dataTransfer?.types.includes("Files")) return;
  e.preventDefault();
  form.classList.add("over");
});
on("dragleave", "[data-upload]", (form, e) => {
  if (!form.contains(e.relatedTarget)) form.classList.remove("over");
});
on("drop", "[data-upload]", (form, e) => {
  form.classList.remove("over");
  if (!e.dataTransfer?.files.length) return;
  e.preventDefault();
  all(form, e.dataTransfer.files);
});
// A file that misses its box must not replace the page and what was typed there.
for (const event of ["dragover", "drop"]) {
  addEventListener(event, (e) => e.dataTransfer?.types.includes("Files") && e.preventDefault());
}

on("click", "[data-file] [data-remove]", (button) => {
  const form = button.closest("form");
  const all = form ? [...form.querySelectorAll("[data-file] [data-remove]")] : [];
  const next = all[all.indexOf(button) + 1] ?? form?.querySelector("textarea");
  button.closest("[data-file]").remove();
  next?.focus();
  form?.dispatchEvent(new Event("input", { bubbles: true }));
});
