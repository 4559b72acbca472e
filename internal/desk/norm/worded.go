// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// n10: what the requester reads is in plain words.
func n10(in *Input) Verdict { return in.spoken("N10") }

// n41: and in positive ones that blame nobody.
func n41(in *Input) Verdict { return in.spoken("N41") }

// spoken judges what was sent to the requester by the remarks that stand with it. What was sent
// cannot be taken back: one word that was sent all the same is missed. Advice is not scored.
func (in *Input) spoken(clause string) Verdict {
	v := Verdict{Clause: clause, Step: Diagnose, State: NA, Key: "norm.worded_na"}
	for _, n := range in.Facts {
		var w ticket.Worded
		switch f := n.Fact.(type) {
		case ticket.Said:
			w = f.Worded
		case ticket.SolutionGiven:
			w = f.Worded
		default:
			continue
		}
		if !w.Looked {
			continue
		}
		if words, bad := scored(w, clause); bad {
			v.State, v.At, v.Event, v.Key, v.Args = Missed, n.Meta.At, n.ID, "norm."+clause+"_missed", []any{"Words", words}
			return v
		}
		v.State, v.At, v.Event, v.Key = Met, n.Meta.At, n.ID, "norm."+clause+"_met"
	}
	return v
}

// n17: the record is precise. What was vague may be made precise as long as anybody likes: the
// last words of each element count.
func n17(in *Input) Verdict {
	v := Verdict{Clause: "N17", Step: Intake, State: NA, Key: "norm.worded_na"}
	vague := map[string]Verdict{}
	note := func(n Noted, intake map[ticket.Element]ticket.Answer, w ticket.Worded) {
		if !w.Looked {
			return
		}
		v.State, v.At, v.Event, v.Key = Met, n.Meta.At, n.ID, "norm.N17_met"
		for e := range intake {
			delete(vague, string(e))
		}
		for _, r := range w.Remarks {
			if !r.Advice {
				vague[r.Field] = Verdict{Clause: "N17", Step: Intake, State: Missed, At: n.Meta.At, Event: n.ID, Key: "norm.N17_missed", Args: []any{"Words", r.Words}}
			}
		}
	}
	for _, n := range in.Facts {
		switch f := n.Fact.(type) {
		case ticket.Recorded:
			note(n, f.Intake, f.Worded)
		case ticket.Noted:
			note(n, f.Intake, f.Worded)
		}
	}
	for _, e := range ticket.Elements() {
		if bad, ok := vague[string(e)]; ok {
			return bad
		}
	}
	return v
}

// scored is the first words that count against a clause.
func scored(w ticket.Worded, clause string) (string, bool) {
	i := slices.IndexFunc(w.Remarks, func(r ticket.Remark) bool { return r.Clause == clause && !r.Advice })
	if i < 0 {
		return "", false
	}
	return w.Remarks[i].Words, true
}
