// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Col is what a row knows of a ticket. Numbers are 0 and texts empty where there is nothing;
// times are milliseconds UTC.
type Col int

// The columns.
const (
	ColID Col = iota
	ColOpen
	ColPriority
	ColGraded
	ColOwner
	ColAssignee
	ColGroup
	ColCategory
	ColService
	ColRequester
	ColReopened
	ColHandOvers
	ColCreated
	ColUpdated
	ColSilent // the last word to the requester, or its beginning
	ColDue
	ColPromise
	ColPublic // the last word of the desk to the requester
	ColHeard  // the last word of the requester
	ColStatus
	ColPending
	ColClock
	ColChannel
	ColDepartment
	ColPlace
	ColText
)

// Row is a ticket as far as filters ask about it. Department, Place and Text are in lower case
// (of a–z alone: so is what a database makes of them).
type Row struct {
	ID, Requester, Owner, Assignee, Group, Category, Service int64
	Open, Priority, Graded, Reopened, HandOvers              int64
	Created, Updated, Due, Promise, Public, Heard            int64
	Status, Pending, Clock, Channel                          string
	Department, Place, Text                                  string
	Parties                                                  []int64 // who takes part
}

func (r *Row) num(c Col) int64 {
	switch c {
	case ColID:
		return r.ID
	case ColOpen:
		return r.Open
	case ColPriority:
		return r.Priority
	case ColGraded:
		return r.Graded
	case ColOwner:
		return r.Owner
	case ColAssignee:
		return r.Assignee
	case ColGroup:
		return r.Group
	case ColCategory:
		return r.Category
	case ColService:
		return r.Service
	case ColRequester:
		return r.Requester
	case ColReopened:
		return r.Reopened
	case ColHandOvers:
		return r.HandOvers
	default:
		return r.time(c)
	}
}

func (r *Row) time(c Col) int64 {
	switch c {
	case ColCreated:
		return r.Created
	case ColUpdated:
		return r.Updated
	case ColSilent:
		if r.Public == 0 {
			return r.Created
		}
		return r.Public
	case ColDue:
		return r.Due
	case ColPromise:
		return r.Promise
	case ColPublic:
		return r.Public
	case ColHeard:
		return r.Heard
	default:
		return 0
	}
}

func (r *Row) text(c Col) string {
	switch c {
	case ColStatus:
		return r.Status
	case ColPending:
		return r.Pending
	case ColClock:
		return r.Clock
	case ColChannel:
		return r.Channel
	case ColDepartment:
		return r.Department
	case ColPlace:
		return r.Place
	case ColText:
		return r.Text
	default:
		return ""
	}
}

// Test is what a plan asks of one column.
type Test int

// The tests.
const (
	Join   Test = iota // Op joins Kids
	OneOf              // the number of Col is one of Keys; 0 is nobody
	Named              // the text of Col is one of Words
	Holds              // the text of Col holds Words[0]
	Within             // From ≤ the number of Col < To, and there is one
	Later              // the requester spoke after the desk
	Takes              // one of Keys takes part
)

// Plan is a filter that is ready to run: bound to its reader and to an instant.
type Plan struct {
	Op       Op
	Kids     []Plan
	Test     Test
	Col      Col
	Keys     []int64
	Words    []string
	From, To int64 // Unbounded stands for no end
}

// The ends of a stretch without an end.
const (
	Earliest = math.MinInt64
	Latest   = math.MaxInt64
)

// Holds reports whether a ticket is in the list.
func (p *Plan) Holds(r *Row) bool {
	switch p.Test {
	case Join:
		return p.joined(r)
	case OneOf:
		return slices.Contains(p.Keys, r.num(p.Col))
	case Named:
		return slices.Contains(p.Words, r.text(p.Col))
	case Holds:
		return strings.Contains(r.text(p.Col), p.Words[0])
	case Within:
		n := r.num(p.Col)
		return (n != 0 || counts(p.Col)) && n >= p.From && n < p.To
	case Later:
		return r.Heard > r.Public
	case Takes:
		return slices.ContainsFunc(r.Parties, func(who int64) bool { return slices.Contains(p.Keys, who) })
	}
	return false
}

// counts reports whether 0 is a number like others in a column, and not the lack of one.
func counts(c Col) bool { return c == ColHandOvers || c == ColReopened || c == ColPriority }

func (p *Plan) joined(r *Row) bool {
	for i := range p.Kids {
		in := p.Kids[i].Holds(r)
		switch {
		case p.Op == Not:
			return !in
		case p.Op == And && !in:
			return false
		case p.Op == Or && in:
			return true
		}
	}
	return p.Op != Or
}

// OnlyOpen reports whether no closed ticket can be in the list, whatever else it is: then the
// open tickets alone need to be looked through.
func (p *Plan) OnlyOpen() bool { return p.closed() == no }

// known is what can be said of a closed ticket of which nothing else is known.
type known int

const (
	maybe known = iota
	yes
	no
)

func (p *Plan) closed() known {
	switch {
	case p.Test == OneOf && p.Col == ColOpen:
		return is(slices.Contains(p.Keys, 0))
	case p.Test == Named && p.Col == ColStatus:
		return is(slices.Contains(p.Words, statusClosed))
	case p.Test != Join:
		return maybe
	}
	out := is(p.Op != Or)
	for i := range p.Kids {
		k := p.Kids[i].closed()
		switch {
		case p.Op == Not:
			return map[known]known{yes: no, no: yes, maybe: maybe}[k]
		case p.Op == And && (k == no || out != no && k == maybe), p.Op == Or && (k == yes || out != yes && k == maybe):
			out = k
		}
	}
	return out
}

func is(b bool) known {
	if b {
		return yes
	}
	return no
}

// The statuses as the tickets have them.
const (
	statusResolved = "resolved"
	statusClosed   = "closed"
	clockArchive   = "archive"
)

// Never is the due time of a ticket on which nothing is due, in milliseconds.
var Never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() //nolint:gochecknoglobals // a constant in all but name

// Fold makes lower case of a–z alone: what every database makes of a text, whatever its locale.
func Fold(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' })
	if i < 0 {
		return s
	}
	b := []byte(s)
	for ; i < len(b); i++ {
		if b[i] >= 'A' && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
