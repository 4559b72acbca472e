// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// walk leads through a solution, one action a screen (N10, N32, N33). Each screen is an address:
// it works without a script, on a phone, and after the phone was put away.
type walk struct {
	request
	Step  int // from 1; one more than there are steps for the screen of the check
	Steps []string
	Text  string
	Form  *page.Form
}

// last reports whether this is the screen on which the requester checks and says so.
func (g walk) last() bool { return g.Step > len(g.Steps) }

func (g walk) at(step int) string { return g.Base + "/solution?step=" + id(int64(step)) }

// solutionSteps are the actions of a solution: its numbered or listed lines, else its lines. What
// stands before a numbered list is an introduction, and belongs to the first.
func solutionSteps(text string) []string {
	var steps []string
	numbered := false
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		bare := knowledge.Bare(line)
		switch {
		case bare != line:
			if !numbered && len(steps) > 0 {
				bare = strings.Join(steps, "\n") + "\n" + bare
				steps = nil
			}
			numbered = true
			steps = append(steps, bare)
		case numbered: // what follows an item belongs to it
			steps[len(steps)-1] += "\n" + line
		default:
			steps = append(steps, line)
		}
	}
	return steps
}

// maxSteps bounds the screens of a solution; a longer one is read as a whole.
const maxSteps = 30

func (f *Faces) readWalk(c *page.Ctx, form *page.Form) (walk, error) {
	r, err := f.read(c)
	if err != nil {
		return walk{}, err
	}
	if !r.Mine || !toConfirm(r.Ticket) {
		return walk{}, errs.New(errs.NotFound, "portalarticle.no_guide")
	}
	g := walk{request: r, Steps: solutionSteps(r.Ticket.Detail.Solution.Text), Form: form}
	if len(g.Steps) > maxSteps {
		g.Steps = []string{r.Ticket.Detail.Solution.Text}
	}
	step := c.QueryInt("step")
	if form != nil {
		step = form.Int("step")
	}
	g.Step = int(min(max(step, 1), int64(len(g.Steps)+1)))
	if !g.last() {
		g.Text = g.Steps[g.Step-1]
	}
	return g, nil
}

func (f *Faces) walk(c *page.Ctx) error { return f.showWalk(c, http.StatusOK, nil) }

func (f *Faces) showWalk(c *page.Ctx, status int, form *page.Form) error {
	g, err := f.readWalk(c, form)
	if err != nil {
		return err
	}
	frame := c.Frame(g.Ticket.Subject)
	p := portalFrame(frame)
	p.Back = &ui.Link{Label: g.Ticket.Ref(), Href: g.Base}
	return c.Render(status, framed(p, walkPage(frame, g)))
}

// stuckAt says at which step somebody cannot go on, with the step in their words to the desk (N10).
func (f *Faces) stuckAt(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "step", "why", "text")
	if err != nil {
		return err
	}
	g, err := f.readWalk(c, form)
	if err != nil {
		return err
	}
	why := "cannot"
	if form.Get("why") == "unclear" {
		why = "unclear"
	}
	quoted := g.Text
	if g.last() {
		quoted = strings.Join(g.Ticket.Detail.Solution.Verify, "\n")
	}
	words := c.T("portalarticle.stuck_"+why, "Number", g.Step, "Text", strings.ReplaceAll(quoted, "\n", " "))
	if more := form.Text("text"); more != "" {
		words += "\n" + more
	}
	channel := ticket.Portal
	if c.Actor.Kind == access.Link {
		channel = ticket.Web
	}
	if err = c.Limit(session.Saying); err == nil {
		_, err = f.tickets.Do(c.Context(), c.Actor, ticket.Target{ID: g.Ticket.ID}, ticket.Reply{Say: ticket.Say{Text: words, Channel: channel}})
	}
	if err != nil {
		switch errs.KindOf(err) {
		case errs.NotFound, errs.Denied, errs.Unauthenticated:
			return err
		}
		return f.showWalk(c, c.MarkUp(form, err), form)
	}
	c.Say("portal.sent")
	return c.Redirect(g.Base)
}
