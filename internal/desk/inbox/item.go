// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// ItemID is an item's key. A later item has a greater one.
type ItemID int64

// Item is one fact that one person is told.
type Item struct {
	ID     ItemID
	Person person.ID
	Ticket ticket.ID
	Event  int64 // the fact
	Kind   Kind
	What   string    // the name of the fact: "ticket.rejected"; PromiseNear where no fact says it
	Actor  person.ID // who did it; 0 for the desk itself
	At     time.Time
	Page   bool
	Letter bool // desk/notify has a letter of its own about it
	ReadAt time.Time
	DoneAt time.Time
}

// PromiseNear is what happened where a promised word is due soon.
const PromiseNear = "promise.near"

// VisitOff is what happened where a visit was called off: what is said of it is not what is said where
// somebody else goes, though it is the same fact.
const VisitOff = "visit.off"

// ReadBackDue is what happened where a request was spoken and nobody read it back (N18).
const ReadBackDue = "ticket.read_back_due"

// Words is the key of the sentence that says what happened, with a {{.Name}} for who did it.
func (i Item) Words() string {
	switch i.Kind {
	case Rejected, Promise, Trouble, Watched, Record:
		return "inbox.did_" + strings.ReplaceAll(i.What, ".", "_")
	default:
		return "inbox.did_" + string(i.Kind)
	}
}

// Read reports whether the reader has seen it.
func (i Item) Read() bool { return !i.ReadAt.IsZero() }

// Line is everything about one ticket that a person was told.
type Line struct {
	Ticket ticket.Ticket
	Items  []Item // the newest first
	Unread int
}

// Newest is the last item that the line shows: what comes later was not seen with it.
func (l Line) Newest() ItemID { return l.Items[0].ID }

// State says which lines are meant.
type State string

// The states.
const (
	Open   State = ""       // not done
	Unread State = "unread" // of these, what nobody has looked at
	Done   State = "done"
)

// Filter narrows a list of lines.
type Filter struct {
	State  State
	Kind   Kind   // "" for every
	Before ItemID // lines whose newest item is older; 0 for the first page
	Limit  int    // lines of a page; PageSize where 0
	own    bool   // of the reader's own requests alone
}

// PageSize is how many lines a page has.
const PageSize = 40

// Page is a stretch of lines, the newest first.
type Page struct {
	Lines []Line
	Next  ItemID // where the following page begins; 0 for none
}

// urgent reports whether nothing about a ticket may wait.
func urgent(t ticket.Ticket) bool { return t.Graded && t.Priority == triage.P1 }
