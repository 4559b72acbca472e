// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// steps tells what happened in plain language, newest first. What the ticket room leaves
// out for requesters is not here either.
func (f *Faces) steps(c *page.Ctx, t ticket.Ticket) ([]step, error) {
	list, err := f.tickets.Thread(c.Context(), c.Actor, t)
	if err != nil {
		return nil, err
	}
	var out []step
	for _, e := range list {
		if s, told := f.step(c, t, e); told {
			at := e.Record.Meta.At
			if _, along := e.Fact.(ticket.Carried); along {
				at = e.Message.At
			}
			s.When = ui.At(c.Lang, at, c.Now, c.Zone)
			if s.State == "" {
				s.State = ui.Done
			}
			out = append(out, s)
		}
	}
	slices.Reverse(out)
	if len(out) > 0 && t.Open() {
		out[0].State = ui.Now
	}
	return out, nil
}

// step tells one fact; false where the requester gains nothing from it.
func (f *Faces) step(c *page.Ctx, t ticket.Ticket, e ticket.Entry) (s step, told bool) {
	actor := f.people.Card(c.Context(), person.ID(e.Record.Meta.ActorID)).Name
	switch fact := e.Fact.(type) {
	case ticket.Recorded:
		s.Title, s.Icon, s.State = f.ofAsker(c, t, "portal.step_recorded", "portal.step_recorded_by"), "user", ui.Todo
		f.said(c, t, e.Message, &s)
	case ticket.Acknowledged:
		s.Title, s.Text = c.T("portal.step_acknowledged"), c.T("portal.step_expect", "Time", c.Clock(fact.ExpectBy))
	case ticket.Accepted:
		s.Title = c.T("portal.step_accepted", "Name", f.people.Card(c.Context(), fact.Owner).Name)
		if fact.Kept(e.Record.Meta) {
			s.Title = c.T("portal.step_taken", "Name", actor)
		}
	case ticket.Said, ticket.Carried:
		if e.Message == nil {
			return s, false
		}
		f.said(c, t, e.Message, &s)
		author := f.people.Card(c.Context(), e.Message.Author)
		switch {
		case e.Message.ByUser && int64(author.ID) == c.Actor.ID:
			s.Title, s.Icon, s.State = c.T("portal.step_you_wrote"), "user", ui.Todo
		case e.Message.ByUser:
			s.Title, s.Icon, s.State = c.T("portal.step_other_wrote", "Name", author.Name), "user", ui.Todo
		default:
			s.Title = c.T("portal.step_replied", "Name", author.Name)
		}
	case ticket.Held:
		told = heldStep(c, t, fact, &s)
		return s, told
	case ticket.Resumed:
		s.Title = c.T("portal.step_resumed")
	case ticket.VisitStepped:
		told = f.visitStep(c, fact, &s)
		return s, told
	case ticket.SolutionGiven:
		s.Title, s.Body = c.T("portal.step_solved", "Name", actor), fact.Solution.Text
		if fact.Solution.Cause != "" {
			s.Lines = append(s.Lines, c.T("portal.cause", "Text", fact.Solution.Cause))
		}
		if fact.Solution.Prevention != "" {
			s.Lines = append(s.Lines, c.T("portal.prevention", "Text", fact.Solution.Prevention))
		}
	case ticket.ReadBackAsked:
		s.Title = c.T("portal.step_read_back_asked")
	case ticket.ReadBackDone:
		s.Title, s.Icon, s.State = f.ofAsker(c, t, "portal.step_read_back", "portal.step_read_back_by"), "user", ui.Todo
	case ticket.CallPromised:
		s.Title = c.T("portal.step_call_promised", "Time", c.Moment(fact.Call.At), "Number", fact.Call.Number)
	case ticket.RemoteAsked, ticket.RemoteAgreed, ticket.RemoteStarted, ticket.RemotePictured, ticket.RemoteEnded:
		return f.remoteStep(c, t, e, actor), true
	case ticket.UserConfirmed:
		s.Title = f.ofAsker(c, t, "portal.step_confirmed", "portal.step_confirmed_by")
	case ticket.UserRejected:
		s.Title, s.Text, s.Icon, s.State = f.ofAsker(c, t, "portal.step_rejected", "portal.step_rejected_by"), fact.Reason, "user", ui.Todo
	case ticket.TimeUp:
		s.Title = c.T("portal.step_time_up")
	case ticket.Ended:
		s.Title = c.T("portal.closed_" + string(fact.As))
		if fact.As == ticket.Confirmed && !mine(c, t) {
			s.Title = c.T("portal.closed_asker_confirmed")
		}
		if s.Text = fact.Reason; fact.Into != 0 {
			s.Text = ""
		}
	case ticket.Reopened:
		s.Title, s.Text = c.T("portal.step_reopened"), fact.Reason
	default:
		return s, false
	}
	return s, true
}

// heldStep tells why the ticket waits, and when it is spoken of again.
func heldStep(c *page.Ctx, t ticket.Ticket, fact ticket.Held, s *step) bool {
	if fact.Reason == ticket.ForVisit && len(t.Detail.Visits) > 0 {
		return false // the visit says it
	}
	s.Title = c.T("portal.step_held_" + string(fact.Reason))
	if fact.Stuck != "" {
		s.Lines = append(s.Lines, c.T("portal.stuck", "Text", fact.Stuck))
	}
	if fact.Doing != "" {
		s.Lines = append(s.Lines, c.T("portal.doing", "Text", fact.Doing))
	}
	if !fact.Next.IsZero() {
		s.Lines = append(s.Lines, c.T("portal.next_word", "Time", c.Clock(fact.Next)))
	}
	return true
}

// ofAsker says what whoever asked did: to themselves, or with their name to who takes part.
func (f *Faces) ofAsker(c *page.Ctx, t ticket.Ticket, own, named string) string {
	if mine(c, t) {
		return c.T(own)
	}
	return c.T(named, "Name", f.people.Card(c.Context(), t.Requester).Name)
}

// said writes a message with its files into a step.
func (f *Faces) said(c *page.Ctx, t ticket.Ticket, m *ticket.Message, s *step) {
	if m == nil {
		return
	}
	s.Body = m.Text
	if m.Proof.Doubtful() && m.Proof.Why != "nobody" { // a desk on which nobody checks has nothing to warn of
		s.Lines = append(s.Lines, c.T("portal.sender_unproven"))
	}
	for _, a := range m.Attached {
		href := page.FilePath(t.Number, a.Token, a.Name)
		if c.Code != "" {
			href = page.LinkFilePath(c.Code, a.Token, a.Name)
		}
		s.Files = append(s.Files, ui.File{Name: a.Name, Size: page.Size(a.Size), Href: href})
	}
}
