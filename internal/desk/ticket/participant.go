// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Who takes part in a ticket reads its public side, speaks on it and is told what the requester
// is told. They never answer for the requester: confirming, rejecting, withdrawing and reopening
// stay with whoever asked (N35, S07). The ticket's list of them is folded from its facts; the
// table says the same for what SQL lists.

// MaxParticipants is the greatest number of people who take part in one ticket.
const MaxParticipants = 50

// MaxCopied is the greatest number of addresses that are kept of one mail.
const MaxCopied = 20

type (
	// AddParticipant lets somebody take part: whoever has the address, or for staff a person.
	// Staff may name an address that the desk does not know yet; it becomes a requester, as a
	// sender does.
	AddParticipant struct {
		Person  person.ID
		Address string
	}
	// RemoveParticipant ends that at once.
	RemoveParticipant struct{ Person person.ID }
	// LeaveOut says that an address to which a mail was copied is not to be proposed again.
	LeaveOut struct{ Address string }

	// ParticipantAdded says that somebody takes part.
	ParticipantAdded struct {
		Of
		Person person.ID
	}
	// ParticipantRemoved says that they no longer do.
	ParticipantRemoved struct {
		Of
		Person person.ID
	}
	// LeftOut says that whoever has the address stays outside.
	LeftOut struct {
		Of
		Address string
	}
)

// Name of each command.
func (AddParticipant) Name() Name    { return CmdAddParticipant }
func (RemoveParticipant) Name() Name { return CmdRemoveParticipant }
func (LeaveOut) Name() Name          { return CmdLeaveOut }

func (c AddParticipant) decide(t Ticket, w world) ([]Fact, error) {
	switch {
	case c.Person == 0 || !w.active[c.Person],
		!w.by.Staff() && strings.TrimSpace(c.Address) == "" && !t.Parted(c.Person): // keys are no directory (S24)
		return nil, errs.Field("person", "ticket.participant_unknown")
	case c.Person == t.Requester:
		return nil, errs.Field("person", "ticket.participant_requester")
	case t.TakesPart(c.Person):
		return nil, errs.New(errs.Conflict, "ticket.participant_already")
	case len(t.Detail.Participants) >= MaxParticipants:
		return nil, errs.Field("person", "ticket.participants_many", "Max", MaxParticipants)
	}
	return []Fact{ParticipantAdded{Of{t.ID}, c.Person}}, nil
}

func (c RemoveParticipant) decide(t Ticket, _ world) ([]Fact, error) {
	if !t.TakesPart(c.Person) {
		return nil, errs.New(errs.Conflict, "ticket.participant_not")
	}
	return []Fact{ParticipantRemoved{Of{t.ID}, c.Person}}, nil
}

func (c LeaveOut) decide(t Ticket, _ world) ([]Fact, error) {
	address, ok := person.CleanEmail(c.Address)
	if !ok {
		return nil, errs.Field("address", "person.email_shape")
	}
	if slices.Contains(t.Detail.NotInvited, address) {
		return nil, errs.New(errs.Conflict, "ticket.left_out_already")
	}
	return []Fact{LeftOut{Of{t.ID}, address}}, nil
}

func (f ParticipantAdded) apply(t *Ticket, _ event.Meta) {
	t.Detail.Participants = append(slices.Clone(t.Detail.Participants), f.Person)
	t.Detail.Left = without(t.Detail.Left, f.Person)
}

func (f ParticipantRemoved) apply(t *Ticket, _ event.Meta) {
	t.Detail.Participants = without(t.Detail.Participants, f.Person)
	t.Detail.Left = append(slices.Clone(t.Detail.Left), f.Person)
}

func (f LeftOut) apply(t *Ticket, _ event.Meta) {
	t.Detail.NotInvited = append(slices.Clone(t.Detail.NotInvited), f.Address)
}

// without is a list without somebody; nil where nobody is left, as a stored one reads back.
func without(list []person.ID, who person.ID) []person.ID {
	var out []person.ID
	for _, x := range list {
		if x != who {
			out = append(out, x)
		}
	}
	return out
}

// TakesPart reports whether somebody takes part in the ticket.
func (t Ticket) TakesPart(who person.ID) bool {
	return who != 0 && slices.Contains(t.Detail.Participants, who)
}

