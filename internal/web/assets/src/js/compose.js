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
  const fail = (why) => {
    line.classList.add("bad");
    line.setAttribute("role", "alert");
    line.textContent = why || say("upload_bad", { Name: name });
    setTimeout(() => line.remove(), 12000);
  };
  const body = new FormData();
  body.append("upload", file, name);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = (e) => e.lengthComputable && show(Math.floor((99 * e.loaded) / e.total));
  request.onerror = () => fail();
  request.onload = () => {
    form.uploading--;
    const got = parsed(request.responseText);
    if (request.status < 300) {
      line.replaceWith(...got.children);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      fail(got.querySelector("p")?.textContent);
    }
  };
  form.uploading = (form.uploading ?? 0) + 1;
  request.onloadend = () => form.dispatchEvent(new CustomEvent("uploaded"));
  request.send(body);
}

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
  button.closest("[data-file]").remove();
  form?.dispatchEvent(new Event("input", { bubbles: true }));
});
