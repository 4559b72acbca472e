// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "sla.policy"

// None stands in a target for a clock that an administrator does not want. It is said, never
// left out: a target that is empty by accident is refused.
const None int64 = -1

// Cadence says from what the update clock runs.
type Cadence string

// The cadences.
const (
	EveryWord Cadence = ""      // from each word, the desk's own too (N29)
	WhenAsked Cadence = "asked" // only while the requester waits for an answer
)

// Target is what the desk aims at, in minutes of working time; None where a clock is not wanted.
type Target struct {
	Response int64 // until the first word of a human
	Update   int64 // between words that the requester sees
	Resolve  int64 // until a solution is given
	Accept   int64 // until the other team takes what was handed over
	Silence  int64 // of a wait, until somebody asks again
}

// Of returns the target of one clock, 0 where it has none.
func (t Target) Of(name Name) int64 {
	switch name {
	case Response:
		return t.Response
	case Update:
		return t.Update
	case Resolve:
		return t.Resolve
	case Accept:
		return t.Accept
	case Silence:
		return t.Silence
	case Confirm:
	}
	return 0
}

// Set sets the target of one clock.
func (t *Target) Set(name Name, v int64) {
	switch name {
	case Response:
		t.Response = v
	case Update:
		t.Update = v
	case Resolve:
		t.Resolve = v
	case Accept:
		t.Accept = v
	case Silence:
		t.Silence = v
	case Confirm:
	}
}

// Aims lists the clocks that have a target in minutes, in the order of the forms.
func Aims() []Name { return []Name{Response, Update, Resolve, Accept, Silence} }

// over returns the target with what u says in its place.
func (t Target) over(u Target) Target {
	for _, name := range Aims() {
		if v := u.Of(name); v != 0 {
			t.Set(name, v)
		}
	}
	return t
}

// Policy holds a target for each of P1 … P4, rules for tickets that have others, by which
// calendar time is counted, and which waits rest which clock.
type Policy struct {
	Targets     [4]Target
	ConfirmDays int64  // working days a solution waits for the user's confirmation
	RemindDays  int64  // working days after which they are reminded, again and again; 0 for never
	Calendar    string // name in the calendar book; "always" counts every minute
	P1Always    bool   // every minute counts for P1, whatever the calendar
	// Cadence says from what the update clock runs. Conformance is judged by EveryWord whatever
	// stands here: the standard asks for it.
	Cadence Cadence `json:",omitempty"`
	Rules   []Rule  `json:",omitempty"`
	// Groups gives a group a calendar of its own.
	Groups map[person.GroupID]string `json:",omitempty"`
	// Pauses says which waits rest which clock. What is not named counts.
	Pauses map[Name][]ticket.Waiting
}

// Bounds of a policy.
const (
	maxMinutes = 366 * 24 * 60
	maxRules   = 60
	maxListed  = 60 // in one condition
)

// Standard is the policy that a new desk starts with.
func Standard() Policy {
	return Policy{
		Targets: [4]Target{
			{Response: 15, Update: 30, Resolve: 4 * 60, Accept: 10, Silence: 4 * 60},
			{Response: 30, Update: 2 * 60, Resolve: 8 * 60, Accept: 30, Silence: 24 * 60},
			{Response: 2 * 60, Update: 8 * 60, Resolve: 3 * 24 * 60, Accept: 2 * 60, Silence: 3 * 24 * 60},
			{Response: 8 * 60, Update: 24 * 60, Resolve: 7 * 24 * 60, Accept: 8 * 60, Silence: 5 * 24 * 60},
		},
		ConfirmDays: 3, RemindDays: 1, Calendar: calendar.AlwaysName, P1Always: true,
		Pauses: map[Name][]ticket.Waiting{
			Response: {}, Update: {ticket.ForRequester}, Resolve: {ticket.ForRequester, Tried}, Accept: {},
		},
	}
}

// Pausable lists the waits that may rest a clock, in the order of the form. A blocked ticket
// owes the time that was told (N30), so that its update clock never rests.
func Pausable(name Name) []ticket.Waiting {
	switch name {
	case Resolve:
		return append(ticket.WaitingReasons(), Tried)
	case Update:
		return slices.DeleteFunc(ticket.WaitingReasons(), func(w ticket.Waiting) bool { return w == ticket.Blocked })
	case Response, Accept:
		return ticket.WaitingReasons()
	case Silence, Confirm:
	}
	return nil
}

