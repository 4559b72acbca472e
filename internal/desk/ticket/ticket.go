// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// ID is a ticket's key within the house; people see the number.
type ID int64

// Channel is how a ticket or a message came in.
type Channel string

// The channels (N14).
const (
	Portal  Channel = "portal"
	Mail    Channel = "mail"
	Phone   Channel = "phone"
	API     Channel = "api"
	Web     Channel = "web"     // an agent's page
	Machine Channel = "machine" // the desk itself
)

// Outcome says how a ticket was closed.
type Outcome string

// The outcomes.
const (
	Confirmed   Outcome = "confirmed"   // the user said that it works again
	Unconfirmed Outcome = "unconfirmed" // the time for an answer was up
	Cancelled   Outcome = "cancelled"   // no longer wanted
	Duplicate   Outcome = "duplicate"   // lives on in another ticket
	Invalid     Outcome = "invalid"     // not a request
)

// Dropped reports whether a ticket that ended so was given up and not worked through.
func (o Outcome) Dropped() bool { return o == Cancelled || o == Duplicate || o == Invalid }

// Ticket is a request and its whole life, folded from its events.
type Ticket struct {
	ID      ID
	Number  int64
	Token   string // names the ticket outside the house where a number would be guessable
	Version int64

	Status   Status
	Pending  Waiting // for what, while the status is pending
	ClosedAs Outcome
	Subject  string
	Snippet  string // the user's first words on one line
	Channel  Channel

	Requester person.ID
	Owner     person.ID // accountable; survives hand-overs (N12)
	Assignee  person.ID // works on it now
	Group     person.GroupID
	Category  catalog.CategoryID
	Service   catalog.ServiceID

	Graded   bool
	Priority triage.Priority
	Detail   Detail

	CreatedAt       time.Time
	UpdatedAt       time.Time
	AcceptedAt      time.Time
	FirstResponseAt time.Time // first word of a human to the requester, never the automatic one (N3)
	LastPublicAt    time.Time // last word of the desk to the requester (N29)
	LastRequesterAt time.Time // last word of the requester
	ResolvedAt      time.Time
	ConfirmedAt     time.Time
	ClosedAt        time.Time
	MergedInto      ID

	// Caches for sorting, planned from the fields above and never edited by hand.
	NextDue   time.Time
	NextClock string
	PromiseAt time.Time // when the requester was told to hear next; zero where nothing is promised
}

// Detail is what no list needs and SQL never looks into. The four that filters ask about have
// columns of their own beside it; lists read those.
type Detail struct {
	Acknowledged time.Time            `json:",omitzero"`
	ExpectBy     time.Time            `json:",omitzero"` // the time that the acknowledgement told (N20)
	Quiet        string               `json:",omitempty"`
	Intake       map[Element]Answer   `json:",omitempty"`
	ReadBack     ReadBack             `json:",omitzero"`
	Answers      triage.Answers       `json:",omitzero"`
	Computed     triage.Priority      `json:",omitempty"`
	Override     string               `json:",omitempty"` // reason where Priority is not Computed
	Hold         Hold                 `json:",omitzero"`
	Owed         []Owed               `json:",omitempty"` // the times that were told and wait for a word
	Waits        []Wait               `json:",omitempty"` // every pause, the running one open-ended
	HandOver     HandOverNote         `json:",omitzero"`
	HandOvers    int                  `json:",omitempty"`
	Moves        []Moved              `json:",omitempty"` // how often it went between two groups
	Findings     []Finding            `json:",omitempty"` // the diagnosis log
	Solution     Solution             `json:",omitzero"`
	Resolutions  int                  `json:",omitempty"` // counts; binds a confirm link to one solution
	Reminders    int                  `json:",omitempty"` // of this solution, since Answered
	Confirmation Confirmation         `json:",omitzero"`
	Expired      time.Time            `json:",omitzero"` // the time for confirming was up
	Rating       Rating               `json:",omitzero"` // what the requester thought of it
	Closure      Closure              `json:",omitzero"`
	Deviations   map[string]Deviation `json:",omitempty"` // by gap key
	Reopened     int                  `json:",omitempty"`
	ReopenedAt   time.Time            `json:",omitzero"`
	Asked        Asked                `json:",omitzero"`  // what the requester was asked for last
	Guides       []Guide              `json:",omitempty"` // the runbooks that are or were followed
	Form         Filled               `json:",omitzero"`  // what the category asks, and the answers
	Forms        []Filled             `json:",omitempty"` // those of categories that it was in before
	Links        []Linked             `json:",omitempty"`
	Devices      []Tied               `json:",omitempty"` // what it is about, in the order in which they were tied
	Visits       []VisitNow           `json:",omitempty"` // how each visit stands
	Rejections   []Rejection          `json:",omitempty"`
	CallBack     CallBack             `json:",omitzero"`  // the call that the requester was promised
	Pace         Pace                 `json:",omitzero"`  // how often the requester hears while something stands
	Unanswered   time.Time            `json:",omitzero"`  // the requester's first word since the desk's last
	Answered     time.Time            `json:",omitzero"`  // the desk's last word since they wrote about this solution
	Outgoing     Outgoing             `json:",omitzero"`  // the reply that may still be taken back
	Made         int64                `json:",omitempty"` // the version that the last such reply made when it was said
	Organisation string               `json:",omitempty"` // the requester's department when it was recorded
	Site         string               `json:",omitempty"` // and their place
	Participants []person.ID          `json:",omitempty"` // who takes part, in the order in which they came
	Left         []person.ID          `json:",omitempty"` // who did and does no longer
	NotInvited   []string             `json:",omitempty"` // addresses that a mail was copied to and that stay outside
	Named        []Named              `json:",omitempty"` // addresses that the requester asked for
	Quit         []person.ID          `json:",omitempty"` // who left by themselves; the requester does not bring them back
}

