// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// What counts as the same matter. Of one person within a week less is asked than of several
// people within hours.
const (
	sameWithin = 7 * 24 * time.Hour
	sameShare  = 250 // thousandths
	manyWithin = 4 * time.Hour
	manyShare  = 300
	// crowd is how many people, the ticket's own among them, make one matter an incident.
	crowd = 3
	// mostAlike bounds what is kept of one ticket.
	mostAlike = 12
)

// recent holds the words of the tickets of the last days, so that a new one is compared in
// memory and not by reading them all.
type recent struct {
	mu    sync.Mutex
	pool  *model.Pool
	facts map[ticket.ID]brief
	last  ticket.ID
	begun time.Time
}

// brief is what is compared of a ticket besides its words.
type brief struct {
	requester person.ID
	at        time.Time
	text      model.Text
}

const (
	mostRecent = 3000
	overlap    = 20 // keys that are read again: a lower one may be committed after a higher one
)

// Alike is another ticket that looks like the same matter.
type Alike struct {
	Ticket  ticket.Ticket // without its detail
	Share   int64         // in thousandths
	Reasons []string      // the words that both have
	Same    bool          // of the same person: a candidate for merging
}

type alikeRow struct {
	Ticket, Other ticket.ID
	Share         int64
	Reasons       []string
	Same          bool
}

// refresh takes the newest tickets into the pool, those of the list, that were read already, among
// them; once a day it is made anew.
func (s *Service) refresh(ctx context.Context, list []ticket.First) error {
	r, now := &s.recent, s.Clock.Now()
	if r.pool == nil || now.Sub(r.begun) > 24*time.Hour || now.Before(r.begun) || r.pool.Len() > 2*mostRecent {
		r.pool, r.facts, r.last, r.begun = model.NewPool(), map[ticket.ID]brief{}, 0, now
		for below := ticket.ID(math.MaxInt64); r.pool.Len() < mostRecent; {
			page, err := s.Tickets.Firsts(ctx, below, 500)
			if err != nil {
				r.pool = nil
				return err
			}
			if !s.take(page, now) {
				return nil
			}
			below = page[len(page)-1].ID
		}
		return nil
	}
	for {
		keys, err := s.Tickets.KeysSince(ctx, max(r.last-overlap, 0), 500)
		if err != nil {
			return err
		}
		before, whole := r.last, len(keys) < 500
		for _, t := range list {
			if slices.Contains(keys, t.ID) {
				s.keep(t, now)
			}
		}
		top := slices.Max(append(keys, 0))
		page, err := s.Tickets.FirstsOf(ctx, slices.DeleteFunc(keys, func(k ticket.ID) bool { return r.pool.Has(int64(k)) }))
		if err != nil {
			return err
		}
		s.take(page, now)
		if r.last = max(r.last, top); whole || r.last == before {
			return nil
		}
	}
}

// take puts tickets into the pool and reports whether older ones may belong there as well.
func (s *Service) take(page []ticket.First, now time.Time) (more bool) {
	r := &s.recent
	for _, t := range page {
		if s.keep(t, now) {
			more = true
			r.last = max(r.last, t.ID)
		}
	}
	return more
}

// keep puts one ticket into the pool unless it is too old.
func (s *Service) keep(t ticket.First, now time.Time) bool {
	if now.Sub(t.CreatedAt) > sameWithin {
		return false
	}
	if r := &s.recent; !r.pool.Has(int64(t.ID)) {
		r.pool.Add(int64(t.ID), textOf(t))
		r.facts[t.ID] = brief{t.Requester, t.CreatedAt, textOf(t)}
	}
	return true
}

// findAlike looks for the same matter among the tickets of the last days that were there before.
func (s *Service) findAlike(ctx context.Context, list []ticket.First) ([]alikeRow, error) {
	s.recent.mu.Lock()
	defer s.recent.mu.Unlock()
	if err := s.refresh(ctx, list); err != nil {
		return nil, err
	}
	var out []alikeRow
	for _, t := range list {
		out = append(out, s.recent.alike(t)...)
	}
	return out, nil
}

func (r *recent) alike(t ticket.First) []alikeRow {
	older := func(key int64) bool { return key < int64(t.ID) } // a newer one finds it when it is looked at
	var out []alikeRow
	for _, m := range r.pool.Alike(int64(t.ID), textOf(t), 50, older) {
		o, ok := r.facts[ticket.ID(m.Key)]
		if !ok || len(out) == mostAlike {
			continue
		}
		row := alikeRow{Ticket: t.ID, Other: ticket.ID(m.Key), Share: thousandths(m.Share), Same: o.requester == t.Requester}
		between := t.CreatedAt.Sub(o.at)
		if row.Same && (row.Share < sameShare || between > sameWithin) || !row.Same && (row.Share < manyShare || between > manyWithin) {
			continue
		}
		row.Reasons = r.pool.Shared(textOf(t), o.text, reasonsShown)
		out = append(out, row)
	}
	return out
}

