// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// quarantinePath is the journal of what came by mail.
const quarantinePath = "/work/quarantine"

// mountQuarantine adds the journal of what came in by mail: nothing is lost, and what could
// not be understood waits here for somebody.
func (f *Faces) mountQuarantine(r *page.Router) {
	r.Get(quarantinePath, access.QuarantineWork, f.journal)
	r.Get(quarantinePath+"/{id}", access.QuarantineWork, f.heldMail)
	r.Stream(quarantinePath+"/{id}/raw", access.QuarantineWork, f.rawMail)
	r.Post(quarantinePath+"/{id}/original", access.OriginalOpen, f.coveredMail)
	r.Post(quarantinePath+"/{id}/retry", access.QuarantineWork, f.retryMail)
	r.Post(quarantinePath+"/{id}/ticket", access.QuarantineWork, f.ticketOfMail)
	r.Post(quarantinePath+"/{id}/let-in", access.QuarantineWork, f.letMailIn)
	r.Post(quarantinePath+"/{id}/discard", access.QuarantineWork, f.discardMail)
}

// journalPage is how many messages a page of the journal holds.
const journalPage = 50

// journalView is a stretch of the journal in one state.
type journalView struct {
	State intake.State
	Tabs  []ui.Link
	Tally tallyView
	Lines []journalLine
	Pager ui.PagerView
	Stop  bool // the reader may stop automatic mail, which goes out now
}

// journalLine is one message.
type journalLine struct {
	intake.Entry
	Href    string
	Title   string
	Why     string
	Outcome string
	Ticket  string // its number, for whatever became one
}

// tallyView counts what came in and what became of it: received = new + appended + suppressed +
// quarantined, always (P2). What people have discarded was quarantined before; what is being
// read has no outcome yet.
type tallyView struct {
	Received, New, Appended, Suppressed, Quarantined, Discarded, Reading int64
}

// Difference is what would be lost. Anything but 0 is a fault.
func (t tallyView) Difference() int64 {
	return t.Received - t.Reading - t.New - t.Appended - t.Suppressed - t.Quarantined - t.Discarded
}

func tallied(list []intake.Tally) tallyView {
	var t tallyView
	for _, one := range list {
		t.Received += one.Count
		switch {
		case one.State == intake.Received:
			t.Reading += one.Count
		case one.State == intake.Suppressed:
			t.Suppressed += one.Count
		case one.State == intake.Quarantined:
			t.Quarantined += one.Count
		case one.State == intake.Discarded:
			t.Discarded += one.Count
		case one.Outcome == intake.NewTicket:
			t.New += one.Count
		case one.Outcome == intake.Appended:
			t.Appended += one.Count
		}
	}
	return t
}

// journalStates are the tabs, what needs somebody first.
func journalStates() []intake.State {
	return []intake.State{intake.Quarantined, intake.Suppressed, intake.Done, intake.Discarded, intake.Received}
}

