// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Gate looks at a ticket as it would be and returns what is missing, all at once.
// A gate that asks nothing of this ticket returns nothing.
type Gate func(after Ticket) []errs.Gap

// Gates says which gates stand before which command. The assembly fills it.
type Gates map[Name][]Gate

// missing asks every gate before the command, and leaves out what a deviation stands in for.
func (g Gates) missing(cmd Name, after Ticket) []errs.Gap {
	var out []errs.Gap
	for _, gate := range g[cmd] {
		for _, gap := range gate(after) {
			if _, excused := after.Detail.Deviations[gap.Key]; !excused || !gap.Deviable {
				out = append(out, gap)
			}
		}
	}
	return out
}

// StandardGates are the gates of the standard's first form.
func StandardGates() Gates {
	return Gates{
		CmdAccept:   {GateForm(form.ToAccept)},
		CmdHandOver: {GateReadBack, GateHandOver, GateForm(form.ToAccept, form.ToHandOver)},
		CmdHold:     {GateHeard, GateBlocked},
		CmdVisit:    {GateReadBack},
		CmdResolve:  {GateIntake, GateReadBack, GateGraded, GateForm(form.Stages()...), GateSolution},
		CmdClose:    {GateConfirmed, GateClosure},
	}
}

// GateIntake asks for the seven elements, each filled or marked unknown with a reason (N15).
func GateIntake(t Ticket) []errs.Gap {
	if t.Complete() == len(Elements()) {
		return nil
	}
	return []errs.Gap{{Clause: "N15", Key: "gap.intake", Form: "intake", Deviable: true}}
}

// GateReadBack asks that a spoken request was read back to the caller (N18).
func GateReadBack(t Ticket) []errs.Gap {
	if t.Channel != Phone || !t.Detail.ReadBack.At.IsZero() {
		return nil
	}
	return []errs.Gap{{Clause: "N18", Key: "gap.read_back", Form: "read-back", Deviable: true}}
}

// GateHeard is GateReadBack before a wait, but for one for the requester: that may well be the wait
// for their word about the record.
//
// A spoken request leaves the hands of those who took it down by a hand-over, a wait or a solution,
// and each asks that it was read back (N18). Accepting it does not: it says who answers for it, and
// somebody must before anybody calls back.
func GateHeard(t Ticket) []errs.Gap {
	if t.Pending == ForRequester {
		return nil
	}
	return GateReadBack(t)
}

// GateGraded asks for the three answers (N22).
func GateGraded(t Ticket) []errs.Gap {
	if t.Graded {
		return nil
	}
	return []errs.Gap{{Clause: "N22", Key: "gap.grade", Form: "grade", Deviable: true}}
}

// GateSolution asks for a solution the user can read, the steps to check it, the cause and
// the prevention (N32–N34). The solution itself cannot be deviated from.
func GateSolution(t Ticket) []errs.Gap {
	var out []errs.Gap
	s := t.Detail.Solution
	if s.Text == "" {
		out = append(out, errs.Gap{Clause: "N32", Key: "gap.solution", Form: "resolve"})
	}
	if len(s.Verify) == 0 {
		out = append(out, errs.Gap{Clause: "N33", Key: "gap.verify", Form: "resolve", Deviable: true})
	}
	if s.Cause == "" {
		out = append(out, errs.Gap{Clause: "N34", Key: "gap.cause", Form: "resolve", Deviable: true})
	}
	if s.Prevention == "" {
		out = append(out, errs.Gap{Clause: "N34", Key: "gap.prevention", Form: "resolve", Deviable: true})
	}
	return out
}

// GateBlocked asks for the three answers of an honest wait (N30).
func GateBlocked(t Ticket) []errs.Gap {
	h := t.Detail.Hold
	if h.Reason != Blocked {
		return nil
	}
	var out []errs.Gap
	if h.Stuck == "" {
		out = append(out, errs.Gap{Clause: "N30", Key: "gap.stuck", Form: "hold"})
	}
	if h.Doing == "" {
		out = append(out, errs.Gap{Clause: "N30", Key: "gap.doing", Form: "hold"})
	}
	if h.Next.IsZero() {
		out = append(out, errs.Gap{Clause: "N30", Key: "gap.next", Form: "hold"})
	}
	return out
}

// GateHandOver asks what was done, why it moves and what is needed (N11, N28).
func GateHandOver(t Ticket) []errs.Gap {
	var out []errs.Gap
	h := t.Detail.HandOver
	if h.Done == "" {
		out = append(out, errs.Gap{Clause: "N11", Key: "gap.done", Form: "hand-over"})
	}
	if h.Why == "" {
		out = append(out, errs.Gap{Clause: "N11", Key: "gap.why", Form: "hand-over"})
	}
	if h.Needed == "" {
		out = append(out, errs.Gap{Clause: "N28", Key: "gap.needed", Form: "hand-over"})
	}
	return out
}

// GateConfirmed asks for the user's word, or for the time for it to be up and no word since (N35).
// Tickets that never had a solution to confirm pass.
func GateConfirmed(t Ticket) []errs.Gap {
	if !answers(t) || !t.ConfirmedAt.IsZero() || t.TimeIsUp() {
		return nil
	}
	return []errs.Gap{{Clause: "N35", Key: "gap.confirmed", Form: "confirm"}}
}

// GateClosure asks for the closure sheet: what was difficult and how it was met (N36).
func GateClosure(t Ticket) []errs.Gap {
	if !answers(t) || (t.Detail.Closure.Difficulties != "" && t.Detail.Closure.Approach != "") {
		return nil
	}
	return []errs.Gap{{Clause: "N36", Key: "gap.closure", Form: "closure", Deviable: true}}
}

// ofSolution reports whether a gap belongs to one solution and the end of it, and not to the
// record of the request: an excuse for it is worth nothing for the next solution.
func ofSolution(gap string) bool {
	switch gap {
	case "gap.solution", "gap.verify", "gap.cause", "gap.prevention", "gap.confirmed", "gap.closure":
		return true
	}
	return false
}

// answers reports whether the ticket is on the way through solution and confirmation,
// rather than being cancelled, invalid or a duplicate.
func answers(t Ticket) bool { return !t.ClosedAs.Dropped() }
