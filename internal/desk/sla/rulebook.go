// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Register gives the rules' conditions their names, and the categories their tree.
type Register struct {
	Categories []catalog.Category
	Services   []catalog.Service
	Groups     []person.Group
	Read       bool // they are all that there is
}

// Rulebook is a policy made ready: with its calendars, and with the categories below those that
// its rules name. It is never changed and safe for concurrent use.
type Rulebook struct {
	Policy
	register Register
	rules    []rule
	always   calendar.Calendar
	own      calendar.Calendar // of the policy
	groups   map[person.GroupID]calendar.Calendar
	rest     map[Name][]ticket.Waiting
}

// rule is a Rule made ready.
type rule struct {
	Rule
	place    int
	named    int                        // how many conditions it names
	below    map[catalog.CategoryID]int // the depth of the named category that each one lies under, from 1
	calendar calendar.Calendar          // nil: as without the rule
}

// By makes a policy ready that counts by one calendar alone, whatever it says.
func By(p Policy, cal calendar.Calendar) *Rulebook {
	return p.Open(func(string) (calendar.Calendar, bool) { return cal, true }, Register{})
}

// Open makes a policy ready. Where a calendar is not there, which another node may see for a
// moment, every minute counts: due too early, never never.
func (p Policy) Open(get func(string) (calendar.Calendar, bool), reg Register) *Rulebook {
	find := func(name string) calendar.Calendar {
		if c, ok := get(name); ok {
			return c
		}
		return calendar.Always{}
	}
	b := &Rulebook{Policy: p, register: reg, always: calendar.Always{}, own: find(p.Calendar), rest: p.Pauses}
	if len(p.Groups) > 0 {
		b.groups = make(map[person.GroupID]calendar.Calendar, len(p.Groups))
		for g, name := range p.Groups {
			b.groups[g] = find(name)
		}
	}
	for i, r := range p.Rules {
		x := rule{Rule: r, place: i, named: len(r.Conditions()), below: reg.below(r.Categories)}
		if r.Calendar != "" {
			x.calendar = find(r.Calendar)
		}
		b.rules = append(b.rules, x)
	}
	return b
}

// below returns every category at or below one of the named ones, with the depth of the deepest
// named one above it, from 1.
func (r Register) below(named []int64) map[catalog.CategoryID]int {
	if len(named) == 0 {
		return nil
	}
	out := map[catalog.CategoryID]int{}
	for _, id := range named {
		out[catalog.CategoryID(id)] = 1
	}
	for _, c := range r.Categories { // in tree order: parents come first
		if slices.Contains(named, int64(c.ID)) {
			out[c.ID] = c.Depth + 1
		} else if depth, ok := out[c.Parent]; ok && c.Parent != 0 {
			out[c.ID] = depth
		}
	}
	return out
}

// matches reports whether a ticket fulfils every condition.
func (r *rule) matches(t *ticket.Ticket) bool {
	if len(r.Priorities) > 0 && !slices.Contains(r.Priorities, t.Priority) {
		return false
	}
	if r.below != nil && r.below[t.Category] == 0 {
		return false
	}
	if len(r.Services) > 0 && (t.Service == 0 || !slices.Contains(r.Services, int64(t.Service))) {
		return false
	}
	if len(r.Groups) > 0 && (t.Group == 0 || !slices.Contains(r.Groups, int64(t.Group))) {
		return false
	}
	if len(r.Organisations) > 0 && !begins(r.Organisations, t.Detail.Organisation) {
		return false
	}
	return len(r.Sites) == 0 || begins(r.Sites, t.Detail.Site)
}

// before reports whether the rule goes before another that matches the ticket too: it names
// more conditions, or a deeper category, or stands above.
func (r *rule) before(other *rule, t *ticket.Ticket) bool {
	if r.named != other.named {
		return r.named > other.named
	}
	if a, b := r.below[t.Category], other.below[t.Category]; a != b {
		return a > b
	}
	return r.place < other.place
}

