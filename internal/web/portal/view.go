// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// line is one request in a list, in plain language.
type line struct {
	Href  string
	Title string
	Ref   string
	State string // a chip: 正在处理
	Tone  string
	Text  string // who is on it or what it waits for
	Next  string // when the next word comes
	Late  bool
	Part  string // a chip: whose it is, where the reader only takes part
}

// line says how a request stands. It needs no detail, so that lists stay cheap.
func (f *Faces) line(c *page.Ctx, t ticket.Ticket) line {
	l := line{Href: "/requests/" + t.Ref(), Title: t.Subject, Ref: t.Ref()}
	l.State, l.Tone = state(c, t)
	l.Text = f.doing(c, t)
	if !mine(c, t) {
		l.Part = c.T("portal.part_of", "Name", f.people.Card(c.Context(), t.Requester).Name)
	}
	if due, key := f.next(t); !due.IsZero() {
		l.Next, l.Late = c.T(key, "Time", c.Clock(due)), c.Now.After(due)
		if l.Late {
			l.Next = c.T("portal.next_late", "Time", c.Clock(due))
		}
	}
	return l
}

// state is the word for where a request stands, and its colour.
func state(c *page.Ctx, t ticket.Ticket) (word, tone string) {
	switch t.Status {
	case ticket.New:
		return c.T("portal.state_new"), ui.Neutral
	case ticket.Opened:
		return c.T("portal.state_open"), ui.Brand
	case ticket.Pending:
		if t.Pending == ticket.ForRequester && !mine(c, t) {
			return c.T("portal.state_pending_asker"), ui.Neutral
		}
		if t.Pending == ticket.ForRequester {
			return c.T("portal.state_pending_requester"), ui.Warn
		}
		return c.T("portal.state_pending_" + string(t.Pending)), ui.Neutral
	case ticket.Resolved:
		if toConfirm(t) && !mine(c, t) {
			return c.T("portal.state_confirm_asker"), ui.Neutral
		}
		if toConfirm(t) {
			return c.T("portal.state_confirm"), ui.Warn
		}
		return c.T("portal.state_archive"), ui.OK
	case ticket.Closed:
	}
	if t.ClosedAs == ticket.Confirmed && !mine(c, t) {
		return c.T("portal.closed_asker_confirmed"), ui.OK
	}
	if t.ClosedAs == ticket.Confirmed {
		return c.T("portal.closed_confirmed"), ui.OK
	}
	return c.T("portal.closed_" + string(t.ClosedAs)), ui.Neutral
}

// toConfirm reports whether the requester's word is what is missing.
func toConfirm(t ticket.Ticket) bool {
	return t.Status == ticket.Resolved && t.ConfirmedAt.IsZero() && t.NextClock != ticket.ClockArchive
}

// doing says who is on it.
func (f *Faces) doing(c *page.Ctx, t ticket.Ticket) string {
	owner := f.people.Card(c.Context(), t.Owner).Name
	switch {
	case t.Status == ticket.Closed:
		if t.ClosedAt.IsZero() { // what a search found: it reads little of each
			return ""
		}
		return c.T("portal.doing_closed", "Time", c.Moment(t.ClosedAt))
	case owner == "":
		return c.T("portal.doing_new")
	case t.Status == ticket.Resolved:
		return c.T("portal.doing_resolved", "Name", owner)
	case t.Status == ticket.Pending && t.Pending == ticket.ForRequester && mine(c, t):
		return c.T("portal.doing_waits_you", "Name", owner)
	}
	return c.T("portal.doing_open", "Name", owner)
}

// nextStep says what comes next, in plain words; "" where the page says it by itself (N29).
func nextStep(c *page.Ctx, t ticket.Ticket) string {
	switch {
	case t.Status == ticket.New:
		return c.T("portal.then_new")
	case t.Status == ticket.Opened:
		return c.T("portal.then_open")
	case t.Status == ticket.Pending && (t.Pending != ticket.ForRequester || !mine(c, t)):
		return c.T("portal.then_" + string(t.Pending))
	}
	return ""
}

// next is when the requester hears next: of what was promised and the next update what comes first, else
// the clock that runs.
func (f *Faces) next(t ticket.Ticket) (time.Time, string) {
	if t.Status == ticket.Closed || t.Status == ticket.Resolved {
		return time.Time{}, ""
	}
	if t.PromiseAt.IsZero() {
		return f.nextByClock(t)
	}
	if due := f.nextUpdate(t); !due.IsZero() && due.Before(t.PromiseAt) {
		return due, "portal.next_word"
	}
	return t.PromiseAt, nextPromised(t)
}

