// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// told is one person and what the person is told.
type told struct {
	person   person.ID
	template Template
}

// audience says who is told what about a fact. author wrote the message that the fact
// carries; it differs from the actor where a mail was taken in by the desk; charge are those who
// must hear of it where it is about whoever has the ticket. Nobody is told what they did themselves, and nobody twice about
// one fact.
func audience(t ticket.Ticket, f ticket.Fact, m event.Meta, author person.ID, charge []person.ID) []told {
	actor := person.ID(0)
	if m.ActorKind == string(access.Person) || m.ActorKind == string(access.Link) {
		actor = person.ID(m.ActorID)
	}
	var out []told
	tell := func(what Template, who ...person.ID) {
		for _, w := range who {
			known := slices.ContainsFunc(out, func(x told) bool { return x.person == w })
			if w != 0 && w != actor && w != author && !known {
				out = append(out, told{w, what})
			}
		}
	}
	switch f := f.(type) {
	case ticket.Acknowledged:
		return []told{{t.Requester, Acknowledged}}
	case ticket.Said:
		switch {
		case f.Kind != ticket.Public:
		case f.ByRequester:
			tell(Answered, charge...)
		default:
			tell(Replied, t.Requester)
			tell(Replied, t.Detail.Participants...)
		}
	case ticket.Held:
		if f.Reason == ticket.Blocked {
			tell(Blocked, t.Requester)
			tell(Blocked, t.Detail.Participants...) // the same three answers, all of them public (N30)
		} else if f.Reason != ticket.ForVisit || len(t.Detail.Visits) == 0 { // the visit itself is told
			tell(Waiting, t.Requester)
		}
	case ticket.VisitStepped:
		switch f.Visit.Step {
		case ticket.VisitProposed, ticket.VisitFixed, ticket.VisitMoved, ticket.VisitStarted, ticket.VisitMissed, ticket.VisitCancelled:
			tell(VisitNews, t.Requester)
		case ticket.VisitReassigned:
			if len(f.Visit.Times) > 0 { // somebody else keeps the appointment
				tell(VisitNews, t.Requester)
			}
		case ticket.VisitAgreed, ticket.VisitRefused, ticket.VisitArrived, ticket.VisitDone, ticket.VisitSigned:
			// The requester's own answers, and what they see with their own eyes.
		}
	case ticket.ReadBackAsked:
		tell(ReadBack, t.Requester)
	case ticket.RemoteAsked:
		tell(RemoteAsked, t.Requester)
	case ticket.VendorSilent:
		tell(VendorLate, charge...)
	case ticket.SolutionGiven:
		tell(Solved, t.Requester)
		tell(Replied, t.Detail.Participants...) // the solution as words: the question is for the requester (N35)
	case ticket.Reminded:
		tell(Solved, t.Requester) // the same letter, with the same question
	case ticket.UserRejected:
		tell(Rejected, charge...)
	case ticket.TimeUp:
		tell(TimeUp, t.Requester)
	case ticket.Ended:
		if f.As != ticket.Unconfirmed { // that the time was up has been told
			tell(Closed, t.Requester)
		}
		tell(Closed, t.Detail.Participants...) // however it ended
		if actor == t.Requester && f.As == ticket.Cancelled {
			tell(Withdrawn, t.Owner, t.Assignee)
		}
	case ticket.Reopened:
		tell(Reopened, t.Requester)
		tell(Returned, charge...)
	case ticket.Assigned:
		tell(Assigned, f.Assignee, f.Owner)
	case ticket.HandedOver:
		tell(HandedOver, f.Assignee)
	case ticket.Approval:
		tell(Approve, f.Turn...)
		if f.Step.Ends() && f.By != f.Asker {
			tell(Approved, charge...)
		}
	}
	return out
}

// charge is who must hear what the requester says of a ticket, what stands still on it, or that they were
// not reached: the owner and the assignee, and where neither of them works here any more, who can act in
// their place (N12). What nobody has taken yet stands in the queue.
func (s *Service) charge(ctx context.Context, t ticket.Ticket) ([]person.ID, error) {
	out := []person.ID{t.Owner, t.Assignee}
	works := func(who person.ID) bool { return s.works(ctx, who) }
	if t.Owner == 0 && t.Assignee == 0 || slices.ContainsFunc(out, works) {
		return out, nil
	}
	crew, err := s.People.Crew(ctx)
	return append(out, crew.Instead(t.Group)...), err
}

// chargeOf is who must hear of one fact: how an approval ended, whoever asked for it, while they work here.
func (s *Service) chargeOf(ctx context.Context, t ticket.Ticket, f ticket.Fact) ([]person.ID, error) {
	if a, ok := f.(ticket.Approval); ok && s.works(ctx, a.Asker) {
		return []person.ID{a.Asker}, nil
	}
	return s.charge(ctx, t)
}

// works reports whether somebody is of the desk now.
func (s *Service) works(ctx context.Context, who person.ID) bool {
	p := s.People.Card(ctx, who)
	return p.Active && p.Role.Staff()
}

// staff reports whether a template speaks to the people of the desk: its links lead to the
// workspace, and its words may hold what requesters never read.
func (w Template) staff() bool {
	switch w {
	case Assigned, HandedOver, Answered, Rejected, Returned, Withdrawn, VendorLate, MailKept, AnswerKept, NotReached, Escalated, Approved:
		return true
	default:
		return false
	}
}

// forbidden reports whether a letter speaks to the people of the desk and somebody is none of them any
// more: a ticket keeps its owner until it is given to others (S25).
func (w Template) forbidden(to person.Person) bool { return w.staff() && !to.Role.Staff() }

// shared reports whether those who take part get the letter too.
func (w Template) shared() bool { return w == Replied || w == Blocked || w == Closed }

// insideMark stands before the token of an address to which only notes come (see desk/intake).
const insideMark = "n-"

// answered reports whether an answer of staff to a letter goes to the requester: the letter
// brought the requester's words.
func (w Template) answered() bool { return w == Answered || w == Rejected || w == Returned }
