// SPDX-License-Identifier: Apache-2.0

package score

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/report"
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
	People  *person.Service
	Reports *report.Service
	Norm    *norm.Service

	Jobs      *job.Queue
	Catalog   *catalog.Desk
	Knowledge *knowledge.Service
	Problems  *problem.Service
	Notices   *notify.Service
	// Zone is the desk's: where months begin for the report by mail.
	Zone func(ctx context.Context) *time.Location
}

// Service scores and counts.
type Service struct{ Parts }

// NewService makes the room and takes charge of its job.
func NewService(p Parts) *Service {
	s := &Service{p}
	p.Jobs.Handle(MonthJob, s.mailMonth, job.Timeout(10*time.Minute), job.Limit(1))
	return s
}

// Follow computes what is kept of a ticket, for report.Beside.
func (s *Service) Follow(ctx context.Context, told []report.Told, runs []report.Outcome) func(context.Context, *db.Tx) error {
	facts := noted(told)
	var t ticket.Ticket
	var excuses []Deviation
	for _, n := range facts {
		t = ticket.Apply(t, n.Fact, n.Meta)
		if f, ok := n.Fact.(ticket.Deviated); ok {
			excuses = append(excuses, Deviation{
				Ticket: t.ID, Event: n.ID, At: n.Meta.At, By: person.ID(n.Meta.ActorID), Group: t.Group, Clause: f.Clause, Gap: f.Gap, Reason: f.Reason,
			})
		}
	}
	var c norm.Conformance
	if !t.Open() {
		c = s.Norm.JudgeFacts(t, facts)
	}
	sheet, done := Compute(told, runs, c)
	return func(ctx context.Context, tx *db.Tx) error {
		if err := keepDeviations(ctx, tx, t.ID, excuses); err != nil {
			return err
		}
		if !done {
			return forget(ctx, tx, t.ID)
		}
		return keep(ctx, tx, sheet, missed(c))
	}
}

func noted(told []report.Told) []norm.Noted {
	out := make([]norm.Noted, 0, len(told))
	for _, n := range told {
		out = append(out, norm.Noted{ID: n.ID, Meta: n.Meta, Fact: n.Fact})
	}
	return out
}

func missed(c norm.Conformance) []string {
	var out []string
	for _, v := range c.Verdicts {
		if v.State == norm.Missed && !slices.Contains(out, v.Clause) {
			out = append(out, v.Clause)
		}
	}
	return out
}

// OfTicket scores a ticket that the caller has read, from facts at hand. False where it is not closed
// or nothing was done that could be scored.
//
// Errors: Denied for whoever does not work on tickets.
func (s *Service) OfTicket(ctx context.Context, by access.Actor, t ticket.Ticket, told []report.Told) (Sheet, bool, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return Sheet{}, false, err
	}
	if t.Open() {
		return Sheet{}, false, nil
	}
	sheet, ok := Compute(told, report.Outcomes(told, s.Reports.Clocks.Rulebook()), s.Norm.JudgeFacts(t, noted(told)))
	return sheet, ok, nil
}

// Question narrows what is counted. Zero fields do not narrow.
type Question struct {
	Until    time.Time // a moment of the last week; the present week where zero
	Weeks    int       // 1–report.MaxWeeks, the last week included; 12 where 0
	Group    person.GroupID
	Category catalog.CategoryID
	Agent    person.ID // leads only; agents are asked for themselves
}

// Cell counts the tickets of one week, group, category and agent. Sums are of those that have the
// score; a mean is Sum by its Count.
type Cell struct {
	Week     time.Time // the Monday on which it began
	Group    person.GroupID
	Category catalog.CategoryID
	Agent    person.ID // 0 where the reader may not compare people: then of three at least
	Sum
}

// Sum adds up tickets.
type Sum struct {
	Tickets     int64
	Confirmed   int64 // needed the requester's word and have it
	Unconfirmed int64 // needed it, and the time for it ran out
	Rated       int64
	Stars       int64 // of those that were rated, added up
	sums        [3]int64
	counts      [3]int64
}

// Add adds up.
func (s Sum) Add(o Sum) Sum {
	s.Tickets, s.Confirmed, s.Unconfirmed = s.Tickets+o.Tickets, s.Confirmed+o.Confirmed, s.Unconfirmed+o.Unconfirmed
	s.Rated, s.Stars = s.Rated+o.Rated, s.Stars+o.Stars
	for i := range s.sums {
		s.sums[i] += o.sums[i]
		s.counts[i] += o.counts[i]
	}
	return s
}