// nextUpdate is when the next update is due; zero where none is, and in a list, which reads no detail,
// where another clock is due before it.
func (f *Faces) nextUpdate(t ticket.Ticket) time.Time {
	if len(t.Detail.Owed) > 0 {
		c, _ := f.clocks.One(sla.Update, t)
		return c.Due
	}
	if t.NextClock == string(sla.Update) {
		return t.NextDue
	}
	return time.Time{}
}

// nextPromised says what was promised first. A list does not know of a call or a visit that it is one.
func nextPromised(t ticket.Ticket) string {
	for _, o := range t.Detail.Owed {
		switch {
		case !o.By.Equal(t.PromiseAt):
		case o.Call:
			return "portal.promised_call"
		case o.Visit != 0:
			return "portal.promised_visit"
		}
	}
	if t.FirstResponseAt.IsZero() {
		return "portal.next_contact"
	}
	return "portal.next_word"
}

// nextByClock is when the clock that runs is due, where nothing was promised.
func (f *Faces) nextByClock(t ticket.Ticket) (time.Time, string) {
	switch {
	case t.NextClock == string(sla.Update):
		return t.NextDue, "portal.next_word"
	case t.NextClock == string(sla.Response):
		return t.NextDue, "portal.next_contact"
	case t.NextClock == string(sla.Resolve):
		return t.NextDue, "portal.next_solution"
	case t.NextClock == string(sla.Accept): // who takes it over is the desk's own affair
		if c, ok := f.clocks.One(sla.Update, t); ok {
			return c.Due, "portal.next_word"
		}
	}
	return time.Time{}, ""
}

// request is everything that the page of one request shows.
type request struct {
	Ticket   ticket.Ticket
	Base     string // address of its commands
	State    string
	Tone     string
	Owner    person.Person
	Helper   string // the group and whoever else works on it
	Next     string
	Late     bool
	Step     string // what comes next, in plain words (N29)
	Closes   string // when the wait for the answer ends
	Steps    []step
	Promises []told // what the desk promised, what counts now first
	Reopen   bool
	Mine     bool            // the reader asked for it; everybody else takes part and answers for nobody
	Asker    string          // who did
	Parts    []person.Person // who takes part beside them, and was not named by address
	ByLink   bool            // and came by the link of a letter
	Merged   string          // the number that it lives on under
	MergedAt string
	Live     string
	Wants    []wanted // what is missing that the reader can say
	Asked    bool     // the desk asked for it
	Meter    meter
	Rating   rating
	Visits   []visitView
	Share    remote.Session // a screen that is asked for, or seen; zero for none
	Sees     person.Person  // by whom
	Stop     notify.Choice  // whether the reader may refuse mail that no person wrote, and does
	Unseen   string         // what the reader was told about it last and has not seen
}

// toReadBack reports whether the requester is asked whether what was taken down is right (N18).
func toReadBack(t ticket.Ticket) bool {
	return t.Open() && !t.Detail.ReadBack.Asked.IsZero() && t.Detail.ReadBack.At.IsZero()
}

// recordLine is one element of what was taken down.
type recordLine struct{ Label, Text string }

func recordLines(f page.Frame, t ticket.Ticket) []recordLine {
	var out []recordLine
	for _, e := range ticket.Elements() {
		a := t.Detail.Intake[e]
		switch {
		case !a.Filled():
			continue
		case a.Value == "":
			a.Value = f.T("portal.read_back_unknown")
		}
		out = append(out, recordLine{f.T("portal.element_" + string(e)), a.Value})
	}
	return out
}

// step is one line of what happened, newest first.
type step struct {
	ui.ProgressView
	Body  string // a message in full
	Files []ui.File
	Lines []string // a numbered list, such as the steps to check
}

