// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"strconv"
	"time"
)

// Near is how long before its end a clock or a promise is near.
const Near = 30 * time.Minute

// Reader is for whom a filter runs, and when.
type Reader struct {
	Me     int64
	Groups []int64 // that they work in
	Now    time.Time
	Zone   func() *time.Location // whose days are meant; UTC where nil
	// Below returns a category with all that lies below it.
	Below func(category int64) []int64
	// Core are the services that are core business, Majors the tickets of incidents that stand.
	Core, Majors []int64
}

// Bind makes a plan of a settled filter.
func (t Tree) Bind(r Reader) Plan {
	if t.Op == Leaf {
		return r.cond(t.Cond)
	}
	out := Plan{Op: t.Op}
	for _, k := range t.Kids {
		out.Kids = append(out.Kids, k.Bind(r))
	}
	return out
}

// ms rounds an instant to the milliseconds in which tickets have theirs.
func ms(at time.Time) int64 { return at.UnixMilli() }

func (r Reader) cond(c Cond) Plan {
	s, _ := SpecOf(c.Field)
	switch s.Type {
	case Enum:
		return r.each(c.Values, func(v string) Plan { return r.code(c.Field, v) })
	case Yes:
		return r.each(c.Values, func(v string) Plan { return r.yes(c.Field, v == "yes") })
	case Contains:
		return r.each(c.Values, func(v string) Plan { return Plan{Test: Holds, Col: textCol(c.Field), Words: []string{Fold(v)}} })
	case Ago:
		return r.ago(c)
	case Left:
		return r.left(c)
	case Day:
		return r.each(c.Values, func(v string) Plan { return r.day(c, v) })
	case Count:
		return r.each(c.Values, func(v string) Plan { return count(c, v) })
	}
	p := Plan{Test: OneOf, Col: keyCol(c.Field)}
	for _, v := range c.Values {
		p.Keys = append(p.Keys, r.keys(c.Field, v)...)
	}
	if c.Field == Participant {
		p.Test = Takes
	}
	return p
}

// each joins what several values ask for.
func (r Reader) each(values []string, one func(string) Plan) Plan {
	if len(values) == 1 {
		return one(values[0])
	}
	out := Plan{Op: Or}
	for _, v := range values {
		out.Kids = append(out.Kids, one(v))
	}
	return out
}

// keys are what one value of a person, a group, a category or a service means.
func (r Reader) keys(f Field, v string) []int64 {
	switch v {
	case Me:
		return []int64{r.Me}
	case Mine:
		return r.Groups
	case None:
		return []int64{0}
	}
	key, ok := keyOf(v)
	switch {
	case !ok:
		return nil
	case f == Category && r.Below != nil:
		return r.Below(key)
	}
	return []int64{key}
}

func keyCol(f Field) Col {
	return map[Field]Col{Owner: ColOwner, Assignee: ColAssignee, Group: ColGroup, Category: ColCategory, Service: ColService, Requester: ColRequester}[f]
}

func textCol(f Field) Col {
	return map[Field]Col{Department: ColDepartment, Place: ColPlace, Words: ColText}[f]
}

func named(c Col, word string) Plan         { return Plan{Test: Named, Col: c, Words: []string{word}} }
func oneOf(c Col, keys ...int64) Plan       { return Plan{Test: OneOf, Col: c, Keys: keys} }
func within(c Col, from, to int64) Plan     { return Plan{Test: Within, Col: c, From: from, To: to} }
func both(list ...Plan) Plan                { return Plan{Op: And, Kids: list} }
func none(p Plan) Plan                      { return Plan{Op: Not, Kids: []Plan{p}} }
func (r Reader) in(d time.Duration) int64   { return ms(r.Now.Add(d)) }
func (r Reader) open() Plan                 { return oneOf(ColOpen, 1) }
func (r Reader) openWith(list ...Plan) Plan { return both(append([]Plan{r.open()}, list...)...) }
func (r Reader) pendingIs(is bool) Plan     { return flip(named(ColStatus, "pending"), is) }
func flip(p Plan, is bool) Plan {
	if is {
		return p
	}
	return none(p)
}

