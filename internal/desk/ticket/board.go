// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// board holds every open ticket in memory, about 120 bytes each, so that the counts beside
// the views cost no SQL. It is fed after each commit; other nodes hear by the hub and call Refresh.
type board struct {
	mu      sync.RWMutex
	rows    map[ID]square
	counted map[access.Actor]count // since the last change, for as long as countFresh
}

// count is what was counted for somebody, and when.
type count struct {
	at time.Time
	Counts
}

// countFresh is how long a count stands when nothing changes but the time: it is written beside
// a view, and every page shows it.
const countFresh = time.Second

type square struct {
	version   int64
	requester person.ID
	parties   []int64
	owner     person.ID
	assignee  person.ID
	group     person.GroupID
	priority  triage.Priority
	status    Status
	clock     string
	due       time.Time
	promise   time.Time
	pending   Waiting
}

func newBoard() *board { return &board{rows: map[ID]square{}, counted: map[access.Actor]count{}} }

func (b *board) put(t Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.rows[t.ID]; ok && old.version > t.Version {
		return // a later commit was quicker to arrive
	}
	clear(b.counted)
	if !t.Open() {
		delete(b.rows, t.ID)
		return
	}
	b.rows[t.ID] = square{
		version: t.Version, requester: t.Requester, parties: parties(t.Detail.Participants), owner: t.Owner, assignee: t.Assignee, group: t.Group, priority: t.Priority,
		status: t.Status, clock: t.NextClock, due: t.NextDue, promise: t.PromiseAt, pending: t.Pending,
	}
}

// LoadBoard reads every open ticket once, at start.
func (s *Service) LoadBoard(ctx context.Context) error {
	list, err := db.All(ctx, s.DB, scan, `SELECT `+listColumns+` FROM ticket WHERE is_open = 1`)
	if err != nil {
		return err
	}
	taking, err := openParticipants(ctx, s.DB)
	for _, t := range list {
		t.Detail.Participants = taking[t.ID]
		s.board.put(t)
	}
	return err
}

// Refresh reads one ticket again after a hint from another node.
func (s *Service) Refresh(ctx context.Context, which ID) error {
	t, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err == nil {
		s.board.put(t)
	}
	return err
}

// Counts are the numbers beside the views and groups; to be read only.
type Counts struct {
	Views  map[View]int
	Groups map[person.GroupID]int
}

// Counts counts what List would show the actor, view by view (S24: never more).
func (s *Service) Counts(by access.Actor) Counts {
	now := s.Clock.Now()
	s.board.mu.RLock()
	old, ok := s.board.counted[by]
	s.board.mu.RUnlock()
	if ok && !now.Before(old.at) && now.Sub(old.at) < countFresh {
		return old.Counts
	}
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	c := s.board.count(by, now)
	s.board.counted[by] = count{now, c}
	return c
}

func (b *board) count(by access.Actor, now time.Time) Counts {
	scope := access.Tickets(by)
	c := Counts{Views: map[View]int{}, Groups: map[person.GroupID]int{}}
	var n [8]int
	for which, q := range b.rows {
		if !scope.Holds(access.Object{Ticket: int64(which), Requester: int64(q.requester), Parties: q.parties}) {
			continue
		}
		c.Groups[q.group]++
		for i, in := range q.views(person.ID(by.ID), now) {
			if in {
				n[i]++
			}
		}
	}
	for i, v := range countedViews() {
		c.Views[v] = n[i]
	}
	return c
}

func countedViews() [8]View {
	return [8]View{Risk, Mine, Unclaimed, ForUser, Promised, Overdue, ToConfirm, ToArchive}
}

// views is the predicate beside where.view; a test holds the two equal.
func (q square) views(me person.ID, now time.Time) [8]bool {
	return [8]bool{
		true,
		q.owner == me || q.assignee == me,
		q.status == New,
		q.pending == ForRequester,
		!q.promise.IsZero() && q.promise.Before(now.Add(time.Hour)),
		q.due.Before(now),
		q.status == Resolved && q.clock != ClockArchive,
		q.status == Resolved && q.clock == ClockArchive,
	}
}
