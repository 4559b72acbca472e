// SPDX-License-Identifier: Apache-2.0
// Runs before the page is drawn: what only a script can do is offered to those who have one.
document.documentElement.classList.add("js");
