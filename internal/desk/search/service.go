// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Clock   clock.Clock
	Jobs    *job.Queue
	People  *person.Service
	Tickets *ticket.Service // what names mean in a question, and for whom
}

// Service searches, and keeps the index.
type Service struct{ Parts }

// NewService makes the room and takes up its jobs.
func NewService(p Parts) *Service {
	s := &Service{p}
	s.handle()
	return s
}

// Query is what is looked for.
type Query struct {
	Text   string         // words, quotations and properties, as typed
	Cursor string         // from the page before
	Limit  int            // 1–100, 20 where 0
	Zone   *time.Location // of the reader, for days; UTC where nil
	Within ticket.Filter  // properties that a form or a program names by key; View is All, Done or empty
}

// Page is a stretch of what was found.
type Page struct {
	Asked    bool // something was asked at all
	Hits     []Hit
	People   []person.Person // staff only, with the first page: the newest few
	Persons  int             // how many people there are, maxCount at most
	Total    Total
	Next     string // cursor of the next page; empty on the last
	Building bool   // the index is being made: older tickets may be missing
}

// Total says how many tickets were found.
type Total struct {
	N     int
	More  bool // at least N: nobody counted further
	About bool // N by the index; the texts of some were not looked at
}

// Hit is a ticket that was found.
type Hit struct {
	Ticket  ticket.Ticket // without its detail
	Subject []Piece
	Where   Where // of Words; empty where they are the user's first words
	Author  person.ID
	Message ticket.MessageID // 0 where it was found in none
	Words   []Piece
}

// Piece is a stretch of text, and whether it is what was looked for.
type Piece struct {
	Text string
	Hit  bool
}

const (
	wide      = 500    // tickets that are ranked together where the index decides
	narrow    = 200    // and where their texts are looked at
	ownWindow = 2000   // of a requester, looked through one by one
	maxCount  = 10_000 // nobody counts further
	maxPeople = 5
	chunk     = 100 // tickets whose words are read together
	// turns bounds the windows without a result that one page looks through.
	turns = 20
)

// Find returns a page of the tickets, and the people, that the actor may see and that hold
// everything that is asked. Invalid where the question cannot be understood.
func (s *Service) Find(ctx context.Context, by access.Actor, q Query) (Page, error) {
	if by.Kind == access.Nobody {
		return Page{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 20
	}
	p, err := s.understand(ctx, by, q)
	if err != nil || p.empty() {
		return Page{Asked: strings.TrimSpace(q.Text) != ""}, err
	}
	from, err := readPlace(q.Cursor, s.Clock.Now())
	if err != nil {
		return Page{}, err
	}
	l := looking{s: s, q: s.DB.Long(), by: by, scope: access.Tickets(by), plan: p, ask: newAsk(p.groups)}
	out, err := l.page(ctx, from, q.Limit)
	if err != nil {
		return Page{}, err
	}
	out.Asked = true
	st, err := readState(ctx, s.DB)
	out.Building = st.Finished.IsZero() && l.scope.All
	if err == nil && q.Cursor == "" && by.Staff() && p.person {
		if out.People, err = s.peopleWho(ctx, l.q, p, "", math.MaxInt64, maxPeople); err == nil && len(out.People) > 0 {
			out.Persons, err = countPeople(ctx, l.q, s.DB.Engine(), newAsk(typing(p, "", true)), maxCount)
		}
	}
	return out, err
}

// PeoplePage is a stretch of the people who were found.
type PeoplePage struct {
	People []person.Person
	Total  int    // maxCount at most
	Next   string // cursor of the next page; empty on the last
}

// FindPeople returns a page of the people who hold all words that are asked for, newest first. A
// question that names a field finds none: fields are of tickets. Staff only.
func (s *Service) FindPeople(ctx context.Context, by access.Actor, q Query) (PeoplePage, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return PeoplePage{}, err
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 20
	}
	p, err := s.understand(ctx, by, q)
	if err != nil || !p.person {
		return PeoplePage{}, err
	}
	below := person.ID(math.MaxInt64)
	if q.Cursor != "" {
		n, err := strconv.ParseInt(strings.TrimPrefix(q.Cursor, "p"), 10, 64)
		if err != nil || n <= 0 {
			return PeoplePage{}, errs.Field("cursor", "search.cursor")
		}
		below = person.ID(n)
	}
	var out PeoplePage
	if out.People, err = s.peopleWho(ctx, s.DB.Long(), p, "", below, q.Limit+1); err != nil {
		return out, err
	}
	if len(out.People) > q.Limit {
		out.People = out.People[:q.Limit]
		out.Next = "p" + strconv.FormatInt(int64(out.People[q.Limit-1].ID), 10)
	}
	out.Total, err = countPeople(ctx, s.DB.Long(), s.DB.Engine(), newAsk(typing(p, "", true)), maxCount)
	return out, err
}

