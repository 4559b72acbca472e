// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/memo"
)

// board holds every open ticket in memory, as far as filters ask about it and with its first
// words, so that the counts beside the views cost no SQL. It is fed after each commit; other nodes
// hear by the hub and call Refresh.
type board struct {
	mu      sync.RWMutex
	rows    map[ID]*square
	closed  *memo.Memo[ID, int64] // as of which version those are closed that left it lately
	counted map[asked]count       // since the last change, for as long as countFresh
}

// asked is who counts what: the ready-made lists where filters is empty.
type asked struct {
	by      access.Actor
	filters string
}

// count is what was counted for somebody, and when.
type count struct {
	at time.Time
	Counts
	sizes []int
}

// countFresh is how long a count stands when nothing changes but the time: it is written beside
// a view, and every page shows it.
const countFresh = time.Second

// keepClosed is how many tickets that left the board are remembered at least. What is older than
// a closing arrives within moments of it.
const keepClosed = 4096

type square struct {
	version int64
	queue.Row
}

func newBoard() *board {
	return &board{rows: map[ID]*square{}, closed: memo.New[ID, int64](keepClosed), counted: map[asked]count{}}
}

func (b *board) put(t Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.rows[t.ID]; ok && old.version > t.Version {
		return // a later commit was quicker to arrive
	}
	if closed, ok := b.closed.Get(t.ID); ok && closed > t.Version {
		return // so was the one that closed it
	}
	clear(b.counted)
	if !t.Open() {
		delete(b.rows, t.ID)
		b.closed.Put(t.ID, t.Version, 1)
		return
	}
	b.rows[t.ID] = &square{t.Version, t.row()}
}

// besides returns what is on the board and not among these.
func (b *board) besides(list []Ticket) (out []ID) {
	read := make(map[ID]bool, len(list))
	for _, t := range list {
		read[t.ID] = true
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for which := range b.rows {
		if !read[which] {
			out = append(out, which)
		}
	}
	return out
}

// LoadBoard reads every open ticket, at start and where some news of other nodes may have been
// missed. What is on the board and was not among them is looked at again: another node closed it,
// or it has come since.
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
	for _, which := range s.board.besides(list) {
		err = errors.Join(err, s.Refresh(ctx, which))
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
func (s *Service) Counts(ctx context.Context, by access.Actor) Counts {
	now := s.Clock.Now()
	if old, ok := s.board.fresh(asked{by: by}, now); ok {
		return old.Counts
	}
	c := Counts{Views: map[View]int{}, Groups: map[person.GroupID]int{}}
	var trees []queue.Tree
	for _, v := range countedViews() {
		t, _ := v.Tree()
		trees = append(trees, t)
	}
	plans, err := s.Plans(ctx, by, trees...)
	if err != nil {
		return c // a page is worth more than the figures beside it
	}
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	n := make([]int, len(plans))
	s.board.count(by, plans, n, func(r *queue.Row) { c.Groups[person.GroupID(r.Group)]++ })
	for i, v := range countedViews() {
		c.Views[v] = n[i]
	}
	s.board.counted[asked{by: by}] = count{at: now, Counts: c}
	return c
}

// Sizes counts what List would show the actor, filter by filter, without SQL: -1 for a filter that
// closed tickets can pass, which are not in memory.
func (s *Service) Sizes(ctx context.Context, by access.Actor, list ...queue.Tree) ([]int, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var key strings.Builder
	for _, t := range list {
		key.WriteString(t.String() + "\n")
	}
	now, ask := s.Clock.Now(), asked{by, key.String()}
	if old, ok := s.board.fresh(ask, now); ok {
		return old.sizes, nil
	}
	plans, err := s.Plans(ctx, by, list...)
	if err != nil {
		return nil, err
	}
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	n := make([]int, len(plans))
	s.board.count(by, plans, n, nil)
	for i := range plans {
		if !plans[i].OnlyOpen() {
			n[i] = -1
		}
	}
	s.board.counted[ask] = count{at: now, sizes: n}
	return n, nil
}

// Each shows a reader's open tickets to fn, one after the other, in no order, as far as filters
// ask about them. It must be quick: nothing else is counted meanwhile.
func (s *Service) Each(by access.Actor, fn func(*queue.Row)) {
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	s.board.count(by, nil, nil, fn)
}

func (b *board) fresh(ask asked, now time.Time) (count, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	old, ok := b.counted[ask]
	return old, ok && !now.Before(old.at) && now.Sub(old.at) < countFresh
}

// count goes over the open tickets that somebody may see. The caller holds the lock.
func (b *board) count(by access.Actor, plans []queue.Plan, n []int, each func(*queue.Row)) {
	scope := access.Tickets(by)
	for which, q := range b.rows {
		if !scope.Holds(access.Object{Ticket: int64(which), Requester: q.Requester, Parties: q.Parties}) {
			continue
		}
		if each != nil {
			each(&q.Row)
		}
		for i := range plans {
			if plans[i].Holds(&q.Row) {
				n[i]++
			}
		}
	}
}

func countedViews() [8]View {
	return [8]View{Risk, Mine, Unclaimed, ForUser, Promised, Overdue, ToConfirm, ToArchive}
}
