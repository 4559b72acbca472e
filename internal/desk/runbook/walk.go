// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Mark is what came of one step: the facts of a run are its marks, in order.
type Mark struct {
	Seq     int // from 1
	Step    string
	Outcome string // one of the step's, or Cannot, Unclear, Waived
	Value   string // the words of an answer, or the number
	Reason  string // of a waived step
	ByUser  bool   // the requester's own
	By      person.ID
	At      time.Time
}

// Standing is where a run is: on a step, or ended.
type Standing struct {
	Step  string // where the next mark is made; empty where it ended
	End   End    // empty while it runs
	Stuck string // Cannot or Unclear, where the requester waits for help at Step
	Marks int
	Full  bool // no more marks are taken: the walk went in circles
}

// Over reports whether the run needs no more marks.
func (s Standing) Over() bool { return s.End != "" }

// Start is where a run begins.
func (b Book) Start() Standing {
	if len(b.Steps) == 0 {
		return Standing{End: Unsolved}
	}
	return Standing{Step: b.Steps[0].Name}
}

// Walk is where a run stands after its marks. A mark that does not fit ends the walk with an
// error; whoever takes marks asks Next before.
func (b Book) Walk(marks []Mark) (Standing, error) {
	at := b.Start()
	for _, m := range marks {
		var err error
		if at, err = b.Next(at, m); err != nil {
			return at, err
		}
	}
	return at, nil
}

// Next decides one mark.
//
// Errors: Conflict where the run is over, is full, or stands on another step; Invalid with
// the field that is wrong.
func (b Book) Next(at Standing, m Mark) (Standing, error) {
	switch {
	case at.Over():
		return at, errs.New(errs.Conflict, "runbook.run_over")
	case at.Full:
		return at, errs.New(errs.Conflict, "runbook.run_full", "Max", MaxMarks)
	case m.Step != at.Step:
		return at, errs.New(errs.Conflict, "runbook.moved_on")
	}
	step, ok := b.Step(at.Step)
	if !ok {
		return at, errs.New(errs.Conflict, "runbook.moved_on")
	}
	out := Standing{Step: at.Step, Marks: at.Marks + 1, Full: at.Marks+1 >= MaxMarks}
	switch m.Outcome {
	case Cannot, Unclear:
		out.Stuck = m.Outcome
		return out, nil
	case Waived:
		if strings.TrimSpace(m.Reason) == "" {
			return at, errs.Field("reason", "runbook.waive_reason")
		}
		return out.to(b.past(step)), nil
	}
	if step.Kind == Ask && m.Outcome == Answered && strings.TrimSpace(m.Value) == "" {
		return at, errs.Field("value", "runbook.answer_empty")
	}
	for _, o := range b.Outcomes(step) {
		if o.Value == m.Outcome {
			return out.to(o.To), nil
		}
	}
	return at, errs.Field("outcome", "runbook.outcome_unknown")
}

func (s Standing) to(t Target) Standing {
	s.Step, s.End = t.Step, t.End
	return s
}

// past is where a step that is left out leads: on as if it had not helped, where it has such an
// outcome, else to the step below.
func (b Book) past(s Step) Target {
	for _, o := range b.Outcomes(s) {
		if o.Value == Failed {
			return o.To
		}
	}
	return b.follow(s, Waived, Target{})
}

// Measured says of a number whether it is well. Invalid where it is none.
func (s Step) Measured(text string) (outcome, value string, err error) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(text, "，", ".")), s.Unit))
	n, bad := strconv.ParseFloat(text, 64)
	if bad != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return "", "", errs.Field("value", "runbook.number")
	}
	if n < s.Min || n > s.Max {
		return Out, number(n), nil
	}
	return In, number(n), nil
}
