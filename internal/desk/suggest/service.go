// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Jobs     *job.Queue
	Log      *slog.Logger // nil for silence
	People   *person.Service
	Catalog  *catalog.Desk
	Settings *setting.Service
	Tickets  *ticket.Service
	// Hint tells open pages of a ticket that something about it is new; nil for nobody.
	Hint func(tx *db.Tx, which ticket.ID)
}

// Service learns, guesses and remembers what became of it.
type Service struct {
	Parts
	mu     sync.Mutex
	seen   time.Time // when the models in use were looked up
	models map[Label]held

	recent recent
	past   past
}

// held is a model in memory.
type held struct {
	made  Made
	model *model.Model
}

// staleAfter bounds how long a node goes on with an older model, or an older policy.
const staleAfter = 30 * time.Second

// NewService makes the room and takes charge of its jobs. Call Listen before the first fact.
func NewService(p Parts) *Service {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Parts: p, models: map[Label]held{}}
	p.Jobs.Handle(LearnJob, s.learn, job.Limit(1), job.Timeout(30*time.Minute), job.MaxAttempts(3))
	p.Jobs.HandleAll(lookJob, atOnce, s.look, job.Gather(company))
	return s
}

// inUse returns the models that guesses are made with, read again where there are newer ones.
func (s *Service) inUse(ctx context.Context) (map[Label]held, error) {
	now := s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen.IsZero() && now.Sub(s.seen) < staleAfter && !now.Before(s.seen) {
		return s.models, nil
	}
	list, err := inUse(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	out := make(map[Label]held, len(list))
	for _, m := range list {
		if was, ok := s.models[m.Label]; ok && was.made.Version == m.Version {
			out[m.Label] = was
			continue
		}
		b, err := body(ctx, s.DB, m.Label, m.Version)
		if err != nil {
			return nil, err
		}
		read, err := model.Read(b)
		if err != nil { // of another release, or damaged: it is learned anew tonight or by a press
			s.Log.WarnContext(ctx, "model not read", "label", string(m.Label), "version", m.Version, "error", err)
			continue
		}
		out[m.Label] = held{m, read}
	}
	s.models, s.seen = out, now
	return out, nil
}

// forget lets the models be looked up again.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = time.Time{}
}

// Policy returns the policy in force and its version.
func (s *Service) Policy(ctx context.Context) (Policy, int64, error) {
	return setting.Load(ctx, s.Settings, PolicyName, Start())
}

// For returns what is offered for a ticket and what became of it; what nobody has decided about only
// while it holds, for rules and retired names tell no offer. Staff only: others get nothing.
func (s *Service) For(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Offer, error) {
	if access.Can(by, access.QueueRead, access.Object{}) != nil || access.Can(by, access.TicketRead, t.Object()) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	list, err := offers(ctx, s.DB, t.ID)
	return slices.DeleteFunc(list, func(o Offer) bool { return o.Outcome == Waits && !s.holds(ctx, t, o) }), err
}

// Overview is what the administrator sees.
type Overview struct {
	Newest   []Made // of each label: the newest attempt
	InUse    []Made // and the model that guesses
	Versions []Made // all, newest first, at most 60
	Uses     []Use  // of the last Days days
	Alike    AlikeUse
	Solved   SolvedUse
	Policy   Policy
	Version  int64
	Learning bool // a learning waits or runs
}

// Days is how far back use is counted.
const Days = 90

// Overview reads models, use and policy.
func (s *Service) Overview(ctx context.Context, by access.Actor) (o Overview, err error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return o, err
	}
	since := s.Clock.Now().AddDate(0, 0, -Days)
	if o.Newest, err = newest(ctx, s.DB); err != nil {
		return o, err
	}
	if o.InUse, err = inUse(ctx, s.DB); err != nil {
		return o, err
	}
	if o.Versions, err = versions(ctx, s.DB, 60); err != nil {
		return o, err
	}
	if o.Uses, err = uses(ctx, s.DB, since); err != nil {
		return o, err
	}
	if o.Alike, err = alikeUse(ctx, s.DB, since); err != nil {
		return o, err
	}
	if o.Solved, err = solvedUse(ctx, s.DB, since); err != nil {
		return o, err
	}
	counts, err := s.Jobs.Counts(ctx)
	for _, c := range counts {
		o.Learning = o.Learning || c.Kind == LearnJob && (c.Due > 0 || c.Running > 0)
	}
	if err == nil {
		o.Policy, o.Version, err = s.Policy(ctx)
	}
	return o, err
}
