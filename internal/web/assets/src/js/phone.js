// SPDX-License-Identifier: Apache-2.0
// A sign in a form that a phone photographs; what the phone sends then appears
// among the files of the form, as if it had been chosen here.
import { on, parsed } from "./page.js";

const every = 2500;

async function ask(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return parsed(await answer.text());
}

function watch(form, box) {
  let have = 0;
  const look = async () => {
    if (!box.isConnected) return;
    try {
      const got = await ask(`/files/phone?box=${encodeURIComponent(box.dataset.phoneBox)}&have=${have}`);
      const files = [...got.querySelectorAll("[data-file]")];
      if (files.length) {
        have += files.length;
        form.querySelector("[data-files]")?.append(...files);
        form.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } catch (why) {
      if (why.message === "404") {
        box.querySelector("[data-phone-state]").textContent = box.dataset.over;
        box.querySelector("svg")?.remove();
        return;
      }
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
}

on("click", "[data-phone]", async (button) => {
  const form = button.closest("form");
  form.querySelector("[data-phone-box]")?.remove();
  button.disabled = true;
  try {
    const box = (await ask("/files/phone")).querySelector("[data-phone-box]");
    form.querySelector("[data-files]")?.before(box);
    watch(form, box);
    box.scrollIntoView({ block: "nearest" });
  } catch {
    // The button stays; files can be chosen on this screen meanwhile.
  } finally {
    button.disabled = false;
  }
});

on("click", "[data-phone-close]", (button) => {
  const form = button.closest("form");
  button.closest("[data-phone-box]").remove();
  form?.querySelector("[data-phone]")?.focus();
});
