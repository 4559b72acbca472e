// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Role is what a person is to the desk.
type Role string

// The roles, from least to most.
const (
	Requester Role = "requester"
	Agent     Role = "agent"
	Lead      Role = "lead"
	Admin     Role = "admin"
)

// Roles lists every role, from least to most.
func Roles() []Role { return []Role{Requester, Agent, Lead, Admin} }

// Known reports whether r is one of the roles.
func (r Role) Known() bool { return r.rank() > 0 }

// Staff reports whether r works on other people's tickets.
func (r Role) Staff() bool { return r.rank() >= Agent.rank() }

func (r Role) rank() int {
	switch r {
	case Requester:
		return 1
	case Agent:
		return 2
	case Lead:
		return 3
	case Admin:
		return 4
	}
	return 0
}

// Kind says what sort of actor acts.
type Kind string

// The kinds of actor.
const (
	Nobody Kind = ""       // not signed in
	Person Kind = "person" // somebody with an account
	Link   Kind = "link"   // the holder of a signed link from a mail
	System Kind = "system" // the desk itself
)

// Actor is who acts, by which door. The zero Actor is nobody and may do nothing.
type Actor struct {
	ID     int64  // the person; 0 for the system
	Kind   Kind   // what sort of actor
	Role   Role   // for persons
	Via    string // the door: portal, web, mail, api, phone, system
	Ticket int64  // for links: the only ticket that they reach
	// Approval is the only one that the link of an approver reaches; it reaches nothing else.
	Approval int64
}

// Desk is the desk itself, acting by timer or listener.
func Desk() Actor { return Actor{Kind: System, Via: "system"} }

// Staff reports whether the actor works for the desk and came by a door that shows internal words.
func (a Actor) Staff() bool {
	return a.Kind == System || (a.Kind == Person && a.Role.Staff() && a.Via != "portal")
}

// Action names a thing that can be done, room first.
type Action string

// The actions. A route or command without one of these cannot be built.
const (
	TicketOpen    Action = "ticket.open"     // for oneself
	TicketOpenFor Action = "ticket.open_for" // for somebody else
	TicketRead    Action = "ticket.read"
	TicketSay     Action = "ticket.say"     // a message that the requester sees
	TicketAnswer  Action = "ticket.answer"  // confirm, reject, cancel, reopen as the requester
	TicketWork    Action = "ticket.work"    // everything that agents do
	TicketDeviate Action = "ticket.deviate" // a recorded deviation with a reason
	TicketAuto    Action = "ticket.auto"    // what only the desk does: acknowledge, time out
	OriginalOpen  Action = "original.open"  // what a covered mail really says; each time is recorded (S02)

	QueueRead        Action = "queue.read"
	QueueWork        Action = "queue.work"  // a view of one's own
	QueueShare       Action = "queue.share" // one for everybody
	QuarantineWork   Action = "quarantine.work"
	PersonRead       Action = "person.read"
	PersonWork       Action = "person.work" // create a requester while taking a call
	LeadRead         Action = "lead.read"
	ReportRead       Action = "report.read" // agents those of their groups
	RotaRead         Action = "rota.read"
	RotaSwap         Action = "rota.swap"         // a duty of one's own; a feed of one's own
	RotaWork         Action = "rota.work"         // anybody's
	MajorRead        Action = "major.read"        // as staff; what is public is for whoever the setting lets
	MajorWork        Action = "major.work"        // declare, tell, end
	AnnouncementWork Action = "announcement.work" // tell everybody something
	MailStop         Action = "mail.stop"         // all mail that no person wrote, at once
	AdminRead        Action = "admin.read"
	AdminWork        Action = "admin.work"
	SelfWork         Action = "self.work" // one's own profile, password, tokens, sessions
	RunbookRead      Action = "runbook.read"
	RunbookWork      Action = "runbook.work"    // write them, and review those of others
	RunbookPublish   Action = "runbook.publish" // put them in force, attach and retire them
	ApprovalAsk      Action = "approval.ask"    // for a ticket: ask, withdraw, see all of it
	ApprovalDecide   Action = "approval.decide" // what one was asked; the room knows whose turn it is (N31)
	DeviceRead       Action = "device.read"
	DeviceWork       Action = "device.work" // a device, a place, a label
	VisitRead        Action = "visit.read"
	VisitWork        Action = "visit.work" // propose, go there, write down; a feed of one's own
)

// Object is the thing acted upon, as far as the answer depends on it.
type Object struct {
	Ticket    int64
	Requester int64
	Parties   []int64 // who takes part beside the requester
	Approval  int64   // what somebody is asked to decide
}

// takesPart reports whether somebody follows the thing without having asked for it.
func (o Object) takesPart(who int64) bool { return who != 0 && slices.Contains(o.Parties, who) }

// partly reports whether an action is open to those who take part: they read the public side
// and speak on it, and nothing else (S20).
func partly(do Action) bool { return do == TicketRead || do == TicketSay }

// reach says how far an action goes for a role.
type reach int

const (
	never reach = iota
	own
	all
)

