// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mountGuides adds the pages of a runbook that was sent: one action a screen (N10, N25).
func (f *Faces) mountGuides(r *page.Router, under string, read, answer access.Action) {
	at := under + "/guides/{run}"
	r.Get(at, read, f.guide)
	r.Get(at+"/pictures/{token}/{name}", read, f.guidePicture)
	r.Post(at+"/answer", answer, f.answerGuide)
	r.Post(at+"/words", answer, f.wordsOfGuide)
}

// guided is a runbook as its reader sees it: the step at which they stand, or why there is none.
type guided struct {
	runbook.Course
	Base  string // address of the request
	Path  string // of this page
	Step  runbook.Step
	On    bool // there is a step to do
	Stuck bool // the reader said that they cannot go on, and may say why
}

// guideIn reads the run that the address names, of the request that it names.
func (f *Faces) guideIn(c *page.Ctx) (guided, error) {
	t, err := f.find(c)
	if err != nil {
		return guided{}, err
	}
	n, err := c.PathInt("run")
	if err != nil {
		return guided{}, err
	}
	g := guided{Base: base(c, t)}
	g.Path = g.Base + "/guides/" + strconv.FormatInt(n, 10)
	if g.Course, err = f.books.Course(c.Context(), c.Actor, runbook.RunID(n)); err != nil {
		return g, err
	}
	if g.Ticket != t.ID || g.SentAt.IsZero() {
		return g, errs.New(errs.NotFound, "runbook.not_found")
	}
	g.Step, g.On = g.Here()
	g.On = g.On && !g.State.Over() && g.Of.Open()
	g.Stuck = g.On && g.At.Stuck != "" && c.Query("again") == ""
	return g, nil
}

// picture is the address of a picture of the step, for this reader.
func (g guided) picture(f runbook.File) string {
	return g.Path + "/pictures/" + f.Token + "/" + url.PathEscape(f.Name)
}

// guide shows one step.
func (f *Faces) guide(c *page.Ctx) error { return f.showGuide(c, http.StatusOK, nil) }

func (f *Faces) showGuide(c *page.Ctx, status int, form *page.Form) error {
	g, err := f.guideIn(c)
	if err != nil {
		return err
	}
	files, err := f.books.Pictures(c.Context(), c.Actor, g.ID)
	if err != nil {
		return err
	}
	frame := c.Frame(g.Book.Title)
	p := portalFrame(frame)
	p.Back = requestLink(frame, g)
	return c.Render(status, framed(p, guidePage(frame, g, files, form)))
}

// guidePicture sends a picture of the runbook, by the one file server.
func (f *Faces) guidePicture(c *page.Ctx) error {
	g, err := f.guideIn(c)
	if err != nil {
		return err
	}
	file, body, err := f.books.SentPicture(c.Context(), c.Actor, g.ID, c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(page.Sent{Name: file.Name, Type: file.Type, Size: file.Size, SHA256: file.SHA256}, body)
}

// answerGuide takes one press. What came too late is explained on the page, and is no error: the
// request is closed by now, or somebody was quicker.
func (f *Faces) answerGuide(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "step", "seq", "outcome", "value")
	if err != nil {
		return err
	}
	g, err := f.guideIn(c)
	if err != nil {
		return err
	}
	if err := c.Limit(session.Saying); err != nil {
		return err
	}
	_, err = f.books.Mark(c.Context(), c.Actor, g.ID, runbook.Marking{
		Seq: int(form.Int("seq")), Step: form.Get("step"), Outcome: form.Get("outcome"), Value: form.Get("value"),
	})
	switch errs.KindOf(err) {
	case errs.Conflict:
		if err != nil {
			if errs.As(err).Key == "runbook.moved_on" {
				c.Say("runbook.moved_on")
			}
			return c.Redirect(g.Path)
		}
	case errs.Invalid:
		if err != nil {
			return f.showGuide(c, c.MarkUp(form, err), form)
		}
	}
	if err != nil {
		return err
	}
	return c.Redirect(g.Path)
}

// wordsOfGuide is a reply about a step, with the step quoted.
func (f *Faces) wordsOfGuide(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, "text", page.FileField)
	if err != nil {
		return err
	}
	g, err := f.guideIn(c)
	if err != nil {
		return err
	}
	text := form.Get("text")
	if strings.TrimSpace(text) == "" && len(form.Tokens()) > 0 {
		text = c.T("portal.only_files")
	}
	say := ticket.Say{Text: text, Files: form.Tokens(), Channel: ticket.Portal}
	if c.Actor.Kind == access.Link {
		say.Channel = ticket.Web
	}
	if g.On {
		say.Quoted = g.Book.Title + "\n" + strconv.Itoa(g.Book.Number(g.Step.Name)) + ". " + g.Step.Title + "\n" + g.Step.Body
	}
	err = c.Limit(session.Saying)
	if err == nil {
		_, err = f.tickets.Do(c.Context(), c.Actor, ticket.Target{ID: g.Ticket}, ticket.Reply{Say: say})
	}
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		if err != nil {
			return err
		}
	}
	if err != nil {
		return f.showGuide(c, c.MarkUp(form, err), form)
	}
	c.Say("portal.sent")
	return c.Redirect(g.Base)
}

// sentGuides are the runbooks that the requester was sent and has not ended.
func sentGuides(t ticket.Ticket) []ticket.Guide {
	var out []ticket.Guide
	for _, g := range t.Detail.Guides {
		if !g.Sent.IsZero() && !g.State.Over() {
			out = append(out, g)
		}
	}
	return out
}
