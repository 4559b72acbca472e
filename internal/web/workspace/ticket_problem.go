// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"net/http"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// readProblems reads what lies behind a ticket, and which known errors it is like.
func (s *sheet) readProblems(ctx context.Context) (err error) {
	if s.behind, err = s.f.Problems.Behind(ctx, s.c.Actor, s.t); err != nil {
		return err
	}
	s.errors, err = s.f.Problems.Matches(ctx, s.c.Actor, s.t)
	return err
}

// linkTicket puts the ticket to a problem that is named, or takes it away, from its own page.
func (f *Faces) linkTicket(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "problem")
	if err != nil {
		return err
	}
	which, do, say := problem.ParseRef(form.Get("problem")), f.Problems.Link, "workproblem.said_linked"
	if strings.HasSuffix(c.Request.URL.Path, "/unlink-problem") {
		do, say = f.Problems.Unlink, "workproblem.said_unlinked"
	}
	if which == 0 {
		err = errs.Field("problem", "problem.problem_unknown")
	} else if _, err = do(c.Context(), c.Actor, which, ticket.Target{ID: s.t.ID}); err != nil && errs.KindOf(err) == errs.NotFound {
		err = errs.Field("problem", "problem.problem_unknown")
	}
	if err != nil {
		s.form, s.spot = form, "link-problem"
		return f.showTicket(c, c.MarkUp(form, err), s)
	}
	c.Say(say, "Ref", which.Ref())
	return c.Redirect("/work/tickets/" + s.t.Ref() + s.suffix)
}

// useProblem puts the ticket to a known error and the words of its workaround behind what was
// written to the requester: nothing is sent by that.
func (f *Faces) useProblem(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "problem", "text")
	if err != nil {
		return err
	}
	words, err := f.Problems.Use(c.Context(), c.Actor, problem.ParseRef(form.Get("problem")), ticket.Target{ID: s.t.ID})
	if err != nil {
		return err
	}
	if s, err = f.sheet(c, s.t); err != nil {
		return err
	}
	written, _ := s.draft(ticket.CmdReply)
	if written = strings.TrimRight(written, " \n"); written != "" {
		written += "\n\n"
	}
	form.Values.Set("text", written+words)
	s.form, s.spot = form, "reply"
	return f.showTicket(c, http.StatusOK, s)
}

// proposed is the problem that the form for linking offers: the known error that the ticket is
// most like and does not belong to.
func (s *sheet) proposed() string {
	if s.spot == "link-problem" {
		return s.form.Get("problem")
	}
	for _, m := range s.errors {
		if !m.Linked {
			return m.Problem.ID.Ref()
		}
	}
	return ""
}

// problemMark is what was wrong with the problem that was named.
func (s *sheet) problemMark() string {
	if s.spot == "link-problem" {
		return s.form.Mark("problem")
	}
	return ""
}

// matchWhy says why a known error is shown.
func (s *sheet) matchWhy(m problem.Match) string {
	if m.Linked {
		return s.T("workproblem.match_linked")
	}
	if len(m.Words) == 0 {
		return ""
	}
	return s.T("workproblem.match_words", "Words", strings.Join(m.Words, s.T("workproblem.comma")))
}
