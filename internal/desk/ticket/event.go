// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Fact is something that happened to a ticket. Fields may be added, never renamed
// or given a new meaning: old facts are read for ever.
type Fact interface {
	event.Fact
	// apply writes the fact into the ticket. Folding all facts gives the row.
	apply(t *Ticket, m event.Meta)
}

// Of is embedded in every fact: the ticket that it happened to.
type Of struct{ Ticket ID }

// EventSubject is the ticket.
func (o Of) EventSubject() int64 { return int64(o.Ticket) }

type (
	// Recorded is the birth of a ticket.
	Recorded struct {
		Of
		Number    int64
		Token     string
		Subject   string
		Snippet   string
		Requester person.ID
		Channel   Channel
		Category  catalog.CategoryID
		Service   catalog.ServiceID
		Group     person.GroupID
		Intake    map[Element]Answer
		Message   MessageID
		Quiet     string // why no acknowledgement may be sent: "loop", "bounce", "import"

		Organisation string `json:",omitempty"` // the requester's department when it was recorded
		Site         string `json:",omitempty"` // and their place
		Worded       Worded `json:",omitzero"`  // what was found in the words of the record (N17)
	}
	// Acknowledged says that the requester was told the number and what to expect (N19, N20).
	Acknowledged struct {
		Of
		Channel  Channel
		ExpectBy time.Time
	}
	// Accepted makes somebody accountable (N12).
	Accepted struct {
		Of
		Owner person.ID
	}
	// Assigned says who works on it; zero fields are unchanged.
	Assigned struct {
		Of
		Owner    person.ID
		Assignee person.ID
		Group    person.GroupID
	}
	// HandedOver moves the work, never the accountability (N28).
	HandedOver struct {
		Of
		From     person.GroupID
		To       person.GroupID
		Assignee person.ID
		Done     string
		Why      string
		Needed   string
	}
	// Classified gives category, service and subject; the old ones stay in the history (N21).
	Classified struct {
		Of
		Category catalog.CategoryID
		Service  catalog.ServiceID
		Subject  string
	}
	// Graded gives the priority with the facts behind it (N22).
	Graded struct {
		Of
		Answers  triage.Answers
		Impact   triage.Level
		Urgency  triage.Level
		Computed triage.Priority
		Priority triage.Priority
		Reason   string // of an override
	}
	// Noted fills elements of the record (N15).
	Noted struct {
		Of
		Intake      map[Element]Answer
		Worded      Worded `json:",omitzero"` // what was found in the words (N17)
		ByRequester bool   `json:",omitempty"`
	}
	// ReadBackDone says that the caller heard the record and agreed (N18).
	ReadBackDone struct {
		Of
		Items []Element
		How   string `json:",omitempty"` // "" aloud, otherwise by which door the requester confirmed it
	}
	// Said is a message: by whom, to whom, and whether it was the first human word.
	Said struct {
		Of
		Message       MessageID
		Kind          Kind
		ByRequester   bool
		FirstResponse bool
		Spoke         bool // a call in which the requester was spoken to
		Incoming      bool // a call that came in

		Made     int64     `json:",omitempty"` // the version that a reply made which stood before everybody's eyes before it was said
		Mentions []Mention `json:",omitempty"` // colleagues whom a note calls

		Promise time.Time `json:",omitzero"`  // by when the words say that the requester hears next
		Words   string    `json:",omitempty"` // with which they say it
		Worded  Worded    `json:",omitzero"`  // what was found in the words (N10, N29, N41)
	}
	// Held makes the ticket wait (N30).
	Held struct {
		Of
		Reason Waiting
		Stuck  string
		Doing  string
		Next   time.Time
		Vendor Vendor `json:",omitzero"`
	}
	// VendorSilent says that the time passed at which the vendor was to answer.
	VendorSilent struct {
		Of
		Vendor Vendor
	}
	// Paced says how often the requester is to hear from now on; 0 minutes end it.
	Paced struct {
		Of
		Minutes int64
		Because string
	}
	// Reminded says that the requester was asked once more whether a solution works (N35).
	Reminded struct {
		Of
		Nth int
	}
	// Resumed ends the waiting.
	Resumed struct {
		Of
		Because string // "agent", "requester_replied", "approval_granted" and its like
	}
	// SolutionGiven presents a solution for confirmation (N32–N34).
	SolutionGiven struct {
		Of
		Solution Solution
		Worded   Worded `json:",omitzero"` // what was found in the words (N10, N41)
	}
	// UserConfirmed is the requester's word that it works again (N35).
	UserConfirmed struct {
		Of
		Confirmation Confirmation
	}
	// UserRejected is the requester's word that it does not.
	UserRejected struct {
		Of
		Reason string
	}
	// TimeUp says that the time for confirming passed without a word.
	TimeUp struct{ Of }
	// Archived is the closure sheet (N36).
	Archived struct {
		Of
		Difficulties string
		Approach     string
	}
	// Ended closes the ticket.
	Ended struct {
		Of
		As     Outcome
		Reason string
		Into   ID
	}
	// Reopened brings it back.
	Reopened struct {
		Of
		Reason string
	}
	// LinkedTo ties it to another ticket.
	LinkedTo struct {
		Of
		Link Linked
	}
	// MailHeld says that a mail for the ticket waits for somebody, for its sender is not proven.
	MailHeld struct {
		Of
		Inbound int64
		Author  person.ID
		Address string
		Reason  string // message key
		Forged  bool
	}
	// Deviated is an honest way past a gate.
	Deviated struct {
		Of
		Clause string
		Gap    string
		Reason string
	}
)

