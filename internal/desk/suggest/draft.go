// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"math"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Draft is a request that is still being written down, as far as it is.
type Draft struct {
	Subject, Text string
	Requester     person.ID // 0 while nobody knows
	Category      catalog.CategoryID
	Service       catalog.ServiceID
	Group         person.GroupID
}

// Guessed is what a draft probably is: labels that it does not say yet, and open tickets that
// look like the same matter, as Alike returns them for a ticket.
type Guessed struct {
	Offers      []Offer
	Same, Crowd []Alike
}

// draftKey stands for a ticket that is not there yet: newer than all that are.
const draftKey = ticket.ID(math.MaxInt64)

// maxDraft bounds the words of a draft that are looked at, in characters, as of a ticket's first words.
const maxDraft = 4000

// Guess says what a draft probably is. Nothing is stored, and nothing is counted: what becomes of
// the ticket's own offers is. While hardly anything is written, no word speaks for anything, and
// what no word speaks for is not offered.
//
// Errors: Denied for whoever is no staff.
func (s *Service) Guess(ctx context.Context, by access.Actor, d Draft) (out Guessed, err error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return out, err
	}
	if d.Group == 0 {
		d.Group = s.Catalog.GroupFor(ctx, s.People, d.Category).ID // as it is when the request is recorded
	}
	words := []rune(d.Text)
	t := ticket.First{
		Ticket: ticket.Ticket{
			ID: draftKey, Subject: d.Subject, Requester: d.Requester, Category: d.Category, Service: d.Service, Group: d.Group, CreatedAt: s.Clock.Now(),
		},
		Words: string(words[:min(len(words), maxDraft)]),
	}
	if t.Subject == "" {
		t.Subject = ticket.SubjectOf(t.Words) // what it would be called, and what was learned from
	}
	list, err := s.guess(ctx, t)
	if err != nil {
		return out, err
	}
	for _, o := range list {
		if len(o.Reasons) > 0 {
			o.Ticket = 0
			out.Offers = append(out.Offers, o)
		}
	}
	rows, err := s.findAlike(ctx, []ticket.First{t})
	if err == nil {
		out.Same, out.Crowd, err = s.readable(ctx, by, t.Ticket, rows)
	}
	return out, err
}
