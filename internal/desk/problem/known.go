// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// How alike a ticket must be to one of a known error to be shown its workaround, and how many are shown.
const (
	leastKnown = 0.25
	knownShown = 2
	// perProblem and others bound what tickets are compared with: the newest of each known error,
	// and the newest of all, which say what words are ordinary.
	perProblem = 40
	others     = 400
	wordsKnown = 4
)

// knownErrors are the texts of the tickets of known errors, compared in memory. They are read
// again when a known error or its tickets change.
type knownErrors struct {
	state [3]int64
	pool  *model.Pool
	of    map[int64]ID // of a text's key, the known error
	texts map[int64]model.Text
	all   map[ID]Problem
}

// Match is a known error whose tickets a ticket is like.
type Match struct {
	Problem Problem
	Share   float64  // 0 to 1
	Words   []string // what both have
	Linked  bool     // the ticket belongs to it already
}

// Matches returns the known errors that an open ticket is like, the most alike first, and those
// that it belongs to. Whoever is no staff gets none.
func (s *Service) Matches(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Match, error) {
	if !t.Open() || may(by, access.ProblemRead) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of them, which is no failure
	}
	k, err := s.refreshKnown(ctx)
	if err != nil || len(k.all) == 0 {
		return nil, err
	}
	first, err := s.Tickets.FirstsOf(ctx, []ticket.ID{t.ID})
	if err != nil || len(first) == 0 {
		return nil, err
	}
	mine, err := behind(ctx, s.DB, t.ID)
	if err != nil {
		return nil, err
	}
	best := s.alike(k, t.ID, textOf(first[0]))
	for _, p := range mine {
		if p.State == Known {
			m := best[p.ID]
			m.Problem, m.Linked = p, true
			best[p.ID] = m
		}
	}
	out := make([]Match, 0, len(best))
	for _, m := range best {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Match) int {
		return cmp.Or(rankLinked(b)-rankLinked(a), cmp.Compare(b.Share, a.Share), cmp.Compare(b.Problem.ID, a.Problem.ID))
	})
	return out[:min(len(out), knownShown)], nil
}

// alike are the known errors whose words a text shares. The pool keeps what it reckons, so that one
// looks at a time.
func (s *Service) alike(k *knownErrors, own ticket.ID, text model.Text) map[ID]Match {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := map[ID]Match{}
	for _, m := range k.pool.Alike(int64(own), text, 60, nil) {
		which, known := k.of[m.Key]
		if _, better := best[which]; !known || better || m.Share < leastKnown {
			continue
		}
		best[which] = Match{Problem: k.all[which], Share: m.Share, Words: k.pool.Shared(text, k.texts[m.Key], wordsKnown)}
	}
	return best
}

func rankLinked(m Match) int {
	if m.Linked {
		return 1
	}
	return 0
}

// refreshKnown reads the known errors where they changed. Whoever finds them unchanged waits for
// nobody who reads.
func (s *Service) refreshKnown(ctx context.Context) (*knownErrors, error) {
	state, err := knownState(ctx, s.DB)
	if k := s.known.Load(); err != nil || k != nil && k.state == state {
		return k, err
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if k := s.known.Load(); k != nil && k.state == state { // another has read them meanwhile
		return k, nil
	}
	k := &knownErrors{state: state, pool: model.NewPool(), of: map[int64]ID{}, texts: map[int64]model.Text{}, all: map[ID]Problem{}}
	list, err := listed(ctx, s.DB, []State{Known}, math.MaxInt64, 200)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		k.all[p.ID] = p
		if err := s.readKnown(ctx, k, p); err != nil {
			return nil, err
		}
	}
	if len(list) > 0 {
		ordinary, err := s.Tickets.Firsts(ctx, math.MaxInt64, others)
		if err != nil {
			return nil, err
		}
		for _, t := range ordinary {
			k.pool.Add(int64(t.ID), textOf(t))
		}
	}
	s.known.Store(k)
	return k, nil
}

// readKnown takes the tickets of a known error into the pool. Where it has none, its title speaks
// for it.
func (s *Service) readKnown(ctx context.Context, k *knownErrors, p Problem) error {
	list, err := links(ctx, s.DB, p.ID, perProblem)
	if err != nil {
		return err
	}
	add := func(key int64, text model.Text) {
		if _, taken := k.of[key]; taken {
			return
		}
		k.of[key], k.texts[key] = p.ID, text
		k.pool.Add(key, text)
	}
	add(-int64(p.ID), model.Text{Subject: p.Title})
	keys := make([]ticket.ID, 0, len(list))
	for _, l := range list {
		keys = append(keys, l.Ticket)
	}
	firsts, err := s.Tickets.FirstsOf(ctx, keys)
	for _, f := range firsts {
		add(int64(f.ID), textOf(f))
	}
	return err
}

// Use puts a ticket to a known error and returns the words for the reply.
//
// Errors: Conflict where the problem is no known error, or has no words for requesters.
func (s *Service) Use(ctx context.Context, by access.Actor, which ID, on ticket.Target) (string, error) {
	if err := may(by, access.ProblemLink); err != nil {
		return "", err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return "", err
	}
	var words string
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := get(ctx, tx, which)
		if err != nil {
			return gone(err, "problem.not_found")
		}
		if p.State != Known {
			return errs.New(errs.Conflict, "problem.not_known")
		}
		words = p.Reply
		if err := s.put(ctx, tx, by, which, t); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Used{which, t.ID, t.Number})
		return err
	})
	return words, err
}