// looking is one question on its way.
type looking struct {
	s     *Service
	q     db.Querier
	by    access.Actor
	scope access.Scope
	plan  *plan
	ask   *ask
}

// window is a stretch of the tickets, newest first, that was looked through.
type window struct {
	rows []ranked
	more bool  // there are older ones
	last int64 // the oldest that was looked at
}

func (l *looking) page(ctx context.Context, from place, limit int) (out Page, err error) {
	for range turns {
		w, err := l.window(ctx, from)
		if err != nil {
			return Page{}, err
		}
		if !from.counted {
			if from.total, err = l.total(ctx, w); err != nil {
				return Page{}, err
			}
			from.counted = true
		}
		out.Total = from.total
		rest := from.after(w.rows)
		take := rest[:min(limit, len(rest))]
		hits, err := l.hits(ctx, take)
		if err != nil {
			return Page{}, err
		}
		out.Hits = hits
		out.Next = from.next(take, len(rest), w)
		if len(hits) > 0 || out.Next == "" {
			return out, nil
		}
		if from, err = readPlace(out.Next, l.s.Clock.Now()); err != nil {
			return Page{}, err
		}
	}
	return out, nil
}

// window looks through the next stretch: what the reader may not see leaves it before anything
// is weighed, and what the index guessed wrong as well.
func (l *looking) window(ctx context.Context, from place) (w window, err error) {
	var list []brief
	size := ownWindow
	switch {
	case l.scope.All:
		if size = wide; !l.plan.exact() {
			size = narrow
		}
		list, err = found(ctx, l.q, l.s.DB.Engine(), l.ask, l.plan, from.top, size)
	case l.scope.Requester != 0:
		list, err = own(ctx, l.q, l.s.DB.Engine(), l.plan, l.scope.Requester, from.top, size)
	}
	if err != nil || len(list) == 0 {
		return w, err
	}
	w.more, w.last = len(list) == size, int64(list[len(list)-1].ID)
	list = slices.DeleteFunc(list, func(t brief) bool { return !l.scope.Holds(t.Object()) })
	w.rows, err = l.check(ctx, list, from.now)
	slices.SortFunc(w.rows, byRank)
	return w, err
}

// check weighs the tickets of a window and looks into the texts of those that the index alone
// does not decide.
func (l *looking) check(ctx context.Context, list []brief, now time.Time) ([]ranked, error) {
	out := make([]ranked, 0, len(list))
	var open []ranked
	for _, t := range list {
		r, all := weigh(t, l.plan, now)
		if all || l.scope.All && l.plan.exact() {
			out = append(out, r)
		} else {
			open = append(open, r)
		}
	}
	for some := range slices.Chunk(open, chunk) {
		words, err := l.passages(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if l.plan.words.holds(r.asked, words[r.ID].words) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// story is a ticket with the words on it that the reader may see.
type story struct {
	ticket ticket.Ticket
	words  []cut
}

// passages reads the stories of tickets.
func (l *looking) passages(ctx context.Context, list []ranked) (map[ticket.ID]story, error) {
	if len(list) == 0 {
		return nil, nil
	}
	keys := make([]ticket.ID, 0, len(list))
	for _, r := range list {
		keys = append(keys, r.ID)
	}
	whole, err := ticketsOf(ctx, l.q, keys)
	if err != nil {
		return nil, err
	}
	words, err := read(ctx, l.q, whole, l.by.Staff())
	if err != nil {
		return nil, err
	}
	out := make(map[ticket.ID]story, len(whole))
	for _, t := range whole {
		one := story{ticket: t.Ticket}
		for _, p := range words[t.ID] {
			if p.where == InForm && !l.by.Staff() && int64(t.Requester) != l.by.ID {
				continue // who takes part reads what was said, not what was answered
			}
			one.words = append(one.words, cut{p, text.Units(p.text)})
		}
		out[t.ID] = one
	}
	return out, nil
}

// cut is a passage with its units.
type cut struct {
	passage
	units []text.Unit
}

// mostCounted is how far tickets are counted. PostgreSQL looks into every line for a word that
// half of them hold, at 15 µs each.
func mostCounted(e db.Engine) int {
	if e == db.Postgres {
		return 2000
	}
	return 10_000
}

// total counts what the reader may see of what was found.
func (l *looking) total(ctx context.Context, first window) (Total, error) {
	if !first.more {
		return Total{N: len(first.rows)}, nil
	}
	if !l.scope.All {
		return Total{N: len(first.rows), More: true}, nil
	}
	most, e := mostCounted(l.s.DB.Engine()), l.s.DB.Engine()
	var n int
	var err error
	if l.plan.whole && !l.ask.empty() {
		n, err = count(ctx, l.q, e, l.ask, most+1)
	} else {
		n, err = countFields(ctx, l.q, e, l.ask, l.plan, most+1)
	}
	t := Total{N: n, About: !l.plan.exact()}
	if n > most {
		t = Total{N: most, More: true, About: t.About}
	}
	return t, err
}