// Mean is the mean of each score over the tickets that have it.
func (s Sum) Mean() Three {
	mean := func(i int) int {
		if s.counts[i] == 0 {
			return None
		}
		return int(s.sums[i] / s.counts[i])
	}
	return Three{mean(0), mean(1), mean(2)}
}

// Truth is the share of confirmed closures of those that needed the requester's word, in tenths of a
// percent, rounded down so that only all of them are 1000; -1 where none needed it (N35).
func (s Sum) Truth() int64 {
	all := s.Confirmed + s.Unconfirmed
	if all == 0 {
		return None
	}
	return s.Confirmed * 1000 / all
}

// Rating is the mean rating in tenths of a star, 0 where nobody rated.
func (s Sum) Rating() int64 {
	if s.Rated == 0 {
		return 0
	}
	return s.Stars * 10 / s.Rated
}

// Answer is what was counted.
type Answer struct {
	Weeks []time.Time // every one that was asked for
	Cells []Cell
	Own   Sum  // the reader's own tickets
	All   bool // the reader sees everybody by name
}

// Ask counts week by week in loc, after following the log for a moment.
//
// Errors: Invalid in "weeks"; Denied. Agents get the groups that they belong to, and nobody by name but
// themselves: their colleagues are added up, and never fewer than three of them.
func (s *Service) Ask(ctx context.Context, by access.Actor, q Question, loc *time.Location) (Answer, error) {
	if err := access.Can(by, access.ReportRead, access.Object{}); err != nil {
		return Answer{}, err
	}
	first, last, err := s.span(q.Weeks, q.Until, loc)
	if err != nil {
		return Answer{}, err
	}
	if err := s.Reports.CatchUp(ctx); err != nil {
		return Answer{}, err
	}
	a := Answer{All: access.Can(by, access.LeadRead, access.Object{}) == nil}
	own, me := s.Reports.Own(ctx, by), person.ID(by.ID)
	for _, stretch := range calendar.Weeks(first, last) {
		for w := stretch.From; w.Before(stretch.To); w = w.AddDate(0, 0, 7) {
			a.Weeks = append(a.Weeks, w)
		}
		list, err := cells(ctx, s.DB.Long(), stretch, q)
		if err != nil {
			return Answer{}, err
		}
		for _, c := range list {
			if c.Agent == me && me != 0 {
				a.Own = a.Own.Add(c.Sum)
			}
		}
		if !a.All {
			list = blind(slices.DeleteFunc(list, func(c Cell) bool { return !slices.Contains(own, c.Group) && c.Agent != me }), me)
		}
		for _, c := range list {
			if q.Agent == 0 || c.Agent == q.Agent {
				a.Cells = append(a.Cells, c)
			}
		}
	}
	return a, nil
}

// span is the Monday of the first and of the last of some weeks, the present one where until is zero.
// Invalid in "weeks".
func (s *Service) span(weeks int, until time.Time, loc *time.Location) (first, last time.Time, err error) {
	if weeks == 0 {
		weeks = 12
	}
	if weeks < 0 || weeks > report.MaxWeeks {
		return first, last, errs.Field("weeks", "report.weeks", "Max", report.MaxWeeks)
	}
	if until.IsZero() {
		until = s.Clock.Now()
	}
	last = calendar.Monday(until, loc)
	return last.AddDate(0, 0, -7*(weeks-1)), last, nil
}

// Total adds everything up.
func (a Answer) Total() (s Sum) {
	for _, c := range a.Cells {
		s = s.Add(c.Sum)
	}
	return s
}

// Line is a sum with what it is the sum of.
type Line[K comparable] struct {
	Key K
	Sum
}

// By adds cells up by a key, in the order of first appearance.
func By[K comparable](cells []Cell, key func(Cell) K) []Line[K] {
	at := map[K]int{}
	var out []Line[K]
	for _, c := range cells {
		k := key(c)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Line[K]{Key: k})
		}
		out[i].Sum = out[i].Add(c.Sum)
	}
	return out
}

// ByWeek adds cells up by week, those without any among them, the earliest first.
func (a Answer) ByWeek() []Line[time.Time] {
	sums := map[time.Time]Sum{}
	for _, c := range a.Cells {
		sums[c.Week] = sums[c.Week].Add(c.Sum)
	}
	out := make([]Line[time.Time], 0, len(a.Weeks))
	for _, w := range a.Weeks {
		out = append(out, Line[time.Time]{w, sums[w]})
	}
	return out
}
