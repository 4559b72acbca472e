// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// guideBox is the runbook that stands open in place of the composers: the choice of one, or the
// step at which a run stands.
type guideBox struct {
	offers []runbook.Offer
	course *runbook.Course // nil while one is chosen
	files  []runbook.File
	form   *page.Form
}

// mountGuides adds the following of runbooks on a ticket (N5, N25, N31).
func (f *Faces) mountGuides(r *page.Router) {
	const at = "/work/tickets/{number}/runbook"
	r.Get(at, access.QueueRead, f.openGuide)
	r.Post(at, access.TicketWork, f.beginGuide)
	r.Post(at+"/{run}/mark", access.TicketWork, f.markGuide)
	r.Post(at+"/{run}/prepare", access.TicketWork, f.prepareGuide)
	r.Post(at+"/{run}/release", access.TicketWork, f.releaseGuide)
	r.Post(at+"/{run}/send", access.TicketWork, f.sendGuide)
	r.Post(at+"/{run}/end", access.TicketWork, f.endGuide)
}

// guideAt is the address of a run on its ticket.
func (s *sheet) guideAt(which runbook.RunID) string {
	return s.query("runbook", "run="+strconv.FormatInt(int64(which), 10))
}

// guideDo is the address of a command on a run.
func (s *sheet) guideDo(which runbook.RunID, what string) string {
	return s.at("runbook/" + strconv.FormatInt(int64(which), 10) + "/" + what)
}

// openGuide shows the run that the address names, else the one that goes on, else the choice.
func (f *Faces) openGuide(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	which := runbook.RunID(c.QueryInt("run"))
	for _, g := range s.guides {
		if which == 0 && !g.State.Over() && c.Query("new") == "" {
			which = g.ID
		}
	}
	if which == 0 && !s.may("runbook") {
		return f.notNow(c, s, ticket.NotNow(ticket.CmdGuide, s.t.Status))
	}
	if err := f.fillGuide(c, s, which, nil); err != nil {
		return err
	}
	if c.Fragment() {
		return c.Show(actBox(s))
	}
	return f.showTicket(c, http.StatusOK, s)
}

// fillGuide puts a run, or the choice of one, into a sheet.
func (f *Faces) fillGuide(c *page.Ctx, s *sheet, which runbook.RunID, form *page.Form) error {
	s.act, s.guide = "runbook", &guideBox{form: form}
	if which == 0 {
		s.guide.offers = runbook.ForReader(f.Runbooks.OffersFor(s.t.Category), f.Tickets.LangOf(s.requester))
		return nil
	}
	course, err := f.Runbooks.Course(c.Context(), c.Actor, which)
	if err != nil {
		return err
	}
	if course.Ticket != s.t.ID {
		return errs.New(errs.NotFound, "runbook.not_found")
	}
	s.guide.course = &course
	sheet, err := f.Runbooks.Get(c.Context(), c.Actor, course.Runbook)
	s.guide.files = sheet.Files
	return err
}

// guideDone answers a command on a run: with the next step in its place, or with the page.
func (f *Faces) guideDone(c *page.Ctx, t ticket.Ticket, which runbook.RunID) error {
	if !c.Fragment() {
		return c.Redirect(f.bare(c, t).guideAt(which))
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: t.ID})
	if err != nil {
		return err
	}
	s, err := f.sheet(c, t)
	if err != nil {
		return err
	}
	if err := f.fillGuide(c, s, which, nil); err != nil {
		return err
	}
	return c.Render(http.StatusOK, guideChanged(s))
}

// guideRefused shows a run as it stands by now, with what was typed and why it was refused.
func (f *Faces) guideRefused(c *page.Ctx, t ticket.Ticket, which runbook.RunID, form *page.Form, why error) error {
	if closed(why) {
		return why
	}
	s, err := f.sheet(c, t)
	if err != nil {
		return err
	}
	status := c.MarkUp(form, why)
	if err := f.fillGuide(c, s, which, form); err != nil {
		return err
	}
	if c.Fragment() {
		return c.Render(status, actBox(s))
	}
	return f.showTicket(c, status, s)
}

