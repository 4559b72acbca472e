// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Promise is what a row counts where it is no clock: the times that were told to requesters.
const Promise = "promise"

// Things lists what a report counts, in the order in which it is shown: clocks, then promises.
func Things() []string {
	var out []string
	for _, n := range Names() {
		out = append(out, string(n))
	}
	return append(out, Promise)
}

// Row counts what was due in one week, of one group and priority.
type Row struct {
	Week     time.Time // the Monday on which it began
	Group    person.GroupID
	Priority triage.Priority
	What     string // the name of a clock, or Promise
	Kept     int64
	Broken   int64
	Late     int64         // not done yet, and the time has passed
	Open     int64         // not done yet, and there is time
	Longest  time.Duration // that one which is decided took, in its own working time; 0 for promises
	Moved    int64         // promises that another one took the place of, in time
}

// count adds to the figure in which something is counted; what counts in none is left out.
func (x *Row) count(in Figure, many int64) {
	switch in {
	case FigureKept:
		x.Kept += many
	case FigureBroken:
		x.Broken += many
	case FigureLate:
		x.Late += many
	case FigureOpen:
		x.Open += many
	case FigureMoved:
		x.Moved += many
	case FigureOpened, FigureClosed, FigureReassigned, FigureReopened, FigureRejected:
	}
}

// Flow counts the tickets that were opened in one week, and what became of them since.
type Flow struct {
	Week       time.Time
	Group      person.GroupID // that has them now
	Priority   triage.Priority
	Opened     int64
	Closed     int64
	Reassigned int64
	Reopened   int64
	Rejected   int64
}

// Report is the answer to a Question.
type Report struct {
	Weeks []time.Time // every one that was asked for
	Rows  []Row       // those in which something was due
	Flows []Flow
}

// Flow is everything that moved in it, over weeks, groups and priorities.
func (r Report) Flow() (all Flow) {
	for _, x := range r.Flows {
		all.Opened, all.Closed, all.Reassigned = all.Opened+x.Opened, all.Closed+x.Closed, all.Reassigned+x.Reassigned
		all.Reopened, all.Rejected = all.Reopened+x.Reopened, all.Rejected+x.Rejected
	}
	return all
}

// Sum is how everything in it was kept.
func (r Report) Sum() (all Sum) {
	for _, x := range r.Rows {
		all = all.Add(x)
	}
	return all
}

// Sum adds up counts.
type Sum struct {
	Kept, Broken, Late, Open, Moved int64
	Longest                         time.Duration
}

// Add adds a row.
func (s Sum) Add(r Row) Sum {
	return Sum{s.Kept + r.Kept, s.Broken + r.Broken, s.Late + r.Late, s.Open + r.Open, s.Moved + r.Moved, max(s.Longest, r.Longest)}
}

// Of is one of the figures of clocks and promises.
func (s Sum) Of(f Figure) int64 {
	switch f {
	case FigureKept:
		return s.Kept
	case FigureBroken:
		return s.Broken
	case FigureLate:
		return s.Late
	case FigureOpen:
		return s.Open
	case FigureMoved:
		return s.Moved
	case FigureOpened, FigureClosed, FigureReassigned, FigureReopened, FigureRejected:
	}
	return 0
}

// Of is one of the figures of tickets.
func (x Flow) Of(f Figure) int64 {
	switch f {
	case FigureOpened:
		return x.Opened
	case FigureClosed:
		return x.Closed
	case FigureReassigned:
		return x.Reassigned
	case FigureReopened:
		return x.Reopened
	case FigureRejected:
		return x.Rejected
	case FigureKept, FigureBroken, FigureLate, FigureOpen, FigureMoved:
	}
	return 0
}

// Missed is what was not done in time, whether or not it is done by now.
func (s Sum) Missed() int64 { return s.Broken + s.Late }

// Rate is the share that was kept of what is decided, in tenths of a percent, rounded down so
// that only everything is 1000; -1 where nothing is decided.
func (s Sum) Rate() int64 {
	all := s.Kept + s.Missed()
	if all == 0 {
		return -1
	}
	return s.Kept * 1000 / all
}

// Line is a sum with what it is the sum of.
type Line[K comparable] struct {
	Key K
	Sum
}

// By adds up rows by a key, in the order in which the keys are given; keys without a row are
// left out unless all is wanted.
func By[K comparable](rows []Row, keys []K, all bool, key func(Row) K) []Line[K] {
	sums, there := map[K]Sum{}, map[K]bool{}
	for _, r := range rows {
		k := key(r)
		sums[k], there[k] = sums[k].Add(r), true
	}
	var out []Line[K]
	for _, k := range keys {
		if there[k] || all {
			out = append(out, Line[K]{k, sums[k]})
		}
	}
	return out
}

// Groups lists the groups that rows speak of, in order of their keys.
func (r Report) Groups() []person.GroupID {
	var out []person.GroupID
	for _, x := range r.Rows {
		out = append(out, x.Group)
	}
	for _, x := range r.Flows {
		out = append(out, x.Group)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// FlowsBy adds up the flows of each group.
func (r Report) FlowsBy() []Flow {
	var out []Flow
	for _, g := range r.Groups() {
		sum := Flow{Group: g}
		for _, f := range r.Flows {
			if f.Group == g {
				sum.Opened += f.Opened
				sum.Closed += f.Closed
				sum.Reassigned += f.Reassigned
				sum.Reopened += f.Reopened
				sum.Rejected += f.Rejected
			}
		}
		if sum.Opened > 0 {
			out = append(out, sum)
		}
	}
	return out
}