// code is what one code of a field asks.
func (r Reader) code(f Field, v string) Plan {
	switch f {
	case Waiting:
		return named(ColPending, v)
	case Channel:
		return named(ColChannel, v)
	case Priority:
		if v == None {
			return oneOf(ColGraded, 0)
		}
		return oneOf(ColPriority, int64(v[1]-'0'))
	case Clock:
		return r.clock(v)
	case Promise:
		return r.promise(v)
	}
	switch v {
	case "open":
		return r.open()
	case "closed":
		return oneOf(ColOpen, 0)
	case "working":
		return named(ColStatus, "open")
	case "confirm":
		return both(named(ColStatus, statusResolved), none(named(ColClock, clockArchive)))
	case "archive":
		return both(named(ColStatus, statusResolved), named(ColClock, clockArchive))
	}
	return named(ColStatus, v)
}

// clock is the state of the clock that runs out next. While a ticket waits, the clock of its
// solution stands still; what else is due can still be over.
func (r Reader) clock(v string) Plan {
	now, near := r.in(0), r.in(Near)
	switch v {
	case "over":
		return r.openWith(within(ColDue, Earliest, now))
	case "near":
		return r.openWith(within(ColDue, now, near))
	case "calm":
		return r.openWith(within(ColDue, near, Never))
	case "paused":
		return r.openWith(r.pendingIs(true))
	}
	return none(r.openWith(within(ColDue, Earliest, Never)))
}

func (r Reader) promise(v string) Plan {
	now, near := r.in(0), r.in(Near)
	switch v {
	case "open":
		return r.openWith(within(ColPromise, now, Latest))
	case "near":
		return r.openWith(within(ColPromise, now, near))
	case "broken":
		return r.openWith(within(ColPromise, Earliest, now))
	}
	return none(r.openWith(within(ColPromise, Earliest, Latest)))
}

func (r Reader) yes(f Field, is bool) Plan {
	switch f {
	case Core:
		return flip(oneOf(ColService, r.Core...), is)
	case Major:
		return flip(oneOf(ColID, r.Majors...), is)
	case Unread:
		return flip(Plan{Test: Later}, is)
	}
	return flip(within(ColReopened, 1, Latest), is)
}

// ago compares how long ago something was.
func (r Reader) ago(c Cond) Plan {
	col := map[Field]Col{Age: ColCreated, Idle: ColUpdated, Silent: ColSilent}[c.Field]
	at := r.in(-Stretch(c.Values[0]))
	if c.Cmp == Under {
		return within(col, at+1, Latest)
	}
	return within(col, Earliest, at)
}

// left compares how much time is left until something is due; what is over has less than none.
func (r Reader) left(c Cond) Plan {
	col, last := ColDue, Never
	if c.Field == Promised {
		col, last = ColPromise, Latest
	}
	at := r.in(Stretch(c.Values[0]))
	if c.Cmp == Under {
		return r.openWith(within(col, Earliest, at))
	}
	return r.openWith(within(col, at, last))
}

func (r Reader) day(c Cond, v string) Plan {
	zone := time.UTC
	if r.Zone != nil {
		zone = r.Zone()
	}
	col := ColCreated
	if c.Field == Updated {
		col = ColUpdated
	}
	from, to := span(v, r.Now.In(zone))
	return compare(col, c.Cmp, ms(from), ms(to))
}

func count(c Cond, v string) Plan {
	n, _ := strconv.ParseInt(v, 10, 64)
	return compare(ColHandOvers, c.Cmp, n, n+1)
}

// compare compares a column with the stretch [from, to).
func compare(col Col, c Cmp, from, to int64) Plan {
	switch c {
	case Over:
		return within(col, to, Latest)
	case AtLeast:
		return within(col, from, Latest)
	case Under:
		return within(col, Earliest, from)
	case AtMost:
		return within(col, Earliest, to)
	}
	return within(col, from, to)
}
