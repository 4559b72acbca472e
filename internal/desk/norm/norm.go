// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// State is the verdict on one clause.
type State string

// The verdicts.
const (
	Met      State = "met"
	Open     State = "open"   // can still be met
	Missed   State = "missed" // can no longer be met
	Deviated State = "deviated"
	NA       State = "not_applicable"
)

// Step is a stage of the process rail.
type Step string

// The stages, in order: 受理 → 响应 → 分级 → 诊断 → 解决 → 确认 → 归档.
const (
	Intake   Step = "intake"
	Respond  Step = "respond"
	Grade    Step = "grade"
	Diagnose Step = "diagnose"
	Solve    Step = "solve"
	Confirm  Step = "confirm"
	Archive  Step = "archive"
)

// Steps lists the stages in order.
func Steps() []Step { return []Step{Intake, Respond, Grade, Diagnose, Solve, Confirm, Archive} }

// Verdict is the judgement on one clause, with its evidence.
type Verdict struct {
	Clause string
	Step   Step
	State  State
	At     time.Time // of the evidence, or of the due time while open
	Event  int64     // key of the fact that is the evidence; 0 where there is none
	Key    string    // message key of the evidence in words
	Args   []any     // pairs of name and value for the words
	Gap    string    // the gap to fill or deviate from, where one stands open
}

// Input is all that a verdict depends on.
type Input struct {
	Ticket ticket.Ticket
	Facts  []Noted // every fact of the ticket, oldest first
	Rules  *sla.Rulebook
	Pack   *Pack // the house's own where nil
	Now    time.Time
}

// Noted is a fact with where and when it was recorded.
type Noted struct {
	ID   int64
	Meta event.Meta
	Fact ticket.Fact
}

// Conformance is the judgement on a whole ticket.
type Conformance struct {
	Verdicts []Verdict
	Met      int // clauses met or honestly deviated from
	Judged   int // clauses that apply and are decided
	Deviated int
	Score    int // percent of the judged ones that were met; 100 while nothing is decided
}

// judgement is a clause that the events of a ticket tell about.
type judgement struct {
	id    string
	judge func(*Input) Verdict
}

// clauses are those that are judged, in the order of the process rail.
func clauses() []judgement {
	return []judgement{
		{"N15", n15},
		{"N17", n17},
		{"N18", n18},
		{"N14", n14},
		{"N16", n16},
		{"N19", n19},
		{"N20", n20},
		{"N3", n3},
		{"N12", n12},
		{"N10", n10},
		{"N25", n25},
		{"N26", n26},
		{"N27", n27},
		{"N31", n31},
		{"N29", n29},
		{"N30", n30},
		{"N41", n41},
		{"N11", n11},
		{"N28", n28},
		{"N21", n21},
		{"N22", n22},
		{"N4", n4},
		{"N5", n5},
		{"N23", n23},
		{"N32", n32},
		{"N33", n33},
		{"N34", n34},
		{"N35", n35},
		{"N36", n36},
	}
}

// house is the pack of a house that wrote nothing of its own.
var house = sync.OnceValue(Standard) //nolint:gochecknoglobals // a constant in all but name

// Judge evaluates every clause that the events of a ticket tell about.
func Judge(in Input) Conformance {
	if in.Pack == nil {
		in.Pack = house()
	}
	c := Conformance{Score: 100}
	for _, rule := range clauses() {
		clause := in.Pack.Clause(rule.id)
		if clause.Off {
			continue
		}
		v := rule.judge(&in)
		if !clause.Counts(in.Ticket) {
			v = Verdict{Clause: v.Clause, Step: v.Step, State: NA, Key: "norm.when_na"}
		}
		c.Verdicts = append(c.Verdicts, v)
		switch v.State {
		case Met:
			c.Met++
			c.Judged++
		case Deviated:
			c.Met++
			c.Judged++
			c.Deviated++
		case Missed:
			c.Judged++
		case Open, NA:
		}
	}
	if c.Judged > 0 {
		c.Score = c.Met * 100 / c.Judged
	}
	return c
}

// Step returns the verdicts of one stage.
func (c Conformance) Step(s Step) []Verdict {
	var out []Verdict
	for _, v := range c.Verdicts {
		if v.Step == s {
			out = append(out, v)
		}
	}
	return out
}

// find returns the last fact of one type, for evidence.
func find[F ticket.Fact](in *Input) (F, Noted, bool) {
	for i := len(in.Facts) - 1; i >= 0; i-- {
		if f, ok := in.Facts[i].Fact.(F); ok {
			return f, in.Facts[i], true
		}
	}
	var none F
	return none, Noted{}, false
}

func first[F ticket.Fact](in *Input, is func(F) bool) (Noted, bool) {
	for _, n := range in.Facts {
		if f, ok := n.Fact.(F); ok && is(f) {
			return n, true
		}
	}
	return Noted{}, false
}

// clock computes one clock of the ticket as it was at an instant.
func (in *Input) clock(t ticket.Ticket, name sla.Name, at time.Time) (sla.Clock, bool) {
	return in.Rules.Strict().One(name, t, at)
}

// dropped reports whether the ticket ended without an answer being owed.
func (in *Input) dropped() bool { return in.Ticket.ClosedAs.Dropped() }

// gap is the verdict where something stands open: deviated where a deviation stands in,
// missed where the ticket is closed, open otherwise.
func (in *Input) gap(clause string, step Step, gap string) Verdict {
	v := Verdict{Clause: clause, Step: step, State: Open, Gap: gap, Key: "norm." + clause + "_open"}
	if d, ok := in.Ticket.Detail.Deviations[gap]; ok {
		v.State, v.At, v.Key, v.Args = Deviated, d.At, "norm.deviated", []any{"Reason", d.Reason}
		for _, n := range in.Facts { // the last one: an earlier one excused an earlier solution
			if f, ok := n.Fact.(ticket.Deviated); ok && f.Gap == gap {
				v.Event = n.ID
			}
		}
		return v
	}
	switch {
	case in.dropped():
		v.State, v.Key = NA, "norm.dropped"
	case in.Ticket.Status == ticket.Closed:
		v.State, v.Key = Missed, "norm."+clause+"_missed"
	}
	return v
}
