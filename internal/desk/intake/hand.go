// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"math"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Entry returns a line of the journal.
func (s *Service) Entry(ctx context.Context, by access.Actor, which ID) (Entry, error) {
	if err := access.Can(by, access.QuarantineWork, access.Object{}); err != nil {
		return Entry{}, err
	}
	e, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound {
		return Entry{}, errs.New(errs.NotFound, "intake.not_found")
	}
	return e, err
}

// Raw returns the original bytes of a journalled message. One that holds a code or a link that lets
// somebody in is opened with Open (S02): Conflict for whoever may, Denied for everybody else.
func (s *Service) Raw(ctx context.Context, by access.Actor, which ID) ([]byte, error) {
	bytes, masked, err := s.original(ctx, by, which)
	switch {
	case err != nil:
		return nil, err
	case masked && access.Can(by, access.OriginalOpen, access.Object{}) != nil:
		return nil, errs.New(errs.Denied, "intake.original_covered")
	case masked:
		return nil, errs.New(errs.Conflict, "intake.original_by_press")
	}
	return bytes, nil
}

// Open returns the original bytes of a covered message and records who read them: on its ticket,
// for everybody who works there to see, or in the log where it became none (S02, S77).
func (s *Service) Open(ctx context.Context, by access.Actor, which ID) ([]byte, error) {
	bytes, masked, err := s.original(ctx, by, which)
	if err == nil && access.Can(by, access.OriginalOpen, access.Object{}) != nil {
		err = errs.New(errs.Denied, "intake.original_covered")
	}
	if err != nil || !masked {
		return bytes, err
	}
	e, err := s.Entry(ctx, by, which)
	if err != nil {
		return nil, err
	}
	ready, err := s.Tickets.Ready(ctx, by, ticket.OpenOriginal{Inbound: int64(which)})
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if e.Ticket != 0 {
			_, err := ready.In(ctx, tx, ticket.Target{ID: e.Ticket})
			return err
		}
		_, err := s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), OriginalOpened{which})
		return err
	})
	if err != nil {
		return nil, err
	}
	return bytes, nil
}

// original reads the bytes of a message, and whether something in it is covered.
func (s *Service) original(ctx context.Context, by access.Actor, which ID) ([]byte, bool, error) {
	if _, err := s.Entry(ctx, by, which); err != nil {
		return nil, false, err
	}
	bytes, err := raw(ctx, s.DB, which)
	if err != nil {
		return nil, false, err
	}
	m, err := s.parse(bytes)
	return bytes, err == nil && m.Masked, nil
}

// Read returns what the parser makes of a journalled message, for a person who decides about
// it. What cannot be read gives an empty Mail and the reason.
func (s *Service) Read(ctx context.Context, by access.Actor, which ID) (Mail, error) {
	if _, err := s.Entry(ctx, by, which); err != nil {
		return Mail{}, err
	}
	bytes, err := raw(ctx, s.DB, which)
	if err != nil {
		return Mail{}, err
	}
	return s.parse(bytes)
}

// List returns the journal's lines in a state, newest first, before a key (0 for the newest).
func (s *Service) List(ctx context.Context, by access.Actor, state State, before ID, limit int) ([]Entry, error) {
	if err := access.Can(by, access.QuarantineWork, access.Object{}); err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	return list(ctx, s.DB, state, before, min(max(limit, 1), 200))
}

// ForTicket returns the lines that have to do with a ticket, newest first: the mails that are
// on it, and the bounces and automatic replies that its mails caused.
func (s *Service) ForTicket(ctx context.Context, by access.Actor, which ticket.ID) ([]Entry, error) {
	if err := access.Can(by, access.QuarantineWork, access.Object{}); err != nil {
		return nil, err
	}
	return forTicket(ctx, s.DB, which)
}

// Tally counts the journal by state and outcome (P2).
func (s *Service) Tally(ctx context.Context, by access.Actor) ([]Tally, error) {
	if err := access.Can(by, access.QuarantineWork, access.Object{}); err != nil {
		return nil, err
	}
	return tally(ctx, s.DB)
}

