// SPDX-License-Identifier: Apache-2.0

package norm

import "github.com/loopdesk/loopdesk/internal/desk/ticket"

// n26: help at a distance is agreed to, and how it ended is said. Whoever shows their screen agreed
// before it was seen; a tool asks by itself, so that of a tool the record must say what came of it.
func n26(in *Input) Verdict {
	v := Verdict{Clause: "N26", Step: Diagnose, State: NA, Key: "norm.N26_na"}
	agreed, going := map[int64]bool{}, map[int64]Noted{}
	for _, n := range in.Facts {
		switch f := n.Fact.(type) {
		case ticket.RemoteAgreed:
			agreed[f.Session] = true
		case ticket.RemoteStarted:
			if going[f.Session] = n; f.Way == ticket.RemoteShare && !agreed[f.Session] {
				v.State, v.Key, v.At, v.Event = Missed, "norm.N26_unasked", n.Meta.At, n.ID
				return v
			}
		case ticket.RemoteEnded:
			if _, began := going[f.Session]; !began || v.State == Missed {
				continue
			}
			delete(going, f.Session)
			v.State, v.Key, v.At, v.Event = Met, "norm.N26_met", n.Meta.At, n.ID
			if f.Way == ticket.RemoteLaunch && f.Outcome == "" {
				v.State, v.Key = Missed, "norm.N26_untold"
			}
		}
	}
	if v.State == Missed {
		return v
	}
	for _, n := range going {
		if v.State != Open || n.ID > v.Event {
			v.State, v.Key, v.At, v.Event = Open, "norm.N26_open", n.Meta.At, n.ID
		}
	}
	return v
}

// n27: who went there has it signed by the requester, or says why nobody could sign. A visit that was
// called off, or at which nobody was met, owes no signature.
func n27(in *Input) Verdict {
	v := Verdict{Clause: "N27", Step: Diagnose, State: NA, Key: "norm.N27_na"}
	last := map[int64]Noted{}
	for _, n := range in.Facts {
		if f, ok := n.Fact.(ticket.VisitStepped); ok && f.Visit.Step != ticket.VisitReassigned {
			last[f.Visit.ID] = n
		}
	}
	closed := in.Ticket.Status == ticket.Closed
	worse := map[State]int{NA: 0, Met: 1, Deviated: 2, Open: 3, Missed: 4}
	for _, n := range last {
		f, _ := n.Fact.(ticket.VisitStepped)
		state, key, args := NA, "", []any(nil)
		switch f.Visit.Step {
		case ticket.VisitSigned:
			state, key = Met, "norm.N27_met"
			if f.Visit.How == "none" {
				state, key, args = Deviated, "norm.N27_unsigned", []any{"Reason", f.Visit.Words}
			}
		case ticket.VisitArrived, ticket.VisitDone:
			if state, key = Open, "norm.N27_sign"; closed {
				state, key = Missed, "norm.N27_missed"
			}
		case ticket.VisitProposed, ticket.VisitFixed, ticket.VisitAgreed, ticket.VisitRefused, ticket.VisitMoved, ticket.VisitStarted, ticket.VisitMissed:
			if state, key = Open, "norm.N27_open"; closed { // what nobody went to ended with the ticket
				state = NA
			}
		case ticket.VisitCancelled, ticket.VisitReassigned:
		}
		if w := worse[state] - worse[v.State]; w > 0 || w == 0 && state != NA && n.ID > v.Event {
			v.State, v.Key, v.Args, v.At, v.Event = state, key, args, n.Meta.At, n.ID
		}
	}
	return v
}

// n31: what carries a risk was covered before it was done: by a version that a second person reviewed,
// or by an approval of exactly this; where the class asks for four eyes, another person let it be done.
// What is still being asked for is open. Asked and refused, it was not done, which is as it should be.
func n31(in *Input) Verdict {
	v := Verdict{Clause: "N31", Step: Diagnose, State: NA, Key: "norm.N31_na"}
	asked := map[int64]Noted{}
	for _, n := range in.Facts {
		switch f := n.Fact.(type) {
		case ticket.Approval:
			if asked[f.Approval] = n; f.Step.Ends() {
				delete(asked, f.Approval)
			}
			if f.Step == ticket.ApprovalGranted {
				v.State, v.Key, v.At, v.Event, v.Args = Met, "norm.N31_granted", n.Meta.At, n.ID, []any{"Title", f.Title}
			}
		case ticket.DeedDone:
			v.State, v.At, v.Event, v.Args = Met, n.Meta.At, n.ID, []any{"Step", f.Step}
			if v.Key = "norm.N31_runbook"; f.Cover == ticket.ByApproval {
				v.Key = "norm.N31_approval"
			}
			alone := f.FourEyes && (f.Releaser == 0 || f.Releaser == f.Writer || int64(f.Releaser) == n.Meta.ActorID)
			if f.Cover == "" || alone {
				if v.State, v.Key = Missed, "norm.N31_uncovered"; alone {
					v.Key = "norm.N31_alone"
				}
				return v
			}
		}
	}
	for _, n := range asked {
		if f, _ := n.Fact.(ticket.Approval); v.State != Open || n.ID > v.Event {
			v.State, v.Key, v.At, v.Event, v.Args = Open, "norm.N31_open", n.Meta.At, n.ID, []any{"Title", f.Title}
		}
	}
	return v
}