// Field names the form field of one target: "response_1" for P1.
func Field(name string, p triage.Priority) string { return name + "_" + strconv.Itoa(int(p)) }

// Check refuses targets below a minute or above a year, targets that contradict each other, a
// lower priority with a stricter target, a rule without targets, and one that can never match.
func (p Policy) Check() error {
	var bad []errs.FieldError
	for i, t := range p.Targets {
		at := triage.Priority(i + 1)
		bad = append(bad, t.check(p.Cadence, func(name Name) string { return Field(string(name), at) })...)
		if i > 0 && (sooner(t.Response, p.Targets[i-1].Response) || sooner(t.Resolve, p.Targets[i-1].Resolve)) {
			bad = append(bad, errs.FieldError{Name: Field("resolve", at), Key: "sla.order"})
		}
	}
	if p.ConfirmDays < 1 || p.ConfirmDays > 30 {
		bad = append(bad, errs.FieldError{Name: "confirm_days", Key: "sla.confirm_days"})
	}
	if p.RemindDays < 0 || p.RemindDays > 30 {
		bad = append(bad, errs.FieldError{Name: "remind_days", Key: "sla.remind_days"})
	}
	if p.RemindDays > 0 && p.RemindDays >= p.ConfirmDays && p.ConfirmDays > 1 {
		bad = append(bad, errs.FieldError{Name: "remind_days", Key: "sla.remind_late"})
	}
	if p.Cadence != EveryWord && p.Cadence != WhenAsked {
		bad = append(bad, errs.FieldError{Name: "cadence", Key: "sla.cadence_unknown"})
	}
	if p.Calendar == "" {
		bad = append(bad, errs.FieldError{Name: "calendar", Key: "sla.calendar_none"})
	}
	for name, list := range p.Pauses {
		for _, w := range list {
			if !slices.Contains(Pausable(name), w) {
				bad = append(bad, errs.FieldError{Name: "pauses", Key: "sla.pause_unknown", Args: []any{"Clock", string(name), "Wait", string(w)}})
			}
		}
	}
	if len(bad) == 0 {
		bad = p.checkRules()
	}
	return errs.Invalidf(bad...)
}

// check judges the targets of a row that must be complete.
func (t Target) check(cadence Cadence, field func(Name) string) []errs.FieldError {
	var bad []errs.FieldError
	for _, name := range Aims() {
		if v := t.Of(name); (v < 1 || v > maxMinutes) && (v != None || name == Silence) {
			bad = append(bad, errs.FieldError{Name: field(name), Key: "sla.out_of_range"})
		}
	}
	for _, x := range t.contradictions(cadence) {
		bad = append(bad, errs.FieldError{Name: field(x.name), Key: x.key})
	}
	return bad
}

type contradiction struct {
	name Name
	key  string
}

// sooner reports whether a target is a stricter one than another; None is stricter than nothing.
func sooner(a, b int64) bool { return a != None && (b == None || a < b) }

// contradictions are targets that cannot both be meant, and those without which a ticket could
// be forgotten: something must be due at any time (I10).
func (t Target) contradictions(cadence Cadence) []contradiction {
	var out []contradiction
	if t.Resolve == None {
		if t.Response == None || t.Update == None || cadence == WhenAsked {
			out = append(out, contradiction{Resolve, "sla.nothing_due"})
		}
	} else {
		for _, x := range []contradiction{{Response, "sla.slower_than_resolve"}, {Update, "sla.update_slower"}, {Accept, "sla.accept_slower"}} {
			if t.Of(x.name) > t.Resolve {
				out = append(out, x)
			}
		}
	}
	if t.Silence != None && t.Silence < t.Update {
		out = append(out, contradiction{Silence, "sla.silence_sooner"})
	}
	return out
}

// base is the target of a priority without any rule.
func (p Policy) base(of triage.Priority) Target {
	if !of.Known() {
		of = triage.Default
	}
	return p.Targets[of-1]
}

// Calendars names every calendar that the policy counts by.
func (p Policy) Calendars() []string {
	out := []string{p.Calendar}
	for _, r := range p.Rules {
		if r.Calendar != "" {
			out = append(out, r.Calendar)
		}
	}
	out = append(out, slices.Collect(maps.Values(p.Groups))...)
	slices.Sort(out)
	return slices.Compact(out)
}

func minutes(n int64) time.Duration { return time.Duration(n) * time.Minute }
