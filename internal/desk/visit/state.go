// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// State says how a visit stands.
type State string

// The states, as in doc.go.
const (
	Proposed   State = "proposed"
	Refused    State = "refused" // none of the times suits
	Agreed     State = "agreed"
	Travelling State = "travelling"
	OnSite     State = "on_site"
	Done       State = "done"
	Signed     State = "signed"
	Missed     State = "missed" // nobody was there
	Cancelled  State = "cancelled"
)

// Open reports whether somebody still has something to do.
func (s State) Open() bool { return s != Signed && s != Cancelled }

// EndsWithTicket reports whether a visit is cancelled when its ticket ends: nobody goes there any
// more. One that is being made is finished.
func (s State) EndsWithTicket() bool { return May(Cancel, s) && s != OnSite }

// Ahead reports whether the engineer still has to go there.
func (s State) Ahead() bool { return s == Agreed || s == Travelling || s == OnSite }

// Act is what somebody does to a visit.
type Act string

// The acts.
const (
	Propose Act = "propose" // up to three times
	Pick    Act = "pick"    // the requester takes one of them
	Refuse  Act = "refuse"  // or none
	Fix     Act = "fix"     // staff, as it was agreed on the telephone
	Start   Act = "start"
	Arrive  Act = "arrive"
	Note    Act = "note" // parts, work and photos while one is there, and a moment later
	Finish  Act = "finish"
	Sign    Act = "sign"
	Miss    Act = "miss"
	Cancel  Act = "cancel"
	Assign  Act = "assign" // another engineer
)

// Acts lists them in the order of a visit's life.
func Acts() []Act {
	return []Act{Propose, Pick, Refuse, Fix, Start, Arrive, Note, Finish, Sign, Miss, Cancel, Assign}
}

// Late reports whether an act may come from a queue in the engineer's browser, after it was done.
func (a Act) Late() bool {
	switch a {
	case Start, Arrive, Note, Finish, Sign, Miss:
		return true
	case Propose, Pick, Refuse, Fix, Cancel, Assign:
	}
	return false
}

// Requester reports whether an act is the requester's.
func (a Act) Requester() bool { return a == Pick || a == Refuse }

// way is one line of the life.
type way struct {
	from []State
	to   State // empty: it stays where it is
}

// life is the one table of what may come when (ASVS 2.3.1). A new visit begins by Propose or Fix.
func life() map[Act]way {
	return map[Act]way{
		Propose: {[]State{Proposed, Refused, Agreed, Missed}, Proposed},
		Fix:     {[]State{Proposed, Refused, Agreed, Missed}, Agreed},
		Pick:    {[]State{Proposed}, Agreed},
		Refuse:  {[]State{Proposed}, Refused},
		Start:   {[]State{Agreed}, Travelling},
		Arrive:  {[]State{Agreed, Travelling}, OnSite},
		Note:    {[]State{OnSite, Done, Signed}, ""},
		Finish:  {[]State{OnSite}, Done},
		Sign:    {[]State{OnSite, Done}, Signed},
		Miss:    {[]State{Agreed, Travelling, OnSite}, Missed},
		Cancel:  {[]State{Proposed, Refused, Agreed, Travelling, OnSite, Missed}, Cancelled},
		Assign:  {[]State{Proposed, Refused, Agreed, Missed}, ""},
	}
}

// May reports whether the act may come now.
func May(a Act, now State) bool { return slices.Contains(life()[a].from, now) }

// ActsFrom lists what may come now.
func ActsFrom(now State) []Act {
	return slices.DeleteFunc(Acts(), func(a Act) bool { return !May(a, now) })
}

// next is where an act leads. Conflict where it may not come now, saying how the visit stands.
func next(a Act, now State) (State, error) {
	w := life()[a]
	if !slices.Contains(w.from, now) {
		return now, errs.New(errs.Conflict, "visit.not_now_"+string(now), "Act", string(a))
	}
	if w.to == "" {
		return now, nil
	}
	return w.to, nil
}

// step is the fact of the ticket that an act becomes; empty for one that the ticket need not know.
func step(a Act, moved bool) ticket.VisitStep {
	switch a {
	case Propose, Fix:
		switch {
		case moved && a == Fix:
			return ticket.VisitMoved
		case a == Fix:
			return ticket.VisitFixed
		}
		return ticket.VisitProposed
	case Pick:
		return ticket.VisitAgreed
	case Refuse:
		return ticket.VisitRefused
	case Start:
		return ticket.VisitStarted
	case Arrive:
		return ticket.VisitArrived
	case Finish:
		return ticket.VisitDone
	case Sign:
		return ticket.VisitSigned
	case Miss:
		return ticket.VisitMissed
	case Cancel:
		return ticket.VisitCancelled
	case Assign:
		return ticket.VisitReassigned
	case Note:
	}
	return ""
}
