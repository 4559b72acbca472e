// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

// ActView is a larger act on a ticket that opens in it, in place of the
// composers: to resolve, to hand over, to wait. It is one form.
type ActView struct {
	ID     string // "" is "act"
	Title  string
	Sub    string // "草稿由时间线预填，请核对"
	Icon   string
	Action string // POST
	Close  string // the address of the ticket without it
	Hidden []string
	// Above stands over the fields with forms of its own: what is missing before this act.
	Above templ.Component
	Body  templ.Component // the fields
	Aside templ.Component // what the requester will get; nil for one column
	Foot  templ.Component // what is ready at the left, the buttons at the right
	Attrs templ.Attributes
	// Fold are attributes of the way out, for a script that closes it without a new page.
	Fold templ.Attributes
}

func (v ActView) id() string {
	if v.ID == "" {
		return "act"
	}
	return v.ID
}
