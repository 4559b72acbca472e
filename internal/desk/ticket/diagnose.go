// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// The diagnosis log: what was thought, what was looked at, what came of it, one short line each
// (N5, N11). It is for whoever goes on with the ticket; the requester does not read it.

// Bounds of the log.
const (
	MaxFindings = 200  // lines of a ticket
	maxFinding  = 1000 // characters of each text of a line
)

// Judgement says what a line of the log came to.
type Judgement string

// The judgements. Only an unclear line may be taken up again.
const (
	Unclear   Judgement = "unclear"
	RuledOut  Judgement = "ruled_out"
	Confirms  Judgement = "confirms"
	NoEffect  Judgement = "no_effect" // a step was done and helped nothing
	Effective Judgement = "effective" // a step was done and helped
)

// Judgements lists them in the order in which forms show them. The last two are of steps.
func Judgements() []Judgement { return []Judgement{Unclear, RuledOut, Confirms, NoEffect, Effective} }

type (
	// Diagnose adds a line to the diagnosis log, or takes an unclear one up again.
	Diagnose struct {
		Line       int // of an unclear line, from 1; 0 begins a new one
		Hypothesis string
		Check      string
		Result     string
		Judgement  Judgement
		Source     string // what filled it where nobody typed: the reference of a runbook's step
	}
	// Diagnosed is a line of the diagnosis log, or what became of one.
	Diagnosed struct {
		Of
		Line    int // from 1
		Finding Finding
	}
)

// Finding is a line of the diagnosis log.
type Finding struct {
	Hypothesis string    `json:",omitempty"`
	Check      string    `json:",omitempty"`
	Result     string    `json:",omitempty"`
	Judgement  Judgement `json:",omitempty"`
	Source     string    `json:",omitempty"`
	By         person.ID `json:",omitempty"` // who wrote it last; 0 for the desk and the requester's own answers
	At         time.Time `json:",omitzero"`
}

// Name is "diagnose".
func (Diagnose) Name() Name { return CmdDiagnose }

// EventName is "ticket.diagnosed".
func (Diagnosed) EventName() string { return "ticket.diagnosed" }

func (c Diagnose) decide(t Ticket, _ world) ([]Fact, error) {
	f := Finding{Hypothesis: text.Body(c.Hypothesis), Check: text.Body(c.Check), Result: text.Body(c.Result), Judgement: c.Judgement, Source: c.Source}
	line := c.Line
	switch {
	case line == 0 && len(t.Detail.Findings) >= MaxFindings:
		return nil, errs.New(errs.Conflict, "ticket.findings_many", "Max", MaxFindings)
	case line == 0:
		line = len(t.Detail.Findings) + 1
	case line < 0 || line > len(t.Detail.Findings):
		return nil, errs.Field("line", "ticket.finding_unknown")
	default:
		old := t.Detail.Findings[line-1]
		if old.Judgement != Unclear {
			return nil, errs.Field("line", "ticket.finding_settled", "Line", line)
		}
		f = old.taken(f)
	}
	if f.Judgement == "" {
		f.Judgement = Unclear
	}
	return []Fact{Diagnosed{Of{t.ID}, line, f}}, f.check()
}

// taken is an unclear line with what came to it since: what is not said again stays.
func (f Finding) taken(since Finding) Finding {
	keep := func(now, before string) string {
		if now == "" {
			return before
		}
		return now
	}
	since.Hypothesis, since.Check, since.Result = keep(since.Hypothesis, f.Hypothesis), keep(since.Check, f.Check), keep(since.Result, f.Result)
	since.Source = keep(since.Source, f.Source)
	return since
}

// check asks that a line says something, and that a judgement rests on something seen.
func (f Finding) check() error {
	var bad []errs.FieldError
	for name, text := range map[string]string{"hypothesis": f.Hypothesis, "check": f.Check, "result": f.Result} {
		if utf8.RuneCountInString(text) > maxFinding {
			bad = append(bad, errs.FieldError{Name: name, Key: "ticket.text_long", Args: []any{"Max", maxFinding}})
		}
	}
	if f.Hypothesis == "" && f.Check == "" && f.Result == "" {
		bad = append(bad, errs.FieldError{Name: "hypothesis", Key: "ticket.finding_empty"})
	}
	if !slices.Contains(Judgements(), f.Judgement) {
		bad = append(bad, errs.FieldError{Name: "judgement", Key: "ticket.finding_judgement"})
	} else if f.Judgement != Unclear && f.Check == "" && f.Result == "" {
		bad = append(bad, errs.FieldError{Name: "result", Key: "ticket.finding_unseen"})
	}
	return errs.Invalidf(bad...)
}

func (f Diagnosed) apply(t *Ticket, m event.Meta) {
	line := f.Finding
	line.By, line.At = person.ID(m.ActorID), m.At
	t.Detail.Findings = slices.Clone(t.Detail.Findings)
	if f.Line > len(t.Detail.Findings) {
		t.Detail.Findings = append(t.Detail.Findings, line)
		return
	}
	t.Detail.Findings[f.Line-1] = line
}

// Words is the line in one sentence of the log: hypothesis → check → result.
func (f Finding) Words() string {
	out := ""
	for _, part := range []string{f.Hypothesis, f.Check, f.Result} {
		if part == "" {
			continue
		}
		if out != "" {
			out += " → "
		}
		out += part
	}
	return out
}

// UnclearLines are the numbers of the lines that wait for a result.
func (t Ticket) UnclearLines() []int {
	var out []int
	for i, f := range t.Detail.Findings {
		if f.Judgement == Unclear {
			out = append(out, i+1)
		}
	}
	return out
}
