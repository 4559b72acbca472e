// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// told is one person and as what the person is told.
type told struct {
	person person.ID
	kind   Kind
	letter bool // desk/notify has a letter about it for the same reader
}

// audience is who is told of one fact, gathered: the weightiest reason first, each person once,
// whoever did it never.
type audience struct {
	not  []person.ID // whoever acted, and whoever wrote the words
	list []told
	own  []told // whose request it is, and who takes part
}

// by is an audience without whoever acted, and without the author of the words where that is
// somebody else: a mail is taken in by the desk.
func by(m event.Meta, author person.ID) *audience {
	a := &audience{not: []person.ID{author}}
	if m.ActorKind == string(access.Person) || m.ActorKind == string(access.Link) {
		a.not = append(a.not, person.ID(m.ActorID))
	}
	return a
}

func (a *audience) tell(k Kind, letter bool, who ...person.ID) {
	for _, w := range who {
		known := slices.ContainsFunc(a.list, func(x told) bool { return x.person == w })
		if w != 0 && !slices.Contains(a.not, w) && !known {
			a.list = append(a.list, told{w, k, letter})
		}
	}
}

// ask tells somebody of a request of theirs.
func (a *audience) ask(k Kind, who ...person.ID) {
	for _, w := range who {
		in := func(x told) bool { return x.person == w }
		if w != 0 && !slices.Contains(a.not, w) && !slices.ContainsFunc(a.list, in) && !slices.ContainsFunc(a.own, in) {
			a.own = append(a.own, told{person: w, kind: k})
		}
	}
}

// hearOwn adds those whose request it is, of what they may read and did not do.
func (a *audience) hearOwn(t ticket.Ticket, f ticket.Fact) {
	switch f := f.(type) {
	case ticket.Said:
		if f.Kind == ticket.Public && !f.ByRequester {
			a.ask(Word, t.Requester)
			a.ask(Word, t.Detail.Participants...)
		}
	case ticket.Held:
		a.ask(Word, t.Requester)
		a.ask(Word, t.Detail.Participants...)
	case ticket.SolutionGiven:
		a.ask(Solution, t.Requester)
		a.ask(Word, t.Detail.Participants...)
	case ticket.AskedFor, ticket.ReadBackAsked:
		a.ask(Asked, t.Requester)
	case ticket.Ended:
		a.ask(Over, t.Requester)
		a.ask(Over, t.Detail.Participants...)
	}
}

// content is the least that somebody says who is content.
const content = 3

// hear adds those who are told of a fact of the ticket, but for groups and watchers.
func (a *audience) hear(t ticket.Ticket, f ticket.Fact) {
	switch f := f.(type) {
	case ticket.Said:
		for _, m := range f.Mentions {
			a.tell(Mentioned, false, m.Person)
		}
		if f.ByRequester && f.Kind == ticket.Public {
			a.tell(Answered, true, t.Owner, t.Assignee)
		}
	case ticket.Guided: // the requester cannot go on with a step that they were sent
		if f.ByRequester && !f.Guide.State.Over() && (f.Guide.Outcome == "cannot" || f.Guide.Outcome == "unclear") {
			a.tell(Answered, false, t.Owner, t.Assignee)
		}
	case ticket.Assigned:
		a.tell(Assigned, true, f.Assignee, f.Owner)
	case ticket.HandedOver:
		a.tell(Assigned, true, f.Assignee)
	case ticket.UserRejected, ticket.Reopened:
		a.tell(Rejected, true, t.Owner, t.Assignee)
	case ticket.Ended:
		if f.As == ticket.Cancelled { // there is a letter where it was withdrawn
			a.tell(Rejected, slices.Contains(a.not, t.Requester), t.Owner, t.Assignee)
		}
		for _, v := range t.Detail.Visits {
			if v.Step.Waits() { // nobody goes there any more
				a.tell(Rejected, false, v.Engineer)
			}
		}
	case ticket.VisitStepped:
		switch f.Visit.Step {
		case ticket.VisitAgreed, ticket.VisitRefused:
			a.tell(Answered, false, f.Visit.Engineer, t.Owner, t.Assignee)
		case ticket.VisitProposed, ticket.VisitFixed, ticket.VisitMoved:
			a.tell(Assigned, false, f.Visit.Engineer)
		case ticket.VisitReassigned:
			a.tell(Assigned, false, f.Visit.Engineer)
			a.tell(Rejected, false, f.Visit.Before)
		case ticket.VisitCancelled: // whoever of the desk did it
			a.tell(Rejected, false, f.Visit.Engineer)
		case ticket.VisitStarted, ticket.VisitArrived, ticket.VisitDone, ticket.VisitSigned, ticket.VisitMissed:
			// The engineer's own steps, and ends that the page of visits shows.
		}
	case ticket.UserConfirmed:
		a.tell(Confirmed, false, t.Owner, t.Assignee)
	case ticket.ReadBackWrong:
		a.tell(Record, false, t.Owner, t.Assignee)
	case ticket.HandOverRefused:
		a.tell(Trouble, false, f.Assignee, t.Owner)
	case ticket.PassedAround:
		a.tell(Trouble, false, t.Owner)
	case ticket.Approval:
		a.tell(Approval, true, f.Turn...)
		if f.Step.Ends() && f.By != f.Asker {
			a.tell(Outcome, true, f.Asker)
		}
	case ticket.Rated:
		if f.Score < content {
			a.tell(Rated, false, t.Owner, t.Assignee)
		}
	case ticket.VendorSilent, ticket.MailHeld:
		a.tell(Trouble, true, t.Owner, t.Assignee)
	}
}

