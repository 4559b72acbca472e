// SPDX-License-Identifier: Apache-2.0

// Package ui holds the components that every page is made of.
//
// A component takes values and decides only what to show: no data access, no
// rule of the trade, no request. Texts that belong to one page come in as
// strings; texts that belong to the component are messages of "ui.…" in the
// language it is given. Everything works as plain HTML first: forms are POSTs,
// what opens in place is a details element, what slides in is reached by its
// address. The scripts of web/assets make it quick, driven by the data attributes
// that the components write.
//
// Frames go around a page (Document, Workspace, Portal, Admin, SignIn), parts
// go inside. Gallery shows all of them in all states.
package ui
