// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// heardField carries, with words to the requester, how many of the words between the requester
// and the rest of the desk their writer has had before their eyes. The page moves along by
// itself while somebody writes, and its version with it: what stands out of sight is not seen.
const heardField = "heard"

// wordsOfOthers is whose words an entry holds, if they are words that the requester reads or wrote and
// are not the reader's own; 0 for any other. A reply that is about to be said counts already.
func wordsOfOthers(e ticket.Entry, reader person.ID) person.ID {
	who := person.ID(e.Record.Meta.ActorID)
	switch fact := e.Fact.(type) {
	case ticket.Recorded, ticket.Said, ticket.Carried, ticket.Leaving:
		if e.Message == nil || e.Message.Kind != ticket.Public && e.Message.Kind != ticket.Unsent {
			return 0
		}
		who = e.Message.Author
	case ticket.Held:
		if fact.Stuck == "" && fact.Doing == "" {
			return 0
		}
	case ticket.SolutionGiven, ticket.UserRejected, ticket.Reopened:
	default:
		return 0
	}
	if who == reader {
		return 0
	}
	return who
}

// wordsHeard counts the words of others in a thread, and returns the last of them.
func wordsHeard(thread []ticket.Entry, reader person.ID) (n int64, last ticket.Entry) {
	for _, e := range thread {
		if wordsOfOthers(e, reader) != 0 {
			n, last = n+1, e
		}
	}
	return n, last
}

// heardSoFar counts the words of others in the thread as the reader has it.
func (s *sheet) heardSoFar() int64 {
	n, _ := wordsHeard(s.entries, s.c.Person.ID)
	return n
}

// unheard refuses, once, what is written to the requester past words that its writer has not
// seen. The form comes back with them as they are by then, so that it can be sent again.
func (f *Faces) unheard(c *page.Ctx, t ticket.Ticket, form *page.Form) error {
	if !form.Values.Has(heardField) {
		return nil
	}
	list, err := f.Tickets.Thread(c.Context(), c.Actor, t)
	if err != nil {
		return err
	}
	n, last := wordsHeard(list, c.Person.ID)
	if n <= form.Int(heardField) {
		return nil
	}
	return errs.New(errs.Stale, "workticket.said_unseen", "Name", f.People.Card(c.Context(), wordsOfOthers(last, c.Person.ID)).Name, "Time", c.Clock(last.Record.Meta.At))
}
