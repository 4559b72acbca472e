// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/promise/phrase"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// offerFields are what the offer of a promise adds to the form of a reply: whether to record it,
// by when, and about which words one was asked.
func offerFields() []string { return []string{"promise", "promise_keep", "promise_for", "promise_off"} }

// offer is a time that was recognised in a reply, before it is sent. It is never acted upon by
// itself: who writes decides.
type offer struct {
	Found phrase.Found
	Time  string // as the field shows it
	Keep  bool
	Off   bool // dismissed
	Error string
}

// recognised finds the time that the words of a reply promise, on the requester's clock and by
// the working hours that hold for the ticket. Where every minute counts for it, "by the end of
// work" is still said of the desk's own day.
func (f *Faces) recognised(c *page.Ctx, t ticket.Ticket, text string) (phrase.Found, bool) {
	hours := f.Clocks.Terms(t).Calendar()
	if hours.Key() == (calendar.Always{}).Key() {
		hours = f.Clocks.Calendar()
	}
	return phrase.First(text, phrase.At{Now: c.Now, Zone: f.zoneOf(c, t.Requester), Calendar: hours})
}

// zoneOf is the zone in which somebody reads a time: their own, else the desk's, else the reader's.
func (f *Faces) zoneOf(c *page.Ctx, who person.ID) *time.Location {
	return clock.FirstZone(f.People.Card(c.Context(), who).Zone, c.Desk.Zone, c.Zone.String())
}

// offerOf is the offer for the words of a form. What was decided about the same words stands.
func (f *Faces) offerOf(c *page.Ctx, t ticket.Ticket, text string, form *page.Form) (offer, bool) {
	found, ok := f.recognised(c, t, text)
	if !ok {
		return offer{}, false
	}
	o := offer{Found: found, Time: upToMinute(found.Due).In(c.Zone).Format(page.LocalTime), Keep: true, Error: form.Mark("promise")}
	switch found.Words {
	case form.Get("promise_off"):
		o.Off = true
	case form.Get("promise_for"):
		o.Keep = form.On("promise_keep")
		if typed := form.Text("promise"); typed != "" {
			o.Time = typed
		}
	}
	return o, true
}

// upToMinute rounds up, so that a time that is shown without seconds is not earlier than the one
// that is meant.
func upToMinute(t time.Time) time.Time { return t.Add(time.Minute - 1).Truncate(time.Minute) }

// offerPromise answers, while a reply is being written, with what its words promise. Nothing is kept.
func (f *Faces) offerPromise(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(offerFields(), "at", "version", "text", seenField, heardField, page.FileField)...)
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	s := f.bare(c, t)
	o, ok := f.offerOf(c, t, form.Get("text"), form)
	if c.Query("off") != "" {
		o.Off = ok
	}
	return c.Show(promiseBox(s, o))
}

// readReply takes the words and, where they tell a time, what was decided about it. Whoever has
// not been asked about these words yet is asked before they are sent.
func readReply(f *Faces, c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error) {
	r := ticket.Reply{Say: sayOf(form), Undo: true}
	list := f.bare(c, t).replyRemarks(r.Text, false)
	asked := askWording(list, form)
	r.Anyway = sentAnyway(list, form)
	found, tells := f.recognised(c, t, r.Text)
	switch {
	case !tells, form.Get("promise_off") == found.Words:
		return r, asked
	case form.Get("promise_for") != found.Words:
		return nil, joined(errs.Field("promise", "workticket.promise_ask"), asked)
	case !form.On("promise_keep"):
		return r, asked
	}
	by, err := localField(c, form, "promise")
	if err == nil && by.IsZero() {
		err = errs.Field("promise", "workticket.time_shape")
	}
	r.Promise, r.Words = by, found.Words
	return r, joined(err, asked)
}

// joined makes one refusal of two, so that whoever is asked is asked once.
func joined(a, b error) error {
	x, y := errs.As(a), errs.As(b)
	if x == nil || y == nil {
		return cmp.Or(a, b)
	}
	return errs.Invalidf(append(slices.Clone(x.Fields), y.Fields...)...)
}

// replyForm is the form of the reply where it was refused; nil else.
func (s *sheet) replyForm() *page.Form {
	if s.spot != "reply" {
		return nil
	}
	return s.form
}

// replyOffer is the offer for what stands in the box of the reply.
func (s *sheet) replyOffer(text string) offer {
	o, _ := s.f.offerOf(s.c, s.t, text, s.replyForm())
	return o
}

// offerWords ask whether to record what the words promise.
func (s *sheet) offerWords(o offer) string {
	return s.T("workticket.promise_offer", "Time", s.c.Moment(upToMinute(o.Found.Due)))
}

