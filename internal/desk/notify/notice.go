// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Notice is what a letter is made of: what happened, for one reader, in the terms of the trade.
type Notice struct {
	Template Template
	Lang     i18n.Lang
	Zone     *time.Location // of the reader
	At       time.Time      // the date of the letter; relative words count from here
	Desk     string         // the desk's name
	Hotline  string         // its telephone number, may be empty
	Reader   string         // the reader's name; empty in an acknowledgement
	Ref      string         // "LD-1042"
	Subject  string         // of the ticket; empty in an acknowledgement
	Link     string         // where the reader follows the ticket
	Leave    string         // where somebody who takes part leaves; empty for everybody else; opening it changes nothing
	Stop     string         // of a letter that no person wrote, to a stranger: where they say that they want none; opening it changes nothing
	Answer   string         // where the requester says whether it works again, empty where they need not; opening it changes nothing
	Rate     string         // where the requester says how it was, once it is confirmed; opening it changes nothing
	Guide    string         // title of the runbook that the words send; Answer leads to its pages
	Asks     bool           // the words ask for what is missing; Answer leads to the fields
	By       string         // name of who acted, empty for the desk itself

	Next     time.Time // when the reader hears next, or by when an answer is awaited
	Text     string    // the words of a message, or the reason that was given
	Files    []string  // names of the files on the message
	Wait     ticket.Waiting
	Stuck    string
	Doing    string
	Solution ticket.Solution
	Outcome  ticket.Outcome
	Visit    ticket.VisitNote // of a visit: what happened to it, and its times
	Record   []RecordLine     // what was taken down, to be confirmed
	Into     string           // number of the ticket that a duplicate lives on in
	From     string           // number of the ticket that a new one was split from
	Reopen   int              // days in which a closed ticket can be reopened; 0 for never
	Note     ticket.HandOverNote
	Owner    bool                // the reader is accountable now
	Assignee bool                // the reader works on it now
	Raised   escalation.Raised   // of an escalation: which clock, and what the reader is to it
	As       escalation.Audience // as what the reader is told
	Minutes  int                 // how long the link of a password letter is good
	Reason   string              // message key of why something stands still; its last success is Next, if there was one
	Address  string              // of By
	About    Template            // what did not reach By, because of Reason
	Ended    bool                // of news: it is over
	Figures  []Figure            // of a monthly report
	Summary  []SummaryPart       // of a summary: what waited, ticket by ticket
	Approval Approval            // what is to be decided, or was
	Also     []Notice            // what happened after it and is told in the same letter
	Sign     string              // the signature, lines of text
	Custom   *Letter             // as an administrator wrote it; nil for the house's own words
}

// RecordLine is one element of the record.
type RecordLine struct {
	Element ticket.Element
	Text    string // empty where the requester did not know it
}

// Body is a written letter: a subject on one line, the whole of it as text, and the same as HTML.
type Body struct {
	Subject string
	Text    string
	HTML    string
}

// Renderer writes letters in the reader's language.
type Renderer interface {
	Render(n Notice) (Body, error)
	// Draft is the house's own text of a letter with placeholders where it has values: what
	// an administrator begins with.
	Draft(what Template, l i18n.Lang) Letter
}

// read is a ticket with everything that happened to it, as letters need it.
type read struct {
	ticket ticket.Ticket
	thread []ticket.Entry
	at     int // the entry that is told
}

// entry returns the fact that is told.
func (r read) entry() ticket.Entry { return r.thread[r.at] }

// author returns who wrote the message that a fact carries, 0 where it carries none.
func author(e ticket.Entry) person.ID {
	if e.Message != nil {
		return e.Message.Author
	}
	return 0
}

// read looks a fact up on its ticket. NotFound where the ticket has no such fact.
func (s *Service) read(ctx context.Context, on ticket.ID, fact int64) (read, error) {
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: on})
	if err != nil {
		return read{}, err
	}
	thread, err := s.Tickets.Thread(ctx, access.Desk(), t)
	if err != nil {
		return read{}, err
	}
	for i, e := range thread {
		if e.Record.ID == fact {
			return read{t, thread, i}, nil
		}
	}
	if r, err := s.Bus.ReadOne(ctx, s.DB, fact); err == nil && r.Name == (escalation.Raised{}).EventName() && r.Subject == int64(on) {
		thread = append(thread, ticket.Entry{Record: r}) // it happened to the ticket, in another room
		return read{t, thread, len(thread) - 1}, nil
	}
	return read{}, errs.New(errs.NotFound, "ticket.not_found")
}

// notice gathers what a letter to one person says.
func (s *Service) notice(ctx context.Context, d Delivery, to person.Person, r read) Notice {
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: d.Template, Lang: lang(to.Lang, desk.Lang), Zone: zone(to.Zone, desk.Zone), At: d.QueuedAt,
		Desk: desk.Name, Hotline: desk.Hotline, Reader: to.Name, Ref: r.ticket.Ref(), Subject: r.ticket.Subject,
		By: s.actor(ctx, r.entry().Record.Meta), Reopen: desk.ReopenDays,
	}
	if d.Template.staff() {
		n.Link = s.BaseURL + "/work/tickets/" + strconv.FormatInt(r.ticket.Number, 10)
	} else {
		n.Link = s.BaseURL + "/t/" + s.Links.Track(session.Bond{Ticket: int64(r.ticket.ID), Person: int64(to.ID)})
		switch { // nobody else answers for the requester, or reopens
		case to.ID == r.ticket.Requester:
			n.Answer = n.Link + "#confirm"
			if (letter{Delivery: d}).byItself(r) && stranger(r.ticket, to) {
				n.Stop = n.Link + "#stop"
			}
		case r.ticket.TakesPart(to.ID):
			n.Leave, n.Reopen = n.Link+"#leave", 0
		}
	}
	if m := r.entry().Message; m != nil {
		n.Text = m.Text
		if r.ticket.Detail.Asked.Message == m.ID && to.ID == r.ticket.Requester && len(r.ticket.Detail.Asked.Open(r.ticket)) > 0 {
			n.Asks, n.Answer = true, n.Link+"#answer"
		}
		if g, sent := r.ticket.GuideOf(m.ID); sent && !g.State.Over() && to.ID == r.ticket.Requester {
			n.Guide, n.Answer = g.Title, n.Link+"/guides/"+strconv.FormatInt(g.Run, 10)
		}
		for _, f := range m.Attached {
			n.Files = append(n.Files, f.Name)
		}
		n.By = s.People.Card(ctx, m.Author).Name
	}
	s.fill(ctx, &n, to, r)
	s.fillRaised(&n, to, r)
	if d.Template == Acknowledged { // no word of anybody, not even a name: any of it may be a stranger's (S14)
		n.Reader, n.Subject, n.By, n.Text, n.Files = "", "", "", "", nil
	}
	return n
}