// journal lists the messages of one state.
func (f *Faces) journal(c *page.Ctx) error {
	v := journalView{State: intake.Quarantined}
	if s := intake.State(c.Query("state")); slices.Contains(journalStates(), s) {
		v.State = s
	}
	counts, err := f.Intake.Tally(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	stopped, err := f.Notify.Stopped(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	v.Stop = mayStop(c) && !stopped.Stopped
	v.Tally, v.Tabs = tallied(counts), journalTabs(c, v.State, counts)
	before := c.QueryInt("before")
	list, err := f.Intake.List(c.Context(), c.Actor, v.State, intake.ID(before), journalPage+1)
	if err != nil {
		return err
	}
	if before != 0 {
		v.Pager.Newer = journalAddress(v.State)
	}
	if len(list) > journalPage {
		list = list[:journalPage]
		v.Pager.Older = journalAddress(v.State) + "&before=" + key(int64(list[journalPage-1].ID))
	}
	for _, e := range list {
		v.Lines = append(v.Lines, f.journalLine(c, e))
	}
	return f.showHouse(c, http.StatusOK, c.T("work.quarantine"), func(fr page.Frame) templ.Component { return journalPageOf(fr, v) })
}

func journalAddress(s intake.State) string { return quarantinePath + "?state=" + string(s) }

func journalTabs(c *page.Ctx, current intake.State, counts []intake.Tally) []ui.Link {
	var out []ui.Link
	for _, s := range journalStates() {
		n := int64(0)
		for _, one := range counts {
			if one.State == s {
				n += one.Count
			}
		}
		if n > 0 || s == intake.Quarantined || s == current {
			out = append(out, ui.Link{Label: c.T("work.mail_tab", "Name", c.T("work.mail_"+string(s)), "Count", n), Href: journalAddress(s), Current: s == current})
		}
	}
	return out
}

func (f *Faces) journalLine(c *page.Ctx, e intake.Entry) journalLine {
	l := journalLine{Entry: e, Href: quarantinePath + "/" + key(int64(e.ID)), Title: e.Subject}
	if l.Title == "" {
		l.Title = c.T("work.mail_no_subject")
	}
	if e.Reason != "" {
		l.Why = c.T(e.Reason)
	}
	if e.Outcome != "" {
		l.Outcome = c.T("work.mail_became_" + string(e.Outcome))
	}
	if e.Ticket != 0 {
		if t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: e.Ticket}); err == nil {
			l.Ticket = t.Ref()
		}
	}
	return l
}