// The names under which facts are stored.
func (Recorded) EventName() string      { return "ticket.recorded" }
func (Acknowledged) EventName() string  { return "ticket.acknowledged" }
func (Accepted) EventName() string      { return "ticket.accepted" }
func (Assigned) EventName() string      { return "ticket.assigned" }
func (HandedOver) EventName() string    { return "ticket.handed_over" }
func (Classified) EventName() string    { return "ticket.classified" }
func (Graded) EventName() string        { return "ticket.graded" }
func (Noted) EventName() string         { return "ticket.noted" }
func (ReadBackDone) EventName() string  { return "ticket.read_back" }
func (Said) EventName() string          { return "ticket.said" }
func (Held) EventName() string          { return "ticket.held" }
func (VendorSilent) EventName() string  { return "ticket.vendor_silent" }
func (Reminded) EventName() string      { return "ticket.reminded" }
func (Paced) EventName() string         { return "ticket.paced" }
func (Resumed) EventName() string       { return "ticket.resumed" }
func (SolutionGiven) EventName() string { return "ticket.resolved" }
func (UserConfirmed) EventName() string { return "ticket.confirmed" }
func (UserRejected) EventName() string  { return "ticket.rejected" }
func (TimeUp) EventName() string        { return "ticket.time_up" }
func (Archived) EventName() string      { return "ticket.archived" }
func (Ended) EventName() string         { return "ticket.closed" }
func (Reopened) EventName() string      { return "ticket.reopened" }
func (LinkedTo) EventName() string      { return "ticket.linked" }
func (Deviated) EventName() string      { return "ticket.deviated" }
func (MailHeld) EventName() string      { return "ticket.mail_held" }
func (FormFilled) EventName() string    { return "ticket.form_filled" }
func (AskedFor) EventName() string      { return "ticket.asked" }

func (Rated) EventName() string { return "ticket.rated" }

// Of the mail that a ticket came by.
func (OriginalOpened) EventName() string { return "ticket.original_opened" }

// Of those who take part.
func (ParticipantAdded) EventName() string   { return "ticket.participant_added" }
func (ParticipantRemoved) EventName() string { return "ticket.participant_removed" }
func (LeftOut) EventName() string            { return "ticket.left_out" }

// Of what was spoken.
func (ReadBackAsked) EventName() string { return "ticket.read_back_asked" }
func (ReadBackWrong) EventName() string { return "ticket.read_back_wrong" }
func (CallPromised) EventName() string  { return "ticket.call_promised" }