// winner returns the rule that holds for a ticket; nil where the table does.
func (b *Rulebook) winner(t *ticket.Ticket) *rule {
	var best *rule
	for i := range b.rules {
		if r := &b.rules[i]; r.matches(t) && (best == nil || r.before(best, t)) {
			best = r
		}
	}
	return best
}

// Terms are what holds for one ticket.
type Terms struct {
	Rule        string // its name; "" where the table of priorities holds
	Priority    triage.Priority
	Target      Target
	ConfirmDays int64

	calendar calendar.Calendar // of the clocks in working time
	own      calendar.Calendar // of the wait for a confirmation
	rests    map[Name][]ticket.Waiting
	asked    bool // the update clock runs only while the requester waits
	mute     bool // no reasons are asked for
}

// Calendar is the calendar by which the ticket's working time counts.
func (x Terms) Calendar() calendar.Calendar { return x.calendar }

func (x Terms) muted() Terms {
	x.mute = true
	return x
}

// rest reports whether a clock rests in a wait.
func (x Terms) rest(name Name, w ticket.Waiting) bool { return slices.Contains(x.rests[name], w) }

// Terms returns what holds for a ticket.
func (b *Rulebook) Terms(t ticket.Ticket) Terms {
	if !t.Priority.Known() {
		t.Priority = triage.Default
	}
	return b.terms(&t, b.winner(&t))
}

func (b *Rulebook) terms(t *ticket.Ticket, r *rule) Terms {
	x := Terms{Priority: t.Priority, Target: b.base(t.Priority), ConfirmDays: b.ConfirmDays, rests: b.rest, own: b.own, asked: b.Cadence == WhenAsked}
	if !x.Priority.Known() {
		x.Priority = triage.Default
	}
	if g, ok := b.groups[t.Group]; ok {
		x.own = g
	}
	x.calendar = x.own
	if b.P1Always && t.Priority == triage.P1 {
		x.calendar = b.always
	}
	if r == nil {
		return x
	}
	x.Rule, x.Target = r.Name, x.Target.over(r.Target)
	if r.ConfirmDays != 0 {
		x.ConfirmDays = r.ConfirmDays
	}
	if r.calendar != nil {
		x.calendar, x.own = r.calendar, r.calendar
	}
	return x
}

// Clocks computes every clock of the ticket, with the reasons, as it stands at now.
func (b *Rulebook) Clocks(t ticket.Ticket, now time.Time) []Clock { return b.Terms(t).Clocks(t, now) }

// One computes a single clock of the ticket, without the reasons, as it stands at now; false
// where it has none of that name.
func (b *Rulebook) One(name Name, t ticket.Ticket, now time.Time) (Clock, bool) {
	return b.Terms(t).muted().One(name, t, now)
}

// Strict is the rulebook by which conformance is judged: with the cadence that the standard asks
// for, whatever the policy says (N29).
func (b *Rulebook) Strict() *Rulebook {
	if b.Cadence == EveryWord {
		return b
	}
	out := *b
	out.Cadence = EveryWord
	return &out
}

// Next returns the earliest due time that somebody still owes, and its clock. It depends on
// the ticket alone, not on the present instant, so that the cache never goes stale by itself.
func (b *Rulebook) Next(t ticket.Ticket) (time.Time, string) {
	if t.Status == ticket.Closed {
		return ticket.Never, ""
	}
	x := b.Terms(t).muted()
	if t.Status == ticket.Resolved && (!t.ConfirmedAt.IsZero() || t.TimeIsUp()) {
		return x.own.AddDays(latest(t.ConfirmedAt, t.Detail.Expired), 1), ticket.ClockArchive
	}
	due, name := ticket.Never, ""
	for _, n := range Names() {
		if c, ok := x.One(n, t, t.UpdatedAt); ok && c.Stopped.IsZero() && c.State != Paused && c.Due.Before(due) {
			due, name = c.Due, string(c.Name)
		}
	}
	return due, name
}
