// SPDX-License-Identifier: Apache-2.0
// A picture that went up stands in the text where the caret is, by its name. Without
// a script the server puts it at the end.
import { on } from "./page.js";

on("input", "form[data-pictures]", (form) => {
  const box = form.querySelector("textarea[data-pictures-into]");
  if (!box) return;
  for (const chip of form.querySelectorAll("[data-file]:not([data-placed])")) {
    const token = chip.querySelector("input[name=files]")?.value;
    if (!token) continue;
    chip.dataset.placed = "";
    if (box.value.includes(`cid:${token}`)) continue;
    const name = (chip.querySelector(".nm")?.textContent ?? "").replace(/[[\]]/g, "");
    const before = box.value.slice(0, box.selectionStart);
    box.setRangeText(`${before && !before.endsWith("\n") ? "\n\n" : ""}![${name}](cid:${token})\n`, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
