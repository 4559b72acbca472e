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
// stay with whoever asked (N35, S07). They leave when they like. The ticket's list of them is
// folded from its facts; the table says the same for what SQL lists.
//
// Whoever asked names a colleague by address, and learns nothing from the answer: known or not,
// the address stands on the request, without a name. Whom the desk knows takes part at once;
// about all others staff are asked (S24, S48).

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
	// RemoveParticipant ends that at once, for a person or an address that the requester named.
	RemoveParticipant struct {
		Person  person.ID
		Address string
	}
	// Leave ends it for the actor.
	Leave struct{}
	// LeaveOut says that an address to which a mail was copied is not to be proposed again.
	LeaveOut struct{ Address string }

	// ParticipantAdded says that somebody takes part, or that the requester asked for it.
	ParticipantAdded struct {
		Of
		Person  person.ID
		Address string `json:",omitempty"` // as the requester named them; then Person is 0 where nobody joined by that
	}
	// ParticipantRemoved says that they no longer do.
	ParticipantRemoved struct {
		Of
		Person  person.ID
		Address string `json:",omitempty"`
		Self    bool   `json:",omitempty"` // they left
	}
	// LeftOut says that whoever has the address stays outside.
	LeftOut struct {
		Of
		Address string
	}
)

// Named is an address that the requester asked for, and who takes part by that; 0 for nobody.
type Named struct {
	Address string
	Person  person.ID `json:",omitempty"`
}

// Name of each command.
func (AddParticipant) Name() Name    { return CmdAddParticipant }
func (RemoveParticipant) Name() Name { return CmdRemoveParticipant }
func (LeaveOut) Name() Name          { return CmdLeaveOut }
func (Leave) Name() Name             { return CmdLeave }

func (c AddParticipant) decide(t Ticket, w world) ([]Fact, error) {
	if !w.by.Staff() {
		return c.ask(t, w)
	}
	switch {
	case w.own:
		return nil, errs.Field("person", "ticket.participant_own")
	case c.Person == 0 || !w.active[c.Person]:
		return nil, errs.Field("person", "ticket.participant_unknown")
	case c.Person == t.Requester:
		return nil, errs.Field("person", "ticket.participant_requester")
	case t.TakesPart(c.Person):
		return nil, errs.New(errs.Conflict, "ticket.participant_already")
	case len(t.Detail.Participants) >= MaxParticipants:
		return nil, errs.Field("person", "ticket.participants_many", "Max", MaxParticipants)
	}
	f := ParticipantAdded{Of: Of{t.ID}, Person: c.Person}
	if address, ok := person.CleanEmail(c.Address); ok && t.named(address) >= 0 {
		f.Address = address
	}
	return []Fact{f}, nil
}

// ask is what the requester does: nothing in the answer says whether the desk knows the address,
// whether whoever has it may sign in, or whether they left before.
func (c AddParticipant) ask(t Ticket, w world) ([]Fact, error) {
	address, ok := person.CleanEmail(c.Address)
	switch {
	case strings.TrimSpace(c.Address) == "": // keys are no directory
		return nil, errs.Field("person", "ticket.participant_unknown")
	case !ok:
		return nil, errs.Field("person", "person.email_shape")
	case w.own:
		return nil, errs.Field("person", "ticket.participant_own")
	case c.Person == t.Requester:
		return nil, errs.Field("person", "ticket.participant_requester")
	case t.named(address) >= 0:
		return nil, errs.New(errs.Conflict, "ticket.participant_already")
	case len(t.Shown())+len(t.Detail.Named) >= MaxParticipants:
		return nil, errs.Field("person", "ticket.participants_many", "Max", MaxParticipants)
	}
	f := ParticipantAdded{Of: Of{t.ID}, Person: c.Person, Address: address}
	if !w.active[c.Person] || t.TakesPart(c.Person) || slices.Contains(t.Detail.Quit, c.Person) {
		f.Person = 0
	}
	return []Fact{f}, nil
}

