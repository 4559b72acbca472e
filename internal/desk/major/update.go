// SPDX-License-Identifier: Apache-2.0

package major

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Word is an update as it is written.
type Word struct {
	Text   string
	Public bool // for everybody: on the portal and for the ticket's requester; else for staff alone
	Spread bool // with Public: also on every attached request, for its requester
}

// Update says something about an incident, once, in all places at one commit. A public word
// ends the present run of the cadence.
func (s *Service) Update(ctx context.Context, by access.Actor, on ticket.Target, w Word) (Update, error) {
	t, err := s.ticket(ctx, by, on)
	if err != nil {
		return Update{}, err
	}
	text, err := cleanText("text", w.Text, 1, "major.text_length")
	if err != nil {
		return Update{}, err
	}
	var say ticket.Command = ticket.Note{Say: ticket.Say{Text: text, Channel: ticket.Web}}
	if w.Public {
		say = ticket.Reply{Say: ticket.Say{Text: text, Channel: ticket.Web}}
	}
	ready, err := s.Tickets.Ready(ctx, by, say)
	if err != nil {
		return Update{}, err
	}
	out := Update{Ticket: t.ID, Text: text, Public: w.Public, By: person.ID(by.ID), At: s.Clock.Now()}
	err = s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u := out
		x, err := standingIn(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if _, err := ready.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
			return err
		}
		if w.Public && w.Spread {
			if u.Spread, err = s.spread(ctx, tx, ready, t.ID); err != nil {
				return err
			}
		}
		if u.ID, err = insertUpdate(ctx, tx, u); err != nil {
			return err
		}
		if w.Public {
			x.ToldAt = u.At
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		out.ID, out.Spread = u.ID, u.Spread
		_, err = s.Bus.Record(ctx, tx, by.Meta(u.At), Updated{Ticket: t.ID, Update: u.ID, Public: u.Public, Spread: u.Spread})
		return err
	})
	return out, err
}

// spread posts a word on every attached request that is not closed, and counts them.
func (s *Service) spread(ctx context.Context, tx *db.Tx, say ticket.Ready, on ticket.ID) (n int64, err error) {
	list, err := requests(ctx, tx, on)
	for _, r := range list {
		if err != nil {
			return n, err
		}
		child, e := s.Tickets.GetIn(ctx, tx, r.Ticket)
		if e != nil || !child.Open() {
			err = e
			continue
		}
		n++
		_, err = say.In(ctx, tx, ticket.Target{ID: r.Ticket})
	}
	return n, err
}

// Attach gives a request to an incident and ties the two tickets. A request belongs to one
// incident that stands: giving it again changes nothing, and to another is a Conflict. One whose
// incident has ended goes over.
func (s *Service) Attach(ctx context.Context, by access.Actor, on, request ticket.Target) error {
	t, err := s.ticket(ctx, by, on)
	if err != nil {
		return err
	}
	child, err := s.ticket(ctx, by, request)
	if err != nil {
		return err
	}
	if child.ID == t.ID {
		return errs.Field("request", "major.attach_itself")
	}
	tied := slices.ContainsFunc(t.Detail.Links, func(l ticket.Linked) bool { return l.Ticket == child.ID })
	link, err := s.Tickets.Ready(ctx, by, ticket.Link{To: t.ID})
	if err != nil {
		return err
	}
	at := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := standingIn(ctx, tx, t.ID); err != nil {
			return err
		}
		fresh, err := attach(ctx, tx, Request{Ticket: child.ID, Major: t.ID, By: person.ID(by.ID), At: at})
		if err != nil {
			return err
		}
		if !fresh {
			return s.belongs(ctx, tx, child.ID, t.ID)
		}
		if !tied {
			if _, err := link.In(ctx, tx, ticket.Target{ID: child.ID}); err != nil {
				return err
			}
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(at), Attached{Ticket: t.ID, Request: child.ID})
		return err
	})
}

// belongs is nil where a request belongs to an incident, and a Conflict that names the one it is of.
func (s *Service) belongs(ctx context.Context, tx *db.Tx, request, on ticket.ID) error {
	x, err := requestOf(ctx, tx, request)
	if err != nil || x.Major == on {
		return err
	}
	other, err := s.Tickets.GetIn(ctx, tx, x.Major)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "major.attached_elsewhere", "Ref", other.Ref())
}

// Merged listens, within the commit, for a request that is merged into another: that one belongs to the
// incident from then on, and its requester goes on hearing of it (N4, N14).
func (s *Service) Merged(ctx context.Context, tx *db.Tx, r event.Record, e ticket.Ended) error {
	if e.Into == 0 {
		return nil
	}
	x, err := requestOf(ctx, tx, ticket.ID(r.Subject))
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err == nil {
		err = detach(ctx, tx, x.Ticket)
	}
	if err != nil || x.Major == e.Into {
		return err
	}
	x.Ticket = e.Into
	if fresh, err := attach(ctx, tx, x); err != nil || !fresh {
		return err
	}
	_, err = s.Bus.Record(ctx, tx, r.Meta, Attached{Ticket: x.Major, Request: x.Ticket})
	return err
}

// Finish listens for the end of an incident: its ticket closes where nothing else held it open (N36).
func (s *Service) Finish(ctx context.Context, _ event.Record, e Ended) error {
	if err := s.Load(ctx); err != nil { // it may have ended on another node
		return err
	}
	_, err := s.Tickets.Do(ctx, access.Desk(), ticket.Target{ID: e.Ticket}, ticket.Finish{})
	if k := errs.KindOf(err); k == errs.Conflict || k == errs.Missing {
		return nil // it is not solved, not confirmed, or waits for its record
	}
	return err
}

// alike is how long before a declaration a request may have come that looks like the same.
const alike = 12 * time.Hour

// Alike returns open requests that look like the same incident and belong to none: of the same
// service or, without one, the same category, that came since half a day before it was declared.
func (s *Service) Alike(ctx context.Context, by access.Actor, x Incident, t ticket.Ticket) ([]ticket.Ticket, error) {
	f := ticket.Filter{View: ticket.Risk, Limit: 50}
	switch {
	case t.Service != 0:
		f.Service = t.Service
	case t.Category != 0:
		f.Category = t.Category
	default:
		return nil, nil
	}
	p, err := s.Tickets.List(ctx, by, f)
	if err != nil {
		return nil, err
	}
	taken, err := given(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(p.Tickets, func(o ticket.Ticket) bool {
		return o.ID == t.ID || o.CreatedAt.Before(x.DeclaredAt.Add(-alike)) ||
			slices.Contains(taken, o.ID)
	}), nil
}