// Parted reports whether somebody took part and was taken off.
func (t Ticket) Parted(who person.ID) bool { return who != 0 && slices.Contains(t.Detail.Left, who) }

func parties(list []person.ID) []int64 {
	if len(list) == 0 {
		return nil
	}
	out := make([]int64, len(list))
	for i, who := range list {
		out[i] = int64(who)
	}
	return out
}

// lookUp finds whom an AddParticipant means, before the commit. Nothing of it is told before
// access was asked.
func (s *Service) lookUp(ctx context.Context, w *world, c AddParticipant) error {
	if w.active[c.Person] = s.People.Card(ctx, c.Person).Active; strings.TrimSpace(c.Address) == "" {
		return nil
	}
	w.lang = s.Settings.Desk(ctx).Lang
	who, err := s.People.ByEmail(ctx, c.Address)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	w.invited, w.active[who.ID] = who.ID, who.Active
	return err
}

// invite names whoever has the address of an AddParticipant, in the commit and after access was
// asked. Only staff make a person known by that.
func (s *Service) invite(ctx context.Context, tx *db.Tx, w *world, cmd Command) (Command, error) {
	c, ok := cmd.(AddParticipant)
	if !ok || strings.TrimSpace(c.Address) == "" {
		return cmd, nil
	}
	if _, ok := person.CleanEmail(c.Address); !ok {
		return nil, errs.Field("person", "person.email_shape")
	}
	if c.Person = w.invited; c.Person != 0 {
		return c, nil
	}
	if !w.by.Staff() {
		return nil, errs.Field("person", "ticket.participant_unknown")
	}
	who, err := s.People.EnsureIn(ctx, tx, w.by, person.Person{Email: c.Address, Lang: w.lang})
	c.Person, w.active[who.ID] = who.ID, who.Active
	return c, err
}

// Copied returns the addresses to which mails on a ticket were sent beside the desk, oldest
// first and each once.
func (s *Service) Copied(ctx context.Context, which ID) ([]string, error) {
	list, err := db.All(ctx, s.DB, func(r db.Row) (text string, err error) {
		err = r.Scan(&text)
		return text, err
	}, `SELECT copied FROM message WHERE ticket_id = $1 AND copied <> '' ORDER BY id`, which)
	var out []string
	for _, text := range list {
		for _, address := range strings.Fields(text) {
			if !slices.Contains(out, address) {
				out = append(out, address)
			}
		}
	}
	return out, err
}

// Proposed returns the addresses that a person is asked about: mails were copied to them, they
// neither take part nor were left out. Nobody is added by being copied. Staff only.
func (s *Service) Proposed(ctx context.Context, by access.Actor, t Ticket) ([]string, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	list, err := s.Copied(ctx, t.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var out []string
	for _, address := range list {
		if slices.Contains(t.Detail.NotInvited, address) {
			continue
		}
		who, err := s.People.ByEmail(ctx, address)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return nil, err
		}
		if err == nil && (who.ID == t.Requester || t.TakesPart(who.ID) || t.Parted(who.ID) || !who.Active) {
			continue
		}
		out = append(out, address)
	}
	return out, nil
}

// enrol writes what the facts say of those who take part into the table, for lists.
func enrol(ctx context.Context, tx *db.Tx, w world, list []Fact) error {
	for _, f := range list {
		var err error
		switch f := f.(type) {
		case ParticipantAdded:
			_, err = db.Exec(ctx, tx, `
				INSERT INTO ticket_participant (ticket_id, person_id, added_by, at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (ticket_id, person_id) DO NOTHING`, f.Ticket, f.Person, db.Opt(w.by.ID), w.at)
		case ParticipantRemoved:
			_, err = db.Exec(ctx, tx, `DELETE FROM ticket_participant WHERE ticket_id = $1 AND person_id = $2`, f.Ticket, f.Person)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openParticipants returns who takes part in the tickets that are open, for the board.
func openParticipants(ctx context.Context, q db.Querier) (map[ID][]person.ID, error) {
	type row struct {
		ticket ID
		who    person.ID
	}
	list, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.ticket, &x.who)
		return x, err
	}, `SELECT ticket_id, person_id FROM ticket_participant JOIN ticket ON ticket.id = ticket_id WHERE is_open = 1`)
	out := map[ID][]person.ID{}
	for _, x := range list {
		out[x.ticket] = append(out[x.ticket], x.who)
	}
	return out, err
}
