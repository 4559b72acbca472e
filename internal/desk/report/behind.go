// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Figure is a number of the report that counts something of tickets.
type Figure string

// The figures: of clocks and promises, and of the tickets that were opened.
const (
	FigureKept       Figure = "kept"
	FigureBroken     Figure = "broken"
	FigureLate       Figure = "late"
	FigureOpen       Figure = "open"
	FigureMoved      Figure = "moved"
	FigureOpened     Figure = "opened"
	FigureClosed     Figure = "closed"
	FigureReassigned Figure = "reassigned"
	FigureReopened   Figure = "reopened"
	FigureRejected   Figure = "rejected"
)

// ClockFigures are those of a line about clocks and promises, in the order in which they are shown.
func ClockFigures() []Figure {
	return []Figure{FigureKept, FigureBroken, FigureLate, FigureOpen, FigureMoved}
}

// FlowFigures are those of a line about what came and went.
func FlowFigures() []Figure {
	return []Figure{FigureOpened, FigureClosed, FigureReassigned, FigureReopened, FigureRejected}
}

// ofPromise is the figure in which a promise is counted; none for one that is no longer needed.
func ofPromise(s promise.State) Figure {
	switch s {
	case promise.Kept:
		return FigureKept
	case promise.Broken:
		return FigureBroken
	case promise.Renegotiated:
		return FigureMoved
	case promise.Open:
		return FigureOpen
	case promise.Void:
	}
	return ""
}

// Pick names one figure of a report by the line in which it stands. Zero fields do not narrow.
type Pick struct {
	Figure   Figure
	What     string    // a clock, or Promise
	Week     time.Time // a moment of it
	Group    *person.GroupID
	Priority triage.Priority
	After    string // goes on behind this place of the list
	Limit    int    // 1–200; 50 where 0
}

// Entry is one time that a figure counts a ticket: a run of a clock, a promise, or the ticket itself.
type Entry struct {
	Ticket   ticket.ID
	What     string    // a clock, Promise, or "" for the ticket
	At       time.Time // when it was due or opened
	Done     time.Time // zero while it is not done
	Group    person.GroupID
	Priority triage.Priority
	Times    int64 // that the figure counts it
	spot     spot
}

// Behind is what stands behind a figure: how much it counts, and a stretch of what.
type Behind struct {
	Count int64
	List  []Entry // what was due or opened last stands first
	Next  string  // place of the next stretch; empty on the last
}

// Behind lists what a figure of the report that answers a question counts: whoever sees the figure sees
// the list. Clocks are counted by the run, so that a ticket stands in it as often as it is counted; what
// moved is counted by the ticket, with how often.
//
// Errors: as Ask; NotFound for a figure that there is not; Invalid in "after".
func (s *Service) Behind(ctx context.Context, by access.Actor, q Question, p Pick, loc *time.Location) (Behind, error) {
	if err := access.Can(by, access.ReportRead, access.Object{}); err != nil {
		return Behind{}, err
	}
	flow := slices.Contains(FlowFigures(), p.Figure)
	if !flow && !slices.Contains(ClockFigures(), p.Figure) {
		return Behind{}, errs.New(errs.NotFound, "errs.not_found")
	}
	after, err := readSpot(p.After)
	if err != nil {
		return Behind{}, err
	}
	if p.Limit <= 0 || p.Limit > mostBehind {
		p.Limit = 50
	}
	now := s.Clock.Now()
	first, last, err := q.span(now, loc)
	if err != nil {
		return Behind{}, err
	}
	seen := s.seen(ctx, by, q)
	if p.Group != nil {
		seen = seen.only(*p.Group)
	}
	if !p.Week.IsZero() {
		week := calendar.Monday(p.Week, loc)
		if week.Before(first) || week.After(last) {
			return Behind{}, nil
		}
		first, last = week, week
	}
	if p.Priority != 0 && seen.priority != 0 && p.Priority != seen.priority || seen.groups != nil && len(seen.groups) == 0 {
		return Behind{}, nil
	}
	seen.priority = cmp.Or(p.Priority, seen.priority)
	if err := s.catchUp(ctx); err != nil {
		return Behind{}, err
	}
	to := last.AddDate(0, 0, 7)
	stretch := calendar.Stretch{From: first, To: to, Week: to.Sub(first)}
	if flow {
		return s.tickets(ctx, stretch, seen, p, after)
	}
	return s.runs(ctx, stretch, seen, p, after, now)
}

