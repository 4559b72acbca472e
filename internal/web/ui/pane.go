// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

// PanesView is the ticket page: the list beside it (nil for none), the head that
// stays, what scrolls, what is docked below, and the side.
type PanesView struct {
	List  templ.Component
	Bar   templ.Component
	Head  templ.Component
	Body  templ.Component
	Foot  templ.Component
	Side  templ.Component
	Tabs  []PaneTab
	Label string // of the side
}

// PaneTab is a tab on a phone. Shows is "body" or "side"; At is an element of
// the side to begin with, "" for its start.
type PaneTab struct{ Label, Shows, At string }
