// SPDX-License-Identifier: Apache-2.0
// Runs before the page is drawn: what only a script can do is offered to those who have one.
const { classList } = document.documentElement;
classList.add("js");
// Where the scripts that follow do not arrive, the page is what it is without any.
document.addEventListener("error", (e) => e.target.parentNode === document.head && e.target.matches("script") && classList.remove("js"), true);