// tickets are those behind a figure of what moved.
func (s *Service) tickets(ctx context.Context, stretch calendar.Stretch, seen seen, p Pick, after spot) (b Behind, err error) {
	all, err := flows(ctx, s.DB.Long(), stretch)
	if err != nil {
		return b, err
	}
	for _, x := range all {
		if seen.holds(x.Group, x.Priority) {
			b.Count += x.Of(p.Figure)
		}
	}
	list, err := moved(ctx, s.DB.Long(), stretch, seen, p, after)
	return b.page(list, p.Limit), err
}

// runs are the runs of clocks and the promises behind a figure: two lists, of which the later entry comes
// first. Where both are due at once, clocks stand before promises.
func (s *Service) runs(ctx context.Context, stretch calendar.Stretch, seen seen, p Pick, after spot, now time.Time) (b Behind, err error) {
	var list []Entry
	if p.What != Promise {
		counts, err := clocks(ctx, s.DB.Long(), stretch, now)
		if err != nil {
			return b, err
		}
		b.Count += seen.sum(counts, p)
		if list, err = ran(ctx, s.DB.Long(), stretch, seen, p, after, now); err != nil {
			return b, err
		}
	}
	if p.What != "" && p.What != Promise {
		return b.page(list, p.Limit), nil
	}
	counts, err := s.Promises.Between(ctx, access.Desk(), stretch.From, stretch.To)
	if err != nil {
		return b, err
	}
	b.Count += seen.sum(told(counts), p)
	before := promise.ID(after.promise)
	if after.ticket != 0 { // behind a run of a clock: no promise of that moment was shown
		before = math.MaxInt64
	}
	for _, state := range []promise.State{promise.Kept, promise.Broken, promise.Renegotiated, promise.Open} {
		if ofPromise(state) != p.Figure {
			continue
		}
		promised, err := s.Promises.Due(ctx, access.Desk(), promise.Stretch{
			From: stretch.From, To: stretch.To, State: state, Groups: seen.groups, Priority: seen.priority,
			BeforeDue: after.at, Before: before, Limit: p.Limit + 1,
		})
		if err != nil {
			return b, err
		}
		for _, x := range promised {
			list = append(list, Entry{
				Ticket: x.Ticket, What: Promise, At: x.Due, Done: x.DoneAt, Group: x.Group, Priority: x.Priority, Times: 1,
				spot: spot{at: x.Due, promise: int64(x.ID)},
			})
		}
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return b.At.Compare(a.At) })
	return b.page(list, p.Limit), nil
}

// sum adds up one figure of the rows that are seen and picked.
func (x seen) sum(rows []Row, p Pick) (n int64) {
	for _, r := range rows {
		if x.holds(r.Group, r.Priority) && (p.What == "" || p.What == r.What) {
			n += Sum{}.Add(r).Of(p.Figure)
		}
	}
	return n
}

// mostBehind bounds a stretch of a list.
const mostBehind = 200

// page cuts a list that may be longer than a page.
func (b Behind) page(list []Entry, most int) Behind {
	b.List = list
	if len(list) > most {
		b.List = list[:most]
		b.Next = b.List[most-1].spot.String()
	}
	return b
}

// spot is where a list goes on: behind a ticket, a run of a clock, or a promise. The zero spot is before the
// first.
type spot struct {
	at      time.Time
	ticket  int64
	run     string // of a clock; "" for the ticket itself
	promise int64
}

// String writes a spot for an address: when, which promise, which ticket, which run.
func (x spot) String() string {
	return strconv.FormatInt(x.at.UnixMilli(), 10) + "." + strconv.FormatInt(x.promise, 10) + "." + strconv.FormatInt(x.ticket, 10) + "." + x.run
}

// readSpot reads what String wrote. Invalid in "after".
func readSpot(text string) (x spot, err error) {
	if text == "" {
		return spot{}, nil
	}
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 4 {
		return spot{}, errs.Field("after", "promise.cursor")
	}
	var n [3]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(parts[i], 10, 64); err != nil || n[i] < 0 || n[i] > 1<<52 {
			return spot{}, errs.Field("after", "promise.cursor")
		}
	}
	return spot{at: time.UnixMilli(n[0]), promise: n[1], ticket: n[2], run: parts[3]}, nil
}

// behind is the moment at which a list goes on, and the groups that are listed, or that every one is.
func (x spot) behind(s calendar.Stretch, of seen) (at time.Time, every bool, groups []any) {
	if at = x.at; at.IsZero() {
		at = s.To
	}
	for _, g := range of.groups {
		groups = append(groups, g)
	}
	if len(groups) == 0 {
		groups = append(groups, person.GroupID(-1)) // nobody's
	}
	return at, of.groups == nil, groups
}
