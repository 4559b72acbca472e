// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// How much of each an agenda holds, and how often is often.
const (
	agendaShown   = 12
	reopenedRead  = 1000
	repeatLeast   = 4 // tickets of one requester or device in a period
	categoryLeast = 3 // tickets of a category that has no article
)

// agenda makes the agenda of a review as things stand now.
func (s *Service) agenda(ctx context.Context, r Review) (a Agenda, err error) {
	a.At = s.Clock.Now()
	if a.Candidates, err = candidates(ctx, s.DB, Waiting, agendaShown); err != nil {
		return a, err
	}
	a.Candidates = slices.DeleteFunc(a.Candidates, func(c Candidate) bool { return c.Gone })
	if a.Problems, err = listed(ctx, s.DB, []State{Open, Investigating, Known}, math.MaxInt64, 100); err != nil {
		return a, err
	}
	slices.Reverse(a.Problems)
	all, err := improvements(ctx, s.DB, 1000)
	if err != nil {
		return a, err
	}
	for _, i := range all {
		switch {
		case i.Overdue(a.At):
			a.Overdue = append(a.Overdue, i)
		case i.State == Done && i.Measured() && !i.DoneAt.Before(r.Begin.AddDate(0, 0, -EffectWeeks*7)):
			a.Effects = append(a.Effects, i)
		}
	}
	if a.Reopened, err = s.reopened(ctx, r); err != nil {
		return a, err
	}
	list, err := s.history(ctx, r.Begin)
	if err != nil {
		return a, err
	}
	return a, s.gather(ctx, r, list, &a)
}

// reopened are the tickets that were brought back in the period, whenever they were recorded, the latest
// changed first (N5).
func (s *Service) reopened(ctx context.Context, r Review) (out []Back, err error) {
	list, err := s.Tickets.ReopenedSince(ctx, r.Begin, reopenedRead)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if t.ClosedAs == ticket.Invalid || t.ClosedAs == ticket.Duplicate {
			continue
		}
		in, err := s.reopenedIn(ctx, t, r)
		if err != nil {
			return nil, err
		}
		if in {
			out = append(out, Back{t.ID, t.Number, t.Subject, t.Category, int64(t.Detail.Reopened), t.Detail.Solution.Cause})
		}
		if len(out) == 2*agendaShown {
			break
		}
	}
	return out, nil
}

// reopenedIn reports whether a ticket was reopened in the period of a review: the ticket itself knows
// the last time only.
func (s *Service) reopenedIn(ctx context.Context, t ticket.Ticket, r Review) (bool, error) {
	in := func(at time.Time) bool { return !at.Before(r.Begin) && at.Before(r.End) }
	if last := t.Detail.ReopenedAt; in(last) || last.Before(r.Begin) {
		return in(last), nil
	}
	records, err := s.Tickets.Records(ctx, t.ID)
	return slices.ContainsFunc(records, func(f event.Record) bool {
		return f.Name == ticket.Reopened{}.EventName() && in(f.Meta.At)
	}), err
}

// gather counts the tickets of the period.
func (s *Service) gather(ctx context.Context, r Review, list []ticket.First, a *Agenda) error {
	people, categories := map[person.ID]int64{}, map[catalog.CategoryID]int64{}
	var keys []ticket.ID
	for _, t := range list {
		if !t.CreatedAt.Before(r.End) {
			continue
		}
		a.Tickets++
		people[t.Requester]++
		if t.Category != 0 {
			categories[t.Category]++
		}
		keys = append(keys, t.ID)
	}
	for who, n := range people {
		if n >= repeatLeast {
			a.Requesters = append(a.Requesters, Repeat{Person: who, Tickets: n})
		}
	}
	if err := s.devices(ctx, keys, a); err != nil {
		return err
	}
	if s.Articles != nil {
		written, err := s.Articles(ctx)
		if err != nil {
			return err
		}
		a.ArticlesKnow = true
		for which, n := range categories {
			if n >= categoryLeast && written[which] == 0 {
				a.NoArticle = append(a.NoArticle, CategoryUse{which, n})
			}
		}
	}
	slices.SortFunc(a.NoArticle, func(x, y CategoryUse) int {
		return cmp.Or(cmp.Compare(y.Tickets, x.Tickets), cmp.Compare(x.Category, y.Category))
	})
	a.Requesters, a.Devices = most(a.Requesters), most(a.Devices)
	a.NoArticle = a.NoArticle[:min(len(a.NoArticle), agendaShown)]
	return nil
}

func (s *Service) devices(ctx context.Context, keys []ticket.ID, a *Agenda) error {
	if s.Device == nil {
		return nil
	}
	a.DevicesKnow = true
	of, err := s.Device(ctx, keys)
	if err != nil {
		return err
	}
	counts := map[string]int64{}
	for _, k := range keys {
		if d := of[k]; d != "" {
			counts[d]++
		}
	}
	for d, n := range counts {
		if n >= repeatLeast {
			a.Devices = append(a.Devices, Repeat{Device: d, Tickets: n})
		}
	}
	return nil
}

// most are those that came up most often, in an order that does not depend on chance.
func most(list []Repeat) []Repeat {
	slices.SortFunc(list, func(a, b Repeat) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Device, b.Device))
	})
	return list[:min(len(list), agendaShown)]
}

// about is what a decision is about: the kind and the key of an item of the agenda; nothing where it is
// about none.
func (d Decision) about() (kind string, key int64) {
	kind, rest, _ := strings.Cut(d.Item, ":")
	key, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return "", 0
	}
	return kind, key
}

// subject is the problem or the category that a decision is about; zero where it is about neither.
func (d Decision) subject() (ID, catalog.CategoryID) {
	switch kind, n := d.about(); kind {
	case "problem":
		return ID(n), 0
	case "category":
		return 0, catalog.CategoryID(n)
	}
	return 0, 0
}

// improvement is the entry of the register that a decision is about; zero where it is about none.
func (d Decision) improvement() ImprovementID {
	switch kind, n := d.about(); kind {
	case "improvement", "effect":
		return ImprovementID(n)
	}
	return 0
}

// made is the entry of the register that came of a decision; zero where none did.
func (d Decision) made() ImprovementID {
	if d.Makes == MakeImprovement {
		return ImprovementID(d.Made)
	}
	return 0
}
