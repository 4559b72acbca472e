// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Returned is what a delivery report says about the mail that did not arrive.
type Returned struct {
	Mails    []string // Message-IDs that it names, of the mail that came back
	Receiver string   // whom the mail did not reach; empty where it does not say
	Status   string   // "5.1.1", or ""
	Answer   string   // what the receiver's server said, or the report in its own words; one line
	Final    bool     // nobody will try again
	Hard     bool     // the address is no good: mail to it will come back each time
}

// Bounced records that a mail of ours came back. It says what the report says; which letter it
// was is found by whoever sent it.
type Bounced struct {
	Ticket   ticket.ID
	Person   person.ID // whose token the report carries
	Inbound  ID
	Mails    []string
	Receiver string
	Status   string
	Answer   string
	Final    bool
	Hard     bool
	At       time.Time
}

// EventName is "intake.bounced".
func (Bounced) EventName() string { return "intake.bounced" }

// EventSubject is the ticket.
func (b Bounced) EventSubject() int64 { return int64(b.Ticket) }

// bounced keeps a delivery report off the tickets and, where it is about a mail of ours,
// records that in the same commit. A report without a good token is about nothing of ours: its
// words would be a stranger's.
func (s *Service) bounced(ctx context.Context, e Entry, m Mail) error {
	e.State, e.Outcome, e.Reason = Suppressed, Bounce, "intake.bounce"
	fact, ours := s.returned(e, m)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err := begin(ctx, tx, e); err != nil || !ok {
			return err
		}
		if ours && s.Bus != nil {
			if _, err := s.Bus.Record(ctx, tx, byMail().Meta(s.Clock.Now()), fact); err != nil {
				return err
			}
		}
		return settle(ctx, tx, e)
	})
}

// returned is the fact of a report; false where no token of ours stands in it.
func (s *Service) returned(e Entry, m Mail) (Bounced, bool) {
	f := Bounced{Inbound: e.ID, At: e.ReceivedAt, Final: true}
	if r := m.Returned; r != nil {
		f.Receiver, f.Status, f.Answer, f.Final, f.Hard = r.Receiver, r.Status, r.Answer, r.Final, r.Hard
	}
	places := append([]string{e.Recipient}, m.To...)
	for _, token := range tokensIn(append(places, m.References...)) {
		if b, ok := s.Links.ReadReply(strings.TrimPrefix(token, insideMark)); ok {
			f.Ticket, f.Person = ticket.ID(b.Ticket), person.ID(b.Person)
			break
		}
	}
	for _, name := range m.References { // only names that hold our token
		for _, token := range tokensIn([]string{name}) {
			if b, ok := s.Links.ReadReply(token); ok && ticket.ID(b.Ticket) == f.Ticket && len(f.Mails) < 10 && !slices.Contains(f.Mails, name) {
				f.Mails = append(f.Mails, name)
			}
		}
	}
	return f, f.Ticket != 0
}
