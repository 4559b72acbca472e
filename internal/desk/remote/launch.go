// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Bounds of what agents write, in characters.
const (
	maxTarget = 120
	maxNote   = 1000
)

// Begin starts a session of a tool and returns the link that opens it, "" where it has none. The
// link is made anew by Link while the session is open.
//
// Errors: Invalid with "tool" or "target"; Conflict where one is open on the ticket, or where the
// ticket is closed.
func (s *Service) Begin(ctx context.Context, by access.Actor, on ticket.Target, tool, target string) (Session, string, error) {
	t, err := s.working(ctx, by, on)
	if err != nil {
		return Session{}, "", err
	}
	p, _, err := s.Policy(ctx)
	if err != nil {
		return Session{}, "", err
	}
	known, ok := p.Tool(tool)
	if !ok {
		return Session{}, "", errs.Field("tool", "remote.tool_unknown")
	}
	if target = text.Line(target); known.Ask != "" && target == "" {
		return Session{}, "", errs.Field("target", "remote.target_needed", "What", known.Ask)
	}
	if utf8.RuneCountInString(target) > maxTarget {
		return Session{}, "", errs.Field("target", "remote.target_long")
	}
	link, err := known.Fill(s.values(ctx, t, person.ID(by.ID), target))
	if err != nil {
		return Session{}, "", err
	}
	now := s.Clock.Now()
	x := Session{Ticket: t.ID, Way: Launch, State: Live, Agent: person.ID(by.ID), Tool: known.Name, Target: target, AskedAt: now, StartedAt: now}
	x, err = s.create(ctx, by, x, func(x Session) ticket.RemoteFact {
		return ticket.RemoteStarted{Session: int64(x.ID), Way: string(Launch), Tool: x.Tool, With: x.Target, Viewer: x.Agent}
	})
	return x, link, err
}

// Link is the link of an open session of a tool, for the agent who began it; "" where the tool
// has none or is no longer offered.
func (s *Service) Link(ctx context.Context, by access.Actor, t ticket.Ticket, x Session) (string, error) {
	p, _, err := s.Policy(ctx)
	if err != nil || !x.Open() || x.Way != Launch || !x.of(person.ID(by.ID)) {
		return "", err
	}
	known, ok := p.Tool(x.Tool)
	if !ok {
		return "", nil
	}
	return known.Fill(s.values(ctx, t, x.Agent, x.Target))
}

func (s *Service) values(ctx context.Context, t ticket.Ticket, agent person.ID, target string) Values {
	return Values{ID: target, Ticket: t.Ref(), Requester: s.People.Card(ctx, t.Requester).Name, Agent: s.People.Card(ctx, agent).Name}
}

// Closing is how an agent ends a session.
type Closing struct {
	Outcome Outcome // needed for a tool: its session says what came of it
	Note    string  // for staff
}

// End ends a session: an agent's own, or that of another whom the reader may stand in for, since
// what was forgotten must not stay open. Invalid with "outcome" or "note".
func (s *Service) End(ctx context.Context, by access.Actor, on ticket.Target, which ID, c Closing) (Session, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err == nil {
		err = access.Can(by, access.TicketWork, t.Object())
	}
	if err != nil {
		return Session{}, err
	}
	x, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil || err == nil && x.Ticket != t.ID {
		return Session{}, errs.New(errs.NotFound, "remote.not_found")
	}
	if err != nil {
		return Session{}, err
	}
	var bad []errs.FieldError
	if c.Outcome != "" && !slices.Contains(Outcomes(), c.Outcome) || c.Outcome == "" && x.Way == Launch {
		bad = append(bad, errs.FieldError{Name: "outcome", Key: "remote.outcome_needed"})
	}
	c.Note = text.Body(c.Note)
	if utf8.RuneCountInString(c.Note) > maxNote {
		bad = append(bad, errs.FieldError{Name: "note", Key: "ticket.text_long", Args: []any{"Max", maxNote}})
	}
	if len(bad) > 0 {
		return Session{}, errs.Invalidf(bad...)
	}
	return s.change(ctx, by, t, which, StopDesk, func(_ context.Context, _ *db.Tx, x *Session) error {
		x.Outcome, x.Note = c.Outcome, c.Note
		return nil
	}, over)
}

// working returns a ticket on which an agent may begin something.
func (s *Service) working(ctx context.Context, by access.Actor, on ticket.Target) (ticket.Ticket, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return t, err
	}
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return t, err
	}
	if by.Kind != access.Person {
		return t, errs.New(errs.Denied, "access.denied")
	}
	if !t.Open() {
		return t, errs.New(errs.Conflict, "remote.closed")
	}
	return t, nil
}

// create stores a new session with its fact and its job.
func (s *Service) create(ctx context.Context, by access.Actor, x Session, fact func(Session) ticket.RemoteFact) (Session, error) {
	ready, err := s.Tickets.Ready(ctx, by, ticket.NoteRemote{})
	if err != nil {
		return Session{}, err
	}
	p, _, err := s.Policy(ctx)
	if err != nil {
		return Session{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := s.Tickets.Lock(ctx, tx, x.Ticket)
		if err != nil {
			return err
		}
		if !t.Open() {
			return errs.New(errs.Conflict, "remote.closed")
		}
		made := x
		if made.ID, err = insert(ctx, tx, x); err != nil {
			return err
		}
		if made.ID == 0 {
			return errs.New(errs.Conflict, "remote.already_"+string(x.Way))
		}
		if made, err = get(ctx, tx, made.ID); err != nil {
			return err
		}
		if err := s.plan(ctx, tx, p, made); err != nil {
			return err
		}
		s.Hint(tx, x.Ticket)
		if _, err := ready.Remote(fact(made)).In(ctx, tx, ticket.Target{ID: x.Ticket}); err != nil {
			return err
		}
		x = made
		return nil
	})
	return x, err
}
