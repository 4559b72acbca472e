// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
)

// remarks says what the desk's wording rules find in words of its own, for the fact that keeps
// them. Rules that cannot be read keep nobody from working.
func (h *House) remarks(ctx context.Context, list []ticket.Writing) []ticket.Remark {
	var out []ticket.Remark
	for _, w := range list {
		pack := wording.Reply
		if w.Record {
			pack = wording.Objective
		}
		for _, r := range h.Words.Check(ctx, pack, w.Text, wording.Context{}) {
			if r.Rule.Absent && w.Field != "" {
				continue // a cause needs no greeting
			}
			out = append(out, ticket.Remark{
				Rule: r.Rule.ID, Clause: r.Rule.Clause, Field: w.Field, Words: r.Words, Advice: r.Rule.Advice, Jargon: r.Rule.Kind == "jargon", Lang: r.Lang,
			})
		}
	}
	return out
}