// Element is one of the seven things that a complete record holds (N15).
type Element string

// The seven elements.
const (
	Who      Element = "who"
	Contact  Element = "contact"
	Since    Element = "since"
	Symptom  Element = "symptom"
	Affected Element = "affected"
	People   Element = "people"
	Wanted   Element = "wanted"
)

// Elements lists the seven in the order of the standard.
func Elements() []Element {
	return []Element{Who, Contact, Since, Symptom, Affected, People, Wanted}
}

// Answer fills an element, or says that the user does not know and why.
type Answer struct {
	Value   string `json:",omitempty"`
	Unknown bool   `json:",omitempty"`
	Reason  string `json:",omitempty"`
}

// Filled reports whether the element counts as recorded.
func (a Answer) Filled() bool { return a.Value != "" || (a.Unknown && a.Reason != "") }

// ReadBack is the repetition of a spoken request to the caller (N18).
type ReadBack struct {
	At    time.Time
	Items []Element // what was read back and agreed to
	How   string    `json:",omitempty"` // "" aloud; "link", "portal", "api" by the requester's own press
	Asked time.Time `json:",omitzero"`  // when the record was sent to them
	Wrong string    `json:",omitempty"` // what they found wrong with it, until it is sent again
}

// Hold is why a ticket waits. Stuck, Doing and Next are told to the requester (N30).
type Hold struct {
	Reason Waiting
	Stuck  string
	Doing  string
	Next   time.Time // when the requester hears next
	Vendor Vendor    `json:",omitzero"`
}

// Vendor is whom a wait is for outside the house, and their own word about it.
type Vendor struct {
	Name string `json:",omitempty"` // who it is
	Case string `json:",omitempty"` // the number under which they have it

	Contact string    `json:",omitempty"` // whom to ask there, and how
	By      time.Time `json:",omitzero"`  // when they said that they would answer
	Silent  time.Time `json:",omitzero"`  // when the desk noticed that this time had passed
}

// Owed is a time that was told to the requester and is not kept yet. A word of a human keeps it.
type Owed struct {
	By    time.Time
	Call  bool  `json:",omitempty"` // a call that was promised: only a call settles it
	Ack   bool  `json:",omitempty"` // told by the acknowledgement: only a human's word settles it (N20)
	Visit int64 `json:",omitempty"` // which visit was agreed
}

// Wait is one stretch of waiting; To is zero while it lasts.
type Wait struct {
	Reason Waiting
	From   time.Time
	To     time.Time
	Next   time.Time `json:",omitzero"` // when the requester was told to hear next
}

// HandOverNote is what a hand-over states (N11, N28).
type HandOverNote struct {
	Done   string
	Why    string
	Needed string
	To     person.GroupID
	At     time.Time
	By     person.ID `json:",omitempty"` // who handed it over
	Taken  time.Time `json:",omitzero"`  // when somebody of the other team took it

	From    person.GroupID `json:",omitempty"` // which team had it before
	Refused time.Time      `json:",omitzero"`  // when the other team gave it back
	Refusal string         `json:",omitempty"` // and why

	Over time.Time `json:",omitzero"` // when the ticket was solved or ended before either
}

