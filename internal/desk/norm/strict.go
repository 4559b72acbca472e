// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Strictly lets gates stand as strictly as the pack in force says, for the ticket that they are asked
// about. It is the one place in which strictness acts: the page, the API, mail and bulk acts ask the
// same gates. A gap of a clause that the pack does not know stays as its gate says.
func Strictly(g ticket.Gates, pack func() *Pack) ticket.Gates {
	out := ticket.Gates{}
	for cmd, list := range g {
		for _, gate := range list {
			out[cmd] = append(out[cmd], func(t ticket.Ticket) []errs.Gap { return pack().gaps(t, gate(t)) })
		}
	}
	return out
}

// gaps are those that still stand, each as deviable as the pack says.
func (p *Pack) gaps(t ticket.Ticket, list []errs.Gap) []errs.Gap {
	if p == nil || len(list) == 0 {
		return list
	}
	out := make([]errs.Gap, 0, len(list))
	for _, g := range list {
		c := p.Clause(g.Clause)
		strict := c.At(t.Priority)
		switch {
		case c.ID == "" || strict == "":
		case !c.Counts(t) || strict == Hint:
			continue
		default:
			g.Deviable = strict == Reason
		}
		out = append(out, g)
	}
	return out
}
