// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// withheldFor is the time in which somebody is told once that a mail in their name waits:
// whoever sends mail in other people's names must not fill their mailboxes with it (S14).
const withheldFor = 4 * time.Hour

// keptOut says who is told that a mail waits: those in charge of the ticket, and the author where it
// may be they who wrote it. One whose domain says that it is a forgery is not told, and neither
// is anybody who has no part in the ticket (S01, S07).
func (s *Service) keptOut(ctx context.Context, t ticket.Ticket, f ticket.MailHeld, charge []person.ID) []told {
	var out []told
	tell := func(w Template, who person.ID) {
		for _, x := range out {
			if x.person == who {
				return
			}
		}
		if who != 0 {
			out = append(out, told{who, w})
		}
	}
	author := s.People.Card(ctx, f.Author)
	switch {
	case f.Forged || author.ID == 0:
	case author.ID == t.Requester:
		tell(NotTaken, author.ID)
	case author.Role.Staff() && access.Can(access.Actor{ID: int64(author.ID), Kind: access.Person, Role: author.Role, Via: "mail"}, access.TicketRead, t.Object()) == nil:
		tell(AnswerKept, author.ID)
	}
	for _, who := range charge {
		tell(MailKept, who)
	}
	return out
}

// toldLately reports whether somebody heard not long ago that a mail of theirs waits.
func (s *Service) toldLately(ctx context.Context, d Delivery) (bool, error) {
	n, err := alike(ctx, s.DB, d, d.CreatedAt.Add(-withheldFor))
	return n > 0, err
}
