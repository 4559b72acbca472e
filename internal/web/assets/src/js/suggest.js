// SPDX-License-Identifier: Apache-2.0
// The arrows go from a field into what is suggested below it, and back.
const choices = (field) => [...(document.getElementById(field.dataset.suggest)?.querySelectorAll("a, button") ?? [])];

document.addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.isComposing || !["ArrowDown", "ArrowUp", "Escape"].includes(e.key)) return;
  const at = document.activeElement;
  const list = at?.closest("[id]") && document.querySelector(`[data-suggest="${CSS.escape(at.closest("[role=group][id]")?.id ?? "")}"]`);
  const field = at?.matches("[data-suggest]") ? at : list;
  if (!field) return;
  const all = choices(field);
  const here = all.indexOf(at);
  if (e.key === "Escape") {
    if (here < 0) return;
    e.preventDefault();
    field.focus();
    return;
  }
  const next = here + (e.key === "ArrowDown" ? 1 : -1);
  if (!all.length || (here < 0 && next < 0)) return;
  e.preventDefault();
  (next < 0 ? field : all[Math.min(next, all.length - 1)]).focus();
});