// Solution is what the requester gets to resolve the ticket (N32–N34).
type Solution struct {
	Text       string   // visible to the requester
	Cause      string   // or 不适用
	Prevention string   // or 不适用
	Verify     []string // steps with which the requester checks
}

// Confirmation is the requester's word that it works again (N35).
type Confirmation struct {
	At       time.Time
	How      string // portal, link, api, phone
	By       person.ID
	Evidence string // for the telephone: what the caller said
}

// Closure is the closure sheet (N36).
type Closure struct {
	At           time.Time
	Difficulties string
	Approach     string
}

// Deviation is an honest way past a gate.
type Deviation struct {
	Clause string
	Reason string
	By     person.ID
	At     time.Time
}

// Linked is another ticket that has to do with this one.
type Linked struct {
	Ticket ID
	Number int64
	Kind   string // related, duplicate, absorbed, split_to, split_from
}

// Rejection is a solution that did not work for the requester.
type Rejection struct {
	At     time.Time
	Reason string
	Solved time.Time `json:",omitzero"` // when the solution was given that did not work
}

// Prefix stands before every number.
const Prefix = "LD-"

// Ref is the number as people see it, "LD-1042".
func (t Ticket) Ref() string { return Ref(t.Number) }

// Ref writes a number as people see it.
func Ref(number int64) string { return Prefix + strconv.FormatInt(number, 10) }

// ParseRef reads "LD-1042", "ld-1042", "#1042" or "1042"; 0 where it is none of these.
func ParseRef(s string) int64 {
	s = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), Prefix)
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "#"), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

// Object is the ticket as far as access depends on it. Who takes part is in the detail, which
// rows of lists do not have.
func (t Ticket) Object() access.Object {
	return access.Object{Ticket: int64(t.ID), Requester: int64(t.Requester), Parties: parties(t.Detail.Participants)}
}

// Open reports whether the ticket still needs somebody.
func (t Ticket) Open() bool { return t.Status != Closed }

// Waiting reports whether the requester spoke last.
func (t Ticket) Waiting() bool { return t.LastRequesterAt.After(t.LastPublicAt) }

// AsksBack reports whether the requester wrote about the solution that they are asked to confirm,
// and was not answered: the time for confirming rests (N35).
func (t Ticket) AsksBack() bool {
	return t.ToConfirm() && t.Waiting() && t.LastRequesterAt.After(t.ResolvedAt)
}

// ConfirmFrom is since when the requester has what they need to confirm the solution: it was given,
// or what they wrote about it was answered.
func (t Ticket) ConfirmFrom() time.Time {
	if t.ToConfirm() && !t.inTime() && !t.Waiting() {
		return t.LastPublicAt
	}
	return latest(t.ResolvedAt, t.Detail.Answered)
}

// ToConfirm reports whether the requester's word is awaited and the time for it not up.
func (t Ticket) ToConfirm() bool {
	return t.Status == Resolved && t.ConfirmedAt.IsZero() && !t.TimeIsUp()
}

// TimeIsUp reports whether the time for confirming passed without a word, and they have written none since:
// with that, and its answer, the wait for their word begins anew (N29, N35).
func (t Ticket) TimeIsUp() bool {
	return !t.Detail.Expired.IsZero() && (t.Status == Closed || !t.LastRequesterAt.After(t.Detail.Expired))
}

// inTime is ToConfirm before the time for confirming was up at all. Facts are folded by it: what they say
// of a solution stays what it was.
func (t Ticket) inTime() bool { return t.ToConfirm() && t.Detail.Expired.IsZero() }

// Complete returns how many of the seven elements are recorded (N15).
func (t Ticket) Complete() int {
	n := 0
	for _, e := range Elements() {
		if t.Detail.Intake[e].Filled() {
			n++
		}
	}
	return n
}

// promise returns the earliest time that was told to the requester and waits for a word: the
// acknowledgement's expectation, the next feedback of a wait, a time in a reply (N20, N29, N30).
func (t Ticket) promise() time.Time {
	var first time.Time
	if t.Status == Closed {
		return first
	}
	for _, o := range t.Detail.Owed {
		if first.IsZero() || o.By.Before(first) {
			first = o.By
		}
	}
	return first
}
