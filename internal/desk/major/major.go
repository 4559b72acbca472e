// SPDX-License-Identifier: Apache-2.0

package major

import (
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "major.policy"

// Policy is how major incidents are run.
type Policy struct {
	UpdateMinutes int64   // between two public words, 5–1440
	Rota          rota.ID // who is paged when one is declared; 0 for the leads
	Anonymous     bool    // the banner and the page of incidents are shown without signing in
}

// Start is the policy of a new desk.
func Start() Policy { return Policy{UpdateMinutes: 30} }

// Check returns Invalid with the fields to mend.
func (p Policy) Check() error {
	if p.UpdateMinutes < 5 || p.UpdateMinutes > 1440 {
		return errs.Field("update_minutes", "major.update_minutes")
	}
	return nil
}

// Incident is a major incident; its ticket is its key.
type Incident struct {
	Ticket     ticket.ID
	Headline   string // what everybody reads, 1–120 characters
	Public     bool   // stands on the portal
	Version    int64
	DeclaredAt time.Time
	DeclaredBy person.ID
	ToldAt     time.Time // the last public word; zero before the first
	EndedAt    time.Time // zero while it stands
	EndedBy    person.ID
	Review     string
	Deviation  string // why it ended without a review
}

// Open reports whether the incident stands.
func (i Incident) Open() bool { return i.EndedAt.IsZero() }

// Last is the last public word, or the declaration.
func (i Incident) Last() time.Time {
	if i.ToldAt.After(i.DeclaredAt) {
		return i.ToldAt
	}
	return i.DeclaredAt
}

// Due is when the next public word is owed.
func (i Incident) Due(p Policy) time.Time {
	return i.Last().Add(time.Duration(p.UpdateMinutes) * time.Minute)
}

// Update is one word about an incident, written once.
type Update struct {
	ID     int64
	Ticket ticket.ID
	Text   string
	Public bool  // stands on the portal
	Spread int64 // on how many attached requests it was posted
	By     person.ID
	At     time.Time
}

// Request is a ticket that belongs to an incident.
type Request struct {
	Ticket ticket.ID
	Major  ticket.ID
	By     person.ID
	At     time.Time
}

// Bounds.
const (
	maxHeadline = 120
	maxText     = 4000
	minReview   = 10 // characters: fewer say nothing
	maxRequests = 500
)

// cleanHeadline brings a headline to one line.
func cleanHeadline(s string) (string, error) {
	s = text.Line(s)
	if n := utf8.RuneCountInString(s); n == 0 || n > maxHeadline {
		return s, errs.Field("headline", "major.headline_length")
	}
	return s, nil
}

// cleanText trims what is written and bounds it.
func cleanText(field, s string, least int, key string) (string, error) {
	s = text.Body(s)
	if text.Seen(s) < least || utf8.RuneCountInString(s) > maxText {
		return s, errs.Field(field, key)
	}
	return s, nil
}
