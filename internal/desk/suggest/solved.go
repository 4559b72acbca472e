// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// What of the past is compared. Less is asked than of two tickets that are to be one: a solution
// that does not fit costs a glance, and nothing is done by it.
const (
	mostPast    = 2000 // closed tickets that are held, the newest
	pastShare   = 200  // thousandths
	mostSolved  = 8    // that are kept of one ticket
	solvedShown = 3
	ordinary    = 200 // tickets that a small desk is weighed against
	// behind is how far back the newly closed are read again: a commit may come after a later one.
	behind = time.Minute
)

// past holds the words of the tickets that were closed with a solution last.
type past struct {
	mu    sync.Mutex
	pool  *model.Pool
	texts map[ticket.ID]model.Text
	last  time.Time // when the newest of them was closed
	begun time.Time
}

// Solved is a ticket that was closed with a solution and looks like the same matter.
type Solved struct {
	Ticket  ticket.Ticket // with its detail: the solution is what it is shown for
	Share   int64         // in thousandths
	Reasons []string      // the words that both have
	Used    bool          // somebody said that it helped on this ticket
	Helped  int64         // on how many tickets it did
}

type solvedRow struct {
	Ticket, Other ticket.ID
	Share         int64
	Reasons       []string
	Used          bool
}

// catchUp takes what was closed since the last time into the pool; once a day it is made anew.
func (s *Service) catchUp(ctx context.Context) error {
	p, now := &s.past, s.Clock.Now()
	if p.pool == nil || now.Sub(p.begun) > 24*time.Hour || now.Before(p.begun) || p.pool.Len() > 2*mostPast {
		p.pool, p.texts, p.last, p.begun = model.NewPool(), map[ticket.ID]model.Text{}, time.Time{}, now
		at := ticket.Solved{At: now.Add(behind), ID: math.MaxInt64}
		for p.pool.Len() < mostPast {
			page, err := s.Tickets.SolvedBelow(ctx, at, 500)
			if err != nil {
				p.pool = nil
				return err
			}
			if p.take(page); len(page) < 500 {
				break
			}
			at = ticket.Solved{At: page[len(page)-1].ClosedAt, ID: page[len(page)-1].ID}
		}
		return s.besides(ctx)
	}
	at := ticket.Solved{At: p.last.Add(-behind)}
	for {
		page, err := s.Tickets.SolvedAbove(ctx, at, 500)
		if err != nil {
			return err
		}
		if p.take(page); len(page) < 500 {
			return nil
		}
		at = ticket.Solved{At: page[len(page)-1].ClosedAt, ID: page[len(page)-1].ID}
	}
}

// besides takes ordinary tickets into the pool of a small desk, so that it knows which words are
// rare; none of them is offered before it is solved.
func (s *Service) besides(ctx context.Context) error {
	if s.past.pool.Len() >= ordinary {
		return nil
	}
	list, err := s.Tickets.Firsts(ctx, math.MaxInt64, ordinary)
	if err != nil {
		s.past.pool = nil
		return err
	}
	for _, t := range list {
		s.past.pool.Add(int64(t.ID), textOf(t))
	}
	return nil
}

func (p *past) take(page []ticket.First) {
	for _, t := range page {
		if t.ClosedAt.After(p.last) {
			p.last = t.ClosedAt
		}
		p.pool.Add(int64(t.ID), textOf(t))
		p.texts[t.ID] = textOf(t)
	}
}

// findSolved looks for closed tickets that were the same matter.
func (s *Service) findSolved(ctx context.Context, list []ticket.First) ([]solvedRow, error) {
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	var out []solvedRow
	for _, t := range list {
		out = append(out, s.past.alike(t)...)
	}
	return out, nil
}

func (p *past) alike(t ticket.First) []solvedRow {
	var out []solvedRow
	for _, m := range p.pool.Alike(int64(t.ID), textOf(t), 50, nil) {
		other := ticket.ID(m.Key)
		text, solved := p.texts[other]
		if thousandths(m.Share) < pastShare || len(out) == mostSolved {
			break
		}
		if !solved {
			continue
		}
		out = append(out, solvedRow{
			Ticket: t.ID, Other: other, Share: thousandths(m.Share), Reasons: p.pool.Shared(textOf(t), text, reasonsShown),
		})
	}
	return out
}

// Solved returns the closed tickets that look like the same matter as a ticket, those that helped
// first, then the most alike; of a ticket that is closed itself those alone that helped. One that
// was reopened, or that the reader may not see, is not among them. Staff only: others get nothing.
func (s *Service) Solved(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Solved, error) {
	if access.Can(by, access.QueueRead, access.Object{}) != nil || access.Can(by, access.TicketRead, t.Object()) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	rows, err := solvedOf(ctx, s.DB, t.ID)
	if err != nil {
		return nil, err
	}
	var out []Solved
	var keys []any
	for _, r := range rows {
		if !r.Used && (!t.Open() || len(out) >= solvedShown) {
			continue
		}
		o, err := s.Tickets.Get(ctx, by, ticket.Target{ID: r.Other})
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !isSolved(o) || linked(t, o) && !r.Used {
			continue
		}
		out = append(out, Solved{Ticket: o, Share: r.Share, Reasons: r.Reasons, Used: r.Used})
		keys = append(keys, o.ID)
	}
	helped, err := helpedBy(ctx, s.DB, keys)
	for i := range out {
		out[i].Helped = helped[out[i].Ticket.ID]
	}
	return out, err
}

