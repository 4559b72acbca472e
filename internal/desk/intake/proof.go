// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"net/netip"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Evidence is what a sender is judged by.
type Evidence struct {
	Raw     []byte
	From    string     // the one address of the From field, as it is shown
	Peer    netip.Addr // who delivered from the world to our listener; none where somebody else stood there
	Hello   string
	Sender  string   // MAIL FROM
	Servers []string // whose word is believed
}

// Verifier finds out whether a mail is from its author. It never fails: what it cannot find
// out is Unchecked, with the reason "later" or "nothing_told".
type Verifier interface {
	Verify(ctx context.Context, e Evidence) ticket.Proof
}

// prove finds out what is known about the sender of a mail (S01, S05).
func (s *Service) prove(ctx context.Context, e Entry, m Mail, raw []byte) (ticket.Proof, error) {
	t, _, err := s.trust(ctx)
	if err != nil {
		return ticket.Proof{}, err
	}
	from, named := person.CleanEmail(m.FromAddr)
	if t.Checks == NobodyChecks || s.Verifier == nil || !named {
		return ticket.Proof{Verdict: ticket.Unchecked, Why: "nobody"}, nil
	}
	look := Evidence{Raw: raw, From: from, Servers: t.Servers}
	if e.Source == "smtp" && t.Checks == WeCheck {
		look.Servers = nil // at the border nobody's word counts, our own name least of all
		if peer, ok := outside(e.Address); ok {
			look.Peer, look.Hello, look.Sender = peer, e.Hello, e.Sender
		}
	}
	return s.Verifier.Verify(ctx, look), nil
}

// aim is the ticket that a mail is for, by which token, and how the token came.
type aim struct {
	ticket  ticket.Ticket
	bond    session.Bond
	reached bool // the token stood in an address that the mail was sent to, not in what it answers
	inside  bool // the address says that what comes is for staff only
}

// insideMark stands before the token in the address of a letter to staff that is answered by a note.
const insideMark = "n-"

// doubt says why a mail for a ticket must wait for somebody, as a message key; empty where it
// may join. Staff act by mail only with a proof that nobody can forge and while they may (S04);
// anybody else joins unless the sender is forged, or not proven where a proof is asked for (S01).
//
// What would make a ticket of its own anyway is not held: it is on no ticket, shows its
// verdict, and is seen sooner.
func (s *Service) doubt(ctx context.Context, e Entry, to aim, author person.Person) (string, error) {
	t := to.ticket
	if author.Role.Staff() && author.ID != t.Requester {
		by := actorOf(author)
		switch {
		case !e.Proof.Aligned():
			return "intake.staff_unproven", nil
		case access.Can(by, access.TicketWork, t.Object()) != nil:
			return "intake.staff_denied", nil //nolint:nilerr // the refusal is the answer
		case t.Status == ticket.Closed && to.answers(author):
			return "intake.staff_closed", nil
		}
		return "", nil
	}
	trust, _, err := s.trust(ctx)
	if err != nil || t.Status == ticket.Closed {
		return "", err
	}
	return trust.doubt(e.Proof), nil
}

// opens reports whether the sender of a mail is proven well enough to open a closed ticket again.
func (s *Service) opens(ctx context.Context, e Entry) (bool, error) {
	trust, _, err := s.trust(ctx)
	return trust.doubt(e.Proof) == "", err
}

// doubt says why a sender with a proof may not join a ticket; empty where they may.
func (t Trust) doubt(p ticket.Proof) string {
	asked := t.Require == Always || (t.Require == WhenChecked && t.Checks != NobodyChecks)
	switch p.Verdict {
	case ticket.Verified:
		return ""
	case ticket.Forged:
		return "intake.reply_forged"
	case ticket.Unverified:
		if asked {
			return "intake.reply_unverified"
		}
	case ticket.Unchecked:
		if asked {
			return "intake.reply_unchecked"
		}
	default:
		return "intake.reply_unchecked"
	}
	return ""
}

// actorOf is a member of staff, acting by mail with the rights that they have now.
func actorOf(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "mail"}
}

// answers reports whether the words of a member of staff go to the requester: they came to the
// address that was made for this member to answer to. Everything else is a note.
func (to aim) answers(author person.Person) bool {
	return to.reached && !to.inside && person.ID(to.bond.Person) == author.ID
}

// knownAuthor returns the person behind an address, the zero Person where the desk knows none.
func (s *Service) knownAuthor(ctx context.Context, m Mail) (person.Person, error) {
	who, err := s.People.ByEmail(ctx, m.FromAddr)
	if errs.KindOf(err) == errs.NotFound {
		return person.Person{}, nil
	}
	return who, err
}