// Alike returns the open tickets that look like the same matter as an open ticket, the most
// alike first: those of the same person, and, where at least three people report it within
// hours, those of the others. Staff only: others get nothing.
func (s *Service) Alike(ctx context.Context, by access.Actor, t ticket.Ticket) (same, crowded []Alike, err error) {
	if !t.Open() || access.Can(by, access.QueueRead, access.Object{}) != nil {
		return nil, nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	rows, err := alikeOf(ctx, s.DB, t.ID)
	if err != nil {
		return nil, nil, err
	}
	return s.readable(ctx, by, t, rows)
}

// readable are the tickets of these that may be read and still stand open, as Alike returns them.
func (s *Service) readable(ctx context.Context, by access.Actor, t ticket.Ticket, rows []alikeRow) (same, crowded []Alike, err error) {
	if len(rows) == 0 {
		return nil, nil, nil
	}
	var keys []ticket.ID
	for _, r := range rows {
		keys = append(keys, r.otherThan(t.ID))
	}
	list, err := s.Tickets.Some(ctx, by, keys)
	if err != nil {
		return nil, nil, err
	}
	people := []person.ID{t.Requester}
	for _, r := range rows {
		o, ok := list[r.otherThan(t.ID)]
		if !ok || !o.Open() || access.Can(by, access.TicketRead, o.Object()) != nil || linked(t, o) {
			continue
		}
		a := Alike{o, r.Share, r.Reasons, o.Requester == t.Requester}
		if a.Same {
			same = append(same, a)
			continue
		}
		crowded = append(crowded, a)
		if !slices.Contains(people, o.Requester) {
			people = append(people, o.Requester)
		}
	}
	if len(people) < crowd {
		crowded = nil
	}
	return same, crowded, nil
}

func linked(t, o ticket.Ticket) bool {
	return slices.ContainsFunc(t.Detail.Links, func(l ticket.Linked) bool { return l.Ticket == o.ID })
}

func (r alikeRow) otherThan(which ticket.ID) ticket.ID {
	if r.Ticket == which {
		return r.Other
	}
	return r.Ticket
}

// Refuse says that two tickets are not the same matter: they are not offered again.
//
// Errors: NotFound where they were not offered.
func (s *Service) Refuse(ctx context.Context, by access.Actor, on, other ticket.Target) error {
	if err := access.Can(by, access.TicketWork, access.Object{}); err != nil {
		return err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return err
	}
	o, err := s.Tickets.Get(ctx, by, other)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := settleAlike(ctx, tx, t.ID, o.ID, "refused", person.ID(by.ID))
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "suggest.not_alike")
		}
		if err == nil && s.Hint != nil {
			s.Hint(tx, t.ID)
			s.Hint(tx, o.ID)
		}
		return err
	})
}

// ended hears that a ticket was merged: what was offered was right.
func (s *Service) ended(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Ended) error {
	if f.As != ticket.Duplicate || f.Into == 0 {
		return nil
	}
	_, err := settleAlike(ctx, tx, f.Ticket, f.Into, "accepted", person.ID(r.Meta.ActorID))
	return err
}

func putAlike(ctx context.Context, tx *db.Tx, r alikeRow, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO suggest_alike (ticket_id, other_id, share, reasons, same, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (ticket_id, other_id) DO NOTHING`, r.Ticket, r.Other, r.Share, strings.Join(r.Reasons, "\n"), r.Same, at)
	return err
}

func alikeOf(ctx context.Context, q db.Querier, which ticket.ID) ([]alikeRow, error) {
	return db.All(ctx, q, func(r db.Row) (x alikeRow, err error) {
		var reasons string
		err = r.Scan(&x.Ticket, &x.Other, &x.Share, &reasons, &x.Same)
		if reasons != "" {
			x.Reasons = strings.Split(reasons, "\n")
		}
		return x, err
	}, `SELECT ticket_id, other_id, share, reasons, same FROM suggest_alike WHERE outcome = '' AND ticket_id = $1
		UNION ALL SELECT ticket_id, other_id, share, reasons, same FROM suggest_alike WHERE outcome = '' AND other_id = $1
		ORDER BY share DESC, ticket_id, other_id LIMIT 40`, which)
}

func settleAlike(ctx context.Context, tx *db.Tx, a, b ticket.ID, outcome string, by person.ID) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE suggest_alike SET outcome = $3, by_id = $4
		WHERE outcome = '' AND (ticket_id = $1 AND other_id = $2 OR ticket_id = $2 AND other_id = $1)`, a, b, outcome, db.Opt(by))
}

// AlikeUse is how often the tickets of the same person were merged as offered.
type AlikeUse struct{ Offered, Accepted, Refused int64 }

func alikeUse(ctx context.Context, q db.Querier, since time.Time) (AlikeUse, error) {
	return db.One(ctx, q, func(r db.Row) (u AlikeUse, err error) {
		err = r.Scan(&u.Offered, &u.Accepted, &u.Refused)
		return u, err
	}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN outcome = 'accepted' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END), 0)
		FROM suggest_alike WHERE same AND at >= $1`, since)
}