// isSolved reports whether a ticket ended with a solution.
func isSolved(t ticket.Ticket) bool {
	return t.Status == ticket.Closed && (t.ClosedAs == ticket.Confirmed || t.ClosedAs == ticket.Unconfirmed)
}

// UseSolved notes that a closed ticket helped on another; said twice it counts once.
//
// Errors: NotFound where it was not offered, Conflict where the ticket is closed.
func (s *Service) UseSolved(ctx context.Context, by access.Actor, on, other ticket.Target) error {
	return s.useSolved(ctx, by, on, other, true)
}

// UnuseSolved takes that back, while the ticket is open. Errors as UseSolved.
func (s *Service) UnuseSolved(ctx context.Context, by access.Actor, on, other ticket.Target) error {
	return s.useSolved(ctx, by, on, other, false)
}

func (s *Service) useSolved(ctx context.Context, by access.Actor, on, other ticket.Target, used bool) error {
	if err := access.Can(by, access.TicketWork, access.Object{}); err != nil {
		return err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err == nil {
		err = access.Can(by, access.TicketWork, t.Object())
	}
	if err != nil {
		return err
	}
	o, err := s.Tickets.Get(ctx, by, other)
	if err != nil {
		return err
	}
	if !t.Open() {
		return errs.New(errs.Conflict, "suggest.use_closed")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := markSolved(ctx, tx, solvedRow{Ticket: t.ID, Other: o.ID, Used: used}, person.ID(by.ID), s.Clock.Now())
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "suggest.not_alike")
		}
		if err == nil && s.Hint != nil {
			s.Hint(tx, t.ID)
		}
		return err
	})
}

func putSolved(ctx context.Context, tx *db.Tx, r solvedRow, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO suggest_solved (ticket_id, other_id, share, reasons, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket_id, other_id) DO NOTHING`, r.Ticket, r.Other, r.Share, strings.Join(r.Reasons, "\n"), at)
	return err
}

func solvedOf(ctx context.Context, q db.Querier, which ticket.ID) ([]solvedRow, error) {
	return db.All(ctx, q, func(r db.Row) (x solvedRow, err error) {
		var reasons string
		err = r.Scan(&x.Ticket, &x.Other, &x.Share, &reasons, &x.Used)
		if reasons != "" {
			x.Reasons = strings.Split(reasons, "\n")
		}
		return x, err
	}, `SELECT ticket_id, other_id, share, reasons, used_at IS NOT NULL FROM suggest_solved WHERE ticket_id = $1
		ORDER BY CASE WHEN used_at IS NULL THEN 1 ELSE 0 END, share DESC, other_id DESC`, which)
}

// markSolved says whether one helped; who said so first stays.
func markSolved(ctx context.Context, tx *db.Tx, r solvedRow, by person.ID, at time.Time) (int64, error) {
	if r.Used {
		return db.Exec(ctx, tx, `UPDATE suggest_solved SET used_by = COALESCE(used_by, $3), used_at = COALESCE(used_at, $4)
			WHERE ticket_id = $1 AND other_id = $2`, r.Ticket, r.Other, db.Opt(by), at)
	}
	return db.Exec(ctx, tx, `UPDATE suggest_solved SET used_by = NULL, used_at = NULL WHERE ticket_id = $1 AND other_id = $2`, r.Ticket, r.Other)
}

// helpedBy counts on how many tickets each of some helped.
func helpedBy(ctx context.Context, q db.Querier, keys []any) (map[ticket.ID]int64, error) {
	out := make(map[ticket.ID]int64, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	type count struct {
		of ticket.ID
		n  int64
	}
	list, err := db.All(ctx, q, func(r db.Row) (c count, err error) {
		err = r.Scan(&c.of, &c.n)
		return c, err
	}, `SELECT other_id, COUNT(*) FROM suggest_solved WHERE used_at IS NOT NULL AND other_id IN (`+db.List(len(keys), 1)+`) GROUP BY other_id`, keys...)
	for _, c := range list {
		out[c.of] = c.n
	}
	return out, err
}

// SolvedUse is for how many tickets closed ones were offered, and on how many one of them helped.
type SolvedUse struct{ Offered, Used int64 }

func solvedUse(ctx context.Context, q db.Querier, since time.Time) (SolvedUse, error) {
	return db.One(ctx, q, func(r db.Row) (u SolvedUse, err error) {
		err = r.Scan(&u.Offered, &u.Used)
		return u, err
	}, `SELECT COUNT(DISTINCT ticket_id), COUNT(DISTINCT CASE WHEN used_at IS NOT NULL THEN ticket_id END) FROM suggest_solved WHERE at >= $1`, since)
}