// team is the group that a fact gives the work to; 0 for none. Where the desk itself sends new
// tickets on, the queue shows them: that is no news to anybody.
func team(f ticket.Fact, m event.Meta) person.GroupID {
	if m.ActorKind != string(access.Person) {
		return 0
	}
	switch f := f.(type) {
	case ticket.HandedOver:
		return f.To
	case ticket.Assigned:
		return f.Group
	case ticket.HandOverRefused:
		return f.To
	}
	return 0
}

// raised are the groups whose leads are told of a fact: the work came back, or goes round (N11).
func raised(f ticket.Fact) []person.GroupID {
	switch f := f.(type) {
	case ticket.HandOverRefused:
		return []person.GroupID{f.To, f.From}
	case ticket.PassedAround:
		return f.Groups[:]
	}
	return nil
}

// moves reports whether those who watch a ticket are told of a fact.
func moves(f ticket.Fact) bool {
	switch f.(type) {
	case ticket.Said, ticket.Held, ticket.SolutionGiven, ticket.UserConfirmed, ticket.UserRejected, ticket.Ended, ticket.Reopened,
		ticket.Assigned, ticket.HandedOver, ticket.TakenOver, ticket.HandOverRefused, ticket.Graded, ticket.TimeUp:
		return true
	}
	return false
}

// leads is the group whose leads are told of a fact; 0 for none.
func leads(t ticket.Ticket, f ticket.Fact) person.GroupID {
	if r, rated := f.(ticket.Rated); rated && r.Score < content {
		return t.Group
	}
	return 0
}

// wrote is the message that a fact carries, whose author is to be looked up: 0 where the actor says it.
func wrote(f ticket.Fact, m event.Meta) ticket.MessageID {
	if said, ok := f.(ticket.Said); ok && m.ActorKind == string(access.System) {
		return said.Message
	}
	return 0
}

// allowedOwn keeps of those whose request it is who may read the ticket as its requester or as
// one who takes part.
func allowedOwn(list []told, t ticket.Ticket) []told {
	return slices.DeleteFunc(list, func(x told) bool {
		return access.Can(access.Actor{ID: int64(x.person), Kind: access.Person, Role: access.Requester, Via: "portal"}, access.TicketRead, t.Object()) != nil
	})
}

// allowed keeps of an audience those who may read the ticket.
func allowed(list []told, t ticket.Ticket, workers []person.Worker) []told {
	return slices.DeleteFunc(list, func(x told) bool {
		i := slices.IndexFunc(workers, func(w person.Worker) bool { return w.ID == x.person })
		return i < 0 || access.Can(access.Actor{ID: int64(x.person), Kind: access.Person, Role: workers[i].Role, Via: "web"}, access.TicketRead, t.Object()) != nil
	})
}
