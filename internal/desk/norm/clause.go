// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// n3: a human answers within the promised time.
func n3(in *Input) Verdict {
	v := Verdict{Clause: "N3", Step: Respond, Key: "norm.N3_open"}
	c, ok := in.clock(in.Ticket, sla.Response, in.Now)
	if !ok {
		v.State, v.Key = NA, "norm.no_target"
		return v
	}
	if in.dropped() && in.Ticket.FirstResponseAt.IsZero() {
		v.State, v.Key = NA, "norm.dropped"
		return v
	}
	v.At = c.Due
	switch c.State {
	case sla.Met:
		v.State, v.Key = Met, "norm.N3_met"
	case sla.Missed, sla.Over:
		v.State, v.Key = Missed, "norm.N3_missed"
	case sla.Running, sla.Paused:
		v.State = Open
	}
	if !c.Stopped.IsZero() {
		v.At = c.Stopped
		v.Args = []any{"Took", c.Stopped.Sub(c.Start), "Goal", c.Due.Sub(c.Start)}
	} else {
		v.Args = []any{"Took", in.Now.Sub(c.Start), "Goal", c.Due.Sub(c.Start)}
	}
	if n, ok := first(in, func(f ticket.Said) bool { return f.FirstResponse }); ok {
		v.Event = n.ID
	} else if n, ok := first(in, func(ticket.SolutionGiven) bool { return true }); ok { // solved without a word before
		v.Event = n.ID
	}
	return v
}

// n15: the seven elements are recorded or honestly unknown.
func n15(in *Input) Verdict {
	have, all := in.Ticket.Complete(), len(ticket.Elements())
	if have < all {
		v := in.gap("N15", Intake, "gap.intake")
		if v.State == Open || v.State == Missed {
			v.Args = []any{"Have", have, "All", all}
		}
		return v
	}
	v := Verdict{Clause: "N15", Step: Intake, State: Met, Key: "norm.N15_met", Args: []any{"Have", have, "All", all}, At: in.Ticket.CreatedAt}
	if _, n, ok := find[ticket.Noted](in); ok {
		v.At, v.Event = n.Meta.At, n.ID
	} else if _, n, ok := find[ticket.Recorded](in); ok {
		v.Event = n.ID
	}
	return v
}

// n18: a spoken request was read back.
func n18(in *Input) Verdict {
	if in.Ticket.Channel != ticket.Phone {
		return Verdict{Clause: "N18", Step: Intake, State: NA, Key: "norm.N18_na"}
	}
	f, n, ok := find[ticket.ReadBackDone](in)
	if !ok {
		return in.gap("N18", Intake, "gap.read_back")
	}
	return Verdict{
		Clause: "N18", Step: Intake, State: Met, At: n.Meta.At, Event: n.ID, Key: "norm.N18_met",
		Args: []any{"Have", len(f.Items), "All", len(ticket.Elements())},
	}
}

// n19: the requester was told at once that the request is in.
func n19(in *Input) Verdict {
	f, n, ok := find[ticket.Acknowledged](in)
	if !ok {
		if in.Ticket.Detail.Quiet != "" {
			return Verdict{Clause: "N19", Step: Respond, State: NA, Key: "norm.N19_quiet"}
		}
		return Verdict{Clause: "N19", Step: Respond, State: Missed, Key: "norm.N19_missed", At: in.Ticket.CreatedAt}
	}
	return Verdict{
		Clause: "N19", Step: Respond, State: Met, At: n.Meta.At, Event: n.ID, Key: "norm.N19_met",
		Args: []any{"Took", n.Meta.At.Sub(in.Ticket.CreatedAt), "Channel", string(f.Channel)},
	}
}

// n20: with it came an honest expectation.
func n20(in *Input) Verdict {
	f, n, ok := find[ticket.Acknowledged](in)
	if !ok || f.ExpectBy.IsZero() {
		if in.Ticket.Detail.Quiet != "" {
			return Verdict{Clause: "N20", Step: Respond, State: NA, Key: "norm.N19_quiet"}
		}
		return Verdict{Clause: "N20", Step: Respond, State: Missed, Key: "norm.N20_missed"}
	}
	return Verdict{Clause: "N20", Step: Respond, State: Met, At: n.Meta.At, Event: n.ID, Key: "norm.N20_met", Args: []any{"Due", f.ExpectBy}}
}