// fill takes from the fact what its letter speaks of. The fact says what was true when it
// happened; the ticket may have moved on since.
func (s *Service) fill(ctx context.Context, n *Notice, to person.Person, r read) {
	switch f := r.entry().Fact.(type) {
	case ticket.Acknowledged:
		n.Next = f.ExpectBy
		if from := r.ticket.SplitFrom(); from != 0 {
			n.From = ticket.Ref(from)
		}
	case ticket.ReadBackAsked:
		n.Answer = n.Link + "#read-back"
		for _, e := range ticket.Elements() {
			if a := r.ticket.Detail.Intake[e]; a.Filled() {
				n.Record = append(n.Record, RecordLine{e, a.Value})
			}
		}
	case ticket.VisitStepped:
		n.Visit, n.Answer, n.By = f.Visit, n.Link+"#visit", s.People.Card(ctx, f.Visit.Engineer).Name
	case ticket.RemoteAsked:
		n.Answer = n.Link + "/share"
	case ticket.Held:
		n.Wait, n.Stuck, n.Doing, n.Next = f.Reason, f.Stuck, f.Doing, f.Next
	case ticket.MailHeld:
		n.Reason, n.Address, n.By = f.Reason, f.Address, s.People.Card(ctx, f.Author).Name
	case ticket.VendorSilent:
		n.Text = strings.TrimSpace(f.Vendor.Name + " " + f.Vendor.Case)
	case ticket.SolutionGiven:
		if n.Template == Replied { // to somebody who takes part
			n.Text = strings.Join(append([]string{f.Solution.Text}, f.Solution.Verify...), "\n")
			return
		}
		n.Solution = f.Solution
		n.askWhether(r)
	case ticket.Reminded:
		n.Solution = r.ticket.Detail.Solution
		n.askWhether(r)
	case ticket.UserRejected:
		n.Text = f.Reason
	case ticket.TimeUp:
		n.Outcome = ticket.Unconfirmed
	case ticket.Ended:
		if n.Outcome, n.Text = f.As, f.Reason; f.As == ticket.Confirmed && to.ID == r.ticket.Requester {
			n.Rate = n.Link + "#rate"
		}
		if into, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: f.Into}); f.Into != 0 && err == nil {
			n.Into = into.Ref()
		}
	case ticket.Reopened:
		n.Text = f.Reason
	case ticket.Assigned:
		n.Owner, n.Assignee = f.Owner == to.ID, f.Assignee == to.ID
	case ticket.Approval:
		s.fillApproval(ctx, n, to, f, r)
	case ticket.HandedOver:
		n.Note = ticket.HandOverNote{Done: f.Done, Why: f.Why, Needed: f.Needed, To: f.To}
		n.Assignee = true
	}
}

// askWhether asks for the requester's word, and says by when; neither where it was given meanwhile, or
// is awaited about another solution: the letter then tells what was done, and no more (N32, N35).
func (n *Notice) askWhether(r read) {
	switch later := r.thread[r.at+1:]; {
	case !r.ticket.ToConfirm(), slices.ContainsFunc(later, func(e ticket.Entry) bool { return e.Record.Name == (ticket.SolutionGiven{}).EventName() }):
		n.Answer = ""
	case r.ticket.NextClock == "confirm":
		n.Next = r.ticket.NextDue
	}
}

// actor names who did something; empty for the desk itself.
func (s *Service) actor(ctx context.Context, m event.Meta) string {
	if m.ActorKind == string(access.System) {
		return ""
	}
	return s.People.Card(ctx, person.ID(m.ActorID)).Name
}

// lang is the first of the wished languages that the house speaks.
func lang(wished ...string) i18n.Lang {
	for _, w := range wished {
		if l, ok := i18n.Known(w); ok {
			return l
		}
	}
	return i18n.ZH
}

// zone is the reader's time zone, else the desk's, else UTC.
func zone(own, desk string) *time.Location {
	return clock.FirstZone(own, desk)
}

// replied finds the requester's mails on a ticket: the Message-ID of the first and of the
// last before the fact. Mail programs then show our letters in the same conversation.
func (r read) mails(who person.ID) (first, last string) {
	for _, e := range r.thread[:min(r.at+1, len(r.thread))] {
		if e.Message == nil || e.Message.MailID == "" || e.Message.Author != who {
			continue
		}
		id := bracketed(e.Message.MailID)
		if first == "" {
			first = id
		}
		last = id
	}
	return first, last
}

// bracketed writes a Message-ID with its angle brackets, whether or not it was stored with them.
func bracketed(id string) string { return "<" + strings.Trim(strings.TrimSpace(id), "<>") + ">" }
