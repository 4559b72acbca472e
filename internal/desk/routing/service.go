// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Jobs    *job.Queue
	People  *person.Service
	Catalog *catalog.Desk
	Rotas   *rota.Service
	Tickets *ticket.Service
}

// Service keeps the rules and follows them.
type Service struct {
	Parts
	mu   sync.Mutex
	held held
}

// held is the rules in memory, each understood once.
type held struct {
	rules []Rule
	known map[RuleID]Condition
	at    time.Time
}

// staleAfter bounds how long another node may go on with old rules.
const staleAfter = 15 * time.Second

// NewService makes the room and takes charge of its job. Call Listen before the first fact.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	p.Jobs.Handle(routeJob, s.route, job.Limit(4))
	return s
}

func (s *Service) read(ctx context.Context) (held, error) {
	now := s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held.at.IsZero() && now.Sub(s.held.at) < staleAfter && !now.Before(s.held.at) {
		return s.held, nil
	}
	list, err := rules(ctx, s.DB)
	if err != nil {
		return held{}, err
	}
	h := held{rules: list, known: map[RuleID]Condition{}, at: now}
	for _, r := range list {
		if c, err := Compile(r.Condition); err == nil {
			h.known[r.ID] = c
		}
	}
	s.held = h
	return h, nil
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held{}
}

// Line is a rule as the administrator sees it.
type Line struct {
	Rule
	Count
	Recent  int  // of the newest Tried tickets, those for which the condition holds
	Reached int  // and those of them that no rule before it takes
	Always  bool // it holds for all of them: no rule after it is asked
	Broken  bool // it cannot be understood by this release
}

// Days is how far back sent and given-on tickets are counted, and Tried on how many tickets rules
// are tried.
const (
	Days  = 90
	Tried = 100
)

// Lines returns the rules in their order, with what they did and what they would do.
func (s *Service) Lines(ctx context.Context, by access.Actor) ([]Line, int, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, 0, err
	}
	h, err := s.read(ctx)
	if err != nil {
		return nil, 0, err
	}
	sent, err := counts(ctx, s.DB, s.Clock.Now().AddDate(0, 0, -Days))
	if err != nil {
		return nil, 0, err
	}
	list, err := rules(ctx, s.DB) // their troubles are of now
	if err != nil {
		return nil, 0, err
	}
	recent, err := s.recent(ctx)
	if err != nil {
		return nil, 0, err
	}
	out := make([]Line, len(list))
	taken := make([]bool, len(recent))
	for i, r := range list {
		out[i] = Line{Rule: r, Count: sent[r.ID]}
		c, ok := h.known[r.ID]
		out[i].Broken = !ok
		for k := 0; ok && k < len(recent); k++ {
			if yes, err := c.Holds(recent[k]); err != nil || !yes {
				continue
			}
			out[i].Recent++
			if !taken[k] && r.Active {
				out[i].Reached++
				taken[k] = true
			}
		}
		out[i].Always = len(recent) > 0 && out[i].Recent == len(recent)
	}
	return out, len(recent), nil
}

// recent are the fields of the newest tickets.
func (s *Service) recent(ctx context.Context) ([]Fields, error) {
	list, err := s.Tickets.Firsts(ctx, ticket.ID(math.MaxInt64), Tried)
	out := make([]Fields, 0, len(list))
	for _, t := range list {
		out = append(out, s.Fields(ctx, t))
	}
	return out, err
}

// Fields are what a condition is asked about a ticket.
func (s *Service) Fields(ctx context.Context, t ticket.First) Fields {
	f := Fields{
		Subject: t.Subject, Words: t.Words, Service: s.Catalog.Service(ctx, t.Service).Name, Core: s.Catalog.Service(ctx, t.Service).Core,
		Group: s.People.Group(ctx, t.Group).Name, Department: t.Detail.Organisation, Place: t.Detail.Site, Channel: string(t.Channel),
		Priority: t.Priority.String(), Graded: t.Graded, Requester: s.People.Card(ctx, t.Requester).Email,
	}
	for _, c := range s.Catalog.Path(ctx, t.Category) {
		f.Category = c.Name
		f.Categories = append(f.Categories, c.Name)
		if c.NameEN != "" {
			f.Categories = append(f.Categories, c.NameEN)
		}
	}
	return f
}

