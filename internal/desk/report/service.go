// SPDX-License-Identifier: Apache-2.0

package report

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	People   *person.Service
	Tickets  *ticket.Service
	Clocks   *sla.Service
	Promises *promise.Service
	Beside   Beside // what else follows the log; nil for nothing
}

// Beside is computed of a ticket with what is kept of it here, and what it returns is kept in the same
// commit: one reading of the log for every room that counts.
type Beside func(ctx context.Context, told []Told, runs []Outcome) func(ctx context.Context, tx *db.Tx) error

// Service counts.
type Service struct{ Parts }

// NewService makes the room.
func NewService(p Parts) *Service { return &Service{p} }

// MaxWeeks bounds a report: two years.
const MaxWeeks = 104

// Question narrows a report. Zero fields do not narrow.
type Question struct {
	Until    time.Time // a moment of the last week; the present week where zero
	Weeks    int       // 1–MaxWeeks, the last week included; 12 where 0
	Group    person.GroupID
	Priority triage.Priority
}

// span is the Monday of the first and of the last week. Invalid in "weeks".
func (q Question) span(now time.Time, loc *time.Location) (first, last time.Time, err error) {
	if q.Weeks == 0 {
		q.Weeks = 12
	}
	if q.Weeks < 0 || q.Weeks > MaxWeeks {
		return first, last, errs.Field("weeks", "report.weeks", "Max", MaxWeeks)
	}
	if q.Until.IsZero() {
		q.Until = now
	}
	last = calendar.Monday(q.Until, loc)
	return last.AddDate(0, 0, -7*(q.Weeks-1)), last, nil
}

// Ask counts what was kept and broken, week by week in loc. It follows the log before, for a
// moment: what happened is in the report unless very much happened.
//
// Errors: Invalid in "weeks"; Denied. Agents get the groups that they belong to.
func (s *Service) Ask(ctx context.Context, by access.Actor, q Question, loc *time.Location) (Report, error) {
	if err := access.Can(by, access.ReportRead, access.Object{}); err != nil {
		return Report{}, err
	}
	now := s.Clock.Now()
	first, last, err := q.span(now, loc)
	if err != nil {
		return Report{}, err
	}
	if err := s.catchUp(ctx); err != nil {
		return Report{}, err
	}
	seen := s.seen(ctx, by, q)
	var r Report
	for week := first; !week.After(last); week = week.AddDate(0, 0, 7) {
		r.Weeks = append(r.Weeks, week)
	}
	for _, stretch := range calendar.Weeks(first, last) { // between two changes of the clocks: one query each
		rows, err := clocks(ctx, s.DB.Long(), stretch, now)
		if err != nil {
			return Report{}, err
		}
		for _, x := range rows {
			if seen.holds(x.Group, x.Priority) {
				r.Rows = append(r.Rows, x)
			}
		}
		list, err := flows(ctx, s.DB.Long(), stretch)
		if err != nil {
			return Report{}, err
		}
		for _, x := range list {
			if seen.holds(x.Group, x.Priority) {
				r.Flows = append(r.Flows, x)
			}
		}
	}
	said, err := s.promises(ctx, first, last, loc)
	for _, x := range said {
		if seen.holds(x.Group, x.Priority) {
			r.Rows = append(r.Rows, x)
		}
	}
	return r, err
}

// patience is how long a reader waits for the log to be followed.
const patience = time.Second

// CatchUp follows the log for a moment, before something that is kept beside is read.
func (s *Service) CatchUp(ctx context.Context) error { return s.catchUp(ctx) }

// catchUp follows the log for a moment. What is left after it comes with the next report.
func (s *Service) catchUp(ctx context.Context) error {
	short, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := s.Follow(short)
	if err != nil && short.Err() != nil && ctx.Err() == nil {
		return nil
	}
	return err
}

// seen is what a reader gets to see of what was counted.
type seen struct {
	groups   []person.GroupID // nil for every one
	priority triage.Priority  // 0 for every one
}

