// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Command is a wish to change a ticket. It is decided by a pure rule: the ticket as it is
// and the world in, facts or a refusal out.
type Command interface {
	Name() Name
	decide(t Ticket, w world) ([]Fact, error)
}

// world is all that a decision may depend on besides the ticket.
type world struct {
	by       access.Actor
	at       time.Time
	matrix   triage.Matrix
	message  MessageID                     // of the message that the command carries
	other    Ticket                        // the second ticket of merge, link and split
	parting  parting                       // of a split
	missing  func(Name, Ticket) []errs.Gap // what the gates before a command would say
	staff    map[person.ID]bool            // may be given work, of those that the command names, or the ticket
	group    map[person.GroupID]bool       // is a group that works, likewise
	category map[catalog.CategoryID]bool   // may be chosen, likewise
	service  map[catalog.ServiceID]bool    // may be chosen, likewise
	form     catalog.Form                  // that the command is decided with
	files    map[string]bool               // on the ticket, by their tokens
	home     person.GroupID                // of the person whom a hand-over names alone
	member   map[person.GroupID]bool       // groups that the actor works in, for who answers a hand-over
	active   map[person.ID]bool            // may sign in and be written to, likewise
	invited  person.ID                     // who has the address that the command names; 0 for nobody
	own      bool                          // that address is one of the desk's own
	lang     string                        // of people whom a command makes known
	mentions []Mention                     // whom the note calls
	worded   Worded                        // what was found in the words of the command
	reopen   time.Duration                 // how long after closing a requester may reopen
	undo     time.Duration                 // how long a reply may be taken back
}

type (
	// Accept takes a new ticket: the actor becomes accountable for it, or works on it for an owner
	// that it has already and who is still here.
	Accept struct{}
	// Assign changes owner, assignee or group; zero fields stay as they are.
	Assign struct {
		Owner    person.ID
		Assignee person.ID
		Group    person.GroupID
	}
	// HandOver moves the work to a group; the three texts are required by a gate (N11, N28).
	HandOver struct {
		Group    person.GroupID
		Assignee person.ID
		Done     string
		Why      string
		Needed   string
	}
	// Classify sets category and service; an empty subject stays as it is.
	Classify struct {
		Category catalog.CategoryID
		Service  catalog.ServiceID
		Subject  string
	}
	// Grade answers the three questions; Override with a Reason replaces what they give.
	Grade struct {
		Answers  triage.Answers
		Override triage.Priority
		Reason   string
	}
	// Record fills elements of the record.
	Record struct{ Intake map[Element]Answer }
	// ReadBackWith says that the caller heard these elements and agreed.
	ReadBackWith struct{ Items []Element }
	// Reply is a message that the requester sees, or one from the requester. A time that the
	// desk's words tell may be named with it: it becomes a promise.
	Reply struct {
		Say
		Promise time.Time
		Words   string // the words that tell it
		Anyway  bool   // the writer has seen the remarks on the wording
		Undo    bool   // it is said a few seconds later, and may be taken back until then
	}
	// Note is a message for staff only. Mentions say whom a name in it means that several share.
	Note struct {
		Say
		Mentions []person.ID
	}
	// CallRecord says what was spoken on the telephone.
	CallRecord struct {
		Say
		Spoke    bool // the requester was reached
		Incoming bool // they called
		Promise  time.Time
		Words    string
	}
	// HoldFor makes the ticket wait. For Blocked a gate asks for the three answers of N30.
	HoldFor struct {
		Reason Waiting
		Stuck  string
		Doing  string
		Next   time.Time
		Vendor Vendor // for a wait for a vendor, or a block that lies with one
	}
	// RemindVendor says that the time at which the vendor was to answer has passed.
	RemindVendor struct{ By time.Time }
	// RemindUser reminds the requester of a solution that they have not answered: for the nth time.
	RemindUser struct{ Resolutions, Nth int }
	// Resume ends the waiting. Because is the desk's own reason; what people give is theirs.
	Resume struct{ Because string }
	// Resolve presents the solution. The gates ask for what is missing.
	Resolve struct {
		Solution     Solution
		Difficulties string // the closure sheet may come along (N36)
		Approach     string
		Anyway       bool // the writer has seen the remarks on the wording
	}
	// Confirm is the requester's word that it works. Staff may record it from a telephone call with Evidence.
	Confirm struct {
		How         string
		Evidence    string
		Resolutions int // which solution is meant; 0 for the present one
	}
	// Reject is the requester's word that it does not.
	Reject struct {
		Reason      string
		Resolutions int
	}
	// Archive writes the closure sheet; it closes a ticket that only waited for it.
	Archive struct {
		Difficulties string
		Approach     string
	}
	// Close ends a ticket as cancelled or invalid, with a reason.
	Close struct {
		As     Outcome
		Reason string
	}
	// Reopen brings a closed ticket back.
	Reopen struct{ Reason string }
	// Merge closes the ticket as a duplicate of another one of the same requester.
	Merge struct{ Into ID }
	// Link ties two tickets that have to do with each other.
	Link struct{ To ID }
	// Deviate records an honest way past a gate.
	Deviate struct {
		Gap    string
		Reason string
	}
	// Finish closes a solved ticket that waited for something outside it only, which is over now: a
	// gate is asked as before any closing (N36).
	Finish struct{}
	// Expire says that the time for confirming this solution is up.
	Expire struct{ Resolutions int }
	// KeepOut says that a mail for this ticket was held, for its sender is not proven (S01, S04).
	KeepOut struct {
		Inbound int64     // its line in the journal
		Author  person.ID // who it says it is from; 0 where the desk knows nobody of that address
		Address string
		Reason  string // message key
		Forged  bool
	}
)