func (c RemoveParticipant) decide(t Ticket, w world) ([]Fact, error) {
	if strings.TrimSpace(c.Address) != "" {
		address, _ := person.CleanEmail(c.Address)
		i := t.named(address)
		if i < 0 {
			return nil, errs.New(errs.Conflict, "ticket.participant_not")
		}
		return []Fact{ParticipantRemoved{Of: Of{t.ID}, Person: t.Detail.Named[i].Person, Address: address}}, nil
	}
	if !t.TakesPart(c.Person) || !w.by.Staff() && !slices.Contains(t.Shown(), c.Person) {
		return nil, errs.New(errs.Conflict, "ticket.participant_not")
	}
	return []Fact{ParticipantRemoved{Of: Of{t.ID}, Person: c.Person}}, nil
}

func (Leave) decide(t Ticket, w world) ([]Fact, error) {
	who := person.ID(w.by.ID)
	if !t.TakesPart(who) {
		return nil, errs.New(errs.Conflict, "ticket.participant_not")
	}
	return []Fact{ParticipantRemoved{Of: Of{t.ID}, Person: who, Self: true}}, nil
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
	if f.Person != 0 {
		t.Detail.Participants = append(slices.Clone(t.Detail.Participants), f.Person)
		t.Detail.Left, t.Detail.Quit = without(t.Detail.Left, f.Person), without(t.Detail.Quit, f.Person)
	}
	if f.Address != "" {
		list := slices.Clone(t.Detail.Named)
		if i := t.named(f.Address); i >= 0 {
			list[i].Person = f.Person
		} else {
			list = append(list, Named{f.Address, f.Person})
		}
		t.Detail.Named = list
	}
}

func (f ParticipantRemoved) apply(t *Ticket, _ event.Meta) {
	var named []Named
	for _, n := range t.Detail.Named {
		if n.Address != f.Address && (f.Person == 0 || n.Person != f.Person) {
			named = append(named, n)
		}
	}
	t.Detail.Named = named
	if f.Person == 0 {
		return
	}
	t.Detail.Participants = without(t.Detail.Participants, f.Person)
	t.Detail.Left = append(slices.Clone(t.Detail.Left), f.Person)
	if f.Self {
		t.Detail.Quit = append(slices.Clone(t.Detail.Quit), f.Person)
	}
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

// Shown are those who take part by name, as the requester reads it. Whom they named by address
// stays an address to them.
func (t Ticket) Shown() []person.ID {
	var out []person.ID
	for _, who := range t.Detail.Participants {
		if !slices.ContainsFunc(t.Detail.Named, func(n Named) bool { return n.Person == who }) {
			out = append(out, who)
		}
	}
	return out
}

// named finds an address that the requester asked for; −1 where they did not.
func (t Ticket) named(address string) int {
	return slices.IndexFunc(t.Detail.Named, func(n Named) bool { return n.Address == address })
}

// followers are those who take part in a ticket and go on in the one that it is merged into.
func followers(t, into Ticket) []Fact {
	var out []Fact
	room := MaxParticipants - len(into.Detail.Participants)
	for _, who := range t.Detail.Participants {
		if room <= 0 || who == into.Requester || into.TakesPart(who) || into.Parted(who) {
			continue
		}
		f := ParticipantAdded{Of: Of{into.ID}, Person: who}
		if i := slices.IndexFunc(t.Detail.Named, func(n Named) bool { return n.Person == who }); i >= 0 && into.named(t.Detail.Named[i].Address) < 0 {
			f.Address = t.Detail.Named[i].Address
		}
		out = append(out, f)
		room--
	}
	for _, n := range t.Detail.Named {
		if n.Person == 0 && into.named(n.Address) < 0 && len(into.Detail.Named) < MaxParticipants {
			out = append(out, ParticipantAdded{Of: Of{into.ID}, Address: n.Address})
		}
	}
	return out
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
	if address, ok := person.CleanEmail(c.Address); ok && s.Own != nil {
		w.own = s.Own(address)
	}
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
	if c.Person = w.invited; c.Person != 0 || !w.by.Staff() {
		return c, nil
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

// Proposed returns the addresses that a person is asked about: the requester named them, or mails
// were copied to them, and they neither take part nor were left out. Nobody is added by being
// copied. Staff only.
func (s *Service) Proposed(ctx context.Context, by access.Actor, t Ticket) ([]string, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return nil, err
	}
	thread, err := s.whole(ctx, t)
	if err != nil {
		return nil, err
	}
	list := copied(thread)
	for _, n := range t.Detail.Named {
		if n.Person == 0 && !slices.Contains(list, n.Address) {
			list = append(list, n.Address)
		}
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
			if f.Person == 0 {
				continue
			}
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
