// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
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
	Catalog *catalog.Desk
	// Articles finds what is published; nil where nobody keeps articles.
	Articles *knowledge.Service
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
	People   []person.Person // staff only, with the first page
	Articles []Article       // with the first page
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
	if p.articles && (len(p.clauses) > 0 || !p.from.IsZero() || !p.to.IsZero()) {
		return Page{}, errs.Field("q", "search.article_alone")
	}
	if p.articles {
		list, err := s.articlesOf(ctx, by, p, "", maxArticles)
		return Page{Asked: true, Articles: list, Total: Total{N: len(list)}}, err
	}
	from, err := readPlace(q.Cursor, s.Clock.Now())
	if err != nil {
		return Page{}, err
	}
	l := looking{s: s, q: s.DB.Long(), by: by, scope: access.Tickets(by), plan: p, ask: newAsk(p.groups())}
	out, err := l.page(ctx, from, q.Limit)
	if err != nil {
		return Page{}, err
	}
	out.Asked = true
	st, err := readState(ctx, s.DB)
	out.Building = st.Finished.IsZero() && l.scope.All
	if err == nil && q.Cursor == "" && by.Staff() && len(p.clauses) == 0 && len(p.patterns) > 0 {
		out.People, err = s.peopleWho(ctx, l.q, p, "", maxPeople)
	}
	if err == nil && q.Cursor == "" && len(p.clauses) == 0 && p.from.IsZero() && p.to.IsZero() {
		out.Articles, err = s.articlesOf(ctx, by, p, "", besideTickets)
	}
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
	var list []ticket.Ticket
	size := ownWindow
	switch {
	case l.scope.All:
		if size = wide; !l.plan.exact() {
			size = narrow
		}
		list, err = found(ctx, l.q, l.s.DB.Engine(), l.ask, len(l.plan.clauses) > 0, from.top, size)
	case l.scope.Requester != 0:
		list, err = own(ctx, l.q, l.scope.Requester, from.top, size)
	}
	if err != nil || len(list) == 0 {
		return w, err
	}
	w.more, w.last = len(list) == size, int64(list[len(list)-1].ID)
	list = slices.DeleteFunc(list, func(t ticket.Ticket) bool { return !l.scope.Holds(t.Object()) || !l.plan.has(t) })
	w.rows, err = l.check(ctx, list, from.now)
	slices.SortFunc(w.rows, byRank)
	return w, err
}

// check weighs the tickets of a window and looks into the texts of those that the index alone
// does not decide.
func (l *looking) check(ctx context.Context, list []ticket.Ticket, now time.Time) ([]ranked, error) {
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
	if !l.scope.All { // their index is the text: properties of it are looked at as well
		open, out = append(open, out...), nil
	}
	for some := range slices.Chunk(open, chunk) {
		words, err := l.passages(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if l.holds(words[r.ID].words) {
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

// holds reports whether the passages of a ticket hold all words, each in whichever.
func (l *looking) holds(list []cut) bool {
	for _, x := range l.plan.patterns {
		if !slices.ContainsFunc(list, func(c cut) bool { return x.In(c.units) }) {
			return false
		}
	}
	return !l.plan.files() || slices.ContainsFunc(list, func(c cut) bool { return c.where == InFile })
}

// files reports whether attachments are asked for.
func (p *plan) files() bool {
	attachment := text.Mark(byHas, "attachment")
	return slices.ContainsFunc(p.clauses, func(c clause) bool { return slices.Contains(c.any, attachment) })
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
	most := mostCounted(l.s.DB.Engine())
	n, err := count(ctx, l.q, l.s.DB.Engine(), l.ask, most+1)
	t := Total{N: n, About: !l.plan.exact() || !l.plan.from.IsZero() || !l.plan.to.IsZero()}
	if n > most {
		t = Total{N: most, More: true, About: t.About}
	}
	return t, err
}
