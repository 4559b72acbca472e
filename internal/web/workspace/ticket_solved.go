// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// useSolved says that a closed ticket helped on this one, or takes it back.
func (f *Faces) useSolved(c *page.Ctx) error {
	do := f.Suggest.UseSolved
	switch c.Path("act") {
	case "use":
	case "unuse":
		do = f.Suggest.UnuseSolved
	default:
		return errs.New(errs.NotFound, "page.not_found")
	}
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "other")
	if err != nil {
		return err
	}
	if err := do(c.Context(), c.Actor, ticket.Target{Number: number}, ticket.Target{Number: ticket.ParseRef(form.Get("other"))}); err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Redirect("/work/tickets/" + ticket.Ref(number))
	}
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	return c.Show(solvedCard(s))
}

// solvedWhy says how a closed ticket ended, what both say, and how often it helped.
func (s *sheet) solvedWhy(x suggest.Solved) string {
	parts := []string{s.T("work.closed_"+string(x.Ticket.ClosedAs), "Time", s.c.Clock(x.Ticket.ClosedAt))}
	if len(x.Reasons) > 0 {
		parts = append(parts, s.T("suggest.both", "Words", joinWords(s, x.Reasons)))
	}
	if x.Helped > 0 {
		parts = append(parts, s.T("suggest.helped_on", "Count", x.Helped))
	}
	return dotted(parts...)
}
