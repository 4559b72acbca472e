// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// pingPong is the number of hand-overs between the same two groups from which they pass a ticket
// back and forth instead of solving it (N11).
const pingPong = 3

// n11: a hand-over says what was done, why it moves and what is needed, and a ticket is not passed
// back and forth. What one hand-over left out cannot be mended by the next.
func n11(in *Input) Verdict {
	v := Verdict{Clause: "N11", Step: Diagnose, State: NA, Key: "norm.N11_na"}
	moves, count := map[[2]person.GroupID]int{}, 0
	for _, n := range in.Facts {
		h, ok := n.Fact.(ticket.HandedOver)
		if !ok {
			continue
		}
		count++
		pair := [2]person.GroupID{min(h.From, h.To), max(h.From, h.To)}
		if h.From != 0 && h.From != h.To {
			moves[pair]++
		}
		switch {
		case h.Done == "" || h.Why == "" || h.Needed == "":
			v.At, v.Event, v.State, v.Key, v.Args = n.Meta.At, n.ID, Missed, "norm.N11_silent", nil
			if d, excused := in.excused("N11"); excused {
				v.State, v.Key, v.Args = Deviated, "norm.deviated", []any{"Reason", d.Reason}
				continue
			}
			return v
		case moves[pair] >= in.Pack.Clause("N11").Limit:
			v.At, v.Event, v.State, v.Key, v.Args = n.Meta.At, n.ID, Missed, "norm.N11_ping_pong", []any{"Count", moves[pair]}
		case v.State == NA || v.State == Met:
			v.At, v.Event, v.State, v.Key, v.Args = n.Meta.At, n.ID, Met, "norm.N11_met", []any{"Count", count}
		}
	}
	return v
}

// excused is the deviation that was recorded for a gap of a clause.
func (in *Input) excused(clause string) (ticket.Deviated, bool) {
	for _, n := range in.Facts {
		if d, ok := n.Fact.(ticket.Deviated); ok && d.Clause == clause {
			return d, true
		}
	}
	return ticket.Deviated{}, false
}

// n28: whoever gets a hand-over takes it in time. One that lay too long is not mended by the next.
func n28(in *Input) Verdict {
	v := Verdict{Clause: "N28", Step: Diagnose, State: NA, Key: "norm.N28_na"}
	if !slices.ContainsFunc(in.Facts, func(n Noted) bool { _, ok := n.Fact.(ticket.HandedOver); return ok }) {
		return v
	}
	var t ticket.Ticket
	last := int64(0)
	for _, n := range in.Facts {
		if c, ok := in.clock(t, sla.Accept, n.Meta.At); ok && (c.State == sla.Over || c.State == sla.Missed) {
			v.State, v.Key, v.At, v.Event, v.Args = Missed, "norm.N28_missed", c.Due, last, []any{"Due", c.Due}
			return v
		}
		if _, ok := n.Fact.(ticket.HandedOver); ok {
			last = n.ID
		}
		t.Advance(n.Fact, n.Meta)
	}
	v.Event = last
	switch c, ok := in.clock(in.Ticket, sla.Accept, in.Now); {
	case !ok: // reopened since, and in nobody's hand
		v.State, v.Key = Met, "norm.N28_met"
	case c.State == sla.Over || c.State == sla.Missed:
		v.State, v.Key, v.At, v.Args = Missed, "norm.N28_missed", c.Due, []any{"Due", c.Due}
	case c.State == sla.Met:
		v.State, v.Key, v.At = Met, "norm.N28_met", c.Stopped
	case in.dropped():
		v.Key, v.Event = "norm.dropped", 0
	default:
		v.State, v.Key, v.At, v.Args = Open, "norm.N28_open", c.Due, []any{"Due", c.Due}
	}
	return v
}
