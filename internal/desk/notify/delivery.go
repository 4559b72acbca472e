// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// ID is the key of a delivery.
type ID int64

// State is how far a delivery has come.
type State string

// The states.
const (
	Queued  State = "queued"  // will be sent, or tried again
	Sent    State = "sent"    // a mail server took it
	Failed  State = "failed"  // refused for good
	Skipped State = "skipped" // not to be sent; Reason says why
	Bounced State = "bounced" // a mail server took it and sent it back later; Answer says why
)

// Template names what a letter says.
type Template string

// What requesters are told.
const (
	Acknowledged Template = "acknowledged" // number, link, what to expect (N19, N20)
	Replied      Template = "replied"      // the desk wrote
	Blocked      Template = "blocked"      // the three answers of an honest wait (N30)
	Waiting      Template = "waiting"      // for whom or what it waits
	Solved       Template = "solved"       // solution, cause, prevention, checks; asks for the word (N32–N35)
	TimeUp       Template = "time_up"      // closed without that word, and called so (N35)
	Closed       Template = "closed"       // confirmed, cancelled, invalid, duplicate
	Reopened     Template = "reopened"     // back at work
	VisitNews    Template = "visit"        // who comes when, what changed about it, which times are proposed (N27)
	ReadBack     Template = "read_back"    // what was taken down on the telephone, to be confirmed (N18)
	RemoteAsked  Template = "remote_asked" // an agent asks to see their screen (N26)
	NotTaken     Template = "not_taken"    // a mail of theirs waits, for nothing proves that it is theirs
)

// Approve asks somebody, of the desk or not, for a decision; it belongs to whoever it is written to
// alone, and leads nowhere but to that decision (N31).
const Approve Template = "approve"

// What staff are told.
const (
	Assigned   Template = "assigned"    // it is yours now
	HandedOver Template = "handed_over" // it is yours now, with what was done, why, what is needed (N28)
	Answered   Template = "answered"    // the requester wrote
	Rejected   Template = "rejected"    // the solution did not work
	Returned   Template = "returned"    // the requester reopened it
	Escalated  Template = "escalated"   // a clock runs out, or a major incident was declared (N3, N4)
	Withdrawn  Template = "withdrawn"   // the requester no longer wants it
	VendorLate Template = "vendor_late" // a vendor did not answer when they said they would
	MailKept   Template = "mail_kept"   // a mail waits beside the ticket, for its sender is not proven
	AnswerKept Template = "answer_kept" // an answer of theirs by mail was not sent on
	NotReached Template = "not_reached" // somebody was not told what the desk meant to tell
	Approved   Template = "approved"    // how an approval ended that they asked for (N31)
)

// TestLetter is what an administrator sends to see whether the mail server works. It is no delivery.
const TestLetter Template = "test"

// Templates lists what can stand in the log, requesters' first.
func Templates() []Template {
	return []Template{
		Acknowledged, Replied, Blocked, Waiting, Solved, TimeUp, Closed, Reopened, ReadBack, VisitNews, RemoteAsked, NotTaken,
		Assigned, HandedOver, Answered, Rejected, Returned, Withdrawn, VendorLate, MailKept, AnswerKept, NotReached, Escalated,
		Approve, Approved,
	}
}

// Reasons why a delivery is not sent, or not yet; they are message keys.
const (
	reasonNoServer  = "notify.no_server"
	reasonInactive  = "notify.inactive"
	reasonNotStaff  = "notify.not_staff"
	reasonParted    = "notify.parted"
	reasonDecided   = "notify.decided"
	reasonAskedBack = "notify.asked_back"
	reasonOwn       = "notify.own_address"
	reasonUnwanted  = "notify.unwanted"
	reasonLoop      = "notify.loop"
	reasonMachine   = "notify.machine"
	reasonGaveUp    = "notify.gave_up"
	reasonNoRender  = "notify.unwritable"
	reasonLater     = "notify.later"
	reasonRefused   = "notify.refused"
	reasonUnreached = "notify.unreachable"
	reasonOften     = "notify.answered_lately"
	reasonDead      = "notify.dead_address"
	reasonBounced   = "notify.came_back"
	reasonDelayed   = "notify.delayed"
	reasonStopped   = "notify.stopped"
	reasonRefuses   = "notify.refuses"
	reasonDomainCap = "notify.domain_cap"
	reasonDeskCap   = "notify.desk_cap"
)

// Delivery is one line of the send log: one fact told to one person.
type Delivery struct {
	ID        ID
	Ticket    ticket.ID
	Person    person.ID
	Event     int64
	Template  Template
	Address   string
	State     State
	Reason    string // message key of why it is not sent, or not yet; "notify.later" and its like
	Answer    string // what the mail server said, as it said it
	Attempts  int64
	MessageID string
	CreatedAt time.Time
	QueuedAt  time.Time // since when it has been tried; a person's retry begins anew
	TriedAt   time.Time
	SentAt    time.Time
	DueAt     time.Time // when it may go: it waits for others, or for the end of quiet hours
	With      ID        // the delivery in whose letter it is told; 0 for one of its own
	Early     int64     // 1 where the job for its time does not send it: something urgent follows it, or a person sends it again
	BouncedAt time.Time

	answering // until it is decided whether an acknowledgement goes out
}

// answering is what decides, in the commit, whether the desk answers by itself.
type answering struct {
	once     string    // why the address gets one automatic answer in four hours
	stranger bool      // nothing is known of the reader but the address
	bounds   Automatic // how much may go out
}

// PatienceFor is how long a delivery that is refused for now is tried again (F38).
const PatienceFor = 5 * 24 * time.Hour

// wait is how long a delivery rests after its attempt-th try: minutes while a server may be
// starting or greylisting, hours when it is down for longer.
func wait(attempt int64) time.Duration {
	steps := []time.Duration{
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
		time.Hour, time.Hour, 2 * time.Hour, 2 * time.Hour, 4 * time.Hour,
	}
	return steps[min(max(attempt-1, 0), int64(len(steps)-1))]
}

// next returns when a delivery is tried again after a try at now; false when its patience is over.
// The last try is made when the patience ends, not before.
func (d Delivery) next(now time.Time) (time.Time, bool) {
	end := d.QueuedAt.Add(PatienceFor)
	if !now.Before(end) {
		return time.Time{}, false
	}
	at := now.Add(wait(d.Attempts))
	if at.After(end) {
		at = end
	}
	return at, true
}

// NextTry returns when a delivery is tried again that a server did not take for now; zero for any other.
func (d Delivery) NextTry() time.Time {
	if d.State != Queued || d.Attempts == 0 || d.TriedAt.IsZero() {
		return time.Time{}
	}
	at, _ := d.next(d.TriedAt)
	return at
}