// Retry puts a quarantined message back to be understood again. Conflict where only its header
// came in: a ticket of that would look as if it were all.
func (s *Service) Retry(ctx context.Context, by access.Actor, which ID) error {
	return s.decide(ctx, by, which, func(ctx context.Context, tx *db.Tx, e *Entry) error {
		if !e.Whole() {
			return errs.New(errs.Conflict, "intake.only_header")
		}
		e.State, e.Reason, e.Ticket = Received, "", 0
		return s.queue(ctx, tx, e.ID)
	})
}

// Discard takes a quarantined message off the list; its bytes stay in the journal.
func (s *Service) Discard(ctx context.Context, by access.Actor, which ID) error {
	return s.decide(ctx, by, which, func(_ context.Context, _ *db.Tx, e *Entry) error {
		e.State = Discarded
		return nil
	})
}

// Draft is what a person states about a quarantined message; an empty field means what the
// parser found.
type Draft struct {
	Name    string // of the requester, for one who is not known yet
	Email   string // of the requester; required where the message names nobody
	Subject string
	Text    string
}

// MakeTicket makes a ticket of a quarantined message by hand. The original is attached.
// Invalid with fields where no requester can be told.
func (s *Service) MakeTicket(ctx context.Context, by access.Actor, which ID, d Draft) (ticket.Ticket, error) {
	e, err := s.Entry(ctx, by, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	bytes, err := raw(ctx, s.DB, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	m, unread := s.parse(bytes)
	m.Automatic = m.Automatic || e.silent()
	if from, named := person.CleanEmail(m.FromAddr); named {
		m.FromAddr = from
	}
	came := m // what is stated below is the ticket's; the mail's line keeps what it said
	d.fill(&m)
	if m.FromAddr, err = s.requester(m.FromAddr); err != nil {
		return ticket.Ticket{}, err
	}
	m.Copied = s.others(m)
	quiet, err := s.quiet(ctx, m)
	if err != nil {
		return ticket.Ticket{}, err
	}
	if unread != nil {
		quiet = "by_hand" // nobody knows what it was; a person will answer
	}
	if !m.Masked { // else the original rests in the journal, and whoever reads it is recorded (S02)
		m.Files = append([]File{{Name: Original, Data: bytes}}, m.Files...)
	}
	files, err := s.stage(ctx, by, e, m)
	if err != nil {
		return ticket.Ticket{}, err
	}
	var made ticket.Ticket
	err = s.decide(ctx, by, which, func(ctx context.Context, tx *db.Tx, e *Entry) error {
		who, err := s.People.EnsureIn(ctx, tx, by, person.Person{Name: m.FromName, Email: m.FromAddr, Lang: s.Lang()})
		if err != nil {
			return err
		}
		if !who.Active {
			return errs.Field("email", "intake.inactive_sender")
		}
		if made, err = s.record(ctx, tx, by, who, m.Subject, m.say(*e, files), quiet); err != nil {
			return err
		}
		e.note(came, s.Clock.Now())
		e.State, e.Outcome, e.Reason, e.Ticket = Done, NewTicket, "", made.ID
		return nil
	})
	return made, err
}

// fill puts what a person stated in the place of what the parser found.
func (d Draft) fill(m *Mail) {
	for _, f := range []struct {
		stated string
		found  *string
	}{{d.Name, &m.FromName}, {d.Email, &m.FromAddr}, {d.Subject, &m.Subject}, {d.Text, &m.Text}} {
		if strings.TrimSpace(f.stated) != "" {
			*f.found = f.stated
		}
	}
}

// requester judges an address that is to be somebody's.
func (s *Service) requester(email string) (string, error) {
	clean, ok := person.CleanEmail(email)
	switch {
	case strings.TrimSpace(email) == "":
		return "", errs.Field("email", "intake.sender_needed")
	case !ok:
		return "", errs.Field("email", "person.email_shape")
	case s.Own(clean):
		return "", errs.Field("email", "intake.own_sender")
	}
	return clean, nil
}

func (s *Service) decide(ctx context.Context, by access.Actor, which ID, do func(context.Context, *db.Tx, *Entry) error) error {
	e, err := s.Entry(ctx, by, which)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := take(ctx, tx, e)
		if err != nil {
			return err
		}
		if e.State != Quarantined {
			return errs.New(errs.Conflict, "intake.not_quarantined")
		}
		if err := do(ctx, tx, &e); err != nil {
			return err
		}
		return settle(ctx, tx, e)
	})
}