// guideIn reads the ticket and the run that an address names, and the form that came.
func (f *Faces) guideIn(c *page.Ctx, fields ...string) (ticket.Ticket, runbook.RunID, *page.Form, error) {
	number, err := c.Number("number")
	if err != nil {
		return ticket.Ticket{}, 0, nil, err
	}
	form, err := c.Form(page.TextForm, fields...)
	if err != nil {
		return ticket.Ticket{}, 0, nil, err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil || c.Path("run") == "" {
		return t, 0, form, err
	}
	run, err := c.PathInt("run")
	if err != nil {
		return t, 0, form, err
	}
	course, err := f.Runbooks.Course(c.Context(), c.Actor, runbook.RunID(run))
	if err == nil && course.Ticket != t.ID {
		err = errs.New(errs.NotFound, "runbook.not_found")
	}
	return t, runbook.RunID(run), form, err
}

// beginGuide begins a runbook, sends it, or records why it is left out.
func (f *Faces) beginGuide(c *page.Ctx) error {
	t, _, form, err := f.guideIn(c, "runbook", "do", "words", "wait", "reason")
	if err != nil {
		return err
	}
	b := runbook.Beginning{Runbook: runbook.ID(form.Int("runbook"))}
	said := "workbook.said_begun"
	switch form.Get("do") {
	case "send":
		b.Send, b.Words, b.Wait, said = true, form.Get("words"), form.On("wait"), "workbook.said_sent"
	case "waive":
		if b.Waive, said = form.Text("reason"), "workbook.said_waived"; b.Waive == "" {
			return f.guideRefused(c, t, 0, form, errs.Field("reason", "runbook.waive_reason"))
		}
	}
	course, err := f.Runbooks.Begin(c.Context(), c.Actor, ticket.Target{ID: t.ID}, b)
	if err != nil {
		return f.guideRefused(c, t, 0, form, err)
	}
	c.Say(said, "Name", f.People.Card(c.Context(), t.Requester).Name)
	return f.guideDone(c, t, course.ID)
}

// markGuide records what came of a step: one key each.
func (f *Faces) markGuide(c *page.Ctx) error {
	t, which, form, err := f.guideIn(c, "step", "seq", "outcome", "value", "reason", "digest")
	if err != nil {
		return err
	}
	_, err = f.Runbooks.Mark(c.Context(), c.Actor, which, runbook.Marking{
		Seq: int(form.Int("seq")), Step: form.Get("step"), Outcome: form.Get("outcome"), Value: form.Get("value"), Reason: form.Get("reason"), Digest: form.Get("digest"),
	})
	if err != nil {
		return f.guideRefused(c, t, which, form, err)
	}
	return f.guideDone(c, t, which)
}

// prepareGuide writes down what will be done at a step with a risk (N31).
func (f *Faces) prepareGuide(c *page.Ctx) error {
	t, which, form, err := f.guideIn(c, "seq", "what", "rollback")
	if err != nil {
		return err
	}
	if _, err := f.Runbooks.Prepare(c.Context(), c.Actor, which, int(form.Int("seq")), form.Get("what"), form.Get("rollback")); err != nil {
		return f.guideRefused(c, t, which, form, err)
	}
	c.Say("workbook.said_prepared")
	return f.guideDone(c, t, which)
}

// releaseGuide is the second pair of eyes.
func (f *Faces) releaseGuide(c *page.Ctx) error {
	t, which, form, err := f.guideIn(c, "digest")
	if err != nil {
		return err
	}
	if _, err := f.Runbooks.Release(c.Context(), c.Actor, which, form.Get("digest")); err != nil {
		if errs.KindOf(err) == errs.Denied && errs.As(err).Key == "runbook.own_release" {
			return f.guideRefused(c, t, which, form, errs.New(errs.Conflict, "runbook.own_release"))
		}
		return f.guideRefused(c, t, which, form, err)
	}
	c.Say("workbook.said_released")
	return f.guideDone(c, t, which)
}

// sendGuide gives a run that was begun to the requester.
func (f *Faces) sendGuide(c *page.Ctx) error {
	t, which, form, err := f.guideIn(c, "words", "wait")
	if err != nil {
		return err
	}
	if _, err := f.Runbooks.Send(c.Context(), c.Actor, which, form.Get("words"), form.On("wait")); err != nil {
		return f.guideRefused(c, t, which, form, err)
	}
	c.Say("workbook.said_sent", "Name", f.People.Card(c.Context(), t.Requester).Name)
	return f.guideDone(c, t, which)
}

// endGuide stops a run, or leaves the rest of it out with a reason.
func (f *Faces) endGuide(c *page.Ctx) error {
	t, which, form, err := f.guideIn(c, "how", "rest")
	if err != nil {
		return err
	}
	if form.Get("how") == "waive" {
		_, err = f.Runbooks.WaiveRest(c.Context(), c.Actor, which, form.Get("rest"))
	} else {
		_, err = f.Runbooks.Stop(c.Context(), c.Actor, which)
	}
	if err != nil {
		return f.guideRefused(c, t, which, form, err)
	}
	c.Say("workbook.said_ended")
	return f.guideDone(c, t, which)
}

// firstGap reports whether the first simple things of the category are still to be done.
func (s *sheet) firstGap() bool {
	_, open := s.gaps[runbook.GapFirst]
	return open && s.may("runbook")
}

// firstAbove stands above a hand-over and a wait while the first simple things are not done.
func firstAbove(s *sheet) templ.Component {
	if !s.firstGap() {
		return nil
	}
	return firstNotice(s)
}

// firstItem asks, on the rail, for the first simple things (N25).
func (s *sheet) firstItem() []ui.Item {
	if d, left := s.t.Detail.Deviations[runbook.GapFirst]; left {
		label := s.T("workticket.left_out", "What", s.T(runbook.GapFirst), "Reason", d.Reason)
		return []ui.Item{{ID: "item-first", State: ui.Dev, Label: label, Clause: s.clause("N25")}}
	}
	if !s.firstGap() {
		return nil
	}
	p := s.place(inRail, devKind+"first_line")
	return []ui.Item{{ID: "item-first", State: ui.Todo, Label: s.T(runbook.GapFirst), Clause: s.clause("N25"), Form: firstForm(s, p), Open: p.refused()}}
}

// firstNames are the titles of the first simple things.
func (s *sheet) firstNames() []string {
	var out []string
	for _, o := range runbook.ForReader(s.f.Runbooks.FirstFor(s.t), s.f.Tickets.LangOf(s.requester)) {
		out = append(out, o.Book.Title)
	}
	return out
}

// guided tells on the thread where the following of a runbook stands. What the requester got, or
// gave back, stands there as a message.
func (s *sheet) guided(f ticket.Guided, one func(key string, args ...any) []string) []string {
	args := []any{"Title", f.Guide.Title, "Step", f.Guide.Step, "Reason", f.Guide.Reason}
	switch f.Guide.State {
	case ticket.GuideAnswered:
		return one("workbook.line_answered", append(args, "Word", s.T("runbook.outcome_"+answerWord(f.Guide.Outcome)))...)
	case ticket.GuideBegun, ticket.GuideSent, ticket.GuideSolved, ticket.GuideUnsolved, ticket.GuideWaived, ticket.GuideStopped:
	}
	return one("workbook.line_"+string(f.Guide.State), args...)
}

// deedLine tells that a step with a risk was done: by what it was covered, who let it be done, and
// what came of it (N31).
func (s *sheet) deedLine(f ticket.DeedDone, one func(key string, args ...any) []string) []string {
	risk, _ := s.f.Runbooks.Risks().Of(f.Risk)
	out := one("workbook.line_deed_"+string(f.Cover), "Step", f.Step, "Risk", risk.Label(s.lang()), "Outcome", f.Outcome)
	if f.Releaser != 0 {
		out[0] += s.T("workbook.line_deed_released", "Name", s.name(f.Releaser))
	}
	return out
}

// answerWord keeps the outcomes that have words of the house's own; an author's own answer is one.
func answerWord(outcome string) string {
	switch outcome {
	case runbook.Done, runbook.Failed, runbook.In, runbook.Out, runbook.Cannot, runbook.Unclear, runbook.Waived:
		return outcome
	}
	return runbook.Answered
}

// guideWord says in a word where a run stands, and its tone.
func (s *sheet) guideWord(r runbook.Run) (word, tone string) {
	switch r.State {
	case runbook.Running:
		tone = ui.Brand
	case runbook.Sent:
		tone = ui.Brand
		for _, g := range s.t.Detail.Guides {
			if g.Run == int64(r.ID) && (g.Outcome == runbook.Cannot || g.Outcome == runbook.Unclear) {
				return s.T("runbook.outcome_" + g.Outcome), ui.Warn
			}
		}
	case runbook.RunSolved:
		tone = ui.OK
	case runbook.RunUnsolved, runbook.RunWaived, runbook.RunStopped:
		tone = ui.Neutral
	}
	return s.T("workbook.state_" + string(r.State)), tone
}

// guideTitle is the title of a run's runbook, as the ticket keeps it.
func (s *sheet) guideTitle(r runbook.Run) string {
	for _, g := range s.t.Detail.Guides {
		if g.Run == int64(r.ID) {
			return g.Title
		}
	}
	return s.T("workbook.one")
}

// place of the steps on the way, "3/7".
func (b *guideBox) place() string {
	return strconv.Itoa(b.course.Book.Number(b.course.At.Step)) + "/" + strconv.Itoa(len(b.course.Book.Steps))
}

// picture is the address of a picture of the runbook; "" where it is not attached.
func (b *guideBox) picture(name string) string {
	for _, f := range b.files {
		if f.Name == name {
			return picturePath(f)
		}
	}
	return ""
}

func picturePath(f runbook.File) string {
	return "/work/runbooks/" + strconv.FormatInt(int64(f.Runbook), 10) + "/pictures/" + f.Token + "/" + url.PathEscape(f.Name)
}

// approvalPath is where an approval of the deed at which a run stands is asked for.
func (s *sheet) approvalPath() string {
	l := s.guide.course.Lock
	q := url.Values{"kind": {runbook.ApprovalKind}, "ref": {l.Deed.Ref()}, "title": {s.stepTitle()}}
	return "/work/tickets/" + s.t.Ref() + "/approvals/new?" + q.Encode()
}

func (s *sheet) stepTitle() string {
	step, _ := s.guide.course.Here()
	return step.Title
}

// mayRelease reports whether the reader is a second pair of eyes.
func (s *sheet) mayRelease() bool {
	l := s.guide.course.Lock
	return l.Prepared && l.Risk.FourEyes && !l.Released && l.Deed.By != person.ID(s.c.Actor.ID)
}

// outcomeLook is the look of an outcome's button: the one that is hoped for stands out.
func outcomeLook(_ int, o runbook.Option) string {
	if o.Value == runbook.Done || o.Value == runbook.In || o.Value == runbook.Answered {
		return ""
	}
	return "outline"
}

// deedField is a field of what will be done: as it was typed, else as it stands.
func deedField(form *page.Form, name, stands string) string {
	if form != nil {
		if _, typed := form.Values[name]; typed {
			return form.Get(name)
		}
	}
	return stands
}