// Say is the message that a command carries.
type Say struct {
	Text     string
	Quoted   string
	HTML     string   // sanitised by the door
	Files    []string // tokens of staged attachments
	Channel  Channel
	Inbound  int64
	MailID   string
	Proof    Proof    // whether the mail is from its author
	Masked   bool     // codes and links that let somebody in are covered (S02)
	Copied   []string // addresses that the mail was sent to beside the desk, at most MaxCopied
	Seconds  int64
	Author   person.ID // another than the actor: a mail from somebody else than the requester
	external bool
}

// Name of each command.
func (Accept) Name() Name       { return CmdAccept }
func (Assign) Name() Name       { return CmdAssign }
func (HandOver) Name() Name     { return CmdHandOver }
func (Classify) Name() Name     { return CmdClassify }
func (Grade) Name() Name        { return CmdGrade }
func (Record) Name() Name       { return CmdRecord }
func (ReadBackWith) Name() Name { return CmdReadBack }
func (Reply) Name() Name        { return CmdReply }
func (Note) Name() Name         { return CmdNote }
func (CallRecord) Name() Name   { return CmdCall }
func (HoldFor) Name() Name      { return CmdHold }
func (RemindVendor) Name() Name { return CmdRemindVendor }
func (RemindUser) Name() Name   { return CmdRemindUser }
func (Resume) Name() Name       { return CmdResume }
func (Resolve) Name() Name      { return CmdResolve }
func (Confirm) Name() Name      { return CmdConfirm }
func (Reject) Name() Name       { return CmdReject }
func (Archive) Name() Name      { return CmdArchive }
func (Close) Name() Name        { return CmdClose }
func (Reopen) Name() Name       { return CmdReopen }
func (Merge) Name() Name        { return CmdMerge }
func (Link) Name() Name         { return CmdLink }
func (Deviate) Name() Name      { return CmdDeviate }
func (Expire) Name() Name       { return CmdExpire }
func (Finish) Name() Name       { return CmdFinish }
func (KeepOut) Name() Name      { return CmdKeepOut }

// sideOf narrows what either side of a shared screen may tell to the two who are sides: the
// requester, and whoever works on the ticket. Who only takes part is none (S20).
func sideOf(do access.Action, mine bool) access.Action {
	switch {
	case do != access.TicketRead:
		return do
	case mine:
		return access.TicketAnswer
	}
	return access.TicketWork
}

// action is what access is asked for. Some commands depend on who gives them.
func action(cmd Command, by access.Actor, t Ticket) access.Action {
	mine := by.Kind == access.Link || (by.Kind == access.Person && person.ID(by.ID) == t.Requester)
	switch c := cmd.(type) {
	case GuideWith:
		if !by.Staff() {
			return access.TicketAnswer
		}
	case AddParticipant, RemoveParticipant:
		if mine {
			return access.TicketAnswer
		}
	case TieDevice:
		if mine && t.Status == New { // whoever asks says what it is about
			return access.TicketAnswer
		}
	case Visit:
		if answersVisit(c.Note.Step) {
			return access.TicketAnswer
		}
	case NoteRemote:
		if c.Fact != nil {
			return sideOf(c.Fact.action(), mine)
		}
	case Confirm:
		if c.How == "phone" {
			return access.TicketWork
		}
	case Reopen:
		if !mine {
			return access.TicketWork
		}
	case Close:
		if mine && c.As == Cancelled {
			return access.TicketAnswer
		}
	}
	return life[cmd.Name()].action
}
