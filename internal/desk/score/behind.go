// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Figure is a number of tickets among those that were scored.
type Figure string

// The figures. Needed are Confirmed and Unconfirmed together.
const (
	FigureTickets     Figure = "tickets"
	FigureConfirmed   Figure = "confirmed"
	FigureUnconfirmed Figure = "unconfirmed"
	FigureNeeded      Figure = "needed"
	FigureRated       Figure = "rated"
)

// Of is one of the figures; false where there is none of that name.
func (s Sum) Of(f Figure) (n int64, ok bool) {
	switch f {
	case FigureTickets:
		return s.Tickets, true
	case FigureConfirmed:
		return s.Confirmed, true
	case FigureUnconfirmed:
		return s.Unconfirmed, true
	case FigureNeeded:
		return s.Confirmed + s.Unconfirmed, true
	case FigureRated:
		return s.Rated, true
	}
	return 0, false
}

// Pick names one figure by the line in which it stands. Zero fields do not narrow.
type Pick struct {
	Figure   Figure
	Group    *person.GroupID
	Category *catalog.CategoryID
	Agent    *person.ID
	Spread   string // of the people in whom this score of Category lies apart
	After    string // goes on behind this place of the list
	Limit    int    // 1–200; 50 where 0
}

// Entry is a ticket that a figure counts.
type Entry struct {
	Ticket   ticket.ID
	Closed   time.Time
	As       ticket.Outcome
	Group    person.GroupID
	Category catalog.CategoryID
	Agent    person.ID
	Rating   int // 1–5; 0 for none
}

// Behind is what stands behind a figure: how many tickets it counts, and a stretch of them.
type Behind struct {
	Count int64
	List  []Entry // what was closed last stands first
	Next  string  // place of the next stretch; empty on the last
}

// Behind lists the tickets that a figure of the Answer to a question counts. Its lines name who did each,
// so that whoever may not compare people gets their own alone: what is added up without names opens for
// nobody.
//
// Errors: as Ask; Denied for figures of others; NotFound for a figure that there is not; Invalid in "after".
func (s *Service) Behind(ctx context.Context, by access.Actor, q Question, p Pick, loc *time.Location) (Behind, error) {
	if _, ok := (Sum{}).Of(p.Figure); !ok {
		return Behind{}, errs.New(errs.NotFound, "errs.not_found")
	}
	a, err := s.Ask(ctx, by, q, loc)
	if err != nil {
		return Behind{}, err
	}
	me := person.ID(by.ID)
	if !a.All && (p.Agent == nil || *p.Agent != me || me == 0) {
		return Behind{}, errs.New(errs.Denied, "access.denied")
	}
	after, err := readSpot(p.After)
	if err != nil {
		return Behind{}, err
	}
	if p.Limit <= 0 || p.Limit > mostBehind {
		p.Limit = 50
	}
	people, every := p.people(a.Cells)
	if q.Agent != 0 {
		people, every = slices.DeleteFunc(append(people, q.Agent), func(x person.ID) bool { return x != q.Agent }), false
	}
	b := Behind{}
	for _, c := range a.Cells {
		if (p.Group == nil || *p.Group == c.Group) && (p.Category == nil || *p.Category == c.Category) && (every || slices.Contains(people, c.Agent)) {
			n, _ := c.Of(p.Figure)
			b.Count += n
		}
	}
	first, to := a.Weeks[0], a.Weeks[len(a.Weeks)-1].AddDate(0, 0, 7)
	if b.List, err = behind(ctx, s.DB.Long(), first, to, q, p, people, every, after); err != nil {
		return Behind{}, err
	}
	if len(b.List) > p.Limit {
		b.List = b.List[:p.Limit]
		last := b.List[p.Limit-1]
		b.Next = strconv.FormatInt(last.Closed.UnixMilli(), 10) + "." + strconv.FormatInt(int64(last.Ticket), 10)
	}
	return b, nil
}

// people are those whose tickets are picked, or that everybody's are.
func (p Pick) people(cells []Cell) (list []person.ID, every bool) {
	switch {
	case p.Agent != nil:
		return []person.ID{*p.Agent}, false
	case p.Spread == "":
		return nil, true
	}
	for _, x := range Spreads(cells) {
		if p.Category != nil && x.Category == *p.Category && x.Score == p.Spread {
			for _, l := range x.Of {
				list = append(list, l.Key)
			}
		}
	}
	return list, false
}

// mostBehind bounds a stretch of a list.
const mostBehind = 200

// spot is where a list goes on: behind a ticket. The zero spot is before the first.
type spot struct {
	at     time.Time
	ticket int64
}

// readSpot reads the place of a list. Invalid in "after".
func readSpot(text string) (spot, error) {
	if text == "" {
		return spot{}, nil
	}
	when, which, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(when, 10, 64)
	id, wrong := strconv.ParseInt(which, 10, 64)
	if err != nil || wrong != nil || at < 0 || at > 1<<52 {
		return spot{}, errs.Field("after", "promise.cursor")
	}
	return spot{time.UnixMilli(at), id}, nil
}
