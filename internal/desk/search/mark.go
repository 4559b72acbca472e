// SPDX-License-Identifier: Apache-2.0

package search

import (
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// The properties of a ticket that its line of the index holds beside its words.
const (
	byStatus    = "status"
	byOwner     = "owner"
	byAssignee  = "assignee"
	byGroup     = "group"
	byRequester = "requester"
	byPriority  = "priority"
	byService   = "service"
	byCategory  = "category"
	byHas       = "has"
	byFact      = "fact" // an error code, an address, a device (N16); staff only
)

func mark(property string, id int64) text.Term { return text.Mark(property, strconv.FormatInt(id, 10)) }

// marksOfPlan are terms of which a line holds one of each list where its ticket is in a plan: what
// the index cannot tell is left out. exact reports whether they say all that the plan does.
func marksOfPlan(p *queue.Plan) (groups [][]text.Term, exact bool) {
	switch p.Test {
	case queue.Join:
		return joinedMarks(p)
	case queue.OneOf:
		if p.Col == queue.ColOpen && len(p.Keys) == 1 {
			if p.Keys[0] == 1 {
				return [][]text.Term{{text.Mark("open", "1")}}, true
			}
			return [][]text.Term{{text.Mark(byStatus, string(ticket.Closed))}}, true
		}
		if name := propertyOf(p.Col); name != "" {
			group := []text.Term{}
			for _, k := range p.Keys {
				group = append(group, mark(name, k))
			}
			return [][]text.Term{group}, true
		}
	case queue.Named:
		if p.Col == queue.ColStatus {
			group := []text.Term{}
			for _, w := range p.Words {
				group = append(group, text.Mark(byStatus, w))
			}
			return [][]text.Term{group}, true
		}
	case queue.Within:
		if p.Col == queue.ColCreated {
			if months := spanTerms(instant(p.From), instant(p.To)); months != nil {
				return [][]text.Term{months}, false
			}
		}
	case queue.Holds, queue.Later, queue.Takes:
	}
	return nil, false
}

func joinedMarks(p *queue.Plan) (groups [][]text.Term, exact bool) {
	if p.Op == queue.Not {
		return notMarks(&p.Kids[0])
	}
	exact = true
	var lists [][][]text.Term
	for i := range p.Kids {
		g, whole := marksOfPlan(&p.Kids[i])
		exact = exact && whole
		lists = append(lists, g)
	}
	if p.Op == queue.And {
		for _, g := range lists {
			groups = append(groups, g...)
		}
		return groups, exact
	}
	return either(lists), exact && !many(lists)
}

// notMarks are those of a plan that must not hold. Of a property with few values the others are
// asked for, so that what is open is found among a million that are closed.
func notMarks(p *queue.Plan) (groups [][]text.Term, exact bool) {
	switch {
	case p.Test == queue.OneOf && p.Col == queue.ColOpen && len(p.Keys) == 1:
		return marksOfPlan(&queue.Plan{Test: queue.OneOf, Col: queue.ColOpen, Keys: []int64{1 - p.Keys[0]}})
	case p.Test == queue.Named && p.Col == queue.ColStatus:
		others := queue.Plan{Test: queue.Named, Col: queue.ColStatus}
		for _, s := range ticket.Statuses() {
			if !slices.Contains(p.Words, string(s)) {
				others.Words = append(others.Words, string(s))
			}
		}
		return marksOfPlan(&others)
	}
	return nil, false
}

// either are terms that a line needs which holds all of one of the lists.
func either(lists [][][]text.Term) [][]text.Term {
	longest := 0
	for _, l := range lists {
		if len(l) == 0 {
			return nil
		}
		longest = max(longest, len(l))
	}
	out := make([][]text.Term, 0, longest)
	for i := range longest {
		var group []text.Term
		for _, l := range lists {
			group = append(group, l[min(i, len(l)-1)]...)
		}
		out = append(out, group)
	}
	return out
}

// many reports whether one of the lists needs several terms: then either loosens.
func many(lists [][][]text.Term) bool {
	for _, l := range lists {
		if len(l) > 1 {
			return true
		}
	}
	return false
}

func propertyOf(c queue.Col) string {
	switch c {
	case queue.ColOwner:
		return byOwner
	case queue.ColAssignee:
		return byAssignee
	case queue.ColGroup:
		return byGroup
	case queue.ColRequester:
		return byRequester
	case queue.ColPriority:
		return byPriority
	case queue.ColService:
		return byService
	case queue.ColCategory:
		return byCategory
	default:
		return ""
	}
}

// instant is the end of a stretch; zero where it has none.
func instant(ms int64) time.Time {
	if ms == queue.Earliest || ms == queue.Latest {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// joinedWith is the table of the tickets as a question reads it: those for which every field
// holds, with what is looked at in Go of the others beside.
func (p *plan) joinedWith(e db.Engine, args []any) (sql string, all []any) {
	sql, all = `ticket`, args
	if p.fields == nil && len(p.asked) == 0 {
		return sql, all
	}
	flags := `0`
	for i := range p.asked {
		var cond string
		cond, all = conditionOf(e, &p.asked[i], all)
		flags += ` + CASE WHEN ` + cond + ` THEN ` + strconv.FormatInt(1<<i, 10) + ` ELSE 0 END`
	}
	sql = `(SELECT ticket.*, ` + flags + ` AS asked FROM ticket`
	if p.fields != nil {
		var cond string
		cond, all = conditionOf(e, p.fields, all)
		sql += ` WHERE ` + cond
	}
	return sql + `) AS ticket`, all
}

// The years for which there are marks; what was made before or after has those of the ends.
const (
	firstYear = 2000
	lastYear  = 2060
)

// marksOf are the marks of an instant: its year and its month.
func marksOf(at time.Time) []text.Term {
	if at = at.UTC(); at.Year() < firstYear {
		at = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if at.Year() > lastYear {
		at = time.Date(lastYear, 12, 1, 0, 0, 0, 0, time.UTC)
	}
	return []text.Term{text.Mark("year", at.Format("2006")), text.Mark("month", at.Format("2006-01"))}
}

// spanTerms are marks of which every instant of a stretch has one: months at its ends, years
// between. Nil where the stretch has neither beginning nor end.
func spanTerms(from, to time.Time) []text.Term {
	if from.IsZero() && to.IsZero() {
		return nil
	}
	first, last := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(lastYear, 12, 1, 0, 0, 0, 0, time.UTC)
	if from.After(last) {
		first = last
	} else if from.After(first) {
		first = time.Date(from.UTC().Year(), from.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	if !to.IsZero() && to.Before(last) {
		if last = to.Add(-time.Millisecond).UTC(); last.Before(first) && last.Year() < firstYear {
			last = first
		}
	}
	out := []text.Term{}
	for at := first; !at.After(last); {
		if at.Month() == 1 && !at.AddDate(0, 11, 0).After(last) {
			out = append(out, text.Mark("year", at.Format("2006")))
			at = at.AddDate(1, 0, 0)
			continue
		}
		out = append(out, text.Mark("month", at.Format("2006-01")))
		at = at.AddDate(0, 1, 0)
	}
	if len(out) == 0 {
		out = append(out, text.Mark("month", "none")) // a stretch that ends before it begins
	}
	return out
}
