// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

const (
	factsAtOnce   = 500 // read from the log
	ticketsAtOnce = 50  // computed in one commit: a few milliseconds of a writer that everybody shares
)

// settle is how long a fact may still appear behind a later one: PostgreSQL gives ids before
// commits, and no commit lasts as long.
const settle = 2 * time.Minute

// Follow brings what is kept up to date with the event log. It returns when nothing is left, or
// ctx ends; where it stopped is kept, and it goes on from there. Several nodes may follow at once.
func (s *Service) Follow(ctx context.Context) error {
	for {
		more, err := s.step(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// Rebuild computes everything again from the facts.
func (s *Service) Rebuild(ctx context.Context) error {
	p, err := s.place(ctx)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return move(ctx, tx, p, place{p.fact, 0}) })
	if err != nil {
		return err
	}
	return s.Follow(ctx)
}

// place returns how far it is. In a desk that nothing was ever computed for, everything is to be:
// from the tickets, and what happens meanwhile from the log.
func (s *Service) place(ctx context.Context) (place, error) {
	list, err := places(ctx, s.DB)
	if err != nil || len(list) > 0 {
		return cmp.Or(append(list, place{})...), err
	}
	last, err := s.Bus.Last(ctx, s.DB)
	if err != nil {
		return place{}, err
	}
	p := place{last, 0}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return begin(ctx, tx, p) })
	return p, err
}

// step follows a stretch of the log, and computes a stretch again where that is under way.
func (s *Service) step(ctx context.Context) (more bool, err error) {
	p, err := s.place(ctx)
	if err != nil {
		return false, err
	}
	records, err := s.Bus.ListAll(ctx, s.DB.Long(), p.fact, factsAtOnce)
	if err != nil {
		return false, err
	}
	to, touched := s.news(p, records)
	if to.again == 0 && p.again != 0 { // the policy is a new one
		if err := s.Clocks.Load(ctx); err != nil {
			return false, err
		}
	}
	which, err := s.stale(ctx, touched)
	if err != nil {
		return false, err
	}
	if err := s.compute(ctx, which); err != nil {
		return false, err
	}
	if to.again >= 0 && len(records) < factsAtOnce {
		keys, err := s.Tickets.Keys(ctx, to.again, ticketsAtOnce)
		if err != nil {
			return false, err
		}
		if err := s.compute(ctx, keys); err != nil {
			return false, err
		}
		if to.again = idle; len(keys) > 0 {
			to.again, more = ticket.ID(keys[len(keys)-1]), true
		}
	}
	if to != p {
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return move(ctx, tx, p, to) })
	}
	return more || to.fact != p.fact && len(records) == factsAtOnce, err
}

// news reads records of the log: which tickets they touch, and where to go on from.
func (s *Service) news(p place, records []event.Record) (place, map[int64]int64) {
	old := s.Clock.Now().Add(-settle)
	touched := map[int64]int64{} // the last fact of each
	to, held := p, false
	for _, r := range records {
		if s.DB.Engine() == db.Postgres && !r.Meta.At.Before(old) {
			held = true
		}
		if strings.HasPrefix(r.Name, "ticket.") {
			touched[r.Subject] = r.ID
		}
		if !held {
			to.fact = r.ID
			if changesClocks(r) {
				to.again = 0
			}
		}
	}
	return to, touched
}

// PackName is the setting of the norm pack: what is kept beside is judged by it.
const PackName = "norm.pack"

// changesClocks reports whether after a fact the clocks of tickets may be others, or the clauses that
// they are judged by.
func changesClocks(r event.Record) bool {
	switch r.Name {
	case (catalog.CategoryChanged{}).EventName():
		return true
	case (setting.Changed{}).EventName():
		var f setting.Changed // sla.PlannedName: a release brought other years, zones or folding
		return json.Unmarshal(r.Data, &f) == nil && slices.Contains([]string{sla.PolicyName, calendar.BookName, sla.PlannedName, PackName}, f.Name)
	}
	return false
}

// stale leaves the tickets that are not computed up to their last fact.
func (s *Service) stale(ctx context.Context, touched map[int64]int64) ([]int64, error) {
	if len(touched) == 0 {
		return nil, nil
	}
	which := make([]int64, 0, len(touched))
	for id := range touched {
		which = append(which, id)
	}
	slices.Sort(which)
	there, err := known(ctx, s.DB, which)
	return slices.DeleteFunc(which, func(id int64) bool { return there[id] >= touched[id] }), err
}

// compute stores what the facts of some tickets say, a few tickets in a commit.
func (s *Service) compute(ctx context.Context, which []int64) error {
	for len(which) > 0 {
		part := which[:min(len(which), ticketsAtOnce)]
		which = which[len(part):]
		records, err := s.Bus.ListOf(ctx, s.DB.Long(), "ticket", part)
		if err != nil {
			return err
		}
		all, err := s.work(ctx, records)
		if err != nil {
			return err
		}
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, c := range all {
				if err := keep(ctx, tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// computed is what the facts of a ticket say, up to one of them.
type computed struct {
	which, fact int64
	tally       Tally
	runs        []Outcome
	over        []Override
	beside      func(ctx context.Context, tx *db.Tx) error
}

// work computes of facts, ticket after ticket, before any writer is waited for.
func (s *Service) work(ctx context.Context, records []event.Record) ([]computed, error) {
	book := s.Clocks.Rulebook()
	var out []computed
	for len(records) > 0 {
		subject := records[0].Subject
		n := slices.IndexFunc(records, func(r event.Record) bool { return r.Subject != subject })
		if n < 0 {
			n = len(records)
		}
		told, err := Read(records[:n])
		if err != nil {
			return nil, err
		}
		c := computed{which: subject, fact: records[n-1].ID, tally: Count(told), runs: Outcomes(told, book), over: Overrides(told)}
		if s.Beside != nil {
			c.beside = s.Beside(ctx, told, c.runs)
		}
		out, records = append(out, c), records[n:]
	}
	return out, nil
}
