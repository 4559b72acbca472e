// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// quickMinutes is within how many minutes somebody stands up for an emergency, at any hour (N4).
const quickMinutes = 15

// n4: an emergency has somebody at once. It begins when the ticket is graded P1, and a major incident
// that is declared answers it, too.
func n4(in *Input) Verdict {
	v := Verdict{Clause: "N4", Step: Grade, State: NA, Key: "norm.N4_na"}
	since, limit := time.Time{}, time.Duration(in.Pack.Clause("N4").Limit)*time.Minute
	var t ticket.Ticket
	for _, n := range in.Facts {
		t.Advance(n.Fact, n.Meta)
		if since.IsZero() && t.Graded && t.Priority == triage.P1 {
			since = n.Meta.At
		}
		_, declared := n.Fact.(ticket.Paced)
		if since.IsZero() || t.Owner == 0 && t.Assignee == 0 && !declared {
			continue
		}
		v.At, v.Event, v.Args = n.Meta.At, n.ID, []any{"Took", n.Meta.At.Sub(since), "Goal", limit}
		v.State, v.Key = Met, "norm.N4_met"
		if n.Meta.At.Sub(since) > limit {
			v.State, v.Key = Missed, "norm.N4_missed"
		}
		return v
	}
	switch {
	case since.IsZero():
	case in.dropped():
		v.Key = "norm.dropped"
	case in.Now.Sub(since) > limit:
		v.State, v.Key, v.At, v.Args = Missed, "norm.N4_missed", since.Add(limit), []any{"Took", in.Now.Sub(since), "Goal", limit}
	default:
		v.State, v.Key, v.At, v.Args = Open, "norm.N4_open", since.Add(limit), []any{"Goal", limit}
	}
	return v
}

// n5: what was suspected was looked at before it was called a solution. Where no log is kept nothing is
// said: a password that is set again needs none.
func n5(in *Input) Verdict {
	v := Verdict{Clause: "N5", Step: Diagnose, State: NA, Key: "norm.N5_na"}
	lines, unclear := 0, 0
	var t ticket.Ticket
	for _, n := range in.Facts {
		t.Advance(n.Fact, n.Meta)
		if _, ok := n.Fact.(ticket.Diagnosed); !ok {
			continue
		}
		lines, unclear = len(t.Detail.Findings), len(t.UnclearLines())
		v.At, v.Event = n.Meta.At, n.ID
	}
	switch {
	case lines == 0:
	case unclear == 0:
		v.State, v.Key, v.Args = Met, "norm.N5_met", []any{"Lines", lines}
	case in.dropped():
		v.Key, v.Event = "norm.dropped", 0
	case in.Ticket.Status == ticket.Closed:
		v.State, v.Key, v.Args = Missed, "norm.N5_missed", []any{"Lines", unclear}
	default:
		v.State, v.Key, v.Args = Open, "norm.N5_open", []any{"Lines", unclear}
	}
	return v
}

// n12: somebody answers for the ticket, from the first hand that takes it to its end.
func n12(in *Input) Verdict {
	v := Verdict{Clause: "N12", Step: Respond, State: Open, Key: "norm.N12_open"}
	var t ticket.Ticket
	for _, n := range in.Facts {
		was := t.Owner
		t.Advance(n.Fact, n.Meta)
		switch {
		case t.Owner != 0 && was == 0:
			v.State, v.Key, v.At, v.Event = Met, "norm.N12_met", n.Meta.At, n.ID
		case t.Owner == 0 && was != 0:
			v.State, v.Key, v.At, v.Event = Missed, "norm.N12_lost", n.Meta.At, n.ID
			return v
		}
	}
	if v.State == Open && in.Ticket.Status == ticket.Closed {
		if v.State, v.Key = Missed, "norm.N12_missed"; in.dropped() {
			v.State, v.Key = NA, "norm.dropped"
		}
	}
	return v
}

// n14: the request has a number and the channel by which it came.
func n14(in *Input) Verdict {
	v := Verdict{Clause: "N14", Step: Intake, State: Missed, Key: "norm.N14_missed"}
	if f, n, ok := find[ticket.Recorded](in); ok && f.Channel != "" {
		v.State, v.Key, v.At, v.Event, v.Args = Met, "norm.N14_met", n.Meta.At, n.ID, []any{"Channel", string(f.Channel)}
	}
	return v
}

// n16: where something to look at was missing, the requester was asked for it and gave it. What came by
// itself needs no question.
func n16(in *Input) Verdict {
	v := Verdict{Clause: "N16", Step: Intake, State: NA, Key: "norm.N16_na"}
	for _, n := range in.Facts {
		switch f := n.Fact.(type) {
		case ticket.AskedFor:
			v.State, v.Key, v.At, v.Event = Met, "norm.N16_asked", n.Meta.At, n.ID
		case ticket.Said:
			if f.ByRequester && v.Event != 0 {
				v.State, v.Key, v.At, v.Event = Met, "norm.N16_met", n.Meta.At, n.ID
				return v
			}
		}
	}
	return v
}

// n21: the ticket has a category.
func n21(in *Input) Verdict {
	v := Verdict{Clause: "N21", Step: Grade, State: Open, Key: "norm.N21_open"}
	var t ticket.Ticket
	for _, n := range in.Facts {
		was := t.Category
		t.Advance(n.Fact, n.Meta)
		if t.Category != 0 && t.Category != was {
			v.State, v.Key, v.At, v.Event = Met, "norm.N21_met", n.Meta.At, n.ID
		}
	}
	if t.Category == 0 {
		v = Verdict{Clause: "N21", Step: Grade, State: Open, Key: "norm.N21_open"}
		switch {
		case in.dropped():
			v.State, v.Key = NA, "norm.dropped"
		case in.Ticket.Status == ticket.Closed:
			v.State, v.Key = Missed, "norm.N21_missed"
		}
	}
	return v
}

// n23: it was solved within the target of its priority.
func n23(in *Input) Verdict {
	v := Verdict{Clause: "N23", Step: Solve, State: Open, Key: "norm.N23_open"}
	c, ok := in.clock(in.Ticket, sla.Resolve, in.Now)
	switch {
	case in.dropped():
		v.State, v.Key = NA, "norm.dropped"
		return v
	case !ok:
		v.State, v.Key = NA, "norm.no_target"
		return v
	}
	v.At, v.Args = c.Due, []any{"Due", c.Due, "Priority", in.Ticket.Priority.String()}
	if c.Due.IsZero() { // it rests
		v.Key, v.Args = "norm.N23_rests", nil
	}
	switch c.State {
	case sla.Met:
		v.State, v.Key = Met, "norm.N23_met"
	case sla.Missed, sla.Over:
		v.State, v.Key = Missed, "norm.N23_missed"
	case sla.Running, sla.Paused:
	}
	if _, n, ok := find[ticket.SolutionGiven](in); ok && !c.Stopped.IsZero() {
		v.At, v.Event = c.Stopped, n.ID
	}
	return v
}
