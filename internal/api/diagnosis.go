// SPDX-License-Identifier: Apache-2.0

package api

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

type (
	diagnoseJSON struct {
		Line       int    `json:"line,omitempty" minimum:"0" maximum:"200" doc:"Of an unclear line; 0 begins a new one"`
		Hypothesis string `json:"hypothesis,omitempty" maxLength:"1000"`
		Check      string `json:"check,omitempty" maxLength:"1000"`
		Result     string `json:"result,omitempty" maxLength:"1000"`
		Judgement  string `json:"judgement,omitempty" enum:"unclear,ruled_out,confirms,no_effect,effective" doc:"unclear where it is missing; only an unclear line may be taken up again"`
	}
	findingJSON struct {
		Line       int       `json:"line"`
		Hypothesis string    `json:"hypothesis,omitempty"`
		Check      string    `json:"check,omitempty"`
		Result     string    `json:"result,omitempty"`
		Judgement  string    `json:"judgement"`
		Source     string    `json:"source,omitempty" doc:"What filled it where nobody typed"`
		At         time.Time `json:"at,omitzero"`
	}
)

func findingOf(line int, f ticket.Finding) *findingJSON {
	return &findingJSON{
		Line: line, Hypothesis: f.Hypothesis, Check: f.Check, Result: f.Result,
		Judgement: string(f.Judgement), Source: f.Source, At: f.At,
	}
}
