// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
)

// warningJSON is a remark on the wording of what was sent or recorded.
type warningJSON struct {
	Rule   string `json:"rule" doc:"Its id"`
	Clause string `json:"clause" enum:"N10,N17,N29,N41"`
	Field  string `json:"field,omitempty" doc:"Element of the record, or part of the solution; missing for the text of a reply"`
	Words  string `json:"words,omitempty" doc:"As they were written; missing where something is absent"`
	Better string `json:"better,omitempty" doc:"A wording for their place"`
	Hint   string `json:"hint,omitempty" doc:"The question that makes it precise, or what is better"`
	Advice bool   `json:"advice,omitempty" doc:"Not scored"`
}

// warnings are what the rules say of the words of a command that was carried out.
func (a *API) warnings(ctx context.Context, r reader, t ticket.Ticket, cmd ticket.Command) []warningJSON {
	var out []warningJSON
	for _, m := range a.Tickets.Remarks(ctx, r.by, t, cmd) {
		w := warningJSON{Rule: m.Rule, Clause: m.Clause, Field: m.Field, Words: m.Words, Advice: m.Advice}
		if rule, ok := a.wordRule(ctx, m); ok {
			w.Better, w.Hint = rule.Say, rule.Hint
			if rule.Ask != "" {
				w.Hint = rule.Ask
			}
		}
		out = append(out, w)
	}
	return out
}

// wordRule finds the rule of a remark as it is now.
func (a *API) wordRule(ctx context.Context, m ticket.Remark) (wording.Rule, bool) {
	pack := wording.Reply
	if m.Clause == "N17" {
		pack = wording.Objective
	}
	if a.Words == nil {
		return wording.Rule{}, false
	}
	b, err := a.Words.Book(ctx, pack, m.Lang)
	if err != nil {
		return wording.Rule{}, false
	}
	return b.Edit.All(b.BuiltIn).Rule(m.Rule)
}
