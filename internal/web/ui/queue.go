// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/loopdesk/loopdesk/internal/kit/i18n"

// QueueRow is a ticket in a list: the problem first and largest, under it the
// requester's words or what it waits for.
type QueueRow struct {
	Number    string // "LD-1042"; also the value of the tick box
	Href      string
	Priority  int // 1 to 4, 0 not graded
	Problem   string
	Words     string // the user's words in quotes, or "等待审批 · 法务总监"
	Tags      []Tag
	Requester string
	Place     string // department or site
	Owner     Person // without a name: unclaimed
	Claim     string // POST that takes it; "" shows a dash
	Category  string
	Clock     Clock
	Promise   *Promise
	Unread    bool
	Major     bool
	Cursor    bool
	Picked    bool     // ticked from the start
	Extra     []string // the values of QueueHead.Extra
	Rev       string   // changes with the ticket; lets the page count what has changed
}

// Tag is a chip beside a problem: new, major incident, level of confidentiality.
type Tag struct{ Tone, Icon, Text string }

// QueueHead names the columns of a queue.
type QueueHead struct {
	Problem, Requester, Owner, Category, Clock, Promise string
	Extra                                               []string // further columns, at most three
	Hide                                                []string // usual columns that are left out: requester, owner, category, clock, promise
	Dense                                               bool     // one line a row
	Acts                                                []string // keys that open the row under the cursor with an act: "e:/resolve", "r:#reply"
}

// class says which columns a list has; the widths follow from it.
func (h QueueHead) class() string {
	out := "ql"
	for _, name := range h.Hide {
		out += " no-" + name
	}
	if n := min(len(h.Extra), 3); n > 0 {
		out += " x" + itoa(n)
	}
	if h.Dense {
		out += " dense"
	}
	return out
}

// DefaultHead is the head in the language of the house.
func DefaultHead(lang i18n.Lang) QueueHead {
	return QueueHead{
		Problem: i18n.T(lang, "ui.col_problem"), Requester: i18n.T(lang, "ui.col_requester"),
		Owner: i18n.T(lang, "ui.col_owner"), Category: i18n.T(lang, "ui.col_category"),
		Clock: i18n.T(lang, "ui.col_clock"), Promise: i18n.T(lang, "ui.col_promise"),
	}
}

// SlimRow is a ticket in the list beside an open one.
type SlimRow struct {
	Number    string
	Href      string
	Problem   string
	Requester string
	Priority  int
	Clock     Clock
	Locked    bool // not everyone may read it
	Current   bool
}