// n22: graded by the three questions.
func n22(in *Input) Verdict {
	f, n, ok := find[ticket.Graded](in)
	if !ok {
		return in.gap("N22", Grade, "gap.grade")
	}
	v := Verdict{Clause: "N22", Step: Grade, State: Met, At: n.Meta.At, Event: n.ID, Key: "norm.N22_met", Args: []any{"Priority", f.Priority.String()}}
	if f.Priority != f.Computed {
		v.State, v.Key = Deviated, "norm.N22_override"
		v.Args = []any{"Priority", f.Priority.String(), "Computed", f.Computed.String(), "Reason", f.Reason}
	}
	return v
}

// n29: the requester hears something at the promised cadence. One silence that was too long
// cannot be mended by a word afterwards.
func n29(in *Input) Verdict {
	v := Verdict{Clause: "N29", Step: Diagnose, State: NA, Key: "norm.N29_na"}
	if due, n, ok := in.silence(); ok {
		v.State, v.Key, v.At, v.Event, v.Args = Missed, "norm.N29_missed", n.Meta.At, n.ID, []any{"Due", due}
		return v
	}
	if p, ok := in.broken(promise.Reply); ok {
		v.State, v.Key, v.At, v.Event, v.Args = Missed, "norm.N29_promise", p.Due, p.Fact, []any{"Due", p.Due}
		return v
	}
	c, owed := in.clock(in.Ticket, sla.Update, in.Now)
	switch {
	case owed && c.State == sla.Over:
		v.State, v.Key, v.At, v.Args = Missed, "norm.N29_missed", c.Due, []any{"Due", c.Due}
	case owed:
		v.State, v.Key, v.At = Open, "norm.N29_open", c.Due
	case in.dropped():
		v.Key = "norm.dropped"
	case in.Rules.Terms(in.Ticket).Target.Update == sla.None:
		v.Key = "norm.no_target"
	case !in.Ticket.FirstResponseAt.IsZero():
		v.State, v.Key, v.At, v.Event = Met, "norm.N29_met", in.Ticket.LastPublicAt, in.word()
	}
	return v
}

// silence finds the first fact before which the update clock had run out, and when it was due.
// The ticket is folded fact by fact: each stretch is judged by what was known then, by the
// priority of then.
func (in *Input) silence() (time.Time, Noted, bool) {
	var t ticket.Ticket
	for _, n := range in.Facts {
		if c, owed := in.clock(t, sla.Update, n.Meta.At); owed && c.State == sla.Over {
			return c.Due, n, true
		}
		t.Advance(n.Fact, n.Meta)
	}
	return time.Time{}, Noted{}, false
}

// word is the last fact that the requester heard of from a human; 0 where there is none.
func (in *Input) word() int64 {
	var which int64
	for _, n := range in.Facts {
		switch f := n.Fact.(type) {
		case ticket.Said:
			if !f.ByRequester && (f.Kind == ticket.Public || f.Spoke) {
				which = n.ID
			}
		case ticket.Held:
			if f.Reason == ticket.Blocked {
				which = n.ID
			}
		case ticket.SolutionGiven:
			which = n.ID
		}
	}
	return which
}

// n30: whoever has to wait is told what is stuck, what is being done and when they hear next, and
// then does hear. One promise that was broken cannot be mended by a word afterwards.
func n30(in *Input) Verdict {
	v := Verdict{Clause: "N30", Step: Diagnose, State: NA, Key: "norm.N30_na"}
	for _, n := range in.Facts {
		h, ok := n.Fact.(ticket.Held)
		if !ok || h.Reason != ticket.Blocked && h.Next.IsZero() {
			continue
		}
		v.State, v.Key, v.At, v.Event = Met, "norm.N30_met", n.Meta.At, n.ID
		if h.Reason == ticket.Blocked && (h.Stuck == "" || h.Doing == "" || h.Next.IsZero()) { // from before the gate stood
			v.State, v.Key = Missed, "norm.N30_silent"
			return v
		}
	}
	if v.State == NA {
		return v
	}
	if p, ok := in.broken(promise.Wait); ok {
		v.State, v.Key, v.At, v.Event, v.Args = Missed, "norm.N30_missed", p.Due, p.Fact, []any{"Due", p.Due}
		return v
	}
	for _, p := range in.promises() {
		if p.Source == promise.Wait && p.State == promise.Open {
			v.State, v.Key, v.At, v.Event, v.Args = Open, "norm.N30_open", p.Due, p.Fact, []any{"Due", p.Due}
		}
	}
	if v.State == Met && in.dropped() {
		v.State, v.Key, v.Event = NA, "norm.dropped", 0
	}
	return v
}

