// SPDX-License-Identifier: Apache-2.0

package rehearsal

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ID names a rehearsal.
type ID int64

// Kind is what is tried.
type Kind string

// The kinds.
const (
	Pack   Kind = "pack"   // a norm pack, as an organisation writes it
	Policy Kind = "policy" // a time policy, as JSON
)

// State is how a rehearsal stands.
type State string

// The states.
const (
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed" // what it counted by is gone
)

// Run is a rehearsal.
type Run struct {
	ID      ID
	Kind    Kind
	Body    string
	Months  int
	From    time.Time // tickets closed since
	State   State
	Total   int64
	Done    int64
	Changed int64 // tickets of which something would change
	Worked  time.Duration
	By      person.ID
	Started time.Time
	Ended   time.Time

	last ticket.ID
}

// Percent is how far it is, 0–100.
func (r Run) Percent() int {
	if r.State == Done || r.Total == 0 {
		return 100
	}
	return int(min(r.Done*100/r.Total, 100))
}

// PerSecond is how many tickets were judged in a second of work; 0 while that is not known.
func (r Run) PerSecond() int64 {
	if r.Worked < time.Millisecond {
		return 0
	}
	return r.Done * int64(time.Second) / int64(r.Worked)
}

// Tally is what one clause comes to, as it is and as it would be.
type Tally struct {
	Clause                               string
	MetWas, MissedWas, MetNow, MissedNow int64
}

// Change is a ticket of which something would change: "N33 missed→not_applicable, …".
type Change struct {
	Ticket ticket.ID
	What   string
}

// side is by what a ticket is judged.
type side struct {
	pack *norm.Pack
	book *sla.Rulebook
}

// Policy is the time policy that was tried; Invalid in "kind" where a pack was.
func (r Run) Policy() (sla.Policy, error) {
	p := sla.Standard()
	if r.Kind != Policy {
		return p, errs.Field("kind", "rehearsal.kind")
	}
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		return p, errs.Field("policy", "rehearsal.policy_unreadable")
	}
	return p, nil
}

// candidate understands what is tried, beside what is in force.
func candidate(kind Kind, body string, now side, trial func(sla.Policy) (*sla.Rulebook, error)) (side, error) {
	switch kind {
	case Pack:
		p, err := norm.Read(body)
		return side{p, now.book}, err
	case Policy:
		p, err := Run{Kind: kind, Body: body}.Policy()
		if err != nil {
			return side{}, err
		}
		book, err := trial(p)
		return side{now.pack, book}, err
	}
	return side{}, errs.Field("kind", "rehearsal.kind")
}

// compare judges one ticket by both sides and adds to the tallies. What returns is empty where nothing
// differs.
func compare(told []report.Told, was, now side, at time.Time, tallies map[string]*Tally) string {
	var t ticket.Ticket
	facts := make([]norm.Noted, 0, len(told))
	for _, n := range told {
		t.Advance(n.Fact, n.Meta)
		facts = append(facts, norm.Noted{ID: n.ID, Meta: n.Meta, Fact: n.Fact})
	}
	judge := func(s side) map[string]norm.State {
		out := map[string]norm.State{}
		for _, v := range norm.Judge(norm.Input{Ticket: t, Facts: facts, Rules: s.book, Pack: s.pack, Now: at}).Verdicts {
			out[v.Clause] = v.State
		}
		return out
	}
	a, b := judge(was), judge(now)
	var what []string
	for _, id := range norm.IDs() {
		x, y := a[id], b[id]
		if x == "" && y == "" {
			continue
		}
		if tallies[id] == nil {
			tallies[id] = &Tally{Clause: id}
		}
		tallies[id].add(x, y)
		if x != y {
			what = append(what, id+" "+word(x)+"→"+word(y))
		}
	}
	return strings.Join(what, ", ")
}

func (t *Tally) add(was, now norm.State) {
	count := func(s norm.State, met, missed *int64) {
		switch s {
		case norm.Met, norm.Deviated:
			*met++
		case norm.Missed:
			*missed++
		case norm.Open, norm.NA:
		}
	}
	count(was, &t.MetWas, &t.MissedWas)
	count(now, &t.MetNow, &t.MissedNow)
}

// word is a verdict; a clause that is not judged has none.
func word(s norm.State) string {
	if s == "" {
		return string(norm.NA)
	}
	return string(s)
}
