// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
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
	Rotas    *rota.Service
	Settings *setting.Service
	Tickets  *ticket.Service
	// Scene is what a ticket's steps depend on. It runs in commits, in every one that changes a
	// ticket: it reads through tx where another node may know more than this one.
	Scene func(ctx context.Context, tx *db.Tx, t ticket.Ticket) (Scene, error)
	// Rota is who is on call where a step names no rota of its own; nil or 0 for nobody.
	Rota func() rota.ID
	// Elapsed is how much time really passed since some instant, whatever the clock says; nil
	// trusts the clock (tests on virtual time).
	Elapsed func() time.Duration
	// Boot names the run of the machine since which Elapsed counts; "" where it is not known.
	Boot string
}

// ReplanJob is the kind of the job that has every open ticket looked at by a new plan.
const ReplanJob = "escalation:replan"

// lag is how long another node may go on by an old plan, at most.
const lag = 30 * time.Second

// Service plans when tickets are looked at, looks, and raises what is due.
type Service struct {
	Parts
	plan  atomic.Pointer[Plan]
	guard *Guard

	recalling sync.Mutex
	recalled  bool          // the guard knows what earlier processes knew
	noted     time.Duration // when it was written down last, by Elapsed

	wake chan struct{}
}

// NewService makes the room. Call Load before the first ticket.
func NewService(p Parts) *Service {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Parts: p, guard: NewGuard(p.Elapsed), wake: make(chan struct{}, 1)}
	start := Start()
	s.plan.Store(&start)
	p.Jobs.Handle(ReplanJob, s.replan)
	return s
}

func (s *Service) rota() rota.ID {
	if s.Rota == nil {
		return 0
	}
	return s.Rota()
}

// Load reads the plan: at start, and every quarter of a minute for changes of other nodes.
func (s *Service) Load(ctx context.Context) error {
	p, _, err := setting.Load(ctx, s.Settings, PlanName, Start())
	if err == nil {
		s.plan.Store(&p)
	}
	return err
}

// Plan returns the plan in force.
func (s *Service) Plan() Plan { return *s.plan.Load() }

// Stored returns the plan as it is stored, and its version.
func (s *Service) Stored(ctx context.Context) (Plan, int64, error) {
	return setting.Load(ctx, s.Settings, PlanName, Start())
}

// Save stores a plan; version is what the editor saw. New steps get their ids here.
func (s *Service) Save(ctx context.Context, by access.Actor, p Plan, version int64) error {
	was, _, err := s.Stored(ctx)
	if err != nil {
		return err
	}
	return setting.Save(ctx, s.Settings, by, PlanName, p.renewed(was, s.Clock.Now(), func() string { return id.Token()[:8] }), version)
}

// Changed listens, within the commit, for a new plan: it is in force as soon as it is saved, and
// every open ticket is looked at by it, once more when every node knows it.
func (s *Service) Changed(ctx context.Context, tx *db.Tx, r event.Record, f setting.Changed) error {
	if f.Name != PlanName {
		return nil
	}
	var p Plan
	if err := json.Unmarshal(f.Value, &p); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.plan.Store(&p) })
	key := ReplanJob + ":" + strconv.FormatInt(r.ID, 10)
	return s.Jobs.Enqueue(ctx, tx,
		job.Spec{Kind: ReplanJob, Key: key, RunAt: r.Meta.At},
		job.Spec{Kind: ReplanJob, Key: key + ":again", RunAt: r.Meta.At.Add(lag)})
}

// replan writes for every open ticket when it is looked at next. Doing it again changes nothing.
func (s *Service) replan(ctx context.Context, _ job.Job) error {
	if err := s.Load(ctx); err != nil {
		return err
	}
	for after := ticket.ID(0); ; {
		last, err := s.Tickets.Replan(ctx, after, ticket.Replanning{Limit: 200, Also: s.Planned})
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
}

// Planned is called in every commit that changed a ticket, or planned it again: it writes down
// when the ticket is looked at next. What was raised already is not asked here; then the look
// comes at once and finds nothing to do.
func (s *Service) Planned(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
	scene, err := s.Scene(ctx, tx, t)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(scene.Clocks, func(c Clock) bool { return c.Running }) && !t.Open() {
		return leave(ctx, tx, t.ID)
	}
	at := ticket.Never
	if list := s.Plan().Moments(scene); len(list) > 0 {
		at = list[0].At
	}
	now := s.Clock.Now()
	if !at.After(now) {
		tx.AfterCommit(s.nudge)
	}
	return look(ctx, tx, t.ID, at, now)
}

// Look has a ticket looked at as soon as the commit is done: for rooms whose clocks changed.
func (s *Service) Look(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	now := s.Clock.Now()
	tx.AfterCommit(s.nudge)
	return look(ctx, tx, which, now, now)
}

// nudge wakes the loop of this process.
func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Alert is what stands on a ticket: the last step that was raised of a clock that still runs.
type Alert struct {
	Ticket ticket.ID
	ID     int64
	Clock  string
	Due    time.Time
	At     time.Time
}

// Alerts returns what stands on some tickets, for the rows of a list.
func (s *Service) Alerts(ctx context.Context, by access.Actor, list []ticket.ID) (map[ticket.ID]Alert, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil || len(list) == 0 {
		return nil, err
	}
	found, err := alerts(ctx, s.DB, list)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	out := make(map[ticket.ID]Alert, len(found))
	for _, a := range found {
		out[a.Ticket] = a
	}
	return out, nil
}

// Notice is an alert that somebody was told of on the page.
type Notice struct {
	ID     int64
	Ticket ticket.ID
	Clock  string
	Due    time.Time
	At     time.Time
}

// Notices returns what the actor was told and has not put away, newest first, while it stands.
func (s *Service) Notices(ctx context.Context, by access.Actor, limit int) ([]Notice, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil || by.Kind != access.Person {
		return nil, err
	}
	return notices(ctx, s.DB, person.ID(by.ID), limit)
}

// PutAway takes a notice off the actor's page.
func (s *Service) PutAway(ctx context.Context, by access.Actor, which int64) error {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := putAway(ctx, tx, which, person.ID(by.ID))
		return err
	})
}

// Entry is one escalation of a ticket as it was recorded.
type Entry struct {
	ID int64 // of the event
	At time.Time
	Raised
}

// ForTicket returns what was raised on a ticket, oldest first. Staff only.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Entry, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	records, err := s.Bus.List(ctx, s.DB, "escalation", int64(t.ID), 0, 500)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, r := range records {
		e := Entry{ID: r.ID, At: r.Meta.At}
		if err := json.Unmarshal(r.Data, &e.Raised); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
