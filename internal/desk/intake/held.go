// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// maxHeld bounds how many held mails a ticket tells of by a fact of its own. Those beyond it
// are in quarantine like the others.
const maxHeld = 20

// hold keeps a mail off the ticket that it is for, where people see it: in quarantine, and on
// the ticket. Its words are shown to staff alone, and one press lets it in.
func (s *Service) hold(ctx context.Context, e Entry, t ticket.Ticket, author person.Person, why string) error {
	told, err := s.Tickets.Ready(ctx, byMail(), ticket.KeepOut{
		Inbound: int64(e.ID), Author: author.ID, Address: e.Author, Reason: why, Forged: e.Proof.Verdict == ticket.Forged,
	})
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err := begin(ctx, tx, e); err != nil || !ok {
			return err
		}
		e.Ticket = t.ID
		if twin, err := heldTwin(ctx, tx, e); err != nil {
			return err
		} else if twin {
			e.State, e.Outcome, e.Reason = Suppressed, Repeat, "intake.copy"
			return settle(ctx, tx, e)
		}
		n, err := countHeld(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if n < maxHeld {
			if _, err := told.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
				return err
			}
		}
		e.State, e.Reason = Quarantined, why
		return settle(ctx, tx, e)
	})
}

// maxShown bounds the mails whose words are shown beside a ticket, in bytes: they are read
// again each time the page is. Larger ones are read where they lie.
const maxShown = 256 << 10

// HeldMail is a mail that waits beside its ticket.
type HeldMail struct {
	Entry
	Author person.Person // as the address says; the zero Person where the desk knows none
	Text   string
	Files  []string
}

// Held returns the mails that wait beside a ticket, oldest first.
func (s *Service) Held(ctx context.Context, by access.Actor, t ticket.Ticket) ([]HeldMail, error) {
	if err := access.Can(by, access.QuarantineWork, access.Object{}); err != nil {
		return nil, err
	}
	list, err := heldOn(ctx, s.DB, t.ID, maxHeld)
	if err != nil {
		return nil, err
	}
	out := make([]HeldMail, 0, len(list))
	for _, e := range list {
		one := HeldMail{Entry: e}
		if one.Author, err = s.knownAuthor(ctx, Mail{FromAddr: e.Author}); err != nil {
			return nil, err
		}
		if e.Size <= maxShown {
			bytes, err := raw(ctx, s.DB, e.ID)
			if err != nil {
				return nil, err
			}
			if m, err := s.parse(bytes); err == nil {
				one.show(m)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// show takes what a reader of the ticket sees of a mail.
func (h *HeldMail) show(m Mail) {
	h.Text = shorten(m.Text)
	for _, f := range m.Files {
		if !f.Inline {
			h.Files = append(h.Files, ticket.FileName(f.Name))
		}
	}
}

// LetIn puts a held mail on its ticket, as somebody decides who has looked at it. It stands
// there in its author's name with the doubt beside it and who let it in. Words of staff become
// a note: whoever lets them in may not speak for another to the requester. Conflict where the
// ticket is closed.
func (s *Service) LetIn(ctx context.Context, by access.Actor, which ID) (ticket.Ticket, error) {
	e, err := s.Entry(ctx, by, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	if e.Ticket == 0 || e.State != Quarantined {
		return ticket.Ticket{}, errs.New(errs.Conflict, "intake.not_held")
	}
	t, err := s.living(ctx, e.Ticket)
	if err != nil {
		return ticket.Ticket{}, err
	}
	bytes, err := raw(ctx, s.DB, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	m, err := s.parse(bytes)
	if err != nil {
		return ticket.Ticket{}, err
	}
	m, _ = s.addressed(e, m)
	author, err := s.author(ctx, m)
	if err != nil {
		return ticket.Ticket{}, err
	}
	files, err := s.stage(ctx, by, e, m)
	if err != nil {
		return ticket.Ticket{}, err
	}
	e.Proof.Taken = person.ID(by.ID)
	say := m.say(e, files)
	say.Author = author.ID
	var cmd ticket.Command = ticket.Reply{Say: say}.External()
	if author.Role.Staff() && author.ID != t.Requester {
		cmd = ticket.Note{Say: say}
	} else if t.Status == ticket.Closed {
		return ticket.Ticket{}, errs.New(errs.Conflict, "intake.let_in_closed")
	}
	ready, err := s.Tickets.Ready(ctx, by, cmd)
	if err != nil {
		return ticket.Ticket{}, err
	}
	err = s.decide(ctx, by, which, func(ctx context.Context, tx *db.Tx, now *Entry) error {
		if t, err = ready.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
			return err
		}
		now.State, now.Outcome, now.Reason, now.Ticket, now.Proof, now.DoneAt = Done, Appended, "", t.ID, e.Proof, s.Clock.Now()
		return nil
	})
	return t, err
}
