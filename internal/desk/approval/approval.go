// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is an approval's key.
type ID int64

// SeatID is the key of one approver's place in an approval.
type SeatID int64

// Free is the kind of a subject that whoever asks writes themselves.
const Free = "free"

// Subject is exactly what is to be approved.
type Subject struct {
	Kind    string // Free, or the name under which the assembly knows where the content stands
	Ref     string // what of that kind is meant, at most 200 characters; empty for Free
	Title   string // 1–200 characters on one line
	Content string // at most MaxContent characters
}

// MaxContent bounds what can be approved, in characters.
const MaxContent = 20_000

// Digest names a subject down to the last character: 64 hexadecimal digits. Two subjects with the
// same digest are the same.
func (s Subject) Digest() string {
	return id.Digest(s.Kind, s.Ref, s.Title, s.Content)
}

// clean makes a subject storable, Invalid with fields.
func (s Subject) clean() (Subject, error) {
	s.Kind, s.Ref, s.Title = strings.TrimSpace(s.Kind), strings.TrimSpace(s.Ref), person.CleanName(s.Title)
	s.Content = text.Body(s.Content)
	var bad []errs.FieldError
	if n := utf8.RuneCountInString(s.Title); n == 0 || n > 200 {
		bad = append(bad, errs.FieldError{Name: "title", Key: "approval.title_length"})
	}
	if n := utf8.RuneCountInString(s.Content); n > MaxContent || n == 0 && s.Kind == Free {
		bad = append(bad, errs.FieldError{Name: "content", Key: "approval.content_length", Args: []any{"Max", MaxContent}})
	}
	return s, errs.Invalidf(bad...)
}

// State is how an approval stands.
type State string

// The states. All but Waiting are ends.
const (
	Waiting   State = "waiting"
	Granted   State = "granted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Expired   State = "expired"
	Void      State = "void"
	Dropped   State = "dropped"
)

// Approval is what was asked, of whom, and what they said.
type Approval struct {
	ID      ID
	Ticket  ticket.ID
	Subject Subject
	Digest  string
	Note    string // why it is needed, in the asker's words
	Levels  []Level
	Seats   []Seat
	State   State
	Reason  string    // message key of why it was dropped
	AskedBy person.ID // never decides
	Author  person.ID // who wrote what is to be approved; never decides; 0 for the asker
	For     person.ID // whom it benefits: the requester of the ticket; never decides
	Holds   bool      // the ticket waits for it

	AskedAt   time.Time
	RemindAt  time.Time // when those whose turn it is are asked once more
	ExpiresAt time.Time // by when somebody must have decided
	Reminders int64
	EndedAt   time.Time
	EndedBy   person.ID
	Days      int64     // working days for which it is good once granted; 0 for as long as nothing changes
	Until     time.Time // and that as an instant; zero without an end
	Version   int64
}

// Open reports whether somebody may still decide.
func (a Approval) Open() bool { return a.State == Waiting }

// Level is a set of seats that are asked at the same time.
type Level struct {
	ID    int64     // stays with its seats whatever is put before it
	Need  int64     // how many must agree; 0 for everybody (会签)
	Added person.ID `json:",omitempty"` // who called it in (加签)
}

// Seat is one approver's place in a level.
type Seat struct {
	ID      SeatID
	Level   int64
	Person  person.ID
	Because Because        // how they came to it
	Group   person.GroupID // as whose member, where Because is ByGroup
	Answer  Answer
	By      person.ID // who answered: Person, or their deputy
	At      time.Time
	Comment string
	Via     string // by which door: web, portal, link, api
	GoneAt  time.Time
}

// For is whom the answer stood in for; 0 where they spoke for themselves.
func (s Seat) For() person.ID {
	if s.By != 0 && s.By != s.Person {
		return s.Person
	}
	return 0
}

// Open reports whether somebody may still answer from it.
func (s Seat) Open() bool { return s.Answer == "" && s.GoneAt.IsZero() }

// Because says how somebody came to a seat.
type Because string

// The ways.
const (
	ByName    Because = "name"
	ByGroup   Because = "group"
	ByManager Because = "manager" // line manager of the requester
	ByOwner   Because = "owner"   // of the service
	ByCall    Because = "call"    // called in by an approver
)

// Answer is what somebody said.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Seat returns a seat; false where there is none.
func (a Approval) Seat(which SeatID) (Seat, bool) {
	for _, s := range a.Seats {
		if s.ID == which {
			return s, true
		}
	}
	return Seat{}, false
}

// At returns the seats of a level in their order.
func (a Approval) At(level int64) []Seat {
	var out []Seat
	for _, s := range a.Seats {
		if s.Level == level {
			out = append(out, s)
		}
	}
	return out
}

// Covers reports whether it grants what a digest names, at an instant.
func (a Approval) Covers(digest string, at time.Time) bool {
	return a.State == Granted && a.Digest == digest && (a.Until.IsZero() || at.Before(a.Until))
}
