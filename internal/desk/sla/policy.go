// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "sla.policy"

// Target is what the desk aims at for one priority, in minutes of working time.
type Target struct {
	Response int64 // until the first word of a human
	Update   int64 // between words that the requester sees
	Resolve  int64 // until a solution is given
}

// Policy holds a target for each of P1 … P4, and by which calendar their time is counted.
type Policy struct {
	Targets     [4]Target
	ConfirmDays int64  // working days a solution waits for the user's confirmation
	Calendar    string // name in the calendar book; "always" counts every minute
	P1Always    bool   // every minute counts for P1, whatever the calendar
}

// Standard is the policy that a new desk starts with.
func Standard() Policy {
	return Policy{
		Targets: [4]Target{
			{Response: 15, Update: 30, Resolve: 4 * 60},
			{Response: 30, Update: 2 * 60, Resolve: 8 * 60},
			{Response: 2 * 60, Update: 8 * 60, Resolve: 3 * 24 * 60},
			{Response: 8 * 60, Update: 24 * 60, Resolve: 7 * 24 * 60},
		},
		ConfirmDays: 3, Calendar: calendar.AlwaysName, P1Always: true,
	}
}

// Field names the form field of one target: "response_1" for P1.
func Field(name string, p triage.Priority) string { return name + "_" + strconv.Itoa(int(p)) }

// Check refuses targets below a minute or above a year, an update cadence or a response
// slower than the resolution, and a lower priority with a stricter target.
func (p Policy) Check() error {
	var bad []errs.FieldError
	add := func(name string, i int, key string) {
		bad = append(bad, errs.FieldError{Name: Field(name, triage.Priority(i+1)), Key: key})
	}
	for i, t := range p.Targets {
		for name, v := range map[string]int64{"response": t.Response, "update": t.Update, "resolve": t.Resolve} {
			if v < 1 || v > 366*24*60 {
				add(name, i, "sla.out_of_range")
			}
		}
		if t.Response > t.Resolve {
			add("response", i, "sla.slower_than_resolve")
		}
		if i > 0 && (t.Response < p.Targets[i-1].Response || t.Resolve < p.Targets[i-1].Resolve) {
			add("resolve", i, "sla.order")
		}
	}
	if p.ConfirmDays < 1 || p.ConfirmDays > 30 {
		bad = append(bad, errs.FieldError{Name: "confirm_days", Key: "sla.confirm_days"})
	}
	if p.Calendar == "" {
		bad = append(bad, errs.FieldError{Name: "calendar", Key: "sla.calendar_none"})
	}
	return errs.Invalidf(bad...)
}

func (p Policy) target(of triage.Priority) Target {
	if !of.Known() {
		of = triage.Default
	}
	return p.Targets[of-1]
}

// hours is the calendar by which the clocks of a priority count, where cal is the policy's own.
func (p Policy) hours(cal calendar.Calendar, of triage.Priority) calendar.Calendar {
	if p.P1Always && of == triage.P1 {
		return calendar.Always{}
	}
	return cal
}

func minutes(n int64) time.Duration { return time.Duration(n) * time.Minute }