// read gathers the page of a request for whoever asks, signed in or by link.
func (f *Faces) read(c *page.Ctx) (request, error) {
	t, err := f.find(c)
	if err != nil {
		return request{}, err
	}
	r := request{Ticket: t, Base: base(c, t), Owner: f.people.Card(c.Context(), t.Owner), Live: "ticket:" + t.Ref()}
	r.State, r.Tone = state(c, t)
	r.Step = nextStep(c, t)
	if due, key := f.next(t); !due.IsZero() {
		r.Next, r.Late = c.T(key, "Time", c.Clock(due)), c.Now.After(due)
		if r.Late {
			r.Next = c.T("portal.next_late", "Time", c.Clock(due))
		}
	}
	r.Helper = f.helper(c, t)
	if left, ok := f.clocks.One(sla.Confirm, t); ok && toConfirm(t) {
		r.Closes = c.T("portal.closes", "Time", c.Moment(left.Due))
		if left.State == sla.Paused {
			r.Closes = c.T("portal.closes_answered")
		}
	}
	r.ByLink = c.Actor.Kind == access.Link
	r.Mine, r.Asker = mine(c, t), f.people.Card(c.Context(), t.Requester).Name
	for _, who := range t.Shown() {
		r.Parts = append(r.Parts, f.people.Card(c.Context(), who))
	}
	r.Reopen = r.Mine && t.Status == ticket.Closed && t.MergedInto == 0 && c.Now.Sub(t.ClosedAt) <= time.Duration(c.Desk.ReopenDays)*24*time.Hour
	if t.MergedInto != 0 {
		for _, l := range t.Detail.Links {
			if l.Ticket == t.MergedInto {
				r.Merged = ticket.Ref(l.Number)
			}
		}
		if r.Merged != "" && f.tookAlong(c, t) {
			if r.MergedAt, err = onward(c, t, r.Merged); err != nil {
				return request{}, err
			}
		}
	}
	if r.Promises, err = f.promises(c, t); err != nil {
		return request{}, err
	}
	r.Rating = f.rating(c, t)
	if x, asked := f.asked(c, t); asked {
		r.Share, r.Sees = x, f.people.Card(c.Context(), x.Agent)
	}
	if r.Unseen, err = f.unseen(c, t); err != nil {
		return request{}, err
	}
	if r.Mine {
		if r.Stop, err = f.notices.Refuses(c.Context(), c.Actor, t); err != nil {
			return request{}, err
		}
	}
	r.Steps, err = f.steps(c, t)
	return r, err
}

// tookAlong reports whether the reader may read the ticket that a request was merged into: whoever
// took part was taken along.
func (f *Faces) tookAlong(c *page.Ctx, t ticket.Ticket) bool {
	by := c.Actor
	if by.Kind == access.Link {
		by.Ticket = int64(t.MergedInto)
	}
	_, err := f.tickets.Get(c.Context(), by, ticket.Target{ID: t.MergedInto})
	return err == nil
}

// onward is where a request goes on that was merged into another of the same requester. A link of a letter
// leads on by a link, which lasts no longer than it does.
func onward(c *page.Ctx, t ticket.Ticket, ref string) (string, error) {
	if c.Code == "" {
		return "/requests/" + ref, nil
	}
	code, err := c.Kit.Links.Onward(c.Code, int64(t.MergedInto))
	return "/t/" + code, err
}

// find reads the ticket that the address names. In the portal everybody is a requester.
func (f *Faces) find(c *page.Ctx) (ticket.Ticket, error) {
	on := ticket.Target{ID: ticket.ID(c.Actor.Ticket)}
	if c.Code == "" {
		number, err := c.Number("number")
		if err != nil {
			return ticket.Ticket{}, err
		}
		on = ticket.Target{Number: number}
	}
	if on == (ticket.Target{}) {
		return ticket.Ticket{}, errs.New(errs.NotFound, "ticket.not_found")
	}
	return f.tickets.Get(c.Context(), c.Actor, on)
}

func base(c *page.Ctx, t ticket.Ticket) string {
	if c.Code != "" {
		return "/t/" + c.Code
	}
	return "/requests/" + t.Ref()
}

// helper names the group and the person besides the owner.
func (f *Faces) helper(c *page.Ctx, t ticket.Ticket) string {
	group := f.people.Group(c.Context(), t.Group).Label(string(c.Lang))
	name := ""
	if t.Assignee != t.Owner {
		name = f.people.Card(c.Context(), t.Assignee).Name
	}
	switch {
	case group != "" && name != "":
		return c.T("portal.helped_by", "Group", group, "Name", name)
	case name != "":
		return c.T("portal.helped_by_person", "Name", name)
	}
	return group
}