// seen says which rows a reader gets.
func (s *Service) seen(ctx context.Context, by access.Actor, q Question) seen {
	x := seen{groups: s.Own(ctx, by), priority: q.Priority}
	if q.Group != 0 {
		x = x.only(q.Group)
	}
	return x
}

// only narrows it to one group, where it holds that one.
func (x seen) only(g person.GroupID) seen {
	if x.groups == nil || slices.Contains(x.groups, g) {
		x.groups = []person.GroupID{g}
	} else {
		x.groups = []person.GroupID{}
	}
	return x
}

func (x seen) holds(g person.GroupID, p triage.Priority) bool {
	return (x.groups == nil || slices.Contains(x.groups, g)) && (x.priority == 0 || x.priority == p)
}

// Own lists the groups that a reader gets to see: nil for every one.
func (s *Service) Own(ctx context.Context, by access.Actor) []person.GroupID {
	if access.Can(by, access.LeadRead, access.Object{}) == nil {
		return nil
	}
	return append([]person.GroupID{}, s.People.GroupsOf(ctx, person.ID(by.ID))...)
}

// promises counts the times that were told, as the room of promises keeps them.
func (s *Service) promises(ctx context.Context, from, to time.Time, loc *time.Location) ([]Row, error) {
	list, err := s.Promises.Counts(ctx, access.Desk(), from, to, loc)
	return told(list), err
}

// Between counts one stretch of time as a whole, of one group or of all (0), for whoever leads. What
// happened is in it unless very much happened.
//
// Errors: Denied.
func (s *Service) Between(ctx context.Context, by access.Actor, from, to time.Time, group person.GroupID) (Report, error) {
	if err := access.Can(by, access.LeadRead, access.Object{}); err != nil {
		return Report{}, err
	}
	if err := s.catchUp(ctx); err != nil {
		return Report{}, err
	}
	seen, stretch := s.seen(ctx, by, Question{Group: group}), calendar.Stretch{From: from, To: to, Week: to.Sub(from)}
	r := Report{Weeks: []time.Time{from}}
	rows, err := clocks(ctx, s.DB.Long(), stretch, s.Clock.Now())
	if err != nil {
		return Report{}, err
	}
	list, err := s.Promises.Between(ctx, access.Desk(), from, to)
	if err != nil {
		return Report{}, err
	}
	for _, x := range append(rows, told(list)...) {
		if seen.holds(x.Group, x.Priority) {
			r.Rows = append(r.Rows, x)
		}
	}
	came, err := flows(ctx, s.DB.Long(), stretch)
	for _, x := range came {
		if seen.holds(x.Group, x.Priority) {
			r.Flows = append(r.Flows, x)
		}
	}
	return r, err
}

// told are counts of promises as rows.
func told(list []promise.Count) []Row {
	type key struct {
		week     time.Time
		group    person.GroupID
		priority triage.Priority
	}
	at := map[key]int{}
	var out []Row
	for _, c := range list {
		k := key{c.Week, c.Group, c.Priority}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Row{Week: c.Week, Group: c.Group, Priority: c.Priority, What: Promise})
		}
		out[i].count(ofPromise(c.State), c.Count)
	}
	return out
}

// Stored returns what is kept of the clocks of a ticket, in order of their runs, and Computed
// what its facts give now: they are equal once Follow has returned.
func (s *Service) Stored(ctx context.Context, which ticket.ID) ([]Outcome, error) {
	return stored(ctx, s.DB, which)
}

// Computed computes the outcomes of a ticket from its facts, in order of their runs.
func (s *Service) Computed(ctx context.Context, which ticket.ID) ([]Outcome, Tally, error) {
	records, err := s.Bus.ListOf(ctx, s.DB, "ticket", []int64{int64(which)})
	if err != nil {
		return nil, Tally{}, err
	}
	told, err := Read(records)
	list := Outcomes(told, s.Clocks.Rulebook())
	slices.SortFunc(list, func(a, b Outcome) int {
		switch {
		case a.Run < b.Run:
			return -1
		case a.Run > b.Run:
			return 1
		}
		return 0
	})
	return list, Count(told), err
}