// Get returns one rule.
func (s *Service) Get(ctx context.Context, by access.Actor, which RuleID) (Rule, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Rule{}, err
	}
	list, err := rules(ctx, s.DB)
	if i := slices.IndexFunc(list, func(r Rule) bool { return r.ID == which }); err == nil && i >= 0 {
		return list[i], nil
	}
	if err != nil {
		return Rule{}, err
	}
	return Rule{}, errs.New(errs.NotFound, "routing.not_found")
}

// Save adds (ID 0) or changes a rule; version is what the editor saw.
//
// Errors: Invalid with fields; Stale.
func (s *Service) Save(ctx context.Context, by access.Actor, r Rule, version int64) (Rule, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Rule{}, err
	}
	if err := r.check(); err != nil {
		return Rule{}, err
	}
	if !s.People.Group(ctx, r.Group).Active {
		return Rule{}, errs.Field("group", "routing.group_missing")
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if r.ID == 0 {
			r.Version = 1
			r.ID, err = insert(ctx, tx, r)
		} else {
			var was Rule
			if was, err = take(ctx, tx, r.ID); err != nil {
				return err
			}
			if version != 0 && was.Version != version+1 {
				return errs.Overtaken(was.Version - 1)
			}
			r.Version, r.Place = was.Version, was.Place
			err = save(ctx, tx, r)
		}
		if db.IsForeignKey(err) {
			return errs.Field("rota", "routing.rota_unknown")
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(s.forget)
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), RuleChanged{r})
		return err
	})
	return r, err
}

// Up moves a rule before the one that is asked before it.
func (s *Service) Up(ctx context.Context, by access.Actor, which RuleID) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := take(ctx, tx, which)
		if err != nil {
			return err
		}
		list, err := rules(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Rule) bool { return x.ID == which })
		if i <= 0 {
			return nil
		}
		list[i-1], list[i] = list[i], list[i-1]
		for place, x := range list {
			if err := putPlace(ctx, tx, x.ID, int64(place)+1); err != nil {
				return err
			}
		}
		tx.AfterCommit(s.forget)
		r.Place = int64(i)
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), RuleChanged{r})
		return err
	})
}

// Trial is what a condition says of one ticket, or of the newest.
type Trial struct {
	Fields  Fields // of the one ticket
	Ref     string
	Holds   bool
	Trouble string
	Matched []string // of the newest Tried tickets, the first few for which it holds
	Count   int
	Of      int
}

// Try asks a condition about a ticket, 0 for none, and about the newest tickets. Nothing is changed.
//
// Errors: Invalid with "condition" or "ticket".
func (s *Service) Try(ctx context.Context, by access.Actor, condition string, number int64) (out Trial, err error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return out, err
	}
	c, err := Compile(condition)
	if err != nil {
		return out, err
	}
	list, err := s.Tickets.Firsts(ctx, ticket.ID(math.MaxInt64), Tried)
	if err != nil {
		return out, err
	}
	out.Of = len(list)
	for _, t := range list {
		yes, err := c.Holds(s.Fields(ctx, t))
		if err != nil {
			out.Trouble = note(err)
		}
		if yes {
			out.Count++
			if len(out.Matched) < 5 {
				out.Matched = append(out.Matched, t.Ref())
			}
		}
	}
	if number == 0 {
		return out, nil
	}
	t, err := s.Tickets.Get(ctx, by, ticket.Target{Number: number})
	if errs.KindOf(err) == errs.NotFound {
		return out, errs.Field("ticket", "routing.ticket_unknown")
	}
	if err != nil {
		return out, err
	}
	one, err := s.Tickets.FirstsSince(ctx, t.ID-1, 1)
	if err != nil || len(one) == 0 {
		return out, err
	}
	out.Ref, out.Fields = t.Ref(), s.Fields(ctx, one[0])
	if out.Holds, err = c.Holds(out.Fields); err != nil {
		out.Trouble = note(err)
	}
	return out, nil
}

// Last returns the rule that sent a ticket, for its page; the zero Run where none did. Staff only.
func (s *Service) Last(ctx context.Context, by access.Actor, t ticket.Ticket) (Run, error) {
	if access.Can(by, access.QueueRead, access.Object{}) != nil || access.Can(by, access.TicketRead, t.Object()) != nil {
		return Run{}, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	return last(ctx, s.DB, t.ID)
}