// showHouse answers with a page of this face that is no list and no ticket.
func (f *Faces) showHouse(c *page.Ctx, status int, title string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(title)
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

// mailView is one message of the journal and what may be done about it.
type mailView struct {
	Line  journalLine
	Held  bool   // it waits for somebody
	Words string // what the parser read of it, as far as it could
	Files []string
	Ask   bool // asks whether to discard it
	Cover bool // codes or sign-in links in it are covered
	Opens bool // the reader may see the original all the same
	Form  *page.Form
}

// mailFields are what a ticket made by hand says.
func mailFields() []string { return []string{"name", "email", "subject", "text"} }

func (f *Faces) entry(c *page.Ctx) (intake.Entry, error) {
	n, err := c.PathInt("id")
	if err != nil {
		return intake.Entry{}, err
	}
	return f.Intake.Entry(c.Context(), c.Actor, intake.ID(n))
}

// heldMail shows one message: why it is here, what could be read of it, what to do.
func (f *Faces) heldMail(c *page.Ctx) error {
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	return f.showMail(c, http.StatusOK, e, nil)
}

func (f *Faces) showMail(c *page.Ctx, status int, e intake.Entry, form *page.Form) error {
	v := mailView{Line: f.journalLine(c, e), Held: e.State == intake.Quarantined, Ask: c.Query("do") == "discard", Form: form}
	m, err := f.Intake.Read(c.Context(), c.Actor, e.ID)
	if err != nil && errs.As(err) == nil { // what the parser cannot read is a reason to be here, not a failure
		return err
	}
	v.Words, v.Cover = m.Text, m.Masked
	v.Opens = access.Can(c.Actor, access.OriginalOpen, access.Object{}) == nil
	for _, file := range m.Files {
		if !file.Inline {
			v.Files = append(v.Files, ticket.FileName(file.Name))
		}
	}
	if form == nil {
		v.Form = page.Filled("name", m.FromName, "email", m.FromAddr, "subject", m.Subject, "text", m.Text)
	}
	title := c.T("work.mail_title", "ID", int64(e.ID))
	return f.showHouse(c, status, title, func(fr page.Frame) templ.Component { return mailPageOf(fr, v) })
}

// rawPolicy lets nothing of a message that nobody could read do anything, wherever it is opened.
const rawPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// rawMail sends the original bytes as text to be kept, never to be shown in place (S65).
func (f *Faces) rawMail(c *page.Ctx) error {
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	raw, err := f.Intake.Raw(c.Context(), c.Actor, e.ID)
	if errs.KindOf(err) == errs.Conflict { // covered: a link is followed by more than people
		return c.Redirect(quarantinePath + "/" + key(int64(e.ID)))
	}
	if err != nil {
		return err
	}
	return sendRaw(c, e, raw)
}

// coveredMail sends the original of a covered mail to somebody who may read it. It is a press and
// no link, for it is recorded (S02).
func (f *Faces) coveredMail(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	raw, err := f.Intake.Open(c.Context(), c.Actor, e.ID)
	if err != nil {
		return err
	}
	return sendRaw(c, e, raw)
}

func sendRaw(c *page.Ctx, e intake.Entry, raw []byte) error {
	h := c.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="mail-`+key(int64(e.ID))+`.eml.txt"`)
	h.Set("Content-Security-Policy", rawPolicy)
	return c.Copy(bytes.NewReader(raw), int64(len(raw)))
}

// retryMail has a message read again, after something was put right.
func (f *Faces) retryMail(c *page.Ctx) error {
	return f.settleMail(c, "work.mail_retried", func(e intake.Entry) error { return f.Intake.Retry(c.Context(), c.Actor, e.ID) })
}

// letMailIn puts a message on the ticket that it waits beside.
func (f *Faces) letMailIn(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	t, err := f.Intake.LetIn(c.Context(), c.Actor, e.ID)
	if err != nil {
		return err
	}
	c.Say("workticket.was_let_in", "Ref", t.Ref())
	return c.Redirect("/work/tickets/" + t.Ref())
}

// discardMail takes a message off the list. Its bytes stay in the journal.
func (f *Faces) discardMail(c *page.Ctx) error {
	return f.settleMail(c, "work.mail_was_discarded", func(e intake.Entry) error { return f.Intake.Discard(c.Context(), c.Actor, e.ID) })
}

func (f *Faces) settleMail(c *page.Ctx, said string, do func(intake.Entry) error) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	if err := do(e); err != nil {
		return err
	}
	c.Say(said)
	return c.Redirect(quarantinePath)
}

// ticketOfMail makes a ticket of a message, in the words of whoever looked at it.
func (f *Faces) ticketOfMail(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, mailFields()...)
	if err != nil {
		return err
	}
	e, err := f.entry(c)
	if err != nil {
		return err
	}
	t, err := f.Intake.MakeTicket(c.Context(), c.Actor, e.ID, intake.Draft{
		Name: form.Text("name"), Email: form.Text("email"), Subject: form.Text("subject"), Text: form.Get("text"),
	})
	if closed(err) {
		return err
	}
	if err != nil {
		return f.showMail(c, c.MarkUp(form, err), e, form)
	}
	c.Say("work.recorded", "Ref", t.Ref())
	return c.Redirect("/work/tickets/" + t.Ref())
}

func journalColumns(f page.Frame) []ui.Column {
	return []ui.Column{
		{Label: f.T("work.mail_subject")},
		{Label: f.T("work.mail_author")},
		{Label: f.T("work.mail_why")},
		{Label: f.T("work.mail_size"), Right: true},
		{Label: f.T("work.mail_at")},
	}
}

// becauseOf says why a message is where it is: the reason, else what became of it.
func becauseOf(l journalLine) string {
	if l.Why != "" {
		return l.Why
	}
	return l.Outcome
}

// envelopeOf is the sender that the delivering server named; a delivery report has none.
func envelopeOf(f page.Frame, l journalLine) string {
	if l.Sender == "" {
		return f.T("work.mail_no_envelope")
	}
	return l.Sender
}

// mailTone is the colour of a state; the words say it too.
func mailTone(s intake.State) string {
	switch s {
	case intake.Quarantined:
		return ui.Warn
	case intake.Done:
		return ui.OK
	case intake.Received, intake.Suppressed, intake.Discarded:
	}
	return ui.Neutral
}