// promises are what the facts promise, as it stands now.
func (in *Input) promises() []promise.Promise {
	list := make([]promise.Heard, 0, len(in.Facts))
	for _, n := range in.Facts {
		list = append(list, promise.Heard{ID: n.ID, Meta: n.Meta, Fact: n.Fact})
	}
	return promise.Fold(list, in.Now)
}

// broken is the first promise of a source that was broken.
func (in *Input) broken(of promise.Source) (promise.Promise, bool) {
	for _, p := range in.promises() {
		if p.Source == of && p.State == promise.Broken {
			return p, true
		}
	}
	return promise.Promise{}, false
}

// n32: the solution was presented in words the user can read.
func n32(in *Input) Verdict {
	return given(in, "N32", "gap.solution", func(s ticket.Solution) bool { return s.Text != "" })
}

// n33: with steps to check that work goes on.
func n33(in *Input) Verdict {
	return given(in, "N33", "gap.verify", func(s ticket.Solution) bool { return len(s.Verify) > 0 })
}

// n34: with the cause and how to avoid it. The worse of the two decides.
func n34(in *Input) Verdict {
	cause := given(in, "N34", "gap.cause", func(s ticket.Solution) bool { return s.Cause != "" })
	prevention := given(in, "N34", "gap.prevention", func(s ticket.Solution) bool { return s.Prevention != "" })
	if rank(prevention.State) > rank(cause.State) {
		return prevention
	}
	return cause
}

// rank orders verdicts from good to bad.
func rank(s State) int { return slices.Index([]State{NA, Met, Deviated, Open, Missed}, s) }

func given(in *Input, clause, gap string, has func(ticket.Solution) bool) Verdict {
	f, n, ok := find[ticket.SolutionGiven](in)
	if !ok || in.Ticket.ResolvedAt.IsZero() || !has(f.Solution) {
		return in.gap(clause, Solve, gap)
	}
	return Verdict{Clause: clause, Step: Solve, State: Met, At: n.Meta.At, Event: n.ID, Key: "norm." + clause + "_met"}
}

// n35: the user confirmed. Time that ran out is missed, never met.
func n35(in *Input) Verdict {
	v := Verdict{Clause: "N35", Step: Confirm, State: Open, Key: "norm.N35_open", Gap: "gap.confirmed"}
	switch {
	case in.dropped():
		v.State, v.Key, v.Gap = NA, "norm.dropped", ""
	case !in.Ticket.ConfirmedAt.IsZero():
		f, n, _ := find[ticket.UserConfirmed](in)
		v.State, v.Key, v.Gap, v.At, v.Event = Met, "norm.N35_met", "", n.Meta.At, n.ID
		v.Args = []any{"How", f.Confirmation.How}
	case in.Ticket.TimeIsUp():
		_, n, _ := find[ticket.TimeUp](in)
		v.State, v.Key, v.Gap, v.At, v.Event = Missed, "norm.N35_missed", "", n.Meta.At, n.ID
	}
	return v
}

// n36: difficulties and how they were met are on the closure sheet.
func n36(in *Input) Verdict {
	c := in.Ticket.Detail.Closure
	if c.Difficulties == "" || c.Approach == "" {
		return in.gap("N36", Archive, "gap.closure")
	}
	_, n, _ := find[ticket.Archived](in)
	return Verdict{Clause: "N36", Step: Archive, State: Met, At: c.At, Event: n.ID, Key: "norm.N36_met"}
}
