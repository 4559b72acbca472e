// SPDX-License-Identifier: Apache-2.0
// What opens and closes: drawers, menus, dialogs, forms in place, tabs on a phone.
import { begin, brought, firstField, on, say, visible } from "./page.js";
import { toast } from "./toast.js";

// Drawers. Without a script their address opens them.
let opener;
function closeDrawer(drawer) {
  drawer.removeAttribute("data-open");
  opener?.focus();
  opener = undefined;
}
on("click", "a[data-open]", (link, e) => {
  const drawer = document.getElementById(link.dataset.open);
  if (!drawer?.hasAttribute("data-drawer")) return;
  e.preventDefault();
  if (visible(drawer)) {
    const panes = drawer.closest("[data-panes]");
    if (panes) show(panes, panes.querySelector('[data-shows="side"]'));
    return;
  }
  opener = link;
  const panes = drawer.closest("[data-panes]");
  const tab = panes?.querySelector('[data-shows="side"]');
  if (tab && visible(tab)) {
    show(panes, tab);
    return;
  }
  drawer.setAttribute("data-open", "");
  drawer.querySelector(".drawer-close")?.focus();
});
on("click", "[data-close]", (button, e) => {
  const dialog = button.closest("dialog");
  const drawer = button.closest("[data-drawer]");
  if (dialog) dialog.close();
  else if (drawer?.hasAttribute("data-open")) {
    e.preventDefault();
    closeDrawer(drawer);
  } else if (button.closest("details[data-place]")) closePlace(button.closest("details[data-place]"));
});
document.addEventListener("pointerdown", (e) => {
  document.querySelectorAll("[data-drawer][data-open]").forEach((drawer) => {
    if (!drawer.contains(e.target)) closeDrawer(drawer);
  });
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(e.target)) menu.open = false;
  });
});

// Dialogs. One that few ask for is fetched when it is first wanted.
on("click", "[data-dialog]", async (button, e) => {
  const { dialog: id, from } = button.dataset;
  let dialog = document.getElementById(id);
  if (!dialog && !from) return;
  e.preventDefault();
  dialog ??= await brought(from);
  if (!dialog) toast(say(navigator.onLine ? "failed" : "offline"), { danger: true });
  else if (!dialog.open) dialog.showModal();
});
on("click", "dialog", (dialog, e) => {
  if (e.target === dialog) dialog.close();
});

// Forms in place: opening moves the focus into them, Escape gives it back.
function closePlace(details) {
  details.open = false;
  details.querySelector("summary")?.focus();
}
document.addEventListener(
  "toggle",
  (e) => {
    const details = e.target;
    if (!(details instanceof HTMLDetailsElement) || !details.open) return;
    if (details.matches("[data-menu]")) {
      document.querySelectorAll("details[data-menu][open]").forEach((other) => {
        if (!other.contains(details)) other.open = other === details;
      });
    }
    if (details.matches("[data-place]") && details.contains(document.activeElement)) {
      begin(firstField(details));
    }
  },
  true,
);
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || e.defaultPrevented || e.isComposing || document.querySelector("dialog[open]")) return;
  const inside = document.activeElement?.closest("details[data-menu][open], details[data-place][open]") ?? document.querySelector("details[data-menu][open]");
  const drawer = document.querySelector("[data-drawer][data-open]");
  if (inside) {
    e.preventDefault();
    closePlace(inside);
  } else if (drawer) {
    e.preventDefault();
    closeDrawer(drawer);
  }
}, true);

// The composer that a link or the bar of a phone names opens when it is reached by its address.
function reached() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  if (target.matches("[data-place]")) begin(firstField(target));
}
addEventListener("hashchange", reached);
addEventListener("load", reached); // the browser takes the focus away while it goes to the place
reached();

// Tabs of a phone show the thread or the side.
function show(panes, tab) {
  if (!tab) return;
  const side = tab.dataset.shows === "side";
  panes.querySelectorAll("[data-shows]").forEach((t) => t.setAttribute("aria-pressed", String(t === tab)));
  panes.querySelector(".pane-body")?.toggleAttribute("data-on", !side);
  panes.querySelector(".pane-side")?.toggleAttribute("data-on", side);
  const at = tab.dataset.at && document.getElementById(tab.dataset.at);
  if (side && at) at.scrollIntoView();
}
on("click", "[data-shows]", (tab) => show(tab.closest("[data-panes]"), tab));