// promiseChip is a promise in short, with its state.
func promiseChip(c *page.Ctx, p promise.Promise) ui.Promise {
	at := c.Clock(p.Due)
	switch left := p.Due.Sub(c.Now); {
	case p.Overdue(c.Now):
		return ui.Promise{State: ui.Broken, Text: c.T("workpromise.chip_broken", "Time", at)}
	case p.State == promise.Kept:
		return ui.Promise{State: ui.Kept, Text: c.T("workpromise.chip_kept", "Time", at)}
	case p.State == promise.Renegotiated:
		return ui.Promise{State: ui.Open, Icon: "arrow-right", Text: c.T("workpromise.chip_renegotiated", "Time", c.Clock(p.MovedTo))}
	case p.State == promise.Void:
		return ui.Promise{State: ui.Open, Icon: "ban", Text: c.T("workpromise.chip_void", "Time", at)}
	case left < nearPromise:
		return ui.Promise{State: ui.Near, Text: c.T("workpromise.chip_open", "Time", at)}
	}
	return ui.Promise{State: ui.Open, Text: c.T("workpromise.chip_open", "Time", at)}
}

// promiseTold says who told it, when and with which words.
func promiseTold(c *page.Ctx, f *Faces, p promise.Promise) string {
	who := f.People.Card(c.Context(), p.ToldBy).Name
	at := c.Moment(p.ToldAt)
	switch {
	case p.Source == promise.Acknowledgement:
		return c.T("workpromise.told_acknowledgement", "At", at)
	case p.Source == promise.Wait:
		return c.T("workpromise.told_wait", "Name", who, "At", at)
	case p.Source == promise.Call:
		return c.T("workpromise.told_call", "Name", who, "At", at, "Number", p.Words)
	case p.Source == promise.Visit:
		return c.T("workpromise.told_visit", "Name", who, "At", at, "Place", p.Words)
	case p.Words == "":
		return c.T("workpromise.told_reply", "Name", who, "At", at)
	}
	return c.T("workpromise.told_words", "Name", who, "At", at, "Words", p.Words)
}

// promiseDone says how it ended; "" while it is open.
func promiseDone(c *page.Ctx, p promise.Promise) string {
	switch p.State {
	case promise.Kept:
		return c.T("workpromise.done_kept", "Due", c.Clock(p.Due), "At", c.Moment(p.DoneAt))
	case promise.Renegotiated:
		return c.T("workpromise.done_renegotiated", "Due", c.Clock(p.Due), "To", c.Moment(p.MovedTo), "At", c.Moment(p.DoneAt))
	case promise.Void:
		if p.Source == promise.Visit {
			return c.T("workpromise.done_void_visit", "At", c.Moment(p.DoneAt))
		}
		return c.T("workpromise.done_void", "At", c.Moment(p.DoneAt))
	case promise.Broken:
		return c.T("workpromise.done_broken", "Due", c.Moment(p.Due))
	case promise.Open:
	}
	return ""
}

// promisesShown is how many settled promises stand beside a ticket before the rest is folded.
const promisesShown = 2

// promiseGroups are the promises of the ticket: those that count now, and those before.
func (s *sheet) promiseGroups() (now, before []promise.Promise) {
	for i := len(s.promises) - 1; i >= 0; i-- {
		p := s.promises[i]
		if p.State == promise.Open || len(before) == 0 && len(now) < promisesShown {
			now = append(now, p)
		} else {
			before = append(before, p)
		}
	}
	return now, before
}

// vendorWords name a vendor in one line: Oracle · SR 3-1234 · 今天 15:00 前答复.
func (s *sheet) vendorWords(v ticket.Vendor) string {
	parts := []string{}
	for _, p := range []string{v.Name, v.Case, v.Contact} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if !v.By.IsZero() {
		parts = append(parts, s.T("workticket.vendor_answers", "Time", s.c.Clock(v.By)))
	}
	return strings.Join(parts, " · ")
}

// vendorLate reports whether the vendor's own time has passed.
func (s *sheet) vendorLate(v ticket.Vendor) bool { return !v.By.IsZero() && s.c.Now.After(v.By) }

// knownHold begins a wait with the vendor of the one that runs.
func (s *sheet) knownHold() *page.Form {
	h := s.t.Detail.Hold
	if s.t.Status != ticket.Pending {
		return page.Filled("reason", string(ticket.ForRequester))
	}
	form := page.Filled("reason", string(h.Reason), "stuck", h.Stuck, "doing", h.Doing, "vendor", h.Vendor.Name, "case", h.Vendor.Case, "contact", h.Vendor.Contact)
	for name, at := range map[string]time.Time{"next": h.Next, "vendor_by": h.Vendor.By} {
		if at.After(s.c.Now) {
			form.Values.Set(name, at.In(s.c.Zone).Format(page.LocalTime))
		}
	}
	return form
}