// policy is the whole of who may do what. Staff reach every ticket today; need-to-know
// tickets (N6) narrow it here and in Tickets, nowhere else.
var policy = map[Action]map[Role]reach{ //nolint:gochecknoglobals // a constant table
	TicketOpen:       {Requester: own, Agent: own, Lead: own, Admin: own},
	TicketOpenFor:    {Agent: all, Lead: all, Admin: all},
	TicketRead:       {Requester: own, Agent: all, Lead: all, Admin: all},
	TicketSay:        {Requester: own, Agent: all, Lead: all, Admin: all},
	TicketAnswer:     {Requester: own, Agent: own, Lead: own, Admin: own},
	TicketWork:       {Agent: all, Lead: all, Admin: all},
	TicketDeviate:    {Agent: all, Lead: all, Admin: all},
	OriginalOpen:     {Lead: all, Admin: all},
	QueueRead:        {Agent: all, Lead: all, Admin: all},
	QueueWork:        {Agent: all, Lead: all, Admin: all},
	QueueShare:       {Lead: all, Admin: all},
	QuarantineWork:   {Agent: all, Lead: all, Admin: all},
	PersonRead:       {Agent: all, Lead: all, Admin: all},
	PersonWork:       {Agent: all, Lead: all, Admin: all},
	LeadRead:         {Lead: all, Admin: all},
	ReportRead:       {Agent: all, Lead: all, Admin: all},
	RotaRead:         {Agent: all, Lead: all, Admin: all},
	RotaSwap:         {Agent: all, Lead: all, Admin: all},
	RotaWork:         {Lead: all, Admin: all},
	MajorRead:        {Agent: all, Lead: all, Admin: all},
	MajorWork:        {Agent: all, Lead: all, Admin: all},
	AnnouncementWork: {Lead: all, Admin: all},
	MailStop:         {Lead: all, Admin: all},
	AdminRead:        {Admin: all},
	AdminWork:        {Admin: all},
	SelfWork:         {Requester: all, Agent: all, Lead: all, Admin: all},
	RunbookRead:      {Agent: all, Lead: all, Admin: all},
	RunbookWork:      {Agent: all, Lead: all, Admin: all},
	RunbookPublish:   {Lead: all, Admin: all},
	ApprovalAsk:      {Agent: all, Lead: all, Admin: all},
	ApprovalDecide:   {Requester: all, Agent: all, Lead: all, Admin: all},
	DeviceRead:       {Agent: all, Lead: all, Admin: all},
	DeviceWork:       {Agent: all, Lead: all, Admin: all},
	VisitRead:        {Agent: all, Lead: all, Admin: all},
	VisitWork:        {Agent: all, Lead: all, Admin: all},
}

// Can returns nil when the actor may do the action to the object.
//
// Otherwise it returns Unauthenticated for nobody, NotFound where the actor may not even
// know that the thing exists, and Denied where it is the action that is out of reach.
func Can(by Actor, do Action, on Object) error {
	switch by.Kind {
	case System:
		return nil
	case Link:
		return canByLink(by, do, on)
	case Person:
		return canByRole(by, do, on)
	case Nobody:
	}
	return errs.New(errs.Unauthenticated, "access.sign_in")
}

func canByRole(by Actor, do Action, on Object) error {
	r := policy[do][by.Role]
	if partly(do) && r != never && on.takesPart(by.ID) {
		return nil
	}
	if r == own && on.Requester != by.ID && on.Requester != 0 {
		return hidden(do)
	}
	if r == never {
		if on.Ticket != 0 && !sees(by, on) {
			return hidden(do)
		}
		return errs.New(errs.Denied, "access.denied")
	}
	// An agent who uses the portal is there as a requester.
	if by.Via == "portal" && on.Ticket != 0 && on.Requester != by.ID {
		return hidden(do)
	}
	return nil
}

// canByLink lets the holder of a signed link read, say and answer on one ticket; who takes part
// reads and says.
func canByLink(by Actor, do Action, on Object) error {
	if do == ApprovalDecide && by.Approval != 0 && on.Approval == by.Approval {
		return nil
	}
	part := on.takesPart(by.ID)
	if by.Ticket == 0 || on.Ticket != by.Ticket || (on.Requester != by.ID && !part) {
		return errs.New(errs.NotFound, "ticket.not_found")
	}
	if on.Requester != by.ID && !partly(do) {
		return errs.New(errs.Denied, "access.only_requester")
	}
	switch do {
	case TicketRead, TicketSay, TicketAnswer:
		return nil
	default:
		return errs.New(errs.Denied, "access.denied")
	}
}

func sees(by Actor, on Object) bool {
	r := policy[TicketRead][by.Role]
	return r == all || (r == own && (on.Requester == by.ID || on.takesPart(by.ID)))
}

// hidden is the same answer as for a thing that does not exist (S21, S24).
func hidden(do Action) error {
	if do == TicketAnswer {
		return errs.New(errs.Denied, "access.only_requester")
	}
	return errs.New(errs.NotFound, "ticket.not_found")
}

// Scope is the set of tickets that an actor may list, count or search.
// The ticket room turns it into SQL and into a predicate; nobody else does.
type Scope struct {
	All       bool  // every ticket
	Requester int64 // or the tickets of one requester, and those on which they take part
	Ticket    int64 // or one ticket
}

// Tickets returns what the actor may see. The zero Scope is nothing at all.
func Tickets(by Actor) Scope {
	switch by.Kind {
	case System:
		return Scope{All: true}
	case Link:
		if by.Ticket != 0 {
			return Scope{Requester: by.ID, Ticket: by.Ticket}
		}
	case Person:
		if by.Via != "portal" && policy[TicketRead][by.Role] == all {
			return Scope{All: true}
		}
		if policy[TicketRead][by.Role] >= own {
			return Scope{Requester: by.ID}
		}
	case Nobody:
	}
	return Scope{}
}

// Holds reports whether one ticket lies within the scope.
func (s Scope) Holds(on Object) bool {
	mine := on.Requester == s.Requester || on.takesPart(s.Requester)
	switch {
	case s.All:
		return true
	case s.Ticket != 0:
		return on.Ticket == s.Ticket && mine
	default:
		return s.Requester != 0 && mine
	}
}
